import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skhcr.classifiers import CNNClassifier
from skhcr.inspection import TrainingHistoryDisplay
from skhcr.preprocessing import PixelScaler

KEYS = ["loss", "accuracy", "val_loss", "val_accuracy"]


@pytest.fixture(scope="module")
def unfitted():
    return CNNClassifier(
        network_options={"filters": (8, 8, 8, 16), "dropout": 0.0},
        epochs=3,
        batch_size=32,
        learning_rate=0.02,
        early_stopping=True,
        validation_fraction=0.3,
        random_state=0,
    )


@pytest.fixture(scope="module")
def fitted(unfitted, digits):
    return clone(unfitted).fit(digits[0][:200], digits[1][:200])


def perceptron(**parameters):
    return MLPClassifier((8,), max_iter=4, tol=0, random_state=0, **parameters)


@pytest.fixture
def rows(digits):
    return digits[0].reshape(500, -1)[:200] / 255, digits[1][:200]


def history(n_epochs=3, validation=True, **others):
    """A loss that falls and an accuracy that rises, validation best in the second epoch."""
    epochs = np.arange(1, n_epochs + 1)
    made = {"loss": 2.0 / epochs, "accuracy": 1 - 1 / (1 + epochs)}
    if validation:
        made |= {"val_loss": 1 + (epochs - 2) ** 2, "val_accuracy": 0.5 + 0.1 * epochs}
    return {name: values.tolist() for name, values in made.items()} | others


def legend_of(display, ax=0):
    return [text.get_text() for text in display.axes_[ax].get_legend().get_texts()]


def stars_of(ax):
    return [line for line in ax.lines if line.get_marker() == "*"]


def test_one_estimator(fitted):
    display = TrainingHistoryDisplay.from_estimator(fitted)
    assert display.histories == {"CNNClassifier": fitted.history_}
    loss, score = display.axes_
    assert (loss.get_ylabel(), score.get_ylabel()) == ("Loss", "Accuracy")
    assert {ax.get_xlabel() for ax in display.axes_} == {"Epoch"}
    lines = display.lines_["CNNClassifier"]
    assert sorted(lines) == sorted(KEYS)
    for key, line in lines.items():
        assert line.axes is (loss if key.endswith("loss") else score)
        assert line.get_xdata().tolist() == [1, 2, 3]
        assert line.get_ydata().tolist() == fitted.history_[key]
        assert line.get_linestyle() == ("--" if key.startswith("val_") else "-")
    assert lines["loss"].get_color() != lines["val_loss"].get_color()
    best = int(np.argmin(fitted.history_["val_loss"])) + 1
    assert display.best_epochs_ == {"CNNClassifier": best}
    assert legend_of(display) == ["training", "validation", f"best epoch: {best}"]
    assert loss.get_legend().get_title().get_text() == "CNNClassifier"
    assert score.get_legend() is None
    for ax, key in zip(display.axes_, ["val_loss", "val_accuracy"], strict=True):
        (star,) = stars_of(ax)
        assert star.get_xdata()[0] == best
        assert star.get_ydata()[0] == fitted.history_[key][best - 1]
    assert display.figure_ is loss.figure
    assert display.bounding_ax_ is None


def test_same_picture_from_estimator_and_history(fitted, pixels_of):
    one = TrainingHistoryDisplay.from_estimator(fitted, name="mine")
    other = TrainingHistoryDisplay.from_histories({"mine": fitted.history_})
    assert np.array_equal(pixels_of(one), pixels_of(other))
    unnamed = TrainingHistoryDisplay.from_histories(fitted.history_)
    assert unnamed.histories == {"": fitted.history_}
    assert unnamed.axes_[0].get_legend().get_title().get_text() == ""


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # a few epochs
def test_history_is_found_in_pipelines_and_searches(unfitted, fitted, rows):
    X, y = rows
    pipeline = make_pipeline(PixelScaler(), clone(unfitted)).fit(X, y)
    search = GridSearchCV(perceptron(), {"max_iter": [2]}, cv=2).fit(X, y)
    grid = {"mlpclassifier__max_iter": [1]}
    around = GridSearchCV(make_pipeline(PixelScaler(), perceptron()), grid, cv=2).fit(X, y)
    display = TrainingHistoryDisplay.from_estimator([fitted, pipeline, search, around])
    assert display.histories == {
        "CNNClassifier 1": fitted.history_,
        "CNNClassifier 2": pipeline[-1].history_,
        "MLPClassifier 1": {"loss": search.best_estimator_.loss_curve_},
        "MLPClassifier 2": {"loss": around.best_estimator_[-1].loss_curve_},
    }


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # a few epochs
def test_perceptrons_of_scikit_learn(rows):
    X, y = rows
    plain = perceptron().fit(X, y)
    display = TrainingHistoryDisplay.from_estimator(plain)
    assert display.histories == {"MLPClassifier": {"loss": plain.loss_curve_}}

    stopping = perceptron(early_stopping=True).fit(X, y)
    display = TrainingHistoryDisplay.from_estimator(stopping)
    assert list(display.lines_["MLPClassifier"]) == ["loss", "val_accuracy"]
    assert display.axes_[1].get_ylabel() == "Accuracy"
    best = int(np.argmax(stopping.validation_scores_)) + 1
    assert display.best_epochs_["MLPClassifier"] == best
    assert legend_of(display) == ["training", "validation", f"best epoch: {best}"]
    assert not stars_of(display.axes_[0])
    assert len(stars_of(display.axes_[1])) == 1

    regressor = MLPRegressor(
        hidden_layer_sizes=(4,), max_iter=3, early_stopping=True, random_state=0
    ).fit(X, y)
    display = TrainingHistoryDisplay.from_estimator(regressor)
    assert list(display.histories["MLPRegressor"]) == ["loss", "val_r2"]


def test_scikeras(rows):
    import keras
    from scikeras.wrappers import KerasClassifier

    def build():
        return keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, "softmax")])

    X, y = rows
    options = {"loss": "sparse_categorical_crossentropy", "epochs": 2, "verbose": 0}
    model = KerasClassifier(build, metrics=["accuracy"], validation_split=0.3, **options)
    display = TrainingHistoryDisplay.from_estimator(model.fit(X, y))
    assert sorted(display.lines_["KerasClassifier"]) == sorted(KEYS)
    without = KerasClassifier(build, **options).fit(X, y)
    assert len(TrainingHistoryDisplay.from_estimator(without).axes_) == 1

    network = build()
    network.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    kept = network.fit(X, y, epochs=2, verbose=0)
    display = TrainingHistoryDisplay.from_histories(kept)
    assert display.histories == {"": kept.history}
    several = TrainingHistoryDisplay.from_histories({"a": kept, "b": kept.history})
    assert several.histories == {"a": kept.history, "b": kept.history}


def test_several_have_a_colour_each():
    histories = {"slow": history(4), "fast": history(6), "blind": history(5, validation=False)}
    display = TrainingHistoryDisplay.from_histories(histories)
    colors = {
        name: {line.get_color() for line in lines.values()}
        for name, lines in display.lines_.items()
    }
    assert all(len(of_one) == 1 for of_one in colors.values())
    assert len(set.union(*colors.values())) == 3
    assert legend_of(display) == ["slow", "fast", "blind", "training", "validation", "best epoch"]
    assert display.best_epochs_ == {"slow": 2, "fast": 2, "blind": None}
    assert len(stars_of(display.axes_[0])) == len(stars_of(display.axes_[1])) == 2
    assert display.lines_["fast"]["loss"].get_xdata().max() == 6


def test_a_list_is_numbered():
    display = TrainingHistoryDisplay.from_histories([history(), history(2)])
    assert list(display.histories) == ["history 1", "history 2"]


def test_more_estimators_than_colours():
    histories = {f"number {i}": history(30, validation=False) for i in range(9)}
    display = TrainingHistoryDisplay.from_histories(histories)
    looks = {
        (lines["loss"].get_color(), lines["loss"].get_marker()) for lines in display.lines_.values()
    }
    assert len(looks) == 9
    # Beside the pictures, so that it hides no lines.
    assert display.axes_[0].get_legend() is None
    assert legend_of(display, -1) == list(histories)


def test_names(fitted):
    display = TrainingHistoryDisplay.from_estimator([fitted, fitted], name=["a", "b"])
    assert list(display.histories) == ["a", "b"]
    display = TrainingHistoryDisplay.from_estimator({"c": fitted, "d": fitted})
    assert list(display.histories) == ["c", "d"]
    with pytest.raises(ValueError, match="its keys are names"):
        TrainingHistoryDisplay.from_estimator({"c": fitted}, name="d")
    for wrong in ("a", ["a"], ["a", "a"]):
        with pytest.raises(ValueError, match="2 different names"):
            TrainingHistoryDisplay.from_estimator([fitted, fitted], name=wrong)


def test_folds(unfitted, digits):
    X, y = digits[0][:150], digits[1][:150]
    results = cross_validate(clone(unfitted), X, y, cv=2, return_estimator=True)
    display = TrainingHistoryDisplay.from_cv_results(results)
    names = ["fold 1", "fold 2"]
    assert list(display.histories) == names
    assert list(display.lines_) == [*names, "mean"]
    for key in KEYS:
        folds = [display.lines_[name][key] for name in names]
        mean = display.lines_["mean"][key]
        assert len({line.get_color() for line in [*folds, mean]}) == 1
        assert max(line.get_linewidth() for line in folds) < mean.get_linewidth()
        values = [one.history_[key] for one in results["estimator"]]
        assert np.allclose(mean.get_ydata(), np.mean(values, axis=0))
    legend = display.axes_[0].get_legend()
    assert legend.get_title().get_text() == "mean of 2 folds"
    assert legend_of(display) == ["training", "validation", "best epoch"]
    assert len(stars_of(display.axes_[0])) == 2


def test_mean_ends_with_the_shortest_fold():
    histories = {"fold 1": history(5), "fold 2": history(3)}
    display = TrainingHistoryDisplay(histories, folds=True).plot()
    assert display.lines_["mean"]["loss"].get_xdata().tolist() == [1, 2, 3]
    assert display.lines_["fold 1"]["loss"].get_xdata().tolist() == [1, 2, 3, 4, 5]


def test_a_single_epoch_is_visible(pixels_of):
    display = TrainingHistoryDisplay.from_histories(history(1, validation=False))
    line = display.lines_[""]["loss"]
    assert line.get_marker() == "o"
    assert [tick for tick in display.axes_[0].get_xticks() if 0.5 < tick < 1.5] == [1]
    shown = pixels_of(display)
    line.set_visible(False)
    assert not np.array_equal(shown, pixels_of(display))
    many = TrainingHistoryDisplay.from_histories(history(40))
    assert many.lines_[""]["loss"].get_marker() == ""


@pytest.mark.parametrize("n_epochs", [1, 2, 3, 7, 25, 60])
def test_ticks_are_whole_epochs_from_1(n_epochs):
    display = TrainingHistoryDisplay.from_histories(history(n_epochs))
    display.figure_.canvas.draw()
    for ax in display.axes_:
        left, right = ax.get_xlim()
        shown = [tick for tick in ax.get_xticks() if left <= tick <= right]
        assert shown
        assert all(tick == round(tick) and tick >= 1 for tick in shown)
        assert left < 1
        assert right > n_epochs


def test_one_ax_is_divided():
    figure, (left, right) = plt.subplots(1, 2, layout="constrained")
    display = TrainingHistoryDisplay.from_histories(history(), ax=right)
    assert display.bounding_ax_ is right
    assert display.figure_ is figure
    assert not right.axison
    figure.canvas.draw()
    bounds = right.get_position()
    for ax in display.axes_:
        box = ax.get_position()
        assert left.get_position().x1 < box.x0 < box.x1 <= bounds.x1 + 1e-6
    assert display.axes_[0].get_position().x1 < display.axes_[1].get_position().x0
    with pytest.raises(ValueError, match="divided by an earlier plot"):
        display.plot(ax=right)
    again = TrainingHistoryDisplay.from_histories({"more": history(9)}, ax=display.axes_)
    assert again.axes_[0] is display.axes_[0]
    assert again.axes_[0].get_xlim()[1] > 9


def test_an_ax_put_by_hand_is_divided():
    figure = plt.figure()
    ax = figure.add_axes([0.1, 0.1, 0.8, 0.8])
    display = TrainingHistoryDisplay.from_histories(history(), ax=ax)
    figure.canvas.draw()
    assert len(display.axes_) == 2
    assert display.axes_[0].get_position().x1 < display.axes_[1].get_position().x0 < 0.9


def test_two_axes():
    _, axes = plt.subplots(2, 1)
    display = TrainingHistoryDisplay.from_histories(history(), ax=axes)
    assert list(display.axes_) == list(axes)
    for wrong in (axes[:1], list(axes) * 2, "here", 3):
        with pytest.raises(ValueError, match="None, a matplotlib Axes or two"):
            display.plot(ax=wrong)


def test_without_a_score_the_loss_stands_alone():
    only_loss = {"loss": [2.0, 1.0], "val_loss": [2.0, 1.5], "learning_rate": [0.1, 0.01]}
    display = TrainingHistoryDisplay.from_histories(only_loss)
    (ax,) = display.axes_
    assert ax.get_title() == "no score in the history"
    _, axes = plt.subplots(1, 2)
    display = TrainingHistoryDisplay.from_histories(only_loss, ax=axes)
    assert not display.axes_[1].axison
    assert display.axes_[1].get_title() == "no score in the history"
    assert sorted(display.lines_[""]) == ["loss", "val_loss"]


@pytest.mark.parametrize(
    ("metrics", "label"),
    [
        ({"learning_rate": [1, 1], "aux_loss": [1, 1], "top_5": [0.1, 0.2]}, "Top 5"),
        ({"top_5": [0.1, 0.2], "accuracy": [0.1, 0.2]}, "Accuracy"),
        ({"f1_score": [0.1, 0.2], "val_f1_score": [0.1, 0.2]}, "F1 score"),
    ],
)
def test_which_metric_is_the_score(metrics, label):
    display = TrainingHistoryDisplay.from_histories({"loss": [2, 1], **metrics})
    assert display.axes_[1].get_ylabel() == label


def test_different_scores_share_an_axis():
    histories = [{"loss": [1, 2], "accuracy": [0, 1]}, {"loss": [1, 2], "auc": [0, 1]}]
    display = TrainingHistoryDisplay.from_histories(histories)
    assert display.axes_[1].get_ylabel() == "Score"
    assert len(display.axes_[1].lines) == 2


def test_epochs_without_a_value():
    given = history(4) | {"val_loss": [np.nan, 2.0, np.nan, 3.0], "loss": [np.nan] * 4}
    display = TrainingHistoryDisplay.from_histories(given)
    assert display.lines_[""]["val_loss"].get_xdata().tolist() == [2, 4]
    assert display.lines_[""]["loss"].get_xdata().tolist() == []
    assert display.best_epochs_[""] == 2
    display.figure_.canvas.draw()


def test_line_kw():
    display = TrainingHistoryDisplay.from_histories(history(), line_kw={"lw": 5, "c": "red"})
    for line in display.lines_[""].values():
        assert line.get_linewidth() == 5
        assert line.get_color() == "red"


def test_error_of_unfitted(unfitted):
    searched = GridSearchCV(unfitted, {"epochs": [1]})
    for estimator in (unfitted, make_pipeline(PixelScaler(), unfitted), searched, perceptron()):
        with pytest.raises(NotFittedError):
            TrainingHistoryDisplay.from_estimator(estimator)


def test_error_of_estimators_without_history(rows):
    fitted = SVC().fit(*rows)
    with pytest.raises(ValueError, match=r"type SVC, which has no training history; .*history_"):
        TrainingHistoryDisplay.from_estimator(make_pipeline(fitted))
    search = GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, refit=False).fit(*rows)
    with pytest.raises(
        ValueError, match=r"type GridSearchCV, .* expected a search with refit=True"
    ):
        TrainingHistoryDisplay.from_estimator(search)
    results = cross_validate(SVC(), *rows, cv=2, return_estimator=True)
    with pytest.raises(ValueError, match="type SVC"):
        TrainingHistoryDisplay.from_cv_results(results)


def test_error_of_cv_results_without_estimators(rows):
    results = cross_validate(SVC(), *rows, cv=2)
    with pytest.raises(ValueError, match=r"return_estimator=True, got \['fit_time'"):
        TrainingHistoryDisplay.from_cv_results(results)
    with pytest.raises(ValueError, match="return_estimator=True, got list"):
        TrainingHistoryDisplay.from_cv_results([1, 2])


def test_error_of_loaded_weights(fitted, tmp_path):
    fitted.export_keras(tmp_path / "network.keras")
    loaded = CNNClassifier.from_keras(tmp_path / "network.keras", fitted.classes_)
    assert loaded.history_ == {}
    with pytest.raises(ValueError, match="history of 'CNNClassifier' is empty"):
        TrainingHistoryDisplay.from_estimator(loaded)


@pytest.mark.parametrize(
    ("histories", "message"),
    [
        ({}, "The history is empty"),
        ({"loss": []}, "The history is empty"),
        ([], "Got no history"),
        ({"a": {}}, "'a' is empty"),
        ({"loss": [1, 2], "accuracy": [1]}, r"different length.*'loss': 2, 'accuracy': 1"),
        ([history(), {"accuracy": [1]}], "'history 2' has no 'loss'"),
        ({"loss": 1.0}, "not lists of numbers"),
        ({"loss": ["low"]}, "not lists of numbers"),
        ([[1, 2]], "type list; expected a dict of lists"),
        ("loss", "type str; expected a dict of lists"),
    ],
)
def test_errors_of_histories(histories, message):
    with pytest.raises(ValueError, match=message):
        TrainingHistoryDisplay.from_histories(histories)
