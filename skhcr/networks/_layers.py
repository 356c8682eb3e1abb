"""Layers that fit any image size down to 1 x 1, and one that is quick."""

import math

import keras
from keras import layers


def conv(x, filters, kernel_size, **options):
    """Convolve without padding, or with zeros where the image is smaller than the kernel."""
    fits = min(x.shape[1:3]) >= kernel_size
    return layers.Conv2D(filters, kernel_size, padding="valid" if fits else "same", **options)(x)


def max_pool(x):
    """Halve the image by 2 x 2 maxima, or keep an extent of one pixel."""
    fits = min(x.shape[1:3]) >= 2
    return layers.MaxPooling2D(2, padding="valid" if fits else "same")(x)


def bounded_features(x):
    """Average feature maps that are larger than 4 x 4 down to that, and make rows of them."""
    pool = [math.ceil(extent / 4) for extent in x.shape[1:3]]
    if max(pool) > 1:
        x = layers.AveragePooling2D(pool, padding="same")(x)
    return layers.Flatten()(x)  # (n, at most 4 * 4 * n_filters)


def softmax(x, n_classes):
    """Return probabilities: in float32 under mixed precision too, where they would not sum to 1."""
    return layers.Dense(n_classes, activation="softmax", dtype="float32")(x)


class FusedBatchNormalization(layers.BatchNormalization):
    """Keras's batch normalisation of images, as the one operation that its backend has for it.

    Keras composes it of a dozen operations, which on two cores takes a third of the training time
    of a small network, and keeps TensorFlow from fusing it with the convolution when it predicts.
    Weights and results are those of Keras's layer; on JAX, it is that layer.
    """

    def call(self, inputs, training=None, mask=None):
        """Normalise images (n, height, width, n_channels)."""
        backend = keras.backend.backend()
        training = bool(training) and self.trainable
        if backend == "torch":
            return self._call_torch(inputs, training)
        if backend != "tensorflow":
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        scale, offset, mean, variance = map(
            tf.convert_to_tensor, (self.gamma, self.beta, self.moving_mean, self.moving_variance)
        )
        outputs, batch_mean, batch_variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=scale,
            offset=offset,
            mean=mean,
            variance=variance,
            epsilon=self.epsilon,
            is_training=training,
        )
        if training:
            for moving, value in (
                (self.moving_mean, batch_mean),
                (self.moving_variance, batch_variance),
            ):
                moving.assign(moving * self.momentum + value * (1 - self.momentum))
        return outputs

    def _call_torch(self, inputs, training):
        from torch.nn.functional import batch_norm

        outputs = batch_norm(
            inputs.permute(0, 3, 1, 2),  # (n, n_channels, height, width), a view
            self.moving_mean.value,
            self.moving_variance.value,
            self.gamma.value,
            self.beta.value,
            training,
            1 - self.momentum,
            self.epsilon,
        )
        return outputs.permute(0, 2, 3, 1)


def with_keras_layers(model):
    """Return a copy of a model, with its weights, in which every layer is one of Keras's own."""

    def plain(layer):
        cls = type(layer)
        if cls is FusedBatchNormalization:
            cls = layers.BatchNormalization
        return cls.from_config(layer.get_config())

    copy = keras.models.clone_model(model, clone_function=plain)
    copy.set_weights(model.get_weights())
    return copy
