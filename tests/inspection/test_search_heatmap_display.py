import functools
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from sklearn.exceptions import NotFittedError
from sklearn.experimental import enable_halving_search_cv  # noqa: F401, halving needs it imported
from sklearn.feature_selection import SelectKBest, chi2, f_classif
from sklearn.metrics import make_scorer, zero_one_loss
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from skhcr.inspection import SearchHeatmapDisplay

MINUS = "\N{MINUS SIGN}"
DEPTHS, LEAVES = [1, 2, 4, 8], [1, 5, 20]


@pytest.fixture(scope="module")
def rows(digits):
    return digits[0].reshape(500, -1)[:200, ::5], digits[1][:200]


def searched(rows, grid, *, kind=GridSearchCV, **options):
    model = make_pipeline(MinMaxScaler(), DecisionTreeClassifier(random_state=0))
    grids = grid if isinstance(grid, list) else [grid]
    grids = [
        {f"decisiontreeclassifier__{name}": values for name, values in one.items()} for one in grids
    ]
    return kind(model, grids[0] if len(grids) == 1 else grids, cv=2, **options).fit(*rows)


@pytest.fixture(scope="module")
def search(rows):
    grid = {"max_depth": DEPTHS, "min_samples_leaf": LEAVES}
    return searched(rows, grid, return_train_score=True)


def texts_of(display):
    return [[None if t is None else t.get_text() for t in row] for row in display.text_]


def ticks_of(display):
    ax = display.ax_
    return tuple(
        [t.get_text() for t in labels] for labels in (ax.get_xticklabels(), ax.get_yticklabels())
    )


def frames_of(display):
    return [p for p in display.ax_.patches if isinstance(p, Rectangle) and not p.get_fill()]


def hatched_of(display):
    return {
        (round(p.get_y() + 0.5), round(p.get_x() + 0.5))
        for p in display.ax_.patches
        if p.get_hatch()
    }


def test_grid(search):
    display = SearchHeatmapDisplay.from_estimator(search)
    assert display.param_x == "decisiontreeclassifier__max_depth"
    assert display.param_y == "decisiontreeclassifier__min_samples_leaf"
    assert display.values_x == DEPTHS
    assert display.values_y == LEAVES
    assert display.scores.shape == (3, 4)
    for params, score in zip(
        search.cv_results_["params"], search.cv_results_["mean_test_score"], strict=True
    ):
        depth, leaf = params[display.param_x], params[display.param_y]
        assert display.scores[LEAVES.index(leaf), DEPTHS.index(depth)] == score
    row, column = display.best
    assert search.best_params_ == {
        display.param_x: DEPTHS[column],
        display.param_y: LEAVES[row],
    }
    (frame,) = frames_of(display)
    assert (round(frame.get_x()), round(frame.get_y())) == (column, row)
    assert display.ax_.get_xlabel() == "max_depth"
    assert display.ax_.get_ylabel() == "min_samples_leaf"
    assert ticks_of(display) == (["1", "2", "4", "8"], ["1", "5", "20"])
    for written, score in zip(display.text_.ravel(), display.scores.ravel(), strict=True):
        assert written.get_text() == f"{score:.3f}"
    assert np.array_equal(display.im_.get_array(), display.scores)
    assert hatched_of(display) == set()
    assert display.figure_ is display.ax_.figure
    labels = [ax.get_ylabel() for ax in display.figure_.axes]
    assert labels == ["min_samples_leaf", "Mean test score"]


def test_same_picture_from_search_and_results(search, pixels_of):
    picture = pixels_of(SearchHeatmapDisplay.from_estimator(search))
    for results in (search.cv_results_, pd.DataFrame(search.cv_results_)):
        other = SearchHeatmapDisplay.from_cv_results(results)
        assert np.array_equal(pixels_of(other), picture)


def test_parameters_by_short_names(search):
    as_is = SearchHeatmapDisplay.from_estimator(search)
    for names in (
        {"param_x": "min_samples_leaf"},
        {"param_y": "max_depth"},
        {"param_x": "min_samples_leaf", "param_y": "decisiontreeclassifier__max_depth"},
    ):
        display = SearchHeatmapDisplay.from_estimator(search, **names)
        assert display.param_x == as_is.param_y
        assert display.param_y == as_is.param_x
        assert np.array_equal(display.scores, as_is.scores.T)
        assert display.best == as_is.best[::-1]


def test_text_contrasts_with_its_cell(search):
    display = SearchHeatmapDisplay.from_estimator(search, im_kw={"cmap": "gray"})
    flat = display.scores.ravel()
    colors = [text.get_color() for text in display.text_.ravel()]
    assert colors[flat.argmax()] == "black"
    assert colors[flat.argmin()] == "white"
    inverse = SearchHeatmapDisplay.from_estimator(search, im_kw={"cmap": "gray_r"})
    assert inverse.text_.ravel()[flat.argmax()].get_color() == "white"


def test_options(search):
    _, ax = plt.subplots()
    display = SearchHeatmapDisplay.from_estimator(
        search,
        ax=ax,
        im_kw={"cmap": "magma", "vmin": 0},
        text_kw={"size": 5, "c": "red", "ha": "left"},
        colorbar=False,
    )
    assert display.ax_ is ax
    assert display.figure_.axes == [ax]
    assert display.im_.get_cmap().name == "magma"
    assert display.im_.get_clim()[0] == 0
    text = display.text_[0, 0]
    assert (text.get_fontsize(), text.get_color(), text.get_ha()) == (5, "red", "left")


def test_text_that_would_be_too_small_is_left_out(search):
    figure = plt.figure(figsize=(1, 1))
    display = SearchHeatmapDisplay.from_estimator(search, ax=figure.add_subplot())
    assert all(text is None for text in display.text_.ravel())
    display = SearchHeatmapDisplay.from_estimator(
        search, ax=figure.add_subplot(), text_kw={"fontsize": 2}
    )
    assert display.text_[0, 0].get_fontsize() == 2


@pytest.mark.parametrize("score", ["std_test_score", "split1_test_score", "mean_train_score"])
def test_other_scores(search, score):
    display = SearchHeatmapDisplay.from_estimator(search, score=score)
    assert np.array_equal(np.sort(display.scores.ravel()), np.sort(search.cv_results_[score]))
    # The combination that the search chose, whatever is shown of it.
    assert display.best == SearchHeatmapDisplay.from_estimator(search).best
    label = display.figure_.axes[1].get_ylabel()
    assert label == score.replace("_", " ").capitalize()


def test_best_of_several_scores(rows):
    X, y = rows
    grid = {"max_depth": DEPTHS, "min_samples_leaf": [1, 20]}
    search = GridSearchCV(
        DecisionTreeClassifier(random_state=0),
        grid,
        scoring={"right": "accuracy", "wrong": make_scorer(zero_one_loss)},
        refit="right",
        cv=2,
    ).fit(X, y)

    def framed(display):
        row, column = display.best
        return {"max_depth": display.values_x[column], "min_samples_leaf": display.values_y[row]}

    # Of what is no score itself, the search's own choice is framed, or none.
    display = SearchHeatmapDisplay.from_estimator(search, score="mean_fit_time")
    assert framed(display) == search.best_params_
    display = SearchHeatmapDisplay.from_cv_results(search.cv_results_, score="mean_fit_time")
    assert display.best is None
    display = SearchHeatmapDisplay.from_estimator(search, score="mean_test_wrong")
    assert framed(display) != search.best_params_


def test_best_over_the_other_parameters(rows):
    grid = {"max_depth": DEPTHS, "min_samples_leaf": [1, 5], "criterion": ["gini", "entropy"]}
    search = searched(rows, grid)
    display = SearchHeatmapDisplay.from_estimator(search, param_x="max_depth", param_y="criterion")
    results = pd.DataFrame(search.cv_results_)
    cells = results.groupby([f"param_{display.param_y}", f"param_{display.param_x}"])
    highest = cells["mean_test_score"].max().unstack()
    assert display.values_y == ["gini", "entropy"]
    assert np.array_equal(display.scores, highest.loc[display.values_y, display.values_x])

    times = SearchHeatmapDisplay.from_estimator(
        search, param_x="max_depth", param_y="criterion", score="mean_fit_time"
    )
    best = results.loc[cells["rank_test_score"].idxmin()]  # the times of these combinations
    assert np.array_equal(np.sort(times.scores.ravel()), np.sort(best["mean_fit_time"]))
    assert times.best == display.best
    for names in ({}, {"param_x": "max_depth"}):
        with pytest.raises(ValueError, match=r"varies 3 parameters, .*criterion.*max_depth"):
            SearchHeatmapDisplay.from_estimator(search, **names)


def test_one_parameter(rows):
    search = searched(rows, {"max_depth": DEPTHS, "criterion": ["gini"]})
    for names in ({}, {"param_x": "max_depth"}, {"param_y": "max_depth"}):
        display = SearchHeatmapDisplay.from_estimator(search, **names)
        assert (display.param_x, display.param_y) == ("decisiontreeclassifier__max_depth", None)
        assert display.scores.shape == (1, 4)
        assert display.ax_.get_ylabel() == ""
        assert ticks_of(display) == (["1", "2", "4", "8"], [""])
    with_fixed = SearchHeatmapDisplay.from_estimator(search, param_y="criterion")
    assert with_fixed.scores.shape == (1, 4)
    assert ticks_of(with_fixed)[1] == ["gini"]


# The fits that fail are what this is about.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning")
@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
def test_missing_and_failed_cells(rows):
    grid = [
        {"max_depth": [1, -3], "min_samples_leaf": [1]},
        {"max_depth": [2], "min_samples_leaf": [5]},
    ]
    search = searched(rows, grid)
    display = SearchHeatmapDisplay.from_estimator(search)
    assert display.values_x == [-3, 1, 2]
    assert ticks_of(display)[0] == [f"{MINUS}3", "1", "2"]
    assert np.isnan(display.scores).tolist() == [[True, False, True], [True, True, False]]
    assert display.failed.tolist() == [[True, False, False], [False, False, False]]
    assert texts_of(display)[0][0] == "failed"
    assert texts_of(display)[0][2] is None
    assert hatched_of(display) == {(0, 2), (1, 0), (1, 1)}
    assert display.best == ((0, 1) if search.best_index_ == 0 else (1, 2))
    display.figure_.canvas.draw()


def test_nothing_but_failures():
    results = {
        "params": [{"a": 1}, {"a": 2}],
        "mean_test_score": [np.nan, np.nan],
        "rank_test_score": [1, 1],
    }
    display = SearchHeatmapDisplay.from_cv_results(results)
    assert texts_of(display) == [["failed", "failed"]]
    assert display.best is None
    assert frames_of(display) == []
    display.figure_.canvas.draw()


def test_a_parameter_that_some_do_not_set(rows):
    grid = [{"max_depth": [1, 2], "min_samples_leaf": [1, 5]}, {"max_depth": [4]}]
    display = SearchHeatmapDisplay.from_estimator(searched(rows, grid))
    assert display.values_y[:2] == [1, 5]
    assert display.values_y[2] is np.ma.masked
    assert ticks_of(display)[1] == ["1", "5", "not set"]
    assert hatched_of(display) == {(0, 2), (1, 2), (2, 0), (2, 1)}
    assert display.best == (2, 2)  # the deepest tree


def test_random_search(rows):
    grid = {"max_depth": [8, 4, 2, 1], "min_samples_leaf": LEAVES}
    search = searched(rows, grid, kind=RandomizedSearchCV, n_iter=7, random_state=0)
    display = SearchHeatmapDisplay.from_estimator(search)
    assert np.isfinite(display.scores).sum() == 7
    assert display.values_x == sorted(display.values_x)
    assert display.scores[display.best] == search.best_score_


def test_halving_shows_the_last_iteration(rows):
    grid = {"max_depth": DEPTHS, "min_samples_leaf": LEAVES}
    search = searched(
        rows, grid, kind=HalvingGridSearchCV, min_resources=60, factor=3, random_state=0
    )
    assert search.n_iterations_ > 1
    display = SearchHeatmapDisplay.from_estimator(search)
    results = pd.DataFrame(search.cv_results_)
    last = results.groupby([f"param_{display.param_y}", f"param_{display.param_x}"])[
        "iter"
    ].idxmax()
    expected = results["mean_test_score"][last].to_numpy().reshape(3, 4)
    assert np.array_equal(display.scores, expected)
    assert display.scores[display.best] == search.best_score_


def test_several_scores(rows):
    search = searched(
        rows, {"max_depth": DEPTHS}, scoring=["accuracy", "neg_log_loss"], refit="accuracy"
    )
    display = SearchHeatmapDisplay.from_estimator(search, score="mean_test_neg_log_loss")
    assert display.best == (0, int(np.argmax(search.cv_results_["mean_test_neg_log_loss"])))
    assert all(text.startswith(MINUS) for text in texts_of(display)[0])
    for score in ("mean_test_accuracy", "mean_fit_time"):
        display = SearchHeatmapDisplay.from_estimator(search, score=score)
        assert display.best == (0, search.best_index_)
    with pytest.raises(ValueError, match=r"'mean_test_score' is not in the results.*neg_log_loss"):
        SearchHeatmapDisplay.from_estimator(search)


def heatmap_of(values, scores=None):
    scores = np.arange(len(values)) if scores is None else np.array(scores, dtype=float)
    results = {
        "params": [{"p": value} for value in values],
        "mean_test_score": scores,
        "rank_test_score": len(values) - scores.argsort().argsort(),
    }
    return SearchHeatmapDisplay.from_cv_results(results)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([1e-3, 1e-5, 0.5, 2000.0], ["1e-5", "0.001", "0.5", "2000"]),
        ([0.12345, 0.12346], ["0.12345", "0.12346"]),
        ([None, 7, 3], ["3", "7", "None"]),
        ([chi2, f_classif, np.sqrt], ["chi2", "f_classif", "sqrt"]),
        ([(8, 8), (28, 28)], ["(8, 8)", "(28, 28)"]),
        ([[8, 8], [28, 28], {"a": 1}], ["[8, 8]", "[28, 28]", "{'a': 1}"]),
        ([(8, [8]), (28, [28])], ["(8, [8])", "(28, [28])"]),
        (["z", "a", "$x$"], ["z", "a", "$x$"]),
        ([True, 1, 1.0], ["1", "1", "True"]),
        ([np.float64(0.1), 0.1, 0.2], ["0.1", "0.2"]),
        ([SelectKBest(k=5), SelectKBest], ["SelectKBest(k=5)", "SelectKBest"]),
        (
            [functools.partial(chi2, n=1), functools.partial(chi2, n=2)],
            ["chi2(n=1)", "chi2(n=2)"],
        ),
        (["a very long text that goes on", "b"], ["a very long text that g…", "b"]),
    ],
)
def test_tick_labels(values, labels):
    display = heatmap_of(values)
    assert ticks_of(display)[0] == [label.replace("e-", f"e{MINUS}") for label in labels]
    display.figure_.canvas.draw()


@pytest.mark.parametrize(
    ("scores", "texts"),
    [
        ([0.25, 0.75], ["0.250", "0.750"]),
        ([0.99561, 0.99283], ["0.9956", "0.9928"]),
        ([0.5, 0.5], ["0.500", "0.500"]),
        ([12.3, 145.6], ["12", "146"]),
        ([-1.25, -4.5], ["-1.2", "-4.5"]),
        ([-3.2e9, -1.5e9], ["-3.2e+09", "-1.5e+09"]),
    ],
)
def test_digits_of_scores(scores, texts):
    texts = [text.replace("-", MINUS) for text in texts]
    assert texts_of(heatmap_of([1, 2], scores)) == [texts]


@pytest.mark.parametrize("width", [1, 2, 6])
def test_tick_labels_do_not_overlap(width):
    figure = plt.figure(figsize=(width * 2, 4))
    results = {
        "params": [{"p": f"a name {i}"} for i in range(6)],
        "mean_test_score": range(6),
        "rank_test_score": range(6, 0, -1),
    }
    display = SearchHeatmapDisplay.from_cv_results(results, ax=figure.add_subplot())
    figure.canvas.draw()
    labels = display.ax_.get_xticklabels()
    if labels[0].get_rotation() == 0:
        boxes = [label.get_window_extent() for label in labels]
        assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))
    else:  # they slant: apart by more than a line
        ends = display.ax_.transData.transform([(0, 0), (1, 0)])
        line = 1.2 * 10 * figure.dpi / 72
        angle = np.deg2rad(labels[0].get_rotation())
        assert (ends[1, 0] - ends[0, 0]) * np.sin(angle) > 0.8 * line


def test_same_short_names():
    results = {
        "params": [{"a__C": 1, "b__C": 1}, {"a__C": 2, "b__C": 2}],
        "mean_test_score": [0.1, 0.2],
        "rank_test_score": [2, 1],
    }
    display = SearchHeatmapDisplay.from_cv_results(results)
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("a__C", "b__C")
    with pytest.raises(ValueError, match=r"'C' could be any of \['a__C', 'b__C'\]"):
        SearchHeatmapDisplay.from_cv_results(results, param_x="C")


def test_error_of_unfitted():
    with pytest.raises(NotFittedError):
        SearchHeatmapDisplay.from_estimator(GridSearchCV(GaussianNB(), {}))


def test_error_of_what_is_no_search(rows):
    with pytest.raises(ValueError, match="type KNeighborsClassifier, which has no `cv_results_`"):
        SearchHeatmapDisplay.from_estimator(KNeighborsClassifier().fit(*rows))
    for wrong in ({"test_score": [1]}, [1, 2], {"params": ["{'C': 1}"]}):
        with pytest.raises(ValueError, match="has no dicts as 'params'; expected the attr"):
            SearchHeatmapDisplay.from_cv_results(wrong)


def test_errors_of_parameters(search):
    with pytest.raises(
        ValueError, match=r"'depth' is no parameter.*max_depth', .*min_samples_leaf"
    ):
        SearchHeatmapDisplay.from_estimator(search, param_x="depth")
    with pytest.raises(ValueError, match="are the same parameter"):
        SearchHeatmapDisplay.from_estimator(
            search, param_x="max_depth", param_y="decisiontreeclassifier__max_depth"
        )
    with pytest.raises(ValueError, match=r"score='accuracy' is not in .*'mean_test_score'"):
        SearchHeatmapDisplay.from_estimator(search, score="accuracy")
    with pytest.raises(ValueError, match="score='params'"):
        SearchHeatmapDisplay.from_estimator(search, score="params")


def test_error_of_a_search_of_nothing(rows):
    search = GridSearchCV(GaussianNB(), {}, cv=2).fit(*rows)
    with pytest.raises(ValueError, match="varies 0 parameters"):
        SearchHeatmapDisplay.from_estimator(search)
