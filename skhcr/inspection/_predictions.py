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


def check_known(y, classes, name="y", among="the classes of the estimator"):
    """Return labels as an array, or raise a ValueError that names those not among the classes."""
    y = column_or_1d(y)
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
    for values, name in ((first, first_name), (second, second_name)):
        _check_sortable(values, name)
    kinds = ["strings" if _holds_strings(values) else "numbers" for values in (first, second)]
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"{first_name} holds {kinds[0]} ({_few(np.unique(first))}) and {second_name} holds "
            f"{kinds[1]} ({_few(np.unique(second))}), so that no label equals another; expected "
            "one kind of labels, for example by y.astype(str)."
        )


def check_proba(y_proba, classes, n_samples):
    """Return probabilities (n_samples, n_classes), or raise a ValueError if they are not that."""
    y_proba = check_array(y_proba, dtype=float, input_name="y_proba")
    if y_proba.shape != (n_samples, len(classes)):
        raise ValueError(
            f"y_proba has shape {y_proba.shape}; expected {(n_samples, len(classes))}: a row a "
            "sample, a column a class."
        )
    return y_proba


def predict_labels(estimator, X, y, *, with_confidence=True):
    """Return the true labels (None if not given), those predicted and how sure they are, or None.

    The labels come from `predict`: that is not always the most probable class.
    """
    check_classifier(estimator)
    if y is not None:
        check_consistent_length(X, y)
        y = check_known(y, estimator.classes_)
    y_pred = np.asarray(estimator.predict(X))
    if len(y_pred) != _num_samples(X):
        raise ValueError(
            f"predict returned {len(y_pred)} labels for {_num_samples(X)} samples; expected one "
            "each. (ImageLoader(on_error='skip') drops samples.)"
        )
    if not with_confidence or not hasattr(estimator, "predict_proba"):
        return y, y_pred, None
    y_proba = np.asarray(estimator.predict_proba(X))
    # Of what is predicted: a tuned threshold may predict the less probable class.
    codes = np.searchsorted(estimator.classes_, y_pred)
    return y, y_pred, y_proba[np.arange(len(y_pred)), codes]


def _check_sortable(values, name):
    try:
        np.unique(values)
    except TypeError as error:
        raise ValueError(
            f"{name} mixes labels of several kinds ({error}); expected strings, or numbers."
        ) from None


def _holds_strings(values):
    values = np.asarray(values)
    return values.dtype.kind in "US" or (
        values.dtype.kind == "O" and len(values) > 0 and isinstance(values.flat[0], str)
    )


def _few(values):
    values = np.asarray(values).tolist()
    return f"{values[:10]}"[:-1] + (", ...]" if len(values) > 10 else "]")
