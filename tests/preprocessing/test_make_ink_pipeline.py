import cv2
import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from skhcr.datasets import load_characters, load_digits
from skhcr.preprocessing import (
    Deskewer,
    ImageFlattener,
    ImageLoader,
    InkCenterer,
    InkExtractor,
    PixelScaler,
    make_ink_pipeline,
)


@pytest.fixture(scope="module")
def model():
    """A cheap reader of digits, behind the ink pipeline."""
    data = load_digits()
    steps = make_ink_pipeline(), ImageFlattener(), PixelScaler(), LogisticRegression(max_iter=200)
    return make_pipeline(*steps).fit(data.images[:600], data.target[:600])


def likeness(ink, expected):
    """Return the correlation of two pictures, one of which may be moved by a pixel."""
    wide = np.pad(expected, 1).astype(np.float32)
    return cv2.matchTemplate(wide, ink.astype(np.float32), cv2.TM_CCOEFF_NORMED).max()


# How like the ink of clean characters that of other pictures is at least, for half of them. What
# the scene itself turns, thins, thickens or blurs can't be more alike.
LIKENESS = {
    "native": 1, "dark on light": 1, "half size, centred": 0.85, "half size, anywhere": 0.85,
    "rotation": 0.85, "focus blur": 0.88, "thick strokes": 0.85, "thin strokes": 0.85,
    "low-contrast pencil": 0.85,
}  # fmt: skip


def test_every_scene_becomes_what_clean_characters_are(scenes):
    data = load_characters()
    drawn = np.stack([data.images[data.target == c][3] for c in "0123456789ABEGHKMRSTabdefghnrt"])
    pipeline = make_ink_pipeline(by="box")
    expected = pipeline.fit_transform(drawn)
    low = {}
    for name, condition in scenes.CONDITIONS.items():
        few = slice(0, 30, 6 if name == "12-megapixel photo" else 1)
        ink = pipeline.fit_transform(condition(drawn[few]))
        found = [likeness(*pair) for pair in zip(ink, expected[few], strict=True)]
        if np.median(found) < LIKENESS.get(name, 0.9) - 1e-4 or np.mean(np.less(found, 0.5)) > 0.1:
            low[name] = np.round(np.sort(found), 2)
    assert low == {}


def test_threads_change_nothing(scenes):
    images = np.concatenate([load_digits().images, load_characters().images])
    photos = [image for make in scenes.CONDITIONS.values() for image in make(images[:1])]
    for pictures in (images, photos, [*photos, *images[:50]]):
        np.testing.assert_array_equal(
            make_ink_pipeline(n_jobs=2).fit_transform(pictures),
            make_ink_pipeline().fit_transform(pictures),
        )


@pytest.mark.parametrize("n_jobs", [0, 1.5, "2"])
def test_a_number_of_threads_is_a_number(n_jobs):
    for step in make_ink_pipeline(n_jobs=n_jobs):
        with pytest.raises(ValueError, match="'n_jobs' parameter of"):
            step.transform(load_digits().images[:1])


def test_a_model_reads_other_peoples_pictures(model, scenes):
    data = load_digits()
    images, labels = data.images[600:660], data.target[600:660]
    native = model.score(images, labels)
    for name in (
        "dark on light",
        "hard-edged shadow",
        "box",
        "phone snapshot",
        "transparent, white ink",
    ):
        assert model.score(scenes.CONDITIONS[name](images), labels) > native - 0.12


def test_its_steps():
    pipeline = make_ink_pipeline(deskew=True)
    assert isinstance(pipeline, Pipeline)
    kinds = [ImageLoader, InkExtractor, Deskewer, InkCenterer]
    assert [type(step) for step in pipeline] == [type(kind()) for kind in kinds]
    assert "deskewer" not in make_ink_pipeline().named_steps
    pipeline = make_ink_pipeline(
        56, by="box", margin=4, stroke=5, polarity="dark", color="rgb", max_size=300,
        max_pixels=1000, on_error="skip", n_jobs=2, verbose=1,
    )  # fmt: skip
    loader, extractor, centerer = pipeline
    assert (loader.color, loader.max_size, loader.max_pixels) == ("rgb", 300, 1000)
    assert (loader.on_error, loader.n_jobs, loader.verbose) == ("skip", 2, 1)
    assert extractor.polarity == "dark"
    assert (centerer.size, centerer.by, centerer.margin, centerer.stroke) == (56, "box", 4, 5)
    assert make_ink_pipeline(56)[-1].stroke == pytest.approx((4.8, 8.8))
    assert make_ink_pipeline(stroke=None)[-1].stroke is None


@pytest.mark.parametrize("size", [20, 28, 64])
def test_sizes(size):
    assert make_ink_pipeline(size).fit_transform(load_digits().images[:2]).shape == (2, size, size)


def test_it_is_cloned_and_stored(tmp_path):
    images = load_digits().images[:3]
    pipeline = make_ink_pipeline().fit(images)
    expected = pipeline.transform(images)
    np.testing.assert_array_equal(clone(pipeline).fit_transform(images), expected)
    joblib.dump(pipeline, tmp_path / "ink.joblib")
    np.testing.assert_array_equal(joblib.load(tmp_path / "ink.joblib").transform(images), expected)


def test_ink_depends_on_its_own_picture_only():
    images = load_digits().images[:8]
    together = make_ink_pipeline().fit_transform(images)
    for position in (0, 5):
        alone = make_ink_pipeline().fit_transform(images[position : position + 1])
        np.testing.assert_array_equal(alone[0], together[position])


@pytest.mark.parametrize("stroke", ["thin", (3, 2)])
def test_wrong_strokes(stroke):
    with pytest.raises(ValueError, match="stroke="):
        make_ink_pipeline(stroke=stroke).fit(load_digits().images[:2])


def test_deskew_is_checked():
    with pytest.raises(ValueError, match="deskew='yes' should be True or False"):
        make_ink_pipeline(deskew="yes")


def test_a_wrong_size_is_named_by_fit():
    with pytest.raises(ValueError, match="'size' parameter"):
        make_ink_pipeline("28").fit(load_digits().images[:2])


@pytest.mark.parametrize("form", ["batch", "list", "list of two sizes"])
def test_a_picture_gets_among_many_what_it_gets_alone(form):
    digits = load_digits().images[:40]
    dark = 255 - digits[20:30]
    noise = np.random.default_rng(0).normal(0, 12, digits[30:].shape)
    noisy = np.clip(digits[30:] + noise, 0, 255).astype(np.uint8)
    empty = np.zeros((2, 28, 28), np.uint8)
    pictures = np.concatenate([digits[:20], dark, empty, noisy, 255 - empty])
    if form == "list":
        pictures = list(pictures)
    elif form == "list of two sizes":
        larger = [np.pad(picture, 6, mode="edge") for picture in pictures[::2]]
        pictures = [each for pair in zip(pictures[1::2], larger, strict=True) for each in pair]
    for by, stroke in (("mass", "auto"), ("box", None)):
        pipeline = make_ink_pipeline(by=by, stroke=stroke)
        alone = [pipeline.transform([picture])[0] for picture in pictures]
        np.testing.assert_array_equal(pipeline.transform(pictures), alone)
