"""Accuracy and time of the default classifiers on whole data sets.

SKHCR_DATA=../shared/data python benchmarks/accuracy.py mnist english
"""

import argparse
import os
import statistics
import time
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from tables import write_table

from skhcr.classifiers import CharacterClassifier, DigitClassifier
from skhcr.datasets import fetch_mnist, load_image_csv
from skhcr.metrics import case_insensitive_accuracy_score
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


TASKS = {
    "mnist": (mnist, "`DigitClassifier` on MNIST, 60,000 and 10,000 images"),
    "english": (english, "`CharacterClassifier` on `english.csv`, 2,728 and 682 PNG files"),
}


def measure(task, seed, epochs):
    """Return three accuracies, the number of epochs, and the seconds to fit and to predict."""
    make, _ = TASKS[task]
    model, X_train, X_test, y_train, y_test = make(seed, epochs)
    start = time.perf_counter()
    model.fit(X_train, y_train)
    fitted = time.perf_counter()
    predicted = model.predict(X_test)
    done = time.perf_counter()
    folded = case_insensitive_accuracy_score(y_test, predicted)
    labels, _ = model[-1].predict_top(model[:-1].transform(X_test), k=2)
    top_1 = np.mean(predicted == y_test)
    top_2 = np.mean((labels == y_test[:, np.newaxis]).any(axis=1))
    n_epochs = model[-1].n_iter_
    print(
        f"{task}, seed {seed}: top-1 {top_1:.2%}, case-insensitive {folded:.2%}, "
        f"top-2 {top_2:.2%}, {n_epochs} epochs, fit {fitted - start:.0f} s, "
        f"predict {done - fitted:.1f} s",
        flush=True,
    )
    return top_1, folded, top_2, n_epochs, fitted - start, done - fitted


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="+", choices=TASKS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument(
        "--epochs", type=lambda text: text if text == "auto" else int(text), default="auto"
    )
    parser.add_argument("--table", help="write medians over the seeds to this Markdown file too")
    options = parser.parse_args()
    rows = []
    for task in options.tasks:
        runs = [measure(task, seed, options.epochs) for seed in options.seeds]
        top_1, folded, top_2, epochs, fit, predict = map(statistics.median, zip(*runs, strict=True))
        accuracies = [f"{share:.2%}" for share in (top_1, folded, top_2)]
        rows.append(
            [TASKS[task][1], *accuracies, f"{epochs:.0f}", f"{fit:.0f} s", f"{predict:.1f} s"]
        )
    if options.table:
        heads = ["trained and tested on", "accuracy", "if case does not count", "top 2"]
        write_table(options.table, [*heads, "epochs", "to fit", "to predict"], rows)


if __name__ == "__main__":
    main()
