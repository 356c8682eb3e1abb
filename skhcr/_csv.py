"""CSV files as people have them, for who cannot wait half a second until pandas is imported."""

import codecs
import contextlib
import re

_N_SAMPLED = 100_000  # characters by which the separator is told


def decode(content, *, is_whole=True):
    """Return the text of a file, and its encoding.

    In UTF-8, or UTF-16 with its mark; else it is taken for Windows-1252, as Excel writes it in
    Western Europe and America.

    Parameters
    ----------
    content : bytes
    is_whole : bool, default=True
        Whether that is all; else the last character may be cut.

    Returns
    -------
    text : str
        Without a mark.
    encoding : {"utf-8-sig", "utf-16", "cp1252"}
    """
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with contextlib.suppress(UnicodeDecodeError):
        return codecs.getincrementaldecoder(encoding)().decode(content, is_whole), encoding
    return content.decode("cp1252", "replace"), "cp1252"


def separator_of(text):
    """Return which of comma, semicolon, tab and bar parts the columns of a CSV."""
    unquoted = re.sub('"[^"]*"', "", text[:_N_SAMPLED])
    first_line = unquoted.lstrip("\r\n").partition("\n")[0]
    return max(",;\t|", key=first_line.count)
