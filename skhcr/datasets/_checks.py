"""Checks that several loaders share, each with its one clear message."""

import numpy as np


def check_option(name, value, options):
    """Raise a ValueError unless `value` is one of `options`."""
    if value not in options:
        raise ValueError(f"{name}={value!r} is not understood; expected one of {list(options)}.")


def check_same_length(images, images_from, labels, labels_from):
    """Raise a ValueError unless there is a label for each image."""
    if len(images) != len(labels):
        raise ValueError(
            f"{images_from} holds {len(images)} images, but {labels_from} holds {len(labels)} "
            "labels; expected one label an image."
        )


def characters_of_codes(codes, alphabet, *, source, first_code=0):
    """Return the characters that integer codes stand for.

    Parameters
    ----------
    codes : ndarray of int, shape (n_samples,)
        Positions in the alphabet, counted from `first_code`.
    alphabet : tuple of str
        The characters, in order.
    source : str or Path
        The file that the codes come from, for the error.
    first_code : int, default=0
        The code of the first character.

    Returns
    -------
    ndarray of str, shape (n_samples,)

    Raises
    ------
    ValueError
        If a code is not that of a character; the first such is named.
    """
    positions = codes - first_code
    outside = np.flatnonzero((positions < 0) | (positions >= len(alphabet)))
    if len(outside):
        raise ValueError(
            f"{source}: the label of image {outside[0]} (counted from 0) is {codes[outside[0]]}; "
            f"expected {first_code} to {first_code + len(alphabet) - 1}, for the "
            f"{len(alphabet)} characters from {alphabet[0]!r} to {alphabet[-1]!r}."
        )
    return np.array(alphabet)[positions]
