import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skhcr.preprocessing import ImageFlattener, ImageResizer, PixelScaler

IMAGES, LABELS = load_digits().images, load_digits().target


def test_a_pipeline_ends_in_estimators_of_rows():
    pictures, y = list((IMAGES[:800] * 15).astype(np.uint8)), LABELS[:800]
    model = make_pipeline(ImageResizer(12), PixelScaler(), ImageFlattener(), PCA(30), SVC())
    assert model.fit(pictures[::2], y[::2]).score(pictures[1::2], y[1::2]) > 0.9


@pytest.mark.parametrize("form", [np.asarray, list])
def test_pictures_become_rows(form):
    rows = ImageFlattener().fit_transform(form(IMAGES[:5]))
    np.testing.assert_array_equal(rows, load_digits().data[:5])


def test_rows_stay_rows():
    rows = load_digits().data[:5].astype(np.float32)
    np.testing.assert_array_equal(ImageFlattener().transform(rows), rows)
    assert ImageFlattener().transform(rows).dtype == np.float32


def test_names_follow_the_values():
    batch = np.arange(2 * 2 * 3).reshape(1, 2, 2, 3)
    flattener = ImageFlattener().set_output(transform="pandas").fit(batch)
    table = flattener.transform(batch)
    assert table.loc[0, "pixel_1_0_2"] == batch[0, 1, 0, 2]
    assert list(table.columns) == list(flattener.get_feature_names_out())


def test_other_sizes_are_refused():
    with pytest.raises(ValueError, match=r"picture 1 has shape \(4, 8\).*ImageResizer"):
        ImageFlattener().fit([IMAGES[0], IMAGES[1][:4]])
    flattener = ImageFlattener().fit(IMAGES)
    with pytest.raises(ValueError, match=r"shape \(4, 8\), 32 pixels, but .* \(8, 8\), 64 pixels"):
        flattener.transform(IMAGES[:, :4])
    flattener.fit(IMAGES[:, :4]).transform(IMAGES[:, :4])
