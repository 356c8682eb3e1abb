"""Time and memory, from within the process that they are of."""

import importlib
import statistics
import time
from pathlib import Path

import numpy as np

_STATUS = Path("/proc/self/status")


def import_training():
    """Import what the first fit imports, so that no import is in its time or memory."""
    importlib.import_module("skhcr.classifiers._network_trainer")


def seconds(function):
    """Return how long a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def median_seconds(function, n_calls):
    """Return how long a call takes when it is not the first."""
    function()
    return statistics.median(seconds(function) for _ in range(n_calls))


def fit_and_predict(fit, predict, y_test):
    """Return accuracy and time of two functions without arguments."""
    fit_time = seconds(fit)
    start = time.perf_counter()
    predicted = predict()
    predict_time = time.perf_counter() - start
    return {
        "accuracy": float(np.mean(predicted == y_test)),
        "fit [s]": fit_time,
        "fit + predict [s]": fit_time + predict_time,
    }


class PeakMemory:
    """The memory of the process while the block runs, in MB: `peak`, and what it `added`.

    Both are None where the system is not Linux.
    """

    peak = added = None

    def __enter__(self):
        if _STATUS.exists():
            Path("/proc/self/clear_refs").write_text("5")  # the peak counts from now
            self._before = resident_memory()
        return self

    def __exit__(self, *error):
        if _STATUS.exists():
            self.peak = _megabytes("VmHWM")
            self.added = self.peak - self._before


def resident_memory():
    """Return the memory that the process has, in MB, or None where the system is not Linux."""
    return _megabytes("VmRSS") if _STATUS.exists() else None


def _megabytes(name):
    lines = _STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
