"""What images and weights come down to before training."""

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight


def pixel_statistics(images, sample_weight=None):
    """Return mean and standard deviation of all pixels, a deviation of 0 as 1.

    Parameters
    ----------
    images : ndarray of shape (n_samples, height, width, n_channels)
    sample_weight : ndarray of shape (n_samples,), default=None
        Weights of the images.

    Returns
    -------
    mean, scale : float
    """
    # A few thousand images at a time: the training set may be as large as the memory.
    chunks = [images[start : start + 4096] for start in range(0, len(images), 4096)]
    axes = (1, 2, 3)
    means = np.concatenate([chunk.mean(axis=axes, dtype=np.float64) for chunk in chunks])
    mean = np.average(means, weights=sample_weight)
    dtype = np.float32 if images.dtype == np.uint8 else np.float64  # squares may overflow
    squares = np.concatenate(
        [np.square(chunk - dtype(mean), dtype=dtype).mean(axis=axes) for chunk in chunks]
    )
    scale = np.sqrt(np.average(squares.astype(np.float64), weights=sample_weight))
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
