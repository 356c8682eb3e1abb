import importlib.util
import inspect
from pathlib import Path

import cv2
import numpy as np
import pytest

from skhcr.preprocessing import ImageLoader

PATH = Path(__file__).parents[2] / "benchmarks" / "scenes.py"
SPEC = importlib.util.spec_from_file_location("scenes", PATH)
scenes = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(scenes)

PHOTO = "12-megapixel photo"  # a tenth of a second each
QUICK = [name for name in scenes.CONDITIONS if name != PHOTO]


@pytest.fixture(scope="module")
def characters():
    from skhcr.datasets import load_characters

    return load_characters().images[:4]


def equal(sources, others):
    return len(sources) == len(others) and all(
        a == b if isinstance(a, bytes) else np.array_equal(a, b)
        for a, b in zip(sources, others, strict=True)
    )


def sheets(characters):
    """Return the sheets without noise, as ink, that most conditions start from."""
    return np.stack([scenes._enlarge(character) for character in characters])


def ink_seen(pictures):
    """Return pictures of dark ink on evenly lit paper as ink: 0 to 1."""
    pictures = np.stack(pictures).astype(float)
    paper = np.median(pictures, axis=(1, 2), keepdims=True)
    ink = (paper - pictures) / (paper - np.quantile(pictures, 0.01, axis=(1, 2), keepdims=True))
    return np.clip(ink, 0, 1)


@pytest.mark.parametrize("name", scenes.CONDITIONS)
def test_condition(name, characters):
    condition = scenes.CONDITIONS[name]
    X = characters[: 2 if name == PHOTO else 4]
    before = X.copy()
    sources = condition(X)
    np.testing.assert_array_equal(X, before)
    assert len(sources) == len(X)
    if name != "neighbours at the edge":
        assert equal(sources[:1], condition(X[:1]))
    assert list(inspect.signature(condition).parameters) == ["X", "strength", "seed"]
    pictures = ImageLoader(color="rgb").transform(sources)
    assert all(picture.dtype == np.uint8 and picture.ndim == 3 for picture in pictures)
    if name != "transparent, white ink":  # the loader shows white through
        assert all(np.ptp(picture) > 5 for picture in pictures)
    # Documented for the decorated and the plain ones.
    assert getattr(condition, "func", condition).__doc__


@pytest.mark.parametrize("name", QUICK)
def test_determinism_and_seed(name, characters):
    condition = scenes.CONDITIONS[name]
    assert equal(condition(characters, seed=3), condition(characters, seed=3))
    if name not in ("native", "dark on light", "half size, centred", "transparent, white ink"):
        assert not equal(condition(characters, seed=3), condition(characters, seed=4))


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("side", [16, 140])
def test_other_sizes_and_blank_ones(name, side, characters):
    X = np.stack([np.zeros((side, side), np.uint8), cv2.resize(characters[0], (side, side))])
    assert len(ImageLoader().transform(scenes.CONDITIONS[name](X))) == 2


@pytest.mark.parametrize(
    ("name", "neutral"),
    [
        ("wide sheet", 1),
        ("tall sheet", 1),
        ("rotation", 0),
        ("shadow gradient", 0),
        ("hard-edged shadow", 0),
        ("grey paper", 0),
        ("coloured paper", 0),
        ("ruled lines", 0),
        ("squared paper", 0),
        ("JPEG quality 20", 95),
        ("Gaussian noise", 0),
        ("salt and pepper", 0),
        ("motion blur", 0),
        ("focus blur", 0),
        ("transparent, dark ink", 1),
        ("16-bit PNG", 1),
        ("thin strokes", 1),
    ],
)
def test_neutral_strength(name, neutral, characters):
    sources = scenes.CONDITIONS[name](characters, strength=neutral)
    ink = ink_seen(ImageLoader().transform(sources))
    assert np.abs(ink - sheets(characters)).mean() < 0.05


@pytest.mark.parametrize("name", ["half size, centred", "half size, anywhere"])
def test_whole_size_is_dark_on_light(name, characters):
    pictures = scenes.CONDITIONS[name](characters, strength=1)
    assert equal(pictures, scenes.dark_on_light(characters))


def test_no_neighbours_and_no_box(characters):
    whole = scenes.neighbours(characters, strength=0)
    assert np.abs(ink_seen(whole)[:, 8:-8, 8:-8] - sheets(characters)).mean() < 0.05
    for box, none in zip(scenes.box(characters), scenes.box(characters, 0), strict=True):
        assert (box < 120).sum() > (none < 120).sum() > 0


def test_neighbours_touch_nothing(characters):
    alone = scenes.neighbours(characters, strength=0)
    for seed in range(5):
        crowds = scenes.neighbours(characters, seed=seed)
        for crowd, character in zip(crowds, alone, strict=True):
            _, parts = cv2.connectedComponents((crowd < 150).astype(np.uint8))
            own = np.unique(parts[(character < 100)])
            border = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
            assert not set(own) & set(border[border > 0])


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_turns_upright(orientation, characters):
    upright = ImageLoader().transform(scenes.exif_orientation(characters, 1))
    pictures = ImageLoader().transform(scenes.exif_orientation(characters, orientation))
    assert pictures[0].shape == (149, 112)
    assert np.abs(np.stack(pictures).astype(float) - np.stack(upright)).mean() < 2


def test_ink_is_darker_than_coloured_paper(digits):
    for picture in ImageLoader().transform(scenes.coloured_paper(digits[0][:200])):
        low, high = np.quantile(picture, [0.01, 0.9])
        assert high - low > 50


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.8])
def test_strokes_stay_whole(factor, digits):
    widths = []
    for ink in map(scenes._enlarge, digits[0][:50]):
        mask = (ink > 0.4).astype(np.uint8)
        redrawn = (scenes._widen(ink, factor) > 0.4).astype(np.uint8)
        assert cv2.connectedComponents(redrawn)[0] <= cv2.connectedComponents(mask)[0]
        widths.append(redrawn.sum() / mask.sum())
    assert 0.75 * factor < np.median(widths) < 1.25 * factor
