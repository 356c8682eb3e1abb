"""Make the shipped files from the weights that train.py wrote, and measure them.

    python training/export.py digits letters characters

folds batch normalisation into the convolutions and the temperature into the last layer, rounds to
half precision, writes `skhcr/pretrained/data/NAME.onnx` and its checksum, measures the file on the
held-out parts, and writes the model card into the file and `docs/model_cards/NAME.md`.
`--no-card` only writes files. `segments`, what a reader of text is made of, has no card of its own:
it is measured as a part of the reader, by `benchmarks/reading.py`.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
from cards import card_of, card_page
from data import ROOT, TASKS
from segments import CLASSES
from weights import fold, load_weights

from skhcr.classifiers import CNNClassifier
from skhcr.reading._lattice import WINDOW
from skhcr.runtime import export_onnx

#: What the file of segments tells of itself.
SEGMENTS_CARD = {
    "title": "Segments",
    "classes": "the 62 characters 0-9, A-Z, a-z, and what is no whole character",
    "training_data": [
        "100,000 words composed of the images that the characters' network learned from",
        "the even rows of names/clean and names/form, hand-printed names",
    ],
    "licence": "BSD-3-Clause",
}
SHIPPED = ROOT / "skhcr/pretrained/data"
PAGES = ROOT / "docs/model_cards"


def fitted_classifier(task, name=None):
    """Return a fitted classifier for a task, with weights of a name."""
    weights, mean, scale, temperature, prior = load_weights(name or task)
    image_shape = (WINDOW, WINDOW, 3) if task == "segments" else (28, 28, 1)
    classes = np.array(CLASSES if task == "segments" else TASKS[task].classes)
    if task == "digits":
        classes = classes.astype(int)
    options = {"width": weights[5].shape[-1], "batch_norm": False}
    return CNNClassifier("residual", network_options=options)._take_weights(
        fold(weights, temperature),
        classes,
        prior,
        image_shape,
        (mean, scale),
        ("residual", options),
        takes_levels=True,
    )


def export(name, card=None):
    """Write the shipped file of a task, and its line of SHA256SUMS."""
    path = SHIPPED / f"{name}.onnx"
    export_onnx(fitted_classifier(name), path, weights_dtype="float16", card=card)
    sums = SHIPPED / "SHA256SUMS"
    lines = sums.read_text().splitlines() if sums.exists() else []
    lines = [line for line in lines if not line.endswith(path.name)]
    lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    sums.write_text("".join(f"{line}\n" for line in sorted(lines, key=lambda line: line[64:])))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("tasks", nargs="+", choices=[*TASKS, "segments"])
    parser.add_argument("--no-card", action="store_true")
    options = parser.parse_args()
    SHIPPED.mkdir(exist_ok=True)
    for name in options.tasks:
        export(name, SEGMENTS_CARD if name == "segments" else None)
        if not options.no_card and name in TASKS:
            card = card_of(name)
            export(name, card)
            PAGES.mkdir(exist_ok=True)
            Path(PAGES / f"{name}.md").write_text(card_page(card), encoding="utf-8")


if __name__ == "__main__":
    main()
