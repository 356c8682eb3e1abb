"""Fetcher of MNIST."""

import numpy as np

from skhcr.datasets._bunch import image_bunch
from skhcr.datasets._checks import check_option
from skhcr.datasets._download import dataset_folder, obtain_file
from skhcr.datasets._load_idx import read_parts

MIRRORS = [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
]

SHA256 = {
    "train-images-idx3-ubyte.gz": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    "train-labels-idx1-ubyte.gz": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}

PREFIXES = {"train": ["train"], "test": ["t10k"], "all": ["train", "t10k"]}

DESCR = """\
MNIST: 70,000 handwritten digits
--------------------------------

60,000 images for training and 10,000 for testing, of different writers, 28 x 28 pixels, white ink
(up to 255) on black paper (0), centred by mass and fitted into the middle 20 x 20 pixels.

Made by Y. LeCun, C. Cortes and C. J. C. Burges from NIST Special Database 19, which is public
domain in the USA. Please cite:

Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
recognition", Proceedings of the IEEE 86(11), 2278-2324, 1998.
"""


def fetch_mnist(
    *,
    subset="train",
    data_home=None,
    download_if_missing=True,
    return_X_y=False,
    as_frame=False,
):
    """Fetch MNIST, 70,000 handwritten digits; downloaded the first time (11 MB).

    =================   ==============
    Classes                         10
    Samples, train               60000
    Samples, test                10000
    Image               28 x 28, uint8
    Features                       784
    =================   ==============

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The part to load; "all" is train followed by test.
    data_home : str or path-like, default=None
        The files are looked for, and kept, in ``<data_home>/mnist``. By default `data_home` is the
        environment variable ``SKHCR_DATA_HOME`` or else the system's folder for caches, such as
        ``~/.cache/skhcr``. Files that you put there are taken as they are, compressed or not.
    download_if_missing : bool, default=True
        Whether to download files that are not there. What is downloaded is checked by its
        SHA-256.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether `data` and `target` are a data frame and a series of pandas.

    Returns
    -------
    Bunch, or tuple of (data, target)
        images : ndarray of shape (n_samples, 28, 28), uint8
            The pixels, 0 (paper) to 255 (full ink).
        data : ndarray of shape (n_samples, 784), uint8
            The same pixels as rows; a view of `images`.
        target : ndarray of shape (n_samples,), int64
            The digits, 0 to 9.
        target_names : ndarray of shape (10,), int64
            The digits in order.
        feature_names : list of str
            ``pixel_<row>_<column>``.
        frame : DataFrame or None
            `data` and `target` in one table, with ``as_frame=True``.
        DESCR : str
            Origin, terms and citation.

    Raises
    ------
    OSError
        If a file is missing and can't be, or may not be, downloaded; it says which file to put
        where, and where to get it.
    ValueError
        If a file is broken.

    See Also
    --------
    load_digits : 5,000 of the training images, which come with the package.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86(11), 2278-2324, 1998.

    Examples
    --------
    >>> from skhcr.datasets import fetch_mnist
    >>> X_train, y_train = fetch_mnist(return_X_y=True)  # doctest: +SKIP
    >>> X_test, y_test = fetch_mnist(subset="test", return_X_y=True)  # doctest: +SKIP
    """
    check_option("subset", subset, PREFIXES)
    folder = dataset_folder("mnist", data_home)

    def obtain(name):
        return obtain_file(
            folder,
            name,
            urls=[mirror + name for mirror in MIRRORS],
            sha256=SHA256[name],
            download_if_missing=download_if_missing,
            wanted=name,
        )

    paths = [
        (obtain(f"{prefix}-images-idx3-ubyte.gz"), obtain(f"{prefix}-labels-idx1-ubyte.gz"))
        for prefix in PREFIXES[subset]
    ]
    images, labels = read_parts(paths)
    return image_bunch(
        images,
        labels,
        descr=DESCR,
        target_names=np.arange(10),
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
