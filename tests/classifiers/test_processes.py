"""Searches with several workers: they end, give what one worker gives, and share the cores."""

import os
import subprocess
import sys

import joblib
import numpy as np
import pytest
import tensorflow as tf
from joblib import parallel_config
from numpy.testing import assert_array_equal
from sklearn.model_selection import GridSearchCV, cross_validate

from skhcr.classifiers import CNNClassifier, _processes
from skhcr.datasets import load_digits

pytestmark = pytest.mark.filterwarnings(
    # loky says so when the workers, which import TensorFlow first, take longer than it expects.
    "ignore:A worker stopped while some jobs were given to the executor:UserWarning"
)

SEARCH = """
import multiprocessing, sys
import numpy as np
from joblib import parallel_config
from sklearn.model_selection import GridSearchCV
from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_digits

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    X, y = load_digits(return_X_y=True)
    classifier = CNNClassifier("lenet", epochs=1, random_state=0)
    # error_score="raise" would end the pool amidst its work, in which multiprocessing may hang.
    search = GridSearchCV(classifier, {"learning_rate": [1e-3, 1e-2]}, cv=2)
    with parallel_config("multiprocessing", n_jobs=2):
        for _ in range(2):
            search.fit(X[:400], y[:400])
            assert not np.isnan(search.cv_results_["mean_test_score"]).any()
            print(search.best_params_)
"""


def count_threads(classifier, X, y):
    """Return how many threads TensorFlow has, after it has worked."""
    classifier.predict(X[:1])
    return tf.config.threading.get_intra_op_parallelism_threads()


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:400], y[:400]


@pytest.fixture(scope="module")
def alone(digits):
    return make_search().fit(*digits)


def make_search():
    classifier = CNNClassifier("lenet", epochs=1, random_state=0)
    return GridSearchCV(classifier, {"learning_rate": [1e-3, 1e-2]}, cv=2, error_score="raise")


def test_workers_of_loky_share_the_cores(digits):
    with parallel_config("loky", n_jobs=2):
        results = cross_validate(
            CNNClassifier("lenet", epochs=1), *digits, cv=2, scoring=count_threads
        )
    assert_array_equal(results["test_score"], max(1, joblib.cpu_count() // 2))


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_a_search_with_workers(backend, digits, alone):
    with parallel_config(backend, n_jobs=2):
        search = make_search().fit(*digits)
    assert search.best_params_ == alone.best_params_
    # Half as many threads add in another order, which may turn a doubtful digit.
    np.testing.assert_allclose(
        search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"], atol=0.01
    )


def run_search(tmp_path, *arguments):
    script = tmp_path / "search.py"
    script.write_text(SEARCH)
    return subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, timeout=300
    )


def test_processes_of_multiprocessing(tmp_path, alone):
    finished = run_search(tmp_path, "forkserver")
    assert finished.stdout.splitlines() == [str(alone.best_params_)] * 2, finished.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_after_the_start_is_an_error(tmp_path, alone):
    finished = run_search(tmp_path, "fork")
    # The first search forks before TensorFlow has started, the second after its refit.
    assert finished.stdout.splitlines() == [str(alone.best_params_)]
    assert "forked from one in which TensorFlow had started" in finished.stderr


def test_a_fork_after_somebody_else_started_tensorflow_is_noticed(monkeypatch):
    # Without a fork: that of a process with threads may hang before anything of ours runs.
    monkeypatch.setattr(_processes, "_state", {"is_lost": False})
    tf.constant(1)
    _processes._after_fork()
    with pytest.raises(RuntimeError, match="forked from one in which TensorFlow had started"):
        CNNClassifier(epochs=1).fit(np.zeros((4, 8, 8)), [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("1", [1, 1]), ("", []), ("0", []), ("²", []), ("1,2", []), ("9" * 20, [os.cpu_count()] * 2)],
)
def test_number_of_threads(monkeypatch, setting, expected):
    threads, told = tf.config.threading, []
    for part in ("intra", "inter"):
        monkeypatch.setattr(threads, f"get_{part}_op_parallelism_threads", lambda: 0)
        monkeypatch.setattr(threads, f"set_{part}_op_parallelism_threads", told.append)
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", setting)
    _processes.limit_threads()
    assert told == expected
