"""Reader of a CSV of pictures and labels."""

import csv as csv_module
import io
import os
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch


def load_image_csv(
    csv,
    *,
    image_column="image",
    label_column="label",
    root=None,
    sep=",",
    encoding="utf-8-sig",
    return_X_y=False,
    as_frame=False,
):
    """Load the file names and labels that a CSV lists, such as ``english.csv`` beside ``Img/``.

    The pictures are looked for, but not read: a pipeline that starts with ``ImageLoader`` reads
    them when it needs them.

    Parameters
    ----------
    csv : str or path-like
        The CSV, whose first line names the columns.
    image_column : str, default="image"
        The column of the pictures' paths. They are relative to `root`; backslashes are understood
        on every system.
    label_column : str or None, default="label"
        The column of the labels; None if the pictures are not labelled.
    root : str or path-like, default=None
        The folder that the paths start from; by default the one that the CSV is in.
    sep : str, default=","
        The character between two columns.
    encoding : str, default="utf-8-sig"
        The encoding of the CSV; the default is UTF-8 with or without a byte order mark.
    return_X_y : bool, default=False
        Whether to return ``(filenames, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Whether `filenames` and `target` are series of pandas, and `frame` holds all columns.

    Returns
    -------
    Bunch, or tuple of (filenames, target)
        filenames : ndarray of shape (n_samples,), str
            The absolute path of each picture, in the CSV's order.
        target : ndarray of shape (n_samples,), str, or None
            The labels as they are written: ``"0"`` stays ``"0"``, ``"NA"`` stays ``"NA"``.
        target_names : ndarray of shape (n_classes,), str, or None
            The labels that occur, sorted.
        frame : DataFrame or None
            Every column of the CSV as strings, the pictures' paths made absolute, with
            ``as_frame=True``. It is where the groups for ``GroupKFold`` are, if the CSV says who
            wrote what.
        DESCR : str
            Where it comes from.

    Raises
    ------
    FileNotFoundError
        If the CSV does not exist, or a picture that it lists: the first one is named with its
        line, and all are counted.
    ValueError
        If the CSV lacks a column, holds no rows, a row has too few or too many fields or no label,
        or the text is not in the encoding.

    See Also
    --------
    load_image_folder : A folder a class instead of a CSV.

    Examples
    --------
    >>> from skhcr.datasets import load_image_csv
    >>> X, y = load_image_csv("english.csv", return_X_y=True)  # doctest: +SKIP
    """
    columns, lines = _read_columns(csv, sep, encoding)
    _check_columns(csv, columns, image_column, label_column, sep)
    images = columns[image_column]
    _check_filled(csv, images, image_column, lines)
    columns[image_column] = _find_pictures(csv, images, lines, root)
    if label_column is not None:
        _check_filled(csv, columns[label_column], label_column, lines)
    if as_frame:
        import pandas as pd

        frame = pd.DataFrame(columns, dtype=str)
        filenames = frame[image_column]
        target = None if label_column is None else frame[label_column]
    else:
        frame = None
        filenames = np.array(columns[image_column])
        target = None if label_column is None else np.array(columns[label_column])
    if return_X_y:
        return filenames, target
    return Bunch(
        filenames=filenames,
        target=target,
        target_names=None if target is None else np.unique(np.asarray(target, dtype=str)),
        frame=frame,
        DESCR=f"Pictures and labels that {csv} lists.",
    )


def _read_columns(csv, sep, encoding):
    """Return the columns by name, and the line of each row as an editor counts them."""
    content = Path(csv).read_bytes()
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"{csv}, line {line}: not text in the encoding {encoding!r} ({error.reason}); pass "
            "the right one, for example encoding='cp1252' or encoding='utf-16'."
        ) from error
    reader = csv_module.reader(io.StringIO(text, newline=""), delimiter=sep, strict=True)
    header, columns, lines, end = None, [], [], 0
    try:
        for row in reader:
            line, end = end + 1, reader.line_num  # a row may go over several lines
            if not row:  # a blank line
                continue
            if header is None:
                header, columns = row, [[] for _ in row]
                continue
            if len(row) != len(header):
                raise ValueError(
                    f"{csv}, line {line}: {len(row)} fields; expected {len(header)}, as the first "
                    f"line has: {header}."
                )
            for column, field in zip(columns, row, strict=True):
                column.append(field)
            lines.append(line)
    except csv_module.Error as error:
        raise ValueError(f"{csv}, line {end + 1}: {error}.") from error
    if not lines:
        what = "is empty" if header is None else "holds no rows below the names of the columns"
        raise ValueError(f"{csv} {what}; expected a line for each picture.")
    if len(set(header)) < len(header):
        raise ValueError(f"{csv}: two columns have the same name: {header}.")
    return dict(zip(header, columns, strict=True)), lines


def _check_columns(csv, columns, image_column, label_column, sep):
    for parameter, column in (("image_column", image_column), ("label_column", label_column)):
        if column in columns or (column is None and parameter == "label_column"):
            continue
        header = list(columns)
        others = [other for other in ",;\t|" if other != sep and other in header[0]]
        hint = f" Is the separator {others[0]!r}? Then pass sep={others[0]!r}." if others else ""
        raise ValueError(
            f"{csv} has no column {column!r}; its columns are {header}. Name the right one with "
            f"{parameter}.{hint}"
        )


def _check_filled(csv, values, column, lines):
    if "" in values:
        raise ValueError(f"{csv}, line {lines[values.index('')]}: the column {column!r} is empty.")


def _find_pictures(csv, images, lines, root):
    """Return the absolute path of each picture.

    Each folder is listed once, which is quicker than to look up a million pictures one by one.
    """
    root = (Path(csv).parent if root is None else Path(root)).resolve()
    folders = {}
    paths = [_find_picture(image, root, folders) for image in images]
    if None in paths:
        first = paths.index(None)
        raise FileNotFoundError(
            f"{csv}, line {lines[first]}: no picture {images[first]!r} in {root}; of the "
            f"{len(paths)} pictures listed {paths.count(None)} are missing. Is root, the folder "
            "that the paths start from, the right one?"
        )
    return paths


def _find_picture(image, root, folders):
    """Return the absolute path of a picture, or None."""
    for spelling in (image, image.replace("\\", "/")) if "\\" in image else (image,):
        start = spelling.rfind("/") + 1
        below = spelling[:start]
        if below not in folders:
            folder = root / below
            folders[below] = f"{folder}{os.sep}", _file_names(folder)
        folder, names = folders[below]
        path = folder + spelling[start:]
        # A listing knows one spelling of a name; the file system may allow others (img.PNG).
        if spelling[start:] in names or Path(path).is_file():
            return path
    return None


def _file_names(folder):
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file()}
    except OSError:
        return set()
