"""make_words: pictures of handwritten words, put together from single characters."""

import math
from collections.abc import Mapping, Set
from numbers import Integral, Real

import numpy as np
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from skhcr._alphabets import DIGITS, LOWERCASE, UPPERCASE, resolve_alphabet
from skhcr.datasets._checks import check_same_length
from skhcr.datasets._compose_word import WordComposer
from skhcr.datasets._load_characters import load_characters

DESCR = """\
Composed words: pictures of text made of single handwritten characters
-----------------------------------------------------------------------

Each picture is one line of text. Its characters are images of EMNIST, or the caller's own, of
many writers: brought to one pen, the sizes that they have beside one another, and one slant, set
on a line loosely or touching, and worn as scans and photos are. What is written is random, or
what the caller gave.
"""


@validate_params(
    {
        "n_samples": [Interval(Integral, 0, None, closed="left")],
        "texts": ["array-like", None],
        "characters": [tuple, list, None],
        "alphabet": [str, "array-like"],
        "height": [Real, "array-like"],
        "wear": [Interval(Real, 0, 1, closed="both")],
        "polarity": [StrOptions({"dark", "light", "both"})],
        "random_state": ["random_state"],
        "return_X_y": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def make_words(
    n_samples=100,
    *,
    texts=None,
    characters=None,
    alphabet="characters",
    height=(14, 48),
    wear=1.0,
    polarity="dark",
    random_state=None,
    return_X_y=False,
):
    """Make pictures of handwritten words, put together from images of single characters.

    Parameters
    ----------
    n_samples : int, default=100
        How many pictures. Ignored where `texts` are given.
    texts : array-like of str of shape (n_samples,), default=None
        What to write, one picture each; spaces part words. None for random words of two to nine
        characters: in capitals, in small letters, with a capital first, of digits, or mixed.
    characters : (X, y), default=None
        Images of single characters, light ink on black, uint8 of shape (n, height, width) or
        square rows, and what they show, one character each. None for those of
        :func:`load_characters`.
    alphabet : str or sequence of str, default="characters"
        What random words are made of: "digits", "uppercase", "lowercase", "letters",
        "characters", "emnist_balanced" or single characters. What there is no image of is left
        out, but for the marks "-.,:'/", which are drawn. Ignored where `texts` are given.
    height : float or (float, float), default=(14, 48)
        Height of a capital letter in pixels, at least 8: one, or what is drawn between. Single
        characters are higher or lower, as in people's handwriting.
    wear : float in [0, 1], default=1.0
        How worn the pictures are: at 0 the ink is black, the paper white, and nothing is blurred,
        noisy or faded; at 1 it is so by chance, and some are hardly legible. Thin strokes may
        have gaps at any wear.
    polarity : {"dark", "light", "both"}, default="dark"
        Dark ink on light paper, the other way round, or either by chance.
    random_state : int, RandomState instance or None, default=None
        Determines texts, images and how they are put together. An int gives the same pictures
        in every call.
    return_X_y : bool, default=False
        Whether to return ``(images, target)`` instead of a Bunch.

    Returns
    -------
    Bunch, or tuple of (images, target)
        images : list of ndarray of shape (height, width), uint8
            The pictures, of various sizes. A text without characters is one of paper.
        target : ndarray of shape (n_samples,), str
            What is written.
        boxes : list of ndarray of shape (n_characters, 4), int
            Where the ink of each character but spaces is, in the order of the text: (left, top,
            right, bottom) in pixels, the last two just outside. Zeros if nothing of it shows.
        DESCR : str
            What the pictures are.

    Raises
    ------
    ValueError
        If a text is no string or has a character of which there is no image, `alphabet` has none
        of which there is one, `characters` are not images and as many labels of one character,
        or `height` is too small.

    See Also
    --------
    load_characters : The single characters.

    Examples
    --------
    >>> from skhcr.datasets import make_words
    >>> words = make_words(3, random_state=0)
    >>> len(words.images), words.images[0].dtype
    (3, dtype('uint8'))
    >>> make_words(texts=["Hello you"], random_state=0).boxes[0].shape
    (8, 4)
    """
    lowest, highest = _check_height(height)
    if characters is None:
        bunch = load_characters()
        composer = WordComposer(bunch.images, bunch.target)
    else:
        composer = WordComposer(*_check_characters(characters))
    if texts is None:
        pool = _check_pool(alphabet, composer.known)
    else:
        texts = _check_texts(texts, composer.known)
    # After the checks, so that an error leaves the caller's RandomState as it was.
    rng = np.random.default_rng(check_random_state(random_state).randint(2**31, size=4))
    if texts is None:
        texts = [random_text(rng, pool) for _ in range(n_samples)]
    images, boxes = [], []
    for text in texts:
        capital = np.exp(rng.uniform(*np.log([lowest, highest])))
        ink, owners = composer.compose(text, rng, capital)
        is_light = polarity == "light" or (polarity == "both" and rng.random() < 0.5)
        image = composer.wear(ink, rng, wear)
        images.append(255 - image if is_light else image)
        boxes.append(_boxes(owners, len(text.replace(" ", ""))))
    target = np.array(texts, dtype=str)
    if return_X_y:
        return images, target
    return Bunch(images=images, target=target, boxes=boxes, DESCR=DESCR)


def random_text(rng, pool, length=None):
    """Return a random word in one of the usual mixtures of cases that `pool` allows."""
    upper, lower, digits = (
        [c for c in pool if c in kind] for kind in (UPPERCASE, LOWERCASE, DIGITS)
    )
    length = int(rng.integers(2, 10)) if length is None else length
    kinds = [
        (0.35, upper and [upper] * length),
        (0.25, lower and [lower] * length),
        (0.15, upper and lower and [upper] + [lower] * (length - 1)),
        (0.15, digits and [digits] * length),
        (0.1, [pool] * length),
    ]
    kinds = [(share, places) for share, places in kinds if places]
    shares = np.array([share for share, _ in kinds])
    places = kinds[rng.choice(len(kinds), p=shares / shares.sum())][1]
    return "".join(place[rng.integers(len(place))] for place in places)


def _boxes(owners, n_characters):
    boxes = np.zeros((n_characters, 4), dtype=int)
    for box, number in zip(boxes, range(1, n_characters + 1), strict=True):
        rows, columns = np.nonzero(owners == number)
        if len(rows):  # else it is too thin to be seen, or under another one
            box[:] = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return boxes


def _check_height(height):
    """Return the smallest and the largest height."""
    both = [height, height] if isinstance(height, Real) else list(height)
    numbers = len(both) == 2 and all(isinstance(value, Real) for value in both)
    if not (numbers and 8 <= both[0] <= both[1] < math.inf):
        raise ValueError(
            f"height={height!r}; expected a number of pixels, 8 or more, or two of them, the "
            "smaller one first."
        )
    return both


def _check_characters(characters):
    """Return images, (n, height, width), and as many labels of one character."""
    if len(characters) != 2:
        raise ValueError(f"characters has {len(characters)} parts; expected two, (X, y).")
    images, labels = _check_images(characters[0]), np.asarray(characters[1])
    if labels.ndim != 1:
        raise ValueError(f"characters has labels of shape {labels.shape}; expected (n,).")
    check_same_length(images, "characters[0]", labels, "characters[1]")
    for position, label in enumerate(labels.astype(str).tolist()):
        if len(label) != 1 or label.isspace():
            raise ValueError(
                f"characters has the label {label!r:.80} (of image {position}, counted from 0); "
                "expected one character, and no space."
            )
    return images, labels.astype(str)


def _check_images(images):
    try:
        images = np.asarray(images)
    except ValueError as error:  # NumPy's own does not say which argument it is about
        raise ValueError(
            "characters has images of different sizes; expected uint8 of shape (n, height, width)."
        ) from error
    side = math.isqrt(images.shape[1]) if images.ndim == 2 else 0
    if images.ndim == 2 and side * side == images.shape[1]:
        images = images.reshape(len(images), side, side)
    if images.ndim != 3 or images.dtype != np.uint8 or images.size == 0:
        raise ValueError(
            f"characters has images of shape {images.shape}, {images.dtype}; expected at least "
            "one, uint8 of shape (n, height, width), or rows of a square number of pixels."
        )
    return images


def _check_texts(texts, known):
    """Return texts as a list of strings that can be written."""
    if isinstance(texts, (Mapping, Set)) or getattr(texts, "ndim", 1) != 1:
        shape = f" of shape {texts.shape}" if hasattr(texts, "shape") else ""
        raise ValueError(
            f"texts is of type {type(texts).__name__}{shape}; expected a list, an array or a "
            "series of strings."
        )
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(
                f"texts[{position}]={text!r:.80} is of type {type(text).__name__}; expected str."
            )
        missing = sorted(set(text) - set(known) - {" "})
        if missing:
            raise ValueError(
                f"texts[{position}]={text!r:.80} has {missing[0]!r}, of which there is no image; "
                f"expected spaces and characters of {''.join(sorted(known))!r:.80}."
            )
    return [str(text) for text in texts]


def _check_pool(alphabet, known):
    """Return the characters of an alphabet that can be written."""
    pool = [character for character in resolve_alphabet(alphabet) if character in known]
    if not pool:
        raise ValueError(
            f"alphabet={alphabet!r:.80} has no character of which there is an image; expected "
            f"some of {''.join(sorted(known))!r:.80}."
        )
    return pool
