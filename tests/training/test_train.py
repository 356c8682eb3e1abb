"""How the shipped weights are trained, on a handful of images."""

import logging
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skhcr.datasets import load_digits

TRAINING = Path(__file__).parents[2] / "training"


@pytest.fixture
def training(tmp_path, monkeypatch):
    """Import the scripts, with folders of their own, and return train.py."""
    monkeypatch.setenv("SKHCR_WORK", str(tmp_path / "work"))
    monkeypatch.syspath_prepend(TRAINING)
    names = ("augmentation", "data", "prepare", "scenes", "train", "weights")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    import train
    import weights

    monkeypatch.setattr(weights, "WEIGHTS", tmp_path / "weights")
    yield train
    for handler in logging.root.handlers[:]:
        if isinstance(handler, logging.FileHandler):
            logging.root.removeHandler(handler)
            handler.close()
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def pictures(training):
    """Write 192 digits, in two copies, and 40 for validation; return the first copy."""
    digits = load_digits()
    training.WORK.mkdir()
    for name, part, n_copies in (
        ("digits", slice(0, 192), 2),
        ("digits-validation", slice(192, 232), 1),
    ):
        targets = digits.target[part, np.newaxis] == np.arange(10)
        origin = np.where(np.arange(len(targets)) % 4 == 0, "USPS", "MNIST")
        np.savez(training.WORK / f"{name}.npz", targets=targets, origin=origin)
        for copy in range(n_copies):
            np.save(training.WORK / f"{name}-{copy:02}.npy", digits.images[part] // (copy + 1))
    return digits.images[:192]


def run(training, monkeypatch, name, *arguments):
    """Train, as the command line does, and return the weights."""
    options = {
        "--epochs": 2,
        "--width": 4,
        "--dropout": 0,
        "--batch-size": 32,
        "--policy": "float32",
        "--learning-rate": 2e-2,
    }
    argv = ["train.py", "digits", "--name", name]
    argv += [str(part) for option in options.items() for part in option]
    monkeypatch.setattr(sys, "argv", [*argv, *arguments])
    training.main()
    return sys.modules["weights"].load_weights(name)[0]


def test_an_interrupted_training_ends_where_it_would_have(training, pictures, monkeypatch):
    expected = run(training, monkeypatch, "whole")

    class StopHereError(Exception):
        pass

    write = training.Progress.on_epoch_end

    def interrupt(self, epoch, logs=None):
        write(self, epoch, logs)
        raise StopHereError

    with monkeypatch.context() as patch:
        patch.setattr(training.Progress, "on_epoch_end", interrupt)
        with pytest.raises(StopHereError):
            run(training, patch, "broken")
    resumed = run(training, monkeypatch, "broken", "--resume")
    for array, other in zip(resumed, expected, strict=True):
        assert_allclose(array, other, atol=2e-3)  # weights are stored as float16
    log = (training.WORK / "broken.log").read_text().splitlines()
    assert [line.split()[2] for line in log] == ["broken:", "1", "2", "broken.npz"]


def test_images_of_a_set_are_shown_as_often_as_asked_for(training, pictures):
    shown = training.Pictures("digits", {"USPS": 3}, 0.0, 1.0, 24, seed=0)
    assert len(shown) * 24 == 144 + 3 * 48
    assert len(training.Pictures("digits", {"USPS": 0}, 0.0, 1.0, 24, seed=0)) * 24 == 144
    images, targets = shown[0]
    assert images.shape == (24, 28, 28, 1)
    assert targets.shape == (24, 2, 10)
    again = training.Pictures("digits", {"USPS": 3}, 0.0, 1.0, 24, seed=0)[0][0]
    assert_allclose(images, again)
    shown.epoch = 1
    shown.on_epoch_begin()
    assert not np.array_equal(shown[0][0], images)


def test_a_label_that_may_mean_two_costs_what_both_together_lack(training):
    guess = np.array([[0.5, 0.3, 0.2]], dtype=np.float32)
    silent = np.zeros(3)
    loss = training.MergedCrossentropy(smoothing=0.0)
    assert_allclose(loss(np.array([[[1, 1, 0], silent]]), guess), -np.log(0.8), rtol=1e-5)
    assert_allclose(loss(np.array([[[0, 1, 0], silent]]), guess), -np.log(0.3), rtol=1e-5)


def test_teachers_count_where_they_say_something(training):
    guess = np.array([[0.5, 0.3, 0.2]], dtype=np.float32)
    label, opinion = [1, 0, 0], np.array([0.0, 0.6, 1.4])  # of two teachers
    loss = training.MergedCrossentropy(smoothing=0.0, distillation=0.25)
    taught = -(opinion / 2) @ np.log(guess[0])
    expected = 0.75 * -np.log(0.5) + 0.25 * taught
    assert_allclose(loss(np.array([[label, opinion]]), guess), expected, rtol=1e-5)
    assert_allclose(loss(np.array([[label, [0, 0, 0]]]), guess), -np.log(0.5), rtol=1e-5)


def test_temperature_makes_as_sure_as_right(training):
    from scipy.special import softmax

    rng = np.random.default_rng(0)
    logits = rng.normal(scale=5, size=(500, 10))
    labels = np.where(rng.random(500) < 0.7, logits.argmax(axis=1), rng.integers(10, size=500))
    temperature = training.fit_temperature(softmax(logits, axis=1), np.eye(10)[labels])
    right = logits.argmax(axis=1) == labels
    sure = softmax(logits / temperature, axis=1).max(axis=1)
    assert_allclose(sure.mean(), right.mean(), atol=1e-6)  # to which the root is searched for


def test_a_widened_network_computes_the_same(training, digits):
    from skhcr.networks import residual

    narrow, wide = (residual((28, 28, 1), 10, width=width) for width in (6, 8))
    rng = np.random.default_rng(0)
    narrow.set_weights(
        [
            rng.uniform(0.5, 1.5, w.shape) if w.ndim == 1 else rng.normal(0, 0.1, w.shape)
            for w in narrow.get_weights()
        ]
    )
    X = digits[2][..., np.newaxis] / np.float32(255)
    widen = sys.modules["weights"].widen
    same = widen(narrow.get_weights(), 6, rng)
    assert [w.shape for w in same] == [w.shape for w in narrow.get_weights()]
    wide.set_weights(widen(narrow.get_weights(), 8, rng))
    expected = narrow.predict_on_batch(X)
    assert expected.max(axis=1).mean() > 0.2  # which has something to say
    assert_allclose(wide.predict_on_batch(X), expected, atol=0.05)  # noise of 2 % of the weights
