import keras
from keras import layers

from skhcr.networks._layers import FusedBatchNormalization, bounded_features, softmax


def residual(image_shape, n_classes, *, width=64, dropout=0.3, batch_norm=True):
    r"""Build the residual network of the shipped weights: large data, best accuracy.

    Convolution of 16 filters 3 x 3; then twice: one that halves the image and a residual block
    [1]_ of two convolutions, with `width` and with twice as many filters; one more that halves;
    dropout; softmax. Feature maps of at most 4 x 4 reach the last layer, by averaging where an
    image is larger than 32 x 32.

    Parameters
    ----------
    image_shape : tuple of int
        (height, width, n_channels), each at least 1.
    n_classes : int
        Number of outputs.
    width : int, default=64
        Number of filters of the first block.
    dropout : float in [0, 1), default=0.3
        Share of features that is dropped before the last layer.
    batch_norm : bool, default=True
        Whether convolutions are followed by batch normalisation [2]_. Without it they have a bias
        instead, which is what shipped weights come as: once trained, the two are one.

    Returns
    -------
    keras.Model
        Uncompiled; (n_samples, \*image_shape) to probabilities (n_samples, n_classes).

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren, J. Sun, "Deep Residual Learning for Image Recognition", CVPR
       2016.
    .. [2] S. Ioffe, C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by
       Reducing Internal Covariate Shift", ICML 2015.

    Examples
    --------
    >>> from skhcr.networks import residual
    >>> residual((28, 28, 1), 62).count_params()
    729102
    """

    def conv(x, filters, stride=1):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=not batch_norm)(x)
        # A hundred batches are averaged: enough for statistics that predictions can rely on.
        return FusedBatchNormalization(momentum=0.99)(x) if batch_norm else x

    def block(x, filters):
        y = layers.Activation("relu")(conv(x, filters))
        return layers.Activation("relu")(layers.Add()([x, conv(y, filters)]))

    inputs = keras.Input(image_shape)  # (n, 28, 28, 1), say
    x = layers.Activation("relu")(conv(inputs, 16))
    for filters in (width, 2 * width):  # (n, 14, 14, 64), (n, 7, 7, 128)
        x = layers.Activation("relu")(conv(x, filters, stride=2))
        x = block(x, filters)
    x = layers.Activation("relu")(conv(x, 2 * width, stride=2))  # (n, 4, 4, 128)
    x = bounded_features(x)  # (n, 4 * 4 * 128)
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, softmax(x, n_classes), name="residual")
