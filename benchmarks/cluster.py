"""What a cluster gains: a search and a batch prediction, on one and on two workers of Dask.

    python benchmarks/cluster.py --table docs/benchmarks/cluster.md

The workers are processes of this machine, with one thread each. One and two take turns, each time
in a new cluster; medians are shown. From the figures of one worker, a second table computes what
more workers, on hosts of their own, would take.
"""

import argparse
import math
import shlex
import statistics
import sys
import tempfile
import time
from pathlib import Path

import dask.array as da
import joblib
import numpy as np
from dask.distributed import Client, LocalCluster
from sklearn.model_selection import GridSearchCV
from tables import PACKAGES, markdown, provenance

import skhcr
from skhcr.classifiers import DigitClassifier
from skhcr.datasets import load_digits

RATES = [5e-4, 1e-3, 2e-3, 3e-3, 4e-3, 6e-3, 8e-3, 1e-2]
N_FOLDS = 4
N_FITS = len(RATES) * N_FOLDS
BLOCK = 2_000


def measure(n_workers, X, y, epochs, folder):
    """Return the seconds that each part takes on so many workers."""
    begun = time.perf_counter()
    with (
        LocalCluster(
            n_workers=n_workers, threads_per_worker=1, dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster) as client,
    ):
        client.run(warm_up, X[:200], y[:200])
        started = time.perf_counter()
        with joblib.parallel_config("dask"):
            search = GridSearchCV(
                DigitClassifier(epochs=epochs, random_state=0),
                {"learning_rate": RATES},
                cv=N_FOLDS,
            ).fit(X, y)
        searched = time.perf_counter()
        reader = skhcr.load_pretrained("digits").set_params(onnxclassifier__n_threads=1)
        images = da.from_npy_stack(folder)
        images.map_blocks(reader.predict, drop_axis=(1, 2), meta=reader.classes_[:0]).compute()
        predicted = time.perf_counter()
    return {
        "start": started - begun,
        "fits": searched - started - search.refit_time_,
        "refit": search.refit_time_,
        "together": searched - begun,
        "prediction": predicted - searched,
    }


def warm_up(X, y):
    """Start TensorFlow and compile what the search trains."""
    DigitClassifier(epochs=1, random_state=0).fit(X, y).predict(X)


def modelled(one, n_workers):
    """Return the seconds that the fits, and start, fits and refit together, would take."""
    fits = math.ceil(N_FITS / n_workers) * one["fits"] / N_FITS
    return fits, one["start"] + fits + one["refit"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2_000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--predict", type=int, default=20_000, help="images to predict")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--table", help="write the tables to this Markdown file too")
    options = parser.parse_args()
    X, y = load_digits(return_X_y=True)
    X = X.reshape(-1, 28, 28)
    many = da.from_array(np.resize(X, (options.predict, 28, 28)), chunks=(BLOCK, 28, 28))
    X, y = X[: options.images], y[: options.images]
    warm_up(X[:200], y[:200])
    runs = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        da.to_npy_stack(folder, many)
        for _ in range(options.rounds):
            for n_workers, measured in runs.items():
                measured.append(measure(n_workers, X, y, options.epochs, folder))
                print(n_workers, {part: f"{s:.1f} s" for part, s in measured[-1].items()})
    medians = {
        n_workers: {part: statistics.median(run[part] for run in measured) for part in measured[0]}
        for n_workers, measured in runs.items()
    }

    one, two = medians.values()
    heads = ["workers", "start", f"{N_FITS} fits", "refit", "together"]
    heads += [f"{options.predict:,} images read"]
    rows = [[str(n), *(f"{s:.1f} s" for s in part.values())] for n, part in medians.items()]
    rows.append(["times as fast", *(f"{one[part] / two[part]:.2f}" for part in one)])
    model_heads = ["workers", f"{N_FITS} fits", "together", "times as fast as one"]
    model_rows = []
    for n_workers in (1, 2, 4, 8, 16, 32):
        fits, together = modelled(one, n_workers)
        gain = modelled(one, 1)[1] / together
        model_rows.append([str(n_workers), f"{fits:.1f} s", f"{together:.1f} s", f"{gain:.1f}"])
    command = shlex.join(["python", *sys.argv])
    text = "\n\n".join(
        [
            "Measured:",
            markdown(heads, rows),
            "Computed from the row of one worker:",
            markdown(model_heads, model_rows),
            provenance(command, (*PACKAGES, "dask", "distributed")),
        ]
    )
    print(text)
    if options.table:
        Path(options.table).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
