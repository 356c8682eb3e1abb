import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier

import skhcr
from skhcr.inspection import TopPredictionsDisplay


def lines_of(display):
    return [text.get_text() for text in display.text_]


def test_both_ways_give_the_same_picture(neighbours, characters, pixels_of):
    *_, X, y = characters
    X, y = X[:3].reshape(3, -1), y[:3]
    one = TopPredictionsDisplay.from_estimator(neighbours, X, y)
    other = TopPredictionsDisplay.from_predictions(
        X, neighbours.predict_proba(X), neighbours.classes_, y_true=y
    )
    assert np.array_equal(pixels_of(one), pixels_of(other))


def test_best_first_with_bars_as_long_as_probable(characters):
    X, *_ = characters
    display = TopPredictionsDisplay.from_predictions(
        X[:1], [[0.25, 0.05, 0.7]], ["a", "b", "c"], y_true=["a"], k=2
    )
    assert lines_of(display) == ["c", "70%", "a", "25% ✓"]
    assert display.labels.tolist() == [["c", "a"]]
    assert np.allclose(display.probabilities, [[0.7, 0.25]])
    widths = [bar.get_width() for bar in display.bars_[0]]
    assert widths[0] / widths[1] == pytest.approx(0.7 / 0.25)
    heights = [bar.get_y() for bar in display.bars_[0]]
    assert heights[0] < heights[1]  # rows count downwards
    weights = [text.get_weight() for text in display.text_]
    assert weights == ["normal", "normal", "bold", "bold"]


def test_the_best_of_shipped_weights(digits):
    *_, X, _ = digits
    reader = skhcr.load_pretrained("digits")
    display = TopPredictionsDisplay.from_estimator(reader, X[:2])
    labels, probabilities = reader[-1].predict_top(reader[:-1].transform(X[:2]))
    assert np.array_equal(display.labels, labels)
    assert np.allclose(display.probabilities, probabilities)


def test_two_classes_have_two_bars(two_classes):
    classifier, X, y = two_classes
    display = TopPredictionsDisplay.from_estimator(classifier, X[:1], y[:1], bar_kw={"hatch": "/"})
    assert len(display.bars_[0]) == 2
    assert display.bars_[0][0].get_hatch() == "/"


def test_errors(neighbours, characters, digits):
    *_, X, y = characters
    X = X.reshape(len(X), -1)
    with pytest.raises(NotFittedError):
        TopPredictionsDisplay.from_estimator(KNeighborsClassifier(), X[:1])
    with pytest.raises(ValueError, match="RidgeClassifier has no predict_proba"):
        TopPredictionsDisplay.from_estimator(RidgeClassifier().fit(X, y), X[:1])
    with pytest.raises(ValueError, match="310 samples; expected at most 50"):
        TopPredictionsDisplay.from_estimator(neighbours, X)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        TopPredictionsDisplay.from_estimator(neighbours, X[:2], y[:3])
    with pytest.raises(ValueError, match=r"y holds \['é'\]"):
        TopPredictionsDisplay.from_estimator(neighbours, X[:1], ["é"])
    with pytest.raises(ValueError, match=r"y_proba has shape \(1, 2\); expected \(1, 3\)"):
        TopPredictionsDisplay.from_predictions(X[:1], [[0.5, 0.5]], ["a", "b", "c"])
    with pytest.raises(ValueError, match="y_proba contains NaN"):
        TopPredictionsDisplay.from_predictions(X[:1], [[np.nan, 0.5]], ["a", "b"])
    with pytest.raises(ValueError, match="X holds no samples"):
        TopPredictionsDisplay.from_estimator(neighbours, X[:0])
    with pytest.raises(ValueError, match="k=0 should be an integer from 1 on"):
        TopPredictionsDisplay.from_estimator(neighbours, X[:1], k=0)
