"""The files of the recipes: yours, or small stand-ins of the same layout.

The recipes look for their files in the folder that the environment variable ``SKHCR_DATA`` names
(by default ``../shared/data``, seen from the project's root). Files that are not there are written
to a temporary folder from the images that come with the package.
"""

import atexit
import csv
import functools
import gzip
import os
import shutil
import struct
import tempfile
from pathlib import Path

import cv2
import numpy as np
from scipy.io import savemat

from skhcr.datasets import load_characters, load_digits

DATA = Path(os.environ.get("SKHCR_DATA") or Path(__file__).parents[2] / "shared" / "data")

EMNIST_IMAGES = "emnist-byclass-test-images-idx3-ubyte.gz"
EMNIST_LABELS = "emnist-byclass-test-labels-idx1-ubyte.gz"


def find_mnist_mat():
    """Return the path of ``mnist-original.mat``: an image a column, labels as floats."""
    return _find("mnist", "mnist-original.mat", _write_mnist_mat)


def find_english_csv():
    """Return the path of ``english.csv``: paths of pictures in ``Img/``, and labels."""
    return _find("english", "english.csv", _write_english)


def find_emnist_home():
    """Return the folder in which ``emnist/`` holds the test part of EMNIST ByClass."""
    return _find("emnist", EMNIST_IMAGES, _write_emnist).parents[1]


def _find(folder, name, write):
    path = DATA / folder / name
    if path.exists():
        return path
    print(f"SKHCR_DATA holds no {folder}/{name}: using images that come with skhcr.")
    path = _temporary_folder() / folder / name
    if not path.exists():
        path.parent.mkdir()
        write(path)
    return path


@functools.cache
def _temporary_folder():
    folder = Path(tempfile.mkdtemp(prefix="skhcr-examples-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _write_mnist_mat(path):
    digits = load_digits()
    savemat(path, {"data": digits.data.T, "label": digits.target[np.newaxis].astype(float)})


def _write_english(path):
    """Write 30 pictures of each character, dark on light, on paper wider than high."""
    characters = load_characters()
    pictures = path.parent / "Img"
    pictures.mkdir()
    rows = []
    for label, name in enumerate(characters.target_names):
        for sample, image in enumerate(characters.images[characters.target == name][:30]):
            paper = np.full((225, 300), 255, np.uint8)
            ink = cv2.resize(image, (180, 180), interpolation=cv2.INTER_CUBIC)
            paper[22:202, 60:240] -= ink
            picture = pictures / f"img{label + 1:03}-{sample + 1:03}.png"
            cv2.imwrite(str(picture), paper)
            rows.append((f"Img/{picture.name}", name))
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("image", "label"), *rows])


def _write_emnist(path):
    """Write IDX files with height and width swapped, as EMNIST's are."""
    characters = load_characters()
    codes = np.searchsorted(characters.target_names, characters.target)  # ASCII is their order
    images = characters.images.transpose(0, 2, 1)
    with gzip.open(path, "wb") as file:
        file.write(struct.pack(">4i", 2051, *images.shape) + images.tobytes())
    with gzip.open(path.with_name(EMNIST_LABELS), "wb") as file:
        file.write(struct.pack(">2i", 2049, len(codes)) + codes.astype(np.uint8).tobytes())
