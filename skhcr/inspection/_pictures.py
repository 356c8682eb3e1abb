"""The pictures that a Display shows, from any form of samples."""

import numpy as np
from sklearn.utils import _safe_indexing

from skhcr._images import check_pictures, white_level
from skhcr.preprocessing import ImageFlattener, ImageLoader
from skhcr.preprocessing._sources import is_source

#: Longest side of a picture that is read from a file to be shown, in pixels.
_MAX_SIZE = 640


def select_pictures(X, positions, image_shape=None):
    """Return some of the samples as pictures.

    Parameters
    ----------
    X : array-like
        Samples: rows, a batch, a list of pictures, or sources, as
        :class:`~skhcr.preprocessing.ImageLoader` takes them.
    positions : array-like of int
        Which ones.
    image_shape : tuple of int, default=None
        Shape of the images that rows hold; by default a square number of pixels is a square image.

    Returns
    -------
    list of ndarray
        Pictures (height, width) or (height, width, 3 or 4), of any numbers.
    """
    if len(positions) == 0:
        return []
    chosen = _safe_indexing(X, np.asarray(positions))
    if are_sources(chosen):
        pictures = ImageLoader("rgb", max_size=_MAX_SIZE).transform(list(chosen))
    else:
        pictures, _ = check_pictures(ImageFlattener(), chosen, reset=True, image_shape=image_shape)
    return [_without_single_channel(picture) for picture in pictures]


def are_sources(samples):
    """Whether samples are what only ImageLoader reads: paths, bytes, files, PIL images."""
    return getattr(samples, "ndim", 1) == 1 and any(
        is_source(sample) and not isinstance(sample, np.ndarray) for sample in samples
    )


def _without_single_channel(picture):
    """Return (height, width) of (height, width, 1), and grey of grey colours as it is in files."""
    if picture.ndim == 3 and picture.shape[2] == 1:
        return picture[..., 0]
    if picture.ndim == 3 and (picture == picture[..., :1]).all():
        return picture[..., 0]
    return picture


def white_of(pictures):
    """Return the value that is shown as white, one for all so that they can be compared."""
    return max((_white_of(picture) for picture in pictures), default=1.0)


def _white_of(picture):
    level = float(np.max(white_level(picture)))
    if level == 255 and picture.dtype != np.uint8:  # its type does not say it, only its values do
        return float(picture.max())
    return level


def black_of(pictures):
    """Return the value that is shown as black: 0, or less where pixels are standardised."""
    return min([0.0, *(float(picture.min()) for picture in pictures)])
