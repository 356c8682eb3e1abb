"""What a source is, what it is called in messages, and how its errors are worded."""

import errno
import os
import reprlib
from contextlib import suppress

import numpy as np
from PIL import Image

from skhcr.preprocessing._read_picture import read_picture

# What `load_source` raises if it is the source's fault.
UNREADABLE = (ValueError, FileNotFoundError, IsADirectoryError, PermissionError)

# What says nothing about the source: with too many open files, no other could be read either.
_OF_THE_MACHINE = {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


def is_source(value):
    """Tell whether a value is of a kind that pictures are read from."""
    if isinstance(value, (str, bytes, bytearray, os.PathLike, Image.Image)):
        return True
    return hasattr(value, "read") or (isinstance(value, np.ndarray) and value.ndim >= 2)


def describe(source):
    """Name a source in a message, in a few words on one line."""
    if isinstance(source, (bytes, bytearray)):
        return f"{len(source)} bytes"
    if isinstance(source, np.ndarray):
        return f"an array of shape {source.shape}"
    if isinstance(source, Image.Image):
        return f"a PIL image of mode {source.mode} and size {source.size}"
    if hasattr(source, "read"):
        return f"the open file {getattr(source, 'name', type(source).__name__)!r:.300}"
    if isinstance(source, os.PathLike):
        with suppress(Exception):  # of a path that cannot say what it is
            return f"{os.fspath(source)!r:.300}"
    if isinstance(source, str):
        return f"{str(source)!r:.300}"  # without the name of NumPy's own class
    return f"{reprlib.repr(source):.50} ({type(source).__name__})"


def load_source(source, position, lock, *options):
    """Read one picture; an error says which and why.

    Parameters
    ----------
    source : object
        What stands in `X`.
    position : int
        Where it stands there.
    lock : threading.Lock
        Held while the source is read.
    *options : object
        Handed to `read_picture`.

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    UNREADABLE
        If no picture can be read from the source.
    MemoryError, OSError
        If memory or open files run out.
    """
    name = f"X[{position}], {describe(source)}"
    if not is_source(source):
        raise ValueError(
            f"{name}, is not a source of a picture; expected a path, bytes, an open binary file, "
            "a PIL image or an array."
        )
    try:
        with lock:
            return read_picture(source, *options)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileNotFoundError(f"{name}, does not exist.") from error
    except IsADirectoryError as error:
        raise IsADirectoryError(f"{name}, is a directory; expected a file.") from error
    except MemoryError as error:
        raise MemoryError(
            f"{name}, does not fit into memory; max_pixels refuses pictures that are too large."
        ) from error
    except Exception as error:  # Pillow raises whatever it meets in a foreign file
        number = getattr(error, "errno", None)
        if number in (errno.EACCES, errno.EPERM):
            raise PermissionError(f"{name}, may not be read.") from error
        kind = OSError if number in _OF_THE_MACHINE else ValueError
        raise kind(f"{name}, cannot be read as a picture: {_reason(error)}.") from error


def _reason(error):
    # Without its number, and its path, which may be long.
    text = getattr(error, "strerror", None) or str(error)
    return f"{' '.join(text.split()):.500}".rstrip(".") or type(error).__name__
