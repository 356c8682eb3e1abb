"""Known texts in a CSV: which columns it has, and which text is closest to what was read."""

import csv
import io
import unicodedata

from fastapi import HTTPException
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from skhcr._csv import decode, separator_of

MAX_ROWS = 2_000_000
MAX_COLUMNS = 1_000

_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "WINDOWS-1252"}
_N_EXAMPLES = 3
_N_GUESSED_BY = 100  # rows


class Table:
    """A CSV, read row by row.

    In UTF-8, or UTF-16 with its mark; else it is taken for Windows-1252, as Excel writes it in
    Western Europe and America. Separated by commas, semicolons or tabs.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    content : bytes
    header : bool
        Whether the first row has the names of the columns; else they are numbered.

    Attributes
    ----------
    encoding : str
    columns : list of str
        Their names.

    Raises
    ------
    HTTPException
        422 if there is no text in it, or it has too many columns. The message names the file.
    """

    def __init__(self, name, content, header):
        self._name = f"{name!r:.200}"
        self._text, encoding = decode(content)
        self.encoding = _ENCODINGS[encoding]
        if "\0" in self._text:
            raise HTTPException(422, f"{self._name} is no text; expected a CSV.")
        if not self._text.strip():
            raise HTTPException(422, f"{self._name} is empty; expected a CSV.")
        self._separator = separator_of(self._text)
        self._header = header
        self._first_row, first = next(
            (number, row) for number, row in enumerate(self._fields(), start=1) if any(row)
        )
        if len(first) > MAX_COLUMNS:
            raise HTTPException(
                422, f"{self._name} has {len(first)} columns; expected {MAX_COLUMNS} at most."
            )
        self.columns = first if header else [f"column {k + 1}" for k in range(len(first))]

    def rows(self):
        """Yield the number of each row, as a spreadsheet counts, and its texts.

        Raises
        ------
        HTTPException
            422 if a row has more texts than there are columns, quotation marks do not match, or
            there are too many rows.
        """
        n_columns = len(self.columns)
        for number, row in enumerate(self._fields(), start=1):
            if number < self._first_row + self._header:
                continue
            if number > MAX_ROWS:
                raise HTTPException(
                    422, f"{self._name} has more than {MAX_ROWS:_} rows; split it into several."
                )
            if len(row) > n_columns and any(row[n_columns:]):
                raise HTTPException(
                    422,
                    f"{self._name} has {len(row)} texts in row {number}, and {n_columns} columns; "
                    f"texts with a {self._separator!r} in them have to stand in quotation marks.",
                )
            yield number, row[:n_columns] + [""] * (n_columns - len(row))

    def _fields(self):
        file = io.StringIO(self._text, newline="")
        reader = csv.reader(file, delimiter=self._separator, strict=True)
        try:
            yield from reader
        except csv.Error as error:
            raise HTTPException(
                422, f"{self._name} cannot be read as a CSV: line {reader.line_num}: {error}."
            ) from error


def describe_table(name, content, header):
    """Tell what a CSV holds.

    Parameters
    ----------
    name, content, header
        As for `Table`.

    Returns
    -------
    dict
        "n_rows", without empty ones; "encoding"; and for each of "columns" its "name", how many
        texts it has, the first of them as "examples", and "is_guess", of the first column of words:
        most of its texts have letters, and are no names of files.

    Raises
    ------
    HTTPException
        422 if it is no CSV, or has no rows. The message names the file.
    """
    table = Table(name, content, header)
    counts, n_rows, first = [0] * len(table.columns), 0, []
    for _, row in table.rows():
        n_rows += any(row)
        if len(first) < _N_GUESSED_BY:
            first.append(row)
        for k, text in enumerate(row):
            counts[k] += text != ""
    if not n_rows:
        raise HTTPException(422, f"{name!r:.200} has no rows below its first, the column names.")
    columns, is_guessed = [], False
    for column, count, *texts in zip(table.columns, counts, *first, strict=True):
        texts = [text for text in texts if _plain(text)]
        words = [text for text in texts if any(c.isalpha() for c in text) and "." not in text[1:-1]]
        is_guess = not is_guessed and 2 * len(words) > len(texts)
        is_guessed = is_guessed or is_guess
        examples = texts[:_N_EXAMPLES]
        columns.append(
            {"name": column, "n_texts": count, "examples": examples, "is_guess": is_guess}
        )
    return {"n_rows": n_rows, "encoding": table.encoding, "columns": columns}


class KnownTexts:
    """The texts in a column of a CSV, and how they are compared.

    By the least number of characters to insert, delete or replace [1]_. Case, accents and whatever
    is neither letter nor digit are left out, as handwriting has them and a reader does not.

    Parameters
    ----------
    name, content, header
        As for `Table`.
    column : int
        Position of the column, from 0 on.

    Raises
    ------
    HTTPException
        422 if it is no CSV, or has no such column, or no text in it. The message names the file.

    References
    ----------
    .. [1] V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and
       reversals", Soviet Physics Doklady 10, 1966, 707-710.
    """

    def __init__(self, name, content, header, column):
        table = Table(name, content, header)
        if not 0 <= column < len(table.columns):
            raise HTTPException(
                422, f"{name!r:.200} has {len(table.columns)} columns; column={column} is none."
            )
        self._rows, self._texts, self._plain = [], [], []
        for number, row in table.rows():
            plain = _plain(row[column])
            if plain:
                self._rows.append(number)
                self._texts.append(row[column])
                self._plain.append(plain)
        if not self._texts:
            column_name = table.columns[column]
            raise HTTPException(
                422, f"There is no text in the column {column_name!r:.100} of {name!r:.200}."
            )

    def closest(self, read):
        """Return the text closest to what was read.

        Parameters
        ----------
        read : str

        Returns
        -------
        dict
            "closest", the text, the first of those that are equally close; "row", where it stands,
            as a spreadsheet counts; "distance", and "length", of the longer of the two. None for
            all if nothing was read.
        """
        plain = _plain(read)
        if not plain:
            return {"closest": None, "row": None, "distance": None, "length": None}
        found, distance, k = process.extractOne(plain, self._plain, scorer=Levenshtein.distance)
        return {
            "closest": self._texts[k],
            "row": self._rows[k],
            "distance": distance,
            "length": max(len(plain), len(found)),
        }


def _plain(text):
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())
