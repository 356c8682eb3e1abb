"""Reader of IDX files, the format of MNIST and EMNIST."""

import math
import struct
from pathlib import Path

import numpy as np

from skhcr.datasets._bunch import image_bunch
from skhcr.datasets._checks import check_same_length
from skhcr.datasets._files import GZIP_ERRORS, is_gzip, open_binary

#: The third byte of the magic number [LeCun et al., the page of the MNIST database].
IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}

READ_BYTES = 2**24
MAX_GZIP_RATIO = 1032  # deflate can't do better, so a header that promises more is broken


def load_idx(images, labels=None, *, transpose=False, return_X_y=False, as_frame=False):
    """Load images, and their labels, from IDX files.

    IDX is the format that MNIST and EMNIST are published in. Files may be compressed with gzip or
    not; their content decides, not their name.

    Parameters
    ----------
    images : str or path-like
        The file of the images: unsigned bytes in three dimensions (magic number 2051).
    labels : str or path-like, default=None
        The file of the labels: integers in one dimension (magic number 2049). Without it there is
        no target.
    transpose : bool, default=False
        Whether to swap height and width. The official EMNIST files are transposed: they need
        ``transpose=True`` to come out upright.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether `data` and `target` are a data frame and a series of pandas.

    Returns
    -------
    Bunch, or tuple of (data, target)
        images : ndarray of shape (n_samples, height, width), uint8
            The pixels, 0 to 255, as they stand in the file (MNIST: 255 is ink).
        data : ndarray of shape (n_samples, height * width), uint8
            The same pixels as rows; a view of `images`.
        target : ndarray of shape (n_samples,), int64, or None
            The labels.
        target_names : ndarray of shape (n_classes,), int64, or None
            The labels that occur, sorted.
        feature_names : list of str
            ``pixel_<row>_<column>``.
        frame : DataFrame or None
            `data` and `target` in one table, with ``as_frame=True``.
        DESCR : str
            Where it comes from.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    ValueError
        If a file is not an IDX file, is cut off or damaged, holds something else than images or
        labels, or the two differ in length.

    References
    ----------
    .. [1] Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database of handwritten digits",
       http://yann.lecun.com/exdb/mnist/

    Examples
    --------
    >>> from skhcr.datasets import load_idx
    >>> mnist = load_idx(
    ...     "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
    ... )  # doctest: +SKIP
    >>> mnist.images.shape  # doctest: +SKIP
    (60000, 28, 28)
    """
    image_array, target = read_pair(images, labels)
    return image_bunch(
        swap_height_and_width(image_array) if transpose else image_array,
        target,
        descr=f"Images of {images}, labels of {labels}.",
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def read_pair(images_path, labels_path):
    """Return images, and their labels as int64, of two IDX files; no labels without a path."""
    images = read_idx(images_path)
    if images.ndim != 3 or images.dtype != np.uint8 or images.size == 0:
        raise ValueError(
            f"{images_path} holds {_describe(images)}; expected images, that is uint8 of shape "
            "(n_samples, height, width)."
        )
    if labels_path is None:
        return images, None
    labels = read_idx(labels_path)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"{labels_path} holds {_describe(labels)}; expected labels, that is integers in one "
            "dimension."
        )
    check_same_length(images, images_path, labels, labels_path)
    return images, labels.astype(np.int64)


def read_parts(paths):
    """Return the images and labels of pairs of IDX files, one after another."""
    parts = [read_pair(*pair) for pair in paths]
    return parts[0] if len(parts) == 1 else map(np.concatenate, zip(*parts, strict=True))


def read_idx(path):
    """Return the array that an IDX file holds, whatever its shape and type.

    Parameters
    ----------
    path : str or path-like
        The file, compressed with gzip or not.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If the file is not an IDX file, or shorter or longer than its header says.
    """
    try:
        with open_binary(path) as file:
            dtype, shape = _read_header(file, path)
            _check_promise(path, dtype.itemsize * math.prod(shape))
            array = np.empty(shape, dtype)
            content = array.reshape(-1).view(np.uint8)
            for start in range(0, len(content), READ_BYTES):
                block = content[start : start + READ_BYTES]
                n_read = file.readinto(block)
                if n_read < len(block):
                    raise ValueError(
                        f"{path} is cut off: its header says {_describe(array)}, which is "
                        f"{len(content)} bytes, but only {start + n_read} follow."
                    )
            if file.read(1):
                raise ValueError(
                    f"{path} holds more than its header says, which is {_describe(array)}."
                )
    except GZIP_ERRORS as error:
        raise ValueError(f"{path} is a damaged gzip file, or cut off: {error}.") from error
    return array


def swap_height_and_width(images):
    """Return images with height and width swapped, contiguous.

    Square images are swapped in place, block by block, so that a large file is held once.
    """
    n_samples, height, width = images.shape
    if height != width:
        return np.ascontiguousarray(images.swapaxes(1, 2))
    for start in range(0, n_samples, 10_000):
        block = images[start : start + 10_000]
        block[:] = block.swapaxes(1, 2).copy()
    return images


def _read_header(file, path):
    """Return the dtype and the shape that the header says."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in IDX_TYPES or magic[3] == 0:
        raise ValueError(
            f"{path} is not an IDX file: it starts with the bytes [{magic.hex(' ')}]; expected "
            "00 00, a type (08 to 0e) and the number of dimensions, so 00 00 08 03 for images and "
            "00 00 08 01 for labels."
        )
    sizes = file.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise ValueError(f"{path} is cut off within its header.")
    return np.dtype(IDX_TYPES[magic[2]]), struct.unpack(f">{magic[3]}I", sizes)


def _check_promise(path, n_bytes):
    """Refuse a header that says more than the file can hold, before memory is asked for."""
    n_stored = Path(path).stat().st_size
    if n_bytes > n_stored * (MAX_GZIP_RATIO if is_gzip(path) else 1):
        raise ValueError(
            f"{path} is cut off or damaged: its header says {n_bytes} bytes of content, which a "
            f"file of {n_stored} bytes can't hold."
        )


def _describe(array):
    return f"{array.dtype.name} of shape {array.shape}"
