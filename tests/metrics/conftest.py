from types import SimpleNamespace

import pytest
from sklearn.linear_model import LogisticRegression

from skhcr.datasets import load_characters


@pytest.fixture(scope="session")
def predictions():
    """Real ones: of 620 characters of 62 classes, by a model that has seen 620 others."""
    X, y = load_characters(return_X_y=True)
    X = X / 255
    model = LogisticRegression(max_iter=100, tol=0.01).fit(X[:620], y[:620])
    return SimpleNamespace(
        y_true=y[620:1240],
        y_pred=model.predict(X[620:1240]),
        y_proba=model.predict_proba(X[620:1240]),
        classes=model.classes_,
    )
