import copy
import pickle
import random
import subprocess
import sys

import joblib
import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_sample_weight_equivalence_on_dense_data
from tensorflow.python.framework.config import is_op_determinism_enabled
from tqdm import tqdm

from skhcr.classifiers import CharacterClassifier, CNNClassifier, DigitClassifier

SMALL = {"network_options": {"filters": (8, 16, 16, 32)}, "random_state": 0}


@pytest.fixture(scope="module")
def fitted(digits):
    X, y, _, _ = digits
    return CNNClassifier(epochs=6, **SMALL).fit(X, y)


def linear(image_shape, n_classes):
    inputs = keras.Input(image_shape)
    x = keras.layers.Flatten()(inputs)
    return keras.Model(inputs, keras.layers.Dense(n_classes, activation="softmax")(x))


class CountEpochs(keras.callbacks.Callback):
    n_epochs = 0

    def on_epoch_end(self, epoch, logs=None):
        self.n_epochs += 1


class KeepOpen(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.stream = sys.stderr


def test_learns_digits(fitted, digits):
    _, _, X_test, y_test = digits
    assert fitted.score(X_test, y_test) > 0.85


def test_fitted_attributes(fitted, digits):
    X = digits[0]
    assert_array_equal(fitted.classes_, np.arange(10))
    assert fitted.n_features_in_ == 784
    assert fitted.image_shape_ == (28, 28, 1)
    assert fitted.n_iter_ == 6
    assert fitted.loss_curve_ == fitted.history_["loss"]
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]
    assert all(type(value) is float for value in fitted.history_["accuracy"])
    assert fitted.pixel_mean_ == pytest.approx(X.mean())
    assert fitted.pixel_scale_ == pytest.approx(X.std(), rel=1e-4)


@pytest.mark.parametrize("form", ["rows", "batch", "batch with channel", "list", "frame"])
def test_forms_of_images(fitted, digits, form):
    X = digits[2]
    expected = fitted.predict_proba(X)
    if form == "frame":
        X = pd.DataFrame(X.reshape(len(X), -1))
    else:
        X = {
            "rows": X.reshape(len(X), -1),
            "batch": X,
            "batch with channel": X[..., np.newaxis],
            "list": list(X),
        }[form]
    assert_array_equal(fitted.predict_proba(X), expected)


def test_scaled_pixels_make_the_same_network(digits):
    X, y, X_test, _ = digits
    on_bytes = CNNClassifier(epochs=2, **SMALL).fit(X, y)
    on_floats = CNNClassifier(epochs=2, **SMALL).fit(X / 255, y)
    assert_allclose(
        on_bytes.predict_proba(X_test), on_floats.predict_proba(X_test / 255), atol=0.02
    )


def test_image_shape_of_rows(digits):
    X, y, X_test, _ = digits
    narrow = X[:, :, 4:24].reshape(len(X), -1)
    classifier = CNNClassifier(epochs=1, image_shape=(28, 20), **SMALL).fit(narrow, y)
    assert classifier.image_shape_ == (28, 20, 1)
    assert len(classifier.predict(X_test[:, :, 4:24])) == len(X_test)


def test_a_prediction_depends_on_its_own_image_only(fitted, digits):
    X = digits[2]
    together = fitted.predict_proba(X)
    assert together.dtype == np.float32
    alone = np.vstack([fitted.predict_proba(image[np.newaxis]) for image in X[:5]])
    assert alone.shape == (5, 10)
    assert_array_equal(alone, together[:5])
    assert_array_equal(fitted.predict_proba(X[::-1]), together[::-1])


def test_predict_top(fitted, digits):
    X = digits[2]
    labels, probabilities = fitted.predict_top(X, k=3)
    assert labels.shape == probabilities.shape == (len(X), 3)
    assert_array_equal(labels[:, 0], fitted.predict(X))
    assert (np.diff(probabilities, axis=1) <= 0).all()
    everything, shares = fitted.predict_top(X, k=99)
    assert everything.shape == (len(X), 10)
    assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    with pytest.raises(ValueError, match="k=0 is not a number of labels"):
        fitted.predict_top(X, k=0)


def test_string_labels(digits):
    X, y, X_test, _ = digits
    names = np.array(["zero", "one", "two"])
    classifier = CNNClassifier(epochs=4, **SMALL).fit(X[y < 3], names[y[y < 3]])
    assert_array_equal(classifier.classes_, ["one", "two", "zero"])
    assert set(classifier.predict(X_test)) <= set(names)


def test_own_network_as_a_function(digits):
    X, y, X_test, y_test = digits
    classifier = CNNClassifier(linear, epochs=15, random_state=0).fit(X, y)
    assert classifier.score(X_test, y_test) > 0.75
    assert len(classifier.weights_) == 2


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (lambda image_shape, n_classes: None, "returned NoneType; expected a keras.Model"),
        (lambda image_shape, n_classes: linear(image_shape, 3), r"outputs of shape \(None, 3\)"),
    ],
)
def test_a_network_of_the_wrong_form(digits, network, message):
    X, y, _, _ = digits
    with pytest.raises(ValueError, match=message):
        CNNClassifier(network, epochs=1).fit(X, y)


def test_copies_and_pickles_predict_the_same(fitted, digits):
    X = digits[2]
    expected = fitted.predict_proba(X)
    for copied in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        assert_array_equal(copied.predict_proba(X), expected)
    with pytest.raises(NotFittedError):
        clone(fitted).predict(X)
    unfitted = pickle.loads(pickle.dumps(CNNClassifier(**SMALL)))
    assert unfitted.get_params() == CNNClassifier(**SMALL).get_params()


def test_a_pickle_is_little_more_than_the_weights(fitted):
    n_bytes = sum(array.nbytes for array in fitted.weights_)
    default = CNNClassifier()  # the small network's weights are too few to compare with
    assert len(pickle.dumps(fitted)) < n_bytes + 4_000
    assert len(pickle.dumps(default)) < 2_000


IN_A_FRESH_PROCESS = """
import sys, joblib, numpy as np
from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_digits
data = load_digits()
loaded = joblib.load(sys.argv[1])
assert np.array_equal(loaded.predict_proba(data.images[500:600]), np.load(sys.argv[2]))
again = CNNClassifier(epochs=2, augment=0.5, network_options={"filters": (8, 16, 16, 32)},
                      random_state=0).fit(data.images[:500], data.target[:500])
assert np.array_equal(again.predict_proba(data.images[500:600]), np.load(sys.argv[3]))
"""


def test_a_fresh_process_predicts_and_learns_the_same(fitted, digits, tmp_path):
    X, y, X_test, _ = digits
    joblib.dump(fitted, tmp_path / "fitted.joblib")
    np.save(tmp_path / "loaded.npy", fitted.predict_proba(X_test))
    again = CNNClassifier(epochs=2, augment=0.5, **SMALL).fit(X, y)
    np.save(tmp_path / "again.npy", again.predict_proba(X_test))
    files = [str(tmp_path / name) for name in ("fitted.joblib", "loaded.npy", "again.npy")]
    subprocess.run([sys.executable, "-c", IN_A_FRESH_PROCESS, *files], check=True)


def test_random_state(digits):
    X, y, X_test, _ = digits

    def probabilities(random_state):
        classifier = CNNClassifier(epochs=1, augment=1.0, **SMALL | {"random_state": random_state})
        return classifier.fit(X, y).predict_proba(X_test)

    seeded = probabilities(1)
    assert_array_equal(probabilities(1), seeded)
    assert not np.array_equal(probabilities(2), seeded)
    # SciKeras takes every RandomState for the seed 0.
    generators = [np.random.RandomState(seed) for seed in (1, 1, 2)]
    one, same, other = (probabilities(generator) for generator in generators)
    assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(probabilities(generators[0]), one)  # it has moved on
    assert not np.array_equal(probabilities(None), probabilities(None))


def test_a_fit_leaves_the_process_as_it_was(digits):
    X, y, X_test, _ = digits

    def states():
        return (
            random.getstate(),
            np.random.get_state()[1].tolist(),
            tf.random.uniform(()).numpy(),
            keras.random.uniform(()).numpy(),
        )

    keras.utils.set_random_seed(7)
    untouched = states()
    keras.utils.set_random_seed(7)
    CNNClassifier(epochs=1, augment=0.5, **SMALL).fit(X[:50], y[:50]).predict(X_test)
    assert states() == untouched
    # SciKeras leaves op determinism on, under which unseeded randomness raises.
    assert not is_op_determinism_enabled()
    CNNClassifier(epochs=1, augment=0.5).fit(X[:50], y[:50])


def test_keras_is_not_patched(fitted):
    # Importing SciKeras replaces these.
    for cls in (keras.Model, keras.losses.Loss, keras.metrics.Metric, keras.optimizers.Optimizer):
        assert "scikeras" not in cls.__reduce__.__module__
    assert "__deepcopy__" not in vars(keras.Model)


def test_arguments_are_not_modified(digits):
    X, y, _, _ = digits
    weight = np.ones(len(y))
    arguments = (X, y, weight)
    before = copy.deepcopy(arguments)
    options = {"filters": (8, 16, 16, 32)}
    CNNClassifier(
        epochs=1, class_weight="balanced", augment=1.0, network_options=options, random_state=0
    ).fit(X, y, sample_weight=weight)
    for argument, original in zip(arguments, before, strict=True):
        assert_array_equal(argument, original)
    assert options == {"filters": (8, 16, 16, 32)}


def test_sample_weight_equals_repetition(digits):
    """Up to the rounding of float32 sums, for a network and an optimizer that can.

    Batch normalisation looks at images regardless of their weights, and batches of 100 weighted
    images are not batches of 100 repeated ones: hence one batch, and a network without.
    """
    X, y, X_test, _ = digits
    times = np.random.RandomState(0).randint(0, 4, len(X))
    settings = {"epochs": 5, "batch_size": 5_000, "optimizer": "sgd", "learning_rate": 0.05}
    classifier = CNNClassifier(linear, random_state=0, **settings)
    weighted = clone(classifier).fit(X, y, sample_weight=times)
    repeated = clone(classifier).fit(np.repeat(X, times, axis=0), np.repeat(y, times))
    assert_allclose(
        weighted.predict_proba(X_test), repeated.predict_proba(X_test), rtol=1e-3, atol=1e-6
    )


def test_class_weight(digits):
    X, y, X_test, _ = digits
    classifier = CNNClassifier(epochs=4, class_weight={0: 1e6}, **SMALL).fit(X, y)
    assert (classifier.predict(X_test) == 0).all()


def test_label_smoothing_lowers_confidence(digits):
    X, y, _, _ = digits
    settings = {"epochs": 10, "network_options": {"dropout": 0.0}, "random_state": 0}
    sharp = CNNClassifier(**settings).fit(X, y)
    smooth = CNNClassifier(label_smoothing=0.3, **settings).fit(X, y)
    assert (
        smooth.predict_proba(X).max(axis=1).mean()
        < 0.85
        < sharp.predict_proba(X).max(axis=1).mean()
    )


def test_early_stopping(digits):
    X, y, X_test, y_test = digits
    classifier = CNNClassifier(
        epochs=60,
        early_stopping=True,
        validation_fraction=0.2,
        n_iter_no_change=2,
        learning_rate=0.02,
        schedule="constant",
        **SMALL,
    ).fit(X, y)
    assert classifier.n_iter_ < 60
    assert len(classifier.history_["val_loss"]) == classifier.n_iter_
    assert classifier.n_iter_ - 1 - np.argmin(classifier.history_["val_loss"]) == 2
    assert classifier.score(X_test, y_test) > 0.8


def test_callbacks_are_copied_for_each_fit(digits):
    X, y, _, _ = digits

    callback = CountEpochs()
    classifier = CNNClassifier(epochs=2, callbacks=[callback], **SMALL)
    for _ in range(2):
        classifier.fit(X[:50], y[:50])
        assert callback.n_epochs == 0
        assert classifier.callbacks_[0].n_epochs == 2
    for _ in range(2):
        classifier.partial_fit(X[:50], y[:50])
        assert classifier.callbacks_[0].n_epochs == 1
    pickle.dumps(classifier)
    clone(classifier)
    with pytest.raises(TypeError, match=r"callbacks\[1\], a KeepOpen, can't be copied"):
        CNNClassifier(callbacks=[callback, KeepOpen()]).fit(X, y)
    with pytest.raises(TypeError, match=r"callbacks\[0\] is of type str"):
        CNNClassifier(callbacks=["EarlyStopping"]).fit(X, y)


def test_learning_rate_warms_up_and_decays(digits):
    X, y, _, _ = digits
    rates = []

    class Record(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            rates.append(float(self.model.optimizer.learning_rate))

        def __deepcopy__(self, memo):
            return self

    CNNClassifier(epochs=5, learning_rate=0.01, callbacks=[Record()], **SMALL).fit(X, y)
    assert np.argmax(rates) == pytest.approx(len(rates) / 5, abs=1)
    assert max(rates) == pytest.approx(0.01)
    assert rates[0] < 0.002
    assert rates[-1] < 1e-4


@pytest.mark.parametrize("optimizer", ["sgd", "adamw", keras.optimizers.RMSprop])
def test_optimizers(digits, optimizer):
    X, y, _, _ = digits
    classifier = CNNClassifier(epochs=3, optimizer=optimizer, **SMALL).fit(X, y)
    assert classifier.loss_curve_[-1] < classifier.loss_curve_[0]


def test_warm_start_goes_on(digits):
    X, y, _, _ = digits
    classifier = CNNClassifier(epochs=2, warm_start=True, **SMALL).fit(X, y)
    classifier.fit(X, y)
    assert classifier.n_iter_ == 4
    assert classifier.loss_curve_[2] < classifier.loss_curve_[0]
    with pytest.raises(ValueError, match="not among the classes of the first fit: \\[10\\]"):
        classifier.fit(X, np.where(y == 3, 10, y))
    cold = CNNClassifier(epochs=2, **SMALL).fit(X, y)
    assert cold.fit(X, y).n_iter_ == 2


def test_partial_fit_learns_a_stream(digits):
    X, y, X_test, y_test = digits
    classifier = CNNClassifier(**SMALL)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        classifier.partial_fit(X, y)
    for start in range(0, 500, 100):
        part = slice(start, start + 100)
        classifier.partial_fit(X[part], y[part], classes=np.arange(10))
    for _ in range(5):
        classifier.partial_fit(X, y)
    assert classifier.n_iter_ == 10
    assert classifier.score(X_test, y_test) > 0.7
    loaded = pickle.loads(pickle.dumps(classifier)).partial_fit(X, y)
    assert loaded.n_iter_ == 11
    still = copy.deepcopy(loaded.weights_)
    loaded.set_params(optimizer="sgd", learning_rate=1e-9).partial_fit(X, y)
    trained = [np.abs(a - b).max() for a, b in zip(loaded.weights_, still, strict=True)]
    assert min(trained) < 1e-6  # the new parameters count; only batch statistics still move
    with pytest.raises(ValueError, match=r"not among the classes of the first fit: \[11\]"):
        classifier.partial_fit(X, np.full(len(X), 11))


def test_a_loaded_classifier_can_be_trained_further(fitted, digits):
    X, y, X_test, y_test = digits
    loaded = pickle.loads(pickle.dumps(fitted)).set_params(warm_start=True, epochs=3)
    loaded.fit(X, y)
    assert loaded.loss_curve_[6] < loaded.loss_curve_[0] / 3
    assert loaded.score(X_test, y_test) > 0.85


def test_a_failed_fit_leaves_the_classifier_as_it_was(fitted, digits):
    X, y, X_test, _ = digits
    classifier = copy.deepcopy(fitted)
    expected = classifier.predict_proba(X_test)

    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        classifier.set_params(callbacks=[Interrupt()]).fit(X, y)
    assert_array_equal(classifier.predict_proba(X_test), expected)
    with pytest.raises(KeyboardInterrupt):
        classifier.partial_fit(X, y)
    assert_array_equal(classifier.predict_proba(X_test), expected)
    with pytest.raises(ValueError, match="needs at least two classes"):
        classifier.fit(X[:, :14], np.zeros(len(X)))
    assert_array_equal(classifier.predict_proba(X_test), expected)

    unfitted = CNNClassifier(callbacks=[Interrupt()], **SMALL)
    with pytest.raises(KeyboardInterrupt):
        unfitted.fit(X, y)
    assert not [name for name in vars(unfitted) if name.endswith("_")]


def test_divergence_is_an_error(digits):
    X, y, _, _ = digits
    classifier = CNNClassifier(linear, epochs=3, optimizer="sgd", learning_rate=1e38)
    with pytest.raises(ValueError, match=r"Training diverged.*learning_rate=1e\+38"):
        classifier.fit(X, y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X[:0], y[:0]), "holds no pictures"),
        (lambda X, y: ([], []), "holds no pictures"),
        (lambda X, y: (X, np.zeros(len(X))), r"one class only, .*0\.0"),
        (lambda X, y: (np.where(X > 250, np.nan, X), y), "NaN"),
        (lambda X, y: (X, y[:-1]), "inconsistent numbers of samples"),
        (lambda X, y: ([X[0], X[1][:20]], y[:2]), "picture 1 has shape \\(20, 28\\)"),
        (lambda X, y: (X, None), "requires y to be passed"),
        (lambda X, y: (X, y + 0.5), "Unknown label type"),
    ],
)
def test_bad_training_sets(digits, change, message):
    with pytest.raises(ValueError, match=message):
        CNNClassifier(epochs=1).fit(*change(*digits[:2]))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"network": "lenett"}, "'network' parameter .* must be a str among .*'lenet'"),
        ({"epochs": 0}, "'epochs' parameter"),
        ({"learning_rate": -1.0}, "'learning_rate' parameter"),
        ({"optimizer": "adamm"}, "optimizer='adamm' is not the name of a Keras optimizer"),
        ({"augment": -1}, "'augment' parameter"),
        ({"image_shape": (28, 27)}, r"expecting images of shape \(28, 27, 1\)"),
    ],
)
def test_bad_parameters(digits, parameters, message):
    X, y, _, _ = digits
    with pytest.raises(ValueError, match=message):
        CNNClassifier(**parameters).fit(X, y)


def test_images_of_another_size(fitted):
    with pytest.raises(ValueError, match=r"shape \(32, 32, 1\).*expecting .*\(28, 28, 1\)"):
        fitted.predict(np.zeros((3, 32, 32), dtype=np.uint8))
    with pytest.raises(ValueError, match="X has 1024 features, but CNNClassifier is expecting 784"):
        fitted.predict(np.zeros((3, 1024), dtype=np.uint8))
    with pytest.raises(ValueError, match=r"one picture.*X\[np.newaxis\]"):
        fitted.predict(np.zeros((28, 28), dtype=np.uint8))
    with pytest.raises(TypeError, match="ImageLoader"):
        fitted.predict(["photo.jpg"])


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_top", "export_keras"])
def test_not_fitted(method):
    with pytest.raises(NotFittedError):
        getattr(CNNClassifier(), method)(np.zeros((2, 784)))


def test_sample_weight_check_with_an_instance_that_can_pass():
    """scikit-learn's own check, as it does for its MLPRegressor: one batch, plain SGD."""
    classifier = CNNClassifier(
        "lenet",
        network_options={"dropout": (0.0, 0.0)},
        epochs=5,
        batch_size=1_000,
        optimizer="sgd",
        learning_rate=0.05,
        schedule="constant",
        random_state=0,
    )
    check_sample_weight_equivalence_on_dense_data("CNNClassifier", classifier)


def test_epochs_auto(digits):
    X, y, _, _ = digits
    classifier = CNNClassifier(linear, early_stopping=False, batch_size=500).fit(X, y)
    assert classifier.n_iter_ == 60


@pytest.mark.parametrize("cls", [DigitClassifier, CharacterClassifier])
def test_defaults_for_a_job_are_all_that_differs(cls):
    assert set(cls().get_params()) == set(CNNClassifier().get_params())
    assert cls(epochs=3).epochs == 3
    changed = {k for k, v in cls().get_params().items() if CNNClassifier().get_params()[k] != v}
    assert changed <= {"augment", "label_smoothing"}
    for name in set(cls().get_params()) - {"network"}:
        marker = object()
        assert cls(**{name: marker}).get_params()[name] is marker


def test_verbose_shows_progress(digits, capsys):
    X, y, _, _ = digits
    shown = {}
    for verbose in (0, 1, 2):
        classifier = CNNClassifier(epochs=2, verbose=verbose, **SMALL).fit(X[:100], y[:100])
        shown[verbose] = capsys.readouterr()
    assert shown[0] == ("", "")
    assert "Epoch 2/2: 100%" in shown[1].err
    assert "accuracy=" in shown[1].err
    assert "Epoch 2/2" in shown[2].out
    classifier.set_params(verbose=1).partial_fit(X[:100], y[:100])
    assert "Epoch 1/1: 100%" in capsys.readouterr().err


def test_progress_ends_with_an_interruption(digits, capsys):
    class Interruption(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    X, y, _, _ = digits
    classifier = CNNClassifier(epochs=2, verbose=1, callbacks=[Interruption()], **SMALL)
    with pytest.raises(KeyboardInterrupt) as interruption:
        classifier.fit(X[:100], y[:100])
    assert interruption.traceback  # which holds what is not closed
    assert capsys.readouterr().err.endswith("\n")  # nothing is written behind the bar
    assert not tqdm._instances


def test_fits_in_threads_are_reproducible(digits):
    X, y, X_test, _ = digits
    classifiers = [CNNClassifier(epochs=1, augment=0.5, **SMALL) for _ in range(3)]
    fitted = joblib.Parallel(2, prefer="threads")(
        joblib.delayed(classifier.fit)(X, y) for classifier in classifiers
    )
    first, *others = (classifier.predict_proba(X_test) for classifier in fitted)
    for other in others:
        assert_array_equal(other, first)


@pytest.mark.parametrize("activation", [None, "sigmoid", "log_softmax"])
def test_a_network_has_to_return_probabilities(digits, activation):
    X, y, _, _ = digits

    def network(image_shape, n_classes):
        inputs = keras.Input(image_shape)
        x = keras.layers.Flatten()(inputs)
        return keras.Model(inputs, keras.layers.Dense(n_classes, activation=activation)(x))

    with pytest.raises(ValueError, match=r"not probabilities: .* Let it end in softmax"):
        CNNClassifier(network, epochs=1).fit(X, y)


def test_a_network_has_to_be_new_each_time(digits):
    X, y, X_test, _ = digits
    model = linear((28, 28, 1), 10)
    first = CNNClassifier(lambda image_shape, n_classes: model, epochs=1).fit(X, y)
    expected = first.predict_proba(X_test)
    with pytest.raises(ValueError, match="returned a model that it had returned before"):
        clone(first).fit(X, y)
    assert_array_equal(first.predict_proba(X_test), expected)
    with pytest.raises(ValueError, match=r"network is a Keras model.*from_keras"):
        CNNClassifier(model).fit(X, y)


def test_an_unbuilt_network(digits):
    X, y, X_test, y_test = digits

    def network(image_shape, n_classes):
        layers = keras.layers
        return keras.Sequential([layers.Flatten(), layers.Dense(n_classes, activation="softmax")])

    classifier = CNNClassifier(network, epochs=15, random_state=0).fit(X, y)
    assert classifier.score(X_test, y_test) > 0.75


def test_going_on_with_another_network_is_an_error(digits):
    X, y, _, _ = digits
    classifier = CNNClassifier(epochs=1, warm_start=True, **SMALL).fit(X, y)
    classifier.set_params(network="lenet", network_options=None)
    with pytest.raises(ValueError, match=r"network='lenet' .* can't go on from the weights of"):
        classifier.fit(X, y)
    assert classifier.set_params(warm_start=False).fit(X, y).n_iter_ == 1


def test_a_refused_partial_fit_changes_nothing(digits):
    X, y, X_test, _ = digits
    one, other = (CNNClassifier(**SMALL).partial_fit(X, y, classes=np.arange(10)) for _ in range(2))
    with pytest.raises(ValueError, match="not among the classes"):
        other.partial_fit(X, y + 50)
    for classifier in (one, other):
        classifier.partial_fit(X, y)
    assert_array_equal(one.predict_proba(X_test), other.predict_proba(X_test))


def test_values_that_float32_cannot_hold(digits):
    X, y, X_test, y_test = digits
    with pytest.raises(ValueError, match="too large for float32"):
        CNNClassifier(**SMALL).fit(X * 1e300, y)
    classifier = CNNClassifier(epochs=6, **SMALL).fit(X * 1e25, y)
    assert classifier.score(X_test * 1e25, y_test) > 0.8


@pytest.mark.parametrize("weight", [-1, np.nan])
def test_class_weights_that_are_none(digits, weight):
    with pytest.raises(ValueError, match=r"class_weight\[0\]=.*; expected a number from 0 on"):
        CNNClassifier(class_weight={0: weight}).fit(*digits[:2])


def test_two_schedules_are_an_error(digits):
    X, y, _, _ = digits
    callbacks = [keras.callbacks.ReduceLROnPlateau(monitor="loss")]
    with pytest.raises(ValueError, match=r"callbacks\[0\], a ReduceLROnPlateau, sets the learning"):
        CNNClassifier(callbacks=callbacks).fit(X, y)
    CNNClassifier(callbacks=callbacks, schedule="constant", epochs=1, **SMALL).fit(X, y)


def test_channels_first_is_refused(digits):
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(ValueError, match="expected 'channels_last'"):
            CNNClassifier(**SMALL).fit(*digits[:2])
    finally:
        keras.config.set_image_data_format("channels_last")


@pytest.mark.parametrize("image_shape", [(64,), (-8, -8), (8.0, 8.0), ("8", "8"), 64])
def test_image_shapes_that_are_none(digits, image_shape):
    with pytest.raises(ValueError, match="image_shape"):
        CNNClassifier(image_shape=image_shape).fit(*digits[:2])


def test_no_advice_on_tracing(digits, capfd):
    X, y, _, _ = digits
    for _ in range(7):
        CNNClassifier(linear, epochs=1).fit(X[:20], y[:20]).predict(X[:20])
    assert "retracing" not in capfd.readouterr().err
