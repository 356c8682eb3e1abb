import hashlib
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from sklearn.base import clone, is_classifier
from sklearn.utils.validation import check_is_fitted

import skhcr
from skhcr import _shipped
from skhcr._alphabets import CHARACTERS, UPPERCASE
from skhcr.classifiers import CharacterClassifier, CNNClassifier, DigitClassifier
from skhcr.datasets import load_characters, load_digits
from skhcr.runtime import OnnxClassifier, export_onnx

#: What ONNX Runtime and TensorFlow may differ by for the shipped networks, whose logits are large.
OTHER_ENGINE = 1e-4
CLASSES = {
    "digits": np.arange(10),
    "letters": np.array(UPPERCASE),
    "characters": np.array(CHARACTERS),
}
LEARNERS = {
    "digits": DigitClassifier,
    "letters": CNNClassifier,
    "characters": CharacterClassifier,
}


@pytest.fixture(scope="module", params=CLASSES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def reader(name):
    return skhcr.load_pretrained(name)


@pytest.fixture(scope="module")
def pictures(name):
    """Real characters as people have them, dark on light and larger, and what they are."""
    if name == "digits":
        data = load_digits()
        chosen = np.arange(0, 5000, 17)
    else:
        data = load_characters()
        known = data.target if name == "characters" else np.char.upper(data.target)
        chosen = np.flatnonzero(np.isin(known, CLASSES[name]))[::11]
        data.target = known
    sheets = 255 - np.kron(data.images[chosen], np.ones((1, 3, 3), dtype=np.uint8))
    return np.pad(sheets, ((0, 0), (20, 20), (20, 20)), constant_values=255), data.target[chosen]


def test_reads_pictures(name, reader, pictures):
    X, y = pictures
    read = reader.predict(X)
    assert read.dtype == CLASSES[name].dtype
    least = {"digits": 0.97, "letters": 0.85, "characters": 0.65}
    assert (read == y).mean() > least[name]


def test_is_a_fitted_pipeline(name, reader, pictures):
    X, _ = pictures
    check_is_fitted(reader)
    assert is_classifier(reader)
    assert isinstance(reader[-1], OnnxClassifier)
    assert_array_equal(reader.classes_, CLASSES[name])
    probabilities = reader.predict_proba(X[:20])
    assert probabilities.dtype == np.float32
    assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)  # float32
    ink = reader[:-1].transform(X[:20])
    labels, best = reader[-1].predict_top(ink, k=3)
    assert_array_equal(labels[:, 0], reader.predict(X[:20]))
    assert_allclose(best[:, 0], probabilities.max(axis=1))


def test_has_a_model_card(name, reader):
    assert reader[-1].card_["name"] == name


def test_takes_files_and_settings(reader, pictures, tmp_path):
    X, _ = pictures
    files = [tmp_path / f"{i}.png" for i in range(6)]
    for file, picture in zip(files, X, strict=False):
        Image.fromarray(picture).save(file)
    two = clone(reader).set_params(imageloader__n_jobs=2)
    assert_array_equal(two.predict(files), reader.predict(X[:6]))
    assert_array_equal(two.predict([files[0].read_bytes()]), reader.predict(X[:1]))


def test_pickles_and_clones(reader, pictures):
    X, _ = pictures
    expected = reader.predict_proba(X[:10])
    for other in (pickle.loads(pickle.dumps(reader)), clone(reader)):
        assert_array_equal(other.predict_proba(X[:10]), expected)


def test_trainable_is_the_same(name, reader, pictures):
    X, _ = pictures
    trainable = skhcr.load_pretrained(name, trainable=True)
    check_is_fitted(trainable)
    assert type(trainable[-1]) is LEARNERS[name]
    assert trainable[-1].initial_weights == name
    assert_array_equal(trainable.classes_, reader.classes_)
    assert trainable.classes_.dtype == reader.classes_.dtype
    expected = reader.predict_proba(X[:100])
    assert_allclose(trainable.predict_proba(X[:100]), expected, atol=OTHER_ENGINE)
    copied = pickle.loads(pickle.dumps(trainable))
    assert_allclose(copied.predict_proba(X[:100]), expected, atol=OTHER_ENGINE)


def test_fit_goes_on_from_the_shipped_weights(name, pictures):
    X, y = pictures
    trainable = skhcr.load_pretrained(name, trainable=True)
    trainable.set_params(**{f"{trainable.steps[-1][0]}__epochs": 1})
    before = trainable.score(X, y)
    trainable.fit(X, y)
    assert trainable[-1].n_iter_ == 1
    assert trainable.score(X, y) > before - 0.05


def test_a_wrong_name():
    with pytest.raises(ValueError, match=r"expected 'digits', 'letters' or 'characters' \(did you"):
        skhcr.load_pretrained("leters")
    with pytest.raises(ValueError, match="name='segments' is not a shipped model"):
        skhcr.load_pretrained("segments")  # a file that is a part of TextReader only
    with pytest.raises(ValueError, match="name=7 is not a shipped model"):
        skhcr.load_pretrained(7)


def test_a_damaged_file(monkeypatch, tmp_path):
    for file in _shipped.FOLDER.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.setattr(_shipped, "FOLDER", tmp_path)
    path = tmp_path / "digits.onnx"
    content = bytearray(path.read_bytes())
    expected = hashlib.sha256(content).hexdigest()
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = hashlib.sha256(content).hexdigest()
    for trainable in (False, True):
        with pytest.raises(ValueError, match="is damaged") as raised:
            skhcr.load_pretrained("digits", trainable=trainable)
        message = str(raised.value)
        assert all(part in message for part in (str(path), found, expected, "Install skhcr again"))
    with pytest.raises(ValueError, match="is damaged"):
        DigitClassifier(initial_weights="digits").fit(np.zeros((2, 28, 28)), [0, 1])
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"digits\.onnx is missing"):
        skhcr.load_pretrained("digits")
    assert skhcr.load_pretrained("letters").classes_[0] == "A"


WITHOUT_KERAS = """
import sys
import sklearn.pipeline, sklearn.preprocessing  # which may bring others
theirs = set(sys.modules)
import skhcr
from skhcr.datasets import load_digits
reader = skhcr.load_pretrained("digits")
data = load_digits()
assert (reader.predict(data.images[:50]) == data.target[:50]).mean() > 0.9
heavy = {"tensorflow", "keras", "scikeras", "pandas", "matplotlib", "onnx"}
found = heavy & (set(sys.modules) - theirs)
assert not found, found
"""


def test_predicting_imports_neither_keras_nor_onnx():
    done = subprocess.run([sys.executable, "-c", WITHOUT_KERAS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_one_grey_photo_is_not_many_rows():
    reader = skhcr.load_pretrained("digits")
    for photo in (load_digits().images[0], np.full((120, 90), 230, dtype=np.uint8)):
        with pytest.raises(ValueError, match=r"pass X\[np.newaxis\]"):
            reader.predict(photo)


def test_what_is_learned_from_reads_the_same_levels(tmp_path):
    images = load_digits().images[::200]
    learner = skhcr.load_pretrained("digits", trainable=True)[-1]
    expected = learner.predict_proba(images)
    export_onnx(learner, tmp_path / "digits.onnx")
    exported = OnnxClassifier(tmp_path / "digits.onnx")
    for scaled in (images, images / 255, images.astype(np.uint16) * 257):
        assert_allclose(learner.predict_proba(scaled), expected, atol=OTHER_ENGINE)
        assert_allclose(exported.predict_proba(scaled), expected, atol=OTHER_ENGINE)
