"""Reader of a CSV of pictures and labels."""

import csv as csv_module
import os
from array import array
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

_N_SHOWN = 30  # names of columns in an error, and characters of each; of pixels there are hundreds


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
    wanted = None if as_frame else (image_column, label_column)
    header, columns, lines = _read_columns(csv, sep, encoding, wanted)
    _check_columns(csv, header, image_column, label_column, sep)
    images = columns[image_column]
    _check_filled(csv, images, image_column, lines)
    labels = None if label_column is None else columns[label_column]
    if labels is not None:
        shared = {}
        labels[:] = [shared.setdefault(label, label) for label in labels]  # one string a class
    _find_pictures(csv, images, lines, root)
    if labels is not None:
        _check_filled(csv, labels, label_column, lines)
    target_names = None if labels is None else np.array(sorted(set(labels)))
    if as_frame:
        import pandas as pd

        frame = pd.DataFrame(columns, dtype=str)
        filenames = frame[image_column]
        target = None if labels is None else frame[label_column]
    else:
        frame = None
        target = None if labels is None else np.array(labels)
        filenames = _to_array(images)
    if return_X_y:
        return filenames, target
    return Bunch(
        filenames=filenames,
        target=target,
        target_names=target_names,
        frame=frame,
        DESCR=f"Pictures and labels that {csv} lists.",
    )


def _read_columns(csv, sep, encoding, wanted):
    """Return the header, the wanted columns by name, and the line of each row in an editor.

    `wanted` are names of columns, or None for all.
    """
    header, columns, lines, end = None, {}, array("Q"), 0
    try:
        with Path(csv).open(encoding=encoding, newline="") as file:
            reader = csv_module.reader(file, delimiter=sep, strict=True)
            for row in reader:
                line, end = end + 1, reader.line_num  # a row may go over several lines
                if not row:  # a blank line
                    continue
                if header is None:
                    header = row
                    columns = {
                        position: []
                        for position, name in enumerate(header)
                        if wanted is None or name in wanted
                    }
                    continue
                if len(row) != len(header):
                    raise ValueError(
                        f"{csv}, line {line}: {len(row)} fields; expected {len(header)}, as the "
                        f"first line has: {header}."
                    )
                for position, column in columns.items():
                    column.append(row[position])
                lines.append(line)
    except csv_module.Error as error:
        raise ValueError(f"{csv}, line {end + 1}: {error}.") from error
    except UnicodeError as error:
        raise ValueError(
            f"{csv}, line {_line_of_no_text(csv, encoding)}: not text in the encoding "
            f"{encoding!r} ({getattr(error, 'reason', error)}); pass the right one, for example "
            "encoding='cp1252' or encoding='utf-16'."
        ) from error
    if not lines:
        what = "is empty" if header is None else "holds no rows below the names of the columns"
        raise ValueError(f"{csv} {what}; expected a line for each picture.")
    if len(set(header)) < len(header):
        raise ValueError(f"{csv}: two columns have the same name: {header}.")
    return header, {header[position]: column for position, column in columns.items()}, lines


def _line_of_no_text(csv, encoding):
    """Return the line of the first byte that can't be decoded."""
    content = Path(csv).read_bytes()
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1  # nothing but the mark that UTF-16 begins with is missing


def _check_columns(csv, header, image_column, label_column, sep):
    for parameter, column in (("image_column", image_column), ("label_column", label_column)):
        if column in header or (column is None and parameter == "label_column"):
            continue
        others = [other for other in ",;\t|" if other != sep and other in header[0]]
        hint = f" Is the separator {others[0]!r}? Then pass sep={others[0]!r}." if others else ""
        shown = str([name[:_N_SHOWN] for name in header[:_N_SHOWN]])
        shown += " and more" if len(header) > _N_SHOWN else ""
        raise ValueError(
            f"{csv} has no column {column!r}; its columns are {shown}. Name the right one with "
            f"{parameter}.{hint}"
        )


def _check_filled(csv, values, column, lines):
    if "" in values:
        raise ValueError(f"{csv}, line {lines[values.index('')]}: the column {column!r} is empty.")


def _find_pictures(csv, images, lines, root):
    """Put in place of each name the absolute path of the picture.

    Each folder is listed once, which is quicker than to look up a million pictures one by one.
    """
    root = (Path(csv).parent if root is None else Path(root)).resolve()
    folders, missing = {}, []
    for row, image in enumerate(images):
        path = _find_picture(image, root, folders)
        if path is None:
            missing.append(row)
        else:
            images[row] = path
    if missing:
        first = missing[0]
        raise FileNotFoundError(
            f"{csv}, line {lines[first]}: no picture {images[first]!r} in {root}; of the "
            f"{len(images)} pictures listed {len(missing)} are missing. Is root, the folder "
            "that the paths start from, the right one?"
        )


def _find_picture(image, root, folders):
    """Return the absolute path of a picture, or None."""
    paths = []
    for spelling in (image, image.replace("\\", "/")) if "\\" in image else (image,):
        start = spelling.rfind("/") + 1
        below = spelling[:start]
        if below not in folders:
            folder = root / below
            folders[below] = f"{folder}{os.sep}", _file_names(folder)
        folder, names = folders[below]
        name = spelling[start:]
        if name in names:
            return folder + name
        paths.append(folder + name)
    # A listing knows one spelling of a name; the file system may allow others (img.PNG).
    return next((path for path in paths if _is_file(path)), None)


def _is_file(path):
    try:
        return Path(path).is_file()
    except OSError:  # a name that is too long
        return False


def _file_names(folder):
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file()}
    except OSError:
        return set()


def _to_array(texts):
    """Return strings as an array; each is let go of, and the list is empty afterwards."""
    n_texts, longest = len(texts), max(map(len, texts))
    texts.reverse()
    return np.fromiter((texts.pop() for _ in range(n_texts)), f"U{longest}", n_texts)
