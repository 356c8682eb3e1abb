import pytest
from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CNNClassifier
from skhcr.preprocessing import PixelScaler
from skhcr.runtime import export_onnx


@pytest.fixture(scope="session")
def pipeline(digits):
    """A scaler and a network that knows a little of digits."""
    X, y, _, _ = digits
    classifier = CNNClassifier("three_conv", epochs=1, random_state=0)
    return make_pipeline(PixelScaler(), classifier).fit(X, y)


@pytest.fixture(scope="session")
def onnx_file(pipeline, tmp_path_factory):
    """The file of `pipeline`."""
    path = tmp_path_factory.mktemp("onnx") / "digits.onnx"
    export_onnx(pipeline, path, card={"licence": "CC0-1.0", "tested": {"accuracy": 0.5}})
    return path
