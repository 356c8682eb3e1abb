"""Make the images that come with the package, skhcr/datasets/data/*.gz.

    SKHCR_DATA=../shared/data python benchmarks/make_bundled_data.py

Running it again gives the same bytes. The format was chosen by measuring digits plus characters:
gzip 1.74 MB, xz 1.46 MB, bzip2 1.42 MB, PNG sheets 1.93 MB, lossless WebP 1.62 MB, all read in
0.02 to 0.1 s. gzip needs no reader but the library's own, and no part of Python's standard
library that some builds lack.
"""

import gzip
import io
import os
import struct
from pathlib import Path

import numpy as np

from skhcr.datasets import load_idx

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKHCR_DATA", ROOT.parent / "shared" / "data"))
TARGET = ROOT / "skhcr" / "datasets" / "data"
SEED = 0


def main():
    digits = load_idx(
        DATA / "mnist" / "train-images-idx3-ubyte.gz",
        DATA / "mnist" / "train-labels-idx1-ubyte.gz",
    )
    everything = np.ones(len(digits.target), dtype=bool)
    write("digits", digits, draw(digits.target, 500, everything))

    characters = load_idx(
        DATA / "emnist" / "emnist-byclass-test-images-idx3-ubyte.gz",
        DATA / "emnist" / "emnist-byclass-test-labels-idx1-ubyte.gz",
        transpose=True,
    )
    not_held_out = np.arange(len(characters.target)) % 10 != 0
    write("characters", characters, draw(characters.target, 60, not_held_out))


def draw(target, n_per_class, allowed):
    """Return indices of `n_per_class` images a class, each class once in every run."""
    random = np.random.RandomState(SEED)  # unlike a Generator, the same in every NumPy
    chosen = [
        random.choice(np.flatnonzero((target == label) & allowed), n_per_class, replace=False)
        for label in np.unique(target)
    ]
    return np.concatenate([random.permutation(run) for run in zip(*chosen, strict=True)])


def write(name, dataset, indices):
    images = dataset.images[indices]
    labels = dataset.target[indices].astype(np.uint8)
    write_idx(TARGET / f"{name}-images-idx3-ubyte.gz", images)
    write_idx(TARGET / f"{name}-labels-idx1-ubyte.gz", labels)


def write_idx(path, array):
    """Write an array of unsigned bytes, whole or not at all."""
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=9, filename="", mtime=0) as file:
        file.write(struct.pack(f">HBB{array.ndim}I", 0, 0x08, array.ndim, *array.shape))
        file.write(array.tobytes())
    part = path.with_suffix(".part")
    part.write_bytes(content.getvalue())
    part.replace(path)
    print(f"{path.relative_to(ROOT)}: {array.shape}, {len(content.getvalue())} bytes")


if __name__ == "__main__":
    main()
