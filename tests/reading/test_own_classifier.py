"""Reading with a classifier of one's own, and learning from pictures and their texts."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skhcr import load_pretrained
from skhcr.datasets import load_digits
from skhcr.metrics import character_error_rate
from skhcr.preprocessing import ImageFlattener, PixelScaler, make_ink_pipeline
from skhcr.reading import TextReader

TEXTS = ["MARTIN", "PETER", "2024", "hands HANNA", "NADINE"]
NUMBERS = ["2024", "69050", "31", "874", "1234567890"]


@pytest.fixture(scope="module")
def pictures(write):
    return [write(text).picture for text in TEXTS]


@pytest.fixture(scope="module")
def numbers(write):
    return [write(text).picture for text in NUMBERS]


def neighbours():
    return make_pipeline(
        *make_ink_pipeline(), PixelScaler(), ImageFlattener(), KNeighborsClassifier(5)
    )


@pytest.fixture(scope="module")
def digit_classifier():
    """A classifier of scikit-learn, behind the ink pipeline, whose classes are integers."""
    X, y = load_digits(return_X_y=True)
    return neighbours().fit(list(X[:200]), y[:200])


def test_letters(pictures):
    reader = TextReader(load_pretrained("letters"))
    texts = reader.predict(pictures)
    kept = [0, 1, 3, 4]  # without the number
    expected = [TEXTS[k].upper() for k in kept]
    assert character_error_rate(expected, texts[kept]) < 0.15
    small = reader.predict(pictures, alphabet="lowercase")
    assert small.tolist() == [text.lower() for text in texts]
    with pytest.raises(ValueError, match=r"alphabet='digits' has nothing .*its classes are \['A'"):
        reader.predict(pictures, alphabet="digits")


def test_characters(pictures):
    texts = TextReader(load_pretrained("characters")).predict(pictures)
    assert character_error_rate(TEXTS, texts) < 0.2


def test_classes_that_are_integers(numbers, digit_classifier):
    for classifier in (load_pretrained("digits"), digit_classifier):
        assert classifier.classes_.dtype.kind == "i"
        reader = TextReader(classifier)
        texts = reader.predict(numbers)
        assert character_error_rate(NUMBERS, texts) < 0.2
        assert_array_equal(reader.predict(numbers, alphabet="digits"), texts)
        reader.set_params(lexicon=NUMBERS)
        assert character_error_rate(NUMBERS, reader.predict(numbers)) <= 0.05
        odd = reader.set_params(lexicon=None).predict(numbers, alphabet=list("13579"))
        assert set("".join(odd)) <= set("13579")


def test_what_the_classifier_says_is_what_counts(write, numbers):
    class Always7:
        classes_ = np.array(["3", "7"])

        def predict_proba(self, X):
            assert all(picture.dtype == np.uint8 and picture.ndim == 2 for picture in X)
            assert all(picture[0].max() == 0 < picture.max() for picture in X)  # light ink
            return np.tile([0.1, 0.9], (len(X), 1))

    pages = TextReader(Always7()).predict_details(numbers)
    assert [page.text for page in pages] == ["7" * len(text) for text in NUMBERS]
    (best, *_) = pages[0].characters
    assert [text for text, _ in best.alternatives] == ["3"]


@pytest.mark.parametrize("classifier", [neighbours(), KNeighborsClassifier()])
def test_a_classifier_that_is_not_fitted(pictures, classifier):
    with pytest.raises(ValueError, match="fitted"):
        TextReader(classifier).predict(pictures)  # NotFittedError is one


@pytest.mark.parametrize("classifier", ["letters", SVC(), 7])
def test_what_is_no_classifier(pictures, classifier):
    with pytest.raises(ValueError, match="The 'classifier' parameter of TextReader must be"):
        TextReader(classifier).predict(pictures)


# Score


def test_score_is_1_less_the_error_rate(pictures):
    reader = TextReader()
    expected = 1 - character_error_rate(TEXTS, reader.predict(pictures))
    for y in (TEXTS, np.array(TEXTS), pd.Series(TEXTS, index=range(5, 0, -1))):
        assert reader.score(pictures, y) == pytest.approx(expected)
    assert reader.score(pictures, ["x"] * 5) < 0
    with pytest.raises(ValueError, match="2 samples"):
        reader.score(pictures, TEXTS[:2])


# Fit


def test_fit_learns_how_frequent_characters_are(pictures):
    reader = TextReader().fit(pictures, TEXTS)
    assert reader.classifier_ is None
    prior = dict(
        zip([*"0123456789", *map(chr, range(65, 91))], reader.character_prior_, strict=False)
    )
    assert reader.character_prior_.shape == (62,)
    assert_allclose(reader.character_prior_.sum(), 1)
    assert prior["N"] > prior["M"] > prior["X"] > 0
    assert prior["2"] > prior["3"] > 0


def test_a_prior_decides_where_a_picture_does_not(write):
    """A lone ring, or a stroke, is what is more frequent."""
    rings = [write(c).picture for c in "0Oo"]
    as_digits = TextReader().fit([write("1000").picture], ["1000"]).predict(rings)
    as_letters = TextReader().fit([write("FOOT").picture], ["FOOT"]).predict(rings)
    assert sum(map(str.isdigit, as_digits)) > sum(map(str.isdigit, as_letters))
    assert sum(map(str.isalpha, as_letters)) >= 2


def test_a_frozen_classifier_stays_as_it_is(pictures):
    classifier = load_pretrained("letters")
    reader = TextReader(classifier).fit(pictures, TEXTS)
    assert reader.classifier is classifier
    assert reader.classifier_ is not classifier
    assert reader.character_prior_.shape == (26,)
    ink = [255 - pictures[0]]
    assert_array_equal(reader.classifier_.predict_proba(ink), classifier.predict_proba(ink))


# scikit-learn warns of as many classes as there are characters in a few words.
@pytest.mark.filterwarnings("ignore:The number of unique classes:UserWarning")
def test_a_clone_of_the_classifier_is_fitted(write, pictures):
    classifier = neighbours()
    reader = TextReader(classifier)
    texts, many = TEXTS * 3, [write(text, seed=seed).picture for seed in range(3) for text in TEXTS]
    assert reader.fit(many, texts) is reader
    assert not hasattr(classifier[-1], "classes_")
    assert set(reader.classifier_.classes_) <= set("".join(TEXTS))
    assert set(reader.classifier_.classes_) >= set("MARTINPEDH024")
    assert len(reader.character_prior_) == len(reader.classifier_.classes_)
    assert reader.score(many, texts) > 0.85
    # A second fit starts from the parameter again.
    reader.set_params(classifier=clone(classifier)).fit(many[:2], texts[:2])
    assert set(reader.classifier_.classes_) <= set("MARTINPE")


# As above: few images of many classes are what this is about.
@pytest.mark.filterwarnings("ignore:The number of unique classes:UserWarning")
def test_a_trainable_classifier_keeps_what_it_knew(write, pictures):
    classifier = load_pretrained("characters", trainable=True)
    classifier[-1].set_params(epochs=1, random_state=0)
    others = [write(text).picture for text in ("QUICK", "8697", "WORLD")]
    reader = TextReader(classifier)
    before = reader.score(others, ["QUICK", "8697", "WORLD"])
    reader.fit(pictures, TEXTS)
    assert set(reader.classifier_.classes_) == set(classifier.classes_)
    assert reader.score(others, ["QUICK", "8697", "WORLD"]) > before - 0.2


def test_lines_are_aligned_with_their_texts(write):
    page = write("MARTIN", "PETER", "2024")
    reader = TextReader().fit([page.picture, write("HANNA").picture], [page.text, "HANNA"])
    assert reader.score([page.picture], [page.text]) > 0.8
    # One whose lines are not known is left out, but its characters count.
    reader.fit([page.picture, write("HANNA").picture], ["QQQQ", "HANNA"])
    assert reader.character_prior_.argmax() == [*"0123456789", *map(chr, range(65, 91))].index("Q")


@pytest.mark.parametrize(
    "make_y",
    [
        tuple,
        np.array,
        pd.Series,
        lambda t: np.array(t, dtype=object)[:, np.newaxis],
        lambda t: pd.Series(t, index=[7] * len(t)),
    ],
)
def test_forms_of_texts(pictures, make_y):
    prior = TextReader().fit(pictures, TEXTS).character_prior_
    assert_array_equal(TextReader().fit(pictures, make_y(TEXTS)).character_prior_, prior)


WHITE = np.full((40, 90), 255, np.uint8)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (None, ["MARTIN"], r"(?=.*\by\b)(?=.*\bX\b)(?=.*\b1\b)(?=.*\b5\b)"),
        (None, "MARTIN", r"y is one string, 'MARTIN'; expected a list"),
        (None, [1, 2, 3, 4, 5], r"y\[0\] is 1; expected a string"),
        (None, [*TEXTS[:4], None], r"y\[4\] is None; expected a string"),
        (None, [*TEXTS[:4], float("nan")], r"y\[4\] is nan; expected a string"),
        (None, [b"MARTIN"] * 5, r"y\[0\] is b'MARTIN'"),
        (None, [["a", "b"]] * 5, r"y has shape \(5, 2\)"),
        (None, [""] * 5, "No character could be aligned"),
        (None, ["!?"] * 5, "No character could be aligned"),
        (None, ["A\nB\nC"] * 5, "No character could be aligned: the texts in y are not"),
        ([WHITE], ["MARTIN"], "No character could be aligned: .*there is no text"),
        ([WHITE], [""], "No character could be aligned"),
        ([], [], "X is empty"),
    ],
)
def test_a_fit_that_fails_leaves_the_reader_as_it_was(pictures, X, y, message):
    X = pictures if X is None else X
    reader = TextReader().fit(pictures, TEXTS)
    before = dict(vars(reader))
    with pytest.raises(ValueError, match=message):
        reader.fit(X, y)
    assert vars(reader) == before
    assert not hasattr(TextReader(), "character_prior_")


def test_an_unknown_alphabet_fails_in_fit(pictures):
    with pytest.raises(ValueError, match="alphabet='klingon' is not the name of an alphabet"):
        TextReader(alphabet="klingon").fit(pictures, TEXTS)


class Broken:
    """A classifier whose probabilities have another shape, or are none."""

    classes_ = np.array(["A", "B"])

    def __init__(self, probabilities):
        self.probabilities = probabilities

    def predict_proba(self, X):
        return self.probabilities(len(X))


@pytest.mark.parametrize(
    "probabilities",
    [lambda n: np.ones((n, 1)), lambda n: np.ones(n), lambda n: np.full((n, 2), np.nan)],
)
def test_probabilities_that_are_none(write, probabilities):
    reader = TextReader(Broken(probabilities))
    with pytest.raises(ValueError, match="classifier, a Broken, returned probabilities"):
        reader.predict([write("MARTIN").picture])
