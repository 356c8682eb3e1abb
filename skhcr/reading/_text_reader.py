"""TextReader: pictures of words, lines and pages to text."""

import os
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, _fit_context, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils._param_validation import HasMethods, Interval

from skhcr._alphabets import CHARACTERS, resolve_alphabet
from skhcr.metrics import character_error_rate
from skhcr.metrics._labels import check_column
from skhcr.reading._alignment import align_line, frequencies, with_known
from skhcr.reading._character_segmenter import CharacterSegmenter
from skhcr.reading._form_text import FormText
from skhcr.reading._lexicon import resolve_lexicon
from skhcr.reading._line_reading import LineReading
from skhcr.reading._page import Line, Page

_LIKELY = 0.02  # from which a segment is worth asking the classifier
_LEAST = 1e-6  # probability of a character that a classifier has for impossible


class TextReader(BaseEstimator):
    """Read pictures of words, lines and pages.

    A segmenter finds lines, words and what may be their characters; a classifier says what each of
    them looks like; context decides what a lone character cannot say: 0 or O, 1, l or I, a capital
    or a small letter. A lexicon of known texts puts right what is near one of them.

    Parameters
    ----------
    classifier : classifier, default=None
        What reads a single character: anything with `predict_proba` and `classes_` that takes a
        list of pictures, such as :func:`skhcr.load_pretrained` returns or a pipeline that begins
        with :func:`~skhcr.preprocessing.make_ink_pipeline`. None for the network that comes with
        the segmenter: the 62 characters 0-9, A-Z and a-z, seen in their line.
    segmenter : CharacterSegmenter, default=None
        What finds the characters. None for one with its defaults.
    lexicon : path or sequence of str, default=None
        Texts that are expected: a list, a column of a table, or a text file, UTF-8, with one on
        each line. Each is held against words and whole lines. What is far from every
        entry stays as it is read.
    alphabet : str or sequence of str, default=None
        What may be written: "digits", "uppercase", "lowercase", "letters", "characters" or single
        characters. A letter of which the alphabet has the other case only is read as that one, so
        that with "uppercase" a small a is an A. None for all that the classifier tells apart.
    lexicon_weight : float, default=1.3
        How much is given for being in the lexicon, for each character of an entry, as a
        log-probability. 0 only prefers entries where they are as likely as what is read; more
        corrects more, and takes more words for an entry that are none.
    form_text : sequence of str, default=None
        What is printed on the form before the writing, such as ``["NAME:", "DATE:"]``: left out,
        with the few characters of dirt that may stand before it on its line.

    Attributes
    ----------
    classifier_ : classifier or None
        The fitted classifier; after `fit`.
    character_prior_ : ndarray of float64, (n_classes,)
        How frequent each of the classifier's classes, in either case, is in the texts of `fit`.

    See Also
    --------
    CharacterSegmenter : Finds the characters.
    skhcr.inspection.TextOverlayDisplay : Shows what was read, and where.
    skhcr.metrics.character_error_rate : Compares texts.

    Notes
    -----
    It can read without being fitted, if the classifier can. Texts are lines, parted by line breaks,
    of words parted by spaces. There is no class for punctuation: full stops, hyphens and the like
    are left out, unless an entry of the lexicon has them. Accents are left out too.

    Characters are chosen by dynamic programming over all ways to cut a line, with the log-odds that
    a segment is one whole character and the log-probability of which one it is [1]_; this is done
    for each kind of word (capitals, small letters, a capital first, digits, anything), and the best
    kind is taken. An entry of the lexicon is aligned with the same segments, with a cost for a
    character that is missing or too much; with more than 1,000 entries those are aligned that are
    nearest to what was read.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
       recognition", Proceedings of the IEEE 86(11), pp. 2278-2324, 1998.

    Examples
    --------
    >>> from skhcr.datasets import make_words
    >>> from skhcr.reading import TextReader
    >>> words = make_words(texts=["2718", "3141"], wear=0, random_state=0)
    >>> TextReader(alphabet="digits").predict(words.images)
    array(['2718', '3141'], dtype='<U4')
    """

    _parameter_constraints = {
        "classifier": [HasMethods(["predict_proba"]), None],
        "segmenter": [CharacterSegmenter, None],
        "lexicon": ["array-like", set, frozenset, str, os.PathLike, None],
        "alphabet": [str, "array-like", None],
        "lexicon_weight": [Interval(Real, 0, None, closed="left")],
        "form_text": ["array-like", None],
    }

    def __init__(
        self,
        classifier=None,
        *,
        segmenter=None,
        lexicon=None,
        alphabet=None,
        lexicon_weight=1.3,
        form_text=None,
    ):
        self.classifier = classifier
        self.segmenter = segmenter
        self.lexicon = lexicon
        self.alphabet = alphabet
        self.lexicon_weight = lexicon_weight
        self.form_text = form_text

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Learn from pictures and their texts.

        The texts are aligned with the pictures. Then a clone of `classifier` is fitted on the
        characters found, which is for one that goes on from weights it has, such as
        ``load_pretrained("characters", trainable=True)``; one that is frozen stays as it is. It
        goes on to tell apart what it did before: a few bundled images of each of its classes are
        learnt too. And it is counted how frequent characters are.

        Parameters
        ----------
        X : sequence of sources, or pictures
            As for `predict`.
        y : array-like of str, shape (n_samples,)
            The texts.

        Returns
        -------
        TextReader
            The instance itself.

        Raises
        ------
        ValueError
            If there are not as many texts as pictures, a text is no string, no character of any
            picture can be aligned with its text, a source cannot be read as a picture, or
            `alphabet`, `lexicon` or `form_text` is not what is expected.
        OSError
            If a file cannot be opened.
        """
        self._check()
        texts = check_column("y", y).tolist()
        for position, text in enumerate(texts):
            if not isinstance(text, str):
                raise ValueError(f"y[{position}] is {text!r:.50}; expected a string.")
        ink, labels = self._align(X, texts)
        classifier = self.classifier
        if classifier is not None:
            classifier = clone(classifier).fit(*with_known(classifier, ink, labels))
        self.classifier_ = classifier
        self.character_prior_ = frequencies(texts, _names(classifier))
        return self

    def predict(self, X, *, alphabet=None):
        """Read pictures.

        Parameters
        ----------
        X : sequence of sources, or pictures
            What :class:`~skhcr.preprocessing.ImageLoader` takes: a list of paths, bytes, open
            files, PIL images and arrays, or a batch.
        alphabet : str or sequence of str, default=None
            What may be written on these pictures, instead of the `alphabet` of the reader.

        Returns
        -------
        ndarray of str, shape (n_samples,)
            Words parted by spaces, lines by line breaks; "" for a picture without text.

        Raises
        ------
        ValueError
            If a source cannot be read as a picture, or `lexicon`, `alphabet` or `form_text` is
            not what is expected.
        OSError
            If a file cannot be opened.
        sklearn.exceptions.NotFittedError
            If `classifier` is not fitted, and the reader neither.
        """
        return np.array([page.text for page in self.predict_details(X, alphabet=alphabet)], str)

    def predict_details(self, X, *, alphabet=None):
        """Read pictures, and tell where what stands, and how sure that is.

        Parameters
        ----------
        X : sequence of sources, or pictures
            As for `predict`.
        alphabet : str or sequence of str, default=None
            As for `predict`.

        Returns
        -------
        list of Page
            Of each picture its lines, their words, and their characters with boxes, probabilities
            and alternatives.

        Raises
        ------
        ValueError
            As of `predict`.
        OSError
            As of `predict`.
        sklearn.exceptions.NotFittedError
            As of `predict`.
        """
        self._validate_params()
        alphabet = self.alphabet if alphabet is None else alphabet
        entries = None if self.lexicon is None else resolve_lexicon(self.lexicon)
        classifier = getattr(self, "classifier_", self.classifier)
        reading = LineReading(
            _names(classifier),
            alphabet,
            entries,
            self.lexicon_weight,
            self.form_text,
            getattr(self, "character_prior_", None),
        )
        pages = []
        for shape, lines in self._segmenter()._segment(X):
            logs = _recognise(classifier, lines)
            read = [reading.read(line, log) for line, log in zip(lines, logs, strict=True)]
            pages.append(Page(shape, tuple(_line(words) for words in read if words)))
        return pages

    def score(self, X, y):
        """Return 1 less the character error rate.

        Parameters
        ----------
        X : sequence of sources, or pictures
            As for `predict`.
        y : array-like of str, shape (n_samples,)
            The texts.

        Returns
        -------
        float
            1 if everything is right. It is below 0 where more is wrong than is written.

        Raises
        ------
        ValueError
            As of `predict`, or if `y` holds anything but strings, one for each picture.
        OSError
            As of `predict`.
        sklearn.exceptions.NotFittedError
            As of `predict`.
        """
        return 1 - character_error_rate(y, self.predict(X))

    def _file_state(self):
        """Return the state for a model file: the entries of a lexicon, not where they are."""
        state = dict(self.__getstate__())
        if self.lexicon is not None:
            state["lexicon"] = resolve_lexicon(self.lexicon)
        return state

    def _check_file_state(self):
        """Raise a ValueError unless this is what a model file may hold."""
        if isinstance(self.lexicon, (str, os.PathLike)):
            raise ValueError(f"lexicon={self.lexicon!r:.100} names a file; expected texts.")

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.target_tags.required = True
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _check(self):
        """Fail now for what reading would fail for."""
        if self.alphabet is not None:
            resolve_alphabet(self.alphabet)
        if self.lexicon is not None:
            resolve_lexicon(self.lexicon)
        FormText(self.form_text)

    def _segmenter(self):
        return CharacterSegmenter() if self.segmenter is None else self.segmenter

    def _align(self, X, texts):
        """Return the ink of the characters of pictures, and what they are by their texts."""
        pages = list(self._segmenter()._segment(X))
        if len(texts) != len(pages):
            raise ValueError(
                f"y has {len(texts)} texts, X {len(pages)} pictures; expected as many."
            )
        all_ink, labels = [], []
        form_text = FormText(self.form_text)
        for (_, lines), text in zip(pages, texts, strict=True):
            written = [line for line in text.split("\n") if line.strip()]
            begun = [(line, form_text.end(line)) for line in lines]
            begun = [(line, begin) for line, begin in begun if begin < line.lattice.n_parts]
            if len(written) != len(begun):
                continue  # which of them are which is not known
            for (line, begin), one in zip(begun, written, strict=True):
                for k, character in align_line(line, one, begin):
                    all_ink.append(line.lattice.ink(line.lattice.segments[k]))
                    labels.append(character)
        if not labels:
            raise ValueError(
                "No character could be aligned: the texts in y are not what is on the pictures, "
                "have other numbers of lines, or there is no text on them."
            )
        return all_ink, np.array(labels)


def _recognise(classifier, lines):
    """Return for each line what its segments look like, (n_segments, n_classes), logarithms."""
    if classifier is None:
        return [np.log(line.characters) for line in lines]
    names = classifier.classes_
    logs = [np.full((len(line.whole), len(names)), -np.log(len(names))) for line in lines]
    likely = [np.flatnonzero(line.whole > _LIKELY) for line in lines]
    ink = [
        line.lattice.ink(line.lattice.segments[k])
        for line, some in zip(lines, likely, strict=True)
        for k in some
    ]
    if ink:
        found = np.asarray(classifier.predict_proba(ink))
        expected = len(ink), len(names)
        if found.shape != expected or not np.isfinite(found).all():
            raise ValueError(
                f"classifier, a {type(classifier).__name__}, returned probabilities of shape "
                f"{found.shape}; expected {expected}, without NaN and infinity."
            )
        found = np.log(np.maximum(found, _LEAST))
        ends = np.cumsum([len(some) for some in likely])[:-1]
        for log, some, own in zip(logs, likely, np.split(found, ends), strict=True):
            log[some] = own
    return logs


def _names(classifier):
    """Return the characters that a classifier tells apart, as strings."""
    if classifier is None:
        return CHARACTERS
    if not hasattr(classifier, "classes_"):
        raise NotFittedError(
            f"classifier, a {type(classifier).__name__}, is not fitted; fit it, or this reader."
        )
    return tuple(str(name) for name in classifier.classes_)


def _line(words):
    left, top, right, bottom = np.array([word.box for word in words]).T
    box = int(left.min()), int(top.min()), int(right.max()), int(bottom.max())
    return Line(box, tuple(words))
