"""CharacterSegmenter: pictures of text to lines, words and characters."""

import itertools
import warnings
from dataclasses import dataclass
from numbers import Integral, Real
from threading import Lock

import cv2
import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions

from skhcr._images import check_pictures
from skhcr.preprocessing import ImageLoader
from skhcr.preprocessing._image_loader import as_sources
from skhcr.preprocessing._read_picture import shrunk_size
from skhcr.preprocessing._sources import load_source
from skhcr.reading._decode import best_path, skip_scores, split_words, wholeness
from skhcr.reading._lattice import make_lattice
from skhcr.reading._page import Character, Line, Page, Word
from skhcr.reading._page_ink import page_ink
from skhcr.reading._segment_network import segment_probabilities
from skhcr.reading._strips import find_strips


@dataclass
class SegmentedLine:
    """A line's lattice, and what its segments are thought to be.

    Attributes
    ----------
    lattice : Lattice
    whole : ndarray of float64, (n_segments,)
        How probable it is that a segment is one whole character.
    characters : ndarray of float64, (n_segments, n_classes)
        Which one, if it is, as the segmenter's own network sees it.
    classes : ndarray of str, (n_classes,)
    chosen : list of int
        The segments that are the line's characters as far as can be told without reading.
    word_gap : float
        As of the segmenter.
    scale : (float, float)
        Picture pixels for one of the page that was segmented, across and down.
    shape : (int, int)
        Height and width of the picture.
    """

    lattice: object
    whole: np.ndarray
    characters: np.ndarray
    classes: np.ndarray
    chosen: list
    word_gap: float
    scale: tuple
    shape: tuple

    def words(self, begin=0):
        """Return the parts, first and last + 1, of each word, from part `begin` on.

        What lies between words and is no character, the edge of a shadow, say, is in none.
        """
        segments = [self.lattice.segments[k] for k in self.chosen]
        segments = [segment for segment in segments if segment.start >= begin]
        begins = split_words([segment.box for segment in segments], self.word_gap)
        bounds = itertools.pairwise([*begins, len(segments)])
        return [(segments[first].start, segments[end - 1].stop) for first, end in bounds]

    def box(self, segments):
        """Return the box of segments in the picture, in whole pixels."""
        boxes = np.array([self.lattice.segments[k].box for k in segments])
        corners = *boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)
        left, top, right, bottom = self.lattice.strip.box(*corners)
        x, y = self.scale
        low = int(np.floor(left * x)), int(np.floor(top * y))
        high = int(np.ceil(right * x)), int(np.ceil(bottom * y))
        height, width = self.shape
        return max(0, low[0]), max(0, low[1]), min(width, high[0]), min(height, high[1])


class CharacterSegmenter(BaseEstimator):
    """Find the lines, words and characters of a picture of text.

    Ink is told from paper, dark or light, in shadow or not; printed lines, boxes and specks are
    taken out, and lines of text found, level or skewed by up to 20 degrees. What the upper and
    the lower edge of the picture cut off other lines is left out. Within a line, ink is taken
    apart into pieces, at gaps and where it is thin, and a network says of each few that follow one
    another whether they are one whole character: the dot and the stem of an i, say, or the two
    halves of a broken N, or one of two letters that touch.

    Parameters
    ----------
    polarity : {"auto", "dark", "light"}, default="auto"
        Whether ink is darker or lighter than paper.
    remove_lines : bool, default=True
        Whether to remove the lines of ruled paper, underlines, and the boxes of forms.
    word_gap : float, default=2.0
        From how much wider a gap is than the usual one between two characters a new word begins.
    min_confidence : float in [0, 1], default=0.4
        How probable it has to be, on average, that what a line has are characters; other lines are
        left out: textures, and most photos.
    max_size : int or None, default=2400
        Longest side, in pixels, to which larger pictures are shrunk before they are looked at.
    max_pixels : int or None, default=100_000_000
        Size over which a picture is refused unread, in pixels.

    See Also
    --------
    TextReader : Reads what this finds.
    skhcr.preprocessing.InkExtractor : Finds the ink of one character.

    Notes
    -----
    It is fitted as it is made: the network comes with the package. It was trained on words
    composed as by :func:`skhcr.datasets.make_words`, and on a few hundred real names.

    Cutting ink into more pieces than there are characters, and letting a recogniser choose which
    belong together, is over-segmentation [1]_.

    References
    ----------
    .. [1] R. G. Casey and E. Lecolinet, "A survey of methods and strategies in character
       segmentation", IEEE Transactions on Pattern Analysis and Machine Intelligence 18(7),
       pp. 690-706, 1996.

    Examples
    --------
    >>> from skhcr.datasets import make_words
    >>> from skhcr.reading import CharacterSegmenter
    >>> words = make_words(texts=["Ann 27"], wear=0, random_state=1)
    >>> page = CharacterSegmenter().transform(words.images)[0]
    >>> [len(word.characters) for word in page.words]
    [3, 2]
    """

    _parameter_constraints = {
        "polarity": [StrOptions({"auto", "dark", "light"})],
        "remove_lines": ["boolean"],
        "word_gap": [Interval(Real, 0, None, closed="left")],
        "min_confidence": [Interval(Real, 0, 1, closed="both")],
        "max_size": [Interval(Integral, 16, None, closed="left"), None],
        "max_pixels": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(
        self,
        polarity="auto",
        *,
        remove_lines=True,
        word_gap=2.0,
        min_confidence=0.4,
        max_size=2400,
        max_pixels=100_000_000,
    ):
        self.polarity = polarity
        self.remove_lines = remove_lines
        self.word_gap = word_gap
        self.min_confidence = min_confidence
        self.max_size = max_size
        self.max_pixels = max_pixels

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the parameters; nothing is learnt, and no picture is opened.

        Parameters
        ----------
        X : sequence of sources, or pictures
            As for `transform`.
        y : None
            Ignored.

        Returns
        -------
        CharacterSegmenter
            The instance itself.
        """
        return self

    def transform(self, X):
        """Find lines, words and characters.

        Parameters
        ----------
        X : sequence of sources, or pictures
            What :class:`~skhcr.preprocessing.ImageLoader` takes: a list of paths, bytes, open
            files, PIL images and arrays, or a batch.

        Returns
        -------
        list of Page
            One for each picture. A picture without text has no lines.

        Raises
        ------
        ValueError
            If a source cannot be read as a picture.
        OSError
            If a file cannot be opened.
        """
        return [
            Page(shape, tuple(_unread(line) for line in lines)) for shape, lines in self._segment(X)
        ]

    def fit_transform(self, X, y=None):
        """Find lines, words and characters.

        Parameters
        ----------
        X : sequence of sources, or pictures
            As for `transform`.
        y : None
            Ignored.

        Returns
        -------
        list of Page
            One for each picture.
        """
        return self.fit(X, y).transform(X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _segment(self, X):
        """Yield the shape of each picture, and its lines, a list of SegmentedLine."""
        self._validate_params()
        for picture in self._load(X):
            picture = np.ascontiguousarray(picture.reshape(picture.shape[:2]))
            yield picture.shape, self._segment_picture(picture)

    def _load(self, X):
        """Yield the pictures, grey, one at a time: pages are large."""
        if isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "buif":
            raise ValueError(
                f"X is an array of shape {X.shape}, which looks like one picture; expected a "
                "sequence of them: [X]."
            )
        sources = as_sources(X)
        if sources is None and isinstance(X, (list, tuple)):
            sources = X  # none of them is one, which an error says
        if sources is None:
            batch = ImageLoader(max_pixels=self.max_pixels).transform(X)
            yield from check_pictures(self, batch, reset=False, channel_counts=(1,))[0]
            return
        for position, source in enumerate(sources):
            with warnings.catch_warnings():
                # As in ImageLoader: harmless, or an error later.
                warnings.filterwarnings("ignore", module=r"PIL\.")
                picture = load_source(source, position, Lock(), "gray", None, self.max_pixels)
            yield picture

    def _segment_picture(self, grey):
        """Return the lines of one picture."""
        height, width = grey.shape
        size = shrunk_size(height, width, self.max_size)
        if size != (height, width):
            grey = cv2.resize(grey, size[::-1], interpolation=cv2.INTER_AREA)
        dark = None if self.polarity == "auto" else self.polarity == "dark"
        ink = page_ink(grey, dark)
        strips = find_strips(ink, printed_lines=not self.remove_lines)
        lattices = [make_lattice(strip) for strip in strips]
        lattices = [lattice for lattice in lattices if lattice.segments]
        if not lattices:
            return []
        # All lines at once, as a network is quicker at many.
        everything = segment_probabilities(np.concatenate([one.windows() for one in lattices]))
        whole, characters, classes = everything
        starts = np.cumsum([0] + [len(lattice.segments) for lattice in lattices])
        shapes = (width / size[1], height / size[0]), (height, width)
        lines = []
        for k, lattice in enumerate(lattices):
            mine = slice(starts[k], starts[k + 1])
            line = self._choose(lattice, whole[mine], characters[mine], classes, shapes)
            if line is not None:
                lines.append(line)
        return lines

    def _choose(self, lattice, whole, characters, classes, shapes):
        """Return a line with its likeliest characters, or None if it has none."""
        scores = wholeness(whole) + np.log(characters.max(axis=1))
        skips = skip_scores(lattice)
        path = best_path(lattice.segments, 0, lattice.n_parts, scores[:, np.newaxis], skips)
        if not path.segments or whole[path.segments].mean() < self.min_confidence:
            return None
        return SegmentedLine(
            lattice, whole, characters, classes, path.segments, self.word_gap, *shapes
        )


def _unread(line):
    """Return a Line of boxes."""
    words = []
    for start, stop in line.words():
        mine = [k for k in line.chosen if start <= line.lattice.segments[k].start < stop]
        if not mine:
            continue
        characters = tuple(Character(line.box([k]), probability=float(line.whole[k])) for k in mine)
        probability = float(np.prod([character.probability for character in characters]))
        words.append(Word(line.box(mine), characters, probability=probability))
    return Line(line.box(line.chosen), tuple(words))
