"""The bundled characters."""

import numpy as np

from skhcr._alphabets import CHARACTERS
from skhcr.datasets._bunch import image_bunch
from skhcr.datasets._load_digits import DATA_FOLDER
from skhcr.datasets._load_idx import read_idx

DESCR = """\
Handwritten characters: 3,720 images of EMNIST ByClass
------------------------------------------------------

3,720 images of 28 x 28 pixels, 60 of each of the 62 characters 0-9, A-Z and a-z, drawn at random
from the 116,323 of EMNIST ByClass's test split, upright (EMNIST's own files are transposed).
Images whose index in that file is a multiple of 10 are left out, so that they can serve as a
test set that no bundled image is part of. White ink (up to 255) on black paper (0). Each run of
62 images from the start holds every character once, in random order.

Some pairs (c/C, o/O/0, s/S, i/I/l/1) can't be told apart from one isolated character, so 85 to
90 % is a good accuracy. The digits come from the sheets of the same writers as MNIST's.

EMNIST was made by G. Cohen, S. Afshar, J. Tapson and A. van Schaik from NIST Special Database 19,
which is public domain in the USA. Please cite:

G. Cohen, S. Afshar, J. Tapson and A. van Schaik, "EMNIST: an extension of MNIST to handwritten
letters", arXiv:1702.05373, 2017.
"""


def load_characters(*, return_X_y=False, as_frame=False):
    """Load 3,720 real handwritten characters, 60 of each of 62 classes, from EMNIST ByClass.

    They come with the package: nothing is downloaded. They stand in an order that makes any first
    part useful: each run of 62 images from the start holds every character once, in random order,
    so that ``X[:620]`` is a random sample of ten images a character.

    =================   ==============
    Classes                         62
    Samples per class               60
    Samples total                 3720
    Image               28 x 28, uint8
    Features                       784
    =================   ==============

    Parameters
    ----------
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether `data` and `target` are a data frame and a series of pandas.

    Returns
    -------
    Bunch, or tuple of (data, target)
        images : ndarray of shape (3720, 28, 28), uint8
            The pixels, 0 (paper) to 255 (full ink), upright.
        data : ndarray of shape (3720, 784), uint8
            The same pixels as rows; a view of `images`.
        target : ndarray of shape (3720,), str of one character
            The characters.
        target_names : ndarray of shape (62,), str of one character
            The characters in the order 0-9, A-Z, a-z.
        feature_names : list of str
            ``pixel_<row>_<column>``.
        frame : DataFrame of shape (3720, 785) or None
            `data` and `target` in one table, with ``as_frame=True``.
        DESCR : str
            Origin, terms and citation.

    See Also
    --------
    load_digits : 5,000 digits of MNIST.
    fetch_emnist : All of EMNIST, downloaded.

    References
    ----------
    .. [1] G. Cohen, S. Afshar, J. Tapson and A. van Schaik, "EMNIST: an extension of MNIST to
       handwritten letters", arXiv:1702.05373, 2017.

    Examples
    --------
    >>> from skhcr.datasets import load_characters
    >>> X, y = load_characters(return_X_y=True)
    >>> X.shape
    (3720, 784)
    >>> "".join(sorted(y[:62]))
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    """
    codes = read_idx(DATA_FOLDER / "characters-labels-idx1-ubyte.gz")
    return image_bunch(
        read_idx(DATA_FOLDER / "characters-images-idx3-ubyte.gz"),
        np.array(CHARACTERS)[codes],
        descr=DESCR,
        target_names=CHARACTERS,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
