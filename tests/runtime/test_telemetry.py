"""Nobody is told what is predicted."""

import os
import subprocess
import sys


def test_onnx_runtime_reports_nothing(tmp_path):
    """Its telemetry leaves a file in the folder for temporary files, and connects."""
    code = """
import os, numpy as np, skhcr
skhcr.load_pretrained("digits").predict(np.zeros((1, 28, 28), np.uint8))
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
"""
    kept = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environ = {**kept, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True)
    assert list(tmp_path.iterdir()) == []
