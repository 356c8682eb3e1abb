"""What is printed on paper and forms, and what is cut off other lines, is left out."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from writer import overlaps, turned

from skhcr.metrics import character_error_rate
from skhcr.reading import CharacterSegmenter, TextReader
from skhcr.reading._printed_lines import without_printed_lines

TEXTS = ("MARTIN PETER", "NADINE 2024", "hands HANNA")
ROWS = [slice(0, 11), slice(11, 21), slice(21, 31)]  # of the boxes of each line


def ruled(picture, boxes, grey=110):
    """Ruled paper: a line under each of the text, across the picture."""
    for rows in ROWS:
        base = int(np.median(boxes[rows, 3]))
        picture[base + 2 : base + 4] = np.minimum(picture[base + 2 : base + 4], grey)


def crossed(picture, boxes):
    """A grid whose lines run through the text."""
    for row in range(10, len(picture), 30):
        picture[row] = np.minimum(picture[row], 140)
    for column in range(10, picture.shape[1], 30):
        picture[:, column] = np.minimum(picture[:, column], 140)


def underlined(picture, boxes):
    for rows in ROWS:
        left, base, right = boxes[rows, 0].min(), boxes[rows, 3].max() + 4, boxes[rows, 2].max()
        picture[base : base + 3, left:right] = 20


def field(picture, boxes):
    """A box around each line."""
    for rows in ROWS:
        low, high = boxes[rows, :2].min(axis=0) - 10, boxes[rows, 2:].max(axis=0) + 10
        cv2.rectangle(picture, low.tolist(), high.tolist(), 30, 2)


def comb(picture, boxes):
    """A line under each word, with short ticks between its characters."""
    for rows in ROWS:
        lefts, rights = boxes[rows, 0] - 5, boxes[rows, 2] + 5
        base = int(boxes[rows, 3].max()) + 4
        cv2.line(picture, (int(lefts[0]), base), (int(rights[-1]), base), 30, 2)
        for column in (int(lefts[0]), *((rights[:-1] + lefts[1:]) // 2).tolist(), int(rights[-1])):
            cv2.line(picture, (column, base - 9), (column, base), 30, 1)


PRINTED = [ruled, crossed, underlined, field, comb]


@pytest.fixture(scope="module")
def sheet(write):
    return write(*TEXTS, gap=0.3)


@pytest.mark.parametrize("draw", PRINTED)
@pytest.mark.parametrize("degrees", [0, 1])
def test_lines_and_boxes_are_left_out(sheet, draw, degrees):
    picture = sheet.picture.copy()
    draw(picture, sheet.boxes)
    drawn = type(sheet)(picture, sheet.boxes, sheet.text)
    skewed = turned(drawn, degrees) if degrees else drawn
    for of_polarity in (skewed.picture, 255 - skewed.picture):
        (page,) = TextReader().predict_details([of_polarity])
        assert len(page.lines) == 3
        assert np.abs(len(page.characters) - len(sheet.boxes)) <= 1
        assert character_error_rate([sheet.text], [page.text]) < 0.2
        if len(page.characters) == len(sheet.boxes):
            assert np.mean(overlaps(page.characters, skewed.boxes) > 0.4) > 0.9


@pytest.mark.parametrize("text", ["MARTIN", "2024", "PETER"])
def test_a_box_for_each_character(write, text):
    sheet = write(text, gap=0.7, height=36)
    picture = sheet.picture.copy()
    middles = sheet.boxes[:, [0, 2]].mean(axis=1)
    low, high = sheet.boxes[:, 1].min() - 7, sheet.boxes[:, 3].max() + 7
    edges = [sheet.boxes[0, 0] - 12, *(middles[:-1] + middles[1:]) / 2, sheet.boxes[-1, 2] + 12]
    for left, right in pairwise(edges):
        cv2.rectangle(picture, (round(left), int(low)), (round(right), int(high)), 60, 1)
    (page,) = CharacterSegmenter().transform([picture])
    assert len(page.characters) == len(text)
    assert min(overlaps(page.characters, sheet.boxes)) > 0.4


@pytest.mark.parametrize("n_lines", [1, 2, 12])
def test_of_boxes_around_lines_nothing_is_left(write, n_lines):
    sheet = write(*["MARTIN"] * n_lines, leading=2.2)
    picture = sheet.picture.copy()
    for boxes in sheet.boxes.reshape(n_lines, 6, 4):
        low, high = boxes[:, :2].min(axis=0) - 12, boxes[:, 2:].max(axis=0) + 12
        cv2.rectangle(picture, low.tolist(), high.tolist(), 0, 2)
    (page,) = CharacterSegmenter().transform([picture])
    assert [len(line.characters) for line in page.lines] == [6] * n_lines
    assert min(overlaps(page.characters, sheet.boxes)) > 0.4


def test_strokes_across_a_line_stay():
    ink = np.zeros((100, 400), np.uint8)
    ink[20:80, 50:55] = ink[20:80, 200:205] = 255  # upright strokes
    with_line = ink.copy()
    with_line[60:63] = 255
    assert_array_equal(without_printed_lines(with_line, 60, 80), ink)
    for other in (ink, ink[:, 60:190], np.zeros_like(ink)):
        assert_array_equal(without_printed_lines(other, 60, 80), other)


def test_lines_of_a_form_do_not_reach_what_is_between_them():
    ink = np.zeros((400, 400), np.uint8)
    ink[100:130, 200:204] = 255
    lined = ink.copy()
    for row in range(40, 400, 40):
        lined[row : row + 3] = 255
    removed = without_printed_lines(lined, 30, 80)
    assert (removed[5:] > 80).sum() <= (ink > 80).sum() + 20


@pytest.mark.parametrize("text", ["MARTIN", "Anna", "2024"])
def test_pieces_of_the_neighbouring_lines_are_left_out(write, text):
    sheet = write("PETER", text, "NADINE", leading=1.7)
    middle = slice(5, 5 + len(text))
    upper, lower = sheet.boxes[:5], sheet.boxes[5 + len(text) :]
    top, bottom = int(upper[:, [1, 3]].mean()), int(lower[:, [1, 3]].mean())
    for first, last in ((top, bottom), (top, bottom - 16), (top + 10, len(sheet.picture))):
        (page,) = CharacterSegmenter().transform([sheet.picture[first:last]])
        (line, *others) = page.lines
        assert len(others) == (last == len(sheet.picture))
        assert min(overlaps(line.characters, sheet.boxes[middle] - [0, first, 0, first])) > 0.4


@pytest.mark.parametrize("margin", [0, 1, 3])
def test_a_word_that_touches_all_edges_is_read(write, margin):
    sheets = [write(text, margin=margin / 32) for text in ("MARTIN", "2024", "PETER", "NADINE")]
    for pictures in ([s.picture for s in sheets], [255 - s.picture for s in sheets]):
        pages = TextReader().predict_details(pictures)
        for page, sheet in zip(pages, sheets, strict=True):
            assert min(overlaps(page.characters, sheet.boxes)) > 0.4
        texts = [page.text for page in pages]
        assert character_error_rate([sheet.text for sheet in sheets], texts) < 0.2
