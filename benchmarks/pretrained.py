"""What the shipped models cost: to start, for one image, for one photo, and to fine-tune.

    python benchmarks/pretrained.py cards       # accuracies, as their model cards tell them
    python benchmarks/pretrained.py cold        # a new process that reads one picture
    python benchmarks/pretrained.py latency     # one image, one photo, ten thousand images
    python benchmarks/pretrained.py fine-tune   # characters weights on English's training part

Accuracies were measured by `training/evaluate.py` when the weights were made, and under 34
conditions by `own_images.py`.
"""

import argparse
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from tables import write_table

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKHCR_DATA", ROOT / "../shared/data")).resolve()

IMPORTS = "from sklearn.pipeline import Pipeline; import cv2, onnxruntime"
READ = (
    "import skhcr; print(skhcr.load_pretrained('characters').predict([{path!r}]), file=sys.stderr)"
)
REPORT = (
    "print(time.perf_counter() - start, "
    "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "
    "*[name for name in ('tensorflow', 'keras', 'scikeras', 'pandas', 'matplotlib', 'onnx') "
    "if name in sys.modules])"
)


def a_photo():
    """Return a JPEG photo of a character, 1200 x 900, on lightly shaded paper."""
    from skhcr.datasets import load_characters

    rng = np.random.default_rng(0)
    ink = Image.fromarray(load_characters().images[1500]).resize((420, 420), Image.BICUBIC)
    paper = np.add.outer(np.linspace(215, 180, 900), np.linspace(10, -20, 1200))
    paper[240:660, 390:810] -= np.asarray(ink) * 0.6
    noisy = np.clip(paper + rng.normal(0, 3, paper.shape), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


def cards(_):
    from skhcr import load_pretrained

    heads = ["weights", "tested on", "images", "accuracy", "if case does not count", "top 2"]
    rows = []
    for name in ("digits", "letters", "characters"):
        card = load_pretrained(name)[-1].card_
        for part, figures in card["figures"].items():
            keys = ("accuracy", "case_insensitive", "top_2")
            shares = [f"{figures[key]:.2%}" if key in figures else "" for key in keys]
            rows.append([name, part, f"{figures['n_samples']:,}", *shares])
    for row in rows:
        print(*row)
    return heads, rows


def cold(_):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(a_photo())
        codes = {"imports alone": IMPORTS, "load and read": READ.format(path=str(path))}
        runs = {name: [] for name in codes}
        for _ in range(9):
            for name, code in codes.items():  # in turn, so that noise hits both
                program = (
                    f"import time, sys, resource; start = time.perf_counter(); {code}; {REPORT}"
                )
                result = subprocess.run(
                    [sys.executable, "-c", program], capture_output=True, text=True, check=True
                )
                seconds, megabytes, *modules = result.stdout.split()
                runs[name].append((float(seconds), float(megabytes), modules))
    rows = []
    for name, measured in runs.items():
        seconds, megabytes = (statistics.median(run[i] for run in measured) for i in (0, 1))
        print(f"{name}: {seconds:.2f} s, {megabytes:.0f} MB, imported {measured[0][2]}")
        rows.append([name, f"{seconds:.2f} s", f"{megabytes:.0f} MB"])
    more = [b[0] - a[0] for a, b in zip(*runs.values(), strict=True)]
    print(f"more than the imports before it: {statistics.median(more):.2f} s")
    rows.append(["the difference", f"{statistics.median(more):.2f} s", ""])
    return ["a new process", "time", "memory"], rows


def milliseconds(function, n):
    times = []
    for _ in range(n):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def latency(_):
    from skhcr import load_pretrained
    from skhcr.datasets import load_characters, load_digits

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(a_photo())
        for name in ("digits", "letters", "characters"):
            reader = load_pretrained(name)
            images = (load_digits() if name == "digits" else load_characters()).images
            many = np.resize(images, (10_000, 28, 28))
            one = images[:1]
            reader[-1].predict_proba(one)
            image = milliseconds(lambda reader=reader, one=one: reader[-1].predict_proba(one), 2000)
            photo = milliseconds(lambda reader=reader: reader.predict([path]), 50)
            start = time.perf_counter()
            reader[-1].predict_proba(many)
            seconds = time.perf_counter() - start
            print(
                f"{name}: one 28 x 28 image {image:.2f} ms, one photo {photo:.1f} ms, "
                f"10,000 images {seconds:.1f} s"
            )
            rows.append([name, f"{image:.2f} ms", f"{photo:.1f} ms", f"{seconds:.1f} s"])
    return ["weights", "one image, 28 x 28", "one photo, 1200 x 900", "10,000 images"], rows


def fine_tune(options):
    from sklearn.model_selection import train_test_split

    from skhcr import load_pretrained
    from skhcr.datasets import load_image_csv
    from skhcr.metrics import case_insensitive_accuracy_score

    files, labels = load_image_csv(DATA / "english/english.csv", return_X_y=True)
    order = np.argsort([Path(file).name for file in files])
    train, test = train_test_split(order, test_size=0.2, random_state=42)
    files, labels = np.asarray(files), np.asarray(labels).astype(str)
    reader = load_pretrained("characters", trainable=True)
    reader.set_params(**{f"{reader.steps[-1][0]}__random_state": options.seed})
    ink, test_ink = (reader[:-1].transform(list(files[part])) for part in (train, test))

    def accuracies():
        read = reader[-1].predict(test_ink)
        folded = case_insensitive_accuracy_score(labels[test], read)
        return f"{np.mean(read == labels[test]):.1%} ({folded:.1%} if case does not count)"

    before = accuracies()
    print("English, test part, as shipped:", before)
    start = time.perf_counter()
    reader[-1].fit(ink, labels[train])
    seconds = time.perf_counter() - start
    print(f"fine-tuned in {seconds:.0f} s:", accuracies())
    return ["as shipped", "fine-tuned", "in"], [[before, accuracies(), f"{seconds:.0f} s"]]


def main():
    commands = {"cards": cards, "cold": cold, "latency": latency, "fine-tune": fine_tune}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=commands)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--table", help="write the figures to this Markdown file too")
    options = parser.parse_args()
    heads, rows = commands[options.command](options)
    if options.table:
        write_table(options.table, heads, rows)


if __name__ == "__main__":
    main()
