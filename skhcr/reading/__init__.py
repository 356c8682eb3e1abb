"""From a picture of words to text: find characters, read them, and spell."""

from skhcr.reading._character_segmenter import CharacterSegmenter
from skhcr.reading._page import Character, Line, Page, Word
from skhcr.reading._text_reader import TextReader

__all__ = ["Character", "CharacterSegmenter", "Line", "Page", "TextReader", "Word"]
