"""The Keras model that is trained: standardisation and augmentation before a network."""

import math

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tqdm import tqdm


class RandomAffine(layers.Layer):
    """Move each image of a batch by a random affine map while training; do nothing otherwise.

    One map and one interpolation per image. What comes in from outside the image repeats its
    border, so that paper stays paper on white and on black.

    Parameters
    ----------
    strength : float
        1 draws uniformly from rotations within 15 degrees, scales within 15 % in each direction,
        shears within 0.2, and shifts within 7 % of the side.
    seed : int
        Seed of the draws.
    """

    def __init__(self, strength, seed, **kwargs):
        super().__init__(**kwargs)
        self.strength = strength
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        """Transform float images (n, height, width, n_channels)."""
        if not training:
            return images
        height, width = images.shape[1:3]
        draws = keras.random.uniform(
            (6, ops.shape(images)[0]), -self.strength, self.strength, seed=self.seed_generator
        )
        angle = draws[0] * math.radians(15)
        shear = draws[1] * 0.2
        scale_x, scale_y = 1 + draws[2] * 0.15, 1 + draws[3] * 0.15
        shift_x, shift_y = draws[4] * (0.07 * width), draws[5] * (0.07 * height)

        # Output pixel (x, y) shows input pixel (a x + b y + c, d x + e y + f), about the centre.
        a, b = ops.cos(angle) * scale_x, shear - ops.sin(angle) * scale_y
        d, e = ops.sin(angle) * scale_x, ops.cos(angle) * scale_y
        centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
        c = centre_x - a * centre_x - b * centre_y + shift_x
        f = centre_y - d * centre_x - e * centre_y + shift_y
        zero = ops.zeros_like(a)
        maps = ops.stack([a, b, c, d, e, f, zero, zero], axis=1)  # (n, 8)
        return ops.image.affine_transform(images, maps, fill_mode="nearest")


class SparseCrossentropy(keras.losses.Loss):
    """Cross-entropy of class codes and probabilities, with label smoothing."""

    def __init__(self, n_classes, label_smoothing):
        super().__init__(name="crossentropy")
        self.n_classes = n_classes
        self.label_smoothing = label_smoothing

    def call(self, y_true, y_pred):
        """Return one loss per sample."""
        targets = ops.one_hot(ops.reshape(y_true, (-1,)), self.n_classes)
        targets = targets * (1 - self.label_smoothing) + self.label_smoothing / self.n_classes
        return ops.categorical_crossentropy(targets, y_pred)


class ProgressBar(keras.callbacks.Callback):
    """One bar for all epochs of a fit; Keras itself shows one for each."""

    def __init__(self, n_epochs):
        super().__init__()
        self.n_epochs = n_epochs

    def on_train_begin(self, logs=None):
        """Show the bar."""
        self.n_begun = 0
        self.bar = tqdm(
            total=self.n_epochs * self.params["steps"],
            # Without the rate, so that the bar has room in 80 columns.
            bar_format="{l_bar}{bar}| {elapsed}<{remaining}{postfix}",
        )

    def on_epoch_begin(self, epoch, logs=None):
        """Show which epoch it is."""
        self.n_begun += 1
        self.bar.set_description(f"Epoch {self.n_begun}/{self.n_epochs}")

    def on_train_batch_end(self, batch, logs=None):
        """Advance by a batch."""
        self.bar.update()

    def on_epoch_end(self, epoch, logs=None):
        """Show loss and accuracy: on the validation part where there is one."""
        part = "val_" if "val_loss" in logs else ""
        shown = {name: f"{logs[part + name]:.3f}" for name in ("loss", "accuracy")}
        self.bar.set_postfix(shown)

    def on_train_end(self, logs=None):
        """Leave the bar as it is: early stopping ends before its total."""
        self.bar.close()


class TrainingModel(keras.Model):
    """A Keras model that draws its batches from arrays with a seed of its own.

    Keras's own shuffling follows TensorFlow's global seed, which is not ours to set.
    """

    seed = 0

    def fit(self, x, y, sample_weight=None, *, batch_size, initial_epoch, **options):
        """Fit to arrays; options as those of ``keras.Model.fit``."""
        options.pop("validation_split")  # SciKeras passes its default, and one of `shuffle`
        options["shuffle"] = False
        # Variables that appear while the training step is traced make TensorFlow trace it twice.
        self.optimizer.build(self.trainable_variables)
        arrays = (x, y) if sample_weight is None else (x, y, sample_weight)
        return super().fit(
            _shuffled_batches(arrays, batch_size, self.seed, initial_epoch),
            steps_per_epoch=math.ceil(len(x) / batch_size),
            initial_epoch=initial_epoch,
            **options,
        )


def _shuffled_batches(arrays, batch_size, seed, initial_epoch):
    """Return an endless data set of batches, in a new order each epoch."""
    n_samples = len(arrays[0])
    tensors = tuple(tf.convert_to_tensor(array) for array in arrays)

    def batches_of_indices(epoch):
        indices = tf.random.experimental.stateless_shuffle(
            tf.range(n_samples), seed=tf.stack([np.int64(seed), epoch])
        )
        return tf.data.Dataset.from_tensor_slices(indices).batch(batch_size)

    epochs = tf.data.Dataset.range(initial_epoch, np.iinfo(np.int64).max)
    return (
        epochs.flat_map(batches_of_indices)
        .map(lambda indices: tuple(tf.gather(tensor, indices) for tensor in tensors))
        .prefetch(2)
    )


def warm_up_and_decay(learning_rate, n_steps):
    """Return a schedule: a rise over the first fifth of the steps, then half a cosine down to 0."""
    n_warm_up = n_steps // 5
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / 20,
        warmup_target=learning_rate,
        warmup_steps=n_warm_up,
        decay_steps=max(n_steps - n_warm_up, 1),
    )
