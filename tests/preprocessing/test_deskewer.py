import cv2
import numpy as np
import pytest

from skhcr.datasets import load_digits
from skhcr.preprocessing import Deskewer, InkCenterer


def slanted(degrees, side=60, pad=40):
    """Return an upright bar with a foot, sheared by an angle."""
    ink = np.zeros((side + 2 * pad, side + 2 * pad), np.uint8)
    ink[pad : pad + side, pad + 24 : pad + 34] = 255
    middle = pad + side / 2
    slope = np.tan(np.radians(degrees))
    shear = np.array([[1, -slope, slope * middle], [0, 1, 0]])
    return cv2.warpAffine(ink, shear, ink.shape[::-1])


def slant(ink):
    moments = cv2.moments(ink)
    return np.degrees(np.arctan(-moments["mu11"] / moments["mu02"]))


@pytest.mark.parametrize("degrees", [-25, -8, 0, 12, 28])
def test_slant_is_taken_out(degrees):
    ink = slanted(degrees)
    assert slant(ink) == pytest.approx(degrees, abs=0.5)
    upright = Deskewer().fit_transform([ink])[0]
    assert upright.shape == ink.shape
    assert slant(upright) == pytest.approx(0, abs=0.5)
    assert int(upright.sum()) == pytest.approx(int(ink.sum()), rel=0.01)


@pytest.mark.parametrize("degrees", [-50, 45])
def test_the_angle_is_bounded(degrees):
    upright = Deskewer(max_angle=20).transform([slanted(degrees)])[0]
    expected = np.tan(np.radians(abs(degrees))) - np.tan(np.radians(20))
    assert abs(slant(upright)) == pytest.approx(np.degrees(np.arctan(expected)), abs=1)
    np.testing.assert_array_equal(
        Deskewer(max_angle=0).transform([slanted(degrees)])[0], slanted(degrees)
    )


def test_real_digits_get_more_upright_and_lose_nothing():
    digits = load_digits().images
    upright = Deskewer().fit_transform(digits)
    assert np.median(np.abs([slant(u) for u in upright])) < 1
    assert np.median(np.abs([slant(d) for d in digits])) > 5
    mass = upright.sum(axis=(1, 2)) / digits.sum(axis=(1, 2))
    assert mass.min() > 0.98
    assert mass.max() < 1.02


def test_ink_that_fills_its_picture_loses_nothing():
    ink = slanted(25)
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    for picture in (cut, cut[:, ::-1], np.full((9, 9), 255, np.uint8)):
        upright = Deskewer().transform([np.ascontiguousarray(picture)])[0]
        assert int(upright.sum()) == pytest.approx(int(picture.sum()), rel=0.03)


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 2)])
def test_odd_shapes(shape):
    for ink in (np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)):
        np.testing.assert_array_equal(Deskewer().transform([ink])[0], ink)


def test_all_forms_give_the_same():
    images = load_digits().images[:4]
    upright = Deskewer().transform(images)
    for form in (list(images), images[..., np.newaxis], images / 255):
        np.testing.assert_array_equal(np.stack(Deskewer().transform(form)), upright)
    deskewer = Deskewer().fit(images.reshape(4, -1))
    rows = deskewer.transform(images.reshape(4, -1))
    np.testing.assert_array_equal(rows, upright.reshape(4, -1))
    assert deskewer.get_feature_names_out()[0] == "x0"
    assert Deskewer().fit(images).get_feature_names_out()[0] == "pixel_0_0"
    assert InkCenterer().fit_transform(list(upright)).shape == (4, 28, 28)


@pytest.mark.parametrize("max_angle", [-1, 90, "30"])
def test_parameters_are_checked(max_angle):
    with pytest.raises(ValueError, match="'max_angle' parameter"):
        Deskewer(max_angle).fit(np.zeros((1, 9, 9)))
