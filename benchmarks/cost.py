"""What training and prediction cost, against how fast this machine multiplies matrices.

    python benchmarks/cost.py --table docs/benchmarks/cost.md

Multiplications an image are those of convolutions and dense layers, forward; training counts three
times as many, as each product has two of about its size in the gradient, and a multiplication and
an addition are two operations. All on 28 x 28 images of the bundled digits, "wide" on 64 x 64 in
colour. The second table takes a step of "compact" apart: 64 images, in microseconds an image. The
third runs its layers one by one, as in training, forward and with their gradients (by weights, and
by the input but for the first), on numbers drawn at random.
"""

import argparse
import dataclasses
import functools
import statistics
import time
from pathlib import Path

import numpy as np
import tensorflow as tf
from networks import count_multiplications
from tables import write_table

from skhcr import networks
from skhcr.classifiers import DigitClassifier
from skhcr.classifiers._training_data import TrainingImages
from skhcr.datasets import load_digits
from skhcr.preprocessing import ImageResizer

N_BATCH, N_STEPS = 64, 16
LEAST = 0.5  # microseconds an image from which a layer is shown


def digits(n_images, *, large):
    X, y = load_digits(return_X_y=True)
    X = X.reshape(-1, 28, 28)[:n_images]
    if large:
        X = np.repeat(ImageResizer((64, 64)).transform(X)[..., np.newaxis], 3, axis=3)
    return np.resize(X, (n_images, *X.shape[1:])), np.resize(y, n_images)


def seconds(function, repeats):
    """Return the median time of a call, after one that is not counted."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def matrix_speed():
    """Return operations a second of a product of two float32 matrices, 2048 x 2048."""
    random = np.random.default_rng(0)
    a, b = (tf.constant(random.normal(size=(2048, 2048)), tf.float32) for _ in range(2))
    return 2 * 2048**3 / seconds(lambda: tf.linalg.matmul(a, b).numpy(), 9)


def measure(name, rounds):
    """Return multiplications an image, and images/s of fit and of predict_proba."""
    large = name == "wide"
    X, y = digits(192 if large else 12_800, large=large)
    classifier = DigitClassifier(name, epochs=1, random_state=0)
    fit = seconds(lambda: classifier.fit(X, y), 1 if large else rounds)
    predict = seconds(lambda: classifier.predict_proba(X), 1 if large else rounds)
    shape = X.shape[1:] if large else (28, 28, 1)
    model = getattr(networks, name)(shape, 10)
    return count_multiplications(model), len(X) / fit, len(X) / predict


def take_apart(rounds):
    """Return the microseconds an image of the parts of a training step of "compact"."""
    X, y = digits(12_800, large=False)
    classifier = DigitClassifier(epochs=1, random_state=0).fit(X, y)
    whole = seconds(lambda: classifier.fit(X, y), rounds)
    trainer = classifier._live_trainer()
    images = TrainingImages(X[..., np.newaxis], np.asarray, classifier.augment)
    settings = dataclasses.replace(classifier._settings(), callbacks=[])
    n_block = N_BATCH * N_STEPS
    positions = np.arange(n_block)

    def prepare():
        return next(images.distorted_blocks(positions, y[:n_block], None, n_block, (0, 0)))

    with trainer._training_model(settings, images, 1000) as model:
        block = prepare()
        arguments = tf.constant(block[0]), tf.constant(block[1]), None, tf.constant(N_BATCH)
        train, evaluate = (model._trace(block[0], None, is_training) for is_training in (1, 0))
        steps = seconds(lambda: train(*arguments), 5 * rounds)
        forward = seconds(lambda: evaluate(*arguments), 5 * rounds)
    distorting = seconds(prepare, 5 * rounds)
    micro = 1e6 / n_block
    return {
        "forward, as in evaluation": forward * micro,
        "gradients, statistics of batches, optimizer": (steps - forward) * micro,
        "all else: calls, copies, statistics of pixels": 1e6 * whole / len(X) - steps * micro,
        "(distorting images, meanwhile, in a thread)": distorting * micro,
    }


def layer_costs(rounds):
    """Yield the layers of "compact" that take time: their kind, output and times.

    The times are microseconds an image, forward, and of the gradients by input and weights.
    """
    network = networks.compact((28, 28, 1), 10)
    random = np.random.default_rng(0)
    for i, layer in enumerate(network.layers[1:]):
        shape = (N_BATCH, *layer.input.shape[1:])
        several = [tf.constant(random.normal(size=shape), tf.float32) for _ in range(N_STEPS)]
        functions = tf.function(_forward(layer)), tf.function(_backward(layer, of_input=i > 0))
        once, twice = (
            seconds(functools.partial(function, several), 5 * rounds) * 1e6 / N_BATCH / N_STEPS
            for function in functions
        )
        kind = type(layer).__name__
        if hasattr(layer, "kernel_size"):
            height, width = layer.kernel_size
            kind += f" {height} x {width} of {layer.input.shape[-1]}"
        yield kind, " x ".join(map(str, layer.output.shape[1:])), once, twice - once


def _forward(layer):
    return lambda inputs: [layer(x, training=True) for x in inputs]


def _backward(layer, of_input):
    def backward(inputs):
        sources = [*inputs, *layer.trainable_weights] if of_input else layer.trainable_weights
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = _forward(layer)(inputs)
        # With the outputs, as TensorFlow calculates nothing that is not asked for.
        return outputs, tape.gradient(outputs, sources)

    return backward


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--networks", nargs="+", default=list(networks.__all__))
    parser.add_argument("--table", help="write the tables to this Markdown file too")
    options = parser.parse_args()
    heads = ["network", "multiplications an image", "images/s to fit", "of matrix speed"]
    heads += ["images/s to predict", "of matrix speed"]
    # In turn with the networks, so that a slow moment of the machine does not pass for its speed.
    speeds, measured = [matrix_speed()], {}
    for name in options.networks:
        measured[name] = measure(name, options.rounds)
        speeds.append(matrix_speed())
        print(f"{name} measured", flush=True)
    speed, rows = max(speeds), []
    for name, (count, fit, predict) in measured.items():
        rows.append([name, f"{count:,}", f"{fit:,.0f}", f"{6 * count * fit / speed:.0%}"])
        rows[-1] += [f"{predict:,.0f}", f"{2 * count * predict / speed:.0%}"]
        print(*rows[-1], sep="  ")
    parts = take_apart(options.rounds)
    layers = [
        [kind, shape, f"{forward:.1f}", f"{gradients:.1f}"]
        for kind, shape, forward, gradients in layer_costs(options.rounds)
        if forward + gradients >= LEAST
    ]
    print(f"{speed / 1e9:.0f} GFLOP/s")
    for part, micros in parts.items():
        print(f"{micros:6.1f} us  {part}")
    for row in layers:
        print(*row, sep="  ")
    if options.table:
        rows.append([f"matrix product: {speed / 1e9:,.0f} GFLOP/s", "", "", "100%", "", "100%"])
        write_table(options.table, heads, rows)
        table = Path(options.table)
        parts = [[part, f"{micros:.1f}"] for part, micros in parts.items()]
        heads = ['part of a training step of "compact"', "microseconds an image"]
        write_table(table.with_name(f"{table.stem}_step.md"), heads, parts)
        heads = ['layer of "compact"', "output", "forward", "gradients"]
        write_table(table.with_name(f"{table.stem}_layers.md"), heads, layers)


if __name__ == "__main__":
    main()
