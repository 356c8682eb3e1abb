"""Reader of a CSV that holds a label and the pixels of an image in each row."""

import math
from numbers import Integral

import numpy as np

from skhcr._alphabets import resolve_alphabet
from skhcr._images import check_shape
from skhcr.datasets._bunch import image_bunch
from skhcr.datasets._checks import characters_of_codes
from skhcr.datasets._files import GZIP_ERRORS, open_binary


def load_pixel_csv(
    path,
    *,
    label_column="auto",
    image_shape=None,
    alphabet=None,
    sep=",",
    chunksize=2_000,
    return_X_y=False,
    as_frame=False,
):
    """Load images from a CSV of pixels, such as "A-Z Handwritten Data" or Kaggle's digits.

    Each row holds the pixels of an image, line by line, and most often its label. A first line
    that names the columns is recognised, also where it is made of numbers ("0", "0.1", "0.2", ...
    as pandas writes them). The file is read in chunks straight into unsigned bytes, so that
    little more memory is used than the images take.

    Parameters
    ----------
    path : str or path-like
        The CSV, compressed with gzip or not.
    label_column : str, int or None, default="auto"
        The column of the labels, by name or position; None if there is none. "auto" is the column
        named "label", or else the first one if the others make up an image, or else none.
    image_shape : tuple of (height, width), default=None
        The shape of an image; by default square.
    alphabet : str or sequence of str, default=None
        The characters that the labels 0, 1, 2, ... stand for, by name or one by one:
        ``"uppercase"`` for the 26 of "A-Z Handwritten Data".
    sep : str, default=","
        The character between fields: ";" of spreadsheets where numbers have a comma.
    chunksize : int, default=2_000
        Number of rows that are read at a time.
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
            The same pixels as rows; a view of `images`.
        target : ndarray of shape (n_samples,), int64 or str, or None
            The labels: integers if all are, strings as they are written otherwise, characters
            with an `alphabet`, None without a label column.
        target_names : ndarray of shape (n_classes,) or None
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
        If the file is empty, lacks the label column, its columns don't make up an image, a row has
        too few or too many fields, or a pixel is not a whole number from 0 to 255: line and
        column are named.

    Examples
    --------
    >>> from skhcr.datasets import load_pixel_csv
    >>> X, y = load_pixel_csv(
    ...     "A_Z Handwritten Data.csv", alphabet="uppercase", return_X_y=True
    ... )  # doctest: +SKIP
    """
    if alphabet is not None:
        alphabet = resolve_alphabet(alphabet)
    if image_shape is not None:
        image_shape = check_shape("image_shape", image_shape, (2,))
    n_lines, names, n_columns = _look_at(path, sep)
    label = _find_label(path, label_column, names, n_columns, image_shape)
    n_pixels = n_columns - (label is not None)
    image_shape = _find_shape(path, n_pixels, image_shape)
    rows = np.empty((n_lines, n_pixels), dtype=np.uint8)  # pages never written to cost nothing
    labels = []
    n_samples = 0
    for chunk in _chunks(path, sep, n_columns, label, chunksize, has_header=names is not None):
        if label is not None:
            labels += chunk.pop(label).tolist()
        rows[n_samples : n_samples + len(chunk)] = _as_pixels(path, chunk, names)
        n_samples += len(chunk)
    if n_samples == 0:
        raise ValueError(f"{path} holds no rows below the names of the columns.")
    target = None if label is None else _as_target(path, labels, alphabet, names)
    return image_bunch(
        rows[:n_samples].reshape(n_samples, *image_shape),
        target,
        descr=f"Images and labels of the pixel CSV {path}.",
        target_names=None if target is None else alphabet,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _look_at(path, sep):
    """Return the number of lines, the names of the columns if there are, and their number."""
    n_lines, first_lines = 0, []
    try:
        with open_binary(path) as file:
            for line in file:
                if line.strip():
                    n_lines += 1
                    if n_lines <= 2:
                        fields = line.decode("utf-8-sig").split(sep)
                        first_lines.append([field.strip(' "\r\n') for field in fields])
    except (UnicodeDecodeError, *GZIP_ERRORS) as error:
        raise _no_utf_8(path, error) from error
    if not first_lines:
        raise ValueError(f"{path} is empty; expected an image in each line.")
    first, second = first_lines[0], first_lines[-1]
    others = [other for other in ",;\t|" if other in first[0]]
    if len(first) == 1 and others:
        raise ValueError(
            f"{path}: no {sep!r} parts the first line. Is the separator {others[0]!r}? Then pass "
            f"sep={others[0]!r}."
        )
    if len(first) != len(second):
        raise ValueError(
            f"{path}: the first line has {len(first)} fields, the second one {len(second)}."
        )
    is_header = _is_header(first, second)
    return n_lines - is_header, first if is_header else None, len(first)


def _is_header(first, second):
    """Tell the names of columns from a row of pixels, by the first two lines.

    Names may be numbers too: "label", "0", "1", "2", ... or, where pandas took a row of pixels for
    names and made them unique, "0", "0.1", "0.2", ... One bad pixel doesn't make a header.
    """
    n_pixels = sum(field.removesuffix(".0") in _PIXELS for field in first)
    if n_pixels < len(first) / 2:
        return True
    numbers = [field for field in first if _is_number(field)]
    first_number = 0 if len(numbers) == len(first) else int(numbers[0] == "1")
    if numbers == [str(first_number + i) for i in range(len(numbers))]:
        return True
    # A word above a number; a single character may be the label of the first image.
    return any(
        len(name) > 1 and not _is_number(name) and _is_number(value)
        for name, value in zip((first[0], first[-1]), (second[0], second[-1]), strict=True)
    )


def _is_number(field):
    return field.replace(".", "", 1).isdecimal()


_PIXELS = {str(value) for value in range(256)}


def _find_label(path, label_column, names, n_columns, image_shape):
    """Return the position of the label column, or None."""
    if label_column is None:
        return None
    if isinstance(label_column, Integral):
        if not 0 <= label_column < n_columns:
            raise ValueError(
                f"label_column={label_column}, but {path} has the columns 0 to {n_columns - 1}."
            )
        return int(label_column)
    if names is not None:
        if label_column == "auto" and "label" in names:
            return names.index("label")
        if label_column in names:
            return names.index(label_column)
    if label_column == "auto":
        return 0 if _is_image(n_columns - 1, image_shape) else None
    raise ValueError(
        f"{path} has no column {label_column!r}; "
        + ("it does not name its columns." if names is None else f"it has {_shorten(names)}.")
    )


def _shorten(names):
    return str(names) if len(names) < 8 else f"{names[:3]} to {names[-1]!r}"


def _is_image(n_pixels, image_shape):
    if image_shape is not None:
        return n_pixels == math.prod(image_shape)
    return n_pixels > 0 and math.isqrt(n_pixels) ** 2 == n_pixels


def _find_shape(path, n_pixels, image_shape):
    if not _is_image(n_pixels, image_shape):
        expected = (
            "a square number, such as 784, or image_shape"
            if image_shape is None
            else f"{math.prod(image_shape)} for image_shape={tuple(image_shape)}"
        )
        raise ValueError(
            f"{path} has {n_pixels} columns of pixels; expected {expected}. Does label_column say "
            "which column holds the labels?"
        )
    side = math.isqrt(n_pixels)
    return (side, side) if image_shape is None else tuple(image_shape)


def _chunks(path, sep, n_columns, label, chunksize, *, has_header):
    """Yield data frames whose columns are named by position, the labels as strings."""
    import pandas as pd

    try:
        with (
            open_binary(path) as file,
            pd.read_csv(
                file,
                sep=sep,
                header=None,
                names=list(range(n_columns)),
                skiprows=_skip_header(path) if has_header else None,
                dtype=None if label is None else {label: str},
                na_filter=False,  # "NA" is a label
                low_memory=False,
                chunksize=chunksize,
                encoding="utf-8-sig",
            ) as chunks,
        ):
            yield from chunks
    except pd.errors.EmptyDataError:
        return
    except UnicodeDecodeError as error:
        raise _no_utf_8(path, error) from error
    except pd.errors.ParserError as error:
        raise ValueError(f"{path} is not a CSV with equal rows: {error}.") from error


def _no_utf_8(path, error):
    return ValueError(f"{path} is not a CSV in UTF-8, or is cut off: {error}. Save it as UTF-8.")


def _skip_header(path):
    """Return how many lines to skip, as blank ones may come before the header."""
    return _line_of(path, 0, has_header=False)


def _as_pixels(path, chunk, names):
    """Return a chunk as unsigned bytes, or name the first cell that is not one."""
    import pandas as pd

    values = chunk.to_numpy()
    if values.dtype.kind not in "iuf":
        values = chunk.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        pixels = values.astype(np.uint8)
    bad = pixels != values
    if bad.any():
        row, column = np.argwhere(bad)[0]
        position = chunk.columns[column]
        name = f"{position}" if names is None else f"{names[position]!r}"
        line = _line_of(path, chunk.index[row], has_header=names is not None)
        raise ValueError(
            f"{path}, line {line}, column {name}: {str(chunk.iat[row, column])!r} is not a pixel; "
            "expected a whole number from 0 to 255."
        )
    return pixels


def _as_target(path, labels, alphabet, names):
    if "" in labels:
        line = _line_of(path, labels.index(""), has_header=names is not None)
        raise ValueError(f"{path}, line {line}: the label is missing.")
    labels = np.array(labels)
    try:
        numbers = labels.astype(float)
        with np.errstate(invalid="ignore"):
            codes = numbers.astype(np.int64)
        are_codes = np.array_equal(codes, numbers)
    except ValueError:
        are_codes = False
    if alphabet is None:
        return codes if are_codes else labels
    if not are_codes:
        raise ValueError(
            f"{path}: the labels are not whole numbers ({str(labels[0])!r} first), so can't be "
            "codes of an alphabet; leave out alphabet."
        )
    return characters_of_codes(codes, alphabet, source=path)


def _line_of(path, row, *, has_header):
    """Return the line of a row as an editor counts them: blank lines hold no row."""
    wanted = row + has_header
    with open_binary(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                if wanted == 0:
                    return number
                wanted -= 1
    return None
