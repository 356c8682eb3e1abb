"""Two real worker processes of Dask: searches, predictions, what travels, a worker that dies.

Each of pytest's own processes that takes a test of this file starts a cluster for it.
"""

import io
import itertools
import os
import signal
import sys
import threading
import time

import cv2
import dask
import dask.array as da
import joblib
import numpy as np
import pytest
from dask.distributed import Client, LocalCluster
from dask_ml.model_selection import HyperbandSearchCV
from numpy.testing import assert_array_equal
from scipy.stats import loguniform
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline

from skhcr import load_pretrained
from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_image_folder
from skhcr.preprocessing import ImageResizer, PixelScaler, make_ink_pipeline
from skhcr.runtime import OnnxClassifier, export_onnx

SCORES = ("split0_test_score", "split1_test_score", "rank_test_score")


@pytest.fixture(scope="module")
def client():
    with (
        # A LocalCluster takes a worker that does not come back within 15 s for lost.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "120s"}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any free port, as two of these may run at once
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def small_classifier(**parameters):
    return CNNClassifier(network_options={"filters": (4, 4, 8, 8)}, random_state=0, **parameters)


def call_on_each_worker(client, function, *arguments):
    workers = client.scheduler_info()["workers"]
    calls = [client.submit(function, *arguments, workers=w, pure=False) for w in workers]
    return client.gather(calls)


def test_what_travels(client, digits, tmp_path):
    X, y, X_test, _ = digits
    model = make_pipeline(make_ink_pipeline(), PixelScaler(), small_classifier(epochs=1))
    model.fit(X, y)
    joblib.dump(model, tmp_path / "model.joblib")
    file = (tmp_path / "model.joblib").read_bytes()
    export_onnx(model, tmp_path / "model.onnx")
    frozen = make_pipeline(*model[:-2], OnnxClassifier(tmp_path / "model.onnx")).fit(X)
    (tmp_path / "model.onnx").unlink()  # a worker on another host has no such file

    def imported_tensorflow():
        return "tensorflow" in sys.modules

    def load_and_predict():
        return joblib.load(io.BytesIO(file)).predict(X_test)

    if any(client.run(imported_tensorflow).values()):
        client.restart()
    for light in (frozen, load_pretrained("digits")):
        for predicted in call_on_each_worker(client, light.predict, X_test):
            assert_array_equal(predicted, light.predict(X_test))
    assert not any(client.run(imported_tensorflow).values())
    for heavy in (lambda: model.predict(X_test), load_and_predict):
        for predicted in call_on_each_worker(client, heavy):
            assert_array_equal(predicted, model.predict(X_test))
    assert all(client.run(imported_tensorflow).values())


def make_search():
    """Six candidates, two folds: twelve fits of about half a second."""
    model = make_pipeline(ImageResizer((14, 14)), PixelScaler(), small_classifier(epochs=20))
    rates = {"cnnclassifier__learning_rate": [1e-4, 1e-3, 4e-3, 1e-2, 2e-2, 4e-2]}
    return GridSearchCV(model, rates, cv=2, refit=False)


@pytest.fixture(scope="module")
def alone(client, digits):
    """The search, fit after fit in one process: a worker, as sums depend on how many threads."""
    X, y, _, _ = digits
    return client.submit(make_search().fit, X, y).result()


def test_search(client, digits, alone):
    X, y, _, _ = digits
    with joblib.parallel_config("dask"):
        search = make_search().fit(X, y)
    assert len(set(alone.cv_results_["mean_test_score"])) > 3
    assert search.best_params_ == alone.best_params_
    for name in SCORES:
        assert_array_equal(search.cv_results_[name], alone.cv_results_[name])


def test_cross_validation(client, digits):
    X, y, _, _ = digits
    model = make_pipeline(ImageResizer((14, 14)), PixelScaler(), small_classifier(epochs=2))
    options = {
        "cv": 4,
        "scoring": {"accuracy": "accuracy", "process": lambda *arguments: os.getpid()},
    }
    alone = client.submit(cross_validate, model, X, y, **options).result()
    with joblib.parallel_config("dask"):
        scores = cross_validate(model, X, y, **options)
    assert_array_equal(scores["test_accuracy"], alone["test_accuracy"])
    assert set(scores["test_process"]) == set(client.run(os.getpid).values())


def test_predictions_of_an_array(client, digits, tmp_path):
    """The array is in files, a file for each block, so that it need not fit into memory."""
    X, _, _, _ = digits
    da.to_npy_stack(tmp_path, da.from_array(X, chunks=(200, 28, 28)))
    images = da.from_npy_stack(tmp_path)
    reader = load_pretrained("digits")
    labels = images.map_blocks(reader.predict, drop_axis=(1, 2), meta=reader.classes_[:0])
    assert labels.chunks == ((200, 200, 100),)
    assert labels.dtype == reader.classes_.dtype
    assert_array_equal(labels.compute(), reader.predict(X))
    probabilities = images.map_blocks(
        reader.predict_proba, drop_axis=(1, 2), new_axis=1, chunks=(images.chunks[0], 10)
    )
    assert_array_equal(probabilities.compute(), reader.predict_proba(X))


def test_predictions_of_a_folder(client, digits, tmp_path):
    X, y, _, _ = digits
    for digit in range(10):
        (tmp_path / str(digit)).mkdir()
        for number, image in enumerate(X[y == digit][:3]):
            cv2.imwrite(str(tmp_path / str(digit) / f"{number}.png"), 255 - image)
    files, target = load_image_folder(tmp_path, return_X_y=True)
    reader = load_pretrained("digits")
    labels = da.from_array(files, chunks=8).map_blocks(reader.predict, meta=reader.classes_[:0])
    assert_array_equal(labels.compute(), reader.predict(files))
    assert np.mean(labels.compute() == target.astype(int)) > 0.9


def test_hyperband(client, digits):
    X, y, X_test, y_test = digits
    rows, labels = X.reshape(-1, 784), y  # its own split takes rows only
    search = HyperbandSearchCV(
        small_classifier(),
        {"learning_rate": loguniform(1e-4, 4e-2), "batch_size": [16, 32]},
        max_iter=4,
        random_state=0,
    )
    with dask.config.set(scheduler=client.get):  # dask/dask-ml#1016
        search.fit(
            da.from_array(rows, chunks=(100, 784)),
            da.from_array(labels, chunks=100),
            classes=np.unique(labels),
        )
    assert search.metadata_["n_models"] == 5
    assert search.best_score_ == search.cv_results_["test_score"].max()
    assert search.best_params_.items() <= search.best_estimator_.get_params().items()
    assert search.best_estimator_.score(X_test.reshape(-1, 784), y_test) > 0.25


def test_a_worker_dies_in_the_middle_of_a_search(client, digits, alone):
    X, y, _, _ = digits
    folds = list(StratifiedKFold(2).split(X, y))  # those of cv=2
    pids = client.run(os.getpid)
    killed, over = {}, threading.Event()

    def kill_one_after_the_first_results():
        seen = set()
        while not killed and not over.is_set():
            left = set().union(*client.processing().values())
            executing = {worker: set(tasks) for worker, tasks in client.call_stack().items()}
            seen |= left
            if seen - left and executing:  # some fits are done, and one is being done
                worker, killed["tasks"] = executing.popitem()
                killed["pid"] = pids[worker]
                os.kill(killed["pid"], signal.SIGKILL)
            time.sleep(0.05)

    def started(dask_scheduler):
        log = dask_scheduler.transition_log
        return [entry.key for entry in log if entry.finish == "processing"]

    search = make_search().set_params(cv=folds)
    client.amm.stop()  # it would leave one copy of what is scattered
    threading.Thread(target=kill_one_after_the_first_results, daemon=True).start()
    with joblib.parallel_config("dask", scatter=[X, y, *itertools.chain.from_iterable(folds)]):
        search.fit(X, y)
    over.set()
    assert search.best_params_ == alone.best_params_
    for name in SCORES:
        assert_array_equal(search.cv_results_[name], alone.cv_results_[name])

    assert killed, "the search was over before a worker could be killed"
    starts = client.run_on_scheduler(started)
    assert {starts.count(task) for task in killed["tasks"]} == {2}
    client.wait_for_workers(2, timeout=120)
    pids_after = set(client.run(os.getpid).values())
    assert len(pids_after) == 2
    assert pids_after & set(pids.values()) == set(pids.values()) - {killed["pid"]}
