"""The bundled digits."""

from pathlib import Path

import numpy as np

from skhcr.datasets._bunch import image_bunch
from skhcr.datasets._load_idx import read_idx

DATA_FOLDER = Path(__file__).parent / "data"

DESCR = """\
Handwritten digits: 5,000 images of MNIST
-----------------------------------------

5,000 images of 28 x 28 pixels, 500 of each digit, drawn at random from the 60,000 of MNIST's
training set; none is from its test set. White ink (up to 255) on black paper (0), centred by
mass and fitted into the middle 20 x 20 pixels. Each run of ten images from the start holds every
digit once, in random order.

MNIST was made by Y. LeCun, C. Cortes and C. J. C. Burges from NIST Special Database 19, which is
public domain in the USA. Please cite:

Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
recognition", Proceedings of the IEEE 86(11), 2278-2324, 1998.
"""


def load_digits(*, return_X_y=False, as_frame=False):
    """Load 5,000 real handwritten digits, 500 of each, from MNIST's training set.

    They come with the package: nothing is downloaded. They stand in an order that makes any first
    part useful: each run of ten images from the start holds every digit once, in random order, so
    that ``X[:100]`` is a random sample of ten images a digit.

    =================   ==============
    Classes                         10
    Samples per class              500
    Samples total                 5000
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
        images : ndarray of shape (5000, 28, 28), uint8
            The pixels, 0 (paper) to 255 (full ink).
        data : ndarray of shape (5000, 784), uint8
            The same pixels as rows; a view of `images`.
        target : ndarray of shape (5000,), int64
            The digits, 0 to 9.
        target_names : ndarray of shape (10,), int64
            The digits in order.
        feature_names : list of str
            ``pixel_<row>_<column>``.
        frame : DataFrame of shape (5000, 785) or None
            `data` and `target` in one table, with ``as_frame=True``.
        DESCR : str
            Origin, terms and citation.

    See Also
    --------
    load_characters : Digits and letters, 62 classes.
    fetch_mnist : All 70,000 images, downloaded.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86(11), 2278-2324, 1998.

    Examples
    --------
    >>> from skhcr.datasets import load_digits
    >>> digits = load_digits()
    >>> digits.images.shape
    (5000, 28, 28)
    >>> digits.target[:10]
    array([...])
    """
    return image_bunch(
        read_idx(DATA_FOLDER / "digits-images-idx3-ubyte.gz"),
        read_idx(DATA_FOLDER / "digits-labels-idx1-ubyte.gz").astype(np.int64),
        descr=DESCR,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
