import keras
from keras import layers

from skhcr.networks._layers import FusedBatchNormalization, bounded_features, softmax


def compact(image_shape, n_classes, *, filters=(16, 16, 40, 96), dropout=0.1):
    r"""Build the default network: small, batch-normalised, and quick to train.

    Four convolutions without bias, each followed by batch normalisation [1]_ and rectification:
    5 x 5 with stride 2, 3 x 3, max pooling, 3 x 3, 3 x 3 with stride 2; feature maps of at most
    4 x 4, by averaging where an image is larger than 32 x 32; dropout; softmax. The first stride
    leaves few pixels to the filters, which is where the time goes, and the number of parameters is
    bounded for every image size.

    Parameters
    ----------
    image_shape : tuple of int
        (height, width, n_channels), each at least 1.
    n_classes : int
        Number of outputs.
    filters : tuple of four ints, default=(16, 16, 40, 96)
        Number of filters of each convolution.
    dropout : float in [0, 1), default=0.1
        Share of features that is dropped before the last layer.

    Returns
    -------
    keras.Model
        Uncompiled; (n_samples, \*image_shape) to probabilities (n_samples, n_classes).

    Raises
    ------
    ValueError
        If `filters` are not four.

    References
    ----------
    .. [1] S. Ioffe, C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by
       Reducing Internal Covariate Shift", ICML 2015.

    Examples
    --------
    >>> from skhcr.networks import compact
    >>> compact((28, 28, 1), 62).count_params()
    138990
    """
    if len(filters) != 4:
        raise ValueError(f"filters={filters!r} has {len(filters)} numbers; expected 4.")
    inputs = x = keras.Input(image_shape)  # (n, 28, 28, 1), say
    x = _block(x, filters[0], 5, stride=2)  # (n, 14, 14, 16)
    x = _block(x, filters[1], 3)  # (n, 14, 14, 16)
    x = layers.MaxPooling2D(2, padding="same")(x)
    x = _block(x, filters[2], 3)  # (n, 7, 7, 40)
    x = _block(x, filters[3], 3, stride=2)  # (n, 4, 4, 96)
    x = bounded_features(x)  # (n, 4 * 4 * 96)
    x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, softmax(x, n_classes), name="compact")


def _block(x, n_filters, kernel_size, stride=1):
    x = layers.Conv2D(n_filters, kernel_size, strides=stride, padding="same", use_bias=False)(x)
    # The usual 0.99 needs some hundred batches to forget its start, more than an epoch of a small
    # data set has.
    x = FusedBatchNormalization(momentum=0.9)(x)
    return layers.Activation("relu")(x)
