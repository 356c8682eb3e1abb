"""confusable_groups: the classes that are taken for each other."""

from numbers import Real

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.utils._param_validation import Interval, validate_params

from skhcr.metrics._labels import check_targets


@validate_params(
    {"min_rate": [Interval(Real, 0, 1, closed="right")]}, prefer_skip_nested_validation=True
)
def confusable_groups(y_true, y_pred, *, min_rate=0.1):
    """Find groups of classes that are confused with each other.

    Two classes are linked if, of the samples of both, at least a share of `min_rate` was taken for
    the other of the two. A group is all classes that links connect, in one step or several: if "0"
    is confused with "O", and "O" with "o", the three are a group.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels: strings, or whole numbers.
    y_pred : array-like of shape (n_samples,)
        Predicted labels, of the same kind.
    min_rate : float, default=0.1
        The share from which on two classes count as confused, above 0 and at most 1.

    Returns
    -------
    list of tuple
        The groups, of two classes or more each; none if nothing is confused as often. The worst is
        first: the one with the largest share of samples that were taken for another class of
        their group. Classes are in the order of the sorted labels.

    Raises
    ------
    ValueError
        If there are no samples, the lengths differ, a label is neither a string nor a whole number,
        or there are both.

    See Also
    --------
    sklearn.metrics.confusion_matrix : All the counts.
    recognition_report : Precision and recall of each class.

    Examples
    --------
    >>> from skhcr.metrics import confusable_groups
    >>> y_true = ["0", "0", "O", "O", "o", "o", "1", "1", "1", "l", "l", "x", "x"]
    >>> y_pred = ["0", "O", "O", "o", "o", "0", "1", "1", "1", "1", "l", "x", "x"]
    >>> confusable_groups(y_true, y_pred)
    [('0', 'O', 'o'), ('1', 'l')]
    >>> confusable_groups(y_true, y_pred, min_rate=0.25)
    [('0', 'O', 'o')]
    """
    y_true, y_pred = check_targets(y_true, y_pred)
    labels, codes = np.unique(np.concatenate([y_true, y_pred]), return_inverse=True)
    true, predicted = codes.reshape(2, -1)
    support = np.bincount(true, minlength=len(labels))
    wrong = true != predicted
    shape = len(labels), len(labels)
    places = true[wrong], predicted[wrong]
    mistakes = coo_array((np.ones(wrong.sum(), dtype=int), places), shape).tocsr()
    both = (mistakes + mistakes.T).tocoo()
    linked = both.data >= min_rate * (support[both.row] + support[both.col])
    links = coo_array((np.ones(linked.sum()), (both.row[linked], both.col[linked])), shape)
    _, group_of = connected_components(links, directed=False)

    groups = []
    for group in np.flatnonzero(np.bincount(group_of) > 1):
        members = np.flatnonzero(group_of == group)
        rate = mistakes[members][:, members].sum() / support[members].sum()
        groups.append((rate, tuple(labels[members].tolist())))
    groups.sort(key=lambda group: (-group[0], group[1]))
    return [members for _, members in groups]
