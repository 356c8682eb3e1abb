"""What an estimator says of samples, checked before anything is drawn."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.validation import _num_samples, check_consistent_length, check_is_fitted


def check_classifier(estimator):
    """Raise an error unless an estimator is a fitted classifier."""
    check_is_fitted(estimator)
    if not is_classifier(estimator):
        raise ValueError(f"{type(estimator).__name__} is not a classifier; expected a fitted one.")


def as_labels(y, name="y"):
    """Return labels as a 1-D array, or raise a ValueError if they are of several kinds."""
    if isinstance(y, list | tuple):  # of [1, "a"], NumPy would make two strings
        are_strings = [isinstance(label, str) for label in y]
        if any(are_strings) and not all(are_strings):
            raise ValueError(
                f"{name} mixes strings and other labels ({_few(y)}); expected strings, or numbers."
            )
    y = column_or_1d(y)
    try:
        np.unique(y)
    except TypeError as error:
        raise ValueError(
            f"{name} mixes labels that have no order ({error}); expected strings, or numbers."
        ) from None
    return y


def codes_of(y, classes):
    """Return the positions of labels in `classes`, which need not be sorted."""
    order = np.argsort(classes)
    return order[np.searchsorted(classes, y, sorter=order)]


def check_known(y, classes, name="y", among="the classes of the estimator"):
    """Return labels as an array, or raise a ValueError that names those not among the classes."""
    y = as_labels(y, name)
    classes = np.asarray(classes)
    check_same_kind(y, classes, name, among)
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(
            f"{name} holds {_few(unknown)}, not among {among}; expected some of {_few(classes)}."
        )
    return y


def check_same_kind(first, second, first_name, second_name):
    """Raise a ValueError if one holds strings and the other numbers, which are never equal."""
    kinds = ["strings" if _holds_strings(values) else "numbers" for values in (first, second)]
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"{first_name} holds {kinds[0]} ({_few(np.unique(first))}) and {second_name} holds "
            f"{kinds[1]} ({_few(np.unique(second))}), so that no label equals another; expected "
            "one kind of labels, for example by y.astype(str)."
        )


def check_shares(values, name):
    """Return an array of probabilities, or raise a ValueError if one is not from 0 to 1."""
    values = check_array(values, ensure_2d=False, dtype=float, input_name=name)
    rounding = 1e-5  # of float32, in a sum of many
    if values.size and (values.min() < -rounding or values.max() > 1 + rounding):
        raise ValueError(
            f"{name} holds values from {values.min():g} to {values.max():g}; expected "
            "probabilities, from 0 to 1."
        )
    return values


def check_proba(y_proba, classes, n_samples):
    """Return probabilities (n_samples, n_classes), or raise a ValueError if they are not that."""
    y_proba = check_shares(y_proba, "y_proba")
    if y_proba.shape != (n_samples, len(classes)):
        raise ValueError(
            f"y_proba has shape {y_proba.shape}; expected {(n_samples, len(classes))}: a row a "
            "sample, a column a class."
        )
    return y_proba


def check_none_dropped(before, after, name):
    """Raise a ValueError if there are not as many samples after a step as before it."""
    if _num_samples(after) != _num_samples(before):
        raise ValueError(
            f"{name} returned {_num_samples(after)} of {_num_samples(before)} samples; expected "
            "all. (ImageLoader(on_error='skip') drops what it can't read.)"
        )


def predict_labels(estimator, X, y, *, with_confidence=True):
    """Return the true labels (None if not given), those predicted and how sure they are, or None.

    The labels come from `predict`: that is not always the most probable class.
    """
    check_classifier(estimator)
    if y is not None:
        check_consistent_length(X, y)
        y = check_known(y, estimator.classes_)
    y_pred = np.asarray(estimator.predict(X))
    check_none_dropped(X, y_pred, "predict")
    if not with_confidence or not hasattr(estimator, "predict_proba"):
        return y, y_pred, None
    y_proba = np.asarray(estimator.predict_proba(X))
    # Of what is predicted: a tuned threshold may predict the less probable class.
    return y, y_pred, y_proba[np.arange(len(y_pred)), codes_of(y_pred, estimator.classes_)]


def _holds_strings(values):
    values = np.asarray(values)
    return values.dtype.kind in "UST" or (
        values.dtype.kind == "O" and len(values) > 0 and isinstance(values.flat[0], str)
    )


def _few(values):
    values = np.asarray(values).tolist()
    return f"{values[:10]}"[:-1] + (", ...]" if len(values) > 10 else "]")
