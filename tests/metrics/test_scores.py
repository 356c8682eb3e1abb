"""What the scores have in common: searches, containers, weights and errors."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier

from skhcr.datasets import load_characters
from skhcr.metrics import (
    case_insensitive_accuracy_score,
    character_error_rate,
    confusable_groups,
    recognition_report,
    word_error_rate,
)

RATES = [character_error_rate, word_error_rate]
SCORES = [case_insensitive_accuracy_score, *RATES]
ALL = [*SCORES, confusable_groups, recognition_report]
OF_LABELS = [case_insensitive_accuracy_score, confusable_groups, recognition_report]


@pytest.mark.parametrize("score", SCORES)
def test_scores_choose_in_a_search(score):
    X, y = load_characters(return_X_y=True)
    keep = np.flatnonzero(np.isin(y, list("0Ooxc7")))[:180]
    better = 1 if score is case_insensitive_accuracy_score else -1
    search = GridSearchCV(
        KNeighborsClassifier(),
        {"n_neighbors": [1, 60]},
        scoring=make_scorer(score, greater_is_better=better == 1),
        cv=3,
        error_score="raise",
    ).fit(X[keep], y[keep])
    assert search.best_params_ == {"n_neighbors": 1}
    known = np.sign(better) * search.best_score_
    assert 0.5 < known < 1 if better == 1 else 0 < known < 0.5
    # With all its training samples as neighbours, a fold has one answer for everything.
    assert search.score(X[keep], y[keep]) == (1 if better == 1 else 0)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    "container",
    [
        list,
        tuple,
        np.array,
        lambda y: np.array(y, dtype=object),
        lambda y: np.array(y)[:, np.newaxis],
        lambda y: pd.Series(y, index=[7, 8, 9, 4]),
        lambda y: pd.Series(y, dtype="category"),
        lambda y: pd.Series(y, dtype="string"),
    ],
)
def test_strings_come_in_any_container(function, container):
    y_true, y_pred = ["a", "B", "c", "0"], ["A", "B", "d", "c"]
    assert function(container(y_true), container(y_pred)) == function(y_true, y_pred)


@pytest.mark.parametrize("function", OF_LABELS)
@pytest.mark.parametrize(
    "container",
    [
        np.array,
        lambda y: np.array(y, dtype=np.uint8),
        lambda y: np.array(y, dtype=float),
        lambda y: [float(label) for label in y],
        lambda y: np.array(y, dtype=object),
        lambda y: pd.Series(y, dtype="Int64"),
    ],
)
def test_numbers_come_in_any_container(function, container):
    y_true, y_pred = [0, 7, 12, 12, 0], [0, 7, 12, 0, 7]
    assert function(container(y_true), y_pred) == function(y_true, y_pred)


@pytest.mark.parametrize("function", ALL)
def test_arguments_stay_as_they_are(function):
    y_true, y_pred = np.array(["a", "B"]), np.array(["A", "b"])
    function(y_true, y_pred)
    assert y_true.tolist() == ["a", "B"]
    assert y_pred.tolist() == ["A", "b"]


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    ("y_true", "y_pred", "match"),
    [
        (["a", "b", "c"], ["a", "b"], "y_true has 3 samples and y_pred 2"),
        ([], ["a"], "y_true has 0 samples and y_pred 1"),
        ([], [], "are empty; expected at least one sample"),
        (np.array([], bool), np.array([]), "are empty"),
        ("abc", ["a", "b", "c"], r"y_true is one string, 'abc'; expected a list.*\['abc'\]"),
        (["a"], "a", "y_pred is one string"),
        (["a", "b"], [["a", "b"], ["a", "b"]], r"y_pred has shape \(2, 2\); expected one value"),
        (["a", None], ["a", "b"], "y_true holds None; expected"),
        (["a", "b"], ["a", float("nan")], "y_pred holds"),
        ([b"a", b"b"], ["a", "b"], "y_true holds b'a'; expected"),
        (np.array([True, False]), ["a", "b"], "y_true holds .*True"),
    ],
)
def test_unfit_arguments_are_named(function, y_true, y_pred, match):
    with pytest.raises(ValueError, match=match):
        function(y_true, y_pred)


@pytest.mark.parametrize("function", OF_LABELS)
@pytest.mark.parametrize(
    ("y_true", "y_pred", "match"),
    [
        (
            ["7", "8"],
            [7, 8],
            r"y_true holds strings, such as '7', and y_pred numbers, such as 7;.*"
            r"make both strings: np.asarray\(y_pred\).astype\(str\)",
        ),
        ([7, 8], np.array(["7", "8"]), r"np.asarray\(y_true\).astype\(str\)"),
        ([7, "a"], ["7", "a"], "y_true holds a mix of strings and numbers, such as 'a' and 7"),
        ([1.0, 2.5], [1, 2], "y_true holds 2.5; expected labels: strings, or whole numbers"),
        ([1, 2], np.array([1, np.nan]), "y_pred holds nan"),
        ([1, 2], [1, np.inf], "y_pred holds inf"),
    ],
)
def test_kinds_of_labels_do_not_mix(function, y_true, y_pred, match):
    with pytest.raises(ValueError, match=match):
        function(y_true, y_pred)


@pytest.mark.parametrize("rate", RATES)
def test_numbers_are_no_texts(rate):
    with pytest.raises(ValueError, match="y_true holds 7; expected strings"):
        rate([7, 8], [7, 8])


@pytest.mark.parametrize("score", SCORES)
def test_a_weight_is_a_number_of_repetitions(score):
    y_true, y_pred = ["ab c", "d", "EF g h"], ["ab", "D", "ef g i"]
    weights = [3, 1, 2]
    repeated = score(np.repeat(y_true, weights), np.repeat(y_pred, weights))
    assert score(y_true, y_pred, sample_weight=weights) == pytest.approx(repeated)
    assert score(y_true, y_pred) != pytest.approx(repeated)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("sample_weight", [[1, 2, 3], [[1, 2]], [0, 0], [1, np.nan], [1, -1]])
def test_unfit_weights_are_named(score, sample_weight):
    with pytest.raises(ValueError, match=r"(?i)sample.?weight"):
        score(["a", "b"], ["a", "c"], sample_weight=sample_weight)
