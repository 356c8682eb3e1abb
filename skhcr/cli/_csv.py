"""Tables in and out: known texts, names of columns, and rows of results."""

import csv
import gzip
import io
from pathlib import Path

from skhcr._csv import decode, separator_of

_N_LOOKED_AT = 10_000_000  # bytes, of a file that may be large


def csv_line(row):
    """Return a row of a CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    return line.getvalue()


def _decode(path, content, is_whole=True):
    text, encoding = decode(content, is_whole=is_whole)
    if "\0" in text:
        raise ValueError(f"{path} is no text.")
    return text, encoding


def read_texts(path, column):
    """Return the texts of a lexicon.

    Parameters
    ----------
    path : str
        A text file with one text on each line, or a CSV.
    column : str or None
        The column of the CSV; None for a text file.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If it is no text, the CSV has no such column, or there is no text in it.
    OSError
        If the file cannot be read.
    """
    text, _ = _decode(path, Path(path).read_bytes())
    if column is None and Path(path).suffix.lower() != ".csv":
        texts = text.splitlines()
    else:
        texts = _column(path, text, column)
    if not any(one.strip() for one in texts):
        raise ValueError(f"{path} is empty; expected at least one text.")
    return texts


def _column(path, text, column):
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    try:
        head = next((row for row in rows if any(row)), [])
        if column not in head:
            asked = "is a CSV" if column is None else f"has no column {column!r}"
            names = ", ".join(map(repr, head))
            raise ValueError(f"{path} {asked}; name one of its columns with --column: {names}.")
        k = head.index(column)
        return [row[k] for row in rows if len(row) > k]
    except csv.Error as error:
        raise ValueError(f"{path}, line {rows.line_num}: {error}.") from error


def header_of(path):
    """Return the names of a CSV's columns, its encoding, and its separator.

    Only its beginning is read: a CSV of pixels may be large.
    """
    opened = gzip.open if Path(path).suffix.lower() == ".gz" else open
    try:
        with opened(path, "rb") as file:
            content = file.read(_N_LOOKED_AT)
    except (EOFError, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} is no file of gzip, or is cut off: {error}.") from error
    text, encoding = _decode(path, content, is_whole=False)
    separator = separator_of(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return next((row for row in rows if any(row)), []), encoding, separator
