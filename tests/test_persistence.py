"""Saved and loaded: pickles, joblib files and Keras files, in this process and in others."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skhcr import load_pretrained
from skhcr.classifiers import CharacterClassifier, CNNClassifier, DigitClassifier
from skhcr.datasets import load_characters, make_words
from skhcr.preprocessing import ImageResizer, PixelScaler
from skhcr.reading import CharacterSegmenter, TextReader

#: Labels in the order of a model's outputs, which is not the sorted one.
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@pytest.fixture(scope="module")
def characters():
    """310 real images of the 62 characters to learn from, and 62 to ask about."""
    data = load_characters()
    rank = np.zeros(len(data.target), dtype=int)  # 0 for the first image of a character, then 1
    for label in data.target_names:
        rank[data.target == label] = np.arange((data.target == label).sum())
    few, one = rank < 5, rank == 5
    return data.images[few], data.target[few], data.images[one]


@pytest.fixture(scope="module")
def pipeline(characters):
    X, y, _ = characters
    classifier = CharacterClassifier(epochs=2, random_state=0)
    return make_pipeline(ImageResizer((28, 28)), PixelScaler(), classifier).fit(X, y)


# Pickle, joblib, copy

IN_A_FRESH_PROCESS = """
import pickle, sys
import joblib, numpy as np

folder = sys.argv[1]
models = [joblib.load(f"{folder}/model.joblib")]
with open(f"{folder}/model.pickle", "rb") as file:
    models.append(pickle.load(file))
assert "keras" not in sys.modules  # loading costs what loading costs
X, y, X_test, expected = (np.load(f"{folder}/{n}.npy") for n in ("X", "y", "X_test", "expected"))
for model in models:
    assert np.array_equal(model.predict_proba(X_test), expected)
    assert np.array_equal(model[-1].classes_, np.unique(y))

model, other = models
before = model[-1].loss_curve_[-1]
model.set_params(characterclassifier__warm_start=True, characterclassifier__epochs=3).fit(X, y)
assert model[-1].n_iter_ == 5
assert model[-1].loss_curve_[-1] < before
assert not np.array_equal(model.predict_proba(X_test), expected)

other[-1].partial_fit(other[:-1].transform(X), y)
assert other[-1].n_iter_ == 3
assert other[-1].loss_curve_[-1] < other[-1].loss_curve_[0]
assert not np.array_equal(other.predict_proba(X_test), expected)
joblib.dump(model, f"{folder}/trained.joblib")
np.save(f"{folder}/trained.npy", model.predict_proba(X_test))
"""


def test_a_fresh_process_predicts_the_same_and_trains_further(pipeline, characters, tmp_path):
    X, y, X_test = characters
    joblib.dump(pipeline, tmp_path / "model.joblib")
    (tmp_path / "model.pickle").write_bytes(pickle.dumps(pipeline))
    arrays = {"X": X, "y": y, "X_test": X_test, "expected": pipeline.predict_proba(X_test)}
    for name, array in arrays.items():
        np.save(tmp_path / f"{name}.npy", array)
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # And back again.
    trained = joblib.load(tmp_path / "trained.joblib")
    assert_array_equal(trained.predict_proba(X_test), np.load(tmp_path / "trained.npy"))


def test_the_file_is_little_more_than_the_weights(pipeline, tmp_path):
    n_bytes = sum(array.nbytes for array in pipeline[-1].weights_)
    assert n_bytes > 4 * 100_000  # of the default network
    joblib.dump(pipeline, tmp_path / "model.joblib")
    assert (tmp_path / "model.joblib").stat().st_size < 1.3 * n_bytes
    assert len(pickle.dumps(pipeline)) < 1.3 * n_bytes
    joblib.dump(pipeline, tmp_path / "model.joblib.gz", compress=3)
    assert (tmp_path / "model.joblib.gz").stat().st_size < n_bytes
    # Predicting and training leave nothing behind that a file would have to hold.
    trained = copy.deepcopy(pipeline)
    X = np.zeros((62, 28, 28), dtype=np.uint8)  # each character once: no sign of a regression
    trained[-1].set_params(callbacks=[keras.callbacks.TerminateOnNaN()])
    trained[-1].partial_fit(X, trained.classes_)
    trained.predict(X)
    assert len(pickle.dumps(trained)) < 1.3 * n_bytes


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_protocols(pipeline, characters, protocol):
    X_test = characters[2]
    loaded = pickle.loads(pickle.dumps(pipeline, protocol=protocol))
    assert_array_equal(loaded.predict_proba(X_test), pipeline.predict_proba(X_test))


def test_a_copy_is_independent(pipeline, characters):
    X, y, X_test = characters
    expected = pipeline.predict_proba(X_test)
    for copied in (copy.deepcopy(pipeline), pickle.loads(pickle.dumps(pipeline))):
        assert_array_equal(copied.predict_proba(X_test), expected)
        copied[-1].partial_fit(copied[:-1].transform(X), y)
        assert copied[-1].n_iter_ == 3
        assert not np.array_equal(copied.predict_proba(X_test), expected)
    assert_array_equal(pipeline.predict_proba(X_test), expected)
    assert pipeline[-1].n_iter_ == 2


def test_a_shallow_copy_predicts_the_same(pipeline, characters):
    X_test = characters[2]
    copied = copy.copy(pipeline[-1])
    assert_array_equal(
        copied.predict_proba(pipeline[:-1].transform(X_test)), pipeline.predict_proba(X_test)
    )


def test_a_memory_mapped_file(pipeline, characters, tmp_path):
    X, y, X_test = characters
    joblib.dump(pipeline, tmp_path / "model.joblib")
    mapped = joblib.load(tmp_path / "model.joblib", mmap_mode="r")
    assert_array_equal(mapped.predict_proba(X_test), pipeline.predict_proba(X_test))
    mapped[-1].partial_fit(mapped[:-1].transform(X), y)
    assert mapped[-1].n_iter_ == 3


def test_changed_parameters_do_not_break_what_is_fitted(pipeline, characters):
    """The network of a fit is rebuilt from the parameters of that fit."""
    X_test = characters[2]
    changed = copy.deepcopy(pipeline).set_params(
        characterclassifier__network="lenet", characterclassifier__network_options={}
    )
    loaded = pickle.loads(pickle.dumps(changed))
    assert_array_equal(loaded.predict_proba(X_test), pipeline.predict_proba(X_test))


# Readers of words

READ_IN_A_FRESH_PROCESS = """
import sys
import joblib

reader, pictures, expected = joblib.load(sys.argv[1])
assert not {"keras", "tensorflow", "matplotlib"} & set(sys.modules)
assert reader.predict_details(pictures) == expected
"""


@pytest.mark.parametrize("classifier", [None, "letters"])
def test_readers_are_saved_and_copied(tmp_path, classifier):
    words = make_words(texts=["MARTIN", "PETER", "HANNA"], wear=0, height=32, random_state=0)
    classifier = load_pretrained(classifier) if classifier else None
    segmenter = CharacterSegmenter(word_gap=3)
    reader = TextReader(classifier, segmenter=segmenter, lexicon=["MARTIN", "Anna-Lena"])
    for n_bytes, stage in ((2000, reader), (20_000, reader.fit(words.images, words.target))):
        expected = stage.predict_details(words.images)
        content = pickle.dumps(stage)
        # The segmenter's network is that of the package, whoever uses it.
        assert classifier is not None or len(content) < n_bytes
        for copied in (copy.deepcopy(stage), copy.copy(stage), pickle.loads(content)):
            assert copied.predict_details(words.images) == expected
        joblib.dump((stage, words.images, expected), tmp_path / "reader.joblib")
        command = [sys.executable, "-c", READ_IN_A_FRESH_PROCESS, str(tmp_path / "reader.joblib")]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_pages_are_saved_and_do_not_change():
    words = make_words(texts=["MARTIN"], wear=0, height=32, random_state=0)
    (page,) = TextReader().predict_details(words.images)
    assert pickle.loads(pickle.dumps(page)) == copy.deepcopy(page) == page
    assert len({page, copy.deepcopy(page)}) == 1
    with pytest.raises(AttributeError):
        page.lines = ()
    with pytest.raises(AttributeError):
        page.characters[0].text = "X"


# Keras files


def sequential(*last, input_shape=(28, 28)):
    """The model that everyone has from a tutorial."""
    body = [keras.layers.Flatten()] if len(input_shape) > 1 else []
    return keras.Sequential([keras.Input(input_shape), *body, *last])


def softmax_layer():
    return keras.layers.Dense(10, activation="softmax")


def keras_probabilities(model, X):
    return model.predict(X.reshape(-1, *model.input_shape[1:]), verbose=0)


@pytest.fixture(scope="module")
def scaled_digits(digits):
    X, y, X_test, y_test = digits
    return X / np.float32(255), y, X_test / np.float32(255), y_test


@pytest.fixture(scope="module")
def own_model(scaled_digits):
    """A Keras model that someone trained on digits, without this library."""
    X, y, _, _ = scaled_digits
    keras.utils.set_random_seed(0)
    model = sequential(keras.layers.Dense(32, activation="relu"), softmax_layer())
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, y, epochs=8, verbose=0)
    return model


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_export_and_back(pipeline, characters, tmp_path, suffix):
    X_test = characters[2]
    classifier, pixels = pipeline[-1], pipeline[:-1].transform(X_test)
    expected = classifier.predict_proba(pixels)
    path = tmp_path / f"network{suffix}"
    classifier.export_keras(path)
    classifier.export_keras(str(path))  # over the first one
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    # For Keras: probabilities of the same pixels.
    model = keras.models.load_model(path, compile=False)
    assert model.input_shape == (None, 28, 28, 1)
    assert_allclose(keras_probabilities(model, pixels), expected, atol=1e-5)
    # For skhcr.
    loaded = CharacterClassifier.from_keras(path, classifier.classes_)
    assert type(loaded) is CharacterClassifier
    assert_array_equal(loaded.classes_, classifier.classes_)
    assert loaded.image_shape_ == (28, 28, 1)
    assert loaded.n_features_in_ == 784
    assert_allclose(loaded.predict_proba(pixels), expected, atol=1e-5)
    # And once more.
    loaded.export_keras(path)
    again = CNNClassifier.from_keras(path, classifier.classes_)
    assert_allclose(again.predict_proba(pixels), expected, atol=1e-5)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_model_that_someone_has(own_model, scaled_digits, digits, tmp_path, suffix):
    X_test, y_test = scaled_digits[2:]
    path = tmp_path / f"own{suffix}"
    own_model.save(path)
    classifier = DigitClassifier.from_keras(path, range(10))
    assert_allclose(
        classifier.predict_proba(X_test), keras_probabilities(own_model, X_test), atol=1e-6
    )
    assert classifier.score(X_test, y_test) > 0.7
    assert classifier.predict(X_test[:1]).dtype.kind == "i"
    assert classifier.n_iter_ == 0
    assert classifier.history_ == {}
    model = make_pipeline(ImageResizer((28, 28)), PixelScaler(), classifier)
    assert_array_equal(model.predict(digits[2]), classifier.predict(X_test))
    for rows in (X_test.reshape(-1, 784), X_test[..., np.newaxis]):
        assert_array_equal(classifier.predict(rows), classifier.predict(X_test))


@pytest.mark.parametrize("input_shape", [(28, 28), (28, 28, 1), (784,)])
def test_inputs_and_labels_in_any_order(own_model, scaled_digits, tmp_path, input_shape):
    X_test, y_test = scaled_digits[2:]
    layers = keras.layers.Dense(32, activation="relu"), softmax_layer()
    model = sequential(*layers, input_shape=input_shape)
    model.set_weights(own_model.get_weights())
    model.save(tmp_path / "own.keras")
    classifier = CNNClassifier.from_keras(tmp_path / "own.keras", NAMES)
    assert classifier.classes_.tolist() == sorted(NAMES)
    assert classifier.image_shape_ == (28, 28, 1)
    expected = keras_probabilities(model, X_test)
    names = np.array(NAMES)
    assert_allclose(classifier.predict_proba(X_test), expected[:, np.argsort(names)], atol=1e-6)
    assert_array_equal(classifier.predict(X_test), names[expected.argmax(axis=1)])
    assert classifier.score(X_test, names[y_test]) > 0.7
    classifier.export_keras(tmp_path / "exported.keras")
    exported = keras.models.load_model(tmp_path / "exported.keras")
    assert_allclose(
        keras_probabilities(exported, X_test), classifier.predict_proba(X_test), atol=1e-6
    )


@pytest.mark.parametrize(
    "last",
    [
        lambda: [keras.layers.Dense(10)],
        lambda: [keras.layers.Dense(10), keras.layers.Activation("linear")],
        lambda: [keras.Sequential([keras.layers.Dense(10)])],
    ],
    ids=["dense", "activation", "nested"],
)
def test_logits_become_probabilities(scaled_digits, tmp_path, last):
    X_test = scaled_digits[2]
    model = sequential(*last())
    model.save(tmp_path / "logits.keras")
    classifier = CNNClassifier.from_keras(tmp_path / "logits.keras", NAMES)
    expected = softmax(keras_probabilities(model, X_test), axis=1)[:, np.argsort(NAMES)]
    assert_allclose(classifier.predict_proba(X_test), expected, atol=1e-6)


@pytest.mark.parametrize(
    "last",
    [
        lambda: [keras.layers.Dense(10), keras.layers.Softmax()],
        lambda: [keras.layers.Dense(10), keras.layers.Activation("softmax")],
        lambda: [keras.Sequential([softmax_layer()])],
    ],
    ids=["softmax", "activation", "nested"],
)
def test_probabilities_stay_as_they_are(scaled_digits, tmp_path, last):
    X_test = scaled_digits[2]
    model = sequential(*last())
    model.save(tmp_path / "own.keras")
    classifier = CNNClassifier.from_keras(tmp_path / "own.keras", range(10))
    assert_allclose(classifier.predict_proba(X_test), keras_probabilities(model, X_test), atol=1e-6)


def test_a_yes_or_no_for_each_class_becomes_probabilities(scaled_digits, tmp_path):
    X_test = scaled_digits[2]
    model = sequential(keras.layers.Dense(10, activation="sigmoid"))
    model.save(tmp_path / "own.keras")
    classifier = CNNClassifier.from_keras(tmp_path / "own.keras", range(10))
    outputs = keras_probabilities(model, X_test)
    expected = outputs / outputs.sum(axis=1, keepdims=True)
    assert_allclose(classifier.predict_proba(X_test), expected, atol=1e-6)
    pickled = pickle.loads(pickle.dumps(classifier))
    assert_array_equal(pickled.predict_proba(X_test), classifier.predict_proba(X_test))


@pytest.fixture
def saved_model(own_model, tmp_path):
    """A classifier of a model with labels out of order, whose file is gone."""
    path = tmp_path / "own.keras"
    own_model.save(path)
    classifier = CNNClassifier.from_keras(path, NAMES)
    path.unlink()
    return classifier


def test_a_keras_model_pickles_and_clones(saved_model, scaled_digits):
    X, y, X_test, y_test = scaled_digits
    names = np.array(NAMES)
    expected = saved_model.predict_proba(X_test)
    for copied in (pickle.loads(pickle.dumps(saved_model)), copy.deepcopy(saved_model)):
        assert_array_equal(copied.predict_proba(X_test), expected)
        assert copied.score(X_test, names[y_test]) > 0.7
    assert len(pickle.dumps(saved_model)) < 1.3 * sum(w.nbytes for w in saved_model.weights_)
    assert "own.keras" in repr(saved_model)
    copied = clone(saved_model).set_params(epochs=8, random_state=0)
    with pytest.raises(NotFittedError):
        copied.predict(X_test)
    # It learns anew, from other weights, the same in every run.
    assert copied.fit(X, names[y]).score(X_test, names[y_test]) > 0.7
    assert copied.n_iter_ == 8
    again = clone(copied).fit(X, names[y])
    assert_array_equal(again.predict_proba(X_test), copied.predict_proba(X_test))
    assert_array_equal(saved_model.predict_proba(X_test), expected)


KERAS_MODEL_IN_A_FRESH_PROCESS = """
import pickle, sys
import numpy as np
folder = sys.argv[1]
with open(f"{folder}/classifier.pickle", "rb") as file:
    classifier = pickle.load(file)
X_test, expected = (np.load(f"{folder}/{name}.npy") for name in ("X_test", "expected"))
assert np.array_equal(classifier.predict_proba(X_test), expected)
"""


def test_a_keras_model_in_a_fresh_process(saved_model, scaled_digits, tmp_path):
    X_test = scaled_digits[2]
    (tmp_path / "classifier.pickle").write_bytes(pickle.dumps(saved_model))
    np.save(tmp_path / "X_test.npy", X_test)
    np.save(tmp_path / "expected.npy", saved_model.predict_proba(X_test))
    command = [sys.executable, "-c", KERAS_MODEL_IN_A_FRESH_PROCESS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_keras_model_trains_further(saved_model, scaled_digits):
    X, y, X_test, y_test = scaled_digits
    names = np.array(NAMES)
    # Ten of each digit only: an hour of training should not be lost on them.
    few = slice(100)
    before = saved_model.score(X_test, names[y_test])
    saved_model.set_params(learning_rate=1e-3, epochs=2, warm_start=True, random_state=0)
    saved_model.fit(X[few], names[y[few]])
    assert saved_model.n_iter_ == 2
    assert saved_model.loss_curve_[0] < 1.0  # far below the log(10) of a new network
    assert saved_model.score(X_test, names[y_test]) > before - 0.1
    saved_model.partial_fit(X[few], names[y[few]])
    assert saved_model.n_iter_ == 3
    assert saved_model.loss_curve_[2] < saved_model.loss_curve_[0]
    loaded = pickle.loads(pickle.dumps(saved_model))
    assert_array_equal(loaded.predict_proba(X_test), saved_model.predict_proba(X_test))


def test_a_keras_model_has_one_image_shape(saved_model, scaled_digits):
    X, y, X_test, _ = scaled_digits
    expected = saved_model.predict_proba(X_test)
    names = np.array(NAMES)
    message = r"network of own\.keras takes images of shape \(28, 28, 1\).*\(28, 20, 1\)"
    with pytest.raises(ValueError, match=message):
        saved_model.fit(X[:, :, :20], names[y])
    with pytest.raises(ValueError, match=r"tells 10 classes apart.*and 3 classes"):
        saved_model.fit(X[y < 3], y[y < 3])
    with pytest.raises(ValueError, match=r"shape \(28, 20, 1\).*expecting .*\(28, 28, 1\)"):
        saved_model.predict(X_test[:, :, :20])
    with pytest.raises(ValueError, match=r"not among the classes of the first fit: \['dix'\]"):
        saved_model.partial_fit(X[:2], ["dix", "one"])
    assert_array_equal(saved_model.predict_proba(X_test), expected)


# Files that are not what they should be


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("damage", ["empty", "truncated", "of something else"])
def test_damaged_files(own_model, tmp_path, suffix, damage):
    path = tmp_path / f"own{suffix}"
    own_model.save(path)
    content = path.read_bytes()
    path.write_bytes(
        {"empty": b"", "truncated": content[: len(content) // 2], "of something else": b"GIF89a"}[
            damage
        ]
    )
    with pytest.raises(ValueError, match=rf"own\{suffix} can't be loaded as a Keras model"):
        CNNClassifier.from_keras(path, NAMES)


def test_weights_without_a_model(own_model, tmp_path):
    own_model.save_weights(tmp_path / "own.weights.h5")
    with pytest.raises(ValueError, match=r"expected a \.keras or \.h5 file of a whole model"):
        CNNClassifier.from_keras(tmp_path / "own.weights.h5", NAMES)


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.keras is not there"):
        CNNClassifier.from_keras(tmp_path / "nowhere.keras", NAMES)


def test_a_wrong_suffix(own_model, pipeline, tmp_path):
    with pytest.raises(ValueError, match=r"'\.onnx'; expected one of \('\.keras', '\.h5'\)"):
        pipeline[-1].export_keras(tmp_path / "network.onnx")
    with pytest.raises(ValueError, match=r"expected one of \('\.keras', '\.h5'\)"):
        pipeline[-1].export_keras(tmp_path / "network")
    assert list(tmp_path.iterdir()) == []
    own_model.save(tmp_path / "own.keras")
    (tmp_path / "own.keras").rename(tmp_path / "own.onnx")
    with pytest.raises(ValueError, match=r"own\.onnx.*expected a \.keras or \.h5 file"):
        CNNClassifier.from_keras(tmp_path / "own.onnx", NAMES)


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        (NAMES[:9], r"outputs of shape \(None, 10\), but classes has 9 labels"),
        ([*NAMES, "ten"], r"outputs of shape \(None, 10\), but classes has 11 labels"),
        ([*NAMES[:9], "zero"], "not a sequence of different labels"),
        ("0123456789", "not a sequence of different labels"),
        ([NAMES], "not a sequence of different labels"),
    ],
)
def test_wrong_classes(own_model, tmp_path, classes, message):
    own_model.save(tmp_path / "own.keras")
    with pytest.raises(ValueError, match=message):
        CNNClassifier.from_keras(tmp_path / "own.keras", classes)


def two_inputs():
    inputs = [keras.Input((28, 28)), keras.Input((28, 28))]
    return keras.Model(inputs, softmax_layer()(keras.layers.Flatten()(keras.layers.Add()(inputs))))


def any_size():
    inputs = keras.Input((None, None, 1))
    return keras.Model(inputs, softmax_layer()(keras.layers.GlobalMaxPooling2D()(inputs)))


@pytest.mark.parametrize(
    ("make_model", "message"),
    [
        (two_inputs, "has 2 inputs and 1 outputs; expected one of each"),
        (any_size, r"takes inputs of shape \(None, None, None, 1\).*fixed numbers"),
        (lambda: sequential(keras.layers.Dense(1)), r"outputs of shape \(None, 1\)"),
        (lambda: keras.Sequential([keras.Input((28, 28)), softmax_layer()]), r"\(None, 28, 10\)"),
    ],
)
def test_models_that_do_not_classify_images(tmp_path, make_model, message):
    make_model().save(tmp_path / "own.keras")
    with pytest.raises(ValueError, match=message):
        CNNClassifier.from_keras(tmp_path / "own.keras", NAMES)


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_save_that_fails_leaves_nothing(pipeline, tmp_path, monkeypatch, suffix):
    def fill_the_disk(model, path, *args, **kwargs):
        Path(path).write_bytes(b"half of")
        raise OSError("No space left on device")

    path = tmp_path / f"network{suffix}"
    monkeypatch.setattr(keras.Model, "save", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        pipeline[-1].export_keras(path)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"from before")
    with pytest.raises(OSError, match="No space left"):
        pipeline[-1].export_keras(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"from before"


def test_a_folder_that_does_not_exist(pipeline, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*missing"):
        pipeline[-1].export_keras(tmp_path / "missing" / "network.keras")
    assert list(tmp_path.iterdir()) == []
