"""Frozen networks: export to ONNX, and a classifier that runs one without TensorFlow."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "_export_onnx": ["export_onnx"],
        "_onnx_classifier": ["OnnxClassifier"],
    },
)
