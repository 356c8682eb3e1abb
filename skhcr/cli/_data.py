"""Labelled pictures, in any of the forms that people have them in."""

import itertools
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from skhcr.cli._console import complain, listing
from skhcr.cli._csv import header_of

_MANY_COLUMNS = 40  # of which no list of pictures has as many, and pixels have more
# What the loaders say of their parameters, and what is said of them here.
_OPTIONS = {
    "image_column": "--image-column",
    "label_column": "--label-column",
    "Is root one": "Is it one",
    "Is root, the folder that the paths start from, the right one?": "Names are taken from the "
    "folder of the CSV: is it where it was?",
    "Name the right ones with data and label.": "Save them by these names.",
}

# What train and evaluate ask of their data.
Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A CSV of pictures' names and labels, a folder with a folder for each label, a CSV of "
        "pixels, or a .mat file.",
        show_default=False,
    ),
]
ImageColumn = Annotated[
    str, typer.Option(metavar="NAME", help="The column of a CSV that names the pictures.")
]
LabelColumn = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help='The column of a CSV that has the labels; by default "label", and of pixels the first '
        "one.",
    ),
]


class Alphabet(str, Enum):
    """Alphabets by name."""

    DIGITS = "digits"
    UPPERCASE = "uppercase"
    LOWERCASE = "lowercase"
    LETTERS = "letters"
    CHARACTERS = "characters"


LabelAlphabet = Annotated[
    Alphabet | None,
    typer.Option(help="Of a CSV of pixels: what its labels 0, 1, 2, ... stand for."),
]


def load_data(data, image_column, label_column, alphabet):
    """Return pictures and their labels.

    Parameters
    ----------
    data : str
        A folder or a file.
    image_column : str
    label_column : str or None
    alphabet : Alphabet or None

    Returns
    -------
    pictures : list of str, or ndarray of shape (n_samples, height, width)
        Files, or pixels.
    labels : ndarray of shape (n_samples,)

    Raises
    ------
    ValueError, OSError
        If they are not as expected.
    """
    path = Path(data)
    is_csv = path.is_file() and path.name.lower().endswith((".csv", ".csv.gz"))
    header, encoding, separator = header_of(path) if is_csv else ([], None, None)
    has_pixels = is_csv and image_column not in header and len(header) >= _MANY_COLUMNS
    if alphabet is not None and not has_pixels:
        raise ValueError(f"--alphabet is for a CSV of pixels, which {path} is not.")
    try:
        if is_csv and not has_pixels:
            return _load_image_csv(path, image_column, label_column, separator, encoding)
        return _load(path, label_column, alphabet, separator, encoding)
    except (ValueError, FileNotFoundError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # of the system
            raise
        said = str(error)
        for name, option in _OPTIONS.items():
            said = said.replace(name, option)
        raise type(error)(said) from error


def _load_image_csv(path, image_column, label_column, separator, encoding):
    from skhcr.datasets import load_image_csv

    if path.suffix.lower() == ".gz":
        raise ValueError(f"{path} lists pictures; unpack it first: gunzip -k {path.name}")
    files, labels = load_image_csv(
        path,
        image_column=image_column,
        label_column=label_column or "label",
        sep=separator,
        encoding=encoding,
        return_X_y=True,
    )
    return files.tolist(), labels


def _load(path, label_column, alphabet, separator, encoding):
    from skhcr import datasets

    if path.is_dir():
        files, labels = datasets.load_image_folder(path, return_X_y=True)
        return files.tolist(), labels
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; expected a folder, a CSV or a .mat file.")
    if path.suffix.lower() == ".mat":
        bunch = datasets.load_mat(path)
    elif path.name.lower().endswith((".csv", ".csv.gz")):
        if encoding == "utf-16":
            raise ValueError(f"{path} is in UTF-16; save it as UTF-8.")
        bunch = datasets.load_pixel_csv(
            path,
            label_column=label_column or "auto",
            alphabet=None if alphabet is None else alphabet.value,
            sep=separator,
        )
        if bunch.target is None:
            raise ValueError(f"{path} has no column of labels; name it with --label-column.")
    else:
        raise ValueError(f"{path} is none of a folder, a .csv, a .csv.gz and a .mat file.")
    return bunch.images, bunch.target


def to_ink(steps, loader, pictures, labels):
    """Return what the steps of a pipeline make of pictures, and the labels of those.

    Files that cannot be read are left out, with a line each.

    Parameters
    ----------
    steps : list of transformer
        Fitted; those behind the one that reads files.
    loader : ImageLoader or None
    pictures, labels
        As of `load_data`.

    Returns
    -------
    images : ndarray
    labels : ndarray
    n_failed : int

    Raises
    ------
    ValueError
        If no picture can be read.
    """
    import numpy as np

    from skhcr.cli._console import progress
    from skhcr.cli._pictures import CHUNK_SIZE, Pictures

    reader = Pictures(loader)
    chunks = progress(reader.chunks(pictures), len(pictures), CHUNK_SIZE, "Reading")
    kept, images = [], []
    for positions, chunk in chunks:
        for step in steps:
            chunk = step.transform(chunk)
        kept += positions
        images.append(chunk)
    if not kept:
        raise ValueError(f"None of the {len(pictures)} pictures can be read.")
    _warn_of_blanks(pictures, kept, itertools.chain.from_iterable(images))
    if hasattr(images[0], "shape"):
        images = np.concatenate(images)
    else:  # pictures of any size
        images = list(itertools.chain.from_iterable(images))
    return images, labels[kept], reader.n_failed


def _warn_of_blanks(pictures, kept, images):
    """Say which pictures have no ink."""
    blank = [k for k, image in zip(kept, images, strict=True) if not image.any()]
    if not blank:
        return
    names = [pictures[k] if isinstance(pictures[k], str) else f"number {k + 1}" for k in blank]
    complain(
        f"warning: there is no ink on {listing(names)}; labels are learnt, or count, all the same."
    )
