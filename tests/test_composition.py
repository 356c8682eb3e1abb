"""What scikit-learn has for estimators works with these, on real handwriting."""

import csv

import keras
import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from scipy.stats import loguniform
from sklearn import config_context
from sklearn.base import clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError, UnsetMetadataPassedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    accuracy_score,
    classification_report,
    label_ranking_average_precision_score,
)
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.utils import estimator_html_repr

from skhcr import load_pretrained
from skhcr.classifiers import CharacterClassifier, CNNClassifier, DigitClassifier
from skhcr.datasets import load_characters, load_image_csv, load_image_folder, make_words
from skhcr.preprocessing import (
    CharacterEncoder,
    ImageFlattener,
    ImageLoader,
    ImageResizer,
    PixelScaler,
)
from skhcr.reading import CharacterSegmenter, TextReader


def linear(image_shape, n_classes):
    """The cheapest network that learns."""
    inputs = keras.Input(image_shape)
    x = keras.layers.Flatten()(inputs)
    return keras.Model(inputs, keras.layers.Dense(n_classes, activation="softmax")(x))


def quick_classifier(**parameters):
    settings = {"epochs": 8, "batch_size": 32, "learning_rate": 0.02, "random_state": 0}
    return CNNClassifier(**{"network": linear} | settings | parameters)


def quick_pipeline(**parameters):
    return make_pipeline(ImageResizer((14, 14)), PixelScaler(), quick_classifier(**parameters))


@pytest.fixture(scope="module")
def letters():
    """180 real letters, as rows of 784 pixels: 120 to learn from and 60 to ask about."""
    X, y = load_characters(return_X_y=True)
    chosen = np.isin(y, ["A", "S", "k"])
    X, y = X[chosen].reshape(-1, 784), y[chosen]
    order = np.random.RandomState(0).permutation(len(y))
    X, y = X[order], y[order]
    return X[:120], y[:120], X[120:], y[120:]


@pytest.fixture(scope="module")
def few_digits(digits):
    """200 pictures to learn from, 28 x 28, and 100 to ask about."""
    X, y, X_test, y_test = digits
    return X[:200], y[:200], X_test, y_test


@pytest.fixture(scope="module")
def fitted(letters):
    X, y, _, _ = letters
    return quick_pipeline().fit(X, y)


@pytest.fixture(scope="module")
def picture_files(letters, tmp_path_factory):
    """42 PNG files of letters in differing sizes: as a CSV lists them, and a folder a class."""
    X, y, _, _ = letters
    root = tmp_path_factory.mktemp("letters")
    rows = []
    for letter in "ASk":
        (root / "Img" / letter).mkdir(parents=True)
        for number, pixels in enumerate(X[y == letter][:14]):
            paper_and_ink = Image.fromarray(255 - pixels.reshape(28, 28))
            name = f"Img/{letter}/{number:02}.png"
            paper_and_ink.resize((40 + 5 * number, 60)).save(root / name)
            rows.append((name, letter))
    with (root / "letters.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("image", "label"), *rows])
    return root


# Pipelines


def test_the_first_example_of_the_readme(digits):
    X, y, X_test, y_test = digits
    model = make_pipeline(
        ImageResizer((28, 28)), PixelScaler(), DigitClassifier(epochs=6, random_state=0)
    )
    assert model.fit(X, y).score(X_test, y_test) > 0.85
    assert_array_equal(model.classes_, np.arange(10))
    assert model.predict(X_test).dtype == y.dtype
    assert model.predict_proba(X_test).shape == (100, 10)


def test_pipeline_with_named_steps(letters):
    X, y, X_test, y_test = letters
    model = Pipeline(
        [("size", ImageResizer()), ("scale", PixelScaler()), ("net", quick_classifier())]
    )
    model.set_params(size__size=(10, 10), net__epochs=12).fit(X, y)
    assert model["net"].image_shape_ == (10, 10, 1)
    assert model["net"].n_iter_ == 12
    assert model.n_features_in_ == 784
    assert model.classes_.tolist() == ["A", "S", "k"]
    assert model.score(X_test, y_test) > 0.7
    assert_array_equal(model[-1].predict(model[:-1].transform(X_test)), model.predict(X_test))


@pytest.mark.parametrize("form", ["batch", "list of differing sizes", "frame"])
def test_forms_of_pictures_through_a_pipeline(fitted, letters, form):
    _, _, X, y = letters
    batch = X.reshape(-1, 28, 28)
    other_form = {
        "batch": batch,
        "list of differing sizes": [np.kron(image, np.ones((2, 1), np.uint8)) for image in batch],
        "frame": pd.DataFrame(X),
    }[form]
    assert fitted.score(other_form, y) > 0.7


def test_cached_steps(letters, tmp_path):
    X, y, X_test, y_test = letters
    steps = ImageResizer((14, 14)), PixelScaler(), quick_classifier()
    model = make_pipeline(*steps, memory=str(tmp_path)).fit(X, y)
    assert_array_equal(model.predict_proba(X_test), clone(model).fit(X, y).predict_proba(X_test))
    assert model.score(X_test, y_test) > 0.7


@pytest.mark.parametrize("last", [SVC(), make_pipeline(PCA(20, random_state=0), SVC())])
def test_pictures_for_an_estimator_of_scikit_learn(few_digits, last):
    X, y, X_test, y_test = few_digits
    model = make_pipeline(ImageResizer((14, 14)), PixelScaler(), ImageFlattener(), last)
    assert model.fit(X, y).score(X_test, y_test) > 0.7
    assert model[:-1].get_feature_names_out()[-1] == "pixel_13_13"


def test_set_output_on_a_pipeline_that_carries_pictures(few_digits, letters):
    X, y, _, _ = few_digits
    model = make_pipeline(ImageResizer((7, 7)), PixelScaler(), ImageFlattener(), PCA(3))
    table = model.set_output(transform="pandas").fit_transform(X)
    assert table.columns.tolist() == ["pca0", "pca1", "pca2"]
    assert isinstance(model[:-2].transform(X), np.ndarray)
    assert model[:-2].transform(X).shape == (200, 7, 7)
    rows = model[:-1].transform(X)
    assert rows.columns[-1] == "pixel_6_6"
    # Rows stay rows all the way, and become tables.
    X, y, X_test, y_test = letters
    classifier = quick_pipeline().set_output(transform="pandas").fit(X, y)
    assert classifier[:-1].transform(X_test).shape == (60, 196)
    assert classifier[-1].feature_names_in_[-1] == "pixel_13_13"
    assert classifier.score(X_test, y_test) > 0.7


def test_html_representation_names_the_steps(fitted):
    for html in (estimator_html_repr(fitted), fitted._repr_html_()):
        for name in ("ImageResizer", "PixelScaler", "CNNClassifier", "learning_rate"):
            assert name in html
    assert "CharacterClassifier" in CharacterClassifier()._repr_html_()
    assert "epochs=3" in repr(make_pipeline(PixelScaler(), CharacterClassifier(epochs=3)))


def test_clone_before_and_after_fit(fitted, letters):
    X, y, X_test, _ = letters
    for original in (quick_pipeline(), fitted):
        copied = clone(original)
        assert copied[-1].get_params() == original[-1].get_params()
        with pytest.raises(NotFittedError):
            copied[-1].predict(X_test)
    expected = fitted.predict_proba(X_test)
    assert_array_equal(copied.fit(X, y).predict_proba(X_test), expected)
    assert_array_equal(fitted.predict_proba(X_test), expected)


# Searches


def test_grid_search_in_parallel(few_digits):
    X, y, X_test, y_test = few_digits
    model = make_pipeline(
        ImageResizer((14, 14)),
        PixelScaler(),
        CNNClassifier(epochs=8, batch_size=32, learning_rate=0.01, random_state=0),
    )
    grid = [
        {"cnnclassifier__network": ["compact", "lenet"]},
        {"cnnclassifier__learning_rate": [1e-7]},
        {"imageresizer__size": [1]},
    ]
    search = GridSearchCV(model, grid, cv=2, n_jobs=2, error_score="raise").fit(X, y)
    compact, lenet, slow, tiny = search.cv_results_["mean_test_score"]
    assert compact > 0.6
    assert lenet > 0.3
    assert max(slow, tiny) < 0.25
    assert search.best_params_ == grid[0] | {
        "cnnclassifier__network": "compact" if compact >= lenet else "lenet"
    }
    assert search.score(X_test, y_test) > 0.6
    assert_array_equal(search.classes_, np.arange(10))
    # The other processes learned what this one learns.
    assert_allclose(cross_val_score(model, X, y, cv=2).mean(), compact)


def test_randomized_search(letters):
    X, y, X_test, y_test = letters
    search = RandomizedSearchCV(
        quick_pipeline(),
        {"cnnclassifier__learning_rate": loguniform(1e-3, 1e-1), "imageresizer__size": [7, 14]},
        n_iter=2,
        cv=2,
        random_state=0,
        error_score="raise",
    ).fit(X, y)
    assert 1e-3 < search.best_params_["cnnclassifier__learning_rate"] < 1e-1
    assert search.best_score_ > 0.7
    assert search.score(X_test, y_test) > 0.7


def test_halving_grid_search_over_epochs(letters):
    X, y, X_test, y_test = letters
    search = HalvingGridSearchCV(
        quick_pipeline(),
        {"cnnclassifier__learning_rate": [1e-7, 0.02]},
        resource="cnnclassifier__epochs",
        min_resources=4,
        max_resources=8,
        factor=2,
        cv=2,
        random_state=0,
        error_score="raise",
    ).fit(X, y)
    assert search.n_resources_ == [4, 8]
    assert search.n_candidates_ == [2, 1]
    assert search.best_params_ == {
        "cnnclassifier__epochs": 8,
        "cnnclassifier__learning_rate": 0.02,
    }
    assert search.best_estimator_[-1].n_iter_ == 8
    assert search.score(X_test, y_test) > 0.7


# Cross-validation


def test_cross_validate_with_stratified_folds(few_digits):
    X, y, _, _ = few_digits
    order = np.argsort(y, kind="stable")  # folds that are not stratified would lack digits
    model = quick_pipeline()
    assert is_classifier(model)
    results = cross_validate(
        model,
        X[order],
        y[order],
        cv=3,
        scoring=["accuracy", "f1_macro", "neg_log_loss", "roc_auc_ovr"],
        return_train_score=True,
        error_score="raise",
    )
    assert results["test_accuracy"].shape == (3,)
    assert results["test_accuracy"].min() > 0.6
    assert results["test_f1_macro"].min() > 0.6
    assert results["test_neg_log_loss"].min() > -np.log(10)
    assert results["test_roc_auc_ovr"].min() > 0.9
    assert (results["train_accuracy"] > results["test_accuracy"]).all()


def test_cross_val_predict(letters):
    X, y, _, _ = letters
    probabilities = cross_val_predict(quick_pipeline(), X, y, cv=3, method="predict_proba")
    assert probabilities.shape == (120, 3)
    assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert accuracy_score(y, np.unique(y)[probabilities.argmax(axis=1)]) > 0.7


def test_learning_curve(few_digits):
    X, y, _, _ = few_digits
    sizes, train_scores, test_scores = learning_curve(
        quick_pipeline(),
        X,
        y,
        train_sizes=[20, 100],
        cv=2,
        shuffle=True,
        random_state=0,
        error_score="raise",
    )
    assert sizes.tolist() == [20, 100]
    assert train_scores.shape == test_scores.shape == (2, 2)
    assert 0.2 < test_scores[0].mean() < test_scores[1].mean()


# Estimators of estimators


def test_voting(letters):
    X, y, X_test, y_test = letters
    forest = make_pipeline(ImageFlattener(), LogisticRegression(C=1e-5, max_iter=1_000))
    vote = VotingClassifier([("net", quick_pipeline()), ("other", forest)], voting="soft")
    assert vote.fit(X, y).score(X_test, y_test) > 0.7
    assert vote.classes_.tolist() == ["A", "S", "k"]
    shares = [model.predict_proba(X_test) for model in vote.estimators_]
    assert_allclose(vote.predict_proba(X_test), np.mean(shares, axis=0))


def test_stacking(few_digits):
    X, y, X_test, y_test = few_digits
    stack = StackingClassifier(
        [
            ("net", quick_pipeline()),
            ("components", make_pipeline(ImageFlattener(), PCA(10, random_state=0), SVC())),
        ],
        final_estimator=make_pipeline(StandardScaler(), LogisticRegression()),
        cv=2,
    ).fit(X, y)
    assert stack.transform(X_test).shape == (100, 20)
    assert stack.score(X_test, y_test) > 0.7


@pytest.mark.parametrize("ensemble", [False, True])
def test_calibration(letters, ensemble):
    X, y, X_test, y_test = letters
    calibrated = CalibratedClassifierCV(quick_pipeline(), cv=2, ensemble=ensemble).fit(X, y)
    assert len(calibrated.calibrated_classifiers_) == (2 if ensemble else 1)
    assert_allclose(calibrated.predict_proba(X_test).sum(axis=1), 1)
    assert calibrated.score(X_test, y_test) > 0.7


def test_one_vs_rest(letters):
    X, y, X_test, y_test = letters
    model = OneVsRestClassifier(quick_pipeline()).fit(X, y)
    assert len(model.estimators_) == 3
    assert all(isinstance(each, Pipeline) for each in model.estimators_)
    assert model.predict_proba(X_test).shape == (60, 3)
    assert model.score(X_test, y_test) > 0.7


@pytest.mark.parametrize("labels", ["strings", "integers"])
def test_tuned_threshold_on_two_classes(letters, labels):
    X, y, X_test, y_test = letters
    X, y = X[y != "S"], y[y != "S"]
    X_test, y_test = X_test[y_test != "S"], y_test[y_test != "S"]
    if labels == "integers":
        y, y_test = (y == "k").astype(int), (y_test == "k").astype(int)
    model = TunedThresholdClassifierCV(quick_pipeline(), scoring="balanced_accuracy", cv=2)
    model.fit(X, y)
    assert 0 <= model.best_threshold_ <= 1
    assert model.classes_.tolist() == np.unique(y).tolist()
    assert model.score(X_test, y_test) > 0.7
    positive = model.predict_proba(X_test)[:, 1] >= model.best_threshold_
    assert_array_equal(model.predict(X_test), model.classes_[positive.astype(int)])


# Feature unions, tables, targets


def test_feature_union_of_pixels_and_components(few_digits):
    X, y, X_test, y_test = few_digits
    features = FeatureUnion(
        [
            ("pixels", make_pipeline(ImageResizer((7, 7)), PixelScaler(), ImageFlattener())),
            ("components", make_pipeline(ImageFlattener(), PCA(10, random_state=0))),
        ]
    )
    model = make_pipeline(features, StandardScaler(), LogisticRegression()).fit(X, y)
    assert features.transform(X).shape == (200, 49 + 10)
    names = features.get_feature_names_out()
    assert names[0] == "pixels__pixel_0_0"
    assert names[[48, 49]].tolist() == ["pixels__pixel_6_6", "components__pca0"]
    assert model.score(X_test, y_test) > 0.7
    table = features.set_output(transform="pandas").fit_transform(X)
    assert table.columns.tolist() == names.tolist()


@pytest.mark.parametrize("columns", ["image", ["image"]])
def test_column_transformer_with_files_and_another_column(picture_files, columns):
    table = load_image_csv(picture_files / "letters.csv", as_frame=True).frame
    y = table.pop("label")
    table["pen"] = np.where(y == "A", 3.0, 1.0) + np.arange(len(y)) % 2  # in mm, say
    features = ColumnTransformer(
        [
            ("picture", make_pipeline(ImageLoader(), ImageResizer(7), ImageFlattener()), columns),
            ("measure", MinMaxScaler(), ["pen"]),
        ],
        verbose_feature_names_out=False,
    )
    values = features.fit_transform(table)
    assert values.shape == (42, 50)
    assert values[:, -1].max() == 1
    names = features.get_feature_names_out().tolist()
    assert names[0] == "pixel_0_0"
    assert names[-2:] == ["pixel_6_6", "pen"]
    as_table = clone(features).set_output(transform="pandas").fit_transform(table)
    assert as_table.columns.tolist() == names
    model = make_pipeline(features, StandardScaler(), LogisticRegression())
    assert cross_val_score(model, table, y, cv=3, error_score="raise").mean() > 0.6


def test_column_transformer_picks_the_pixels_of_a_table(letters):
    X, y, X_test, y_test = letters
    frames = [pd.DataFrame(rows).assign(number=0.0).rename(columns=str) for rows in (X, X_test)]
    pixels = [name for name in frames[0] if name != "number"]
    model = make_pipeline(
        ColumnTransformer([("pixels", make_pipeline(ImageResizer(14), PixelScaler()), pixels)]),
        quick_classifier(),
    )
    model.fit(frames[0], y)
    assert model[-1].image_shape_ == (14, 14, 1)
    assert model.score(frames[1], y_test) > 0.7


def test_encoded_targets(few_digits):
    X, y, X_test, y_test = few_digits
    characters, characters_test = y.astype(str), y_test.astype(str)
    encoder = CharacterEncoder("digits")
    # Codes: without the digit 0, the others keep theirs.
    seen = y != 0
    model = quick_pipeline().fit(X[seen], encoder.fit_transform(characters[seen]))
    assert model.classes_.tolist() == list(range(1, 10))
    read = encoder.inverse_transform(model.predict(X_test))
    assert accuracy_score(characters_test, read) > 0.6
    # One-hot rows, for estimators with several outputs and for scores.
    one_hot = CharacterEncoder("digits", one_hot=True)
    regression = make_pipeline(ImageResizer(14), PixelScaler(), ImageFlattener(), Ridge(10.0))
    scores = regression.fit(X, one_hot.fit_transform(characters)).predict(X_test)
    assert accuracy_score(characters_test, one_hot.inverse_transform(scores)) > 0.6
    probabilities = quick_pipeline().fit(X, characters).predict_proba(X_test)
    assert accuracy_score(characters_test, one_hot.inverse_transform(probabilities)) > 0.7
    targets = one_hot.transform(characters_test)
    assert label_ranking_average_precision_score(targets, probabilities) > 0.7
    with pytest.raises(ValueError, match="1d array"):
        quick_pipeline().fit(X, one_hot.transform(characters))


# Sample weights


@pytest.fixture(scope="module")
def half_wrong(letters):
    """Letters of which every other one is labelled wrong, and weights that leave those out."""
    X, y, _, _ = letters
    wrong = np.arange(len(y)) % 2 == 0
    y = np.where(wrong, np.select([y == "A", y == "S"], ["S", "k"], "A"), y)
    return X, y, np.where(wrong, 0.0, 2.0)


def test_sample_weight_of_a_step(half_wrong, letters):
    X, y, weight = half_wrong
    right = weight > 0
    _, _, X_test, y_test = letters
    model = quick_pipeline(epochs=20).fit(X, y, cnnclassifier__sample_weight=weight)
    assert model.score(X_test, y_test) > 0.75
    only_right = quick_pipeline(epochs=20).fit(X[right], y[right])
    assert_allclose(model.predict_proba(X_test), only_right.predict_proba(X_test), atol=1e-5)
    assert quick_pipeline(epochs=20).fit(X, y).score(X_test, y_test) < 0.75


def test_sample_weight_is_routed(half_wrong, letters):
    X, y, weight = half_wrong
    right = weight > 0
    X_test = letters[2]
    with config_context(enable_metadata_routing=True):
        classifier = quick_classifier(epochs=20).set_fit_request(sample_weight=True)
        classifier.set_score_request(sample_weight=True)
        model = make_pipeline(ImageResizer((14, 14)), PixelScaler(), classifier)
        grid = {"cnnclassifier__learning_rate": [1e-7, 0.02]}
        search = GridSearchCV(model, grid, cv=2, error_score="raise")
        search.fit(X, y, sample_weight=weight)
        # Neither a fit nor a score that took the wrong labels for right could reach this.
        assert search.best_score_ > 0.7
        assert search.best_params_ == {"cnnclassifier__learning_rate": 0.02}
        probabilities = search.predict_proba(X_test)

        results = cross_validate(
            clone(model), X, y, params={"sample_weight": weight}, cv=2, error_score="raise"
        )
        assert results["test_score"].mean() > 0.7
        with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
            quick_pipeline().fit(X, y, sample_weight=weight)
    only_right = quick_pipeline(epochs=20).fit(X[right], y[right])
    assert_allclose(probabilities, only_right.predict_proba(X_test), atol=1e-5)


# Reports


def test_confusion_matrix_display(fitted, letters):
    _, _, X_test, y_test = letters
    matplotlib.use("Agg")
    display = ConfusionMatrixDisplay.from_estimator(fitted, X_test, y_test)
    assert display.confusion_matrix.shape == (3, 3)
    assert display.confusion_matrix.sum() == 60
    assert display.confusion_matrix.trace() > 0.7 * 60
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["A", "S", "k"]
    pyplot.close(display.figure_)


def test_classification_report(fitted, letters):
    _, _, X_test, y_test = letters
    predicted = fitted.predict(X_test)
    report = classification_report(y_test, predicted, output_dict=True)
    assert {"A", "S", "k", "accuracy"} <= set(report)
    assert report["accuracy"] == fitted.score(X_test, y_test) > 0.7
    assert "k" in classification_report(y_test, predicted)


# From files


def test_from_files_that_a_csv_lists(picture_files):
    X, y = load_image_csv(picture_files / "letters.csv", return_X_y=True)
    model = make_pipeline(ImageLoader(), ImageResizer((14, 14)), PixelScaler(), quick_classifier())
    scores = cross_val_score(model, X, y, cv=3, error_score="raise")
    assert scores.mean() > 0.7
    model.fit(X, y)
    assert model.classes_.tolist() == ["A", "S", "k"]
    assert model.predict(X[:1]).tolist() == y[:1].tolist()
    assert_array_equal(model.predict(pd.Series(X)), model.predict(X.tolist()))
    with pytest.raises(FileNotFoundError, match=r"nowhere\.png"):
        model.predict(["nowhere.png"])


def test_from_a_folder_a_class(picture_files):
    data = load_image_folder(picture_files / "Img")
    model = make_pipeline(
        ImageLoader(n_jobs=2),
        ImageResizer((14, 14), keep_aspect=True),
        PixelScaler(),
        quick_classifier(),
    )
    grid = {"imageresizer__keep_aspect": [False, True]}
    search = GridSearchCV(model, grid, cv=2, error_score="raise")
    search.fit(data.filenames, data.target)
    assert search.best_score_ > 0.6
    assert search.classes_.tolist() == data.target_names.tolist()
    shown = search.best_estimator_[-1].predict_top(
        search.best_estimator_[:-1].transform(data.filenames[:2]), k=2
    )
    assert shown[0].shape == (2, 2)


# Words


@pytest.fixture(scope="module")
def words():
    """Pictures of 12 numbers, and what is written."""
    texts = ["2718 31", "4159 20", "602 214", "90 8765"] * 3
    return make_words(texts=texts, wear=0, height=32, random_state=1, return_X_y=True)


def test_parameters_of_a_reader_and_of_what_it_holds():
    reader = TextReader(load_pretrained("digits"), segmenter=CharacterSegmenter(word_gap=3))
    assert reader.get_params()["segmenter__word_gap"] == 3
    assert reader.get_params()["classifier__imageloader__color"] == "gray"
    reader.set_params(segmenter__word_gap=1, lexicon=["31"], alphabet="digits")
    assert reader.segmenter.word_gap == 1
    copied = clone(reader)
    assert copied.segmenter is not reader.segmenter
    assert copied.get_params()["segmenter__word_gap"] == 1
    assert (copied.lexicon, copied.alphabet) == (["31"], "digits")
    with pytest.raises(ValueError, match="Invalid parameter 'gap'"):
        reader.set_params(segmenter__gap=1)
    assert "TextReader" in estimator_html_repr(copied)
    assert "word_gap=1" in repr(copied)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_search_of_a_lexicons_weight_and_of_gaps_between_words(words, n_jobs):
    X, y = words
    reader = TextReader(segmenter=CharacterSegmenter(), lexicon=sorted(set(y)), alphabet="digits")
    grid = [
        {"lexicon_weight": [0.0, 2.0]},
        {"segmenter__word_gap": [2.0, 1000.0], "lexicon": [None]},
    ]
    search = GridSearchCV(reader, grid, cv=2, n_jobs=n_jobs, error_score="raise").fit(X, y)
    none, more, parted, joined = search.cv_results_["mean_test_score"]
    assert more >= none
    assert parted > joined  # as all spaces are missing
    assert search.best_score_ > 0.8
    assert search.score(X, y) == pytest.approx(search.best_estimator_.score(X, y))
    assert search.predict(X[:1]).shape == (1,)


def test_cross_validation_of_a_reader(words):
    X, y = words
    scores = cross_val_score(TextReader(alphabet="digits"), X, y, cv=3, error_score="raise")
    assert scores.shape == (3,)
    assert scores.mean() > 0.6
    read = cross_val_predict(TextReader(alphabet="digits"), X, y, cv=3)
    assert read.dtype.kind == "U"
    assert_array_equal(read == "", np.zeros(12, dtype=bool))


def test_a_reader_at_the_end_of_a_pipeline(words):
    X, y = words
    model = make_pipeline(ImageLoader(), TextReader(alphabet="digits"))
    assert_array_equal(model.fit(X, y).predict(X), model[-1].predict(X))
    assert model.score(X, y) == model[-1].score(X, y)
