import itertools

import cv2
import numpy as np
import pytest

from skhcr.datasets import load_characters, load_digits
from skhcr.preprocessing import InkCenterer
from skhcr.preprocessing._stroke import thin


def bounds(ink, level=0.5):
    mask = ink > level * ink.max()
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return rows[0], rows[-1], columns[0], columns[-1]


def bar(height, width, where=(0, 0), shape=(200, 300)):
    ink = np.zeros(shape, np.uint8)
    ink[where[0] : where[0] + height, where[1] : where[1] + width] = 255
    return ink


@pytest.mark.parametrize(("load", "by"), [(load_digits, "mass"), (load_characters, "box")])
def test_images_of_the_data_sets_stay(load, by):
    images = load().images
    centred = InkCenterer(by=by).fit_transform(images)
    assert np.abs(centred.astype(int) - images).mean() / 255 < 0.01


def likeness(ink, expected):
    """Return the correlation of two pictures, one of which may be moved by a pixel."""
    wide = np.pad(expected, 1).astype(np.float32)
    return cv2.matchTemplate(wide, ink.astype(np.float32), cv2.TM_CCOEFF_NORMED).max()


@pytest.mark.parametrize("scale", [0.5, 3, 11])
@pytest.mark.parametrize("by", ["mass", "box"])
def test_neither_size_nor_place_matters(scale, by):
    images = load_digits().images[:20]
    expected = InkCenterer(margin=4, by=by).transform(images)
    sheets = []
    for image in images:
        large = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        sheets.append(np.pad(large, ((7, 31), (60, 2))))
    for centred, like in zip(InkCenterer(margin=4, by=by).transform(sheets), expected, strict=True):
        assert likeness(centred, like) > (0.65 if scale < 1 else 0.85)


@pytest.mark.parametrize("size", [20, 28, 64])
@pytest.mark.parametrize("by", ["mass", "box"])
def test_size_and_margin(size, by):
    margin = round(size * (4 if by == "mass" else 3) / 28)
    for ink in (bar(150, 20, (10, 200)), bar(30, 120, (100, 0))):
        for given, expected in ((None, margin), (2, 2)):
            centred = InkCenterer(size, margin=given, by=by).transform([ink])
            assert centred.shape == (1, size, size)
            top, bottom, left, right = bounds(centred[0])
            assert max(bottom - top, right - left) + 1 == pytest.approx(size - 2 * expected, abs=1)
            assert (top + bottom + 1) / 2 == pytest.approx(size / 2, abs=1)
            assert (left + right + 1) / 2 == pytest.approx(size / 2, abs=1)
            if ink[:, :100].any():  # the aspect is kept
                assert (right - left + 1) / (bottom - top + 1) == pytest.approx(4, rel=0.3)


def test_mass_and_box_differ_as_they_should():
    ink = bar(100, 10, (10, 10))
    ink[90:110, 10:70] = 255  # an L, heavy at its foot
    by_mass, by_box = (InkCenterer(by=by).transform([ink])[0] for by in ("mass", "box"))
    moments = cv2.moments(by_mass)
    assert moments["m01"] / moments["m00"] == pytest.approx(14, abs=0.6)
    assert moments["m10"] / moments["m00"] == pytest.approx(14, abs=0.6)
    top, bottom, left, right = bounds(by_box)
    assert abs(top - (27 - bottom)) <= 1
    assert abs(left - (27 - right)) <= 1


def test_no_ink_is_cut_off():
    ink = bar(4, 100, (10, 10))
    ink[10:110, 10:14] = 255
    cv2.circle(ink, (20, 20), 14, 255, -1)  # far from the middle, so that the rest sticks out
    for margin in (0, 1, 4):
        centred = InkCenterer(margin=margin).transform([ink])[0]
        top, bottom, left, right = bounds(centred, 0.2)
        assert bottom - top + 1 == pytest.approx(28 - 2 * margin, abs=1)
        assert right - left + 1 == pytest.approx(28 - 2 * margin, abs=1)


def test_no_stroke_is_cut_off_for_a_faint_mark_far_away():
    ink = np.zeros((320, 320), np.uint8)
    ink[90:230, 150:170] = 255
    ink[90:110, 120:200] = ink[210:230, 120:200] = 255  # an I
    ink[10:50, 10:14] = 110
    for by in ("box", "mass"):
        top, bottom, left, right = bounds(InkCenterer(by=by).transform([ink])[0])
        assert bottom - top + 1 == pytest.approx(28 - 2 * (3 if by == "box" else 4), abs=1)
        assert right - left > 8


def width_of(ink):
    """Return how wide the strokes of a bar's picture are, across its middle."""
    return ink[14].sum() / 255


@pytest.mark.parametrize("width", [2, 5, 11, 40])
def test_strokes_get_a_normal_width(width):
    ink = bar(180, width, (10, 100))
    assert width_of(InkCenterer(stroke=3).transform([ink])[0]) == pytest.approx(3, abs=0.5)
    centred = InkCenterer(stroke=(2, 4)).transform([ink])[0]
    as_it_is = width * 20 / 180
    assert width_of(centred) == pytest.approx(np.clip(as_it_is, 2, 4), abs=0.5)
    assert bounds(centred)[1] - bounds(centred)[0] + 1 == pytest.approx(20, abs=1.5)
    if 2 <= as_it_is <= 4:
        np.testing.assert_array_equal(centred, InkCenterer().transform([ink])[0])


def test_a_hair_and_a_marker_look_alike():
    def digit(thickness):
        ink = np.zeros((400, 400), np.uint8)
        points = np.array([[100, 80], [300, 80], [180, 320]])
        return cv2.polylines(ink, [points], isClosed=False, color=255, thickness=thickness)

    hair, pen, marker = InkCenterer(stroke=3).transform([digit(2), digit(16), digit(60)])
    assert np.corrcoef(hair.ravel(), pen.ravel())[0, 1] > 0.9
    assert np.corrcoef(marker.ravel(), pen.ravel())[0, 1] > 0.75


def test_thinning_keeps_a_dot_that_touches_a_broad_stem():
    mask = np.zeros((400, 400), dtype=np.uint8)
    cv2.line(mask, (200, 200), (200, 340), 1, 60)
    cv2.circle(mask, (200, 150), 22, 1, -1)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)
    thinned, (top, _) = thin(mask, depth, distance=24, width=8)
    assert thinned[130 - top : 160 - top].max() > 0.5  # of full ink


def test_thinning_breaks_no_stroke(scenes):
    digits = load_digits().images[:60]
    thick = [s if s.ndim == 2 else s[..., 0] for s in scenes.CONDITIONS["thick strokes"](digits)]
    ink = [cv2.threshold(255 - s, 100, 255, cv2.THRESH_TOZERO)[1] for s in thick]
    thinned = InkCenterer(stroke=(1, 2.5)).transform(ink)
    for before, after in zip(ink, thinned, strict=True):
        n_before = cv2.connectedComponents((before > 127).astype(np.uint8))[0]
        assert cv2.connectedComponents((after > 127).astype(np.uint8))[0] <= n_before


@pytest.mark.parametrize(
    "corners", [[(166, 150), (120, 196), (130, 119)], [(189, 115), (62, 76), (196, 86)]]
)
def test_thinning_leaves_nothing_beside_the_strokes(corners):
    ink = np.zeros((300, 300), dtype=np.uint8)
    for start, stop in itertools.pairwise(np.array(corners, dtype=float)):
        along = (stop - start) / np.linalg.norm(stop - start)
        side = 26 * np.array([-along[1], along[0]])
        outline = [start + side, start - side, stop - side, stop + side]
        cv2.fillPoly(ink, [np.rint(outline).astype(np.int32)], 255)
    centred = InkCenterer(stroke=(2.4, 4.4)).transform([ink])[0]
    assert cv2.connectedComponents((centred > 50).view(np.uint8))[0] == 2  # paper and ink


def test_no_ink_stays_none():
    assert InkCenterer(stroke=3).transform(np.zeros((2, 40, 30), np.uint8)).max() == 0


def test_faint_ink_stays_faint():
    ink = bar(100, 20) // 255
    for level in (1, 2, 26, 120):
        assert InkCenterer().transform([ink * level])[0].max() == level


def test_rows_stay_rows():
    images = load_digits().images[:3]
    rows = InkCenterer(20).fit_transform(images.reshape(3, -1))
    assert rows.shape == (3, 400)
    np.testing.assert_array_equal(rows, InkCenterer(20).transform(images).reshape(3, -1))
    np.testing.assert_array_equal(InkCenterer(20).transform(images / 255).reshape(3, -1), rows)
    assert InkCenterer(20).fit(images).get_feature_names_out()[21] == "pixel_1_1"


@pytest.mark.parametrize("ink", [np.full((1, 1), 255), np.full((1, 500), 255), np.eye(3) * 9])
def test_odd_shapes(ink):
    for by in ("mass", "box"):
        for stroke in (None, 3):
            centred = InkCenterer(by=by, stroke=stroke).transform([ink.astype(np.uint8)])
            assert centred.max() > 0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"size": 0}, "'size' parameter"),
        ({"margin": -1}, "'margin' parameter"),
        ({"margin": 14}, "margin=14 leaves no room.*less than 14"),
        ({"by": "centre"}, "'by' parameter"),
        ({"stroke": 0}, "'stroke' parameter"),
        ({"stroke": (5, 2)}, r"stroke=\(5, 2\) should be"),
        ({"stroke": 20}, "stroke=20 should be.*under the 20 pixels"),
        ({"stroke": [1, 2, 3]}, "stroke=.*two widths"),
    ],
)
def test_parameters_are_checked(parameters, message):
    ink = np.zeros((1, 28, 28), np.uint8)
    for method in (InkCenterer(**parameters).fit, InkCenterer(**parameters).transform):
        with pytest.raises(ValueError, match=message):
            method(ink)


def test_colour_is_no_ink():
    with pytest.raises(ValueError, match="3 channels"):
        InkCenterer().transform(np.zeros((1, 9, 9, 3), np.uint8))
