"""CharacterSegmenter: where lines, words and characters are, whatever the picture looks like."""

import io
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from writer import Sheet, overlaps, turned

from skhcr.datasets import make_words
from skhcr.reading import CharacterSegmenter
from skhcr.reading._character_segmenter import SegmentedLine
from skhcr.reading._lattice import Lattice, Segment

NEAR = 0.4  # overlap from which on a box is the right one: edges are soft, and boxes small


def segment(picture, **parameters):
    (page,) = CharacterSegmenter(**parameters).transform([picture])
    return page


def contains(box, others):
    lows, highs = zip(*[(other.box[:2], other.box[2:]) for other in others], strict=True)
    return (*np.min(lows, axis=0), *np.max(highs, axis=0)) == box


def assert_found(page, sheet, tolerance=NEAR):
    """Every character has its box, in reading order."""
    assert page.shape == sheet.picture.shape[:2]
    assert min(overlaps(page.characters, sheet.boxes)) > tolerance


@pytest.fixture(scope="module")
def sheet(write):
    return write("MARTIN PETER", "NADINE 2024", "hands HANNA")


def test_lines_words_and_characters_in_reading_order(sheet):
    page = segment(sheet.picture)
    words = [[len(word.characters) for word in line.words] for line in page.lines]
    assert words == [[6, 5], [6, 4], [5, 5]]
    assert_found(page, sheet)
    assert all(above.box[1] < below.box[1] for above, below in pairwise(page.lines))
    for line in page.lines:
        assert contains(line.box, line.words)
        assert [c.box[0] for c in line.characters] == sorted(c.box[0] for c in line.characters)
        assert all(contains(word.box, word.characters) for word in line.words)


def test_what_is_found_is_not_read(sheet):
    page = segment(sheet.picture)
    assert page.text.split() == []
    assert {character.text for character in page.characters} == {""}
    assert all(0 <= character.probability <= 1 for character in page.characters)
    assert np.mean([character.probability for character in page.characters]) > 0.7
    word = page.words[0]
    assert word.probability == pytest.approx(np.prod([c.probability for c in word.characters]))


def test_boxes_are_whole_pixels_of_the_picture(sheet):
    for tight in (sheet.picture, sheet.picture[26:-26, 26:-26]):
        page = segment(tight)
        boxes = [item.box for item in (*page.lines, *page.words, *page.characters)]
        assert {type(number) for box in boxes for number in box} == {int}
        left, top, right, bottom = np.array(boxes).T
        assert min(left.min(), top.min()) >= 0
        assert (right <= tight.shape[1]).all()
        assert (bottom <= tight.shape[0]).all()
        assert (left < right).all()
        assert (top < bottom).all()


def test_boxes_of_composed_words():
    words = make_words(texts=["Anna", "MARTIN", "Paris 2024", "john"] * 10, wear=0, random_state=0)
    found = []
    for page, boxes in zip(CharacterSegmenter().transform(words.images), words.boxes, strict=True):
        for box in boxes:
            same = [overlaps([character], box[np.newaxis])[0] for character in page.characters]
            found.append(max(same, default=0) > NEAR)
    assert np.mean(found) > 0.75


@pytest.mark.parametrize("scale", [0.4, 0.75, 1.5, 3, 6])
def test_sizes(sheet, scale):
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    picture = cv2.resize(sheet.picture, None, fx=scale, fy=scale, interpolation=kind)
    assert_found(segment(picture), Sheet(picture, sheet.boxes * scale, sheet.text))


@pytest.mark.parametrize("height", [24, 48, 100, 300])
@pytest.mark.parametrize("text", ["OTTO", "A B", "2718", "Anna"])
def test_one_word_of_any_size(write, text, height):
    sheet = write(text, height=height)
    for picture in (sheet.picture, 255 - sheet.picture):
        assert_found(segment(picture), sheet)


@pytest.mark.parametrize("max_size", [200, 301, None])
def test_boxes_of_a_picture_that_is_shrunk(sheet, max_size):
    picture = cv2.resize(sheet.picture, None, fx=1.3, fy=1.3)
    larger = Sheet(picture, sheet.boxes * 1.3, sheet.text)
    assert_found(segment(picture, max_size=max_size), larger)


@pytest.mark.parametrize("degrees", [-18, -12, -5, 2, 5, 12, 18])
def test_skewed_lines(sheet, degrees):
    skewed = turned(sheet, degrees)
    assert_found(segment(skewed.picture), skewed)


COLOURS = {
    "light on dark": ((0, 0, 0), (255, 255, 255)),
    "blue on white": ((255, 255, 255), (20, 30, 160)),
    "red on yellow": ((250, 240, 170), (190, 20, 20)),
    "white on green": ((10, 90, 50), (240, 240, 240)),
    "grey on grey": ((190, 190, 190), (110, 110, 110)),
}


@pytest.mark.parametrize("colours", COLOURS.values(), ids=COLOURS)
def test_colours(sheet, colours):
    paper, pen = np.array(colours, dtype=float)
    ink = 1 - sheet.picture[..., np.newaxis] / 255
    assert_found(segment((paper + (pen - paper) * ink).astype(np.uint8)), sheet)


def test_shadow_and_noise(sheet):
    noise = np.random.default_rng(0).normal(0, 4, sheet.picture.shape)
    shadow = np.linspace(1, 0.5, sheet.picture.shape[1])
    picture = np.clip((60 + 0.7 * sheet.picture) * shadow + noise, 0, 255).astype(np.uint8)
    assert_found(segment(picture), sheet)


def test_polarity_can_be_said(sheet):
    assert_found(segment(sheet.picture, polarity="dark"), sheet)
    assert_found(segment(255 - sheet.picture, polarity="light"), sheet)
    assert len(segment(sheet.picture, polarity="light").characters) < len(sheet.boxes) / 2


@pytest.mark.parametrize(("orientation", "turns"), [(3, 2), (6, 1), (8, 3)])
def test_files_that_a_camera_turned(sheet, orientation, turns):
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.fromarray(np.rot90(sheet.picture, turns)).save(file, "JPEG", exif=exif, quality=95)
    assert_found(segment(file.getvalue()), sheet)


@pytest.mark.parametrize("text", ["minimi", "Jijin", "fiji"])
def test_dots_belong_to_their_letters(write, text):
    sheet = write(text)
    assert_found(segment(sheet.picture), sheet)


@pytest.mark.parametrize("text", ["Andre", "ANDRE", "Helene"])
def test_accents_belong_to_their_letters(write, text):
    sheet = write(text)
    picture, boxes = sheet.picture.copy(), sheet.boxes.copy()
    for box in boxes[[character in "eE" for character in text]]:
        middle, top = int(box[[0, 2]].mean()), int(box[1])
        cv2.line(picture, (middle - 3, top - 5), (middle + 5, top - 11), 0, 3)
        box[1] -= 12
    assert_found(segment(picture), Sheet(picture, boxes, text))


@pytest.mark.parametrize("across", [True, False])
def test_broken_characters_are_one(write, across):
    right = []
    for text in ("MARTIN", "PETER", "HANNA", "2024"):
        sheet = write(text)
        for left, top, right_end, bottom in sheet.boxes:
            picture = sheet.picture.copy()
            glyph = picture[top:bottom, left:right_end] if across else picture.T[left:right_end]
            middle = round((0.5 if across else 0.6) * len(glyph))
            glyph[middle - 1 : middle + 1] = 255
            right.append(len(segment(picture).characters) == len(text))
    assert np.mean(right) > (0.9 if across else 0.7)


def joined(sheet, before, after):
    """Return a sheet's picture with a short stroke from one box's ink to that of the next."""
    picture, gaps = sheet.picture.copy(), {}
    for row in range(max(before[1], after[1]), min(before[3], after[3])):
        (first, second) = (picture[row, box[0] : box[2]] < 128 for box in (before, after))
        if first.any() and second.any():
            start, stop = before[0] + np.flatnonzero(first)[-1], after[0] + second.argmax()
            gaps[stop - start] = row, start, stop
    row, start, stop = gaps[min(gaps)]
    picture[row - 1 : row + 2, start : stop + 1] = 0
    return picture


def test_touching_characters_are_cut(write):
    right = []
    for text in ("MARTIN", "PETER", "HANNA", "27184", "hands", "NADINE", "69050"):
        sheet = write(text)
        for before, after in pairwise(sheet.boxes):
            page = segment(joined(sheet, before, after))
            same = len(page.characters) == len(text)
            right.append(same and min(overlaps(page.characters, sheet.boxes)) > 0.3)
    assert np.mean(right) > 0.6


def test_word_gap(write):
    picture = write("MARTIN PETER", space=0.8).picture
    n_words = [len(segment(picture, word_gap=gap).words) for gap in (0, 0.5, 2, 20)]
    assert n_words == sorted(n_words, reverse=True)
    assert n_words[1:] == [2, 2, 1]


def test_min_confidence(sheet):
    assert len(segment(sheet.picture, min_confidence=0).lines) == 3
    assert segment(sheet.picture, min_confidence=1).lines == ()


def test_forms_of_pictures(write, tmp_path):
    sheets = [write(text, seed=seed) for seed, text in enumerate(["MARTIN", "HANNA", "2024"])]
    pictures = [sheet.picture for sheet in sheets]
    expected = CharacterSegmenter().transform(pictures)
    assert [len(page.characters) for page in expected] == [6, 5, 4]
    Image.fromarray(pictures[0]).save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    sources = [tmp_path / "a.png", content, io.BytesIO(content), Image.open(tmp_path / "a.png")]
    sources += [pictures[0] / 255, pictures[0][..., np.newaxis], np.dstack([pictures[0]] * 3)]
    assert CharacterSegmenter().fit_transform(sources) == [expected[0]] * len(sources)
    batch = np.stack([pictures[0], 255 - pictures[0]])
    of_batch = CharacterSegmenter().fit(batch).transform(batch)
    assert of_batch == CharacterSegmenter().transform(list(batch))
    assert CharacterSegmenter().transform(tuple(pictures[::-1])) == expected[::-1]


def test_fit_opens_nothing_and_learns_nothing():
    segmenter = CharacterSegmenter()
    assert segmenter.fit(["nowhere.png"]) is segmenter
    assert vars(segmenter) == vars(CharacterSegmenter())


def test_nothing_of_the_caller_changes(sheet):
    picture = sheet.picture.copy()
    picture.flags.writeable = False
    segment(picture)
    segment(picture, max_size=100, remove_lines=False, polarity="dark")
    assert_array_equal(picture, sheet.picture)


@pytest.mark.parametrize(
    "parameters",
    [
        {"polarity": "black"},
        {"remove_lines": 1.5},
        {"word_gap": -1},
        {"min_confidence": 1.1},
        {"max_size": 8},
        {"max_pixels": 0},
    ],
)
def test_wrong_parameters(sheet, parameters):
    segmenter = CharacterSegmenter(**parameters)
    for method in (segmenter.fit, segmenter.transform):
        with pytest.raises(ValueError, match=f"The '{next(iter(parameters))}' parameter of"):
            method([sheet.picture])


def test_too_many_pixels(sheet):
    with pytest.raises(ValueError, match=r"X\[0\], .*more than max_pixels=999"):
        segment(Image.fromarray(sheet.picture), max_pixels=999)


def test_a_line_half_as_high_as_the_others_is_found(write):
    large, small = write("MARTIN PETER", height=70), write("nadine 2024", height=32)
    width = max(large.picture.shape[1], small.picture.shape[1])
    wide = [
        np.pad(p, ((0, 0), (0, width - p.shape[1])), constant_values=255)
        for p in (large.picture, small.picture)
    ]
    (page,) = CharacterSegmenter().transform([np.vstack(wide)])
    assert [len(line.characters) for line in page.lines] == [11, 10]


def test_what_is_no_character_is_in_no_word():
    places = [(0, 10), (14, 24), (90, 100), (104, 114), (300, 310)]  # the last is left out
    segments = [Segment(k, k + 1, (x0, 16, x1, 40)) for k, (x0, x1) in enumerate(places)]
    lattice = Lattice(None, None, len(places), segments)
    line = SegmentedLine(lattice, None, None, None, [0, 1, 2, 3], 2.0, (1, 1), (56, 320))
    assert line.words() == [(0, 2), (2, 4)]
    assert line.words(begin=2) == [(2, 4)]
    assert line.words(begin=5) == []
