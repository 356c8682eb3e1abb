import string

import numpy as np
import pytest

from skhcr import _alphabets
from skhcr._alphabets import ALPHABETS, CHARACTERS, EMNIST_BALANCED, resolve_alphabet


def test_characters_are_the_62_in_the_order_of_emnist():
    expected = string.digits + string.ascii_uppercase + string.ascii_lowercase
    assert "".join(CHARACTERS) == expected


def test_emnist_balanced_has_47_classes():
    assert len(EMNIST_BALANCED) == 47
    assert "".join(EMNIST_BALANCED[36:]) == "abdefghnqrt"


@pytest.mark.parametrize("name", sorted(ALPHABETS))
def test_every_name_resolves_to_distinct_characters(name):
    alphabet = resolve_alphabet(name)
    assert alphabet == getattr(_alphabets, name.upper())
    assert len(set(alphabet)) == len(alphabet)


@pytest.mark.parametrize("characters", [["b", "a"], ("b", "a"), np.array(["b", "a"])])
def test_own_characters_keep_their_order(characters):
    alphabet = resolve_alphabet(characters)
    assert alphabet == ("b", "a")
    assert all(type(character) is str for character in alphabet)


@pytest.mark.parametrize(
    ("alphabet", "message"),
    [
        ("digit", r"alphabet='digit' is not the name of an alphabet; expected one of \['char"),
        ([], "alphabet is empty"),
        (["a", "bc"], r"alphabet\[1\]='bc' is not a single character"),
        (["a", 1], r"alphabet\[1\]=1 is not a single character"),
        (["a", "b", "a"], "'a' twice, again at position 2"),
    ],
)
def test_what_is_no_alphabet_is_said(alphabet, message):
    with pytest.raises(ValueError, match=message):
        resolve_alphabet(alphabet)


def test_a_set_has_no_order():
    with pytest.raises(ValueError, match="alphabet is a set"):
        resolve_alphabet({"a", "b"})
