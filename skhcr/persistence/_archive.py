"""One file of a JSON document and arrays, of which nothing is believed before it is checked.

A file is a zip whose members are stored as they are, one after the other and nothing between:

- ``document.json``;
- ``arrays/0.npy``, ``arrays/1.npy``, ...: numbers, bools or strings, no objects. ``numpy.load``
  shows them;
- ``SHA256SUMS``, of all these, as ``sha256sum`` writes them.

As nothing is compressed, no file can become larger in memory than it is, but for what JSON and the
directory of the zip become, whose sizes are limited.
"""

import collections
import contextlib
import hashlib
import io
import json
import math
import os
import stat
import struct
import zipfile
from pathlib import Path

import numpy as np

from skhcr._files import whole_file

MAX_BYTES = 1_000_000_000
MAX_ARRAYS = 10_000

_DOCUMENT, _SUMS = "document.json", "SHA256SUMS"
_MAX_DOCUMENT = 16_000_000  # bytes
_MAX_VALUES = 500_000  # in the document: each takes up to a few hundred bytes of memory
_MAX_NAME = 100  # bytes of the name of a member, and of what else the directory says of it
_MAX_DIMENSIONS = 32  # as many as NumPy 1 has
_KINDS = "biufcU"
_MAX_HEADER = 1_000  # bytes of the header of an array

_LOCAL, _CENTRAL, _END = 30, 46, struct.Struct("<4s4H2LH")  # sizes of the zip's own records
_ZIP64_LOCATOR = b"PK\x06\x07"
_TAIL = 20 + _END.size  # where that would begin
_OTHERS = {  # how files begin that people take for one, and who opens them
    b"\x80": " joblib.load opens a pickle, which can run anything: only if you trust its author.",
    b"\x08": " skhcr.runtime.OnnxClassifier runs an ONNX file.",
}


class InvalidModelFile(ValueError):  # noqa: N818 - the name says what it is
    """A file that is no model file, is damaged, or holds what a model file must not."""


def as_json(name, value):
    """Return a dict or None as it comes back from JSON.

    Parameters
    ----------
    name : str
        What messages call it.
    value : object

    Raises
    ------
    ValueError
        If it is something else, or holds what JSON has not.
    """
    try:
        if not isinstance(value, (dict, type(None))):
            raise TypeError(f"it is of type {type(value).__name__}")
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name}={value!r:.100} can't be stored: {error}. Expected a dict of what JSON has."
        ) from error


def write_archive(path, suffixes, document, arrays):
    """Write a file, whole or not at all.

    The same content makes the same bytes.

    Parameters
    ----------
    path : str or path-like
        Replaced if it exists.
    suffixes : tuple of str
        What its name may end in.
    document : dict
        As JSON has it.
    arrays : list of ndarray
        Of numbers, bools or strings.

    Raises
    ------
    ValueError
        If it is too large for `read_archive`.
    """
    # In ASCII, as a name of a file may hold what UTF-8 has not.
    text = json.dumps(document, allow_nan=False).encode("ascii")
    if len(text) > _MAX_DOCUMENT or _n_values(text) > _MAX_VALUES or len(arrays) > MAX_ARRAYS:
        raise ValueError(
            f"This is too much for a model file: {len(arrays):,} arrays (of {MAX_ARRAYS:,}), and "
            f"{_n_values(text):,} other values (of {_MAX_VALUES:,}) of {len(text):,} bytes (of "
            f"{_MAX_DOCUMENT:,})."
        )
    sums = []
    with whole_file(path, suffixes) as complete, zipfile.ZipFile(complete, "w") as archive:

        def write(name, content):
            archive.writestr(zipfile.ZipInfo(name), content)  # of 1980, whenever it is written
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")

        write(_DOCUMENT, text)
        for position, array in enumerate(arrays):
            file = io.BytesIO()
            np.lib.format.write_array(file, array, allow_pickle=False)
            write(_array_name(position), file.getbuffer())
        write(_SUMS, "".join(sums).encode())


def read_archive(path, *, max_bytes=MAX_BYTES):
    """Return the document and the arrays of a file.

    Parameters
    ----------
    path : str or path-like
    max_bytes : int
        Of the file.

    Returns
    -------
    document : dict
    arrays : list of ndarray

    Raises
    ------
    InvalidModelFile
        If it is not a file of `write_archive`, or is damaged, or too large.
    OSError
        If it can't be read: FileNotFoundError and the like.
    """
    path = Path(path)
    with (
        open(path, "rb", opener=_open_without_waiting) as file,
        refusing(path, "is damaged"),
    ):
        status = os.fstat(file.fileno())
        n_bytes = status.st_size
        if not stat.S_ISREG(status.st_mode):
            raise InvalidModelFile("is no file on a disk.")
        if n_bytes > max_bytes:
            raise InvalidModelFile(
                f"has {n_bytes:,} bytes; expected {max_bytes:,} at most. Pass max_bytes if you "
                "know where it comes from."
            )
        head = file.read(_LOCAL)
        file.seek(max(0, n_bytes - _TAIL))
        _check_directory(head, file.read())
        file.seek(0)
        return _parse(file.read(n_bytes))


def _open_without_waiting(path, flags):
    """Open a file; a named pipe too, whose writer may never come."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


@contextlib.contextmanager
def refusing(path, what):
    """Turn whatever is raised at the content of a file into an InvalidModelFile that names it.

    Parameters
    ----------
    path : path-like
    what : str
        Said of the file where no InvalidModelFile says it.
    """
    try:
        yield
    except (ImportError, MemoryError, Warning):  # of this machine, and of what its user asked for
        raise
    except InvalidModelFile as error:
        raise InvalidModelFile(f"{path} {error}") from error.__cause__
    except Exception as error:  # zipfile, json, numpy and estimators raise many things
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise InvalidModelFile(f"{path} {what}. {reason:.500}") from error


def _parse(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {member.filename: member for member in archive.infolist()}
        _check_members(archive.infolist(), len(content))
        size = sum(64 + 2 + len(name) + 1 for name in members if name != _SUMS)
        if members[_SUMS].file_size != size:
            raise InvalidModelFile("is damaged: its checksums are not those of its parts.")
        sums = dict(
            line.split("  ", 1)[::-1] for line in archive.read(_SUMS).decode("ascii").splitlines()
        )
        if set(sums) != set(members) - {_SUMS}:
            raise InvalidModelFile("is damaged: its checksums are not those of its parts.")

        def read(name):
            part = bytearray(archive.read(name))
            if hashlib.sha256(part).hexdigest() != sums[name]:
                raise InvalidModelFile(f"is damaged: the checksum of its part {name} is another.")
            return part

        document = _parse_document(read(_DOCUMENT))
        arrays = [_parse_array(read(_array_name(k)), k) for k in range(len(members) - 2)]
    return document, arrays


def _check_directory(head, tail):
    """Refuse what is no zip, and a directory that is large, before it is read."""
    if not head:
        raise InvalidModelFile("is empty; expected a file that skhcr.save wrote.")
    if head[:4] != b"PK\x03\x04":
        hint = next((said for start, said in _OTHERS.items() if head.startswith(start)), "")
        raise InvalidModelFile(f"is something else; expected a file that skhcr.save wrote.{hint}")
    end = _END.unpack(tail[-_END.size :].rjust(_END.size, b"\0"))
    if end[0] != b"PK\x05\x06" or end[-1]:
        raise InvalidModelFile("is damaged: its end is missing, or there is more behind it.")
    most = (MAX_ARRAYS + 2) * (_CENTRAL + _MAX_NAME)
    if end[5] > most or tail.startswith(_ZIP64_LOCATOR):
        raise InvalidModelFile(f"lists too many parts; expected {MAX_ARRAYS:,} arrays at most.")


def _check_members(members, n_bytes):
    """Refuse members that are not those of a model file, or that do not fill it exactly."""
    names = [member.filename for member in members]
    if len(names) > MAX_ARRAYS + 2:
        raise InvalidModelFile(f"lists too many parts; expected {MAX_ARRAYS:,} arrays at most.")
    expected = [_DOCUMENT, *map(_array_name, range(len(names) - 2)), _SUMS]
    if names != expected:
        odd, n_times = collections.Counter(names).most_common(1)[0]
        if n_times > 1:
            raise InvalidModelFile(f"has the part {odd!r:.200} twice.")
        known = set(expected)
        odd = next((name for name in names if name not in known), None)
        what = f"has the part {odd!r:.200}" if odd is not None else f"lacks parts, it has {names}"
        raise InvalidModelFile(
            f"{what:.300}; expected {_DOCUMENT}, arrays/0.npy and so on, and {_SUMS}, in order."
        )
    for member in members:
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise InvalidModelFile(
                f"has the part {member.filename}, which is compressed; expected what is stored as "
                "it is."
            )
    records = sum(_LOCAL + _CENTRAL + 2 * len(name) for name in names) + _END.size
    parts = sum(member.file_size for member in members)
    if records + parts != n_bytes:
        raise InvalidModelFile(
            f"has {n_bytes:,} bytes, but its parts take {records + parts:,}; expected as many."
        )


def _parse_document(text):
    if len(text) > _MAX_DOCUMENT or _n_values(text) > _MAX_VALUES:
        raise InvalidModelFile(
            f"has a document of {len(text):,} bytes and about {_n_values(text):,} values; expected "
            f"at most {_MAX_DOCUMENT:,} and {_MAX_VALUES:,}."
        )
    document = json.loads(text.decode(), parse_constant=_refuse_constant)
    if not isinstance(document, dict):
        raise InvalidModelFile(f"has a document that is {document!r:.100}; expected an object.")
    return document


def _n_values(text):
    """Return how many values there are at most in a JSON text."""
    return text.count(b",") + text.count(b"[") + text.count(b"{") + 1


def _refuse_constant(name):
    raise InvalidModelFile(f"has the number {name}, which JSON has not.")


def _parse_array(part, position):
    """Return the array of a member, whose header has to fit its size."""
    name = _array_name(position)
    file = io.BytesIO(part)
    version = np.lib.format.read_magic(file)
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in readers:
        raise InvalidModelFile(f"has {name} of format {version}; expected (1, 0) or (2, 0).")
    shape, is_fortran, dtype = readers[version](file, max_header_size=_MAX_HEADER)
    if dtype.kind not in _KINDS or dtype.itemsize == 0 or dtype.subdtype is not None:
        raise InvalidModelFile(f"has {name} of dtype {dtype}; expected numbers, bools or strings.")
    n_bytes = len(part) - file.tell()
    if (
        len(shape) > _MAX_DIMENSIONS
        or any(length < 0 or length > MAX_BYTES for length in shape)
        or math.prod(shape) * dtype.itemsize != n_bytes
    ):
        raise InvalidModelFile(
            f"has {name} of shape {shape!r:.200} and dtype {dtype}, which are not its "
            f"{n_bytes:,} bytes."
        )
    # What NumPy believes without looking: a bool is 0 or 1, a character is one of Unicode.
    code, highest = {"b": ("u1", 1), "U": (f"{dtype.str[0]}u4", 0x10FFFF)}.get(dtype.kind, (0, 0))
    if code and np.frombuffer(part, code, offset=file.tell()).max(initial=0) > highest:
        raise InvalidModelFile(f"has {name} of dtype {dtype}, whose values are none of these.")
    order = "F" if is_fortran else "C"
    return np.ndarray(shape, dtype, buffer=part, offset=file.tell(), order=order)


def _array_name(position):
    return f"arrays/{position}.npy"
