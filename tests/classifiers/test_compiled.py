"""What is compiled is shared by fits of one architecture, and nothing else of them is."""

import dataclasses
import gc
import random
import threading
import tracemalloc
import weakref

import joblib
import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import GridSearchCV

from skhcr.classifiers import CNNClassifier
from skhcr.classifiers._compiled import CompiledPrediction
from skhcr.classifiers._training_model import TrainingModel
from skhcr.datasets import load_digits


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:300].reshape(-1, 28, 28), y[:300], X[-100:].reshape(-1, 28, 28)


@pytest.fixture
def traced(monkeypatch):
    """Return a list of what was traced since."""
    names = []

    def count(cls, name):
        function = getattr(cls, name)

        def counted(*args):
            names.append(name)
            return function(*args)

        monkeypatch.setattr(cls, name, counted)

    count(TrainingModel, "_train")
    count(CompiledPrediction, "_predict")
    return names


def make(n_filters, **options):
    """Return a classifier of an architecture that no other test has."""
    filters = (n_filters, 8, 8, 8)
    settings = {"epochs": 1, "random_state": 0, **options}
    return CNNClassifier(network_options={"filters": filters}, **settings)


def test_a_search_compiles_once(digits, traced):
    X, y, X_test = digits
    grid = {"learning_rate": [1e-3, 1e-2], "label_smoothing": [0, 0.1], "batch_size": [50, 60]}
    GridSearchCV(make(3), grid, cv=2, error_score="raise").fit(X, y).predict(X_test)
    assert traced == ["_train", "_predict"]
    make(3, augment=1, random_state=7).fit(X / 255, y)
    assert traced == ["_train", "_predict", "_train"]  # of float32
    make(3).fit(X, np.where(y == 9, 8, y))
    assert traced[3:] == ["_train"]  # of nine classes


def test_another_fit_in_between_changes_nothing(digits):
    X, y, X_test = digits
    expected = make(4).fit(X, y).predict_proba(X_test)
    make(4, label_smoothing=0.3, learning_rate=0.02, augment=1).fit(255 - X, y[::-1])
    assert_array_equal(make(4).fit(X, y).predict_proba(X_test), expected)


def test_a_series_goes_on_where_another_was_in_between(digits):
    X, y, X_test = digits
    classes = np.arange(10)

    def series(between):
        classifier = make(5, learning_rate=1e-3)
        for start in range(0, 300, 100):
            part = slice(start, start + 100)
            classifier.partial_fit(X[part], y[part], classes=classes)
            between()
        return classifier.predict_proba(X_test)

    disturbed = series(lambda: make(5, learning_rate=0.01).partial_fit(X, y, classes=classes))
    assert_array_equal(disturbed, series(lambda: None))


def test_classifiers_of_one_architecture_predict_at_once(digits):
    X, y, X_test = digits
    classifiers = [make(6, learning_rate=rate).fit(X, y) for rate in (1e-4, 2e-2)]
    expected = [classifier.predict_proba(X_test) for classifier in classifiers]
    assert np.abs(expected[0] - expected[1]).max() > 0.01
    results = joblib.Parallel(4, prefer="threads")(
        joblib.delayed(classifiers[i % 2].predict_proba)(X_test) for i in range(20)
    )
    for i, result in enumerate(results):
        assert_array_equal(result, expected[i % 2])


def test_networks_with_code_of_their_own_are_not_shared(digits, traced):
    X, y, _ = digits
    factor = 1.0

    def plain(image_shape, n_classes):
        inputs = keras.Input(image_shape)
        x = keras.layers.Dense(5, activation="relu")(keras.layers.Flatten()(inputs))
        return keras.Model(inputs, keras.layers.Dense(n_classes, activation="softmax")(x))

    def with_code(image_shape, n_classes):
        inputs = keras.Input(image_shape)
        scaled = keras.layers.Lambda(lambda x: x * factor)(inputs)
        return keras.Model(inputs, plain(image_shape, n_classes)(scaled))

    for _ in range(2):
        CNNClassifier(plain, epochs=1).fit(X, y).predict(X)
    assert traced == ["_train", "_predict"]
    CNNClassifier(with_code, epochs=1, random_state=0).fit(X, y).predict(X)
    factor = 0.0
    blind = CNNClassifier(with_code, epochs=1, random_state=0).fit(X, y)
    assert np.ptp(blind.predict_proba(X), axis=0).max() == 0


def test_what_a_callback_does_stays_with_its_fit(digits):
    X, y, X_test = digits

    class Freeze(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            self.model.trainable = False
            self.model.optimizer.learning_rate = 0.0

    settings = {"schedule": "constant", "learning_rate": 1e-3}
    frozen = make(7, callbacks=[Freeze()], **settings).fit(X, y)
    expected = make(7, **settings).fit(X, y).predict_proba(X_test)
    assert_array_equal(frozen.predict_proba(X_test), expected)
    frozen.set_params(callbacks=[Freeze()], warm_start=True).fit(X, y)
    assert_array_equal(make(7, **settings).fit(X, y).predict_proba(X_test), expected)


def test_half_precision(digits):
    X, y, X_test = digits
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        classifier = make(11, epochs=2).fit(X, y)
    finally:
        keras.config.set_dtype_policy(policy)
    assert classifier.loss_curve_[1] < classifier.loss_curve_[0]
    assert classifier.predict_proba(X_test).dtype == np.float32


# Frozen, it says that it has a hash, which is an error when it is asked for.
@pytest.mark.parametrize("frozen", [False, True])
def test_networks_that_have_no_hash(frozen, digits):
    X, y, _ = digits

    @dataclasses.dataclass(frozen=frozen)
    class Network:
        units: list

        def __call__(self, image_shape, n_classes):
            return keras.Sequential(
                [
                    keras.Input(image_shape),
                    keras.layers.Flatten(),
                    keras.layers.Dense(*self.units, activation="relu"),
                    keras.layers.Dense(n_classes, activation="softmax"),
                ]
            )

    assert CNNClassifier(Network([20]), epochs=20, random_state=0).fit(X, y).score(X, y) > 0.8


def test_what_a_layer_has_adapted_to_is_not_shared(digits):
    X, y, X_test = digits

    def adapted(image_shape, n_classes, center=0.0):
        normalization = keras.layers.Normalization(axis=None)
        normalization.adapt(np.array([center - 1, center + 1], "float32"))
        dense = keras.layers.Dense(n_classes, activation="softmax")
        return keras.Sequential(
            [keras.Input(image_shape), normalization, keras.layers.Flatten(), dense]
        )

    def probabilities(center):
        options = {"network_options": {"center": center}, "epochs": 1, "random_state": 0}
        return CNNClassifier(adapted, **options).fit(X, y).predict_proba(X_test)

    # Shared, they would be equal to the last bit; rounding alone is far below 1 %.
    assert not np.allclose(probabilities(0.0), probabilities(5.0), atol=0.01)


def test_a_network_of_any_image_size(digits):
    X, y, _ = digits

    def network(image_shape, n_classes):
        inputs = keras.Input((None, None, 1))
        x = keras.layers.Conv2D(8, 5, strides=2, activation="relu")(inputs)
        x = keras.layers.GlobalMaxPooling2D()(x)
        return keras.Model(inputs, keras.layers.Dense(n_classes, activation="softmax")(x))

    for side in (28, 24):
        images = X[:, :side, :side]
        classifier = CNNClassifier(network, epochs=1, random_state=0).fit(images, y)
        assert classifier.predict(images).shape == y.shape


def test_a_callback_may_freeze_all(digits):
    class Freezing(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.model.trainable = False

    X, y, _ = digits
    rate = 1e-12
    before = make(13, learning_rate=rate).fit(X, y).weights_[0]  # as good as not trained
    for fit, options in (("fit", {}), ("partial_fit", {"classes": range(10)})):
        classifier = getattr(make(13, callbacks=[Freezing()]), fit)(X, y, **options)
        # Adam moves a weight by about the rate in each of five steps; trained at the default rate,
        # they would be some 1e-3 apart.
        assert_allclose(classifier.weights_[0], before, atol=100 * rate)


def test_a_failed_call_of_partial_fit_keeps_no_images(digits):
    class Failing(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise OSError("full")

    X, y, _ = digits
    images = X.copy()
    alive = weakref.ref(images)
    classifier = make(14, callbacks=[Failing()])
    with pytest.raises(OSError, match="full"):
        classifier.partial_fit(images, y, classes=range(10))
    del images
    gc.collect()
    assert alive() is None


def test_a_failed_fit_leaves_nothing_to_the_next(digits, monkeypatch):
    X, y, X_test = digits
    expected = make(9).fit(X, y).predict_proba(X_test)
    classifier = make(9, warm_start=True, random_state=1).fit(X, y)
    fitted = classifier.predict_proba(X_test)
    run = TrainingModel._run

    def interrupted(self, *arguments):
        run(self, *arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TrainingModel, "_run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            classifier.fit(X, y)
    assert_array_equal(classifier.predict_proba(X_test), fitted)
    with pytest.raises(ValueError, match="Training diverged"):
        make(9, learning_rate=1e38, schedule="constant", optimizer="sgd").fit(X, y)
    with pytest.raises(ValueError, match="Training diverged"):
        make(9, learning_rate=1e38).fit(X, y)
    assert_array_equal(make(9).fit(X, y).predict_proba(X_test), expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_a_memory_map_is_never_in_memory_as_a_whole(digits, dtype, tmp_path):
    X, y, _ = digits
    images = np.lib.format.open_memmap(tmp_path / "X.npy", "w+", dtype, (40_000, 28, 28))
    images[:] = np.resize(X, images.shape)
    images.flush()
    classifier = make(1, early_stopping=True, batch_size=32)
    classifier.fit(X, y)  # compiled
    labels, weights = np.resize(y, len(images)), np.arange(len(images))
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    tracemalloc.start()
    classifier.fit(mapped, labels, sample_weight=weights)
    predicted = classifier.predict(mapped)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < mapped.nbytes
    assert peak < 25e6  # a thousand images as float64 are 6 MB, and there are a few copies
    assert np.mean(predicted == labels) > 0.5


@pytest.mark.parametrize("draw", [random.random, keras.initializers.GlorotUniform])
def test_other_threads_that_draw_change_nothing(draw, digits):
    def network(image_shape, n_classes, draws):
        hidden = keras.layers.Dense(8, activation="relu")
        if draws:  # between two layers
            thread = threading.Thread(target=draw)
            thread.start()
            thread.join()
        softmax = keras.layers.Dense(n_classes, activation="softmax")
        return keras.Sequential([keras.Input(image_shape), keras.layers.Flatten(), hidden, softmax])

    X, y, X_test = digits
    without, with_draws = (
        CNNClassifier(network, network_options={"draws": draws}, epochs=1, random_state=0)
        .fit(X, y)
        .predict_proba(X_test)
        for draws in (False, True)
    )
    assert_array_equal(with_draws, without)


def test_a_fit_draws_nothing_from_the_generators_of_the_caller(digits):
    X, y, _ = digits

    def states():
        _, keys, position, *_ = np.random.get_state()
        return random.getstate(), keys.tolist(), position

    before = states()
    make(15).fit(X, y)
    assert states() == before
