"""Augmentation: each image moved by a random affine map and bent a little, in one resampling."""

import functools
import math

import cv2
import numpy as np

#: The bends are drawn at so many points in each direction, and are smooth between them.
_N_POINTS = 5
#: cv2.remap takes no image of more rows than fit into 16 bits.
_MOST_ROWS = 32_000
#: Up to so many multiplications, OpenBLAS uses one thread. Others of its own would wait for more to
#: do, turning, for longer than the product takes, on the cores that train meanwhile.
_SMALL_PRODUCT = 2**18


def distort(images, strength, random):
    """Return images after a random affine map and a random bend each.

    What comes in from outside the image repeats its border, so that paper stays paper on white and
    on black. The draws of an image depend on how many were drawn before it only, not on how the
    images are divided into calls.

    Parameters
    ----------
    images : ndarray of shape (n_samples, height, width, n_channels), uint8 or float32
    strength : float
        1 draws uniformly from rotations within 15 degrees, scales within 15 % in each direction,
        shears within 0.2, shifts within 7 % of the side, and at each of 5 x 5 points a bend within
        3.5 % of the side [1]_.
    random : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_samples, height, width, n_channels)
        Of the same type.

    References
    ----------
    .. [1] P. Y. Simard, D. Steinkraus, J. C. Platt, "Best Practices for Convolutional Neural
       Networks Applied to Visual Document Analysis", ICDAR 2003.
    """
    n_samples, height, width, _ = images.shape
    draws = random.uniform(-strength, strength, (n_samples, 6 + 2 * _N_POINTS**2))
    draws = draws.astype(np.float32)
    distorted = np.empty_like(images)
    n_at_once = max(1, _MOST_ROWS // height)
    for start in range(0, n_samples, n_at_once):
        part = slice(start, start + n_at_once)
        distorted[part] = _resample(images[part], *_sources(draws[part], height, width))
    return distorted


def _sources(draws, height, width):
    """Return where each pixel of each image comes from, x and y, (n_samples, height, width)."""
    angle, shear = draws[:, 0] * math.radians(15), draws[:, 1] * 0.2
    scale_x, scale_y = 1 + draws[:, 2] * 0.15, 1 + draws[:, 3] * 0.15
    shift_x, shift_y = draws[:, 4] * (0.07 * width), draws[:, 5] * (0.07 * height)
    bend_x, bend_y = np.split(draws[:, 6:], 2, axis=1)
    cos, sin = np.cos(angle), np.sin(angle)
    # Both are sums of fixed maps, weighted by what was drawn: matrix products.
    maps = _maps(height, width)
    places = []
    for along_x, along_y, middle, bend in (
        (cos * scale_x, shear - sin * scale_y, (width - 1) / 2 + shift_x, bend_x * (0.035 * width)),
        (sin * scale_x, cos * scale_y, (height - 1) / 2 + shift_y, bend_y * (0.035 * height)),
    ):
        coefficients = np.column_stack([along_x, along_y, middle, bend]).astype(np.float32)
        places.append(_product(coefficients, maps).reshape(-1, height, width))
    x, y = places
    return np.clip(x, 0, width - 1, out=x), np.clip(y, 0, height - 1, out=y)


def _product(a, b):
    """Return ``a @ b``, a few rows at a time."""
    n_rows = max(1, _SMALL_PRODUCT // b.size)
    parts = np.zeros((-(-len(a) // n_rows), n_rows, a.shape[1]), dtype=a.dtype)
    parts.reshape(-1, a.shape[1])[: len(a)] = a
    return (parts @ b).reshape(-1, b.shape[1])[: len(a)]


@functools.lru_cache(maxsize=8)
def _maps(height, width):
    """Return x and y from the middle, 1, and a bump about each point: (3 + n_points, n_pixels)."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    points = np.eye(_N_POINTS, dtype=np.float32)
    across, down = (
        cv2.resize(points, (_N_POINTS, extent), interpolation=cv2.INTER_CUBIC)  # (extent, n_points)
        for extent in (width, height)
    )
    bumps = np.einsum("yi,xj->ijyx", down, across).reshape(_N_POINTS**2, -1)
    affine = [x - (width - 1) / 2, y - (height - 1) / 2, np.ones_like(x)]
    return np.concatenate([np.reshape(affine, (3, -1)), bumps]).astype(np.float32)


def _resample(images, x, y):
    """Resample images that lie below one another as one: the places do not leave their image."""
    n_samples, height, width, n_channels = images.shape
    tall = images.reshape(n_samples * height, width, n_channels)
    first_rows = np.arange(0, n_samples * height, height, dtype=np.float32)
    y = y + first_rows[:, np.newaxis, np.newaxis]
    x, y = x.reshape(-1, width), y.reshape(-1, width)
    groups = [  # of channels, as OpenCV takes four at most
        cv2.remap(tall[..., first : first + 4], x, y, cv2.INTER_LINEAR)
        for first in range(0, n_channels, 4)
    ]
    groups = [group.reshape(len(tall), width, -1) for group in groups]
    return np.concatenate(groups, axis=2).reshape(images.shape)
