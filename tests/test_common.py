"""Every public estimator keeps scikit-learn's contract."""

import importlib
import inspect
import pkgutil

import pytest
from sklearn.base import BaseEstimator
from sklearn.utils import estimator_checks, get_tags

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

SAMPLE_WEIGHT = (
    "Batch normalisation looks at images whatever their weights, and a batch of weighted images is "
    "not a batch of repeated ones; test_cnn_classifier.py has the check with an instance for which "
    "it holds."
)
EXPECTED_FAILURES = {
    name: {"check_sample_weight_equivalence_on_dense_data": SAMPLE_WEIGHT} for name in CHEAP
}

# A frozen classifier has its classes and image shape from a file and can't learn scikit-learn's
# blobs, and there is no default for the file; scikit-learn leaves its own FrozenEstimator out too.
FROZEN = {"OnnxClassifier": {"model": "nowhere.onnx"}}

# scikit-learn's checks need an estimator that takes two-dimensional X. These are the ones that
# don't hand it any.
CHECKS_WITHOUT_X = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_set_params,
    estimator_checks.check_parameters_default_constructible,
]


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


def cheap_instances(*, of_labels):
    instances = [
        cls(**CHEAP.get(cls.__name__, {}))
        for cls in public_estimators()
        if cls.__name__ not in FROZEN
    ]
    return [i for i in instances if get_tags(i).input_tags.two_d_array is not of_labels]


def frozen_instances():
    classes = {cls.__name__: cls for cls in public_estimators()}
    return [classes[name](**parameters) for name, parameters in FROZEN.items()]


def all_checks():
    """Like parametrize_with_checks, which hands pytest an iterator that it warns of."""
    for estimator in cheap_instances(of_labels=False):
        yield from estimator_checks.estimator_checks_generator(
            estimator,
            expected_failed_checks=EXPECTED_FAILURES.get(type(estimator).__name__, {}),
            mark="xfail",
        )


def name_of(value):
    return getattr(value, "func", type(value)).__name__


@pytest.mark.parametrize(("estimator", "check"), list(all_checks()), ids=name_of)
def test_sklearn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("check", CHECKS_WITHOUT_X, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", cheap_instances(of_labels=True))
def test_sklearn_contract_without_rows(estimator, check):
    check(type(estimator).__name__, estimator)


@pytest.mark.parametrize("check", CHECKS_WITHOUT_X[:-1], ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", frozen_instances())
def test_sklearn_contract_of_frozen_classifiers(estimator, check):
    check(type(estimator).__name__, estimator)


def test_all_estimators_are_found():
    names = {cls.__name__ for cls in public_estimators()}
    assert names >= {"CNNClassifier", "CharacterEncoder", "ImageLoader", "OnnxClassifier"}
    assert names >= {"CharacterSegmenter", "TextReader"}


@pytest.mark.parametrize("cls", list(public_estimators()))
def test_constructor_is_keyword_only_after_the_first(cls):
    parameters = list(inspect.signature(cls).parameters.values())
    assert all(p.kind is inspect.Parameter.KEYWORD_ONLY for p in parameters[1:])
