import keras
from keras import layers

from skhcr.networks._layers import conv, max_pool, softmax


def wide(image_shape, n_classes):
    r"""Build the 512-256-256 network of the projects on the 62 characters of ``english.csv``.

    Convolutions of 512 filters 5 x 5, 256 and 256 filters 3 x 3, each followed by max pooling;
    dense layers of 512, 1024 and 512 rectified units and of 256 sigmoid ones; softmax. It was made
    for images of 64 x 64 x 3, where one forward pass takes 1.15 billion multiplications: eight
    hundred times those of :func:`compact` on 28 x 28.

    Parameters
    ----------
    image_shape : tuple of int
        (height, width, n_channels), each at least 1. Where the image is smaller than a kernel, it
        is padded with zeros.
    n_classes : int
        Number of outputs.

    Returns
    -------
    keras.Model
        Uncompiled; (n_samples, \*image_shape) to probabilities (n_samples, n_classes).
    """
    inputs = x = keras.Input(image_shape)  # (n, 64, 64, 3), say
    for filters, kernel_size in ((512, 5), (256, 3), (256, 3)):
        x = max_pool(conv(x, filters, kernel_size, activation="relu"))  # 30 x 30, 14 x 14, 6 x 6
    x = layers.Flatten()(x)
    for units in (512, 1024, 512):
        x = layers.Dense(units, activation="relu")(x)
    x = layers.Dense(256, activation="sigmoid")(x)
    return keras.Model(inputs, softmax(x, n_classes), name="wide")
