"""Measure the shipped models on the held-out parts, as a user would use them.

    python training/evaluate.py
    python training/evaluate.py --english-free

The second reads all of English with weights that saw none of it, `training/weights/english-free`:
with the frequencies of EMNIST, and with each character as frequent as any other, as it is there.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
from data import TASKS, english_files, held_out
from sklearn.metrics import confusion_matrix

from skhcr import load_pretrained
from skhcr.runtime import OnnxClassifier, export_onnx


def calibration_error(probabilities, right, n_bins=15):
    """Return the expected calibration error of the most probable classes [1]_.

    References
    ----------
    .. [1] M. P. Naeini, G. Cooper, M. Hauskrecht, "Obtaining Well Calibrated Probabilities Using
       Bayesian Binning", AAAI 2015.
    """
    confidence = probabilities.max(axis=1)
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gaps = np.bincount(bins, confidence - right, minlength=n_bins)
    return float(np.abs(gaps).sum() / len(right))


def calibration_error_by_chance(probabilities, n_draws=200):
    """Return the mean calibration error that a perfectly calibrated model has on so few images."""
    confidence = probabilities.max(axis=1)
    draws = np.random.default_rng(0).random((n_draws, len(confidence))) < confidence
    return float(np.mean([calibration_error(probabilities, right) for right in draws]))


def figures(model, sources, labels):
    """Return accuracies and calibration error of a model, and its worst confusions.

    Returns
    -------
    dict
        "n_samples", "accuracy", "case_insensitive", "top_2", "calibration_error",
        "calibration_error_by_chance", and "confusions", a list of (true, predicted, count).
    """
    probabilities = np.concatenate(
        [model.predict_proba(sources[i : i + 500]) for i in range(0, len(sources), 500)]
    )
    classes = model.classes_
    truth = np.searchsorted(classes, labels)
    order = np.argsort(-probabilities, axis=1)
    right = order[:, 0] == truth
    folded = np.char.lower(classes.astype(str))
    matrix = confusion_matrix(truth, order[:, 0], labels=np.arange(len(classes)))
    np.fill_diagonal(matrix, 0)
    worst = np.argsort(-matrix, axis=None, kind="stable")[:10]
    pairs = zip(*np.unravel_index(worst, matrix.shape), strict=True)
    return {
        "n_samples": len(labels),
        "accuracy": float(right.mean()),
        "case_insensitive": float((folded[order[:, 0]] == folded[truth]).mean()),
        "top_2": float((order[:, :2] == truth[:, np.newaxis]).any(axis=1).mean()),
        "calibration_error": calibration_error(probabilities, right),
        "calibration_error_by_chance": calibration_error_by_chance(probabilities),
        "confusions": [
            (str(classes[i]), str(classes[j]), int(matrix[i, j])) for i, j in pairs if matrix[i, j]
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tasks", nargs="*", choices=[*TASKS, []], default=[], help="(all)")
    parser.add_argument("--english-free", action="store_true")
    options = parser.parse_args()
    print("| model | held-out part | images | top-1 | case-insensitive | top-2 | ECE | by chance |")
    print("|---|---|---|---|---|---|---|---|")
    if options.english_free:
        measure_english_free()
        return
    for task in options.tasks or TASKS:
        model = load_pretrained(task)
        for name, (sources, labels) in held_out(task).items():
            print_row(task, name, figures(model, sources, labels))
            if name == "English":  # where each character is as frequent as any other
                even = load_pretrained(task).set_params(onnxclassifier__priors="uniform")
                print_row(task, f"{name}, priors='uniform'", figures(even, sources, labels))


def measure_english_free():
    """Print figures of weights that saw no English on all of it."""
    from export import fitted_classifier  # it needs TensorFlow, and this file

    files, labels = english_files()
    ink = load_pretrained("characters")[:-1].transform(list(files))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "english-free.onnx"
        export_onnx(fitted_classifier("characters", "english-free"), path)
        for priors in (None, "uniform"):
            model = OnnxClassifier(path, priors=priors).fit(None)
            print_row("english-free", f"English, priors={priors!r}", figures(model, ink, labels))


def print_row(task, name, found):
    """Print figures as a row of a table, and confusions."""
    print(
        f"| {task} | {name} | {found['n_samples']:,} | {found['accuracy']:.2%} "
        f"| {found['case_insensitive']:.2%} | {found['top_2']:.2%} "
        f"| {found['calibration_error']:.2%} | {found['calibration_error_by_chance']:.2%} |"
    )
    print(*(f"{true}→{read} {n}" for true, read, n in found["confusions"]), flush=True)


if __name__ == "__main__":
    main()
