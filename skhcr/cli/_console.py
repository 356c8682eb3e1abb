"""What is written: results to stdout, all else to stderr."""

import contextlib
import importlib
import json
import os
import shutil
import signal
import sys
import unicodedata
from enum import Enum


class Format(str, Enum):
    """How a table of results is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class InterruptedWorkError(Exception):
    """Ctrl-C, with what is to be said of it."""


def write(text):
    """Write a result to stdout, at once.

    Raises
    ------
    OSError
        If it cannot be written: BrokenPipeError if nobody reads it.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OSError(error.errno, f"cannot write the result: {error.strerror}") from error


def write_json(value):
    """Write a value as JSON."""
    # Where the output cannot hold all characters, escapes can.
    holds_all = (sys.stdout.encoding or "").lower() in ("utf-8", "utf8")
    write(json.dumps(value, ensure_ascii=not holds_all, allow_nan=False, indent=2) + "\n")


def complain(text):
    """Write a line to stderr: an error, a warning, or what was left out."""
    line = f"skhcr: {visible(' '.join(str(text).splitlines()))}"
    with contextlib.suppress(OSError, ValueError):  # there is nobody to be told
        tqdm = sys.modules.get("tqdm")
        if tqdm is None:
            print(line, file=sys.stderr, flush=True)
        else:  # a progress bar may stand on the line
            tqdm.tqdm.write(line, file=sys.stderr)


@contextlib.contextmanager
def quiet_libraries():
    """Keep from stderr what libraries write past Python.

    TensorFlow has a dozen lines for each training, and no setting that stops them all. What Python
    writes, progress and errors, goes where it did.
    """
    python = sys.stderr
    if python is None or python is not sys.__stderr__:  # of tests
        yield
        return
    own = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(own, "w", 1, python.encoding, python.errors, closefd=False)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        sys.stderr = python
        os.dup2(own, 2)


def import_libraries(*names):
    """Import what takes a while; Ctrl-C and SIGTERM end the program at once meanwhile.

    As an exception they would come out of the midst of an import, at which some of these libraries
    abort. Nothing is to be tidied up as yet.

    Parameters
    ----------
    *names : str
        Of modules. OpenCV and ONNX Runtime are imported in any case.
    """

    def end(number, frame):
        if number == signal.SIGINT:
            complain("interrupted.")
        os._exit(128 + number)

    before = {
        number: signal.signal(number, end)
        for number in (signal.SIGINT, signal.SIGTERM)
        if signal.getsignal(number) != signal.SIG_IGN  # as of what runs in the background
    }
    try:
        for name in ("sklearn.pipeline", "cv2", "skhcr.runtime._onnx_runtime", *names):
            importlib.import_module(name)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listing(names, most=10):
    """Return names, the first ones of many, separated by commas."""
    return ", ".join(visible(str(name)) for name in names[:most]) + (
        f" and {len(names) - most} more" if len(names) > most else ""
    )


def visible(text):
    """Return a text with what can't be seen, or steers a terminal, as escapes."""
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text
    )


def progress(chunks, n_pictures, size, what, *, streams=False):
    """Go through chunks of pictures, with a bar on stderr if that is a terminal and it takes long.

    Parameters
    ----------
    chunks : iterable
    n_pictures : int
        In all chunks.
    size : int
        Pictures in a chunk, but for the last one.
    what : str
        What is done with them.
    streams : bool, default=False
        Whether results are written meanwhile, which would be mixed with the bar.
    """
    from tqdm import tqdm

    is_mixed = streams and sys.stdout.isatty()
    hidden = not sys.stderr.isatty() or is_mixed or n_pictures <= size
    options = {"unit": " pictures", "leave": False, "disable": hidden}
    with tqdm(total=n_pictures, desc=what, **options) as bar:
        for chunk in chunks:
            yield chunk
            bar.update(min(size, n_pictures - bar.n))


def table(head, rows):
    """Return a table as text, not wider than the terminal if stdout is one.

    Parameters
    ----------
    head : list of str
    rows : list of list of str
        The first cell of each row is shortened before others are, unless two would look the same.

    Returns
    -------
    str
        Lines; columns are parted by two spaces.
    """
    rows = [[visible(cell) for cell in row] for row in [head, *rows]]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    names = {row[0]: row[0] for row in rows}
    if room is not None:
        others = sum(widths[1:]) + 2 * (len(widths) - 1)
        width = min(widths[0], max(room - others, _width(head[0]), 12))
        cut = {name: _cut(name[::-1], width)[::-1] for name in names}  # they differ at their end
        if len(set(cut.values())) == len(names):
            names, widths[0] = cut, width
        else:  # rather than that two look the same, lines are as long as they are
            room = None
    lines = []
    for row in rows:
        cells = [names[row[0]], *row[1:]]
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
        )
        line = "  ".join(padded).rstrip()
        lines.append(line if room is None else _cut(line, room))
    return "".join(f"{line}\n" for line in lines)


def _cut(text, width):
    """Return a text of at most a width, in columns of a terminal, with an ellipsis if it is cut."""
    if _width(text) <= width:
        return text
    while _width(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def _width(text):
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(one) else 1 + (unicodedata.east_asian_width(one) in "WF")
        for one in text
    )
