"""ONNX Runtime, which skhcr.runtime uses, against LiteRT: lenet, 28 x 28 x 1, 62 classes.

LiteRT is no dependency: put it, and its own NumPy, into an environment of its own, and name that
environment's Python.

    python -m venv /tmp/litert && /tmp/litert/bin/python -m pip install ai-edge-litert
    python benchmarks/runtimes.py --litert-python /tmp/litert/bin/python

Each figure is the best of five processes that import NumPy and a runtime and nothing else. On
Linux, which says how much memory they took.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

N_RUNS = 5

#: Runs in a process of its own: import, load, one image many times, 10,000 images.
MEASURE = """
import json, sys, time
import numpy as np

path, n_threads = sys.argv[1], int(sys.argv[2])


def peak():  # of this process, which getrusage mixes with the one that started it
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024


numpy_mb, start = peak(), time.perf_counter()
{load}
start_ms = 1e3 * (time.perf_counter() - start)
run(np.zeros((1, 28, 28, 1), dtype=np.float32))
mb = peak() - numpy_mb
X = np.random.default_rng(0).integers(0, 256, (10_000, 28, 28, 1)).astype(np.float32)
seconds = []
for image in X[:1_000, np.newaxis]:
    start = time.perf_counter()
    run(image)
    seconds.append(time.perf_counter() - start)
start, cpu_start = time.perf_counter(), time.process_time()
for first in range(0, len(X), 64):
    run(X[first : first + 64])
print(json.dumps({{
    "import and load [ms]": start_ms,
    "median of one image [us]": 1e6 * float(np.median(seconds)),
    "10,000 images [s]": time.perf_counter() - start,
    "10,000 images [s of CPU]": time.process_time() - cpu_start,
    "memory beyond NumPy [MB]": mb,
}}))
"""

ONNX = """
import onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = n_threads
options.add_session_config_entry("session.intra_op.allow_spinning", "0")
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name


def run(images):
    return session.run(None, {name: images})[0]
"""

LITERT = """
from ai_edge_litert.interpreter import Interpreter
interpreter = Interpreter(path, num_threads=n_threads)
interpreter.allocate_tensors()
(pixels,), (output,) = interpreter.get_input_details(), interpreter.get_output_details()
n_allocated = 1


def run(images):
    global n_allocated
    if len(images) != n_allocated:
        interpreter.resize_tensor_input(pixels["index"], images.shape)
        interpreter.allocate_tensors()
        n_allocated = len(images)
    interpreter.set_tensor(pixels["index"], images)
    interpreter.invoke()
    return interpreter.get_tensor(output["index"])
"""


def write_models(folder):
    """Write one untrained network in both formats."""
    import keras
    import numpy as np
    import tensorflow as tf

    from skhcr.networks import lenet

    keras.utils.set_random_seed(0)
    network = lenet((28, 28, 1), 62)
    network(np.zeros((1, 28, 28, 1), dtype=np.float32))
    onnx, litert = folder / "lenet.onnx", folder / "lenet.tflite"
    network.export(onnx, format="onnx", verbose=False)
    litert.write_bytes(tf.lite.TFLiteConverter.from_keras_model(network).convert())
    return onnx, litert


def measure(python, load, path, n_threads):
    """Return the figures of one process."""
    code = MEASURE.format(load=load)
    done = subprocess.run(
        [python, "-c", code, str(path), str(n_threads)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return json.loads(done.stdout)


def main():
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--litert-python", required=True, help="a Python with ai-edge-litert")
    litert_python = parser.parse_args().litert_python
    with tempfile.TemporaryDirectory() as folder:
        onnx, litert = write_models(Path(folder))
        sides = {
            ("ONNX Runtime", threads): (sys.executable, ONNX, onnx, threads) for threads in (1, 2)
        } | {("LiteRT", threads): (litert_python, LITERT, litert, threads) for threads in (1, 2)}
        runs = {side: [] for side in sides}
        for _ in range(N_RUNS):  # in turn, so that a slow moment of the machine meets all of them
            for side, arguments in sides.items():
                runs[side].append(measure(*arguments))
        for (name, threads), figures in runs.items():
            print(f"{name}, threads: {threads}")
            size = sides[name, threads][2].stat().st_size
            print(f"{size / 1024:12.0f}  file [KB]")
            for what in figures[0]:  # the best run is the one that was disturbed least
                print(f"{min(run[what] for run in figures):12.2f}  {what}")


if __name__ == "__main__":
    main()
