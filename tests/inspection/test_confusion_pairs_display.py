import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import KNeighborsClassifier

from skhcr.inspection import ConfusionPairsDisplay


def lines_of(display):
    return [text.get_text() for text in display.text_]


def test_both_ways_give_the_same_picture(neighbours, characters, pixels_of):
    *_, X, y = characters
    X = X.reshape(len(X), -1)
    one = ConfusionPairsDisplay.from_estimator(neighbours, X, y)
    other = ConfusionPairsDisplay.from_predictions(X, y, neighbours.predict(X))
    assert np.array_equal(pixels_of(one), pixels_of(other))


def test_pairs_are_those_of_the_confusion_matrix(neighbours, characters):
    *_, X, y = characters
    X = X.reshape(len(X), -1)
    y_pred = neighbours.predict(X)
    display = ConfusionPairsDisplay.from_estimator(neighbours, X, y, n_pairs=500)
    matrix = confusion_matrix(y, y_pred, labels=neighbours.classes_)
    codes = np.searchsorted(neighbours.classes_, display.pairs)
    assert np.array_equal(display.counts[:, 0], matrix[codes[:, 0], codes[:, 1]])
    assert np.array_equal(display.counts[:, 1], matrix[codes[:, 1], codes[:, 0]])
    assert display.counts.sum() == (y != y_pred).sum()
    assert (np.diff(display.counts.sum(axis=1)) <= 0).all()  # most frequent first
    assert (display.counts[:, 0] >= display.counts[:, 1]).all()
    assert np.array_equal(display.totals, matrix.sum(axis=1)[codes])


def test_examples_are_of_the_mistake():
    images = np.arange(6, dtype=np.uint8)[:, np.newaxis, np.newaxis] * np.ones((1, 4, 4), np.uint8)
    display = ConfusionPairsDisplay.from_predictions(
        images, list("OO0OOl"), list("000OOl"), n_examples=1
    )
    assert display.pairs.tolist() == [["O", "0"]]
    assert lines_of(display) == ["O → 0", "2 of 4", "0 → O", "0 of 1"]
    (left, right) = display.pictures[0]
    assert [picture[0, 0] for picture in left] == [0]
    assert right == []
    assert len(display.images_) == 1


def test_case_can_be_ignored(neighbours, characters):
    *_, X, y = characters
    X = X.reshape(len(X), -1)
    pairs = {
        ignore: ConfusionPairsDisplay.from_estimator(
            neighbours, X, y, n_pairs=500, ignore_case=ignore
        ).pairs
        for ignore in (False, True)
    }
    folded = np.char.lower(pairs[False])
    of_case = folded[:, 0] == folded[:, 1]
    assert of_case.any()
    assert sorted(map(tuple, pairs[True])) == sorted(map(tuple, pairs[False][~of_case]))


def test_two_classes_of_integers(two_classes):
    _, X, y = two_classes
    display = ConfusionPairsDisplay.from_predictions(X, y, np.full_like(y, 3))
    n_eights = (y == 8).sum()
    assert lines_of(display) == [
        "8 → 3",
        f"{n_eights} of {n_eights}",
        "3 → 8",
        f"0 of {(y == 3).sum()}",
    ]


def test_no_mistakes(digits):
    X, y, *_ = digits
    display = ConfusionPairsDisplay.from_predictions(X, y, y)
    assert lines_of(display) == ["No mistakes"]
    assert display.images_ == []


def test_errors(neighbours, characters):
    *_, X, y = characters
    X = X.reshape(len(X), -1)
    with pytest.raises(NotFittedError):
        ConfusionPairsDisplay.from_estimator(KNeighborsClassifier(), X, y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        ConfusionPairsDisplay.from_predictions(X, y, y[1:])
    with pytest.raises(ValueError, match="y is None"):
        ConfusionPairsDisplay.from_estimator(neighbours, X, None)
    with pytest.raises(ValueError, match=r"y holds \['é'\]"):
        ConfusionPairsDisplay.from_estimator(neighbours, X, np.where(y == "e", "é", y))
    with pytest.raises(ValueError, match="n_pairs=0"):
        ConfusionPairsDisplay.from_estimator(neighbours, X, y, n_pairs=0)
    with pytest.raises(ValueError, match="n_examples=0"):
        ConfusionPairsDisplay.from_estimator(neighbours, X, y, n_examples=0)
