"""The one place that knows the weights that come with the package: names, files, checksums."""

import difflib
import hashlib
from pathlib import Path

#: What :func:`skhcr.load_pretrained` and ``initial_weights`` know by name.
NAMES = ("digits", "letters", "characters")

FOLDER = Path(__file__).resolve().parent / "pretrained" / "data"


def shipped_path(name):
    """Return the path of a shipped file."""
    return FOLDER / f"{name}.onnx"


def read_shipped(name):
    """Return the content of a shipped file, once it is what was shipped.

    Parameters
    ----------
    name : {"digits", "letters", "characters"}

    Returns
    -------
    bytes
        An ONNX file.

    Raises
    ------
    ValueError
        If there is no such name, or the file is not the one that was shipped.
    FileNotFoundError
        If the file is missing.
    """
    if name not in NAMES:
        raise ValueError(f"name={name!r} is not a shipped model; expected {names_or(name)}.")
    return read_part(name)


def read_part(name):
    """Return the content of a shipped file, also of one that is no model on its own.

    Parameters
    ----------
    name : {"digits", "letters", "characters", "segments"}

    Returns
    -------
    bytes
        An ONNX file.

    Raises
    ------
    ValueError
        If the file is not the one that was shipped.
    FileNotFoundError
        If the file is missing.
    """
    path = shipped_path(name)
    for file in (path, FOLDER / "SHA256SUMS"):
        if not file.is_file():
            raise FileNotFoundError(f"{file} is missing. Install skhcr again.")
    content = path.read_bytes()
    expected = _checksums().get(path.name, "one that SHA256SUMS lists")
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ValueError(
            f"{path} is damaged: its SHA-256 is {found}, expected {expected}. Install skhcr again."
        )
    return content


def names_or(name, *others):
    """Return what was expected in place of a name, and which one may have been meant."""
    *most, last = [*map(repr, NAMES), *others]
    meant = difflib.get_close_matches(str(name).lower(), NAMES, n=1)
    hint = f" (did you mean {meant[0]!r}?)" if meant else ""
    return f"{', '.join(most)} or {last}{hint}"


def _checksums():
    """Return the checksum of each file, as ``sha256sum`` writes them."""
    lines = (FOLDER / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {file.lstrip("*"): checksum for checksum, file in pairs}
