"""What importing costs, and what it leaves alone: each in a process of its own."""

import importlib
import subprocess
import sys

import pytest

import skhcr

ROOMS = [
    "classifiers",
    "datasets",
    "inspection",
    "metrics",
    "networks",
    "persistence",
    "preprocessing",
    "pretrained",
    "reading",
    "runtime",
]


def run(code):
    """Run code in a fresh Python."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_importing_skhcr_imports_next_to_nothing():
    run(
        """
import sys
import skhcr
heavy = {"tensorflow", "keras", "scikeras", "matplotlib", "cv2", "sklearn", "pandas", "numpy"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
assert skhcr.__version__
"""
    )


def test_data_and_preprocessing_do_not_import_keras():
    """Their cost, beyond scikit-learn's and OpenCV's, is well under half a second."""
    run(
        """
import sys, time
import cv2, sklearn.base, sklearn.utils.validation
start = time.process_time()
import skhcr.preprocessing, skhcr.datasets
for room in (skhcr.preprocessing, skhcr.datasets):
    for name in room.__all__:
        getattr(room, name)
seconds = time.process_time() - start
assert seconds < 0.5, seconds
X, y = skhcr.datasets.load_digits(return_X_y=True)
pixels = skhcr.preprocessing.PixelScaler().fit_transform(X[:5])
assert skhcr.preprocessing.ImageResizer(14).fit_transform(pixels).shape == (5, 196)
keras = {"tensorflow", "keras", "scikeras", "matplotlib"} & set(sys.modules)
assert not keras, keras
"""
    )


def test_displays_and_metrics_import_neither_keras_nor_matplotlib():
    """Matplotlib comes with the first plot, Keras with LiveTrainingHistory or Grad-CAM only."""
    run(
        """
import sys
import skhcr.inspection, skhcr.metrics
for room in (skhcr.inspection, skhcr.metrics):
    for name in room.__all__:
        if name != "LiveTrainingHistory":
            getattr(room, name)
heavy = {"tensorflow", "keras", "scikeras", "matplotlib"} & set(sys.modules)
assert not heavy, heavy
import matplotlib
matplotlib.use("Agg")
import numpy as np
from skhcr.datasets import load_digits
reader = skhcr.load_pretrained("digits")
images = load_digits().images[:4]
skhcr.inspection.PredictionGridDisplay.from_estimator(reader, images)
skhcr.inspection.SaliencyDisplay.from_estimator(reader, images)
keras = {"tensorflow", "keras", "scikeras"} & set(sys.modules)
assert not keras, keras
"""
    )


def test_reading_imports_neither_keras_nor_matplotlib():
    run(
        """
import copy, pickle, sys
from sklearn.base import clone
from sklearn.utils import estimator_html_repr
from skhcr import load_pretrained
from skhcr.datasets import make_words
from skhcr.inspection import TextOverlayDisplay
from skhcr.reading import CharacterSegmenter, TextReader
words = make_words(texts=["2718", "3141"], wear=0, random_state=0)
X, y = words.images, words.target
CharacterSegmenter().fit_transform(X)
TextReader(lexicon=["2718"]).predict(X)
reader = TextReader(load_pretrained("digits"), segmenter=CharacterSegmenter(), lexicon=list(y))
for other in (clone(reader), copy.deepcopy(reader), pickle.loads(pickle.dumps(reader))):
    estimator_html_repr(other.fit(X, y))
    other.score(X, y)
heavy = {"tensorflow", "keras", "scikeras", "matplotlib"} & set(sys.modules)
assert not heavy, heavy
"""
    )


def test_an_unfitted_classifier_does_not_import_keras():
    run(
        """
import pickle, sys
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_html_repr
import skhcr
from skhcr.classifiers import CharacterClassifier, CNNClassifier, DigitClassifier
from skhcr.preprocessing import ImageResizer, PixelScaler
for cls in (CharacterClassifier, CNNClassifier, DigitClassifier):
    classifier = clone(cls(epochs=3).set_params(network="lenet"))
    assert classifier.get_params()["network"] == "lenet"
    assert is_classifier(classifier)
    assert "epochs=3" in repr(classifier)
    assert repr(pickle.loads(pickle.dumps(classifier))) == repr(classifier)
    model = make_pipeline(ImageResizer((28, 28)), PixelScaler(), classifier)
    estimator_html_repr(GridSearchCV(model, {"imageresizer__size": [14, 28]}))
try:
    CharacterClassifier(epochs=0).fit([[0, 1], [1, 0]], ["a", "b"])
except ValueError:
    pass
else:
    raise AssertionError("no error")
keras = {"tensorflow", "keras", "scikeras", "matplotlib"} & set(sys.modules)
assert not keras, keras
"""
    )


def test_rooms_are_listed():
    assert set(ROOMS) <= set(dir(skhcr))
    assert sorted(skhcr.__all__) == sorted(
        [*ROOMS, "__version__", "load", "load_pretrained", "save"]
    )
    with pytest.raises(AttributeError, match="kitchen"):
        skhcr.kitchen  # noqa: B018


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_there(room):
    module = importlib.import_module(f"skhcr.{room}")
    assert module is getattr(skhcr, room)
    assert len(module.__all__) == len(set(module.__all__)) > 0
    for name in module.__all__:
        public = getattr(module, name)
        assert public.__name__ == name
        assert public.__module__.startswith(f"skhcr.{room}._")
        assert public.__doc__
    assert set(module.__all__) <= set(dir(module))


USE_OF_SCIKERAS = """
import copy, pickle
import keras
import numpy as np
from sklearn.datasets import load_digits

X, y = load_digits(return_X_y=True)
X, y = X[:50], y[:50]


def owner_of(name):
    classes = keras.Model, keras.losses.Loss, keras.metrics.Metric, keras.optimizers.Optimizer
    return {vars(cls)[name].__module__ for cls in classes if name in vars(cls)}


def build():
    return keras.Sequential([keras.Input((64,)), keras.layers.Dense(10, "softmax")])


def use_skhcr():
    from skhcr.classifiers import CNNClassifier

    mine = CNNClassifier(network_options={"filters": (2, 2, 2, 2)}, epochs=1).fit(X, y)
    for copied in pickle.loads(pickle.dumps(mine)), copy.deepcopy(mine):
        assert np.array_equal(copied.predict_proba(X), mine.predict_proba(X))


def use_scikeras():
    from scikeras.wrappers import KerasClassifier

    theirs = KerasClassifier(build, loss="sparse_categorical_crossentropy", verbose=0).fit(X, y)
    for copied in pickle.loads(pickle.dumps(theirs)), copy.deepcopy(theirs):
        assert np.array_equal(copied.predict_proba(X), theirs.predict_proba(X))
    theirs.partial_fit(X, y)
"""


def test_scikeras_imported_afterwards():
    """It has been imported already, so that it patches nothing, and its users lose nothing."""
    run(
        USE_OF_SCIKERAS
        + """
use_skhcr()
assert not owner_of("__reduce__") and not owner_of("__deepcopy__")
use_scikeras()
assert not owner_of("__reduce__") and not owner_of("__deepcopy__")
use_skhcr()
"""
    )


def test_scikeras_imported_before():
    """What a user's own import did to Keras is theirs, and stays."""
    run(
        USE_OF_SCIKERAS
        + """
import scikeras
patched = {"scikeras._saving_utils"}
assert owner_of("__reduce__") == owner_of("__deepcopy__") == patched
use_skhcr()
assert owner_of("__reduce__") == owner_of("__deepcopy__") == patched
use_scikeras()
use_skhcr()
"""
    )
