"""Reader of MATLAB files of images."""

import math
from pathlib import Path

import numpy as np

from skhcr._images import check_shape
from skhcr.datasets._bunch import image_bunch
from skhcr.datasets._checks import characters_of_codes, check_option
from skhcr.datasets._load_idx import swap_height_and_width

PARTS = {"train": ("train",), "test": ("test",), "all": ("train", "test")}


def load_mat(
    path,
    *,
    data="data",
    label="label",
    subset="all",
    image_shape=None,
    return_X_y=False,
    as_frame=False,
):
    """Load images and labels from a MATLAB file, such as ``mnist-original.mat``.

    Two layouts are understood: two matrices, ``data`` with an image a column (or a row) and
    ``label``; and the struct ``dataset`` of the official EMNIST files, whose images come out
    upright and labelled with characters.

    Parameters
    ----------
    path : str or path-like
        The file, of MATLAB's version 5 to 7.2.
    data, label : str, default="data" and "label"
        The names of the two matrices.
    subset : {"train", "test", "all"}, default="all"
        The part of an EMNIST file. A file of two matrices has no parts: it is "all".
    image_shape : tuple of (height, width), default=None
        The shape of an image; by default square.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether `data` and `target` are a data frame and a series of pandas.

    Returns
    -------
    Bunch, or tuple of (data, target)
        images : ndarray of shape (n_samples, height, width), uint8
            The pixels, 0 to 255.
        data : ndarray of shape (n_samples, height * width), uint8
            The same pixels as rows.
        target : ndarray of shape (n_samples,), int64 or str
            The labels; characters for an EMNIST file.
        target_names : ndarray of shape (n_classes,)
            The classes in order.
        feature_names : list of str
            ``pixel_<row>_<column>``.
        frame : DataFrame or None
            `data` and `target` in one table, with ``as_frame=True``.
        DESCR : str
            Where it comes from.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it is not a MATLAB file that can be read, lacks a variable, or images and labels don't
        fit each other.

    Examples
    --------
    >>> from skhcr.datasets import load_mat
    >>> X, y = load_mat("mnist-original.mat", return_X_y=True)  # doctest: +SKIP
    """
    check_option("subset", subset, PARTS)
    if image_shape is not None:
        image_shape = check_shape("image_shape", image_shape, (2,))
    variables = _read_variables(path, [data, label, "dataset"])
    target_names = None
    if data in variables and label in variables:
        if subset != "all":
            raise ValueError(f"{path} has no parts, so subset={subset!r} can't be had of it.")
        rows, target = _two_matrices(path, variables[data], variables[label])
        images = rows.reshape(len(rows), *_image_shape(path, rows.shape[1], image_shape))
    elif "dataset" in variables:
        images, target, target_names = _emnist(path, variables["dataset"], subset, image_shape)
    else:
        raise ValueError(
            f"{path} lacks the variables {data!r} and {label!r} (or 'dataset', as EMNIST has); it "
            f"holds {_variable_names(path)}. Name the right ones with data and label."
        )
    return image_bunch(
        images,
        target,
        descr=f"Images and labels of the MATLAB file {path}.",
        target_names=target_names,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _read_variables(path, names):
    from scipy.io import loadmat

    with Path(path).open("rb") as file:
        try:
            return loadmat(file, variable_names=names, simplify_cells=True)
        except NotImplementedError as error:
            raise ValueError(
                f"{path} is a MATLAB 7.3 (HDF5) file; expected version 5 to 7.2. Save it again in "
                "MATLAB with save(..., '-v7')."
            ) from error
        except Exception as error:  # what SciPy raises on a broken file is of a dozen types
            raise ValueError(f"{path} is not a MATLAB file, or a broken one: {error}.") from error


def _variable_names(path):
    from scipy.io import whosmat

    return [name for name, *_ in whosmat(path, appendmat=False)]


def _two_matrices(path, data, label):
    """Return images as rows, and integer labels."""
    label = np.ravel(label)
    data = np.asarray(data)
    if data.ndim != 2 or len(label) not in data.shape:
        raise ValueError(
            f"{path}: the images have shape {data.shape}, and there are {len(label)} labels; "
            "expected a matrix with a column (or a row) for each label."
        )
    rows = data.T if data.shape[1] == len(label) else data
    return _as_pixels(path, rows), _as_integers(path, label)


def _emnist(path, dataset, subset, image_shape):
    """Return upright images, characters and the alphabet of an official EMNIST file."""
    try:
        parts = [dataset[part] for part in PARTS[subset]]
        rows = np.concatenate([np.atleast_2d(part["images"]) for part in parts])
        codes = np.concatenate([np.ravel(part["labels"]) for part in parts])
        mapping = np.asarray(dataset["mapping"], dtype=np.int64)  # code, ASCII (, ASCII)
        mapping = mapping[np.argsort(mapping[:, 0])]
        alphabet = tuple(map(chr, mapping[:, 1]))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path}: the variable 'dataset' is not that of an EMNIST file; expected the fields "
            "train and test, each with images and labels, and mapping."
        ) from error
    if (np.diff(mapping[:, 0]) != 1).any():
        raise ValueError(f"{path}: the codes of its mapping, {mapping[:, 0].tolist()}, have gaps.")
    if len(rows) != len(codes):
        raise ValueError(f"{path} holds {len(rows)} images, but {len(codes)} labels.")
    codes = _as_integers(path, codes)
    target = characters_of_codes(codes, alphabet, source=path, first_code=mapping[0, 0])
    height, width = _image_shape(path, rows.shape[1], image_shape)
    images = _as_pixels(path, rows).reshape(-1, width, height)
    return swap_height_and_width(images), target, alphabet


def _image_shape(path, n_pixels, image_shape):
    side = math.isqrt(n_pixels)
    shape = (side, side) if image_shape is None else tuple(image_shape)
    if math.prod(shape) != n_pixels:
        raise ValueError(
            f"{path}: an image has {n_pixels} pixels, which is not "
            + ("a square; pass image_shape." if image_shape is None else f"image_shape={shape}.")
        )
    return shape


def _as_pixels(path, rows):
    """Return rows as contiguous unsigned bytes."""
    if rows.dtype.kind not in "buif":
        raise ValueError(f"{path}: the pixels have type {rows.dtype}; expected numbers.")
    with np.errstate(invalid="ignore"):
        pixels = np.ascontiguousarray(rows, dtype=np.uint8)
    if rows.dtype != np.uint8 and not np.array_equal(pixels, rows):
        raise ValueError(
            f"{path}: the pixels ({rows.dtype}) hold other values than whole numbers from 0 to "
            f"255; they go from {rows.min()} to {rows.max()}."
        )
    return pixels


def _as_integers(path, label):
    if label.dtype.kind in "iuf" and np.array_equal(label, np.round(label)):
        return label.astype(np.int64)
    raise ValueError(f"{path}: the labels ({label.dtype}) are not whole numbers.")
