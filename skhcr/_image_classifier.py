"""What classifiers of images have in common, whatever runs their network."""

from numbers import Integral

import numpy as np
from sklearn.base import ClassifierMixin

from skhcr._images import check_pictures, check_shape, stack_pictures, white_level


class ImageClassifierMixin(ClassifierMixin):
    """Mixin of classifiers with ``predict_proba``, ``classes_`` and ``image_shape_``."""

    def predict(self, X):
        """Return the most probable labels.

        Parameters
        ----------
        X : array-like
            Images, as `predict_proba` takes them.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_top(self, X, k=5):
        """Return the most probable labels and their probabilities, best first.

        Parameters
        ----------
        X : array-like
            Images, as `predict_proba` takes them.
        k : int, default=5
            Number of labels; at most the number of classes are returned.

        Returns
        -------
        labels : ndarray of shape (n_samples, k)
            The labels of each image, the most probable first.
        probabilities : ndarray of shape (n_samples, k)
            Their probabilities, float32.

        Raises
        ------
        ValueError
            If `k` is not a positive integer.
        """
        if not isinstance(k, Integral) or k < 1:
            raise ValueError(f"k={k!r} is not a number of labels; expected an integer from 1 on.")
        probabilities = self.predict_proba(X)
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]  # (n, k)
        return self.classes_[best], np.take_along_axis(probabilities, best, axis=1)

    def _stack_images(self, X, *, reset):
        """Return `X` as numbers of shape (n_samples, height, width, n_channels)."""
        expected = self.image_shape if reset else self.image_shape_
        if expected is not None:
            expected = check_shape("image_shape", expected)
        if not reset and getattr(X, "shape", None) == expected[:2] and expected[0] > 1:
            raise ValueError(
                f"X is one picture, of shape {X.shape}, where several were expected; pass "
                "X[np.newaxis]."
            )
        pictures, _ = check_pictures(
            self, X, reset=reset, image_shape=expected, channel_counts=None
        )
        images = stack_pictures(pictures)
        if images.ndim == 3:
            images = images[..., np.newaxis]
        if expected is not None:
            expected = (*expected, 1) if len(expected) == 2 else expected
            if images.shape[1:] != expected:
                raise ValueError(
                    f"X holds images of shape {images.shape[1:]} (height, width, n_channels), but "
                    f"{type(self).__name__} is expecting images of shape {expected}."
                )
        return images

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags


def to_float32(images):
    """Return images as float32, or raise a ValueError if that can't hold their values."""
    if images.dtype == np.float32:
        return images
    with np.errstate(over="ignore"):
        single = images.astype(np.float32)
    if images.dtype.kind == "f" and not np.isfinite(single).all():
        raise ValueError("X holds values that are too large for float32.")
    return single


def to_levels(images):
    """Return images as float32 levels, 0 to 255, or raise a ValueError if they hold others.

    White is what `white_level` says, and values may overshoot it, or 0, by a tenth.

    Parameters
    ----------
    images : ndarray of shape (n_samples, height, width, n_channels)
    """
    single = to_float32(images)
    if images.dtype == np.uint8:
        return single
    axes = (1, 2, 3)
    low, high = single.min(axis=axes, keepdims=True), single.max(axis=axes, keepdims=True)
    white = np.asarray(white_level(images), dtype=np.float32)
    if (low < -0.1 * white).any() or (high > 1.1 * white).any():
        raise ValueError(
            f"X holds values from {low.min():g} to {high.max():g}; expected levels from 0 to 255, "
            "or from 0 to 1."
        )
    return single * (255 / white)
