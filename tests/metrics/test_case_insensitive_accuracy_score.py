import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from skhcr.metrics import case_insensitive_accuracy_score


def test_labels_that_differ_by_case_are_equal():
    assert case_insensitive_accuracy_score(list("cO1x"), list("Co1y")) == 0.75
    assert case_insensitive_accuracy_score(["Hello", "WORLD"], ["hELLO", "word"]) == 0.5
    # Letters that look alike are no case of each other.
    assert case_insensitive_accuracy_score(list("0Il"), list("Ol1")) == 0


def test_case_is_that_of_unicode():
    assert case_insensitive_accuracy_score(list("éЖσß"), list("ÉжςẞΣ"[:4])) == 1


def test_it_is_the_accuracy_of_lower_case(predictions):
    y_true, y_pred = predictions.y_true, predictions.y_pred
    score = case_insensitive_accuracy_score(y_true, y_pred)
    assert type(score) is float
    assert score == pytest.approx(accuracy_score(np.char.lower(y_true), np.char.lower(y_pred)))
    assert score > accuracy_score(y_true, y_pred)


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("sample_weight", [None, [1, 2, 0.5, 0]])
def test_without_letters_it_is_the_accuracy(normalize, sample_weight):
    kwargs = {"normalize": normalize, "sample_weight": sample_weight}
    for y_true, y_pred in ([7, 8, 12, 1], [7, 9, 12, 1]), (list("7812"), list("7912")):
        score = case_insensitive_accuracy_score(y_true, y_pred, **kwargs)
        assert type(score) is float
        assert score == pytest.approx(accuracy_score(y_true, y_pred, **kwargs))


def test_normalize_is_checked():
    with pytest.raises(ValueError, match="'normalize' parameter"):
        case_insensitive_accuracy_score(["a"], ["a"], normalize="yes")


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="is new in NumPy 2")
def test_strings_of_variable_length():
    labels = np.array(["a", "B"], dtype=np.dtypes.StringDType())
    assert case_insensitive_accuracy_score(labels, ["A", "c"]) == 0.5
