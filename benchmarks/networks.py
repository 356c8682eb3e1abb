"""The networks side by side: size, cost, speed and accuracy, trained in the same way.

    SKHCR_DATA=../shared/data python benchmarks/networks.py

Each learns the first --images images of MNIST's training set for --epochs epochs, and three
quarters of the bundled characters; "wide" only 1,000 digits, in colour of 64 x 64, for one epoch,
as a full run of it takes hours. The networks take turns in several rounds; medians are shown.
"""

import argparse
import math
import os
import statistics
import time
from pathlib import Path

import keras
import numpy as np
from sklearn.model_selection import train_test_split
from tables import write_table

from skhcr import networks
from skhcr.classifiers import CharacterClassifier, DigitClassifier
from skhcr.datasets import fetch_mnist, load_characters
from skhcr.preprocessing import ImageResizer

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKHCR_DATA", ROOT.parent / "shared" / "data")).resolve()


def count_multiplications(model):
    """Return the number of multiplications for one image."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            height, width = layer.output.shape[1:3]
            total += height * width * math.prod(layer.kernel.shape)
        elif isinstance(layer, keras.layers.Dense):
            total += math.prod(layer.kernel.shape)
    return total


def prepare(name, X, y, n_images):
    images = X.reshape(-1, 28, 28)
    if name != "wide":
        return images[:n_images], y[:n_images]
    large = ImageResizer((64, 64)).transform(images[:1000])
    return np.repeat(large[..., np.newaxis], 3, axis=3), y[:1000]


def score_characters(name, seed):
    """Return the accuracy on a quarter of the bundled characters."""
    X, y = load_characters(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
    classifier = CharacterClassifier(name, random_state=seed)
    return classifier.fit(X_train, y_train).score(X_test, y_test)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--table", help="write the table to this Markdown file too")
    parser.add_argument("--networks", nargs="+", default=list(networks.__all__))
    options = parser.parse_args()
    X, y = fetch_mnist(subset="train", data_home=DATA, return_X_y=True)
    X_test, y_test = fetch_mnist(subset="test", data_home=DATA, return_X_y=True)
    train = {name: prepare(name, X, y, options.images) for name in options.networks}
    test = {name: prepare(name, X_test, y_test, len(X_test)) for name in options.networks}
    results = {name: ([], [], [], []) for name in options.networks}
    for seed in range(options.rounds):
        for name, (fit_speeds, predict_speeds, digits, characters) in results.items():
            epochs = 1 if name == "wide" else options.epochs
            classifier = DigitClassifier(name, epochs=epochs, random_state=seed)
            start = time.perf_counter()
            classifier.fit(*train[name])
            fitted = time.perf_counter()
            classifier.predict_proba(test[name][0][:64])  # traced once
            begun = time.perf_counter()
            predicted = classifier.predict(test[name][0])
            done = time.perf_counter()
            fit_speeds.append(len(train[name][0]) * epochs / (fitted - start))
            predict_speeds.append(len(predicted) / (done - begun))
            digits.append(np.mean(predicted == test[name][1]))
            characters.append(np.nan if name == "wide" else score_characters(name, seed))
    heads = ["network", "parameters", "multiplications an image", "images/s to fit"]
    heads += ["images/s to predict", "MNIST", "characters"]
    rows = []
    for name, (fit_speeds, predict_speeds, digits, characters) in results.items():
        model = getattr(networks, name)((64, 64, 3) if name == "wide" else (28, 28, 1), 10)
        learned = statistics.median(characters)
        rows.append(
            [name, f"{model.count_params():,}", f"{count_multiplications(model):,}"]
            + [f"{statistics.median(speeds):,.0f}" for speeds in (fit_speeds, predict_speeds)]
            + [f"{statistics.median(digits):.2%}", f"{learned:.1%}" if learned == learned else ""]
        )
    for row in [heads, *rows]:
        print("  ".join(f"{cell:>{len(head)}}" for cell, head in zip(row, heads, strict=True)))
    if options.table:
        write_table(options.table, heads, rows)


if __name__ == "__main__":
    main()
