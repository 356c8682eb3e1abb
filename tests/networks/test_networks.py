import numpy as np
import pytest

from skhcr import networks
from skhcr.networks._layers import with_keras_layers


@pytest.mark.parametrize("name", ["compact", "lenet", "residual", "three_conv"])
@pytest.mark.parametrize("image_shape", [(1, 1, 1), (1, 7, 1), (3, 2, 3), (28, 28, 1), (40, 64, 3)])
def test_any_image_size(name, image_shape):
    model = getattr(networks, name)(image_shape, 5)
    probabilities = model(np.ones((2, *image_shape), dtype=np.float32)).numpy()
    assert probabilities.shape == (2, 5)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert not model.compiled


def test_residual_without_batch_normalisation_has_kernels_and_biases_only():
    network = networks.residual((28, 28, 1), 5, width=8, batch_norm=False)
    assert {type(layer).__name__ for layer in network.layers if layer.weights} == {
        "Conv2D",
        "Dense",
    }
    assert len(network.weights) == 18


def test_wide_takes_one_pixel():
    assert networks.wide((1, 1, 1), 3).output_shape == (None, 3)


def layer_names(model):
    return [
        f"{type(layer).__name__} {getattr(layer, 'filters', getattr(layer, 'units', ''))}".strip()
        for layer in model.layers
    ]


def test_lenet_layer_by_layer():
    model = networks.lenet((28, 28, 1), 10)
    assert layer_names(model) == [
        "InputLayer",
        "Conv2D 32",
        "MaxPooling2D",
        "Conv2D 64",
        "MaxPooling2D",
        "Flatten",
        "Dense 128",
        "Dropout",
        "Dense 64",
        "Dropout",
        "Dense 10",
    ]
    # 5 x 5 + 1 by 32, 3 x 3 x 32 + 1 by 64, 5 x 5 x 64 + 1 by 128, 129 by 64, 65 by 10
    assert model.count_params() == 832 + 18_496 + 204_928 + 8_256 + 650


def test_three_conv_layer_by_layer():
    assert layer_names(networks.three_conv((28, 28, 1), 26)) == [
        "InputLayer",
        "Conv2D 32",
        "MaxPooling2D",
        "Conv2D 64",
        "MaxPooling2D",
        "Conv2D 128",
        "MaxPooling2D",
        "Flatten",
        "Dropout",
        "Dense 26",
    ]


def test_wide_layer_by_layer():
    model = networks.wide((64, 64, 3), 62)
    assert layer_names(model) == [
        "InputLayer",
        "Conv2D 512",
        "MaxPooling2D",
        "Conv2D 256",
        "MaxPooling2D",
        "Conv2D 256",
        "MaxPooling2D",
        "Flatten",
        "Dense 512",
        "Dense 1024",
        "Dense 512",
        "Dense 256",
        "Dense 62",
    ]
    assert [layer.activation.__name__ for layer in model.layers[-5:]] == [
        "relu",
        "relu",
        "relu",
        "sigmoid",
        "softmax",
    ]


@pytest.mark.parametrize("side", [28, 32, 64, 128, 300])
def test_compact_stays_small(side):
    assert networks.compact((side, side, 3), 62).count_params() < 400_000


def test_options():
    model = networks.compact((28, 28, 1), 10, filters=(4, 8, 8, 8), dropout=0.0)
    assert model.count_params() < 5_000


def test_fused_batch_normalisation_is_keras_s(digits):
    X = digits[0][:64, ..., np.newaxis].astype(np.float32)
    fused = networks.compact((28, 28, 1), 10, dropout=0.0)
    plain = with_keras_layers(fused)
    assert "FusedBatchNormalization" not in {type(layer).__name__ for layer in plain.layers}
    for training in (True, True, False):
        np.testing.assert_allclose(
            fused(X, training=training), plain(X, training=training), rtol=1e-3, atol=1e-5
        )
    for one, other in zip(fused.get_weights(), plain.get_weights(), strict=True):
        # TensorFlow's variance is the unbiased one: 1 / (n - 1) of at least 64 * 4 * 4 values.
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=1e-5)
