"""Trainings that are interrupted and go on: as if they had not been."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skhcr.classifiers import CNNClassifier
from skhcr.classifiers._checkpoint import Checkpoint
from skhcr.datasets import load_digits


@pytest.fixture(scope="module")
def few_digits():
    X, y = load_digits(return_X_y=True)
    return X[:300], y[:300]


def make_classifier(*callbacks, **parameters):
    # With all that draws: the order, the distortion, dropout, the validation part.
    options = {"epochs": 4, "augment": 0.5, "random_state": 0, **parameters}
    return CNNClassifier("lenet", callbacks=list(callbacks), **options)


class Interrupt:
    """Raise as Ctrl-C does, in the middle of an epoch."""

    def __new__(cls, epoch):
        import keras

        class _Interrupt(keras.callbacks.Callback):
            def on_epoch_begin(self, at, logs=None):
                if at == epoch:
                    raise KeyboardInterrupt

        return _Interrupt()


@pytest.mark.parametrize(
    "parameters",
    [{}, {"early_stopping": True}, {"early_stopping": True, "n_iter_no_change": 1, "epochs": 9}],
    ids=["all epochs", "validation", "stops early"],
)
@pytest.mark.parametrize("epoch", [1, 3])
def test_an_interrupted_training_ends_as_if_it_had_not_been(
    few_digits, tmp_path, parameters, epoch
):
    if parameters.get("n_iter_no_change"):
        parameters = {**parameters, "learning_rate": 0.02}  # too high to improve for long
    expected = make_classifier(**parameters).fit(*few_digits)
    checkpoint = Checkpoint(tmp_path / "model.checkpoint", "these digits")
    interrupted = min(epoch, expected.n_iter_ - 1)
    with pytest.raises(KeyboardInterrupt):
        make_classifier(Interrupt(interrupted), checkpoint, **parameters).fit(*few_digits)
    resumed = make_classifier(checkpoint, **parameters).fit(*few_digits)
    assert resumed.n_iter_ == expected.n_iter_
    assert set(resumed.history_) == set(expected.history_)
    for name, values in expected.history_.items():
        # How many losses are added up in one call depends on how fast the machine is just then.
        assert_allclose(resumed.history_[name], values, rtol=1e-5)
    for weights, others in zip(resumed.weights_, expected.weights_, strict=True):
        assert_array_equal(weights, others)
    # And once more: there is nothing left to train.
    again = make_classifier(checkpoint, **parameters).fit(*few_digits)
    assert again.history_ == resumed.history_
    assert_array_equal(again.predict_proba(few_digits[0]), expected.predict_proba(few_digits[0]))


def test_a_checkpoint_of_another_training(few_digits, tmp_path):
    path = tmp_path / "model.checkpoint"
    make_classifier(Checkpoint(path, "these digits"), epochs=1).fit(*few_digits)
    with pytest.raises(ValueError, match=r"model\.checkpoint is of a training on other data"):
        make_classifier(Checkpoint(path, "other digits"), epochs=1).fit(*few_digits)


def test_a_damaged_checkpoint(few_digits, tmp_path):
    path = tmp_path / "model.checkpoint"
    make_classifier(Checkpoint(path, "these digits"), epochs=1).fit(*few_digits)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"model\.checkpoint is damaged"):
        make_classifier(Checkpoint(path, "these digits"), epochs=1).fit(*few_digits)
    assert np.isfinite(make_classifier(epochs=1).fit(*few_digits).loss_curve_).all()


def test_a_training_that_diverges_says_so(few_digits, tmp_path):
    checkpoint = Checkpoint(tmp_path / "model.checkpoint", "these digits")
    with pytest.raises(ValueError, match="Training diverged"):
        make_classifier(checkpoint, optimizer="sgd", learning_rate=1e30).fit(*few_digits)
    assert not list(tmp_path.iterdir())
