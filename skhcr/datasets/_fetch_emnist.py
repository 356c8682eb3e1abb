"""Fetcher of EMNIST."""

import os
import shutil
import zipfile

from skhcr._alphabets import CHARACTERS, DIGITS, EMNIST_BALANCED, UPPERCASE
from skhcr.datasets._bunch import image_bunch
from skhcr.datasets._checks import characters_of_codes, check_option
from skhcr.datasets._download import dataset_folder, find_file, obtain_file
from skhcr.datasets._files import GZIP_ERRORS
from skhcr.datasets._load_idx import read_parts, swap_height_and_width

ARCHIVE = "gzip.zip"
URLS = ["https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"]
SHA256 = "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e"

#: What the labels stand for. "letters" merges each small letter with its capital.
ALPHABETS = {
    "byclass": CHARACTERS,
    "bymerge": EMNIST_BALANCED,
    "balanced": EMNIST_BALANCED,
    "letters": UPPERCASE,
    "digits": DIGITS,
    "mnist": DIGITS,
}

PARTS = {"train": ["train"], "test": ["test"], "all": ["train", "test"]}

DESCR = """\
EMNIST {split}: handwritten characters
--------------------------------------

Images of 28 x 28 pixels, white ink (up to 255) on black paper (0), upright (EMNIST's own files
are transposed). {n_classes} classes: {classes}.

Made by G. Cohen, S. Afshar, J. Tapson and A. van Schaik from NIST Special Database 19, which is
public domain in the USA. Please cite:

G. Cohen, S. Afshar, J. Tapson and A. van Schaik, "EMNIST: an extension of MNIST to handwritten
letters", arXiv:1702.05373, 2017.
"""


def fetch_emnist(
    *,
    split="byclass",
    subset="train",
    data_home=None,
    download_if_missing=True,
    return_X_y=False,
    as_frame=False,
):
    """Fetch EMNIST, handwritten digits and letters; downloaded the first time (562 MB).

    Images come out upright (the official files are transposed) and labelled with characters
    rather than codes.

    ==========  =======  =======  ======  ========================================
    Split       Classes    Train    Test  What
    ==========  =======  =======  ======  ========================================
    byclass          62   697932  116323  0-9, A-Z, a-z
    bymerge          47   697932  116323  the same, 15 small letters as capitals
    balanced         47   112800   18800  bymerge with equally many images a class
    letters          26   124800   20800  A-Z; small letters count as capitals
    digits           10   240000   40000  0-9
    mnist            10    60000   10000  0-9, MNIST's size
    ==========  =======  =======  ======  ========================================

    Parameters
    ----------
    split : {"byclass", "bymerge", "balanced", "letters", "digits", "mnist"}, default="byclass"
        Which of the six datasets, see the table.
    subset : {"train", "test", "all"}, default="train"
        The part to load; "all" is train followed by test.
    data_home : str or path-like, default=None
        The files are looked for, and kept, in ``<data_home>/emnist``. By default `data_home` is
        the environment variable ``SKHCR_DATA_HOME`` or else the system's folder for caches, such
        as ``~/.cache/skhcr``. Files that you put there are taken as they are: the archive
        ``gzip.zip``, or single files of it (``emnist-letters-test-images-idx3-ubyte.gz``, ...).
    download_if_missing : bool, default=True
        Whether to download the archive if it is not there. What is downloaded is checked by its
        SHA-256, and kept for the other splits.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether `data` and `target` are a data frame and a series of pandas.

    Returns
    -------
    Bunch, or tuple of (data, target)
        images : ndarray of shape (n_samples, 28, 28), uint8
            The pixels, 0 (paper) to 255 (full ink), upright.
        data : ndarray of shape (n_samples, 784), uint8
            The same pixels as rows; a view of `images`.
        target : ndarray of shape (n_samples,), str of one character
            The characters, also for the splits of digits.
        target_names : ndarray of shape (n_classes,), str of one character
            The characters in the order of EMNIST's codes.
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
        If a file is broken, or the archive lacks one.

    See Also
    --------
    load_characters : 3,720 images of "byclass", which come with the package.

    References
    ----------
    .. [1] G. Cohen, S. Afshar, J. Tapson and A. van Schaik, "EMNIST: an extension of MNIST to
       handwritten letters", arXiv:1702.05373, 2017.

    Examples
    --------
    >>> from skhcr.datasets import fetch_emnist
    >>> X, y = fetch_emnist(split="letters", return_X_y=True)  # doctest: +SKIP
    """
    check_option("split", split, ALPHABETS)
    check_option("subset", subset, PARTS)
    folder = dataset_folder("emnist", data_home)
    paths = [
        [
            _obtain_member(folder, f"emnist-{split}-{part}-{what}-ubyte.gz", download_if_missing)
            for what in ("images-idx3", "labels-idx1")
        ]
        for part in PARTS[subset]
    ]
    images, codes = read_parts(paths)
    alphabet = ALPHABETS[split]
    return image_bunch(
        swap_height_and_width(images),
        characters_of_codes(
            codes, alphabet, source=folder, first_code=1 if split == "letters" else 0
        ),
        descr=DESCR.format(split=split, n_classes=len(alphabet), classes=" ".join(alphabet)),
        target_names=alphabet,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _obtain_member(folder, name, download_if_missing):
    """Return the path of a file of the archive, after taking it out if it was not there."""
    path = find_file(folder, name)
    if path is not None:
        return path
    archive = obtain_file(
        folder,
        ARCHIVE,
        urls=URLS,
        sha256=SHA256,
        download_if_missing=download_if_missing,
        wanted=f"{name}, or the archive {ARCHIVE} that holds it,",
    )
    part = folder / f"{name}.{os.getpid()}.part"
    try:
        with zipfile.ZipFile(archive) as members:
            member = next((m for m in members.namelist() if m.split("/")[-1] == name), None)
            if member is None:
                raise ValueError(f"{archive} holds no {name}; is it EMNIST's archive?")
            with members.open(member) as source, part.open("wb") as target:
                shutil.copyfileobj(source, target)
    except (zipfile.BadZipFile, *GZIP_ERRORS) as error:
        raise ValueError(f"{archive} is a broken archive: {error}; delete it.") from error
    else:
        return part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)
