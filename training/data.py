"""What the shipped weights are trained on: ink, targets, and what is held out.

Data are looked for in the folder that SKHCR_DATA names (default ../shared/data). Held out, from
fitting and from every choice, are MNIST's test images, every tenth image of EMNIST ByClass, the
682 test images of English, and every fifth image of USPS and of ARDIS. Choices are made on a
validation part of the rest.
"""

import functools
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from sklearn.model_selection import train_test_split

from skhcr._alphabets import CHARACTERS, DIGITS, UPPERCASE
from skhcr.datasets import fetch_emnist, fetch_mnist, load_idx, load_image_csv
from skhcr.preprocessing import make_ink_pipeline

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("SKHCR_DATA", ROOT / "../shared/data")).resolve()

#: So often each of the few images of English stands in every copy, each time distorted otherwise.
ENGLISH_VERSIONS = 10

#: Of each task its classes, the images that it learns from, and how these are centred.
TASKS = {
    "digits": SimpleNamespace(classes=DIGITS, images="digits", by="mass"),
    "letters": SimpleNamespace(classes=UPPERCASE, images="characters", by="box"),
    "characters": SimpleNamespace(classes=CHARACTERS, images="characters", by="box"),
}


def load(images, part):
    """Return ink and targets.

    Parameters
    ----------
    images : {"digits", "characters"}
    part : {"train", "validation"}

    Returns
    -------
    dict of str to (list of ndarray, ndarray)
        For each data set its ink, uint8 of 28 x 28 or more (0 is paper), and targets, bool of
        shape (n_samples, n_classes): True for every class that the label may mean, which is two
        for merged labels of EMNIST ByMerge.
    """
    sets = _digits(part) if images == "digits" else _characters(part)
    classes = TASKS[images].classes
    return {
        name: (list(ink), np.array([[name in label for name in classes] for label in labels]))
        for name, (ink, labels) in sets.items()
    }


def targets_of(task, targets):
    """Return targets of a task from those of its images; rows without True are not for it."""
    if task != "letters":
        return targets
    n_digits, n_letters = len(DIGITS), len(UPPERCASE)
    _, capitals, small = np.split(targets, [n_digits, n_digits + n_letters], axis=1)
    return capitals | small  # case-folded


def held_out(task):
    """Return held-out sources and labels, as a user has them, by data set.

    Returns
    -------
    dict of str to (list, ndarray)
        Images light on dark, or for English file names; labels as the model of the task has them.
    """
    if task == "digits":
        return {name: (list(X), y.astype(int)) for name, (X, y) in _digits("test").items()}
    sets = {}
    for name, (X, y) in _characters("test").items():
        if task == "letters":
            letter = np.char.isalpha(y.astype(str))
            X, y = X[letter], np.char.upper(y[letter].astype(str))
        sets[name] = (list(X), y)
    return sets


def _digits(part):
    X, y = fetch_mnist(
        subset="test" if part == "test" else "train", data_home=DATA, return_X_y=True
    )
    X = X.reshape(-1, 28, 28)
    if part != "test":
        chosen = (np.arange(len(X)) % 20 == 7) == (part == "validation")
        X, y = X[chosen], y[chosen]
    sets = {"MNIST": (X, y.astype(str))}
    for name in ("usps", "ardis"):
        with np.load(DATA / f"digits/{name}_train.npz") as file:
            X, y = file["X"], file["y"]
        fifth = np.arange(len(X)) % 10
        chosen = {"test": fifth % 5 == 0, "validation": fifth == 1}
        chosen["train"] = ~chosen["test"] & ~chosen["validation"]
        sets[name.upper()] = (X[chosen[part]], y[chosen[part]].astype(str))
    return sets


def _characters(part):
    X, y = fetch_emnist(subset="test", data_home=DATA, return_X_y=True)
    X = X.reshape(-1, 28, 28)
    twentieth = np.arange(len(X)) % 20
    chosen = {"test": twentieth % 10 == 0, "validation": twentieth == 1}
    chosen["train"] = ~chosen["test"] & ~chosen["validation"]
    sets = {"EMNIST ByClass": (X[chosen[part]], y[chosen[part]])}
    if part == "train":
        sets["EMNIST ByMerge"] = _merged(X)
    files, labels = english_files()
    chosen = _english_parts()[part]
    # File names of the test images: those are what users have.
    X = files if part == "test" else _english_ink()
    if part == "train":
        chosen = np.tile(chosen, ENGLISH_VERSIONS)
    return sets | {"English": (X[chosen], labels[chosen])}


def _merged(known):
    """Return the images of ByMerge that are not in ByClass, and labels of one or two letters."""
    folder = DATA / "emnist"
    X, y = load_idx(
        folder / "emnist-bymerge-test-images-idx3-ubyte.gz",
        folder / "emnist-bymerge-test-labels-idx1-ubyte.gz",
        return_X_y=True,
    )
    X = np.ascontiguousarray(X.reshape(-1, 28, 28).swapaxes(1, 2))
    mapping = np.loadtxt(folder / "emnist-bymerge-mapping.txt", dtype=int)
    merged = set("CIJKLMOPSUVWXYZ")
    names = {int(row[0]): chr(row[1]) for row in mapping}
    names = {code: name + name.lower() * (name in merged) for code, name in names.items()}
    labels = np.array([names[int(code)] for code in y])
    seen = {image.tobytes() for image in known}
    new = np.array([image.tobytes() not in seen for image in X])
    return X[new], labels[new]


def _english_parts():
    train, test = train_test_split(np.arange(3410), test_size=0.2, random_state=42)
    validation = train[3::10]
    return {"test": test, "validation": validation, "train": np.setdiff1d(train, validation)}


@functools.cache
def english_files():
    """Return the files of English and their labels, in the order that the split is made of."""
    files, labels = load_image_csv(DATA / "english/english.csv", return_X_y=True)
    order = np.argsort([Path(file).name for file in files])
    return np.asarray(files)[order], np.asarray(labels)[order].astype(str)


@functools.cache
def _english_ink():
    """Return all of English as large ink: small ink, drawn and extracted again, is blurred."""
    files, _ = english_files()
    return make_ink_pipeline(112, by="box", stroke=None, n_jobs=2).transform(list(files))
