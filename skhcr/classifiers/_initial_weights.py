"""Weights to start from, in place of random ones: shipped, or of an exported file."""

import os
from numbers import Real
from pathlib import Path

import numpy as np

from skhcr._shipped import NAMES, names_or, read_shipped


def read_initial_weights(initial_weights):
    """Return the network that a name or a file stands for.

    Parameters
    ----------
    initial_weights : str or path-like
        The name of shipped weights, or an ONNX file.

    Returns
    -------
    skhcr.runtime._onnx_file.StoredNetwork

    Raises
    ------
    FileNotFoundError
        If it is neither a name nor a file.
    ValueError
        If the file is not one whose weights can be trained further.
    """
    from skhcr.runtime._onnx_file import read_network

    if isinstance(initial_weights, str) and initial_weights in NAMES:
        return read_network(read_shipped(initial_weights))
    path = Path(initial_weights)
    if not path.is_file():
        what = "a folder" if path.is_dir() else "neither a name nor a file"
        expected = names_or(initial_weights, "the path of a file that export_onnx wrote")
        raise FileNotFoundError(
            f"initial_weights={os.fspath(initial_weights)!r} is {what}; expected {expected}."
        )
    return read_network(path)


def check_image_shape(stored, image_shape, initial_weights):
    """Raise a ValueError unless a stored network takes images of a shape."""
    if tuple(stored.image_shape) != tuple(image_shape):
        height, width, _ = stored.image_shape
        raise ValueError(
            f"X holds images of shape {tuple(image_shape)} (height, width, n_channels), but the "
            f"network of initial_weights={os.fspath(initial_weights)!r} takes images of shape "
            f"{tuple(stored.image_shape)}. Bring them to {height} x {width} first, best with "
            "make_ink_pipeline."
        )


def pixels_of(stored, images):
    """Return mean and scale of pixels as a stored network expects them.

    Of a network that was trained on the levels 0 to 255: images without a value over 1, unless
    they are `uint8`, hold levels divided by 255. Any other gets what it was trained on.
    """
    if stored.pixels is None and stored.pixel_mean <= 1:
        return stored.pixel_mean, stored.pixel_scale
    white = 255.0
    if images.dtype != np.uint8:
        low, high = images.min(), images.max()
        white = 1.0 if high <= 1 else 255.0
        if low < -0.1 * white or high > 1.1 * white:  # interpolation may overshoot
            raise ValueError(
                f"X holds values from {low:g} to {high:g}; a network with initial_weights expects "
                "ink as levels from 0 (paper) to 255, or from 0 to 1."
            )
    return stored.pixel_mean * white / 255, stored.pixel_scale * white / 255


def weights_for(stored, classes, weights):
    """Return weights of a stored network for other classes.

    Parameters
    ----------
    stored : skhcr.runtime._onnx_file.StoredNetwork
    classes : ndarray of shape (n_classes,)
        Labels, one for each output of the network to be.
    weights : list of ndarray
        New weights of that network; those of the last layer, which come last, are kept for classes
        that the stored one does not know.

    Returns
    -------
    list of ndarray
    """
    known = {_name(label): position for position, label in enumerate(stored.classes)}
    there = [known.get(_name(label)) for label in classes]
    to = [position for position, known_as in enumerate(there) if known_as is not None]
    of = [known_as for known_as in there if known_as is not None]
    head = [weights[-2].copy(), weights[-1].copy()]  # (n_features, n_classes), (n_classes,)
    for new, old in zip(head, stored.weights[-2:], strict=True):
        new[..., to] = old[..., of]
    return [*stored.weights[:-2], *head]


def _name(label):
    """Return what a label is called, so that 7, 7.0 and "7" are one."""
    if isinstance(label, Real) and label == int(label):
        label = int(label)
    return str(label)
