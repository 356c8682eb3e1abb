"""Opening files that may be compressed."""

import gzip
import zlib
from pathlib import Path

#: What reading a damaged or cut off gzip file raises.
GZIP_ERRORS = (EOFError, gzip.BadGzipFile, zlib.error)


def is_gzip(path):
    """Tell whether a file is compressed with gzip, by its content rather than its name."""
    with Path(path).open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def open_binary(path):
    """Open a file for reading bytes, through gzip where it is compressed."""
    return gzip.open(path) if is_gzip(path) else Path(path).open("rb")
