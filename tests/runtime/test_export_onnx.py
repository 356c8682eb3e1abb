import json
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skhcr import __version__, networks
from skhcr.classifiers import CNNClassifier, DigitClassifier
from skhcr.datasets import load_characters
from skhcr.preprocessing import ImageFlattener, ImageResizer, PixelScaler
from skhcr.runtime import OnnxClassifier, export_onnx
from skhcr.runtime._onnx_file import read_network

#: Probabilities of the same weights, summed in another order by another engine, in float32.
OTHER_ENGINE = 1e-5
#: What float16 keeps of a weight: 11 bits of it, or 2^-24 of a tiny one.
HALF_PRECISION = {"rtol": 2**-11, "atol": 2**-24}


def header_of(path):
    (entry,) = onnx.load(path).metadata_props
    assert entry.key == "skhcr"
    return json.loads(entry.value)


def assert_same_probabilities(model, path, X, atol=OTHER_ENGINE):
    assert_allclose(OnnxClassifier(path).predict_proba(X), model.predict_proba(X), atol=atol)


@pytest.mark.parametrize("network", networks.__all__)
def test_every_network(digits, tmp_path, network):
    X, y, X_test, _ = digits
    crop = slice(8, 18) if network == "wide" else slice(None)  # it takes its time
    X, X_test = X[:100, crop, crop], X_test[:, crop, crop]
    classifier = CNNClassifier(network, epochs=1, random_state=0).fit(X, y[:100])
    export_onnx(classifier, tmp_path / "network.onnx")
    assert_same_probabilities(classifier, tmp_path / "network.onnx", X_test)
    header = header_of(tmp_path / "network.onnx")
    assert header["network"] == network
    assert header["pixels"] is None


def test_the_header(pipeline, onnx_file):
    header = header_of(onnx_file)
    classifier = pipeline[-1]
    assert len(header.pop("weights")) == len(classifier.weights_)
    assert header == {
        "format": 1,
        "version": __version__,
        "classes": {"dtype": "<i8", "values": list(range(10))},
        "alphabet": None,
        "class_prior": pytest.approx(list(classifier.class_prior_)),
        "image_shape": [28, 28, 1],
        "pixels": {"low": 0, "high": 255},
        "pixel_mean": pytest.approx(255 * classifier.pixel_mean_),
        "pixel_scale": pytest.approx(255 * classifier.pixel_scale_),
        "network": "three_conv",
        "network_options": {},
        "card": {"licence": "CC0-1.0", "tested": {"accuracy": 0.5}},
    }
    assert str(Path.home()).encode() not in onnx_file.read_bytes()


def test_characters(tmp_path):
    data = load_characters()
    X, y = data.images[::6], data.target[::6]
    classifier = CNNClassifier("three_conv", epochs=1, random_state=0).fit(X, y)
    export_onnx(classifier, tmp_path / "characters.onnx")
    frozen = OnnxClassifier(tmp_path / "characters.onnx")
    assert frozen.classes_.dtype == classifier.classes_.dtype
    assert_array_equal(frozen.predict(X), classifier.predict(X))
    assert header_of(tmp_path / "characters.onnx")["alphabet"] == "characters"


@pytest.mark.parametrize(
    "labels",
    [
        np.array([3, -5], dtype=np.int16),
        np.array([-1.0, 2.0]),
        np.array([False, True]),
        np.array(["ä", "日本"]),
        np.array(["a", "bcd"], dtype=object),
    ],
    ids=lambda labels: labels.dtype.str,
)
def test_labels(digits, tmp_path, labels):
    X, y, X_test, _ = digits
    few = (X[y < 2], labels[y[y < 2]])
    classifier = CNNClassifier("three_conv", epochs=1, random_state=0).fit(*few)
    export_onnx(classifier, tmp_path / "two.onnx")
    frozen = OnnxClassifier(tmp_path / "two.onnx")
    assert frozen.classes_.dtype == classifier.classes_.dtype
    predicted = frozen.predict(X_test)
    assert_array_equal(predicted, classifier.predict(X_test))
    assert type(predicted[0]) is type(classifier.predict(X_test)[0])


def test_labels_that_no_file_can_hold(pipeline, tmp_path):
    classifier = clone(pipeline[-1])
    vars(classifier).update(vars(pipeline[-1]))
    for labels in ([b"a", b"b"], np.array([1, "a"], dtype=object)):
        classifier.classes_ = np.array(labels)
        with pytest.raises(ValueError, match=r"classes_ has dtype .* which the file can't hold"):
            export_onnx(classifier, tmp_path / "own.onnx")
    assert list(tmp_path.iterdir()) == []


def test_steps_before_the_network(digits, tmp_path):
    X, y, X_test, _ = digits
    model = make_pipeline(
        ImageResizer((14, 14)),
        PixelScaler(),
        "passthrough",
        ImageFlattener(),
        DigitClassifier("three_conv", epochs=1, random_state=0),
    ).fit(X, y)
    path = tmp_path / "small.onnx"
    export_onnx(model, path)
    frozen = make_pipeline(*model[:-4], OnnxClassifier(path))
    assert_allclose(frozen.predict_proba(X_test), model.predict_proba(X_test), atol=OTHER_ENGINE)
    assert frozen[-1].image_shape_ == (14, 14, 1)
    # Behind a step that changes pixels, a scaler is no part of the network.
    model = make_pipeline(PixelScaler(), ImageResizer((14, 14)), model[-1])
    export_onnx(model, path)
    frozen = make_pipeline(*model[:-1], OnnxClassifier(path))
    assert_allclose(frozen.predict_proba(X_test), model.predict_proba(X_test), atol=OTHER_ENGINE)
    assert header_of(path)["pixels"] is None


def test_a_pipeline_of_two_steps(pipeline, onnx_file, digits):
    assert len(make_pipeline(*pipeline[:-2], OnnxClassifier(onnx_file))) == 1
    assert_same_probabilities(pipeline, onnx_file, digits[2])


def test_weights_as_float16(pipeline, onnx_file, digits, tmp_path):
    path = tmp_path / "half.onnx"
    export_onnx(pipeline, path, weights_dtype="float16")
    assert path.stat().st_size < 0.6 * onnx_file.stat().st_size
    assert_same_probabilities(pipeline, path, digits[2], atol=2e-3)  # seven rounded layers
    for stored, weight in zip(read_network(path).weights, pipeline[-1].weights_, strict=True):
        assert stored.dtype == np.float32
        assert_allclose(stored, weight, **HALF_PRECISION)
    with pytest.raises(ValueError, match="weights_dtype='int8'; expected one of"):
        export_onnx(pipeline, path, weights_dtype="int8")


@pytest.mark.parametrize(
    ("network", "options"),
    [
        ("lenet", {"dropout": (0.1, 0.1)}),
        (networks.three_conv, None),
        ("residual", {"width": 8, "batch_norm": False}),
    ],
)
def test_weights_come_back(digits, tmp_path, network, options):
    X, y, X_test, _ = digits
    classifier = CNNClassifier(network, network_options=options, epochs=1, random_state=0)
    model = make_pipeline(PixelScaler(), classifier).fit(X[:100], y[:100])
    export_onnx(model, tmp_path / "network.onnx")
    stored = read_network((tmp_path / "network.onnx").read_bytes())
    for weight, expected in zip(stored.weights, classifier.weights_, strict=True):
        assert weight.dtype == np.float32
        assert_array_equal(weight, expected)
    assert_array_equal(stored.classes, np.arange(10))
    assert stored.pixels == {"low": 0, "high": 255}
    # And make the same network again.
    made = getattr(networks, stored.network)(stored.image_shape, 10, **stored.network_options)
    made.set_weights(stored.weights)
    pixels = (X_test[..., np.newaxis] - stored.pixel_mean) / stored.pixel_scale
    probabilities = made(pixels.astype(np.float32)).numpy()
    assert_allclose(probabilities, model.predict_proba(X_test), atol=OTHER_ENGINE)


def linear(image_shape, n_classes):
    inputs = keras.Input(image_shape)
    x = keras.layers.Flatten()(inputs)
    return keras.Model(inputs, keras.layers.Dense(n_classes, activation="softmax")(x))


@pytest.mark.parametrize("network", ["compact", linear])
def test_weights_that_do_not_come_back(digits, tmp_path, network):
    X, y, X_test, _ = digits
    classifier = CNNClassifier(network, epochs=1, random_state=0).fit(X[:100], y[:100])
    path = tmp_path / "network.onnx"
    export_onnx(classifier, path)
    assert_same_probabilities(classifier, path, X_test)
    with pytest.raises(ValueError, match=r"network\.onnx does not hold the weights"):
        read_network(path)


def test_a_model_from_keras(pipeline, digits, tmp_path):
    X_test = digits[2]
    pipeline[-1].export_keras(tmp_path / "network.keras")
    labels = [f"no. {label}" for label in range(10)]
    loaded = CNNClassifier.from_keras(tmp_path / "network.keras", labels)
    export_onnx(make_pipeline(PixelScaler(), loaded), tmp_path / "network.onnx")
    frozen = OnnxClassifier(tmp_path / "network.onnx")
    assert_array_equal(frozen.classes_, labels)
    assert_allclose(frozen.predict_proba(X_test), pipeline.predict_proba(X_test), atol=OTHER_ENGINE)


# What is not as it should be


def test_what_is_no_fitted_network(tmp_path):
    with pytest.raises(NotFittedError):
        export_onnx(CNNClassifier(), tmp_path / "own.onnx")
    for other in (LogisticRegression(), make_pipeline(PixelScaler(), LogisticRegression())):
        with pytest.raises(ValueError, match="ends in LogisticRegression; expected a fitted CNN"):
            export_onnx(other, tmp_path / "own.onnx")


def test_wrong_paths(pipeline, tmp_path):
    with pytest.raises(ValueError, match=r"ends in '\.keras'; expected one of \('\.onnx',\)"):
        export_onnx(pipeline, tmp_path / "network.keras")
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*missing"):
        export_onnx(pipeline, tmp_path / "missing" / "network.onnx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("card", [["CC0"], {"accuracy": float("nan")}, {"by": object()}])
def test_a_card_that_is_no_json(pipeline, tmp_path, card):
    with pytest.raises(ValueError, match=r"card=.* can't be stored: .*Expected a dict"):
        export_onnx(pipeline, tmp_path / "network.onnx", card=card)


def test_an_export_that_fails_leaves_nothing(pipeline, tmp_path, monkeypatch):
    def fill_the_disk(model, path, **kwargs):
        Path(path).write_bytes(b"half of")
        raise OSError("No space left on device")

    path = tmp_path / "network.onnx"
    monkeypatch.setattr(keras.Model, "export", fill_the_disk)
    path.write_bytes(b"from before")
    with pytest.raises(OSError, match="No space left"):
        export_onnx(pipeline, path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"from before"
