import cv2
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skhcr.preprocessing import ImageResizer, PixelScaler

DIGITS = (load_digits().images[:10] * 255 / 16).astype(np.uint8)  # (10, 8, 8)


def draw(height, width, text="7", paper=255, ink=0):
    picture = np.full((height, width), paper, np.uint8)
    size = min(height, width)
    cv2.putText(
        picture, text, (width // 2 - size // 3, height // 2 + size // 3),
        cv2.FONT_HERSHEY_SIMPLEX, size / 30, ink, max(1, size // 15),
    )  # fmt: skip
    return picture


@pytest.mark.parametrize("size", [(20, 30), [20, 30], np.array([20, 30])])
@pytest.mark.parametrize("keep_aspect", [False, True])
def test_pictures_of_any_size_become_a_batch(size, keep_aspect):
    pictures = [draw(90, 120), draw(12, 8), draw(20, 30), draw(15, 300), draw(1, 1)]
    batch = ImageResizer(size, keep_aspect=keep_aspect).fit_transform(pictures)
    assert batch.shape == (5, 20, 30)
    assert batch.dtype == np.uint8


def test_an_integer_is_a_square():
    assert ImageResizer(5).transform(DIGITS).shape == (10, 5, 5)


@pytest.mark.parametrize("n_channels", [1, 3, 4])
@pytest.mark.parametrize("size", [(8, 8), (5, 5), (20, 20), (4, 20)])
@pytest.mark.parametrize("keep_aspect", [False, True])
def test_channels_stay(n_channels, size, keep_aspect):
    batch = np.repeat(DIGITS[..., np.newaxis], n_channels, axis=3)
    resizer = ImageResizer(size, keep_aspect=keep_aspect).fit(batch)
    resized = resizer.transform(batch)
    assert resized.shape == (10, *size, n_channels)
    assert resizer.output_shape_ == resized.shape[1:]
    grey = ImageResizer(size, keep_aspect=keep_aspect).transform(DIGITS)
    np.testing.assert_array_equal(resized[..., -1], grey)


def test_shrinking_averages_so_that_a_thin_stroke_does_not_break():
    picture = np.full((300, 300), 255, np.uint8)
    cv2.line(picture, (10, 20), (280, 290), 0, 2)
    small = ImageResizer(30).transform([picture])[0]
    assert small.mean() == pytest.approx(picture.mean(), abs=1)
    assert (small.min(axis=1)[3:28] < 235).all()


@pytest.mark.parametrize("scale", [1, 255])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [3, 7, 13, 64, (3, 20)])
def test_values_stay_in_the_range_of_the_picture(scale, dtype, size):
    digits = (DIGITS / 255 * scale).astype(dtype)
    digits[0] = scale  # all white, which rounding must not make whiter
    resized = ImageResizer(size).transform(digits)
    assert resized.dtype == dtype
    for picture, original in zip(resized, digits, strict=True):
        assert original.min() <= picture.min()
        assert picture.max() <= original.max()


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("u1", "u1"), ("u2", "u2"), (">u2", "u2"), ("f4", "f4"), ("f8", "f8"), (">f8", "f8"),
        ("?", "f4"), ("i1", "f4"), ("i2", "f4"), ("f2", "f4"), ("i4", "f8"), ("i8", "f8"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [5, 8])
def test_types(dtype, expected, size):
    batch = (DIGITS // 2).astype(dtype)
    for X in (batch, list(batch)):
        resized = ImageResizer(size).transform(X)
        assert resized.dtype == expected
        assert resized.dtype.isnative
        assert (resized.min(), resized.max()) <= (batch.min(), batch.max())


@pytest.mark.parametrize("dtype", [bool, np.int64, np.uint16])
def test_resizing_and_scaling_commute(dtype):
    batch = (DIGITS > 100) if dtype is bool else DIGITS.astype(dtype)
    resized = PixelScaler().transform(ImageResizer(4).transform(batch))
    scaled = ImageResizer(4).transform(PixelScaler().transform(batch))
    np.testing.assert_allclose(resized, scaled, atol=1 / 255)


def test_keep_aspect_centres_on_the_background():
    paper, ink = (200, 150, 100), (10, 20, 30)
    picture = np.empty((20, 60, 3), np.uint8)
    picture[:] = paper
    picture[4:16, 20:40] = ink
    picture[0, :10] = ink  # some ink at the border does not make it the background
    resized = ImageResizer((30, 30), keep_aspect=True).transform([picture])[0]
    assert (resized[:10] == paper).all()
    assert (resized[20:] == paper).all()
    dark = np.argwhere(resized[..., 0] < 60)
    np.testing.assert_array_equal(dark.min(axis=0), (12, 10))
    np.testing.assert_array_equal(dark.max(axis=0), (17, 19))


def test_no_aspect_is_too_extreme():
    stick = np.full((500, 2), 7, np.uint8)
    resized = ImageResizer((10, 10), keep_aspect=True).transform([stick])
    assert (resized == 7).all()


def test_rows():
    rows = DIGITS.reshape(10, 64)
    batch = ImageResizer((12, 12)).transform(DIGITS)
    np.testing.assert_array_equal(ImageResizer(12).fit_transform(rows), batch.reshape(10, 144))
    wide = ImageResizer((4, 12), image_shape=(4, 16)).fit(rows)
    np.testing.assert_array_equal(
        wide.transform(rows), ImageResizer((4, 12)).transform(DIGITS.reshape(10, 4, 16))
    )
    assert ImageResizer((1, 5)).transform(rows).shape == (10, 5)


def test_names_of_the_pixels():
    resizer = ImageResizer((3, 3)).set_output(transform="pandas").fit(DIGITS.reshape(10, 64))
    table = resizer.transform(DIGITS.reshape(10, 64))
    assert list(table.columns[:4]) == ["pixel_0_0", "pixel_0_1", "pixel_0_2", "pixel_1_0"]
    batch = ImageResizer((2, 3)).fit(np.zeros((1, 4, 4, 3)))
    assert batch.get_feature_names_out()[-1] == "pixel_1_2_2"


def test_pandas_output_of_a_pipeline_leaves_pictures():
    model = make_pipeline(ImageResizer(4), PixelScaler()).set_output(transform="pandas")
    assert model.fit_transform(DIGITS).shape == (10, 4, 4)
    assert list(model.get_feature_names_out()[:2]) == ["pixel_0_0", "pixel_0_1"]
    assert list(model.fit_transform(DIGITS.reshape(10, 64)).columns[:2]) == [
        "pixel_0_0",
        "pixel_0_1",
    ]


def test_the_input_stays_as_it_is():
    copy = DIGITS.copy()
    ImageResizer(5).transform(DIGITS)[:] = 0
    ImageResizer((8, 9), keep_aspect=True).transform(DIGITS)[:] = 0
    np.testing.assert_array_equal(DIGITS, copy)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"size": 0}, "'size' parameter"),
        ({"size": (8,)}, r"size=\(8,\) should be a tuple of 2 positive integers"),
        ({"size": (8, 8, 3)}, "should be a tuple of 2 positive"),
        ({"size": (8, 0)}, r"size=\(8, 0\)"),
        ({"size": (8, 2.5)}, r"size=\(8, 2.5\)"),
        ({"keep_aspect": 2}, "'keep_aspect' parameter"),
        ({"image_shape": (64,)}, r"image_shape=\(64,\) should be a tuple of 2 or 3"),
        ({"image_shape": (8, 9)}, r"image_shape=\(8, 9\) has 72 values, but a row of X has 64"),
    ],
)
def test_parameters_are_checked_with_and_without_fit(parameters, message):
    resizer = ImageResizer(**parameters)
    for method in (resizer.fit, resizer.transform):
        with pytest.raises(ValueError, match=message):
            method(DIGITS.reshape(10, 64))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "no pictures"),
        ([np.zeros((4, 4, n), np.uint8) for n in (1, 3, 4)], "picture 0 has 1, picture 1 has 3"),
        ([np.full((4, 4), np.nan)], "picture 0 contains NaN"),
        ([DIGITS[0], None], r"picture 1 has shape \(\)"),
        ([DIGITS[0], DIGITS[0].astype(float)], "picture 1 has dtype float64"),
    ],
)
def test_what_are_no_pictures_is_said(X, message):
    with pytest.raises(ValueError, match=message):
        ImageResizer().transform(X)
