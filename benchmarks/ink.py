"""What the ink pipeline leaves as it is, what it loses, and how long it takes.

    python benchmarks/ink.py unchanged
    python benchmarks/ink.py english --sheet english.png
    python benchmarks/ink.py speed

`unchanged` is the mean absolute difference that the pipeline makes to the test images of MNIST and
EMNIST, as a fraction of full scale. `english` sends 3,410 scans of 1200 x 900 pixels through it and
compares the dark pixels of each scan with its ink, and draws two of each class. `speed` counts
pictures a second, reading included. The data is looked for in the folder that SKHCR_DATA names
(default ../shared/data).
"""

import argparse
import io
import os
import statistics
import time
from pathlib import Path

import numpy as np
import scenes
from PIL import Image

from skhcr.datasets import fetch_emnist, fetch_mnist, load_image_csv
from skhcr.preprocessing import make_ink_pipeline

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKHCR_DATA", ROOT / "../shared/data")).resolve()
N_PHOTOS = 60
REPEATS = 5


def test_images():
    X, _ = fetch_mnist(subset="test", data_home=DATA, return_X_y=True)
    yield "MNIST", "mass", X.reshape(-1, 28, 28)
    X, _ = fetch_emnist(subset="test", data_home=DATA, return_X_y=True)
    yield "EMNIST", "box", X.reshape(-1, 28, 28)


def unchanged(options):
    for name, by, X in test_images():
        for stroke in ("auto", None):
            ink = make_ink_pipeline(by=by, stroke=stroke).fit_transform(X)
            change = np.abs(ink.astype(np.int16) - X).mean(axis=(1, 2)) / 255
            print(
                f"{name} test, {len(X):,} images, by={by!r}, stroke={stroke!r}: mean absolute "
                f"difference {change.mean():.2%}, median {np.median(change):.2%}, 99 of 100 under "
                f"{np.quantile(change, 0.99):.2%}",
                flush=True,
            )


def english(options):
    files, labels = load_image_csv(DATA / "english" / "english.csv", return_X_y=True)
    loader, extractor, centerer = make_ink_pipeline(by="box", n_jobs=2)
    start = time.perf_counter()
    pictures = loader.transform(files)
    ink = extractor.transform(pictures)
    batch = centerer.transform(ink)
    seconds = time.perf_counter() - start
    kept = [
        np.count_nonzero(i > 127) / np.count_nonzero(picture < 128)
        for picture, i in zip(pictures, ink, strict=True)
    ]
    frame = np.concatenate([batch[:, [0, -1]].reshape(len(batch), -1),
                            batch[:, :, [0, -1]].reshape(len(batch), -1)], axis=1)  # fmt: skip
    print(
        f"{len(files):,} files in {seconds:.0f} s: {np.count_nonzero(~batch.any(axis=(1, 2)))} "
        f"without ink; dark pixels kept: at least {min(kept):.2%}, at most {max(kept):.2%}; "
        f"{np.count_nonzero((frame > 25).any(axis=1))} with ink in the outermost pixels"
    )
    if options.sheet:
        names = np.unique(labels)
        shown = [np.flatnonzero(labels == name)[sample] for name in names for sample in (0, 30)]
        rows = np.pad(batch[shown], ((0, -len(shown) % 16), (1, 1), (1, 1)), constant_values=90)
        rows = rows.reshape(-1, 16, 30, 30).transpose(0, 2, 1, 3).reshape(-1, 16 * 30)
        Image.fromarray(rows).resize((960, 2 * len(rows)), Image.Resampling.NEAREST).save(
            options.sheet
        )


def photos(file_format, **parameters):
    digits, _ = fetch_mnist(subset="test", data_home=DATA, return_X_y=True)
    jpegs = scenes.CONDITIONS["12-megapixel photo"](digits[:N_PHOTOS].reshape(-1, 28, 28))
    if file_format == "JPEG":
        return jpegs
    pngs = []
    for jpeg in jpegs:
        file = io.BytesIO()
        Image.open(io.BytesIO(jpeg)).save(file, file_format, **parameters)
        pngs.append(file.getvalue())
    return pngs


def speed(options):
    files, _ = load_image_csv(DATA / "english" / "english.csv", return_X_y=True)
    tasks = [(f"{name}, 28 x 28 arrays", X[:10_000], by) for name, by, X in test_images()] + [
        ("english, 1200 x 900 PNG files", files[:: len(files) // 200], "box"),
        ("12-megapixel photos, colour JPEG", photos("JPEG"), "mass"),
        (
            "12-megapixel photos, colour PNG",
            photos("PNG", compress_level=1)[: N_PHOTOS // 3],
            "mass",
        ),
    ]
    for name, sources, by in tasks:
        pipeline = make_ink_pipeline(by=by, n_jobs=2).fit(sources[:1])
        rates = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            pipeline.transform(sources)
            rates.append(len(sources) / (time.perf_counter() - start))
        print(
            f"{name}: {statistics.median(rates):,.0f} pictures/s "
            f"({min(rates):,.0f} to {max(rates):,.0f} in {REPEATS} runs)",
            flush=True,
        )


TASKS = {"unchanged": unchanged, "english": english, "speed": speed}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="+", choices=TASKS)
    parser.add_argument("--sheet", help="write a picture of two of each class to this file")
    options = parser.parse_args()
    for task in options.tasks:
        TASKS[task](options)


if __name__ == "__main__":
    main()
