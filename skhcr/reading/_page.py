"""What is on a picture of text: a page of lines, of words, of characters."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Character:
    """One character of a picture.

    Attributes
    ----------
    box : tuple of int
        (left, top, right, bottom) in pixels of the picture; right and bottom are outside.
    text : str
        What it is; empty as long as it is not read.
    probability : float in [0, 1]
        That the ink is one character and, once it is read, this one.
    alternatives : tuple of (str, float)
        What else it may be, and how probable that is, the likeliest first.
    """

    box: tuple
    text: str = ""
    probability: float = 0.0
    alternatives: tuple = ()


@dataclass(frozen=True)
class Word:
    """Characters that stand together.

    Attributes
    ----------
    box : tuple of int
        (left, top, right, bottom) in pixels of the picture.
    characters : tuple of Character
        From left to right. Of a word out of a lexicon those that were found, which may be fewer or
        more than `text` has.
    text : str
        What is read; empty as long as it is not.
    probability : float in [0, 1]
        The product of the characters' probabilities.
    in_lexicon : bool
        Whether `text` is an entry of the lexicon.
    """

    box: tuple
    characters: tuple
    text: str = ""
    probability: float = 0.0
    in_lexicon: bool = False


@dataclass(frozen=True)
class Line:
    """Words on one line.

    Attributes
    ----------
    box : tuple of int
        (left, top, right, bottom) in pixels of the picture.
    words : tuple of Word
        From left to right.
    text : str
        The words with a space between them.
    characters : tuple of Character
        Those of all words.
    """

    box: tuple
    words: tuple

    @property
    def text(self):
        """The words with a space between them."""
        return " ".join(word.text for word in self.words)

    @property
    def characters(self):
        """The characters of all words."""
        return tuple(character for word in self.words for character in word.characters)


@dataclass(frozen=True)
class Page:
    """What is on a picture.

    Attributes
    ----------
    shape : (int, int)
        Height and width of the picture, in pixels.
    lines : tuple of Line
        From top to bottom.
    text : str
        The lines, one under the other; empty if there are none.
    words : tuple of Word
        Those of all lines.
    characters : tuple of Character
        Those of all lines, in reading order.
    """

    shape: tuple
    lines: tuple

    @property
    def text(self):
        """The lines, one under the other; empty if there are none."""
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self):
        """The words of all lines."""
        return tuple(word for line in self.lines for word in line.words)

    @property
    def characters(self):
        """The characters of all lines, in reading order."""
        return tuple(character for line in self.lines for character in line.characters)
