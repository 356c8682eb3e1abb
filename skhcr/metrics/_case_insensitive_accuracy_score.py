"""case_insensitive_accuracy_score: accuracy for which c and C are the same."""

import numpy as np
from sklearn.utils._param_validation import validate_params

from skhcr.metrics._labels import check_targets, check_weights, fold_case


@validate_params(
    {"normalize": ["boolean"], "sample_weight": ["array-like", None]},
    prefer_skip_nested_validation=True,
)
def case_insensitive_accuracy_score(y_true, y_pred, *, normalize=True, sample_weight=None):
    """Compute the accuracy of predictions whose case does not count.

    Like :func:`~sklearn.metrics.accuracy_score`, but labels that differ by case only are equal: a
    "c" that is read as "C" is right. Many small letters are drawn like their capitals and differ by
    size only, so that no classifier can tell them apart from one isolated character.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels: strings (characters, or whole words), or whole numbers.
    y_pred : array-like of shape (n_samples,)
        Predicted labels, of the same kind.
    normalize : bool, default=True
        Whether to return the fraction of right predictions, rather than their number.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each sample.

    Returns
    -------
    float
        The fraction of right predictions, 0 to 1; with ``normalize=False`` their number, or the
        sum of their weights.

    Raises
    ------
    ValueError
        If there are no samples, the lengths differ, a label is neither a string nor a whole number,
        or there are both: 7 and "7" are not compared, but an error.

    See Also
    --------
    sklearn.metrics.accuracy_score : Case counts.
    recognition_report : This and other scores, for digits, capitals and small letters.

    Notes
    -----
    Labels are compared by Unicode's case folding, :meth:`str.casefold`, so that "É" and "é" are
    equal too. Numbers have no case: for them, this is the accuracy.

    Examples
    --------
    >>> from skhcr.metrics import case_insensitive_accuracy_score
    >>> case_insensitive_accuracy_score(["c", "O", "x", "7"], ["C", "O", "y", "7"])
    0.75

    As the score of a search or a cross-validation:

    >>> from sklearn.metrics import make_scorer
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skhcr.datasets import load_characters
    >>> X, y = load_characters(return_X_y=True)
    >>> scores = cross_val_score(
    ...     KNeighborsClassifier(n_neighbors=3),
    ...     X[:620],
    ...     y[:620],
    ...     scoring=make_scorer(case_insensitive_accuracy_score),
    ...     cv=3,
    ... )
    >>> scores.shape
    (3,)
    """
    y_true, y_pred = check_targets(y_true, y_pred)
    weights = check_weights(sample_weight, y_true)
    right = fold_case(y_true) == fold_case(y_pred)
    return float(np.average(right, weights=weights) if normalize else right @ weights)
