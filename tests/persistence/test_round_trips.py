"""What is saved is what is loaded: every estimator, in this process and in a fresh one."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import cloudpickle
import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import NMF, PCA
from sklearn.feature_selection import RFE
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import LabelBinarizer, MinMaxScaler, OneHotEncoder, StandardScaler

import skhcr
from skhcr.classifiers import CNNClassifier
from skhcr.persistence import describe
from skhcr.persistence._names import _SKLEARN_CLASSES, find_class
from skhcr.preprocessing import ImageFlattener, ImageResizer, PixelScaler, make_ink_pipeline
from skhcr.reading import TextReader
from skhcr.runtime import OnnxClassifier, export_onnx
from tests.persistence.estimators import ESTIMATORS, ask, assert_same
from tests.test_common import public_estimators

DATA = Path(__file__).parent / "data"


def there_and_back(fitted, path):
    skhcr.save(fitted, path)
    return skhcr.load(path)


def test_every_public_estimator_is_tried():
    assert {kind.__name__ for kind in public_estimators()} == set(ESTIMATORS)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator(fit, name, tmp_path):
    fitted, X = fit(name)
    loaded = there_and_back(fitted, tmp_path / "model.skhcr")
    assert type(loaded) is type(fitted)
    assert_same(ask(loaded, X), ask(fitted, X))
    for attribute in ("classes_", "history_", "n_features_in_", "output_shape_"):
        if hasattr(fitted, attribute):
            assert_same(getattr(loaded, attribute), getattr(fitted, attribute))
    if name not in ("OnnxClassifier", "TextReader"):  # whose files are in the file
        assert loaded.get_params() == fitted.get_params()
    # What is loaded can be saved, and makes the same file.
    skhcr.save(loaded, tmp_path / "again.skhcr")
    assert (tmp_path / "again.skhcr").read_bytes() == (tmp_path / "model.skhcr").read_bytes()


IN_A_FRESH_PROCESS = """
import pickle, sys
from pathlib import Path
import skhcr
from tests.persistence.estimators import ask, assert_same

for path in sorted(Path(sys.argv[1]).glob("*.skhcr")):
    X, expected = pickle.loads(path.with_suffix(".pickle").read_bytes())
    loaded = skhcr.load(path)
    if "Classifier" not in path.name or "Onnx" in path.name:
        assert "tensorflow" not in sys.modules, path
    assert_same(ask(loaded, X), expected)
"""


def test_a_fresh_process_says_the_same(fit, tmp_path):
    for name in ESTIMATORS:
        fitted, X = fit(name)
        # Those that need TensorFlow last.
        path = tmp_path / f"{name in ESTIMATORS and hasattr(fitted, 'weights_'):d}-{name}.skhcr"
        skhcr.save(fitted, path)
        path.with_suffix(".pickle").write_bytes(pickle.dumps((X, ask(fitted, X))))
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, str(tmp_path)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("trainable", [False, True])
@pytest.mark.parametrize("name", ["digits", "letters", "characters"])
def test_shipped_models(data, name, trainable, tmp_path):
    model = skhcr.load_pretrained(name, trainable=trainable)
    loaded = there_and_back(model, tmp_path / "model.skhcr")
    assert_same(loaded.predict_proba(data.X), model.predict_proba(data.X))
    assert_same(loaded.classes_, model.classes_)
    if not trainable:
        assert loaded[-1].card_ == model[-1].card_


def test_the_best_pipeline_of_a_search(data, tmp_path):
    model = make_pipeline(
        ImageResizer((14, 14)), PixelScaler(), CNNClassifier("lenet", epochs=1, random_state=0)
    )
    search = GridSearchCV(model, {"cnnclassifier__learning_rate": np.logspace(-3, -2, 2)}, cv=2)
    search.fit(*data.digits)
    with pytest.raises(ValueError, match="Save its best_estimator_"):
        skhcr.save(search, tmp_path / "model.skhcr")
    loaded = there_and_back(search.best_estimator_, tmp_path / "model.skhcr")
    assert_same(loaded.predict_proba(data.X), search.predict_proba(data.X))
    assert loaded.get_params().keys() == search.best_estimator_.get_params().keys()
    # It can be trained further, and all of it be fitted again.
    X, y = data.digits
    loaded[-1].partial_fit(loaded[:-1].transform(X), y)
    assert loaded[-1].n_iter_ == 2
    assert_same(
        clone(loaded).fit(X, y).predict_proba(X),
        clone(search.best_estimator_).fit(X, y).predict_proba(X),
    )


@pytest.mark.parametrize(
    "labels",
    [
        ["null", "ein"],
        [3, -7],
        [True, False],
        [0.5, 1.0],
        np.array(["née", "日"], dtype=object),
        np.array([1, 2], dtype=np.uint8),
    ],
    ids=["str", "int", "bool", "float", "object", "uint8"],
)
def test_labels_of_any_type(data, labels, tmp_path):
    X, y = data.digits
    y = np.asarray(labels)[(y > 4).astype(int)]
    if y.dtype.kind == "f":
        y = y.astype(object).astype(str)  # scikit-learn takes 0.5 for a regression's target
    fitted = CNNClassifier("lenet", epochs=1, random_state=0).fit(X, y)
    export_onnx(fitted, tmp_path / "model.onnx")
    for model in (fitted, OnnxClassifier(tmp_path / "model.onnx")):
        loaded = there_and_back(model, tmp_path / "model.skhcr")
        assert_same(loaded.classes_, model.classes_)
        assert_same(loaded.predict(data.X), model.predict(data.X))
        assert describe(tmp_path / "model.skhcr")["classes"] == fitted.classes_.tolist()


def test_a_pipeline_from_files_to_characters(data, tmp_path):
    model = make_pipeline(
        *make_ink_pipeline(by="box"),
        FeatureUnion([("flat", ImageFlattener()), ("again", ImageFlattener())]),
        ColumnTransformer([("some", PCA(5), slice(0, 784)), ("rest", "drop", slice(784, None))]),
        StandardScaler(),
        memory=str(tmp_path / "cache"),
    )
    model.fit(data.digits[0]).set_output(transform="default")
    loaded = there_and_back(model, tmp_path / "model.skhcr")
    assert loaded.memory is None
    # An array that was a view is one no more, of which BLAS adds up in another order.
    np.testing.assert_allclose(loaded.transform(data.X), model.transform(data.X), rtol=1e-9)


#: What has to be fitted on something else than pixels, or around another estimator.
OPTIONS = {
    "ColumnTransformer": {"transformers": [("scaled", MinMaxScaler(), [0, 2])]},
    "FeatureUnion": {"transformer_list": [("scaled", MinMaxScaler())]},
    "Pipeline": {"steps": [("scaled", MinMaxScaler())]},
    "GaussianRandomProjection": {"n_components": 5},
}
TRANSFORMERS = {
    name: find_class(f"{module}.{name}")
    for module, names in _SKLEARN_CLASSES.items()
    for name in names
}


@pytest.mark.filterwarnings("ignore")  # of scikit-learn: of their convergence on these few rows
@pytest.mark.parametrize("name", TRANSFORMERS)
def test_transformers_of_scikit_learn(data, name, tmp_path):
    X, y = data.digits
    X = X.reshape(100, -1)[:20, 300:330].astype(float)
    transformer = TRANSFORMERS[name](**OPTIONS.get(name, {}))
    if "random_state" in transformer.get_params():
        transformer.set_params(random_state=0)
    if name == "LabelEncoder":
        X, y = y, None
    elif name == "KernelCenterer":
        X, y = X @ X.T, None
    else:
        y = y[:20] % 2
    transformer.fit(X) if y is None else transformer.fit(X, y)
    loaded = there_and_back(transformer, tmp_path / "model.skhcr")
    # An array that was a view is one no more, of which BLAS adds up in another order.
    np.testing.assert_allclose(loaded.transform(X), transformer.transform(X), rtol=1e-10)


@pytest.mark.filterwarnings("ignore")  # as above
def test_other_transformers_of_scikit_learn_are_refused(data, tmp_path):
    X, y = data.digits
    X = X.reshape(100, -1)[:20, 300:330].astype(float)
    y = y[:20]
    others = OneHotEncoder(), NMF(2), KMeans(2), RFE(LinearRegression(), step=10)
    for fitted in (LabelBinarizer().fit(y), *(other.fit(X, y) for other in others)):
        with pytest.raises(ValueError, match="which a model file can't hold; expected"):
            skhcr.save(fitted, tmp_path / "model.skhcr")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "transformer",
    [StandardScaler(), PCA(3, random_state=0), MinMaxScaler(), SimpleImputer()],
    ids=lambda transformer: type(transformer).__name__,
)
def test_the_usual_transformers_can_be_saved(data, transformer, tmp_path):
    X = data.digits[0].reshape(100, -1)[:, 300:330].astype(float)
    loaded = there_and_back(clone(transformer).fit(X), tmp_path / "model.skhcr")
    assert repr(loaded) == repr(transformer)


def test_a_state_of_chance_goes_on(data, tmp_path):
    random_state = np.random.RandomState(0)
    random_state.normal()  # which leaves half of a pair for the next
    fitted = CNNClassifier("lenet", epochs=1, random_state=random_state).fit(*data.digits)
    loaded = there_and_back(fitted, tmp_path / "model.skhcr")
    assert_same(loaded.random_state.normal(size=700), random_state.normal(size=700))


def test_paths_stay_at_home(data, tmp_path):
    """A file of one system opens on another, and tells nobody how folders are called."""
    X, y = data.digits
    first = CNNClassifier("three_conv", epochs=1, random_state=0).fit(X, y)
    folder = tmp_path / "here at home"
    folder.mkdir()
    export_onnx(first, folder / "first.onnx")
    (folder / "names.txt").write_text("MARTIN\nPETER\n", encoding="utf-8")
    second = CNNClassifier(initial_weights=folder / "first.onnx", epochs=1, random_state=0)
    second.fit(X, y)
    frozen = OnnxClassifier(folder / "first.onnx")
    reader = TextReader(lexicon=folder / "names.txt").fit(*data.words)
    for fitted, X in ((second, data.X), (frozen, data.X), (reader, data.words[0])):
        loaded = there_and_back(fitted, tmp_path / "model.skhcr")
        assert b"here at home" not in (tmp_path / "model.skhcr").read_bytes()
        assert_same(ask(loaded, X), ask(fitted, X))
    # What began with a file of somebody's goes on from what it is.
    loaded = there_and_back(second, tmp_path / "model.skhcr")
    assert loaded.initial_weights is None
    assert loaded.network == "three_conv"
    assert loaded.set_params(warm_start=True).fit(*data.digits).n_iter_ == 2


# Files of other versions


@pytest.mark.filterwarnings("ignore:Trying to unpickle estimator")  # of another scikit-learn
@pytest.mark.parametrize("path", sorted(DATA.glob("*.skhcr")), ids=lambda path: path.stem)
def test_files_of_earlier_versions_load(data, path):
    """Their cards hold what they said of pictures when they were written (make_files.py)."""
    loaded, expected = skhcr.load(path), describe(path)["card"]["expected"]
    if path.stem.endswith("reader"):
        assert loaded.predict(data.words[0]).tolist() == expected
    else:
        method = "transform" if path.stem.endswith("pixels") else "predict_proba"
        found = getattr(loaded, method)(data.X[:5])
        # Other versions of TensorFlow and ONNX Runtime add up in another order.
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


# Pickles


PICKLES = {
    "pickle": lambda estimator, path: pickle.loads(pickle.dumps(estimator)),
    "cloudpickle": lambda estimator, path: cloudpickle.loads(cloudpickle.dumps(estimator)),
    "deepcopy": lambda estimator, path: copy.deepcopy(estimator),
    "joblib": lambda estimator, path: joblib.load(joblib.dump(estimator, path)[0]),
}


@pytest.mark.parametrize("way", PICKLES)
@pytest.mark.parametrize("name", ESTIMATORS)
def test_every_estimator_is_pickled_before_and_after_fit(fit, name, way, tmp_path):
    unfitted = clone(ESTIMATORS[name])
    copied = PICKLES[way](unfitted, tmp_path / "model.joblib")
    assert type(copied) is type(unfitted)
    if name != "OnnxClassifier":  # whose pickle holds the file
        assert repr(copied.get_params()) == repr(unfitted.get_params())
    fitted, X = fit(name)
    copied = PICKLES[way](fitted, tmp_path / "model.joblib")
    assert_same(ask(copied, X), ask(fitted, X))
