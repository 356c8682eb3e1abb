import keras
from keras import layers

from skhcr.networks._layers import conv, max_pool, softmax


def lenet(image_shape, n_classes, *, dropout=(0.3, 0.5)):
    r"""Build the LeNet-like network that digit notebooks have in common.

    Convolution of 32 filters 5 x 5, pooling, 64 filters 3 x 3, pooling; dense layers of 128 and
    64 units, each followed by dropout; softmax. Named after, and larger than, LeNet-5 [1]_.

    Parameters
    ----------
    image_shape : tuple of int
        (height, width, n_channels), each at least 1. Where the image is smaller than a kernel, it
        is padded with zeros.
    n_classes : int
        Number of outputs.
    dropout : tuple of two floats in [0, 1), default=(0.3, 0.5)
        Shares of units that are dropped after the two dense layers.

    Returns
    -------
    keras.Model
        Uncompiled; (n_samples, \*image_shape) to probabilities (n_samples, n_classes).

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
       recognition", Proceedings of the IEEE 86(11), 1998.

    Examples
    --------
    >>> from skhcr.networks import lenet
    >>> lenet((28, 28, 1), 10).count_params()
    233162
    """
    inputs = keras.Input(image_shape)  # (n, 28, 28, 1), say
    x = conv(inputs, 32, 5, activation="relu")  # (n, 24, 24, 32)
    x = max_pool(x)  # (n, 12, 12, 32)
    x = conv(x, 64, 3, activation="relu")  # (n, 10, 10, 64)
    x = max_pool(x)  # (n, 5, 5, 64)
    x = layers.Flatten()(x)
    for units, rate in zip((128, 64), dropout, strict=True):
        x = layers.Dense(units, activation="relu")(x)
        x = layers.Dropout(rate)(x)
    return keras.Model(inputs, softmax(x, n_classes), name="lenet")
