"""The shipped files are what training/export.py makes of the weights in training/weights/."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skhcr import load_pretrained
from skhcr._shipped import NAMES, read_part
from skhcr.datasets import load_characters, load_digits
from skhcr.runtime._onnx_file import read_network

PATH = Path(__file__).parents[2] / "training" / "weights.py"
SPEC = importlib.util.spec_from_file_location("weights", PATH)
weights = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(weights)

#: What ONNX Runtime and TensorFlow may differ by for the shipped networks, whose logits are large.
OTHER_ENGINE = 1e-4


@pytest.mark.parametrize("name", [*NAMES, "segments"])
def test_shipped_graph_holds_the_folded_weights(name):
    trained, mean, scale, temperature, class_prior = weights.load_weights(name)
    stored = read_network(read_part(name))
    for shipped, folded in zip(stored.weights, weights.fold(trained, temperature), strict=True):
        assert_array_equal(shipped, folded)
    assert stored.pixel_mean == pytest.approx(mean)
    assert stored.pixel_scale == pytest.approx(scale)
    assert_allclose(stored.class_prior, class_prior)


@pytest.mark.parametrize("name", NAMES)
def test_shipped_graph_computes_what_keras_does(name):
    images = (load_digits() if name == "digits" else load_characters()).images[::50]
    reader = load_pretrained(name)
    trainable = load_pretrained(name, trainable=True)
    expected = reader.predict_proba(images)
    assert_allclose(trainable.predict_proba(images), expected, atol=OTHER_ENGINE)


def test_folding_keeps_what_the_network_computes():
    from skhcr.networks import residual

    rng = np.random.default_rng(0)
    network = residual((28, 28, 1), 4, width=8)
    arrays = [
        rng.uniform(0.5, 1.5, w.shape) if w.ndim == 1 else rng.normal(0, 0.1, w.shape)
        for w in network.get_weights()
    ]
    network.set_weights(arrays)
    folded = residual((28, 28, 1), 4, width=8, batch_norm=False)
    folded.set_weights(weights.fold([w.astype(np.float32) for w in arrays], 1.0))
    images = load_digits().images[:20, ..., np.newaxis].astype(np.float32) / 255
    # Weights are rounded to float16 as they are folded.
    assert_allclose(folded.predict_on_batch(images), network.predict_on_batch(images), atol=0.01)
