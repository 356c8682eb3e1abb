"""Train a shipped model on a few samples, in a process of its own.

In a process of its own, as TensorFlow then leaves no memory behind, does not hold up those who
draw meanwhile, and can be stopped at any time.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import skhcr
from skhcr.datasets import load_characters, load_digits
from skhcr.runtime import export_onnx

_N_KNOWN = 20  # bundled images of each class that are learnt again, so as not to be forgotten
_N_CHECKED = 20  # others of each class, by which it is seen whether they were
_REPEATED = 4  # times that a sample is shown for once that a bundled image is
_SAMPLES, _MODEL, _LOG = "samples.npz", "model.onnx", "log.txt"


class TeachingError(Exception):
    """The training ended without a model; the message says why, in one line."""


def bundled(name, pipeline):
    """Return bundled characters: what is to be learnt again, and what is to be checked.

    Parameters
    ----------
    name : {"digits", "letters", "characters"}
    pipeline : Pipeline
        Makes ink of them, and has the labels.

    Returns
    -------
    known_ink, known_labels, other_ink, other_labels : ndarray
    """
    images, labels = (load_digits if name == "digits" else load_characters)(return_X_y=True)
    if name == "letters":
        is_letter = np.char.isalpha(labels)
        images, labels = images[is_letter], np.char.upper(labels[is_letter])
    ranks = np.zeros(len(labels), int)
    for label in np.unique(labels):
        ranks[labels == label] = np.arange((labels == label).sum())
    known = ranks < _N_KNOWN
    others = ~known & (ranks < _N_KNOWN + _N_CHECKED)
    ink = pipeline[:-1].transform(images.reshape(-1, 28, 28)[known | others])
    labels, known = labels[known | others], known[known | others]
    return ink[known], labels[known], ink[~known], labels[~known]


async def teach(name, ink, labels):
    """Train in a process of its own.

    Parameters
    ----------
    name : {"digits", "letters", "characters"}
        The model to start from.
    ink : ndarray of uint8, (n_samples, 28, 28)
    labels : ndarray, (n_samples,)

    Yields
    ------
    dict or bytes
        "epoch" and "n_epochs" after each epoch, and last the ONNX file of the model.

    Raises
    ------
    TeachingError
        If the process fails.
    """
    with tempfile.TemporaryDirectory(prefix="skhcr-") as folder:
        folder = Path(folder)
        np.savez(folder / _SAMPLES, ink=ink, labels=labels)
        with (folder / _LOG).open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", __name__, name, str(folder)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        try:
            async for line in process.stdout:
                with contextlib.suppress(ValueError):  # what others print
                    event = json.loads(line)
                    if isinstance(event, dict):
                        yield event
            if await process.wait() != 0:
                said = (folder / _LOG).read_text(errors="replace").split("\n")
                last = next((line for line in reversed(said) if line.strip()), "no reason given")
                raise TeachingError(f"The training failed: {last.strip():.300}")
            yield (folder / _MODEL).read_bytes()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def main(name, folder):
    """Train on the samples in a folder, say how far it is, and write the model there."""
    with contextlib.suppress(AttributeError, OSError):  # where there is no such thing
        os.nice(5)  # so that those who draw are answered first
    import keras

    class Progress(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            print(json.dumps({"epoch": epoch + 1, "n_epochs": self.params["epochs"]}), flush=True)

    with np.load(Path(folder) / _SAMPLES) as samples:
        ink, labels = samples["ink"], samples["labels"]
    pipeline = skhcr.load_pretrained(name, trainable=True)
    known_ink, known_labels, _, _ = bundled(name, pipeline)
    classifier = pipeline[-1].set_params(callbacks=[Progress()], random_state=0)
    classifier.fit(
        np.concatenate([np.repeat(ink, _REPEATED, axis=0), known_ink]),
        np.concatenate([np.repeat(labels, _REPEATED), known_labels]),
    )
    export_onnx(classifier, Path(folder) / _MODEL, card={"title": f"{name}, taught"})


if __name__ == "__main__":
    main(*sys.argv[1:])
