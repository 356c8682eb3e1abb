import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

import skhcr
from skhcr.inspection import PredictionGridDisplay
from skhcr.preprocessing import ImageFlattener


def lines_of(display):
    return [text.get_text() for text in display.text_]


@pytest.mark.parametrize("select", ["random", "first", "wrong", "unsure"])
def test_both_ways_give_the_same_picture(neighbours, characters, pixels_of, select):
    *_, X, y = characters
    X = X.reshape(len(X), -1)
    options = {"select": select, "n_images": 6, "random_state": 0}
    one = PredictionGridDisplay.from_estimator(neighbours, X, y, **options)
    other = PredictionGridDisplay.from_predictions(
        X,
        y,
        neighbours.predict(X),
        confidence=neighbours.predict_proba(X).max(axis=1),
        **options,
    )
    assert len(one.images_) == 6
    assert np.array_equal(pixels_of(one), pixels_of(other))


def test_right_and_wrong_differ_by_more_than_colour(characters, contrast):
    X, *_ = characters
    display = PredictionGridDisplay.from_predictions(
        X[:2], ["a", "b"], ["a", "c"], confidence=[0.994, 0.6], select="first"
    )
    assert lines_of(display) == ["✓ a 99%", "✗ c 60%", "is b"]
    right, wrong, truth = display.text_
    assert right.get_weight() != wrong.get_weight()
    thick = [patch for patch in display.ax_.patches if patch.get_linewidth() > 1]
    assert len(thick) == 1
    # Blue and vermilion of Okabe and Ito, which people with any kind of colour vision tell apart.
    assert truth.get_color() == wrong.get_color() == "#D55E00"
    assert right.get_color() == "#0072B2"
    assert min(contrast(text.get_color(), "white") for text in display.text_) > 3
    assert display.ax_.get_title() == "1 of 2 wrong"


def test_wrong_ones_surest_first(neighbours, characters):
    *_, X, y = characters
    X = X.reshape(len(X), -1)
    display = PredictionGridDisplay.from_estimator(neighbours, X, y, select="wrong", n_images=9)
    y_pred, confidence = neighbours.predict(X), neighbours.predict_proba(X).max(axis=1)
    assert (display.y_pred != display.y_true).all()
    assert (np.diff(display.confidence) <= 0).all()
    assert display.confidence[0] == confidence[y_pred != y].max()
    assert np.array_equal(np.array(display.pictures).reshape(9, -1), X[display.positions])
    assert display.ax_.get_title() == f"{(y_pred != y).sum()} of {len(y)} wrong"


def test_least_sure_first(neighbours, characters):
    *_, X, _ = characters
    X = X.reshape(len(X), -1)
    display = PredictionGridDisplay.from_estimator(neighbours, X, select="unsure", n_images=5)
    assert np.allclose(display.confidence, np.sort(neighbours.predict_proba(X).max(axis=1))[:5])


def test_two_classes_of_integers(two_classes):
    classifier, X, y = two_classes
    display = PredictionGridDisplay.from_estimator(classifier, X, y, n_images=4)
    assert len(display.images_) == 4
    assert {text.split()[1] for text in lines_of(display)} <= {"3", "8"}


def test_nothing_is_wrong(digits):
    X, y, *_ = digits
    display = PredictionGridDisplay.from_predictions(X, y, y, select="wrong")
    assert display.ax_.get_title() == "0 of 500 wrong"
    assert display.images_ == []


def test_without_truth_or_probabilities(digits):
    X, y, X_test, _ = digits
    classifier = make_pipeline(ImageFlattener(), RidgeClassifier()).fit(X, y)
    display = PredictionGridDisplay.from_estimator(classifier, X_test, n_images=3, select="first")
    assert lines_of(display) == [str(label) for label in classifier.predict(X_test[:3])]
    with pytest.raises(ValueError, match="predict_proba, or confidence"):
        PredictionGridDisplay.from_estimator(classifier, X_test, select="unsure")
    with pytest.raises(ValueError, match="needs the true labels"):
        PredictionGridDisplay.from_estimator(classifier, X_test, select="wrong")


def test_shipped_weights_on_files(digits, tmp_path):
    import cv2

    *_, X, y = digits
    files = [tmp_path / f"{i}.png" for i in range(3)]
    for file, image in zip(files, X, strict=False):
        cv2.imwrite(str(file), np.pad(255 - image, 20, constant_values=255))
    reader = skhcr.load_pretrained("digits")
    display = PredictionGridDisplay.from_estimator(reader, files, y[:3], select="first")
    assert [picture.shape for picture in display.pictures] == [(68, 68)] * 3
    assert list(display.y_pred) == list(y[:3])


def test_predict_decides_not_the_most_probable_class(digits):
    from sklearn.model_selection import FixedThresholdClassifier

    X, y, X_test, _ = digits
    is_seven = y == 7
    classifier = FixedThresholdClassifier(KNeighborsClassifier(5), threshold=0.01)
    classifier.fit(X.reshape(len(X), -1), is_seven)
    X_test = X_test.reshape(len(X_test), -1)
    display = PredictionGridDisplay.from_estimator(classifier, X_test, n_images=100)
    assert np.array_equal(display.y_pred, classifier.predict(X_test)[display.positions])
    # How sure it is of what it predicts, which is not the highest probability.
    of_seven = classifier.predict_proba(X_test)[display.positions, 1]
    assert np.array_equal(display.confidence, np.where(display.y_pred, of_seven, 1 - of_seven))
    assert (display.confidence < 0.5).any()


class Unsorted(ClassifierMixin, BaseEstimator):
    """A classifier of another library, whose classes have an order of their own."""

    classes_ = np.array(["b", "a"])

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        return np.tile([0.9, 0.1], (len(X), 1))

    def predict(self, X):
        return np.full(len(X), "b")

    def __sklearn_is_fitted__(self):
        return True


def test_classes_in_any_order(characters):
    X, *_ = characters
    display = PredictionGridDisplay.from_estimator(Unsorted(), X[:2], ["a", "b"], select="first")
    assert lines_of(display) == ["✗ b 90%", "is a", "✓ b 90%"]


def test_errors(neighbours, characters):
    *_, X, y = characters
    X = X.reshape(len(X), -1)
    with pytest.raises(NotFittedError):
        PredictionGridDisplay.from_estimator(KNeighborsClassifier(), X, y)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        PredictionGridDisplay.from_estimator(neighbours, X, y[:4])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        PredictionGridDisplay.from_predictions(X, y, y[:-1])
    with pytest.raises(
        ValueError, match=r"y holds \['é'\], not among the classes of the estimator"
    ):
        PredictionGridDisplay.from_estimator(neighbours, X, np.where(y == "e", "é", y))
    with pytest.raises(ValueError, match=r"y_true holds strings .* y_pred holds numbers"):
        PredictionGridDisplay.from_predictions(X[:2], ["1", "2"], [1, 2])
    with pytest.raises(ValueError, match="select='worst' should be one of"):
        PredictionGridDisplay.from_estimator(neighbours, X, y, select="worst")
    with pytest.raises(ValueError, match="confidence holds values from 87 to 87; expected prob"):
        PredictionGridDisplay.from_predictions(X[:1], y[:1], y[:1], confidence=[87])
    with pytest.raises(ValueError, match="y_true mixes strings and other labels"):
        PredictionGridDisplay.from_predictions(X[:2], [7, "a"], ["7", "a"])
    with pytest.raises(ValueError, match="confidence contains NaN"):
        PredictionGridDisplay.from_predictions(X[:1], y[:1], y[:1], confidence=[np.nan])
    with pytest.raises(ValueError, match="y_true mixes labels"):
        PredictionGridDisplay.from_predictions(X[:2], np.array([None, "a"], dtype=object), y[:2])
    with pytest.raises(ValueError, match="n_images=0"):
        PredictionGridDisplay.from_estimator(neighbours, X, y, n_images=0)
    with pytest.raises(ValueError, match="LinearRegression is not a classifier"):
        PredictionGridDisplay.from_estimator(LinearRegression().fit(X, np.arange(len(X))), X)
