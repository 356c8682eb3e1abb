"""Files that appear only when they are complete."""

import contextlib
import os
import tempfile
from pathlib import Path

_PREFIX = ".skhcr-"  # of the folder beside a file that is being written


@contextlib.contextmanager
def whole_file(path, suffixes):
    """Yield a path to write to, which takes the place of `path` when the block has succeeded.

    Parameters
    ----------
    path : str or path-like
        The file, in a folder that is there. It is replaced if it exists.
    suffixes : tuple of str
        What its name may end in.

    Raises
    ------
    ValueError
        If the name ends otherwise.
    FileNotFoundError
        If there is no such folder.
    IsADirectoryError
        If `path` is a folder.
    """
    path = Path(path)
    if path.suffix not in suffixes:
        raise ValueError(f"path={str(path)!r} ends in {path.suffix!r}; expected one of {suffixes}.")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path={str(path)!r}: there is no folder {path.parent}.")
    if path.is_dir():
        raise IsADirectoryError(f"path={str(path)!r} is a folder; expected a file.")
    if path.is_symlink():
        path = path.resolve()  # so that the link stays, and what it leads to is replaced
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=_PREFIX) as folder:
            complete = Path(folder) / path.name
            yield complete
            with complete.open("rb+") as file:
                os.fsync(file.fileno())  # else a power failure might leave its name, and no content
            complete.replace(path)
    except OSError as error:
        # Of a full disk, say: it names no file, or the temporary one. Others are left as they are.
        if error.errno is None or _PREFIX not in str(error.filename or _PREFIX):
            raise
        raise OSError(error.errno, f"cannot be written: {error.strerror}", str(path)) from error
