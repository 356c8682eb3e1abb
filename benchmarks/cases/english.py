"""62 classes from files: all of a fit against one epoch of the network that others use."""

import time

import numpy as np

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases._data import DATA
from benchmarks.cases._measure import import_training, seconds

CSV = "english/english.csv"
OURS = "ink pipeline (max_size=320), CharacterClassifier()"
DECODING = "nothing but OpenCV's decoding, two threads"
WIDE = 'plain Keras, "wide", one epoch'


def read_csv(quick):
    """Return the paths of the 3,410 files and their labels; if `quick`, of one a class."""
    from skhcr.datasets import load_image_csv

    files, labels = load_image_csv(DATA / CSV, return_X_y=True)
    if not quick:
        return files, labels
    _, firsts = np.unique(labels, return_index=True)
    return [files[i] for i in firsts], labels[firsts]


def ours(seed, quick):
    from sklearn.pipeline import make_pipeline

    from skhcr.classifiers import CharacterClassifier
    from skhcr.preprocessing import make_ink_pipeline

    import_training()
    model = make_pipeline(
        make_ink_pipeline(by="box", max_size=320, n_jobs=-1), CharacterClassifier(random_state=seed)
    )
    start = time.perf_counter()
    model.fit(*read_csv(quick))
    return {"from files to fitted [s]": time.perf_counter() - start}


def decoding(seed, quick):
    """Read the files as grey pixels, which is the least that whoever starts from them does."""
    import cv2
    from joblib import Parallel, delayed

    files, _ = read_csv(quick)
    read = Parallel(2, require="sharedmem", return_as="generator")
    start = time.perf_counter()
    for _ in read(delayed(cv2.imread)(str(file), cv2.IMREAD_GRAYSCALE) for file in files):
        pass
    return {"from files to pixels [s]": time.perf_counter() - start}


def wide(seed, quick):
    import keras
    from sklearn.pipeline import make_pipeline

    from skhcr.networks import wide
    from skhcr.preprocessing import ImageLoader, ImageResizer

    start = time.perf_counter()
    files, labels = read_csv(quick)
    images = make_pipeline(
        ImageLoader("rgb", max_size=160, n_jobs=-1), ImageResizer((64, 64))
    ).fit_transform(files)
    X = images.astype("float32") / 255
    read = time.perf_counter() - start
    names, codes = np.unique(labels, return_inverse=True)
    keras.utils.set_random_seed(seed)
    model = wide(X.shape[1:], len(names))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    epoch = seconds(lambda: model.fit(X, codes, verbose=0))
    return {"from files to fitted [s]": read + epoch, "epoch [s]": epoch}


CASE = Case(
    'A default fit of the 62 classes of english.csv, 3,410 PNG files; and one epoch of "wide" on '
    "them as 64 x 64 in colour",
    {
        OURS: Contestant(ours, data=CSV),
        DECODING: Contestant(decoding, data=CSV),
        WIDE: Contestant(wide, data=CSV, once=True),
    },
    [
        Target(
            "ours / epoch",
            lambda run: run[OURS]["from files to fitted [s]"] / run[WIDE]["epoch [s]"],
            at_most=0.1,
        ),
        Target(
            "decoding / epoch",
            lambda run: run[DECODING]["from files to pixels [s]"] / run[WIDE]["epoch [s]"],
        ),
        Target(
            "ours / files and epoch",
            lambda run: (
                run[OURS]["from files to fitted [s]"] / run[WIDE]["from files to fitted [s]"]
            ),
        ),
    ],
)
