import keras
from keras import layers

from skhcr.networks._layers import conv, max_pool, softmax


def three_conv(image_shape, n_classes, *, filters=(32, 64, 128), dropout=0.5):
    r"""Build the network of three convolutions that tutorials on letters have in common.

    Three 3 x 3 convolutions, each followed by max pooling; dropout; softmax.

    Parameters
    ----------
    image_shape : tuple of int
        (height, width, n_channels), each at least 1. Where the image is smaller than a kernel, it
        is padded with zeros.
    n_classes : int
        Number of outputs.
    filters : tuple of int, default=(32, 64, 128)
        Number of filters of each convolution.
    dropout : float in [0, 1), default=0.5
        Share of features that is dropped before the last layer.

    Returns
    -------
    keras.Model
        Uncompiled; (n_samples, \*image_shape) to probabilities (n_samples, n_classes).

    Examples
    --------
    >>> from skhcr.networks import three_conv
    >>> three_conv((28, 28, 1), 26).count_params()
    96026
    """
    inputs = x = keras.Input(image_shape)  # (n, 28, 28, 1), say
    for n_filters in filters:
        x = max_pool(conv(x, n_filters, 3, activation="relu"))  # 13 x 13, 5 x 5, 1 x 1
    x = layers.Flatten()(x)
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, softmax(x, n_classes), name="three_conv")
