"""Checks of labels and texts, for every score."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils.validation import _check_sample_weight


def check_column(name, y):
    """Return an array-like as a 1-D array of whatever it holds.

    Parameters
    ----------
    name : str
        The name of the argument, for the message.
    y : array-like of shape (n_samples,) or (n_samples, 1)

    Raises
    ------
    ValueError
        If it has another shape; a single string gets a hint.
    """
    if isinstance(y, str):
        raise ValueError(f"{name} is one string, {y!r}; expected a list of strings: [{y!r}].")
    # Left to itself, NumPy would turn the 1 of [1, "a"] into "1".
    y = np.asarray(y, dtype=object if isinstance(y, (list, tuple)) else None)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise ValueError(f"{name} has shape {y.shape}; expected one value a sample, (n_samples,).")
    return y


def check_labels(name, y):
    """Return labels as a 1-D array of str, or of int64.

    Parameters
    ----------
    name : str
        The name of the argument, for the message.
    y : array-like of shape (n_samples,)
        Strings or whole numbers.

    Raises
    ------
    ValueError
        If there is anything else, or both.
    """
    y = check_column(name, y)
    if y.dtype.kind == "O":
        strings = np.array([isinstance(label, str) for label in y], dtype=bool)
        numbers = np.array([_is_number(label) for label in y], dtype=bool)
        if not (strings | numbers).all():
            raise _strange(name, y[~(strings | numbers)][0])
        if strings.any() and numbers.any():
            raise ValueError(
                f"{name} holds a mix of strings and numbers, such as {y[strings][0]!r} and "
                f"{y[numbers][0]!r}; make them all strings: [str(label) for label in {name}]."
            )
        whole = all(isinstance(label, Integral) for label in y)
        y = y.astype(str if strings.any() else np.int64 if whole else np.float64)
    if y.dtype.kind == "f":
        strange = ~((np.abs(y) < 2**53) & (y == np.rint(y)))  # NaN is among them
        if strange.any():
            raise _strange(name, y[strange][0].item())
    if y.dtype.kind in "iuf":
        return y.astype(np.int64)
    if y.dtype.kind not in "UT" and len(y) > 0:
        raise _strange(name, y[0])
    return np.array(y.tolist(), dtype=str)  # strings of variable length can't be cast


def check_same_kind(name_a, a, name_b, b):
    """Raise a ValueError if one array of `check_labels` holds strings and the other numbers."""
    if a.dtype.kind == b.dtype.kind:
        return
    kinds = {"U": "strings", "i": "numbers"}
    raise ValueError(
        f"{name_a} holds {kinds[a.dtype.kind]}, such as {a[0].item()!r}, and {name_b} "
        f"{kinds[b.dtype.kind]}, such as {b[0].item()!r}; make both strings: "
        f"np.asarray({name_a if a.dtype.kind == 'i' else name_b}).astype(str)."
    )


def check_as_many(y_true, y_pred):
    """Raise a ValueError if there are no samples, or not as many of one as of the other."""
    if len(y_true) != len(y_pred):
        raise ValueError(
            f"y_true has {len(y_true)} samples and y_pred {len(y_pred)}; expected as many of one "
            "as of the other."
        )
    if len(y_true) == 0:
        raise ValueError("y_true and y_pred are empty; expected at least one sample.")


def check_targets(y_true, y_pred):
    """Return true and predicted labels as arrays of `check_labels` that fit each other."""
    y_true, y_pred = check_labels("y_true", y_true), check_labels("y_pred", y_pred)
    check_as_many(y_true, y_pred)
    check_same_kind("y_true", y_true, "y_pred", y_pred)
    return y_true, y_pred


def check_weights(sample_weight, y_true):
    """Return a weight for each sample, as float64; ones if `sample_weight` is None.

    Raises
    ------
    ValueError
        If there is not one finite number a sample, or they add up to 0.
    """
    weights = _check_sample_weight(sample_weight, y_true, dtype=np.float64)
    if weights.sum() == 0:
        raise ValueError("sample_weight adds up to 0; expected some weight that is positive.")
    return weights


def fold_case(labels):
    """Return labels, an array of `check_labels`, without their case.

    Unicode's full case folding: "É" is "é", and "ẞ", "ß" and "ss" are the same.
    """
    if labels.dtype.kind == "i":
        return labels
    distinct, codes = np.unique(labels, return_inverse=True)
    return np.array([label.casefold() for label in distinct.tolist()])[codes]


def _is_number(label):
    return isinstance(label, Real) and not isinstance(label, bool)


def _strange(name, label):
    return ValueError(f"{name} holds {label!r}; expected labels: strings, or whole numbers.")
