"""Where there is no text nothing is read, whatever the picture is."""

import time

import cv2
import numpy as np
import pytest
from sklearn.datasets import load_sample_images

from skhcr.reading import CharacterSegmenter, Page, TextReader

SHAPES = [(1, 1), (1, 300), (2, 300), (300, 2), (3, 3), (5, 3000), (3000, 5), (44, 324), (700, 900)]


def assert_no_text(pictures, n_characters=0):
    """Nothing is found, or next to nothing of what happens to look like a character."""
    pages = TextReader().predict_details(pictures)
    found = [len(page.characters) for page in pages]
    assert max(found) <= n_characters
    assert [page.shape for page in pages] == [picture.shape[:2] for picture in pictures]
    if n_characters == 0:
        assert TextReader().predict(pictures).tolist() == [""] * len(pictures)
        assert CharacterSegmenter().transform(pictures) == [Page(page.shape, ()) for page in pages]


@pytest.mark.parametrize("level", [0, 1, 128, 254, 255])
def test_one_level(level):
    assert_no_text([np.full(shape, level, np.uint8) for shape in SHAPES])


@pytest.mark.parametrize("spread", [3, 30, 300])
def test_noise(spread):
    random = np.random.default_rng(0)
    pictures = [np.clip(random.normal(150, spread, shape), 0, 255) for shape in SHAPES]
    assert_no_text([picture.astype(np.uint8) for picture in pictures], 4)


def test_shades_and_edges():
    height, width = 300, 400
    rows, columns = np.indices((height, width))
    pictures = {
        "shade": columns / width,
        "steps": columns // 100 / 4,
        "half": columns > 200,
        "waves": 0.5 + 0.4 * np.sin(rows / 9) * np.sin(columns / 7),
        "chess": (rows // 10 + columns // 10) % 2,
        "columns": columns // 8 % 2,
        "rows": rows // 8 % 2,
        "frame": (np.abs(rows - 150) > 140) | (np.abs(columns - 200) > 190),
        "disc": np.hypot(rows - 150, columns - 200) > 80,
        "speck": (rows != 150) | (columns != 200),
        "ruled": rows % 40 > 1,
        "grid": (rows % 20 > 0) & (columns % 20 > 0),
    }
    for picture in pictures.values():
        picture = np.uint8(30 + 200 * picture)
        assert_no_text([picture, 255 - picture], 2)


def test_photos():
    photos = load_sample_images().images
    parts = [photo[:200, :300] for photo in photos] + [photo[200:, 300:] for photo in photos]
    assert_no_text([*photos, *parts], 6)


def test_specks_take_no_minutes():
    specks = np.where(np.random.default_rng(0).random((400, 500)) < 0.005, 0, 255)
    start = time.process_time()
    assert_no_text([specks.astype(np.uint8)], 6)
    assert time.process_time() - start < 5


def test_text_among_specks_and_stains(write):
    sheet = write("MARTIN PETER", height=40)
    picture, random = sheet.picture.copy(), np.random.default_rng(0)
    picture[random.random(picture.shape) < 0.001] = 0
    cv2.circle(picture, (picture.shape[1], 0), 20, 60, -1)
    (page,) = TextReader().predict_details([picture])
    assert abs(len(page.characters) - 11) <= 1


def test_text_on_a_strip_that_is_very_wide(write):
    sheet = write("MARTIN HANNA " * 9, height=30)
    (page,) = TextReader().predict_details([sheet.picture])
    assert abs(len(page.characters) - 99) <= 6
    assert len(page.lines) == 1
    assert len(page.words) == 18


def test_no_pictures():
    for method in (TextReader().predict, TextReader().predict_details):
        with pytest.raises(ValueError, match="X is empty"):
            method([])
    with pytest.raises(ValueError, match="X is empty"):
        CharacterSegmenter().transform([])
    with pytest.raises(ValueError, match="no pictures"):
        TextReader().predict(np.zeros((0, 30, 30)))
