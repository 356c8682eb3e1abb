"""Every public name documents its parameters, what it returns, what it sets and what it raises."""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import re
import textwrap

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate
from sklearn.base import BaseEstimator
from sklearn.datasets import load_digits
from test_common import CHEAP, FROZEN, public_estimators

import skhcr
from skhcr.datasets import make_words

# What numpydoc finds wrong with a docstring, by its codes.
CHECKS = {
    "GL08",  # no docstring
    "SS01", "SS02", "SS03", "SS06",  # the summary is one sentence on one line
    "PR01", "PR04", "PR07",  # each parameter is there, with its type and what it is
    "RT01", "RT03", "YD01",  # so is what comes back
    "SA04",  # See Also says why
}  # fmt: skip

# These only set other defaults; their docstrings name the class that documents the rest.
DOCUMENTED_BY_THEIR_BASE = {"CharacterClassifier", "DigitClassifier"}


def public_routines():
    """Return functions, classes and their own methods: {full name: object}."""
    found = {}
    for room in pkgutil.iter_modules(skhcr.__path__):
        if not room.ispkg:
            continue
        module = importlib.import_module(f"skhcr.{room.name}")
        for name in module.__all__:
            public = found[f"{module.__name__}.{name}"] = getattr(module, name)
            for method, routine in inspect.getmembers(public, inspect.isroutine):
                ours = str(getattr(routine, "__module__", "")).startswith("skhcr.")
                # What begins with on_ is called by Keras, which documents it.
                if inspect.isclass(public) and ours and not method.startswith(("_", "on_")):
                    found[f"{module.__name__}.{name}.{method}"] = routine
    return found


ROUTINES = public_routines()


@pytest.mark.parametrize("name", ROUTINES)
def test_numpydoc_has_no_complaint(name):
    wrong = [f"{code} {text}" for code, text in validate(name)["errors"] if code in CHECKS]
    if ROUTINES[name].__name__ in DOCUMENTED_BY_THEIR_BASE:
        wrong = [text for text in wrong if not text.startswith("PR01")]
    if dataclasses.is_dataclass(ROUTINES[name]):  # whose fields are attributes above all
        wrong = [text for text in wrong if not text.startswith("PR01")]
    assert not wrong


def raised_by(function):
    """Return the names of the exceptions that a function's own body raises."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)]
    return {node.func.id for node in raised if isinstance(node, ast.Call)}


@pytest.mark.parametrize("name", [n for n, r in ROUTINES.items() if not inspect.isclass(r)])
def test_errors_are_documented(name):
    raises = NumpyDocString(inspect.getdoc(ROUTINES[name]))["Raises"]
    assert raised_by(ROUTINES[name]) <= {item.type for item in raises}


def documented(section, cls):
    if cls.__name__ in DOCUMENTED_BY_THEIR_BASE:
        cls = cls.__base__
    names = [item.name for item in NumpyDocString(inspect.getdoc(cls))[section]]
    return {name for line in names for name in re.split(", ?", line)}


def fitted(cls):
    if cls.__name__ in FROZEN:
        return skhcr.load_pretrained("digits")[-1]
    if cls.__name__ == "CharacterEncoder":
        return cls().fit(["a", "b"])
    if cls.__name__ == "TextReader":
        words = make_words(texts=["Anna"], wear=0, random_state=0)
        return cls().fit(words.images, words.target)
    X, y = load_digits(return_X_y=True, as_frame=True)  # rows whose columns have names
    cheap = {**CHEAP[cls.__name__], "epochs": 1} if cls.__name__ in CHEAP else {}
    return cls(**cheap).fit(X[:40], y[:40])


@pytest.mark.parametrize("cls", list(public_estimators()))
def test_attributes_of_fitted_estimators_are_documented(cls):
    """Exactly those: what `fit` sets and the docstring forgot, and what it promises and is not."""
    names = {name for name in dir(fitted(cls)) if re.fullmatch("[a-z].*[^_]_", name)}
    assert names == documented("Attributes", cls)


def assigned(cls):
    """Return the public names that the methods of a class, and of its bases here, set on self."""
    if dataclasses.is_dataclass(cls):
        computed = {name for name, _ in inspect.getmembers(cls, inspect.isdatadescriptor)}
        names = {field.name for field in dataclasses.fields(cls)} | computed
        return {name for name in names if not name.startswith("_")}
    ours = [base for base in cls.__mro__ if base.__module__.startswith("skhcr.")]
    nodes = [n for base in ours for n in ast.walk(ast.parse(inspect.getsource(base)))]
    names = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and getattr(node.value, "id", None) == "self"
    }
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize(
    "cls", [c for c in ROUTINES.values() if inspect.isclass(c) and not issubclass(c, BaseEstimator)]
)
def test_attributes_of_other_classes_are_documented(cls):
    """Displays are made in many ways, so that this reads what they set instead of making them."""
    assert assigned(cls) == documented("Parameters", cls) | documented("Attributes", cls)
