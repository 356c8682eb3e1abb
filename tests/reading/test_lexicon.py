"""Known texts put right what is near one of them, and nothing else."""

import time
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from skhcr.datasets import make_words
from skhcr.metrics import word_error_rate
from skhcr.reading import CharacterSegmenter, TextReader
from skhcr.reading._decode import skip_scores, wholeness
from skhcr.reading._lexicon import Lexicon, align, readable, resolve_lexicon, symbol_scores

NAMES = ["MARTIN", "PETER", "NADINE", "HANNA", "QUICK"]


@pytest.fixture(scope="module")
def named():
    """Pictures of names that are not easy to read, three of each."""
    words = make_words(texts=NAMES * 3, wear=0.6, height=(20, 48), random_state=0)
    return words.images, words.target


def read(picture, lexicon, **parameters):
    return TextReader(lexicon=lexicon, **parameters).predict([picture])[0]


def test_entries_put_words_right(named):
    pictures, texts = named
    rates = [
        word_error_rate(texts, TextReader(lexicon=lexicon).predict(pictures))
        for lexicon in (None, NAMES, [*NAMES, "MARTINA", "PIETER", "QUACK", "JOHANNA"])
    ]
    assert rates[0] > 0
    assert max(rates[1:]) < 0.75 * rates[0]


@pytest.mark.parametrize(
    "make",
    [list, tuple, set, frozenset, np.array, pd.Series, pd.Index, lambda t: pd.Series(t, t[::-1])],
)
def test_containers(write, make):
    texts = ["MARTIN", "Anne-Marie", "MARTIN", "Paris"]
    assert read(write("Martin").picture, make(texts)) == "MARTIN"
    assert sorted(resolve_lexicon(make(texts))) == ["Anne-Marie", "MARTIN", "Paris"]


@pytest.mark.parametrize("is_text", [True, False])
def test_file(write, tmp_path, is_text):
    path = tmp_path / "names.txt"
    path.write_bytes("\ufeffMartin\r\n\r\n  Andr\u00e9  \r\nMartin\r\nAnne  Marie".encode())
    assert resolve_lexicon(path) == ["Martin", "Andr\u00e9", "Anne Marie"]
    lexicon = str(path) if is_text else path
    assert read(write("ANDRE").picture, lexicon) == "Andr\u00e9"
    assert read(write("MARTIN").picture, lexicon) == "Martin"


def test_files_that_are_none(write, tmp_path):
    picture = write("MARTIN").picture
    for path in (tmp_path / "nowhere.txt", str(tmp_path / "nowhere.txt"), tmp_path, "MARTIN"):
        with pytest.raises(FileNotFoundError, match=r"lexicon=.* is no file; expected a text file"):
            read(picture, path)
    with pytest.raises((ValueError, OSError), match="lexicon="):
        read(picture, "MARTIN\nPETER\n" * 30)  # the entries, where their file was expected
    path = tmp_path / "names.txt"
    for content in ("Andr\u00e9".encode("latin-1"), "Andr\u00e9".encode("utf-16"), b"\xff\xfe\x00"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"lexicon, the file .*names\.txt', is not UTF-8"):
            read(picture, path)
    for content in (b"", b"\r\n \n"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"names\.txt', is empty; expected at least one text"):
            read(picture, path)


@pytest.mark.parametrize(
    ("lexicon", "message"),
    [
        ([], "lexicon is empty; expected at least one text, or None"),
        (np.array([], dtype=str), "lexicon is empty"),
        (["", "  "], "lexicon is empty"),
        (["MARTIN", 7], r"lexicon\[1\] is 7, of type int; expected a string"),
        (pd.Series(["MARTIN", "PETER", None]), r"lexicon\[2\] is .*; expected a string"),
        ([b"MARTIN"], r"lexicon\[0\] is b'MARTIN', of type bytes"),
        ([["MARTIN"]], r"lexicon\[0\] is \['MARTIN'\], of type list"),
        ({"MARTIN", 7}, r"lexicon\b.* 7, of type int; expected a string"),
        ({"MARTIN", float("nan")}, r"lexicon\b.* nan, of type float; expected a string"),
        (pd.DataFrame({"name": ["MARTIN"]}), "lexicon"),
        (b"MARTIN", "The 'lexicon' parameter of TextReader must be"),
        (7, "The 'lexicon' parameter of TextReader must be"),
        (iter(["MARTIN"]), "The 'lexicon' parameter of TextReader must be"),
    ],
)
def test_wrong_lexicons(write, lexicon, message):
    with pytest.raises(ValueError, match=message):
        read(write("MARTIN").picture, lexicon)


@pytest.mark.parametrize("weight", [-1, np.nan, "1", None])
def test_wrong_weights(write, weight):
    with pytest.raises(ValueError, match="The 'lexicon_weight' parameter of TextReader must be"):
        read(write("MARTIN").picture, NAMES, lexicon_weight=weight)


def test_entries_are_written_as_they_are_in_the_lexicon(write):
    for text, entry in [
        ("ANDRE", "Andr\u00e9"),
        ("ANDRE", "Andre\u0301"),  # the same with a character of its own for the accent
        ("Helene", "H\u00e9l\u00e8ne"),
        ("MARTIN", "Martin!"),
        ("PETER", "\u4e2dPeter"),
        ("Anne-Marie", "Anne-Marie"),
        ("Anne Marie", "Anne-Marie"),
        ("AnneMarie", "Anne-Marie"),
        ("Anne Marie", "Anne Marie"),
        ("2024-31", "2024/31"),
    ]:
        assert read(write(text).picture, [entry, "Zoltan", "Bodo"]) == entry


def test_words_and_lines(write):
    sheet = write("Anne Marie", "PETER MARTIN")
    assert read(sheet.picture, ["Anne Marie", "Peter Martin"]) == "Anne Marie\nPeter Martin"
    assert read(sheet.picture, ["ANNE", "MARIE", "Martin"]) == "ANNE MARIE\nPETER Martin"


def test_where_an_entry_is_found(write):
    sheet = write("PETER MARTIN")
    reader = TextReader(lexicon=["Peter Martin", "Anna"])
    (page,) = reader.predict_details([sheet.picture])
    (word,) = page.words
    assert word.in_lexicon
    assert 0 < word.probability <= 1
    assert len(word.characters) == 11
    assert "".join(character.text for character in word.characters).casefold() == "petermartin"
    assert np.abs(np.array(word.box) - [26, 26, *sheet.boxes[-1, 2:]]).max() <= 3
    (page,) = reader.set_params(lexicon=["Zoltan"]).predict_details([sheet.picture])
    assert [word.in_lexicon for word in page.words] == [False, False]


@pytest.mark.parametrize("text", ["MARTIN", "PETER", "HANNA", "2024", "NADINE"])
def test_what_is_far_from_all_entries_stays(write, text):
    picture = write(text).picture
    far = ["Zoltan", "Bob", "Christopher", "Li", "Kowalczyk", "1789"]
    assert read(picture, far) == read(picture, None)
    for nothing_to_hold_against in (["\u4e2d\u6587"], ["--", "?!"], ["\u00df"]):
        assert read(picture, nothing_to_hold_against) == read(picture, None)


def test_one_entry(write):
    assert read(write("MARTIN").picture, ["Martin"]) == "Martin"
    assert read(write("2024").picture, ["Martin"]) == "2024"


def test_case_does_not_count(write):
    for entry in ("MARTIN", "martin", "Martin", "mArTiN"):
        assert read(write("MARTIN").picture, [entry]) == entry


def test_a_larger_weight_takes_more_for_entries(named):
    pictures, _ = named
    others = ["MARTEN", "PATER", "NADJA", "JANA", "QUACK"]
    n_entries = []
    for weight in (0, 2, 50):
        pages = TextReader(lexicon=others, lexicon_weight=weight).predict_details(pictures)
        words = [word for page in pages for word in page.words]
        n_entries.append(sum(word.in_lexicon for word in words))
        assert all(0 <= word.probability <= 1 for word in words)
    assert n_entries == sorted(n_entries)
    assert n_entries[0] < n_entries[-1] == len(words)


def test_with_an_alphabet(write):
    lexicon = ["2024", "2074", "Zoza"]
    assert read(write("2024").picture, lexicon, alphabet="digits") == "2024"
    assert read(write("MARTIN").picture, ["Martin", "Marlin"], alphabet="letters") == "Martin"


def test_thousands_of_entries(write, named):
    random = np.random.default_rng(0)
    letters = list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    entries = ["".join(random.choice(letters, random.integers(3, 12))) for _ in range(8000)]
    reader = TextReader(lexicon=[*entries, *NAMES, "A" * 3000])
    pictures, texts = named
    start = time.process_time()
    rate = word_error_rate(texts, reader.predict(pictures))
    assert time.process_time() - start < 4
    assert rate < word_error_rate(texts, TextReader().predict(pictures))


def test_names(read_names):
    files, texts = read_names("clean", 25)
    _, others = read_names("form", 60)
    plain, some, those = (
        word_error_rate(texts, TextReader(alphabet="uppercase", lexicon=lexicon).predict(files))
        for lexicon in (None, [*texts, *others], texts)
    )
    assert those <= some + 0.1
    assert some < 0.8 * plain


def test_all_entries_at_once_score_as_one_by_one(write):
    ((_, lines),) = CharacterSegmenter()._segment([write("MARTIN PETER", gap=0).picture])
    (line,) = lines
    lexicon = Lexicon(["MARTIN PETER", "PETER", "x", "Marin", "27"], line.classes.tolist())
    whole, log = wholeness(line.whole), np.log(line.characters)
    scores, skips = symbol_scores(whole, log, lexicon.members), skip_scores(line.lattice)
    stop, best = line.lattice.n_parts, []
    for codes in lexicon.codes:
        score, pairs = align(codes, line.lattice, 0, stop, scores, skips)
        best.append(score)
        assert [j for _, j in pairs] == sorted({j for _, j in pairs})
        spans = [(line.lattice.segments[k].start, line.lattice.segments[k].stop) for k, _ in pairs]
        assert all(b[0] >= a[1] for a, b in pairwise(spans))
    index, score = lexicon.best(line.lattice, 0, stop, scores, skips, "MARTINPETER")
    assert index == int(np.argmax(best)) == 0
    assert_allclose(score, max(best))


def test_a_class_with_an_accent_is_its_own():
    assert readable("ÄA\u0308É", ["ä", "e"]) == "ÄÄE"
