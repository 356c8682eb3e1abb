"""Accuracy and time of the default classifiers on whole data sets.

SKHCR_DATA=../shared/data python benchmarks/accuracy.py mnist
SKHCR_DATA=../shared/data python benchmarks/accuracy.py english
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CharacterClassifier, DigitClassifier
from skhcr.datasets import fetch_mnist, load_image_csv
from skhcr.preprocessing import ImageLoader, ImageResizer, PixelScaler

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKHCR_DATA", ROOT / "../shared/data")).resolve()


def mnist(seed, epochs):
    """Default DigitClassifier, trained on MNIST's training set, on its test set."""
    X_train, y_train = fetch_mnist(subset="train", data_home=DATA, return_X_y=True)
    X_test, y_test = fetch_mnist(subset="test", data_home=DATA, return_X_y=True)
    model = make_pipeline(PixelScaler(), DigitClassifier(epochs=epochs, random_state=seed))
    return model, X_train, X_test, y_train, y_test


def english(seed, epochs):
    """Default CharacterClassifier from the 1200 x 900 files, on the split of the data's README."""
    files, labels = load_image_csv(DATA / "english" / "english.csv", return_X_y=True)
    split = train_test_split(files, labels, test_size=0.2, random_state=42)
    model = make_pipeline(
        ImageLoader(max_size=160, n_jobs=2),
        ImageResizer((36, 48)),
        PixelScaler(),
        CharacterClassifier(epochs=epochs, random_state=seed),
    )
    return model, *split


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["mnist", "english"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument(
        "--epochs", type=lambda text: text if text == "auto" else int(text), default="auto"
    )
    options = parser.parse_args()
    for seed in options.seeds:
        model, X_train, X_test, y_train, y_test = globals()[options.task](seed, options.epochs)
        start = time.perf_counter()
        model.fit(X_train, y_train)
        fitted = time.perf_counter()
        predicted = model.predict(X_test)
        done = time.perf_counter()
        folded = np.char.lower(predicted.astype(str)) == np.char.lower(y_test.astype(str))
        labels, _ = model[-1].predict_top(model[:-1].transform(X_test), k=2)
        print(
            f"{options.task}, seed {seed}: top-1 {np.mean(predicted == y_test):.2%}, "
            f"case-insensitive {folded.mean():.2%}, "
            f"top-2 {(labels == y_test[:, np.newaxis]).any(axis=1).mean():.2%}, "
            f"{model[-1].n_iter_} epochs, fit {fitted - start:.0f} s, "
            f"predict {done - fitted:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
