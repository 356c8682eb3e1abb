import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

import skhcr
from skhcr.inspection import PreprocessingDisplay
from skhcr.preprocessing import ImageFlattener, ImageLoader, PixelScaler, make_ink_pipeline


@pytest.fixture
def papers(digits):
    *_, X, _ = digits
    return [np.pad(255 - X[0], 20, constant_values=255), np.pad(255 - X[1], 7, constant_values=255)]


def names_of(display):
    return [text.get_text() for text in display.text_]


def test_every_step_of_nested_pipelines(papers, digits):
    X, y, *_ = digits
    model = make_pipeline(make_ink_pipeline(), PixelScaler(), ImageFlattener(), SVC()).fit(X, y)
    display = PreprocessingDisplay.from_estimator(model, papers)
    assert names_of(display) == [
        "Input",
        "ImageLoader",
        "InkExtractor",
        "InkCenterer",
        "PixelScaler",
        "ImageFlattener",
    ]
    shapes = [[picture.shape for picture in pictures] for pictures in display.pictures]
    assert shapes == [[(68, 68), (42, 42)]] * 3 + [[(28, 28)] * 2] * 3
    pixels = model[:-1].transform(papers)
    assert np.array_equal(np.reshape(display.pictures[-1], (2, -1)), pixels)


def test_stages_of_the_ink_extractor(papers):
    reader = skhcr.load_pretrained("digits")
    display = PreprocessingDisplay.from_estimator(reader, papers[:1], stages=True)
    stages = reader[1].stages(papers[0])
    assert names_of(display)[2:-1] == [f'"{name}"' for name in stages]
    for pictures, stage in zip(display.pictures[2:-1], stages.values(), strict=True):
        assert np.array_equal(pictures[0], stage)


def test_features_are_strips(digits):
    X, *_ = digits
    model = make_pipeline(ImageFlattener(), StandardScaler(), PCA(12)).fit(X)
    display = PreprocessingDisplay.from_estimator(model, X[:2])
    assert [pictures[0].shape for pictures in display.pictures] == [(28, 28)] * 3 + [(3, 4)]


def test_a_file_and_a_single_transformer(papers, tmp_path):
    import cv2

    cv2.imwrite(str(tmp_path / "a.png"), papers[0])
    loader = ImageLoader(max_size=34).fit([papers[0]])
    display = PreprocessingDisplay.from_estimator(loader, [tmp_path / "a.png"])
    assert [pictures[0].shape for pictures in display.pictures] == [(68, 68), (34, 34)]
    # The file is shown shrunk if it is large, so that its size is not told.
    assert [text.get_text() for text in display.ax_.texts] == ["Input", "ImageLoader", "34 x 34"]


def test_white_pictures_have_an_edge(papers):
    display = PreprocessingDisplay.from_estimator(ImageLoader().fit(papers), papers)
    assert len(display.ax_.patches) == 4


def test_errors(papers, digits):
    X, y, *_ = digits
    with pytest.raises(NotFittedError):
        PreprocessingDisplay.from_estimator(make_pipeline(PixelScaler(), PCA()), X[:2])
    with pytest.raises(ValueError, match="500 samples; expected at most 20"):
        PreprocessingDisplay.from_estimator(make_ink_pipeline().fit(X), X)
    with pytest.raises(ValueError, match="No step of SVC transforms"):
        PreprocessingDisplay.from_estimator(
            SVC().fit(X.reshape(500, -1), y), X.reshape(500, -1)[:1]
        )
    halving = FunctionTransformer(lambda X: X[:1]).fit(X)
    with pytest.raises(ValueError, match="FunctionTransformer returned 1 of 2 samples"):
        PreprocessingDisplay.from_estimator(halving, X[:2])
    with pytest.raises(ValueError, match=r"X\[1\], 7 bytes"):
        PreprocessingDisplay.from_estimator(ImageLoader().fit(papers), [papers[0], b"nowhere"])
