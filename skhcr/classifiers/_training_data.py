"""What images and weights come down to before training."""

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight

from skhcr._ahead import one_ahead
from skhcr.classifiers._distortion import distort


class TrainingImages:
    """Images as they come, which become batches for the network a few at a time.

    Parameters
    ----------
    images : ndarray of shape (n_samples, height, width, n_channels)
        Numbers of any type; a ``numpy.memmap`` is never read as a whole.
    as_pixels : callable
        Makes uint8 or float32 of some of them.
    strength : float or None
        Of their distortion, see :func:`distort`.
    """

    def __init__(self, images, as_pixels, strength):
        self.images = images
        self.as_pixels = as_pixels
        self.strength = strength

    def take(self, positions):
        """Return some images as uint8 or float32."""
        return self.as_pixels(np.asarray(self.images[positions]))

    def blocks(self, positions, codes, weights, n_images):
        """Yield images, codes and weights (or None) of so many positions at a time."""
        return self._blocks(positions, codes, weights, n_images, None)

    def distorted_blocks(self, positions, codes, weights, n_images, seed):
        """Yield the same, each image distorted by its own draw."""
        random = np.random.default_rng(seed) if self.strength else None
        return self._blocks(positions, codes, weights, n_images, random)

    def _blocks(self, positions, codes, weights, n_images, random):
        def block(start):
            part = slice(start, start + n_images)
            images = self.take(positions[part])
            if random is not None:
                images = distort(images, self.strength, random)
            return images, codes[part], None if weights is None else weights[part]

        return one_ahead(block, range(0, len(positions), n_images))


def pixel_statistics(images, positions, sample_weight=None):
    """Return mean and standard deviation of all pixels, a deviation of 0 as 1.

    Parameters
    ----------
    images : TrainingImages
    positions : ndarray of shape (n_samples,)
        Of the images that count.
    sample_weight : ndarray of shape (n_samples,), default=None
        Their weights.

    Returns
    -------
    mean, scale : float
    """
    # A thousand images at a time: the training set may be larger than the memory.
    parts = [positions[start : start + 1024] for start in range(0, len(positions), 1024)]
    axes = (1, 2, 3)
    means = np.concatenate([images.take(part).mean(axis=axes, dtype=np.float64) for part in parts])
    mean = np.average(means, weights=sample_weight)

    def squares(chunk):
        dtype = np.float32 if chunk.dtype == np.uint8 else np.float64  # squares may overflow
        return np.square(chunk - dtype(mean), dtype=dtype).mean(axis=axes)

    deviations = np.concatenate([squares(images.take(part)) for part in parts])
    scale = np.sqrt(np.average(deviations.astype(np.float64), weights=sample_weight))
    return float(mean), float(scale) if scale > 0 else 1.0


def training_weights(images, y, sample_weight, class_weight):
    """Return the weight of each image with a mean of 1, or None where all weigh the same.

    Parameters
    ----------
    images : ndarray of shape (n_samples, ...)
    y : array-like of shape (n_samples,)
        Labels.
    sample_weight : array-like of shape (n_samples,) or None
    class_weight : dict, "balanced" or None
        Multiplies `sample_weight`.

    Returns
    -------
    ndarray of shape (n_samples,) or None
        float32.
    """
    if sample_weight is None and class_weight is None:
        return None
    weights = _check_sample_weight(
        sample_weight, images, dtype=np.float64, ensure_non_negative=True
    )
    if class_weight is not None:
        if class_weight != "balanced":
            for label, weight in class_weight.items():
                if not (np.isfinite(weight) and weight >= 0):
                    raise ValueError(
                        f"class_weight[{label!r}]={weight!r}; expected a number from 0 on."
                    )
        weights = weights * compute_sample_weight(class_weight, y)
    if not weights.any():
        raise ValueError("sample_weight is zero for every image; at least one has to count.")
    return (weights / weights[weights > 0].mean()).astype(np.float32)
