import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

from skhcr._alphabets import ALPHABETS, CHARACTERS
from skhcr.preprocessing import CharacterEncoder


@pytest.mark.parametrize("alphabet", [*sorted(ALPHABETS), ["ä", "Z", "a", "é"]])
@pytest.mark.parametrize("one_hot", [False, True])
def test_encoding_and_decoding_are_inverse(alphabet, one_hot):
    encoder = CharacterEncoder(alphabet, one_hot=one_hot).fit([])
    y = np.tile(encoder.classes_[::-1], 2)
    encoded = encoder.transform(y)
    assert encoder.classes_.dtype == "<U1"
    assert encoded.dtype == (np.float32 if one_hot else np.int64)
    np.testing.assert_array_equal(encoder.inverse_transform(encoded), y)


def test_a_missing_class_moves_no_code():
    encoder = CharacterEncoder().fit(["A", "c"])
    assert "".join(encoder.classes_) == "".join(CHARACTERS)
    np.testing.assert_array_equal(encoder.transform(["0", "A", "c"]), [0, 10, 38])


def test_one_hot_has_a_column_for_each_character():
    rows = CharacterEncoder("digits", one_hot=True).fit_transform(["3", "9"])
    np.testing.assert_array_equal(rows, np.eye(10, dtype=np.float32)[[3, 9]])


@pytest.mark.parametrize(
    "y",
    [
        [3, 0, "A"],
        np.array(["3", "0", "A"], dtype=object),
        np.array([b"3", b"0", b"A"]),
        pd.Series(["3", "0", "A"], index=[7, 8, 9]),
        pd.Series(["3", "0", "A"], dtype="category"),
        pd.Series(["3", "0", "A"], dtype="string"),
    ],
)
def test_labels_come_in_any_container(y):
    np.testing.assert_array_equal(CharacterEncoder().fit_transform(y), [3, 0, 10])


def test_integers_count_as_the_digits_that_they_print_as():
    y = load_digits().target
    np.testing.assert_array_equal(CharacterEncoder("digits").fit_transform(y), y)
    # The rule is about print, not about position: 0 is "0", which stands first only in "digits".
    with pytest.raises(ValueError, match=r"not of the alphabet: '0', '1'.*expected characters"):
        CharacterEncoder("letters").fit([0, 1])


def test_probabilities_decode_to_the_most_probable():
    probabilities = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
    decoded = CharacterEncoder(["x", "y", "z"]).inverse_transform(probabilities)
    np.testing.assert_array_equal(decoded, ["y", "x"])


def test_it_needs_no_fit_and_clones():
    encoder = clone(CharacterEncoder("lowercase", one_hot=True))
    assert encoder.transform([]).shape == (0, 26)
    assert encoder.inverse_transform([]).shape == (0,)
    assert not hasattr(encoder, "classes_")
    repr(encoder)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", "?", "ab", ""], r"not of the alphabet: '', '\?', 'ab'; expected characters of '01"),
        ([None, 3.0, True], "'3.0', 'None', 'True'"),
        ([10, -1], "'-1', '10'"),
        ([f"<{i}>" for i in range(15)], "and 5 more"),
        ([["a", "b"]], "1d array"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "transform"])
def test_strange_labels_are_listed(y, message, method):
    with pytest.raises(ValueError, match=message):
        getattr(CharacterEncoder(), method)(y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 62, -1], "codes that are not of the alphabet: -1, 62; expected 0 to 61"),
        ([0.5, 0.25], r"dtype float64; expected integer codes, \(n_samples,\), or scores, .* 62"),
        (["a"], "expected integer codes"),
        (np.zeros((2, 10)), r"shape \(2, 10\)"),
        (np.full((2, 62), np.nan), "NaN"),
    ],
)
def test_strange_codes_are_listed(y, message):
    with pytest.raises(ValueError, match=message):
        CharacterEncoder().inverse_transform(y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"alphabet": "greek"}, "alphabet='greek' is not the name"),
        ({"alphabet": ["ab"]}, r"alphabet\[0\]='ab'"),
        ({"alphabet": 3}, "'alphabet' parameter .* must be"),
        ({"one_hot": "yes"}, "'one_hot' parameter .* must be"),
    ],
)
def test_parameters_are_checked_with_and_without_fit(parameters, message):
    encoder = CharacterEncoder(**parameters)
    for method in (encoder.fit, encoder.transform):
        with pytest.raises(ValueError, match=message):
            method(["a"])
