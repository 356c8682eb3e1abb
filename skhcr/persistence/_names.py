"""What a model file may name: classes of estimators, and a few functions.

A file is never believed: a name that is not found here is not imported, let alone called.
"""

import importlib

from sklearn.base import BaseEstimator

#: Whose public estimators a file may hold. Of scikit-learn those that compute with NumPy: others
#: would take the wrong arrays of a malicious file into compiled code that does not check them.
_OWN_MODULES = (
    "skhcr.classifiers",
    "skhcr.preprocessing",
    "skhcr.reading",
    "skhcr.runtime",
)
_SKLEARN_MODULES = (
    "sklearn.compose",
    "sklearn.decomposition",
    "sklearn.feature_selection",
    "sklearn.impute",
    "sklearn.kernel_approximation",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.random_projection",
)
_FUNCTIONS = (
    *(f"skhcr.networks.{name}" for name in ("compact", "lenet", "residual", "three_conv", "wide")),
    *(
        f"sklearn.feature_selection.{name}"
        for name in ("chi2", "f_classif", "f_regression", "mutual_info_classif")
    ),
)


def class_name(kind):
    """Return the public name of a class, or None if a file may not hold it."""
    for module in (*_OWN_MODULES, *_SKLEARN_MODULES):
        if f"{kind.__module__}.".startswith(f"{module}."):
            name = f"{module}.{kind.__name__}"
            return name if find_class(name) is kind else None
    return None


def find_class(name):
    """Return the class of a public name, or None if a file may not hold it."""
    module, _, attribute = name.rpartition(".")
    if module not in (*_OWN_MODULES, *_SKLEARN_MODULES):
        return None
    module = importlib.import_module(module)
    found = getattr(module, attribute) if attribute in module.__all__ else None
    if not isinstance(found, type) or not issubclass(found, BaseEstimator):
        return None
    is_own = found.__module__.startswith("skhcr.")
    # Nothing but attributes, and nothing of scikit-learn that predicts.
    is_plain = found.__setstate__ is BaseEstimator.__setstate__
    is_transformer = hasattr(found, "transform")
    return found if is_plain and (is_own or is_transformer) else None


def function_name(function):
    """Return the public name of a function, or None if a file may not hold it."""
    name = getattr(function, "__name__", None)
    for public in _FUNCTIONS:
        if public.rpartition(".")[-1] == name and find_function(public) is function:
            return public
    return None


def find_function(name):
    """Return the function of a public name, or None if a file may not hold it."""
    if name not in _FUNCTIONS:
        return None
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)
