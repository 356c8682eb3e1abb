"""The one place that knows array layouts.

Pictures reach an estimator in one of three forms:

- *rows*, (n_samples, n_pixels), the form of scikit-learn's own tools: arrays, data frames, lists
  of lists. A square number of pixels is a square image, any other number is an image of one row,
  unless an ``image_shape`` says otherwise;
- a *batch*, (n_samples, height, width) or (n_samples, height, width, channels);
- a *list* of pictures, (height, width) or (height, width, channels), whose sizes may differ.
"""

import functools
import math
import os
from numbers import Integral

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils import check_array

# Private, and without a public counterpart: what scikit-learn itself wraps outputs with.
from sklearn.utils._set_output import _wrap_data_with_container
from sklearn.utils.validation import validate_data

#: Grey, colour, colour with alpha.
CHANNEL_COUNTS = (1, 3, 4)

#: Up to here a float picture is one of levels from 0 to 1: cubic interpolation of ink reaches 1.3,
#: and a picture of levels from 0 to 255 that reaches no further is black.
_OVERSHOT_WHITE = 1.5


class PictureTransformerMixin(TransformerMixin, auto_wrap_output_keys=None):
    """Mixin of transformers whose output may be pictures.

    ``set_output(transform="pandas")`` puts the output into a data frame where it is a table
    (2-D) and leaves pictures as they are, so that it can be set on a whole pipeline.
    """

    def __init_subclass__(cls, **kwargs):
        transform = cls.__dict__.get("transform")
        super().__init_subclass__(**kwargs)
        if transform is None:
            return

        @functools.wraps(transform)
        def wrapped(self, X, *args, **kwargs):
            X_out = transform(self, X, *args, **kwargs)
            if getattr(X_out, "ndim", None) != 2:
                return X_out
            return _wrap_data_with_container("transform", X_out, X, self)

        cls.transform = wrapped

    def fit_transform(self, X, y=None, **fit_params):
        """Fit to `X`, then transform it.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Pictures.
        y : array-like, default=None
            Handed to `fit`.
        **fit_params : dict
            Handed to `fit`.

        Returns
        -------
        ndarray or list of ndarray
            As of `transform`.
        """
        return self.fit(X, y, **fit_params).transform(X)  # TransformerMixin's wraps pictures too


def check_pictures(estimator, X, *, reset, image_shape=None, channel_counts=CHANNEL_COUNTS):
    """Validate pictures in any of the three forms.

    Parameters
    ----------
    estimator : estimator instance
        The estimator that was handed `X`. Rows set (or are checked against) its
        ``n_features_in_`` and ``feature_names_in_``.
    X : array-like or list of ndarray
        Rows, a batch, or a list of pictures.
    reset : bool
        Whether `X` defines the number of pixels of a row (`fit`) or has to match it.
    image_shape : tuple of int, default=None
        (height, width) or (height, width, channels) of the images that rows hold.
    channel_counts : container of int or None, default=(1, 3, 4)
        The numbers of channels that are understood; None for any.

    Returns
    -------
    pictures : ndarray or list of ndarray
        A batch, (n_samples, height, width) or (n_samples, height, width, channels), or a list of
        pictures. Nothing is copied unless it has to be.
    are_rows : bool
        Whether `X` came as rows.

    Raises
    ------
    ValueError
        If there are no pictures, or one is empty, holds NaN or infinity, is not numeric, or has
        a shape or a number of channels that is not understood.
    TypeError
        If `X` holds paths instead of pictures.
    """
    X = _as_list_or_array(X)
    if isinstance(X, list):
        pictures = _check_list(X, channel_counts)
        shapes = {picture.shape for picture in pictures}
        remember_pictures(estimator, reset, shapes.pop() if len(shapes) == 1 else None)
        return pictures, False
    if getattr(X, "ndim", 2) >= 3:
        batch = _check_batch(X, channel_counts)
        remember_pictures(estimator, reset, batch.shape[1:])
        return batch, False
    if reset:
        vars(estimator).pop("_n_pixels", None)
    elif hasattr(estimator, "_n_pixels") and not hasattr(estimator, "n_features_in_"):
        _check_not_one_picture(estimator, X)
    X = validate_data(estimator, X, reset=reset, ensure_all_finite=True)
    return X.reshape(len(X), *rows_image_shape(X.shape[1], image_shape)), True


def rows_image_shape(n_pixels, image_shape=None):
    """Return the shape of the images in rows of `n_pixels` values.

    Parameters
    ----------
    n_pixels : int
        Number of values in a row.
    image_shape : tuple of int, default=None
        The shape, where it is known. Its product has to be `n_pixels`.

    Returns
    -------
    tuple of int
        `image_shape`, or (side, side) of a square number of pixels, or (1, n_pixels).
    """
    if image_shape is not None:
        if math.prod(image_shape) != n_pixels:
            raise ValueError(
                f"image_shape={tuple(image_shape)} has {math.prod(image_shape)} values, but a row "
                f"of X has {n_pixels}."
            )
        return tuple(image_shape)
    side = math.isqrt(n_pixels)
    return (side, side) if side * side == n_pixels else (1, n_pixels)


def restore_rows(batch, are_rows):
    """Return a batch in the form that its pictures came in.

    Rows come back as rows where rows can say their shape (square images, images of one row);
    otherwise, and for what was not rows, the batch stays a batch.
    """
    if not are_rows:
        return batch
    n_pixels = math.prod(batch.shape[1:])
    if batch.shape[1:] != rows_image_shape(n_pixels):
        return batch
    return batch.reshape(len(batch), n_pixels)


def stack_pictures(pictures):
    """Return pictures of one shape as a batch.

    Parameters
    ----------
    pictures : ndarray or list of ndarray
        A batch, which is returned as it is, or a list of pictures.

    Returns
    -------
    ndarray of shape (n_samples, height, width) or (n_samples, height, width, channels)

    Raises
    ------
    ValueError
        If the pictures differ in shape or type; the first that differs is named.
    """
    if not isinstance(pictures, list):
        return pictures
    shape, dtype = pictures[0].shape, pictures[0].dtype
    for position, picture in enumerate(pictures):
        if picture.dtype != dtype:  # in a common type, the white of one would be no white
            raise ValueError(
                f"The pictures differ in type: picture 0 has dtype {dtype}, picture {position} "
                f"has dtype {picture.dtype}. Give them one type first, for example with "
                "ImageLoader() or PixelScaler()."
            )
        if picture.shape != shape:
            raise ValueError(
                f"The pictures differ in size: picture 0 has shape {shape}, picture {position} "
                f"has shape {picture.shape}. Give them one size first, for example with "
                "ImageResizer()."
            )
    return np.stack(pictures)


def white_level(pictures):
    """Return the pixel value that stands for white.

    The largest value of uint8 and uint16, 1 for bool. Other types do not say it themselves: there
    it is 1 for a picture without a value over 1.5, as interpolation overshoots 1, and 255 for any
    other.

    Parameters
    ----------
    pictures : ndarray
        One picture, (height, width), or a batch, (n_samples, height, width, ...).

    Returns
    -------
    int or ndarray of shape (n_samples, 1, 1, ...)
        An array for a batch of a type that does not say it itself, so that a picture's level
        depends on that picture only.
    """
    dtype = pictures.dtype.newbyteorder("=")  # as uint16 of big-endian files is no np.uint16
    if dtype.kind == "b":
        return 1
    if dtype in (np.uint8, np.uint16):
        return int(np.iinfo(dtype).max)
    if pictures.ndim == 2:
        return 1 if pictures.max() <= _OVERSHOT_WHITE else 255
    peak = pictures.max(axis=tuple(range(1, pictures.ndim)), keepdims=True)
    return np.where(peak <= _OVERSHOT_WHITE, 1, 255)


def remember_pictures(estimator, reset, shape):
    """Drop what an earlier fit on rows recorded, and record what rows would have to be.

    Parameters
    ----------
    estimator : estimator instance or None
    reset : bool
        Whether this is a fit; nothing happens otherwise.
    shape : tuple of int or None
        Shape of the pictures; None if they differ, or are not read yet.
    """
    if not reset:
        return
    for attribute in ("n_features_in_", "feature_names_in_"):
        vars(estimator).pop(attribute, None)
    estimator._n_pixels = None if shape is None else math.prod(shape)


def check_shape(name, shape, lengths=(2, 3)):
    """Return a shape as a tuple of int, or raise a ValueError that names it.

    Parameters
    ----------
    name : str
        The parameter that holds it.
    shape : object
        (height, width), say.
    lengths : tuple of int, default=(2, 3)
        How many numbers it may have.
    """
    values = tuple(shape) if isinstance(shape, (tuple, list, np.ndarray)) else ()
    if len(values) not in lengths or not all(isinstance(n, Integral) and n > 0 for n in values):
        expected = " or ".join(f"{length}" for length in lengths)
        raise ValueError(f"{name}={shape!r} should be a tuple of {expected} positive integers.")
    return tuple(int(n) for n in values)


def _check_not_one_picture(estimator, X):
    """Refuse what looks like rows but can't be, to an estimator that was fitted on pictures."""
    shape = np.shape(X)
    if len(shape) == 2 and shape[1] != estimator._n_pixels:
        raise ValueError(
            f"X has shape {shape}, but {type(estimator).__name__} was fitted on pictures. If it is "
            "one picture, pass X[np.newaxis]."
        )


def _as_list_or_array(X):
    """Sort `X` into a list of pictures, an array of three and more dimensions, or anything else.

    A list of rows comes back as a tuple.
    """
    if hasattr(X, "iloc") and getattr(X, "ndim", None) == 1:  # a pandas Series
        X = X.to_numpy()
    if isinstance(X, np.ndarray) and X.ndim == 1 and X.dtype.kind in "OUS":
        X = X.tolist()
    if isinstance(X, (list, tuple)) and len(X) == 0:
        raise ValueError("X holds no pictures: it is empty.")
    for value in X if isinstance(X, (list, tuple)) else [X]:
        if isinstance(value, (str, bytes, os.PathLike)):
            raise TypeError(
                f"X holds {type(value).__name__} ({value!r:.100}) where pictures were expected; "
                "read the files first, with ImageLoader()."
            )
        if type(value).__module__.startswith("PIL."):
            raise TypeError(
                f"X holds PIL images ({type(value).__name__}) where arrays were expected; turn "
                "them into pictures first, with ImageLoader()."
            )
    if not isinstance(X, (list, tuple)):
        return X
    if any(getattr(picture, "ndim", 0) >= 2 for picture in X):
        return list(X)
    try:
        array = np.asarray(X)
    except ValueError:  # ragged: scikit-learn's validation words the error
        return tuple(X)
    return array if array.ndim >= 3 and array.dtype != object else tuple(X)


def _check_list(pictures, channel_counts):
    checked = []
    for position, picture in enumerate(pictures):
        name = f"picture {position}"
        picture = np.asarray(picture)
        if picture.ndim not in (2, 3):
            raise ValueError(
                f"{name} has shape {picture.shape}; expected (height, width) or "
                "(height, width, channels)."
            )
        _check_pixels(picture[np.newaxis], name, channel_counts)
        n_channels = _n_channels(picture[np.newaxis])
        if position == 0:
            n_channels_first = n_channels
        elif n_channels != n_channels_first:
            raise ValueError(
                "The pictures differ in their number of channels: picture 0 has "
                f"{n_channels_first}, {name} has {n_channels}."
            )
        checked.append(picture)
    if len({picture.ndim for picture in checked}) == 2 and n_channels_first == 1:
        checked = [picture.reshape(picture.shape[:2]) for picture in checked]
    return checked


def _check_batch(batch, channel_counts):
    if batch.ndim > 4:
        raise ValueError(
            f"X has {batch.ndim} dimensions, shape {batch.shape}; expected (n_samples, n_pixels), "
            "(n_samples, height, width) or (n_samples, height, width, channels)."
        )
    if len(batch) == 0:
        raise ValueError(f"X holds no pictures: its shape is {batch.shape}.")
    _check_pixels(batch, "X", channel_counts)
    return batch


def _n_channels(batch):
    return 1 if batch.ndim == 3 else batch.shape[3]


def _check_pixels(batch, name, channel_counts):
    if 0 in batch.shape[1:]:
        raise ValueError(f"{name} has no pixels: its shape is {batch.shape[1:]}.")
    n_channels = _n_channels(batch)
    if channel_counts is not None and n_channels not in channel_counts:
        meanings = {1: "1 (grey)", 3: "3 (colour)", 4: "4 (colour and alpha)"}
        *most, last = [meanings[n] for n in CHANNEL_COUNTS if n in channel_counts]
        expected = f"{', '.join(most)} or {last}" if most else last
        raise ValueError(
            f"{name} has {n_channels} channels (shape {batch.shape[1:]}); expected {expected}."
        )
    if batch.dtype.kind not in "buif":
        raise ValueError(f"{name} has dtype {batch.dtype}; expected numbers.")
    if batch.dtype.kind == "f":
        check_array(batch, allow_nd=True, dtype=None, input_name=name)
