"""How well a model reads people's own pictures: the ink pipeline beside plain resizing.

    python benchmarks/own_images.py --sheet own_images.png

puts test images of MNIST and held-out images of EMNIST under each condition of `scenes.py`, and
prints how well the shipped digits and characters models read them: through the ink pipeline, and
through `ImageResizer` alone. Characters count as right whatever their case. `--validate` trains
models, which `--models` keeps, and tests them on a part of the training images instead, which is
what parameters of the pipeline are chosen on.

    python benchmarks/own_images.py --csv english.csv
    python benchmarks/own_images.py --folder letters/

read your own labelled pictures (`load_image_csv`, `load_image_folder`) with the same models.
MNIST and EMNIST are looked for in the folder that SKHCR_DATA names (default ../shared/data).
"""

import argparse
import os
import time
from pathlib import Path

import joblib
import numpy as np
import scenes
from sklearn.pipeline import make_pipeline
from tables import write_table

from skhcr import load_pretrained
from skhcr.classifiers import CharacterClassifier, DigitClassifier
from skhcr.datasets import fetch_emnist, fetch_mnist, load_image_csv, load_image_folder
from skhcr.metrics import case_insensitive_accuracy_score
from skhcr.preprocessing import (
    ImageLoader,
    ImageResizer,
    PixelScaler,
    make_ink_pipeline,
)

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKHCR_DATA", ROOT / "../shared/data")).resolve()
CHUNK = 125  # pictures at a time: as many photos of 12 megapixels are half a gigabyte
PHOTO = "12-megapixel photo"
N_PHOTOS = 1000  # which takes as long as 30,000 other pictures


def digits(validate):
    """MNIST, training and test part, and the rule by which its digits are centred."""
    X, y = fetch_mnist(subset="train", data_home=DATA, return_X_y=True)
    X = X.reshape(-1, 28, 28)
    if validate:
        return X[:50_000], X[50_000:], y[:50_000], y[50_000:]
    X_test, y_test = fetch_mnist(subset="test", data_home=DATA, return_X_y=True)
    return X, X_test.reshape(-1, 28, 28), y, y_test


def characters(validate):
    """EMNIST ByClass, of which every tenth image is held out (its train part is not needed)."""
    X, y = fetch_emnist(subset="test", data_home=DATA, return_X_y=True)
    X = X.reshape(-1, 28, 28)
    tenth = np.arange(len(X)) % 10
    test = tenth == (1 if validate else 0)
    train = (tenth > 1) if validate else ~test
    return X[train], X[test], y[train], y[test]


TASKS = {
    "digits": (digits, {"by": "mass"}, DigitClassifier(epochs=8, random_state=0)),
    "characters": (characters, {"by": "box"}, CharacterClassifier(epochs=5, random_state=0)),
}


def fitted_classifier(task, options, data):
    """Return the shipped classifier, or train or load one that has not seen the validation part."""
    if not options.validate:
        return load_pretrained(task)[-1]
    _, rule, classifier = TASKS[task]
    path = options.models and Path(options.models) / f"{task}-validate.joblib"
    if path and path.exists():
        return joblib.load(path)
    X, y = data[0], data[2]
    start = time.perf_counter()
    ink = make_ink_pipeline(**rule).fit_transform(X)
    prepared = time.perf_counter()
    model = make_pipeline(PixelScaler(), classifier).fit(ink, y)
    print(
        f"{task}: {len(X):,} images through the ink pipeline in {prepared - start:.0f} s, "
        f"classifier trained in {time.perf_counter() - prepared:.0f} s",
        flush=True,
    )
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        joblib.dump(model, path)
    return model


def resizing_pipeline():
    return make_pipeline(ImageLoader(max_size=640), ImageResizer(28))


def prepare(sources, rule):
    """Return what both ways make of the sources: two batches of 28 x 28."""
    return make_ink_pipeline(**rule).transform(sources), resizing_pipeline().transform(sources)


def prepare_scene(condition, X, seed, rule):
    return prepare(scenes.CONDITIONS[condition](X, seed=seed), rule)


def accuracy(model, batch, y):
    return case_insensitive_accuracy_score(y, model.predict(batch))


def measure(task, options):
    """Return the accuracies of a task: {condition: (ink pipeline, plain resizing)}."""
    load, rule, _ = TASKS[task]
    data = load(options.validate)
    model = fitted_classifier(task, options, data)
    X, y = data[1][: options.n], data[3][: options.n]
    results = {}
    with joblib.Parallel(n_jobs=-1) as parallel:
        for condition in options.conditions:
            n = min(len(X), N_PHOTOS) if condition == PHOTO else len(X)
            start = time.perf_counter()
            parts = parallel(
                joblib.delayed(prepare_scene)(condition, X[i : min(i + CHUNK, n)], i, rule)
                for i in range(0, n, CHUNK)
            )
            ink, plain = (np.concatenate(part) for part in zip(*parts, strict=True))
            results[condition] = accuracy(model, ink, y[:n]), accuracy(model, plain, y[:n])
            empty = np.count_nonzero(~ink.any(axis=(1, 2)))
            print(
                f"{task}, {condition}: {results[condition][0]:.2%} of {n:,}, plain resizing "
                f"{results[condition][1]:.2%}, {empty} empty, {time.perf_counter() - start:.0f} s",
                flush=True,
            )
    return results


def table(results, options):
    """Return the results as a table: its heads and rows."""
    heads = [f"{task}, {way}" for task in results for way in ("ink pipeline", "plain resizing")]
    rows = [
        [condition]
        + [f"{100 * value:.1f}" for task in results for value in results[task][condition]]
        for condition in options.conditions
    ]
    return ["condition", *heads], rows


def draw_sheet(path, rows):
    """Write a picture of sources and the ink that comes of them: {name: (sources, batch)}."""
    import matplotlib.pyplot as plt

    n_columns = max(len(sources) for sources, _ in rows.values())
    figure, axes = plt.subplots(
        2 * len(rows), n_columns, figsize=(n_columns, 2 * len(rows)), squeeze=False
    )
    for ax in axes.flat:
        ax.axis("off")
    for position, (name, (sources, batch)) in enumerate(rows.items()):
        pictures = ImageLoader("rgb", max_size=300).transform(sources)
        for column, (picture, ink) in enumerate(zip(pictures, batch, strict=True)):
            axes[2 * position, column].imshow(picture)
            axes[2 * position + 1, column].imshow(ink, cmap="gray_r", vmin=0, vmax=255)
        axes[2 * position, 0].set_title(name, loc="left", fontsize=8)
    figure.patch.set_facecolor("lightsteelblue")  # neither paper nor ink
    figure.savefig(path, dpi=70, bbox_inches="tight")


def scene_rows(options):
    rows = {}
    for task in options.tasks:
        load, rule, _ = TASKS[task]
        _, X, _, y = load(True)
        shown = np.unique(y, return_index=True)[1]
        X = X[shown[:: max(1, len(shown) // 10)]][:10]
        for condition in options.conditions:
            sources = scenes.CONDITIONS[condition](X, seed=1)
            rows[f"{task}: {condition}"] = sources, make_ink_pipeline(**rule).transform(sources)
    return rows


def measure_files(options):
    """Read labelled files, with the digits model if there are only digits."""
    load = load_image_csv if options.csv else load_image_folder
    files, labels = load(options.csv or options.folder, return_X_y=True)
    only_digits = all(str(label).isdigit() for label in labels)
    task = "digits" if only_digits else "characters"
    load_data, rule, _ = TASKS[task]
    model = fitted_classifier(task, options, load_data(options.validate))
    start = time.perf_counter()
    chunks = [files[i : i + CHUNK] for i in range(0, len(files), CHUNK)]
    parts = joblib.Parallel(n_jobs=-1)(joblib.delayed(prepare)(chunk, rule) for chunk in chunks)
    ink, plain = (np.concatenate(part) for part in zip(*parts, strict=True))
    seconds = time.perf_counter() - start
    print(
        f"{len(files):,} files, {task} model: ink pipeline {accuracy(model, ink, labels):.2%}, "
        f"plain resizing {accuracy(model, plain, labels):.2%}; "
        f"{np.count_nonzero(~ink.any(axis=(1, 2)))} without ink; {seconds:.0f} s to prepare"
    )
    if options.sheet:
        shown = np.linspace(0, len(files) - 1, min(len(files), 120)).astype(int)
        rows = {
            f"files {part[0]} to {part[-1]}": ([files[i] for i in part], ink[part])
            for part in np.array_split(shown, -(-len(shown) // 10))
        }
        draw_sheet(options.sheet, rows)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS), help="(both)")
    parser.add_argument("--conditions", nargs="+", default=list(scenes.CONDITIONS), help="(all)")
    parser.add_argument("--n", type=int, help="how many of the test images")
    parser.add_argument(
        "--validate", action="store_true", help="test on a part of the training images"
    )
    parser.add_argument("--models", help="folder where --validate keeps its models")
    parser.add_argument("--table", help="write the table to this Markdown file too")
    parser.add_argument("--sheet", help="write a picture of sources and ink to this file")
    own = parser.add_mutually_exclusive_group()
    own.add_argument("--csv", help="your own pictures: a CSV file for load_image_csv")
    own.add_argument("--folder", help="your own pictures: a folder for load_image_folder")
    options = parser.parse_args()
    unknown = set(options.conditions) - set(scenes.CONDITIONS)
    if unknown:
        parser.error(f"unknown conditions {sorted(unknown)}; there are {list(scenes.CONDITIONS)}")
    if options.csv or options.folder:
        measure_files(options)
        return
    results = {task: measure(task, options) for task in options.tasks}
    if options.table:
        write_table(options.table, *table(results, options))
    if options.sheet:
        draw_sheet(options.sheet, scene_rows(options))


if __name__ == "__main__":
    main()
