"""Weights to start from, in place of random ones: shipped, or of an exported file."""

import os
from numbers import Real
from pathlib import Path

from skhcr._shipped import NAMES, names_or, read_shipped
from skhcr.classifiers._training_data import pixel_statistics


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


def check_pixels(stored, images, positions):
    """Raise a ValueError if pixels are of another size than a stored network was trained on.

    Networks that take levels, 0 to 255, are given levels. Others are given what comes, and are
    trained on it to no avail if it is, say, 0 to 255 where they learned from 0 to 1.
    """
    if stored.pixels is not None:
        return
    mean, scale = pixel_statistics(images, positions)
    ratio = max(scale, abs(mean)) / max(stored.pixel_scale, abs(stored.pixel_mean))
    if not 0.05 < ratio < 20:
        raise ValueError(
            f"X holds pixels with a mean of {mean:.3g} and a standard deviation of {scale:.3g}, "
            "where the network of initial_weights was trained on a mean of "
            f"{stored.pixel_mean:.3g} and a standard deviation of {stored.pixel_scale:.3g}. Scale "
            "them alike."
        )


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
