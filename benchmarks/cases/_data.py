"""Images to measure with."""

import os
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("SKHCR_DATA", ROOT / "../shared/data")).resolve()


def mnist(quick):
    """Return images to train on, to test on, and their labels; if `quick`, 500 bundled ones."""
    if quick:
        X, y = digits(500)
        return X[:300], X[300:], y[:300], y[300:]
    from skhcr.datasets import fetch_mnist

    X_train, y_train = fetch_mnist(subset="train", data_home=DATA, return_X_y=True)
    X_test, y_test = fetch_mnist(subset="test", data_home=DATA, return_X_y=True)
    return X_train.reshape(-1, 28, 28), X_test.reshape(-1, 28, 28), y_train, y_test


def digits(n_images):
    """Return bundled digits, uint8 of shape (n_images, 28, 28), again and again, and labels."""
    from skhcr.datasets import load_digits

    bunch = load_digits()
    return np.resize(bunch.images, (n_images, 28, 28)), np.resize(bunch.target, n_images)


def floats(images):
    """Return images as people give them to Keras: float32 from 0 to 1, (n, height, width, 1)."""
    return images.astype("float32")[..., np.newaxis] / 255
