"""Every public estimator, fitted on real images."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone

from skhcr.datasets import load_characters, load_digits, make_words
from tests.persistence.estimators import ESTIMATORS


@pytest.fixture(scope="session")
def data():
    """Images and labels to fit on, and images to ask about."""
    X, y = load_digits(return_X_y=True)
    characters = load_characters()
    chosen = np.isin(characters.target, ["a", "B", "7"])
    words = make_words(texts=["MARTIN", "PETER"], wear=0, height=32, random_state=0)
    return SimpleNamespace(
        digits=(X[:100].reshape(-1, 28, 28), y[:100]),
        characters=(characters.images[chosen], characters.target[chosen]),
        words=(words.images, words.target),
        X=X[100:120].reshape(-1, 28, 28),
    )


@pytest.fixture(scope="session")
def fit(data):
    """A function from a name to a fitted estimator and what it is asked; each fits once."""
    fitted = {}

    def get(name):
        if name not in fitted:
            estimator = clone(ESTIMATORS[name])
            if name == "CharacterEncoder":
                fitted[name] = estimator.fit(data.characters[1]), data.characters[1]
            elif name in ("TextReader", "CharacterSegmenter"):
                fitted[name] = estimator.fit(*data.words), data.words[0]
            elif name in ("CNNClassifier", "CharacterClassifier"):
                X, y = data.characters
                if name == "CNNClassifier":
                    X, y = X[y != "7"], y[y != "7"]
                fitted[name] = estimator.fit(X, y), data.X
            else:
                fitted[name] = estimator.fit(*data.digits), data.X
        return fitted[name]

    return get
