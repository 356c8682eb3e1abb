"""TextReader: what it reads, in which alphabet, and what it says about it."""

import io

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from writer import turned

from skhcr.datasets import make_words
from skhcr.metrics import character_error_rate
from skhcr.reading import CharacterSegmenter, TextReader

TEXTS = ["Anna", "MARTIN", "hello", "Paris 2024", "2718", "john Smith", "QUICK", "brown fox"]
NUMBERS = ["2007", "1001", "710", "110", "20240", "3100", "1917", "501", "90210", "11"]
WORDS = ["FOOT", "BOOK", "PILOT", "SOLO", "ILONA", "London", "Ilona", "Lille", "little", "tool"]
ONE_CASE = ["BASKETS", "CHOCOLATE", "VOCABULARY", "baskets", "chocolate", "vocabulary", "wizard"]


@pytest.fixture(scope="module")
def pictures(write):
    return [write(text).picture for text in TEXTS]


def read(picture, **parameters):
    text = TextReader(**parameters).predict([picture])[0]
    return str(text)


@pytest.mark.parametrize(("height", "seed"), [(16, 0), (32, 1), (60, 2)])
def test_clear_words(write, height, seed):
    clear = [write(text, height=height, seed=seed).picture for text in TEXTS]
    for some in (clear, [255 - picture for picture in clear]):
        assert character_error_rate(TEXTS, TextReader().predict(some)) < 0.2


def test_composed_words():
    words = make_words(40, wear=0.2, random_state=0)
    assert character_error_rate(words.target, TextReader().predict(words.images)) < 0.5


@pytest.mark.parametrize("degrees", [-12, 0, 5])
def test_pages_are_read_line_by_line(write, degrees):
    page = turned(write("MARTIN PETER", "NADINE 2024", "hands HANNA", "QUICK"), degrees)
    for picture in (page.picture, 255 - page.picture, np.dstack([page.picture] * 3)):
        text = read(picture)
        assert text.count("\n") == 3
        assert character_error_rate([page.text], [text]) < 0.2
    assert read(np.rot90(page.picture)) != text  # upside is up


def test_names(read_names):
    files, texts = read_names("clean", 30)
    reader = TextReader(alphabet="uppercase")
    assert character_error_rate(texts, reader.predict(files)) < 0.3
    assert all(text.upper() == text for text in reader.predict(files))


def many(write, texts):
    return TextReader().predict([write(t, seed=seed).picture for seed in range(3) for t in texts])


def test_in_numbers_a_ring_is_0_and_a_stroke_1(write):
    assert np.mean([text.isdigit() for text in many(write, NUMBERS)]) > 0.8


def test_in_words_a_ring_is_no_0_and_a_stroke_no_1(write):
    read_words = many(write, WORDS)
    assert np.mean([not any(map(str.isdigit, text)) for text in read_words]) > 0.8
    assert character_error_rate(WORDS * 3, read_words) < 0.25


def test_case_within_a_word(write):
    texts = many(write, ONE_CASE)
    expected = [str.isupper if text.isupper() else str.islower for text in ONE_CASE * 3]
    share = [
        np.mean(list(map(is_case, text))) for is_case, text in zip(expected, texts, strict=True)
    ]
    assert np.mean(share) > 0.85


def test_words_of_numbers_and_letters_stand_side_by_side(write):
    texts = [read(write(text).picture) for text in ("Paris 2001", "FOOT 100", "110 hands")]
    assert character_error_rate(["Paris 2001", "FOOT 100", "110 hands"], texts) < 0.15


# Alphabets


@pytest.mark.parametrize(
    ("alphabet", "allowed"),
    [
        ("digits", str.isdigit),
        ("uppercase", str.isupper),
        ("lowercase", str.islower),
        ("letters", str.isalpha),
        (list("AbC"), set("AbC").issuperset),
        (tuple("xY"), set("xY").issuperset),
        (np.array(["A", "n"]), set("An").issuperset),
        (["A", "\u00e9"], set("A").issuperset),
    ],
)
def test_nothing_but_the_alphabet(pictures, alphabet, allowed):
    texts = TextReader(alphabet=alphabet).predict(pictures)
    assert all(allowed(text.replace(" ", "")) for text in texts if text)
    assert any(texts)
    assert_array_equal(TextReader().predict(pictures, alphabet=alphabet), texts)
    assert_array_equal(TextReader(alphabet="digits").predict(pictures, alphabet=alphabet), texts)


def test_case_is_folded_where_the_alphabet_has_the_other_only(write):
    assert read(write("hands").picture, alphabet="uppercase") == "HANDS"
    assert read(write("MARTIN").picture, alphabet="lowercase") == "martin"
    assert read(write("Anna").picture, alphabet=["A", "N"]) == "ANNA"


def test_an_alphabet_for_one_call_is_not_kept(pictures):
    reader = TextReader()
    before = reader.predict(pictures)
    reader.predict(pictures, alphabet="digits")
    reader.predict_details(pictures, alphabet="digits")
    assert reader.alphabet is None
    assert_array_equal(reader.predict(pictures), before)


@pytest.mark.parametrize(
    ("alphabet", "message"),
    [
        ("klingon", "alphabet='klingon' is not the name of an alphabet; expected one of"),
        (["\u00e9", "!"], r"alphabet=\[.*\] has nothing that the classifier tells apart"),
        ([], "alphabet is empty"),
        (["ab"], r"alphabet\[0\]='ab' is not a single character"),
        ([1, 2], r"alphabet\[0\]=1 is not a single character"),
        (["a", "a"], "alphabet holds 'a' twice"),
        ({"a"}, "alphabet"),
        (7, "alphabet"),
    ],
)
def test_wrong_alphabets(pictures, alphabet, message):
    with pytest.raises(ValueError, match=message):
        TextReader(alphabet=alphabet).predict(pictures)
    with pytest.raises(ValueError, match=message):
        TextReader().predict(pictures, alphabet=alphabet)


# Details


def test_details_say_what_predict_says(pictures):
    reader = TextReader()
    pages = reader.predict_details(pictures)
    texts = reader.predict(pictures)
    assert [page.text for page in pages] == texts.tolist()
    assert texts.dtype.kind == "U"
    for page, picture in zip(pages, pictures, strict=True):
        assert page.shape == picture.shape
        for word in page.words:
            assert word.text == "".join(character.text for character in word.characters)
            assert not word.in_lexicon
            probabilities = [character.probability for character in word.characters]
            assert word.probability == pytest.approx(np.prod(probabilities))
        for character in page.characters:
            check_alternatives(character)


def check_alternatives(character):
    others, shares = zip(*character.alternatives, strict=True)
    assert character.text not in others
    assert len(set(others)) == len(others)
    assert list(shares) == sorted(shares, reverse=True)
    assert character.probability >= 0
    assert character.probability + sum(shares) <= 1 + 1e-6


def test_alternatives_are_of_the_alphabet(pictures):
    (page,) = TextReader(alphabet=list("ANMR")).predict_details(pictures[1:2])
    for character in page.characters:
        assert {character.text, *(text for text, _ in character.alternatives)} == set("ANMR")


def test_what_is_clear_is_more_probable_than_what_is_not(write):
    clear, scrawl = write("MARTIN PETER"), write("MARTIN PETER", gap=-0.15, height=10)
    pages = TextReader().predict_details([clear.picture, scrawl.picture])
    means = [np.mean([c.probability for c in page.characters] or [0]) for page in pages]
    assert means[0] > means[1]


# Pictures


def test_what_else_is_in_the_list_does_not_matter(pictures):
    reader = TextReader()
    together = reader.predict_details(pictures)
    assert [reader.predict_details([picture])[0] for picture in pictures] == together
    noise = np.random.default_rng(0).integers(0, 256, (80, 300), dtype=np.uint8)
    assert reader.predict_details([noise, *pictures[::-1]])[1:] == together[::-1]


def test_sources(pictures, tmp_path):
    picture, reader = pictures[1], TextReader()
    path = tmp_path / "a.png"
    Image.fromarray(picture).save(path)
    content = path.read_bytes()
    sources = [str(path), path, content, io.BytesIO(content), Image.open(path), picture / 255]
    assert reader.predict(sources).tolist() == ["MARTIN"] * len(sources)
    assert reader.predict(np.stack([picture] * 2)).tolist() == ["MARTIN"] * 2
    assert reader.predict(np.stack([picture] * 2)[..., np.newaxis] / 255).tolist() == ["MARTIN"] * 2
    assert reader.predict(pd.Series([path, str(path)], index=[3, 3])).tolist() == ["MARTIN"] * 2


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.png", r"X\[1\], 'nowhere.png', does not exist"),
        (b"torn", r"X\[1\], 4 bytes, cannot be read as a picture"),
        (None, r"X\[1\], None"),
        (object(), r"X\[1\], .*is not a source of a picture"),
        (np.full((9, 9), np.nan), r"X\[1\], an array of shape \(9, 9\), .*NaN"),
        (np.zeros((0, 9)), r"X\[1\], an array of shape \(0, 9\)"),
    ],
)
def test_wrong_sources_are_named(pictures, source, message):
    for reader in (TextReader(), CharacterSegmenter()):
        method = reader.predict if isinstance(reader, TextReader) else reader.transform
        with pytest.raises((ValueError, OSError), match=message):
            method([pictures[0], source])


@pytest.mark.parametrize("form", ["path", "bytes", "picture", "colour", "empty"])
def test_one_picture_is_no_list_of_them(pictures, form):
    one = {
        "path": "a.png",
        "bytes": b"torn",
        "picture": pictures[0],
        "colour": np.dstack([pictures[0]] * 3),
        "empty": [],
    }[form]
    with pytest.raises(ValueError, match=r"X is .*expected"):
        TextReader().predict(one)


def test_nothing_of_the_caller_changes(pictures):
    copies = [picture.copy() for picture in pictures]
    for copied in copies:
        copied.flags.writeable = False
    lexicon, alphabet, form_text = ["MARTIN", "Anna "], ["A", "n"], ["NOM:"]
    reader = TextReader(lexicon=lexicon, alphabet=alphabet, form_text=form_text)
    reader.predict(copies)
    reader.fit(copies, TEXTS).score(copies, TEXTS)
    assert (lexicon, alphabet, form_text) == (["MARTIN", "Anna "], ["A", "n"], ["NOM:"])
    for copied, picture in zip(copies, pictures, strict=True):
        assert_array_equal(copied, picture)


@pytest.mark.parametrize(
    "parameters",
    [{"classifier": "letters"}, {"segmenter": "default"}, {"lexicon": 7}, {"lexicon_weight": -1}],
)
def test_wrong_parameters(pictures, parameters):
    reader = TextReader(**parameters)
    with pytest.raises(ValueError, match=f"The '{next(iter(parameters))}' parameter of TextReader"):
        reader.predict(pictures)
    with pytest.raises(ValueError, match=f"The '{next(iter(parameters))}' parameter of TextReader"):
        reader.fit(pictures, TEXTS)
