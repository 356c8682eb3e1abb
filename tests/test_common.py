"""Every public estimator keeps scikit-learn's contract."""

import importlib
import inspect
import pkgutil

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

import skhcr

# Networks that train in a blink and still learn scikit-learn's blobs.
CHEAP_NETWORK = {
    "network_options": {"filters": (8, 8, 8, 16), "dropout": 0.0},
    "epochs": 12,
    "batch_size": 32,
    "learning_rate": 0.02,
    "augment": None,
    "label_smoothing": 0.0,
    "random_state": 0,
}
CHEAP = {
    "CNNClassifier": CHEAP_NETWORK,
    "DigitClassifier": CHEAP_NETWORK,
    "CharacterClassifier": CHEAP_NETWORK,
}

# Name of the check and the reason why it can't hold.
EXPECTED_FAILURES = {}


def public_estimators():
    """Find the estimators: every class that a subpackage re-exports."""
    for room in pkgutil.iter_modules(skhcr.__path__):
        if not room.ispkg:
            continue
        module = importlib.import_module(f"skhcr.{room.name}")
        for name in module.__all__:
            public = getattr(module, name)
            if inspect.isclass(public) and issubclass(public, BaseEstimator):
                yield public


def cheap_instances():
    return [cls(**CHEAP.get(cls.__name__, {})) for cls in public_estimators()]


@parametrize_with_checks(
    cheap_instances(),
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES.get(type(estimator).__name__, {}),
)
def test_sklearn_contract(estimator, check):
    check(estimator)


def test_all_estimators_are_found():
    names = {cls.__name__ for cls in public_estimators()}
    assert {"CNNClassifier", "ImageLoader", "ImageResizer", "PixelScaler"} <= names


@pytest.mark.parametrize("cls", public_estimators())
def test_constructor_is_keyword_only_after_the_first(cls):
    parameters = list(inspect.signature(cls).parameters.values())
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters[1:])
