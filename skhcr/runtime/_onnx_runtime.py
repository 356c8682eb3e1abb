"""ONNX Runtime, which keeps to itself what it does.

From 1.31 on it tells its makers over the network which models run, and leaves a file in the
temporary folder for that, unless this variable stands there before it is first imported.
"""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime  # only here, so that the variable always comes first

__all__ = ["onnxruntime"]
