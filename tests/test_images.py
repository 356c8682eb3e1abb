import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.base import BaseEstimator
from sklearn.datasets import load_digits

from skhcr._images import (
    PictureTransformerMixin,
    check_pictures,
    restore_rows,
    rows_image_shape,
    stack_pictures,
    white_level,
)
from skhcr.preprocessing import ImageFlattener, ImageResizer, PixelScaler

DIGITS = load_digits().images[:6].astype(np.uint8)  # (6, 8, 8)


class Identity(PictureTransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        check_pictures(self, X, reset=True)
        return self

    def transform(self, X):
        return check_pictures(self, X, reset=False)[0]

    def get_feature_names_out(self, input_features=None):
        return np.array([f"p{i}" for i in range(64)], dtype=object)


class Rows(Identity):
    def transform(self, X):
        return restore_rows(*check_pictures(self, X, reset=False))


def check(X, **kwargs):
    return check_pictures(Identity(), X, reset=True, **kwargs)


@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame, np.ndarray.tolist])
def test_rows_become_square_images(form):
    estimator = Identity()
    pictures, are_rows = check_pictures(estimator, form(DIGITS.reshape(6, 64)), reset=True)
    assert are_rows
    assert estimator.n_features_in_ == 64
    np.testing.assert_array_equal(pictures, DIGITS)


@pytest.mark.parametrize(
    ("n_pixels", "image_shape", "expected"),
    [
        (784, None, (28, 28)),
        (12, None, (1, 12)),
        (12, (3, 4), (3, 4)),
        (12, [2, 2, 3], (2, 2, 3)),
    ],
)
def test_rows_image_shape(n_pixels, image_shape, expected):
    assert rows_image_shape(n_pixels, image_shape) == expected


def test_rows_that_do_not_fit_their_image_shape():
    with pytest.raises(ValueError, match=r"image_shape=\(3, 5\) has 15 values, but a row of X"):
        rows_image_shape(12, (3, 5))


@pytest.mark.parametrize("form", [np.asarray, list, np.ndarray.tolist])
def test_pictures_are_not_rows_and_leave_no_row_length(form):
    estimator = Identity().fit(DIGITS.reshape(6, 64))
    pictures, are_rows = check_pictures(estimator, form(DIGITS), reset=True)
    assert not are_rows
    assert not hasattr(estimator, "n_features_in_")
    np.testing.assert_array_equal(stack_pictures(pictures), DIGITS)


def test_a_batch_is_not_copied():
    assert check(DIGITS)[0] is DIGITS


@pytest.mark.parametrize("form", [list, tuple, pd.Series])
def test_sizes_of_a_list_may_differ(form):
    ragged = form([DIGITS[0], DIGITS[1][:5]])
    pictures, _ = check(ragged)
    assert [picture.shape for picture in pictures] == [(8, 8), (5, 8)]


def test_an_axis_of_one_channel_is_dropped_where_others_lack_it():
    pictures, _ = check([DIGITS[0], DIGITS[1][..., np.newaxis]])
    assert [picture.shape for picture in pictures] == [(8, 8), (8, 8)]


COLOURS = [np.zeros((4, 5, n_channels), np.uint8) for n_channels in (1, 3, 4)]


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "no pictures"),
        (np.empty((0, 8, 8)), "no pictures"),
        (np.empty((2, 0, 8)), "no pixels"),
        (np.zeros((2, 2, 2, 3, 1)), "5 dimensions"),
        (np.zeros((2, 8, 8, 2)), "2 channels .* expected 1 .* 3 .* 4"),
        (COLOURS, "picture 0 has 1, picture 1 has 3"),
        ([DIGITS[0], np.full((4, 4), np.nan)], "picture 1 contains NaN"),
        (np.full((2, 4, 4), np.inf), "X contains infinity"),
        ([DIGITS[0], np.zeros(3)], r"picture 1 has shape \(3,\)"),
        (np.full((2, 3, 3), "a"), "dtype <U1; expected numbers"),
        (np.zeros(3), "Expected 2D array"),
    ],
)
def test_what_are_no_pictures_is_said(X, message):
    with pytest.raises(ValueError, match=message):
        check(X)


@pytest.mark.parametrize("form", [list, np.array, pd.Series, lambda X: [DIGITS[0], *X], min])
def test_paths_are_told_to_be_read_first(form):
    with pytest.raises(TypeError, match=r"X holds str \('a.png'\).*ImageLoader"):
        check(form(["a.png", "b.png"]))


def test_any_number_of_channels_on_request():
    pictures, _ = check(np.zeros((2, 8, 8, 7)), channel_counts=None)
    assert pictures.shape == (2, 8, 8, 7)


def test_only_rows_that_say_their_shape_are_restored():
    assert restore_rows(DIGITS, are_rows=True).shape == (6, 64)
    assert restore_rows(DIGITS[:, :1], are_rows=True).shape == (6, 8)
    assert restore_rows(DIGITS[:, :2], are_rows=True).shape == (6, 2, 8)
    assert restore_rows(DIGITS, are_rows=False) is DIGITS


def test_stacking_names_the_picture_that_differs():
    with pytest.raises(ValueError, match=r"picture 2 has shape \(5, 8\).*ImageResizer"):
        stack_pictures([DIGITS[0], DIGITS[1], DIGITS[2][:5]])
    with pytest.raises(ValueError, match="picture 1 has dtype uint16"):
        stack_pictures([DIGITS[0], DIGITS[1].astype(np.uint16)])


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (np.zeros((2, 2), np.uint8), 255),
        (np.zeros((2, 2), np.uint16), 65535),
        (np.zeros((2, 2), ">u2"), 65535),
        (np.ones((2, 2), bool), 1),
        (np.ones((2, 2)), 1),
        (np.full((2, 2), 2.0), 255),
        (np.ones((2, 2), np.int64), 1),
    ],
)
def test_white_level(picture, expected):
    assert white_level(picture) == expected
    batch = picture[np.newaxis]
    np.testing.assert_array_equal(np.broadcast_to(white_level(batch), batch.shape), expected)


def test_the_white_level_of_a_picture_depends_on_it_alone():
    batch = np.stack([np.full((2, 2), 0.5), np.full((2, 2), 200.0)])
    np.testing.assert_array_equal(white_level(batch).ravel(), [1, 255])


def test_set_output_wraps_tables_and_leaves_pictures():
    X = DIGITS.reshape(6, 64)
    rows = Rows().set_output(transform="pandas").fit(X)
    assert list(rows.transform(X).columns[:2]) == ["p0", "p1"]
    pictures = Identity().set_output(transform="pandas").fit(X).transform(X)
    assert isinstance(pictures, np.ndarray)


@pytest.mark.parametrize("transformer", [ImageResizer((8, 8)), PixelScaler(), ImageFlattener()])
def test_one_picture_is_refused_after_pictures(transformer):
    pictures = np.zeros((3, 20, 30), dtype=np.uint8)
    transformer.fit(pictures)
    with pytest.raises(ValueError, match=r"If it is one picture, pass X\[np\.newaxis\]"):
        transformer.transform(pictures[0])
    assert len(transformer.transform(pictures[:1].reshape(1, -1))) == 1  # a row of that picture


def test_pil_images_are_refused():
    with pytest.raises(TypeError, match=r"PIL images .* with ImageLoader"):
        PixelScaler().transform([Image.new("P", (3, 3)), Image.new("P", (3, 3))])
