import pickle

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

import skhcr
from skhcr.classifiers import CharacterClassifier, CNNClassifier, DigitClassifier
from skhcr.classifiers._initial_weights import read_initial_weights
from skhcr.datasets import load_characters, load_digits
from skhcr.preprocessing import PixelScaler
from skhcr.runtime import export_onnx

#: What ONNX Runtime and TensorFlow may differ by for the shipped networks, whose logits are large.
OTHER_ENGINE = 1e-4
#: Steps of a millionth part, and rounding of float32.
UNCHANGED = 1e-6
#: So little training that weights stay where they begin.
STILL = {"epochs": 1, "optimizer": "sgd", "learning_rate": 1e-9, "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return data.images[:300], data.target[:300], data.images[300:500], data.target[300:500]


@pytest.fixture(scope="module")
def lenet(digits, tmp_path_factory):
    """An exported file of a network without batch normalisation, and its classifier."""
    X, y, _, _ = digits
    model = make_pipeline(PixelScaler(), CNNClassifier("lenet", epochs=4, random_state=0))
    model.fit(X, y)
    path = tmp_path_factory.mktemp("lenet") / "lenet.onnx"
    export_onnx(model, path)
    return path, model


@pytest.mark.parametrize("name", ["digits", "letters", "characters"])
def test_the_same_classes_begin_at_the_shipped_accuracy(name):
    reader = skhcr.load_pretrained(name)
    data = load_digits() if name == "digits" else load_characters()
    target = np.char.upper(data.target) if name == "letters" else data.target
    known = np.flatnonzero(np.isin(target, reader.classes_))[::7]
    X, y = reader[:-1].transform(data.images[known]), target[known]
    classifier = CNNClassifier(initial_weights=name, **STILL).fit(X, y)
    assert_array_equal(classifier.classes_, reader.classes_)
    assert_allclose(classifier.predict_proba(X), reader[-1].predict_proba(X), atol=OTHER_ENGINE)


@pytest.mark.parametrize("convert", [str, float, int], ids=lambda convert: convert.__name__)
def test_labels_of_other_types_are_the_same_classes(digits, convert):
    X, y, X_test, y_test = digits
    y, y_test = (np.array([convert(label) for label in labels]) for labels in (y, y_test))
    classifier = CNNClassifier(initial_weights="digits", **STILL).fit(X, y)
    assert classifier.predict(X_test).dtype == y.dtype
    assert classifier.score(X_test, y_test) > 0.97


def test_some_classes_are_kept_and_others_made_new(digits):
    X, y, _, _ = digits
    names = np.where(y == 3, "three", y.astype(str))
    stored = read_initial_weights("digits")
    classifier = CNNClassifier(initial_weights="digits", **STILL).fit(X[y > 1], names[y > 1])
    assert classifier.classes_.tolist() == ["2", "4", "5", "6", "7", "8", "9", "three"]
    for kept, expected in zip(classifier.weights_[:-2], stored.weights, strict=False):
        assert_allclose(kept, expected, atol=UNCHANGED)
    kernel, bias = classifier.weights_[-2:]
    known = [2, 4, 5, 6, 7, 8, 9]
    assert_allclose(kernel[:, :7], stored.weights[-2][:, known], atol=UNCHANGED)
    assert_allclose(bias[:7], stored.weights[-1][known], atol=UNCHANGED)
    assert not np.isclose(kernel[:, 7], stored.weights[-2][:, 3]).all()
    again = clone(classifier).fit(X[y > 1], names[y > 1])
    assert_array_equal(again.weights_[-2], kernel)


def test_learns_other_classes_from_few_images(digits):
    """Whether a digit is odd: nothing of the last layer is of use, all before it is."""
    X, y, X_test, y_test = digits
    names = np.array(["even", "odd"])
    settings = {"epochs": 6, "random_state": 0}
    few = slice(0, 100)
    begun = CNNClassifier(initial_weights="digits", **settings).fit(X[few], names[y[few] % 2])
    anew = CNNClassifier(**settings).fit(X[few], names[y[few] % 2])
    accuracy = begun.score(X_test, names[y_test % 2])
    assert accuracy > 0.9
    assert accuracy > anew.score(X_test, names[y_test % 2])


def test_levels_and_scaled_pixels_are_the_same(digits):
    X, y, X_test, _ = digits
    on_levels = CNNClassifier(initial_weights="digits", **STILL).fit(X, y)
    expected = on_levels.predict_proba(X_test)
    for factor, dtype in ((1, float), (1 / 255, float), (1 / 255, np.float32)):
        scaled, scaled_test = (images.astype(dtype) * dtype(factor) for images in (X, X_test))
        classifier = CNNClassifier(initial_weights="digits", **STILL).fit(scaled, y)
        assert_allclose(classifier.predict_proba(scaled_test), expected, atol=OTHER_ENGINE)
    with pytest.raises(ValueError, match="values from -1 to 1; expected levels from 0 to 255"):
        CNNClassifier(initial_weights="digits").fit(X / 127.5 - 1, y)


def test_an_exported_file(digits, lenet):
    X, y, X_test, _ = digits
    path, model = lenet
    expected = model.predict_proba(X_test)
    for initial_weights in (path, str(path)):
        classifier = DigitClassifier("wide", initial_weights=initial_weights, **STILL).fit(X, y)
        assert_allclose(classifier.predict_proba(X_test), expected, atol=OTHER_ENGINE)


def test_an_exported_file_without_a_scaler(digits, tmp_path):
    X, y, X_test, _ = digits
    path = tmp_path / "levels.onnx"
    learnt = CNNClassifier("three_conv", epochs=2, random_state=0).fit(X, y)
    export_onnx(learnt, path)
    classifier = CNNClassifier(initial_weights=path, **STILL).fit(X, y)
    expected = learnt.predict_proba(X_test)
    assert_allclose(classifier.predict_proba(X_test), expected, atol=OTHER_ENGINE)
    with pytest.raises(ValueError, match="was trained on a mean of"):
        CNNClassifier(initial_weights=path, **STILL).fit(X / 255, y)


def test_values_a_little_over_white_are_levels_from_0_to_1(digits):
    X, y, X_test, _ = digits
    classifier = CNNClassifier(initial_weights="digits", **STILL).fit(X / 255, y)
    expected = classifier.predict_proba(X_test)
    # A thousandth of a pixel's range, seen through steep logits.
    assert_allclose(classifier.predict_proba(X_test / 255 * 1.001), expected, atol=0.02)


def test_going_on_keeps_what_is_known_of_frequencies(digits):
    X, y, _, _ = digits
    classifier = skhcr.load_pretrained("digits", trainable=True)[-1]
    before = classifier.class_prior_
    assert_array_equal(classifier.partial_fit(X[:8], y[:8]).class_prior_, before)
    frequencies = np.bincount(y, minlength=10) / len(y)
    assert_allclose(classifier.set_params(**STILL).fit(X, y).class_prior_, frequencies)


def test_warm_start_refuses_other_initial_weights(digits):
    X, y, _, _ = digits
    classifier = skhcr.load_pretrained("digits", trainable=True)[-1]
    classifier.set_params(initial_weights="characters", warm_start=True)
    with pytest.raises(ValueError, match="'characters' can't go on from"):
        classifier.fit(X, y)


def test_a_file_without_its_weights(digits, tmp_path):
    X, y, _, _ = digits
    path = tmp_path / "compact.onnx"
    export_onnx(CNNClassifier(epochs=1).fit(X, y), path)
    with pytest.raises(ValueError, match="training can't go on from it"):
        CNNClassifier(initial_weights=path).fit(X, y)


def test_pickles_need_the_file_no_more(digits, lenet, tmp_path):
    X, y, X_test, _ = digits
    path = tmp_path / "gone.onnx"
    path.write_bytes(lenet[0].read_bytes())
    classifier = CNNClassifier(initial_weights=path, warm_start=True, **STILL).fit(X, y)
    pickled = pickle.dumps(classifier)
    n_bytes = sum(array.nbytes for array in classifier.weights_)
    assert len(pickled) < n_bytes + 6_000
    path.unlink()
    loaded = pickle.loads(pickled)
    assert_array_equal(loaded.predict_proba(X_test), classifier.predict_proba(X_test))
    assert loaded.fit(X, y).n_iter_ == 2  # a warm start goes on from what was learnt
    with pytest.raises(FileNotFoundError, match=r"gone\.onnx' is neither a name nor a file"):
        clone(loaded).fit(X, y)
    assert_array_equal(loaded.predict(X_test), classifier.predict(X_test))


def test_partial_fit_begins_there_too(digits):
    X, y, X_test, y_test = digits
    classifier = CNNClassifier(initial_weights="digits", learning_rate=1e-5, random_state=0)
    classifier.partial_fit(X[:20], y[:20], classes=np.arange(10))
    assert classifier.score(X_test, y_test) > 0.97
    before = classifier.weights_[0].copy()
    classifier.partial_fit(X[20:40], y[20:40])
    assert 0 < np.abs(classifier.weights_[0] - before).max() < 1e-3
    assert classifier.n_iter_ == 2


def test_the_same_seed_learns_the_same(digits):
    X, y, X_test, _ = digits
    classifier = DigitClassifier(initial_weights="digits", epochs=1, random_state=3)
    first = classifier.fit(X, y).predict_proba(X_test)
    assert_array_equal(classifier.fit(X, y).predict_proba(X_test), first)
    assert_array_equal(clone(classifier).fit(X, y).predict_proba(X_test), first)


def test_learns_less_and_more_slowly_than_from_scratch(digits):
    X, y, _, _ = digits
    n_epochs, rates = [], []
    for settings in ({"initial_weights": "digits"}, {}):
        callbacks = [keras.callbacks.Callback()]
        classifier = CNNClassifier(schedule="constant", callbacks=callbacks, **settings)
        classifier.fit(X[:40], y[:40])
        n_epochs.append(classifier.n_iter_)
        rates.append(float(classifier.callbacks_[0].model.optimizer.learning_rate))
    assert n_epochs == [20, 60]
    assert rates == pytest.approx([1e-3, 4e-3])


@pytest.mark.parametrize(
    ("initial_weights", "error", "message"),
    [
        ("digts", FileNotFoundError, r"neither a name nor a file.*did you mean 'digits'\?"),
        (".", FileNotFoundError, "is a folder; expected 'digits', 'letters', 'characters' or the"),
        (__file__, ValueError, r"test_initial_weights\.py can't be loaded as an ONNX file"),
        (7, ValueError, "'initial_weights' parameter"),
    ],
)
def test_not_weights(digits, initial_weights, error, message):
    X, y, _, _ = digits
    with pytest.raises(error, match=message):
        CharacterClassifier(initial_weights=initial_weights).fit(X, y)


def test_images_of_another_shape(digits):
    X, y, _, _ = digits
    classifier = CNNClassifier(initial_weights="digits")
    with pytest.raises(ValueError, match=r"shape \(28, 20, 1\).*'digits' takes .*\(28, 28, 1\)"):
        classifier.fit(X[:, :, :20], y)
    assert not [name for name in vars(classifier) if name.endswith("_")]
