"""Augmentation: characters are moved and bent, paper stays paper, and draws are repeatable."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skhcr.classifiers._distortion import distort
from skhcr.datasets import load_digits


@pytest.fixture(scope="module")
def digits():
    X, _ = load_digits(return_X_y=True)
    return X[:200].reshape(-1, 28, 28, 1)


def test_strength_says_how_far(digits):
    assert_array_equal(distort(digits, 0, np.random.default_rng(0)), digits)

    def change(strength):
        moved = distort(digits, strength, np.random.default_rng(0))
        return np.abs(moved.astype(float) - digits).mean()

    assert 0 < change(0.1) < change(0.5) < change(1)


def test_ink_is_moved_not_lost(digits):
    moved = distort(digits, 0.5, np.random.default_rng(0))
    ratio = moved.sum(axis=(1, 2, 3)) / digits.sum(axis=(1, 2, 3))
    # Enlarged and shrunk alike, but what leaves the image is lost.
    assert np.median(ratio) == pytest.approx(1, abs=0.05)
    assert ratio.min() > 0.6  # a scale of 15 % in both directions, halved, is 0.86


@pytest.mark.parametrize("paper", [0, 255])
def test_paper_stays_paper(paper):
    images = np.full((50, 28, 20, 3), paper, dtype=np.uint8)
    images[:, 12:16, 8:12] = 255 - paper
    moved = distort(images, 1, np.random.default_rng(0))
    assert_array_equal(moved[:, [0, -1]], paper)
    assert_array_equal(moved[:, :, [0, -1]], paper)
    # White and black are told apart by nothing else, and rounded half up, both.
    assert_allclose(
        moved, 255 - distort(255 - images, 1, np.random.default_rng(0)).astype(float), atol=1
    )


def test_images_do_not_bleed_into_one_another():
    images = np.zeros((40, 28, 28, 1), dtype=np.uint8)
    images[1::2] = 255
    assert_array_equal(distort(images, 1, np.random.default_rng(0)), images)


def test_each_image_has_its_own_draw_and_the_same_seed_the_same(digits):
    same = np.repeat(digits[:1], 20, axis=0)
    moved = distort(same, 0.5, np.random.default_rng(0))
    assert len(np.unique(moved, axis=0)) == 20
    assert_array_equal(distort(same, 0.5, np.random.default_rng(0)), moved)
    assert (distort(same, 0.5, np.random.default_rng(1)) != moved).any()


def test_any_numbers_and_channels(digits):
    ink = digits.astype(np.float32) / 255
    colours = np.repeat(ink, 6, axis=3) * np.arange(1, 7, dtype=np.float32)
    moved = distort(colours, 0.5, np.random.default_rng(0))
    assert moved.dtype == np.float32
    assert moved.shape == colours.shape
    for channel in range(6):
        # OpenCV rounds places to 1/32 of a pixel, or not, as the number of channels has it.
        assert_allclose(moved[..., channel] / (channel + 1), moved[..., 0], atol=1 / 16)


def test_more_rows_than_one_resampling_takes():
    images = np.zeros((40, 1000, 4, 1), dtype=np.uint8)
    images[:, 400:600] = np.arange(10, 50, dtype=np.uint8)[:, np.newaxis, np.newaxis, np.newaxis]
    moved = distort(images, 0.2, np.random.default_rng(0))
    assert_array_equal(moved.max(axis=(1, 2, 3)), np.arange(10, 50))
