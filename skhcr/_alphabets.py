"""The one place that knows which characters exist, and their order.

An alphabet is an ordered tuple of one-character strings. The position of a character is its
code, the same in every fold, file and network.
"""

import string
from collections.abc import Iterable

DIGITS = tuple(string.digits)
UPPERCASE = tuple(string.ascii_uppercase)
LOWERCASE = tuple(string.ascii_lowercase)
LETTERS = UPPERCASE + LOWERCASE

#: The 62 characters in the order that EMNIST ByClass and Chars74K use.
CHARACTERS = DIGITS + LETTERS

#: The 47 classes of EMNIST Balanced and ByMerge: small letters that look like their capitals
#: are merged with them [Cohen et al. 2017, section II.B].
EMNIST_BALANCED = DIGITS + UPPERCASE + tuple("abdefghnqrt")

ALPHABETS = {
    "digits": DIGITS,
    "uppercase": UPPERCASE,
    "lowercase": LOWERCASE,
    "letters": LETTERS,
    "characters": CHARACTERS,
    "emnist_balanced": EMNIST_BALANCED,
}


def resolve_alphabet(alphabet):
    """Return an alphabet as a tuple of one-character strings.

    Parameters
    ----------
    alphabet : str or sequence of str
        The name of an alphabet, a key of `ALPHABETS`, or the characters themselves, in order.

    Returns
    -------
    tuple of str
        The characters, each once.

    Raises
    ------
    ValueError
        If the name is unknown, an entry is not one character, or a character stands twice.
    """
    if isinstance(alphabet, str):
        if alphabet not in ALPHABETS:
            raise ValueError(
                f"alphabet={alphabet!r} is not the name of an alphabet; expected one of "
                f"{sorted(ALPHABETS)} or a sequence of single characters."
            )
        return ALPHABETS[alphabet]
    if isinstance(alphabet, (set, frozenset)):
        raise ValueError("alphabet is a set, which has no order; expected a sequence.")
    if not isinstance(alphabet, Iterable):
        raise ValueError(f"alphabet={alphabet!r} is neither a name nor a sequence of characters.")
    characters = tuple(alphabet)
    if not characters:
        raise ValueError("alphabet is empty; expected at least one character.")
    for position, character in enumerate(characters):
        if not isinstance(character, str) or len(character) != 1:
            raise ValueError(
                f"alphabet[{position}]={character!r} is not a single character; an alphabet is "
                "a sequence of one-character strings."
            )
        if character in characters[:position]:
            raise ValueError(f"alphabet holds {character!r} twice, again at position {position}.")
    return tuple(str(character) for character in characters)
