import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skhcr.preprocessing import ImageFlattener, PixelScaler

PICTURE = load_digits().images[0] / 16  # in [0, 1]


@pytest.mark.parametrize(
    ("picture", "tolerance"),
    [
        (np.rint(PICTURE * 255).astype(np.uint8), 1 / 255),
        (np.rint(PICTURE * 65535).astype(np.uint16), 1e-4),
        (np.rint(PICTURE * 65535).astype(">u2"), 1e-4),
        (np.rint(PICTURE * 255).astype(np.int64), 1 / 255),
        (PICTURE * 255, 1e-6),
        (PICTURE, 1e-6),
        (PICTURE.astype(np.float16), 1e-3),
    ],
    ids=lambda value: str(getattr(value, "dtype", "")),
)
@pytest.mark.parametrize("form", ["rows", "batch", "list"])
def test_every_type_and_form_scales_to_the_same(picture, tolerance, form):
    X = {"rows": picture.reshape(1, -1), "batch": picture[np.newaxis], "list": [picture]}[form]
    scaled = PixelScaler().fit_transform(X)
    assert scaled.dtype == np.float32
    assert scaled.shape == np.shape(X)
    np.testing.assert_allclose(scaled.reshape(8, 8), PICTURE, atol=tolerance)


def test_bool_is_black_and_white():
    scaled = PixelScaler().transform(PICTURE[np.newaxis] > 0.5)
    np.testing.assert_array_equal(np.unique(scaled), [0, 1])


def test_a_picture_is_scaled_whatever_else_is_in_the_batch():
    batch = np.stack([PICTURE, PICTURE * 255])
    scaled = PixelScaler().transform(batch)
    np.testing.assert_allclose(scaled[0], scaled[1], atol=1e-6)


def test_lists_stack_where_shapes_agree():
    white = [np.full((4, 5), 255, np.uint8), np.full((4, 5), 65535, np.uint16)]
    np.testing.assert_array_equal(PixelScaler().transform(white), np.ones((2, 4, 5)))
    scaled = PixelScaler().transform([white[0], white[1][:2]])
    assert [picture.shape for picture in scaled] == [(4, 5), (2, 5)]
    assert all(picture.dtype == np.float32 for picture in scaled)
    # A colour picture has one white, not one for each of its rows.
    colour = np.array([[[0, 0, 1]], [[200, 0, 0]]])  # (2, 1, 3)
    assert PixelScaler().transform([colour])[0, 0, 0, 2] == np.float32(1 / 255)


def test_the_input_stays_as_it_is():
    batch = PICTURE[np.newaxis].astype(np.float32) * 255
    copy = batch.copy()
    PixelScaler().fit_transform(batch)[:] = -1
    np.testing.assert_array_equal(batch, copy)


def test_names_pass_through():
    rows = PICTURE.reshape(1, -1)
    assert PixelScaler().fit(rows).get_feature_names_out()[0] == "x0"
    scaler = PixelScaler().fit(PICTURE[np.newaxis])
    assert list(scaler.get_feature_names_out(["pixel_0_0"])) == ["pixel_0_0"]
    table = PixelScaler().set_output(transform="pandas").fit_transform(rows)
    assert list(table.columns) == [f"x{i}" for i in range(64)]


def test_names_of_pixels_of_pictures():
    pictures = np.rint(load_digits().images[:3, 2:4, 2:4] * 15).astype(np.uint8)
    expected = ["pixel_0_0", "pixel_0_1", "pixel_1_0", "pixel_1_1"]
    assert PixelScaler().fit(pictures).get_feature_names_out().tolist() == expected
    pipeline = make_pipeline(PixelScaler(), ImageFlattener(), PCA(2)).fit(pictures)
    assert pipeline.get_feature_names_out().tolist() == ["pca0", "pca1"]
    differing = PixelScaler().fit([pictures[0], pictures[0, :1]])
    with pytest.raises(ValueError, match="differ in size"):
        differing.get_feature_names_out()
