from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

import skhcr
from skhcr.classifiers import CNNClassifier
from skhcr.inspection import SaliencyDisplay
from skhcr.inspection._grad_cam import grad_cam
from skhcr.preprocessing import ImageFlattener, PixelScaler


def two_bars(n, random_state):
    """Pictures whose class is how a bar in the upper left lies; the square is no evidence."""
    rng = np.random.default_rng(random_state)
    X = np.zeros((n, 20, 20), np.uint8)
    y = rng.integers(0, 2, n)
    X[y == 0, 3:9, 5] = 255
    X[y == 1, 5, 3:9] = 255
    X[:, 13:18, 13:18] = rng.integers(100, 255, (n, 1, 1))
    return X, np.array(["upright", "level"])[y]


@pytest.fixture(scope="module")
def cnn():
    X, y = two_bars(300, 0)
    options = {"filters": (8, 8, 16, 16), "dropout": 0.0}
    model = make_pipeline(
        PixelScaler(), CNNClassifier(network_options=options, epochs=8, random_state=0)
    ).fit(X, y)
    assert model.score(*two_bars(50, 1)) == 1
    return model


def share_of_evidence(display):
    """Return how much of the evidence lies about the bar."""
    total = display.saliency.sum(axis=(1, 2))
    return (display.saliency[:, :11, :11].sum(axis=(1, 2)) / total).mean()


# The maps of Grad-CAM are coarse; evenly spread evidence would be 0.3.
@pytest.mark.parametrize(("method", "share"), [("grad-cam", 0.5), ("occlusion", 0.9)])
def test_evidence_is_where_the_classes_differ(cnn, method, share):
    X, _ = two_bars(6, 2)
    display = SaliencyDisplay.from_estimator(cnn, X, method=method)
    assert display.saliency.shape == (6, 20, 20)
    assert display.saliency.min() >= 0
    assert share_of_evidence(display) > share


def test_auto_is_grad_cam_where_there_is_a_network(cnn):
    X, y = two_bars(4, 2)
    auto, cam = (SaliencyDisplay.from_estimator(cnn, X, method=m) for m in ("auto", "grad-cam"))
    assert np.array_equal(auto.saliency, cam.saliency)
    neighbours = KNeighborsClassifier(2).fit(X.reshape(4, -1), y)
    auto, hidden = (
        SaliencyDisplay.from_estimator(neighbours, X.reshape(4, -1), method=m)
        for m in ("auto", "occlusion")
    )
    assert np.array_equal(auto.saliency, hidden.saliency)


def sequential(image_shape, n_classes):
    import keras

    return keras.Sequential(
        [
            keras.Input(image_shape),
            keras.layers.Conv2D(8, 5, strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(n_classes, activation="softmax", use_bias=False),
        ]
    )


def softmax_apart(image_shape, n_classes):
    import keras

    inputs = keras.Input(image_shape)
    x = keras.layers.Conv2D(8, 5, strides=2, activation="relu")(inputs)
    x = keras.layers.Dense(n_classes)(keras.layers.Flatten()(x))
    return keras.Model(inputs, keras.layers.Activation("softmax")(x))


def nested(image_shape, n_classes):
    import keras

    inputs = keras.Input(image_shape)
    return keras.Model(inputs, sequential(image_shape, n_classes)(inputs))


def without_convolutions(image_shape, n_classes):
    import keras

    inputs = keras.Input(image_shape)
    x = keras.layers.Flatten()(keras.layers.Rescaling(2.0)(inputs))
    return keras.Model(inputs, keras.layers.Dense(n_classes, activation="softmax")(x))


@pytest.mark.parametrize("network", [sequential, softmax_apart, nested])
def test_grad_cam_of_any_form_of_network(network):
    X, y = two_bars(200, 0)
    classifier = CNNClassifier(network, epochs=8, random_state=0).fit(X, y)
    before = classifier.predict_proba(X[:5])
    display = SaliencyDisplay.from_estimator(classifier, X[:5], method="grad-cam")
    assert share_of_evidence(display) > 0.5
    assert np.array_equal(classifier.predict_proba(X[:5]), before)


def test_several_threads_on_one_network(cnn):
    X, _ = two_bars(6, 2)
    expected = SaliencyDisplay.from_estimator(cnn, X, method="grad-cam").saliency
    with ThreadPoolExecutor(4) as pool:
        displays = [pool.submit(_saliency_and_probabilities, cnn, X).result for _ in range(8)]
        for saliency, probabilities in (result() for result in displays):
            assert np.allclose(saliency, expected, rtol=1e-4, atol=1e-5)  # sums in any order
            assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)  # float32


def _saliency_and_probabilities(model, X):
    steps = model[:-1].transform(X)
    classifier = model[-1]
    codes = classifier.predict_proba(steps).argmax(axis=1)
    images = classifier._as_pixels(classifier._stack_images(steps, reset=False))
    return grad_cam(classifier._live_trainer(), images, codes), model.predict_proba(X)


def test_a_saved_keras_model(tmp_path, cnn):
    X, _ = two_bars(3, 2)
    cnn[-1].export_keras(tmp_path / "bars.keras")
    loaded = CNNClassifier.from_keras(tmp_path / "bars.keras", cnn.classes_)
    pixels = cnn[:-1].transform(X)
    display = SaliencyDisplay.from_estimator(loaded, pixels, method="grad-cam")
    expected = SaliencyDisplay.from_estimator(cnn, X, method="grad-cam")
    # The saved model begins with the scaling of pixels as a layer, which rounds otherwise.
    assert np.allclose(display.saliency, expected.saliency, rtol=0.01, atol=1e-3)


def test_a_network_without_convolutions_is_occluded():
    X, y = two_bars(200, 0)
    classifier = CNNClassifier(without_convolutions, epochs=8, random_state=0).fit(X, y)
    display = SaliencyDisplay.from_estimator(classifier, X[:5])
    assert share_of_evidence(display) > 0.45  # it sees pixels, and is not sure of much
    with pytest.raises(ValueError, match="convolutional layers"):
        SaliencyDisplay.from_estimator(classifier, X[:5], method="grad-cam")


def test_columns_of_a_data_frame_are_kept(digits):
    X, y, *_ = digits
    frame = pd.DataFrame(X.reshape(len(X), -1)).add_prefix("pixel_")
    neighbours = KNeighborsClassifier().fit(frame, y)
    display = SaliencyDisplay.from_estimator(neighbours, frame[:2])  # and no warning
    assert display.saliency.shape == (2, 28, 28)


def test_any_classifier_by_occlusion():
    X, y = two_bars(200, 0)
    model = make_pipeline(ImageFlattener(), PixelScaler(), LinearSVC()).fit(X, y)
    display = SaliencyDisplay.from_estimator(model, X[:5])
    assert share_of_evidence(display) > 0.7
    assert [text.get_text() for text in display.text_] == list(y[:5])


def test_forms_of_samples_give_the_same(cnn):
    X, _ = two_bars(3, 4)
    display = SaliencyDisplay.from_estimator(cnn, X, method="occlusion")
    for form in (X[..., np.newaxis], list(X)):
        other = SaliencyDisplay.from_estimator(cnn, form, method="occlusion")
        assert np.array_equal(other.saliency, display.saliency)


def test_evidence_for_another_label(cnn):
    X, y = two_bars(4, 3)
    other = np.where(y == "level", "upright", "level")
    display = SaliencyDisplay.from_estimator(cnn, X, target=other)
    assert list(display.labels) == list(other)
    assert not np.allclose(display.saliency, SaliencyDisplay.from_estimator(cnn, X).saliency)
    display = SaliencyDisplay.from_estimator(cnn, X, target="level")
    assert set(display.labels) == {"level"}


def test_both_ways_give_the_same_picture(cnn, pixels_of):
    X, _ = two_bars(3, 5)
    one = SaliencyDisplay.from_estimator(cnn, X)
    other = SaliencyDisplay.from_predictions(X / 255, one.saliency, one.labels)
    assert np.array_equal(pixels_of(one), pixels_of(other))
    assert len(one.images_) == 6
    assert len(one.heat_) == 3
    assert np.max(one.heat_[0].get_alpha()) == 1


def test_shipped_weights_on_pictures_of_several_sizes(digits):
    *_, X, y = digits
    papers = [
        np.pad(255 - X[0], 20, constant_values=255),
        np.pad(255 - X[1], 7, constant_values=255),
    ]
    reader = skhcr.load_pretrained("digits")
    display = SaliencyDisplay.from_estimator(reader, papers)
    assert display.saliency.shape == (2, 28, 28)
    assert np.array_equal(display.pictures, reader[:-1].transform(papers))
    assert list(display.labels) == list(y[:2])


def test_no_evidence_at_all_is_drawn(digits):
    X, y, *_ = digits
    display = SaliencyDisplay.from_predictions(X[:1], np.zeros((1, 28, 28)), y[:1])
    assert np.max(display.heat_[0].get_alpha()) == 0


def test_errors(cnn, digits):
    X, y, *_ = digits
    with pytest.raises(NotFittedError):
        SaliencyDisplay.from_estimator(KNeighborsClassifier(), X[:1])
    with pytest.raises(ValueError, match="500 samples; expected at most 50"):
        SaliencyDisplay.from_estimator(cnn, X)
    bars, _ = two_bars(2, 6)
    with pytest.raises(ValueError, match=r"target holds .*, not among the classes"):
        SaliencyDisplay.from_estimator(cnn, bars, target="round")
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        SaliencyDisplay.from_estimator(cnn, bars, target=["level"])
    with pytest.raises(ValueError, match="method='lime' should be one of"):
        SaliencyDisplay.from_estimator(cnn, bars, method="lime")
    rows = X.reshape(len(X), -1)
    neighbours = KNeighborsClassifier().fit(rows, y)
    machine = SVC(decision_function_shape="ovo").fit(rows[y < 3], y[y < 3])
    with pytest.raises(ValueError, match='expected "ovr"'):  # three scores, but not of classes
        SaliencyDisplay.from_estimator(machine, rows[y < 3][:1])
    with pytest.raises(ValueError, match="X holds no samples"):
        SaliencyDisplay.from_estimator(cnn, bars[:0])
    with pytest.raises(ValueError, match="saliency contains NaN"):
        SaliencyDisplay.from_predictions(X[:1], np.full((1, 28, 28), np.nan), y[:1])
    with pytest.raises(ValueError, match="needs a CNNClassifier"):
        SaliencyDisplay.from_estimator(neighbours, rows[:1], method="grad-cam")
    with pytest.raises(
        ValueError, match=r"saliency\[0\] has shape \(2, 2\); expected .*\(28, 28\)"
    ):
        SaliencyDisplay.from_predictions(X[:1], np.zeros((1, 2, 2)), y[:1])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        SaliencyDisplay.from_predictions(X[:1], np.zeros((2, 28, 28)), y[:1])
