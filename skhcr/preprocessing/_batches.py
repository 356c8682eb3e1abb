"""Take pictures of one shape together, so that many small ones share what every call costs."""

from numbers import Integral

import cv2
import numpy as np
from joblib import Parallel, delayed
from sklearn.utils._param_validation import Interval

#: What the parameter of the steps may be: joblib has no meaning for 0.
N_JOBS = [
    Interval(Integral, 1, None, closed="left"),
    Interval(Integral, None, -1, closed="right"),
    None,
]


def in_batches(pictures, n_pixels):
    """Yield pictures of one shape and type together.

    Parameters
    ----------
    pictures : ndarray or list of ndarray
        A batch, which is cut into smaller ones, or a list of pictures.
    n_pixels : int
        How many pixels a batch has at most, unless one picture has more.

    Yields
    ------
    positions : ndarray of int, (n_samples,)
        Where the pictures stand in `pictures`.
    batch : ndarray, (n_samples, height, width) or (n_samples, height, width, channels)
    """
    for positions in _parts(pictures, n_pixels):
        yield positions, _take(pictures, positions)


def map_batches(function, pictures, n_pixels, n_jobs=None):
    """Yield what a function makes of pictures of one shape and type, batch after batch.

    Parameters
    ----------
    function : callable
        Called with each batch, in a thread.
    pictures : ndarray or list of ndarray
        As of `in_batches`.
    n_pixels : int
        As of `in_batches`.
    n_jobs : int, default=None
        Number of threads, as of :class:`joblib.Parallel`.

    Yields
    ------
    positions : ndarray of int, (n_samples,)
        Where the pictures stand in `pictures`.
    result : object
        What the function returned for them.
    """

    def result(positions):
        return function(_take(pictures, positions))

    parts = _parts(pictures, n_pixels)
    if len(parts) == 1:  # such as one picture, for which joblib would cost a tenth more
        results = map(result, parts)
    else:
        parallel = Parallel(n_jobs, require="sharedmem", return_as="generator")
        results = parallel(delayed(result)(positions) for positions in parts)
    yield from zip(parts, results, strict=True)


def _parts(pictures, n_pixels):
    """Return the positions of the pictures of each batch."""
    if isinstance(pictures, np.ndarray):
        groups = [np.arange(len(pictures))]
    else:
        alike = {}
        for position, picture in enumerate(pictures):
            alike.setdefault((picture.shape, picture.dtype), []).append(position)
        groups = [np.array(positions) for positions in alike.values()]
    parts = []
    for group in groups:
        height, width = pictures[group[0]].shape[:2]
        n_together = max(1, n_pixels // (height * width))
        parts += [group[start : start + n_together] for start in range(0, len(group), n_together)]
    return parts


def _take(pictures, positions):
    if isinstance(pictures, np.ndarray):
        return pictures[positions[0] : positions[-1] + 1]
    if len(positions) == 1:
        return pictures[positions[0]][np.newaxis]
    return np.stack([pictures[position] for position in positions])


def column(values):
    """Return one number for each picture in the shape that fits a batch of `float32`."""
    return np.asarray(values, dtype=np.float32)[:, np.newaxis, np.newaxis]


def count(masks):
    """Return how many pixels of each mask are true, (n_samples, n_pixels)."""
    return cv2.reduce(masks.view(np.uint8), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0]


def find_pieces(masks):
    """Return how many pieces each mask of a batch has, and labels that no two masks share."""
    n_samples, height, width = masks.shape
    # An even number of rows apart, as OpenCV goes by pairs of rows and so finds pieces in an order.
    tall = np.zeros((n_samples, height + 2 - height % 2, width), np.uint8)
    tall[:, :height] = masks
    _, labels = cv2.connectedComponents(tall.reshape(-1, width), connectivity=8)
    last = np.maximum.accumulate(labels.reshape(n_samples, -1).max(axis=1))
    return np.diff(last, prepend=0), labels.reshape(tall.shape)[:, :height]
