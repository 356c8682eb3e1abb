"""skhcr train: a model of one's own."""

import contextlib
import math
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from skhcr.cli._console import (
    InterruptedWorkError,
    complain,
    import_libraries,
    listing,
    visible,
    write,
)
from skhcr.cli._data import (
    Data,
    ImageColumn,
    LabelAlphabet,
    LabelColumn,
    load_data,
    to_ink,
)

EXAMPLES = """Examples:

\b
  skhcr train english.csv -o mine.skhcr
  skhcr train letters/ -o mine.skhcr --initial-weights characters --epochs 5
  skhcr train mnist-original.mat -o mine.skhcr --validation 0.1
  skhcr train letters/ -o mine.skhcr --resume

After Ctrl-C, or when the machine was switched off, the same command with --resume goes on after the
last epoch that had ended, and comes to the same model.
"""


class Network(str, Enum):
    """Architectures of skhcr.networks."""

    COMPACT = "compact"
    LENET = "lenet"
    RESIDUAL = "residual"
    THREE_CONV = "three_conv"
    WIDE = "wide"


class Shipped(str, Enum):
    """Weights to start from."""

    DIGITS = "digits"
    LETTERS = "letters"
    CHARACTERS = "characters"


def train(
    data: Data,
    model: Annotated[
        str,
        typer.Option("--output", "-o", metavar="MODEL", help="The .skhcr file to write."),
    ],
    image_column: ImageColumn = "image",
    label_column: LabelColumn = None,
    alphabet: LabelAlphabet = None,
    network: Annotated[
        Network | None, typer.Option(help="The architecture.", show_default="compact")
    ] = None,
    initial_weights: Annotated[
        Shipped | None,
        typer.Option(help="Shipped weights to start from, with their own architecture."),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Passes over the pictures; by default as many as suit them."
        ),
    ] = None,
    augment: Annotated[
        float,
        typer.Option(
            min=0, metavar="STRENGTH", help="How much pictures are distorted at random; 0 for not."
        ),
    ] = 1.0,
    validation: Annotated[
        float | None,
        typer.Option(
            metavar="FRACTION",
            help="Share of the pictures to keep apart; training stops when it is read no better.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, metavar="N", help="What all chance depends on.")
    ] = 0,
    history: Annotated[
        str | None,
        typer.Option(metavar="PICTURE", help="Show the epochs here: .png, .svg, .pdf."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a training was interrupted.")
    ] = False,
    trainable: Annotated[
        bool,
        typer.Option(
            "--trainable",
            help="Write a model that Python can train further; it needs TensorFlow to recognise.",
        ),
    ] = False,
):
    """Train a model on labelled pictures.

    Pictures that cannot be read are left out, with a line each on stderr; the exit status is then
    1. After each epoch the
    training is kept in a file beside the model, MODEL.checkpoint, which is removed when the model
    is written.
    """
    if validation is not None and not 0 < validation < 1:
        raise typer.BadParameter(f"--validation {validation:g} should lie between 0 and 1")
    if network is not None and initial_weights is not None:
        raise typer.BadParameter(
            "--initial-weights have an architecture of their own; leave --network out"
        )
    from skhcr.cli._files import PICTURES, check_installed, check_writable
    from skhcr.cli._models import SUFFIX

    check_writable(model, (SUFFIX,), "--output")
    if history is not None:
        check_writable(history, PICTURES, "--history")
        check_installed("matplotlib")
    check_installed("tensorflow", "keras", "scikeras", *([] if trainable else ["tf2onnx", "onnx"]))
    import_libraries()
    checkpoint = Path(f"{model}.checkpoint")
    settings = {
        "network": (network or Network.COMPACT).value,
        "initial_weights": None if initial_weights is None else initial_weights.value,
        "epochs": epochs or "auto",
        "augment": augment,
        "early_stopping": validation is not None,
        "validation_fraction": validation or 0.1,
        "random_state": seed,
    }
    if resume and not checkpoint.exists():
        if _is_finished(model, data, settings):
            complain(f"{model} is finished: there is nothing to resume.")
            return 0
        complain(f"{checkpoint} is not there: the training begins anew.")
    _check_nothing_is_lost(checkpoint, resume)
    pictures, labels = load_data(data, image_column, label_column, alphabet)
    _check_labels(labels, validation)
    import_libraries("skhcr.classifiers._network_trainer")  # TensorFlow with it
    steps, ink, labels, n_failed = _to_ink(pictures, labels, validation)
    if not resume:
        checkpoint.unlink(missing_ok=True)
    try:
        classifier = _fit(ink, labels, settings, checkpoint)
        _save(steps, classifier, model, trainable, _card(data, classifier, len(labels), settings))
    except KeyboardInterrupt:
        n_epochs = _n_epochs(checkpoint)
        kept = f"after epoch {n_epochs}; the same command with --resume goes on."
        lost = "before the first epoch was over; nothing is kept."
        raise InterruptedWorkError(f"ended {kept if n_epochs else lost}") from None
    checkpoint.unlink(missing_ok=True)
    if history is not None:
        _draw(classifier, history)
    write(_summary(visible(model), classifier, ink, labels))
    return int(n_failed > 0)


def _is_finished(model, data, settings):
    """Whether a model is there that the same command has written."""
    from skhcr.persistence import describe

    try:
        card = describe(model)["card"] or {}
    except (OSError, ValueError):
        return False
    is_same = card.get("settings") == _told(settings) and card.get("training_data") == _name(data)
    return is_same and (settings["initial_weights"] or card.get("network") == settings["network"])


def _check_nothing_is_lost(checkpoint, resume):
    """Raise a ValueError if epochs of an earlier training would be lost."""
    n_epochs = _n_epochs(checkpoint)
    if n_epochs and not resume:
        raise ValueError(
            f"{checkpoint} has {_epochs(n_epochs)} of a training that was interrupted, or goes on. "
            "Go on with --resume, or remove it."
        )


def _epochs(n_epochs):
    return "1 epoch" if n_epochs == 1 else f"{n_epochs} epochs"


def _check_labels(labels, validation):
    """Raise a ValueError, before pictures are read, if nothing can be learnt from their labels."""
    import numpy as np

    classes, counts = np.unique(labels, return_counts=True)
    classes = classes.tolist()
    for label in classes:
        if isinstance(label, str) and not label.isascii():
            _check_text(label)
    if len(classes) == 1:
        raise ValueError(f"All pictures have the label {classes[0]!r}; expected at least two.")
    lone = [str(label) for label, count in zip(classes, counts, strict=True) if count == 1]
    if validation is not None and lone:
        raise ValueError(
            f"Of {listing(lone)} there is one picture, so that none can be kept apart: add some, "
            "or leave --validation out."
        )
    n_apart = 0 if validation is None else math.ceil(validation * len(labels))
    if validation is not None and not len(classes) <= n_apart <= len(labels) - len(classes):
        least = len(classes) / len(labels)  # one of each in either part
        raise ValueError(
            f"--validation {validation:g} of {len(labels)} pictures leaves one part smaller than "
            f"the {len(classes)} labels; expected at least {least:.3g} and less than "
            f"{1 - least:.3g}, or more pictures."
        )
    if len(lone) == len(classes):
        complain(
            f"warning: each of the {len(lone)} pictures has a label of its own: {listing(lone)}."
        )


def _to_ink(pictures, labels, validation):
    """Return the steps that find ink, the ink of the pictures, and their labels."""
    import numpy as np

    from skhcr.preprocessing import make_ink_pipeline

    # Fitted on a picture, so that one grey photo is not taken for many pictures of one row.
    ink = make_ink_pipeline(by="box").fit(np.zeros((1, 28, 28), np.uint8))
    steps = [step for _, step in ink.steps]
    images, kept_labels, n_failed = to_ink(steps[1:], steps[0], pictures, labels)
    if n_failed:
        lost = np.setdiff1d(labels, kept_labels).tolist()
        if lost:
            complain(f"warning: no picture is left of {listing(lost)}.")
        _check_labels(kept_labels, validation)
    return steps, images, kept_labels, n_failed


def _check_text(label):
    """Refuse, before the training, a label that the model's file can't hold."""
    try:
        label.encode()
    except UnicodeEncodeError:
        raise ValueError(f"The label {label!r} is not UTF-8; rename its folder.") from None


def _fit(ink, labels, settings, checkpoint):
    """Return the fitted classifier."""
    from skhcr.classifiers import CharacterClassifier
    from skhcr.classifiers._checkpoint import Checkpoint

    classifier = CharacterClassifier(
        **settings,
        callbacks=[Checkpoint(checkpoint, _fingerprint(ink, labels, settings))],
        verbose=int(sys.stderr.isatty()),
    )
    classifier.fit(ink, labels)
    return classifier.set_params(callbacks=None, verbose=0)


def _fingerprint(ink, labels, settings):
    """Return a checksum of all that a training depends on."""
    import hashlib
    import json

    checksum = hashlib.sha256(ink.tobytes())
    checksum.update(json.dumps([labels.tolist(), ink.shape, settings]).encode())
    return checksum.hexdigest()


def _n_epochs(checkpoint):
    from skhcr.persistence._archive import read_archive

    with contextlib.suppress(OSError, ValueError):
        return read_archive(checkpoint)[0]["n_epochs"]
    return 0


def _card(data, classifier, n_images, settings):
    """Return what a model tells of itself: nothing of this machine."""
    import platform
    from importlib.metadata import version

    from skhcr import __version__

    network, _ = classifier._built_from
    return {
        "training_data": _name(data),
        "n_images": n_images,
        "classes": classifier.classes_.tolist(),
        "network": network if isinstance(network, str) else network.__name__,
        "n_epochs": classifier.n_iter_,
        "settings": _told(settings),
        "history": {
            name: [round(float(value), 6) for value in values]
            for name, values in classifier.history_.items()
        },
        "versions": {
            "skhcr": __version__,
            "Python": platform.python_version(),
            **{name: version(name) for name in ("scikit-learn", "keras", "tensorflow", "numpy")},
        },
    }


def _name(data):
    return Path(data).resolve().name.encode(errors="replace").decode()


def _told(settings):
    """Return the settings that a card tells: those that matter, and are not told elsewhere."""
    left_out = {"network"} if settings["early_stopping"] else {"network", "validation_fraction"}
    return {name: value for name, value in settings.items() if name not in left_out}


def _save(steps, classifier, model, trainable, card):
    """Write the model; without TensorFlow in it unless it is to be trained further."""
    import tempfile

    from sklearn.pipeline import make_pipeline

    import skhcr
    from skhcr.runtime import OnnxClassifier, export_onnx
    from skhcr.runtime._onnx_file import OnnxBytes

    if not trainable:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "network.onnx"
            export_onnx(classifier, file, card=card)
            classifier = OnnxClassifier(OnnxBytes(file.read_bytes()))
    skhcr.save(make_pipeline(*steps, classifier), model, card=card)


def _draw(classifier, history):
    import matplotlib

    matplotlib.use("Agg")  # a file, and no window
    from skhcr.cli._files import save_picture
    from skhcr.inspection import TrainingHistoryDisplay

    save_picture(TrainingHistoryDisplay.from_histories(classifier.history_), history)


def _summary(model, classifier, ink, labels):
    history = classifier.history_
    if classifier.early_stopping:
        best = min(range(classifier.n_iter_), key=history["val_loss"].__getitem__)
        kept = f"the {classifier.validation_fraction:.0%} kept apart"
        score = f"accuracy {history['val_accuracy'][best]:.1%} on {kept}"
    else:  # not that of the history: of distorted pictures, while the weights changed
        score = f"accuracy {classifier.score(ink, labels):.1%} on these pictures"
    parts = [
        f"{len(classifier.classes_)} classes",
        f"{len(labels)} pictures",
        _epochs(classifier.n_iter_),
        score,
    ]
    return f"{model}: {', '.join(parts)}\n"
