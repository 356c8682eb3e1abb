"""An instance of every public estimator, and how they are asked."""

import numpy as np

import skhcr
from skhcr.classifiers import CharacterClassifier, CNNClassifier, DigitClassifier
from skhcr.preprocessing import (
    CharacterEncoder,
    Deskewer,
    ImageFlattener,
    ImageLoader,
    ImageResizer,
    InkCenterer,
    InkExtractor,
    PixelScaler,
)
from skhcr.reading import CharacterSegmenter, TextReader
from skhcr.runtime import OnnxClassifier

_SMALL = {"network": "lenet", "epochs": 1, "random_state": 0}

#: An instance of each, with parameters that are not the defaults.
ESTIMATORS = {
    "CNNClassifier": CNNClassifier(**_SMALL, class_weight={"a": 2.0, "B": 1.0}, augment=0.5),
    "DigitClassifier": DigitClassifier(**_SMALL, early_stopping=True),
    "CharacterClassifier": CharacterClassifier(
        "compact", network_options={"filters": (8, 8, 8, 16)}, epochs=1, random_state=0
    ),
    "OnnxClassifier": OnnxClassifier(skhcr._shipped.shipped_path("digits"), priors="uniform"),
    "CharacterEncoder": CharacterEncoder(["a", "B", "7"], one_hot=True),
    "Deskewer": Deskewer(20.0),
    "ImageFlattener": ImageFlattener(),
    "ImageLoader": ImageLoader("rgb", max_size=20),
    "ImageResizer": ImageResizer((14, 20), keep_aspect=True),
    "InkCenterer": InkCenterer(20, by="box", stroke=(2.0, 4.0)),
    "InkExtractor": InkExtractor(polarity="light", min_contrast=0.1),
    "PixelScaler": PixelScaler(),
    "CharacterSegmenter": CharacterSegmenter(word_gap=3),
    "TextReader": TextReader(
        segmenter=CharacterSegmenter(word_gap=3), lexicon=["MARTIN", "Ñandú"], alphabet="letters"
    ),
}


def ask(estimator, X):
    """Return all that an estimator says of X."""
    methods = ("predict_proba", "transform", "predict_details", "inverse_transform")
    asked = next(method for method in methods if hasattr(estimator, method))
    return getattr(estimator, asked)(X)


def assert_same(found, expected):
    """Check that answers are equal, to the last bit."""
    if isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    else:
        assert found == expected
