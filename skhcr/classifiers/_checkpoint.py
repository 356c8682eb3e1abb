"""Checkpoint: a training that goes on where it was interrupted."""

import math
from pathlib import Path

import keras

from skhcr.classifiers._variables import assign, values_of
from skhcr.persistence._archive import read_archive, write_archive

SUFFIXES = (".checkpoint",)

_EARLY_STOPPING = ("wait", "stopped_epoch", "best", "best_epoch")


class Checkpoint(keras.callbacks.Callback):
    """Callback of `fit` that keeps the training in a file after each epoch, and goes on from it.

    A training that goes on ends with the weights of one that was never interrupted: weights, the
    state of the optimizer and of dropout, the history and what early stopping remembers are kept,
    and what is random of an epoch depends on its number and on `random_state`, which has to be an
    integer. The file stays when the training is over.

    Parameters
    ----------
    path : str or path-like
        A file whose name ends in ``.checkpoint``. If it is there, the training goes on from it.
    about : str
        What is trained, such as a checksum of data and parameters. A file of another training is
        an error.

    Raises
    ------
    ValueError
        In `fit`, if the file is of another training or is damaged.
    OSError
        In `fit`, if the file can't be read or written.
    """

    early_stopping = None  # that of the training, set by who begins it

    def __init__(self, path, about):
        super().__init__()
        self.path = Path(path)
        self.about = about

    def on_train_begin(self, logs=None):
        """Put the training where the file left it."""
        self._history = {}
        if not self.path.exists():
            return
        document, arrays = read_archive(self.path)
        if document.get("about") != self.about:
            raise ValueError(
                f"{self.path} is of a training on other data, or with other settings. Remove it, "
                "or train with those."
            )
        network, optimizer = self._variables()
        n_optimizer = len(network) + len(optimizer)
        assign(network, arrays[: len(network)])
        assign(optimizer, arrays[len(network) : n_optimizer])
        self._history = document["history"]
        self.model.history.history.update(
            {name: list(values) for name, values in self._history.items()}
        )
        self.model.n_epochs_done = document["n_epochs"]
        self.model.stop_training = document["is_stopped"]
        if self.early_stopping is not None:
            self.early_stopping.__dict__.update(document["early_stopping"])
            self.early_stopping.best_weights = arrays[n_optimizer:]

    def on_epoch_end(self, epoch, logs=None):
        """Write the file."""
        if not all(map(math.isfinite, logs.values())):
            return  # a training that diverges, to which nobody wants to go back
        for name, value in logs.items():
            self._history.setdefault(name, []).append(float(value))
        network, optimizer = self._variables()
        arrays = [*values_of(network), *values_of(optimizer)]
        document = {
            "about": self.about,
            "n_epochs": epoch + 1,
            "is_stopped": self.model.stop_training,
            "history": self._history,
            "early_stopping": None,
        }
        if self.early_stopping is not None:
            document["early_stopping"] = {
                name: getattr(self.early_stopping, name) for name in _EARLY_STOPPING
            }
            arrays += self.early_stopping.best_weights
        write_archive(self.path, SUFFIXES, document, arrays)

    def _variables(self):
        return self.model.network_variables, self.model.optimizer.variables
