import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from skhcr.metrics import confusable_groups


def samples(counts):
    """Return labels, given how often each pair (true, predicted) occurs."""
    pairs = [pair for pair, n in counts.items() for _ in range(n)]
    return [true for true, _ in pairs], [predicted for _, predicted in pairs]


def test_nothing_is_confused():
    assert confusable_groups(list("abc"), list("abc")) == []
    assert confusable_groups(["a"], ["a"]) == []


def test_a_pair_is_linked_from_min_rate_on():
    y_true, y_pred = samples({"aa": 4, "ab": 1, "ba": 2, "bb": 3})  # 3 of 10
    assert confusable_groups(y_true, y_pred, min_rate=0.3) == [("a", "b")]
    assert confusable_groups(y_true, y_pred, min_rate=0.31) == []


def test_min_rate_is_of_both_classes():
    y_true, y_pred = samples({"aa": 90, "ba": 10})  # every b, but 10 of 100
    assert confusable_groups(y_true, y_pred, min_rate=0.1) == [("a", "b")]
    assert confusable_groups(y_true, y_pred, min_rate=0.2) == []


def test_links_connect_in_several_steps():
    y_true, y_pred = samples(
        {"0O": 1, "00": 2, "OO": 2, "Oo": 1, "oo": 3, "xx": 2, "Il": 1, "ll": 1}
    )
    assert confusable_groups(y_true, y_pred) == [("I", "l"), ("0", "O", "o")]


def test_the_worst_is_first():
    counts = {"aa": 8, "ab": 2, "bb": 10, "cc": 5, "cd": 5, "dd": 10, "ee": 8, "ef": 2, "ff": 10}
    groups = [("c", "d"), ("a", "b"), ("e", "f")]  # 5, 2 and 2 of 20
    assert confusable_groups(*samples(counts)) == groups
    # Mistakes out of the group are not the group's.
    counts |= {"ex": 5, "ee": 3, "xx": 1000}
    assert confusable_groups(*samples(counts)) == groups


def test_the_order_of_samples_does_not_matter(predictions):
    y_true, y_pred = predictions.y_true, predictions.y_pred
    order = np.random.default_rng(0).permutation(len(y_true))
    assert confusable_groups(y_true[order], y_pred[order]) == confusable_groups(y_true, y_pred)


def test_a_class_that_was_only_predicted_counts():
    assert confusable_groups(["a", "a"], ["a", "b"], min_rate=0.5) == [("a", "b")]


def test_numbers_stay_numbers():
    groups = confusable_groups(np.array([7, 7, 10, 1]), np.array([10, 7, 10, 1]))
    assert groups == [(7, 10)]
    assert all(type(label) is int for label in groups[0])


def test_of_real_predictions(predictions):
    y_true, y_pred, classes = predictions.y_true, predictions.y_pred, predictions.classes
    groups = confusable_groups(y_true, y_pred, min_rate=0.2)
    members = [label for group in groups for label in group]
    assert len(set(members)) == len(members)
    assert all(type(label) is str for label in members)
    assert all(list(group) == sorted(group) for group in groups)
    group_of = {label: i for i, group in enumerate(groups) for label in group}
    for pair in "cC", "oO", "xX", "zZ":
        assert group_of[pair[0]] == group_of[pair[1]]

    matrix = confusion_matrix(y_true, y_pred, labels=classes)
    rate = (matrix + matrix.T) / 20  # ten samples of each class
    for i, a in enumerate(classes):
        partners = [b for j, b in enumerate(classes) if j != i and rate[i, j] >= 0.2]
        assert (a in group_of) == bool(partners)
        assert all(group_of[b] == group_of[a] for b in partners)


@pytest.mark.parametrize("min_rate", [0, -0.1, 1.1, np.nan, "often", None])
def test_min_rate_is_checked(min_rate):
    with pytest.raises(ValueError, match=r"'min_rate' parameter .* in the range \(0.0, 1.0\]"):
        confusable_groups(["a"], ["a"], min_rate=min_rate)
