"""What a model file may name: classes of estimators, and a few functions.

A file is never believed: a name that is not found here is not imported, let alone called.
"""

import importlib

from sklearn.base import BaseEstimator

_OWN_MODULES = (
    "skhcr.classifiers",
    "skhcr.preprocessing",
    "skhcr.reading",
    "skhcr.runtime",
)
#: Of scikit-learn what calculates with NumPy, which checks what it is given. Others would take the
#: wrong arrays of a malicious file into compiled code that does not, such as that of sparse
#: matrices, of which the binarizers of labels and `OneHotEncoder` are made.
_SKLEARN_CLASSES = {
    "sklearn.compose": ("ColumnTransformer",),
    "sklearn.decomposition": (
        "FactorAnalysis",
        "FastICA",
        "IncrementalPCA",
        "KernelPCA",
        "PCA",
        "TruncatedSVD",
    ),
    "sklearn.feature_selection": (
        "GenericUnivariateSelect",
        "SelectFdr",
        "SelectFpr",
        "SelectFwe",
        "SelectKBest",
        "SelectPercentile",
        "VarianceThreshold",
    ),
    "sklearn.impute": ("MissingIndicator", "SimpleImputer"),
    "sklearn.kernel_approximation": (
        "AdditiveChi2Sampler",
        "Nystroem",
        "RBFSampler",
        "SkewedChi2Sampler",
    ),
    "sklearn.pipeline": ("FeatureUnion", "Pipeline"),
    "sklearn.preprocessing": (
        "Binarizer",
        "FunctionTransformer",
        "KernelCenterer",
        "LabelEncoder",
        "MaxAbsScaler",
        "MinMaxScaler",
        "Normalizer",
        "OrdinalEncoder",
        "PolynomialFeatures",
        "PowerTransformer",
        "QuantileTransformer",
        "RobustScaler",
        "StandardScaler",
    ),
    "sklearn.random_projection": ("GaussianRandomProjection",),
}
_FUNCTIONS = {
    "sklearn.feature_selection": (
        "chi2",
        "f_classif",
        "f_regression",
        "mutual_info_classif",
        "mutual_info_regression",
        "r_regression",
    ),
}


def class_name(kind):
    """Return the public name of a class, or None if a file may not hold it."""
    for module in (*_OWN_MODULES, *_SKLEARN_CLASSES):
        if f"{kind.__module__}.".startswith(f"{module}."):
            name = f"{module}.{kind.__name__}"
            return name if find_class(name) is kind else None
    return None


def find_class(name):
    """Return the class of a public name, or None if a file may not hold it."""
    module, _, attribute = name.rpartition(".")
    if module in _OWN_MODULES:
        module = importlib.import_module(module)
        found = getattr(module, attribute) if attribute in module.__all__ else None
        is_estimator = isinstance(found, type) and issubclass(found, BaseEstimator)
        return found if is_estimator else None
    return _find(name, _SKLEARN_CLASSES)


def function_name(function):
    """Return the public name of a function, or None if a file may not hold it."""
    name = getattr(function, "__name__", None)
    publics = (f"{module}.{name}" for module in _FUNCTIONS)
    return next((public for public in publics if find_function(public) is function), None)


def find_function(name):
    """Return the function of a public name, or None if a file may not hold it."""
    return _find(name, _FUNCTIONS)


def _find(name, allowed):
    module, _, attribute = name.rpartition(".")
    if attribute not in allowed.get(module, ()):
        return None
    return getattr(importlib.import_module(module), attribute)
