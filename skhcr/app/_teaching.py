"""Train a shipped model on a few samples, in a process of its own.

In a process of its own, as TensorFlow then leaves no memory behind, does not hold up those who
draw meanwhile, and can be stopped at any time. The samples go there through a pipe, and the model
comes back through one, so that nobody's handwriting is written to a disk for it.
"""

import asyncio
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import anyio
import numpy as np
from fastapi import HTTPException

import skhcr
from skhcr.datasets import load_characters, load_digits
from skhcr.runtime import export_onnx

_N_KNOWN = 20  # bundled images of each class that are learnt again, so as not to be forgotten
_N_CHECKED = 20  # others of each class, by which it is seen whether they were
_REPEATED = 4  # times that a sample is shown for once that a bundled image is
# A fifth of what `fit` would take. Three samples are learnt as surely, and of letters and
# characters by other hands as many are read as before, within half a per cent; else 1 to 2 fewer.
_LEARNING_RATE = 2e-4
_SECONDS_TO_END = 5  # that a training is given to remove its files


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


class Teaching:
    """The one training that there may be at a time."""

    def __init__(self):
        self._lock = asyncio.Lock()
        self._process = None
        self._holder = None  # of the one that is going on, not of one that is given up
        self._is_stopped = False
        self._ending = None  # the task that ends it, which nobody else holds

    async def teach(self, name, ink, labels):
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
        HTTPException
            409 if somebody teaches already, 500 if the process fails, 503 if the server ends.
        """
        async with self._training(name) as process:
            with contextlib.suppress(ConnectionError):  # it has failed already
                process.stdin.write(_pack(ink, labels))
                await process.stdin.drain()
                process.stdin.close()
            async for line in process.stdout:
                event = json.loads(line)
                if "failed" in event:
                    raise HTTPException(500, f"The training failed: {event['failed']:.300}")
                if "n_bytes" in event:
                    yield await process.stdout.readexactly(event["n_bytes"])
                    return
                yield event
            status = await process.wait()
            self._check_goes_on()
            raise HTTPException(500, f"The training ended without a model (status {status}).")

    @contextlib.asynccontextmanager
    async def _training(self, name):
        """Begin the process of a training, and end it."""
        if self._holder is not None:
            raise HTTPException(409, "Somebody is teaching already; try again in half a minute.")
        self._holder = own = object()
        try:
            async with self._lock:  # of one that was given up, until its process has ended
                self._check_goes_on()
                self._process = process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    __name__,
                    name,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
                try:
                    self._check_goes_on()  # as it may have been stopped while this was begun
                    yield process
                finally:
                    self._holder = None  # the next one may wait
                    # Shielded, as each wait of one that is given up would be cancelled.
                    with anyio.CancelScope(shield=True):
                        await _end(process)
        finally:
            if self._holder is own:
                self._holder = None

    def _check_goes_on(self):
        if self._is_stopped:
            raise HTTPException(503, "The server is about to end.")

    def stop(self):
        """End the training, if there is one, as the server ends."""
        self._is_stopped = True
        if self._process is not None:
            self._ending = asyncio.create_task(_end(self._process))


async def _end(process):
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _SECONDS_TO_END)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()


def _pack(ink, labels):
    file = io.BytesIO()
    np.savez(file, ink=ink, labels=labels)
    return file.getvalue()


def main(name):
    """Train on the samples in the standard input; progress and model go to the standard output."""
    channel = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # where others may print what they like

    def tell(**event):
        channel.write(json.dumps(event).encode() + b"\n")
        channel.flush()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that files are removed
    with contextlib.suppress(AttributeError, OSError):  # where there is no such thing
        os.nice(5)  # so that those who draw are answered first
    try:
        model = _train(name, sys.stdin.buffer.read(), tell)
    except Exception as error:  # whatever it is, the page is to be told
        tell(failed=f"{type(error).__name__}: {error}")
        raise
    tell(n_bytes=len(model))
    channel.write(model)
    channel.close()


def _train(name, samples, tell):
    """Return the ONNX file of a model that has learnt samples, too."""
    import keras

    class Progress(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            tell(epoch=epoch + 1, n_epochs=self.params["epochs"])

    with np.load(io.BytesIO(samples)) as arrays:
        ink, labels = arrays["ink"], arrays["labels"]
    pipeline = skhcr.load_pretrained(name, trainable=True)
    known_ink, known_labels, _, _ = bundled(name, pipeline)
    classifier = pipeline[-1].set_params(
        learning_rate=_LEARNING_RATE, callbacks=[Progress()], random_state=0
    )
    classifier.fit(
        np.concatenate([np.repeat(ink, _REPEATED, axis=0), known_ink]),
        np.concatenate([np.repeat(labels, _REPEATED), known_labels]),
    )
    with tempfile.TemporaryDirectory(prefix="skhcr-") as folder:
        export_onnx(classifier, Path(folder) / "model.onnx", card={"title": f"{name}, taught"})
        return (Path(folder) / "model.onnx").read_bytes()


if __name__ == "__main__":
    main(*sys.argv[1:])
