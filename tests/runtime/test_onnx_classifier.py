import copy
import json
import pickle
import subprocess
import sys

import joblib
import numpy as np
import onnx
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import ConfusionMatrixDisplay, get_scorer
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_html_repr, get_tags
from sklearn.utils.validation import check_is_fitted

from skhcr.preprocessing import ImageResizer, PixelScaler
from skhcr.runtime import OnnxClassifier, _onnx_file

#: Probabilities of the same weights, summed in another order by another engine, in float32.
OTHER_ENGINE = 1e-5
#: Probabilities of one engine for batches of another size: rounding of float32.
SAME_ENGINE = 1e-6


@pytest.fixture(scope="module")
def frozen(onnx_file):
    return OnnxClassifier(onnx_file)


def damaged(path, to, **changes):
    """Write a copy of a file whose header differs."""
    model = onnx.load(path)
    (entry,) = model.metadata_props
    header = json.loads(entry.value) | changes
    entry.value = json.dumps({name: header[name] for name in header if header[name] != "left out"})
    onnx.save(model, to)
    return to


def test_predicts_what_the_pipeline_predicts(frozen, pipeline, digits):
    X, y = digits[2:]
    expected = pipeline.predict_proba(X)
    probabilities = frozen.predict_proba(X)
    assert probabilities.shape == (100, 10)
    assert probabilities.dtype == np.float32
    assert_allclose(probabilities, expected, atol=OTHER_ENGINE)
    assert_array_equal(frozen.predict(X), pipeline.predict(X))
    assert frozen.score(X, y) == pipeline.score(X, y)


def test_attributes(frozen, pipeline):
    assert_array_equal(frozen.classes_, np.arange(10))
    assert frozen.classes_.dtype == pipeline.classes_.dtype
    assert frozen.image_shape_ == (28, 28, 1)
    assert frozen.n_features_in_ == 784
    assert frozen.card_ == {"licence": "CC0-1.0", "tested": {"accuracy": 0.5}}


@pytest.mark.parametrize("form", ["rows", "channel", "list", "lists", "frame", "wide type"])
def test_forms_of_images(frozen, digits, form):
    X = digits[2]
    rows = X.reshape(len(X), -1)
    forms = {
        "rows": rows,
        "channel": X[..., np.newaxis],
        "list": list(X),
        "lists": rows.tolist(),
        "frame": pd.DataFrame(rows, columns=[f"pixel{i}" for i in range(784)]),
        "wide type": X.astype(np.int64),
    }
    assert_allclose(frozen.predict_proba(forms[form]), frozen.predict_proba(X), atol=SAME_ENGINE)


@pytest.mark.parametrize(
    "convert",
    [lambda X: X / 255, lambda X: X > 127, lambda X: X.astype(np.uint16) * 257],
    ids=["float", "bool", "uint16"],
)
def test_levels_of_other_types_are_those_of_the_scaler(frozen, pipeline, digits, convert):
    X = convert(digits[2])
    assert_allclose(frozen.predict_proba(X), pipeline.predict_proba(X), atol=OTHER_ENGINE)


def test_a_prediction_depends_on_its_own_image_only(frozen, digits):
    X = digits[2]
    together = frozen.predict_proba(X)
    alone = np.vstack([frozen.predict_proba(image[np.newaxis]) for image in X])
    assert_allclose(alone, together, atol=SAME_ENGINE)
    assert_allclose(frozen.predict_proba(X[::-1])[::-1], together, atol=SAME_ENGINE)


def test_predict_top(frozen, pipeline, digits):
    X = digits[2]
    labels, probabilities = frozen.predict_top(X, k=3)
    expected_labels, expected = pipeline[-1].predict_top(pipeline[:-1].transform(X), k=3)
    assert_array_equal(labels[:, 0], expected_labels[:, 0])
    assert_allclose(probabilities, expected, atol=OTHER_ENGINE)
    assert frozen.predict_top(X, k=99)[0].shape == (100, 10)
    with pytest.raises(ValueError, match="k=0 is not a number of labels"):
        frozen.predict_top(X, k=0)


# The habits of scikit-learn


def test_priors_shift_probabilities_by_their_ratio(onnx_file, frozen, pipeline, digits):
    X, learnt = digits[2], pipeline[-1].class_prior_
    assert_allclose(frozen.class_prior_, learnt)
    unchanged = OnnxClassifier(onnx_file, priors=3 * learnt)
    assert_allclose(unchanged.predict_proba(X), frozen.predict_proba(X), atol=SAME_ENGINE)
    uniform = OnnxClassifier(onnx_file, priors="uniform").predict_proba(X)
    expected = frozen.predict_proba(X) / learnt  # ratios of float32
    assert_allclose(uniform, expected / expected.sum(axis=1, keepdims=True), rtol=1e-4)


def test_a_class_of_prior_0_is_never_predicted(onnx_file, digits):
    X = digits[2]
    odd = OnnxClassifier(onnx_file, priors=[0, 1] * 5)
    assert set(odd.predict(X)) <= {1, 3, 5, 7, 9}
    assert_allclose(odd.predict_proba(X).sum(axis=1), 1, rtol=1e-5)  # float32


@pytest.mark.parametrize(
    "priors", [[1] * 9, [-1] + [1] * 9, [0] * 10, [np.nan] * 10, ["a"] * 10, "even"]
)
def test_priors_that_are_none(onnx_file, digits, priors):
    classifier = OnnxClassifier(onnx_file, priors=priors)
    with pytest.raises(ValueError, match="priors"):
        classifier.predict(digits[2])
    classifier.set_params(priors=None).predict(digits[2])
    with pytest.raises(ValueError, match="priors"):  # of a file that is loaded already too
        classifier.set_params(priors=priors).predict(digits[2])


def test_priors_may_be_huge(onnx_file, frozen, digits):
    same = OnnxClassifier(onnx_file, priors=1e308 * frozen.class_prior_)
    expected = frozen.predict_proba(digits[2])
    assert_allclose(same.predict_proba(digits[2]), expected, atol=SAME_ENGINE)


def test_fit_reads_the_file_again(onnx_file, digits, tmp_path):
    path = tmp_path / "a.onnx"
    path.write_bytes(onnx_file.read_bytes())
    classifier = OnnxClassifier(path).fit(digits[2])
    damaged(onnx_file, path, card={"another": 1})
    assert classifier.fit(digits[2]).card_ == {"another": 1}


def test_is_a_fitted_classifier(frozen, digits):
    assert is_classifier(frozen)
    assert not get_tags(frozen).requires_fit
    check_is_fitted(frozen)
    before = frozen.predict_proba(digits[2])
    assert frozen.fit(digits[0], digits[1][::-1]) is frozen
    assert_array_equal(frozen.predict_proba(digits[2]), before)


def test_in_a_pipeline(onnx_file, frozen, digits):
    X, y = digits[2:]
    model = make_pipeline(ImageResizer((28, 28)), OnnxClassifier(onnx_file, n_threads=1))
    assert_array_equal(model.fit(X, y).predict(X), frozen.predict(X))
    assert_array_equal(model.classes_, frozen.classes_)
    assert get_scorer("neg_log_loss")(model, X, y) == pytest.approx(
        get_scorer("neg_log_loss")(FrozenEstimator(frozen), X, y), abs=1e-4
    )
    assert ConfusionMatrixDisplay.from_estimator(model, X, y).confusion_matrix.sum() == len(y)


def test_a_scaler_that_was_left_in_changes_nothing(frozen, digits):
    X = digits[2]
    scaled = make_pipeline(PixelScaler(), frozen)
    assert_allclose(scaled.predict_proba(X), frozen.predict_proba(X), atol=SAME_ENGINE)


def test_parameters(onnx_file, digits):
    X = digits[2]
    classifier = OnnxClassifier(str(onnx_file))
    assert classifier.get_params() == {
        "model": str(onnx_file),
        "priors": None,
        "n_threads": None,
    }
    copied = clone(classifier.fit(X))
    assert copied.get_params() == classifier.get_params()
    content = OnnxClassifier(onnx_file.read_bytes(), n_threads=2)
    assert_allclose(content.predict_proba(X), classifier.predict_proba(X), atol=SAME_ENGINE)
    with pytest.raises(ValueError, match="'n_threads' parameter of OnnxClassifier"):
        content.set_params(n_threads=0).predict(X)
    with pytest.raises(ValueError, match="'model' parameter of OnnxClassifier"):
        content.set_params(model=None, n_threads=1).fit(X)


@pytest.mark.parametrize("loaded", [False, True])
def test_a_copy_holds_the_file(onnx_file, digits, tmp_path, loaded):
    X = digits[2]
    path = tmp_path / "moved.onnx"
    path.write_bytes(onnx_file.read_bytes())
    classifier = OnnxClassifier(path)
    if loaded:
        classifier.fit(X)
    joblib.dump(make_pipeline(ImageResizer((28, 28)), classifier), tmp_path / "model.joblib")
    copies = [pickle.loads(pickle.dumps(classifier)), copy.deepcopy(classifier)]
    path.unlink()
    copies.append(joblib.load(tmp_path / "model.joblib"))
    copies += [clone(copied) for copied in copies]
    expected = OnnxClassifier(onnx_file).predict_proba(X)
    for copied in copies:
        assert_allclose(copied.predict_proba(X), expected, atol=SAME_ENGINE)
        assert len(repr(copied)) < 300
        assert len(pickle.dumps(copied)) < onnx_file.stat().st_size + 2_000
    with pytest.raises(FileNotFoundError, match=r"moved\.onnx is not there"):
        pickle.dumps(OnnxClassifier(path))


IN_A_FRESH_PROCESS = """
import sys
import numpy as np
import sklearn.base  # brings pandas, where that is installed
before = set(sys.modules)
from skhcr.runtime import OnnxClassifier
classifier = OnnxClassifier(sys.argv[1])
X = np.zeros((3, 28, 28), dtype=np.uint8)
for images in (X, X.reshape(3, -1), list(X), X / 255.0):
    classifier.predict_top(images)
heavy = {"tensorflow", "keras", "scikeras", "pandas", "matplotlib", "onnx", "tf2onnx", "cv2"}
assert not heavy & (set(sys.modules) - before), heavy & set(sys.modules)
try:
    OnnxClassifier(b"damaged").predict(X)
except ValueError:
    pass
"""


def test_predicting_imports_no_tensorflow_and_is_silent(onnx_file):
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, str(onnx_file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")


# What is not as it should be


def test_images_that_do_not_fit(frozen, digits):
    X = digits[2]
    with pytest.raises(ValueError, match=r"shape \(28, 20, 1\).*expecting .*\(28, 28, 1\)"):
        frozen.predict(X[:, :, :20])
    with pytest.raises(ValueError, match=r"shape \(28, 28, 3\).*expecting .*\(28, 28, 1\)"):
        frozen.predict(np.repeat(X[..., np.newaxis], 3, axis=3))
    with pytest.raises(ValueError, match="780 features, but OnnxClassifier is expecting 784"):
        frozen.predict(X.reshape(100, -1)[:, :780])
    with pytest.raises(ValueError, match=r"X is one picture, of shape \(28, 28\)"):
        frozen.predict(X[0])
    with pytest.raises(ValueError, match="NaN"):
        frozen.predict(np.full((1, 28, 28), np.nan))
    with pytest.raises(ValueError, match="too large for float32"):
        frozen.predict(np.full((1, 28, 28), 1e300))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: content[: len(content) // 2], "can't be loaded as an ONNX file"),
        (lambda content: content[:-30], "can't be loaded as an ONNX file"),
        (lambda content: b"", "can't be loaded as an ONNX file"),
        (lambda content: b"file,label\nImg/1.png,0\n", "can't be loaded as an ONNX file"),
        (lambda content: content.replace(b"MaxPool", b"Max\xffool"), "can't be loaded"),
    ],
    ids=["half", "end", "empty", "text", "inside"],
)
@pytest.mark.parametrize("as_path", [True, False])
def test_damaged_files(onnx_file, digits, tmp_path, capfd, damage, message, as_path):
    content = damage(onnx_file.read_bytes())
    path = tmp_path / "own.onnx"
    path.write_bytes(content)
    classifier = OnnxClassifier(path if as_path else content)
    subject = r"own\.onnx" if as_path else rf"The model \({len(content):,} bytes\)"
    for method in (classifier.predict, classifier.fit):
        with pytest.raises(ValueError, match=f"{subject} {message}.*export_onnx"):
            method(digits[2])
    assert capfd.readouterr() == ("", "")
    assert not hasattr(classifier, "classes_")
    assert "OnnxClassifier" in estimator_html_repr(classifier)


def test_priors_of_a_file_that_does_not_tell_frequencies(onnx_file, digits, tmp_path):
    path = damaged(onnx_file, tmp_path / "a.onnx", class_prior=None)
    with pytest.raises(ValueError, match="does not tell how frequent"):
        OnnxClassifier(path, priors="uniform").predict(digits[2])


def test_a_missing_file(digits, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.onnx is not there; expected an ONNX"):
        OnnxClassifier(tmp_path / "nowhere.onnx").predict(digits[2])
    with pytest.raises(FileNotFoundError, match="is a folder"):
        OnnxClassifier(tmp_path).fit(digits[2])


def test_a_file_of_somebody_else(onnx_file, digits, tmp_path):
    model = onnx.load(onnx_file)
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "own.onnx")
    with pytest.raises(ValueError, match=r"own\.onnx is an ONNX model without the metadata"):
        OnnxClassifier(tmp_path / "own.onnx").predict(digits[2])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2, "version": "9.0"}, r"has format 2, of skhcr 9\.0; expected at most 1"),
        ({"format": "new"}, "damaged metadata"),
        ({"card": "left out"}, "damaged metadata"),
        ({"classes": None}, "damaged metadata"),
        ({"classes": {"dtype": "<i8", "values": [1, 1]}}, "damaged metadata"),
        ({"classes": {"dtype": "<i8", "values": [1, "b"]}}, "damaged metadata"),
        (
            {"classes": {"dtype": "<i8", "values": list(range(9))}},
            r"returns probabilities of shape \(None, 10\), but its metadata say \(None, 9\)",
        ),
        (
            {"image_shape": [28, 20, 1]},
            r"takes images of shape \(None, 28, 28, 1\), but its metadata say \(None, 28, 20, 1\)",
        ),
    ],
)
def test_metadata_that_do_not_fit(onnx_file, digits, tmp_path, changes, message):
    path = damaged(onnx_file, tmp_path / "own.onnx", **changes)
    with pytest.raises(ValueError, match=rf"own\.onnx .*{message}"):
        OnnxClassifier(path).predict(digits[2])
    with pytest.raises(ValueError, match=message):
        _onnx_file.read_network(path)
