import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from skhcr.metrics import character_error_rate, word_error_rate

RATES = [character_error_rate, word_error_rate]


def edits(a, b):
    """The textbook's table, a row at a time."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]


@pytest.mark.parametrize(
    ("true", "read", "n_edits"),
    [
        ("kitten", "sitting", 3),
        ("abc", "abc", 0),
        ("abc", "acb", 2),
        ("abc", "xabc", 1),
        ("abc", "", 3),
        ("ab c", "abc", 1),
        ("Abc", "abc", 1),
        ("größe", "grösse", 2),
        ("漢字", "漢", 1),
        ("a🙂", "a", 1),
    ],
)
def test_character_edits(true, read, n_edits):
    assert character_error_rate([true], [read]) == pytest.approx(n_edits / len(true))


@pytest.mark.parametrize(
    ("true", "read", "n_edits"),
    [
        ("the quick fox", "the quick fox", 0),
        ("the quick fox", "the quack fox", 1),
        ("the quick fox", "thequick fox", 2),
        ("the quick fox", "fox", 2),
        ("the quick fox", " the\tquick \n fox ", 0),
        ("the quick fox", "a b c d e", 5),
        ("the quick fox", "the quick fox.", 1),
        ("the quick fox", "", 3),
    ],
)
def test_word_edits(true, read, n_edits):
    assert word_error_rate([true], [read]) == pytest.approx(n_edits / 3)


@pytest.mark.parametrize(
    ("rate", "split"), [(character_error_rate, list), (word_error_rate, str.split)]
)
def test_edits_are_added_before_they_are_divided(rate, split):
    rng = np.random.default_rng(0)
    true = ["".join(rng.choice(list("abc "), n)) for n in range(1, 40)]
    read = ["".join(rng.choice(list("abc "), n)) for n in range(39, 0, -1)]
    n_edits = sum(edits(split(a), split(b)) for a, b in zip(true, read, strict=True))
    expected = n_edits / sum(len(split(text)) for text in true)
    assert rate(true, read) == pytest.approx(expected)
    assert rate(np.array(true), np.array(read)) <= expected
    assert type(rate(true, read)) is float


@pytest.mark.parametrize("rate", RATES)
def test_of_single_characters_it_is_the_share_of_errors(rate, predictions):
    y_true, y_pred = predictions.y_true, predictions.y_pred
    assert rate(y_true, y_pred) == pytest.approx(1 - accuracy_score(y_true, y_pred))


@pytest.mark.parametrize("rate", RATES)
def test_empty_texts(rate):
    assert rate(["a b", ""], ["a b", ""]) == 0
    assert rate(["a b", ""], ["", ""]) == 1
    assert rate(["x", ""], ["x", "y"]) == 1  # an insertion, to one that is written
    assert rate(["", ""], ["", ""]) == 0
    assert rate(["", ""], ["", "x"]) == math.inf
    assert rate(["x", ""], ["x", "y"], sample_weight=[0, 2]) == math.inf
    assert rate(["x", ""], ["y", ""], sample_weight=[0, 2]) == 0


def test_white_space_is_characters_and_no_word():
    assert character_error_rate(["  "], ["   "]) == 0.5
    assert word_error_rate(["  "], ["   "]) == 0
