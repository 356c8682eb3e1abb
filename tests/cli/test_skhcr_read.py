"""skhcr read: words and pages, what is expected of them, in all forms of output."""

import csv
import io
import json

import pytest
from PIL import Image

from skhcr.datasets import make_words


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """Pictures of three numbers and three names."""
    folder = tmp_path_factory.mktemp("words")
    names = ["2718", "3141", "1618", "MULLER", "OBRIEN", "WAGNER"]
    for name, image in zip(
        names, make_words(texts=names, height=36, wear=0, random_state=1).images, strict=True
    ):
        Image.fromarray(image).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def names(tmp_path):
    """Names, as Excel writes them."""
    path = tmp_path / "names.csv"
    rows = ["number;name", "1;Müller", '2;"O\'Brien; Conor"', "3;O'Brien", "4;Wagner"]
    path.write_text("\n".join(rows), encoding="cp1252")
    return path


def test_one_picture_is_its_text(call, words):
    done = call("read", words / "2718.png", "--alphabet", "digits")
    assert (done.returncode, done.stdout, done.stderr) == (0, "2718\n", "")


def test_several_pictures_are_named(call, words):
    done = call("read", words, "--alphabet", "digits")
    blocks = [block.split("\n", 1) for block in done.stdout.strip().split("\n\n")]
    assert [name for name, _ in blocks] == [f"{path}:" for path in sorted(words.iterdir())]
    assert [text for _, text in blocks[:3]] == ["1618", "2718", "3141"]


def test_a_lexicon(call, words, names, tmp_path):
    done = call("read", words, "--lexicon", names, "--column", "name", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    texts = [row["text"] for row in csv.DictReader(io.StringIO(done.stdout))]
    assert texts[3:] == ["Müller", "O'Brien", "Wagner"]
    plain = tmp_path / "names.txt"
    plain.write_text("Müller\nO'Brien\n", encoding="utf-16")
    assert call("read", words / "MULLER.png", "--lexicon", plain).stdout == "Müller\n"


def test_json_says_where_words_stand(call, words, names):
    options = ["--lexicon", names, "--column", "name", "--format", "json"]
    (answer,) = json.loads(call("read", words / "MULLER.png", *options).stdout)
    assert answer["text"] == "Müller"
    (word,) = answer["words"]
    left, top, right, bottom = word["box"]
    assert 0 <= left < right <= answer["width"]
    assert 0 <= top < bottom <= answer["height"]
    assert word["in_lexicon"] is True


def test_form_text_is_left_out(call, words, tmp_path):
    import cv2
    import numpy as np

    word = np.array(Image.open(words / "2718.png"))
    field = np.full((110, 250 + word.shape[1]), 250, np.uint8)
    cv2.putText(field, "NAME:", (12, 70), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 60, 2, cv2.LINE_AA)
    space = field[84 - word.shape[0] : 84, 150 : 150 + word.shape[1]]
    np.minimum(space, word, out=space)
    Image.fromarray(field).save(tmp_path / "field.png")
    options = ["--alphabet", "digits", "--form-text", "DATE:", "--form-text", "NAME:"]
    assert call("read", tmp_path / "field.png", *options).stdout == "2718\n"


def test_a_bad_picture_costs_a_line(call, words, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    good = words / "2718.png"
    done = call("read", bad, good, "--format", "csv", "--alphabet", "digits")
    assert done.returncode == 1
    head, row = done.stdout.splitlines()
    assert head == "file,text,probability"
    assert row.startswith(f"{good},2718,0.")
    assert done.stderr.startswith(f"skhcr: {bad}: cannot be read as a picture: ")
    assert done.stderr.count("\n") == 1


def test_a_picture_without_text(call, tmp_path):
    blank = tmp_path / "blank.png"
    Image.new("L", (300, 80), 240).save(blank)
    done = call("read", blank)
    assert (done.returncode, done.stdout) == (0, "")
    done = call("read", blank, "--format", "json")
    assert json.loads(done.stdout)[0]["text"] == ""


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a,b\n1,2\n", [], "is a CSV; name one of its columns with --column: 'a', 'b'."),
        ("a,b\n1,2\n", ["--column", "c"], "has no column 'c'; name one of its columns"),
        ("a,b\n1,\n", ["--column", "b"], "is empty; expected at least one text."),
        ('a,b\n"1', ["--column", "b"], "line 2: unexpected end of data."),
        ("\0\1", [], "is no text."),
    ],
)
def test_lexicons_that_are_none(call, words, tmp_path, content, options, message):
    path = tmp_path / "names.csv"
    path.write_text(content)
    done = call("read", words / "MULLER.png", "--lexicon", path, *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert done.stderr.startswith(f"skhcr: {path}")
    assert done.stderr.count("\n") == 1


def test_a_lexicon_that_is_missing(call, words):
    done = call("read", words / "MULLER.png", "--lexicon", "missing.txt")
    assert done.stderr == "skhcr: missing.txt: No such file or directory\n"
