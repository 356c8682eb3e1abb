"""Known texts in a CSV: which columns it has, and which text is closest to what was read."""

import csv
import io
import unicodedata

import pandas as pd
from fastapi import HTTPException
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_N_EXAMPLES = 3
_SAMPLE = 10_000  # characters by which the separator is told


def read_table(name, content):
    """Return the table in a CSV.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    content : bytes
        UTF-8, or UTF-16 with its mark; else taken for Windows-1252, as Excel writes it in Western
        Europe and America. Separated by commas, semicolons or tabs.

    Returns
    -------
    table : DataFrame of str
    encoding : str

    Raises
    ------
    HTTPException
        422 if it is no such table, or has no rows. The message names the file.
    """
    text, encoding = _decode(name, content)
    try:
        dialect = csv.Sniffer().sniff(text[:_SAMPLE], delimiters=",;\t")
        separator = dialect.delimiter
    except csv.Error:  # of one column, as a rule
        separator = ","
    try:
        table = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False)
    except (ValueError, pd.errors.ParserError) as error:
        reason = " ".join(str(error).split())
        raise HTTPException(422, f"{name!r:.200} cannot be read as a CSV: {reason}.") from error
    if table.empty:
        raise HTTPException(422, f"{name!r:.200} has no rows below its first, the column names.")
    return table, encoding


def describe_columns(table):
    """Return for each column its name, how many texts it has, the first ones, and a guess.

    The guess is whether it is the first column of words: most of its texts have letters, and are
    no names of files.
    """
    columns = []
    for name in table.columns:
        texts = [text for text in table[name].head(100) if _plain(text)]
        words = [text for text in texts if any(c.isalpha() for c in text) and "." not in text[1:-1]]
        is_first = not any(column["is_guess"] for column in columns)
        columns.append(
            {
                "name": str(name),
                "n_texts": int((table[name] != "").sum()),
                "examples": texts[:_N_EXAMPLES],
                "is_guess": is_first and 2 * len(words) > len(texts),
            }
        )
    return columns


class KnownTexts:
    """The texts of a column, and how they are compared.

    By the least number of characters to insert, delete or replace [1]_. Case, accents and whatever
    is neither letter nor digit are left out, as handwriting has them and a reader does not.

    Parameters
    ----------
    texts : sequence of str

    References
    ----------
    .. [1] V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and
       reversals", Soviet Physics Doklady 10, 1966, 707-710.
    """

    def __init__(self, texts):
        plain = [_plain(text) for text in texts]
        self._rows = [row for row, text in enumerate(plain) if text]
        self._texts = [texts[row] for row in self._rows]
        self._plain = [plain[row] for row in self._rows]

    def __len__(self):
        return len(self._texts)

    def closest(self, read):
        """Return the text closest to what was read.

        Parameters
        ----------
        read : str

        Returns
        -------
        dict
            "closest", the text, the first of those that are equally close; "row", its row below
            the column names, counted from 1; "distance". None for all if nothing was read.
        """
        plain = _plain(read)
        if not plain:
            return {"closest": None, "row": None, "distance": None}
        _, distance, k = process.extractOne(plain, self._plain, scorer=Levenshtein.distance)
        return {"closest": self._texts[k], "row": self._rows[k] + 1, "distance": distance}


def _decode(name, content):
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    encoding = marks.get(content[:2], "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        encoding = "windows-1252"
        text = content.decode(encoding, "replace")
    if "\0" in text:
        raise HTTPException(422, f"{name!r:.200} is no text; expected a CSV.")
    return text, encoding.removesuffix("-sig").upper()


def _plain(text):
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())
