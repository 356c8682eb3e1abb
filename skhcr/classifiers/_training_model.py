"""The Keras model that is trained: a network behind the standardisation, and the loop over it."""

import math
import time

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from tqdm import tqdm

from skhcr.classifiers._checkpoint import Checkpoint
from skhcr.classifiers._variables import assign, values_of, variables_of

#: Steps whose images are prepared at once, while those before them are trained on.
_STEPS_A_BLOCK = 16
#: Calling TensorFlow costs a small network as much as a third of a step: several steps run in one
#: call, which stays so short, in seconds, that Ctrl-C and the progress bar do not have to wait.
_LONG_CALL = 0.2


class Standardise(layers.Layer):
    """``(pixels - mean) / scale``; both can be set without compiling anything again."""

    def build(self, input_shape):
        """Make the two numbers."""
        for name in ("factor", "offset"):
            # By default Keras would draw them, from the caller's generator.
            number = self.add_weight(shape=(), initializer="zeros", trainable=False, name=name)
            setattr(self, name, number)

    def set(self, mean, scale):
        """Set mean and scale."""
        self.factor.assign(1 / scale)
        self.offset.assign(-mean / scale)

    def call(self, pixels):
        """Standardise pixels."""
        return pixels * self.factor + self.offset


class SparseCrossentropy(keras.losses.Loss):
    """Cross-entropy of class codes and probabilities, with label smoothing that can be set."""

    def __init__(self, n_classes):
        super().__init__(name="crossentropy")
        self.n_classes = n_classes
        self.right = tf.Variable(1.0, trainable=False)
        self.other = tf.Variable(0.0, trainable=False)

    def set(self, label_smoothing):
        """Set the share of the target that is spread over all classes."""
        self.right.assign(1 - label_smoothing)
        self.other.assign(label_smoothing / self.n_classes)

    def call(self, y_true, y_pred):
        """Return one loss per sample."""
        targets = ops.one_hot(ops.reshape(y_true, (-1,)), self.n_classes)
        return ops.categorical_crossentropy(targets * self.right + self.other, y_pred)


class WarmUpAndDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A rise over the first fifth of the steps, then half a cosine down to 0; it can be set."""

    def __init__(self):
        for name in ("highest", "lowest", "n_warm_up", "n_decay"):
            setattr(self, name, tf.Variable(0.0, trainable=False))

    def set(self, learning_rate, n_steps):
        """Set the highest rate and the number of steps."""
        n_warm_up = n_steps // 5
        self.highest.assign(learning_rate)
        self.lowest.assign(learning_rate / 20)
        self.n_warm_up.assign(n_warm_up)
        self.n_decay.assign(max(n_steps - n_warm_up, 1))

    def __call__(self, step):
        """Return the rate of a step."""
        step = ops.cast(step, "float32")
        risen = step / ops.maximum(self.n_warm_up, 1)
        rise = (self.highest - self.lowest) * risen + self.lowest
        fallen = ops.minimum(step - self.n_warm_up, self.n_decay) / self.n_decay
        fall = self.highest * (0.5 * (1 + ops.cos(math.pi * fallen)))
        return ops.where(step < self.n_warm_up, rise, fall)

    def get_config(self):
        """Return nothing: what it was set to does not belong to the architecture."""
        return {}


class ProgressBar(keras.callbacks.Callback):
    """One bar for all epochs of a fit; Keras itself shows one for each."""

    def __init__(self, n_epochs, n_epochs_before=0):
        super().__init__()
        self.n_epochs = n_epochs
        self.n_epochs_before = n_epochs_before
        self.bar = None

    def on_train_begin(self, logs=None):
        """Show the bar."""
        self.bar = tqdm(
            total=self.n_epochs * self.params["steps"],
            # Without the rate, so that the bar has room in 80 columns.
            bar_format="{l_bar}{bar}| {elapsed}<{remaining}{postfix}",
        )

    def on_epoch_begin(self, epoch, logs=None):
        """Show which epoch it is."""
        self.n_begun = epoch - self.n_epochs_before + 1
        self.bar.set_description(f"Epoch {self.n_begun}/{self.n_epochs}")

    def on_train_batch_end(self, batch, logs=None):
        """Advance to the end of a batch; not each need be told."""
        self.bar.update((self.n_begun - 1) * self.params["steps"] + batch + 1 - self.bar.n)

    def on_epoch_end(self, epoch, logs=None):
        """Show loss and accuracy: on the validation part where there is one."""
        part = "val_" if "val_loss" in logs else ""
        shown = {name: f"{logs[part + name]:.3f}" for name in ("loss", "accuracy")}
        self.bar.set_postfix(shown)

    def close(self):
        """Leave the bar as it is: early stopping, Ctrl-C or an error end before its total."""
        if self.bar is not None:
            self.bar.close()


class TrainingModel(keras.Model):
    """A network behind the standardisation of its pixels, with a loop that costs little.

    The loop is not that of Keras, which calls Python for each step, copies the training set, and
    shuffles by TensorFlow's global seed, which is not ours to set. Callbacks are told of the
    training, its epochs and its steps, not of the evaluation. What differs between fits is held in
    variables, so that nothing is compiled twice.
    """

    def prepare(self, network, standardise, optimizer, rate, n_classes):
        """Take the parts that it was made of, and compile, once."""
        self.standardise, self.rate = standardise, rate
        self.compile(optimizer, SparseCrossentropy(n_classes))  # float16 puts another around it
        # Variables that appear while a step is traced make TensorFlow trace it twice.
        self.optimizer.build(self.trainable_variables)
        self._new_optimizer = values_of(self.optimizer.variables)
        # Now, as they change places if a callback freezes some.
        self.network_variables = variables_of(network)
        self._traced = {}

    def start(self, state, optimizer_state, settings, n_steps, images, pixels):
        """Begin another training.

        Parameters
        ----------
        state : list of ndarray
            Values of the variables of the network.
        optimizer_state : list of ndarray or None
            Values of those of the optimizer, to go on from.
        settings : TrainingSettings
            How to train.
        n_steps : int or None
            Number of steps of the optimizer.
        images : TrainingImages
            Where `fit` finds the images whose positions it is given.
        pixels : (float, float)
            Their mean and scale.
        """
        assign(self.network_variables, state)
        self.standardise.set(*pixels)
        self.loss.set(settings.label_smoothing)
        assign(self.optimizer.variables, optimizer_state or self._new_optimizer)
        if isinstance(self.rate, WarmUpAndDecay):
            self.rate.set(settings.learning_rate, n_steps)
        elif optimizer_state is None and settings.learning_rate != self.rate:
            self.optimizer.learning_rate = settings.learning_rate
        self.images, self.seed = images, settings.seed

    def finish(self):
        """Return the values of the variables of the network."""
        return values_of(self.network_variables)

    def fit(self, x, y, sample_weight=None, **options):
        """Train, and return the history.

        Parameters
        ----------
        x : ndarray of shape (n_samples, 1)
            Positions in `images`.
        y : ndarray of shape (n_samples,)
            Codes of the classes.
        sample_weight : ndarray of shape (n_samples,), default=None
            Weights.
        **options : dict
            Those of ``keras.Model.fit`` that SciKeras hands on; used are `batch_size`,
            `initial_epoch`, `epochs`, `validation_data` (positions and codes), `callbacks`, and
            `verbose`.
        """
        batch_size, epochs = options["batch_size"], options["epochs"]
        validation = options.get("validation_data")
        n_block = _STEPS_A_BLOCK * batch_size
        callbacks = keras.callbacks.CallbackList(
            options["callbacks"],
            add_history=True,
            add_progbar=options["verbose"] != 0,
            verbose=options["verbose"],
            epochs=epochs,
            steps=math.ceil(len(x) / batch_size),
            model=self,
        )
        # Callbacks of the caller may want to be called after each step.
        ours = ProgressBar, keras.callbacks.EarlyStopping, Checkpoint
        self._one_by_one = not all(type(each) in ours for each in options["callbacks"])
        self.stop_training = False
        self.n_epochs_done = options["initial_epoch"]
        callbacks.on_train_begin()  # where a checkpoint may set both
        logs = None
        for epoch in range(self.n_epochs_done, epochs):
            if self.stop_training:
                break
            callbacks.on_epoch_begin(epoch)
            seed = self.seed, epoch
            order = tf.random.experimental.stateless_shuffle(
                tf.range(len(x)), seed=tf.constant(seed, tf.int64)
            ).numpy()
            weights = None if sample_weight is None else sample_weight[order]
            blocks = self.images.distorted_blocks(x[order, 0], y[order], weights, n_block, seed)
            logs = self._run(blocks, batch_size, callbacks)
            if validation is not None:
                blocks = self.images.blocks(*validation, None, n_block)
                scores = self._run(blocks, batch_size)
                logs = logs | {f"val_{name}": score for name, score in scores.items()}
            callbacks.on_epoch_end(epoch, logs)
        self.optimizer.finalize_variable_values(self.trainable_weights)
        callbacks.on_train_end(logs)
        return self.history

    def _run(self, blocks, batch_size, callbacks=None):
        """Train on blocks if there are callbacks, or else evaluate; return loss and accuracy."""
        steps_a_call, step, n_seen, sums = 1, 0, 0, np.zeros(2)
        for images, codes, weights in blocks:
            run = self._trace(images, weights, training=callbacks is not None)
            start = 0
            while start < len(codes):
                part = slice(start, start + steps_a_call * batch_size)
                if callbacks is not None:
                    callbacks.on_train_batch_begin(step)
                begun = time.perf_counter()
                arrays = images[part], codes[part], None if weights is None else weights[part]
                sums += run(*map(_tensor, arrays), tf.constant(batch_size)).numpy()
                took = time.perf_counter() - begun
                n_seen += len(arrays[1])
                step = math.ceil(n_seen / batch_size)
                logs = dict(zip(("loss", "accuracy"), (sums / n_seen).tolist(), strict=True))
                if callbacks is not None:
                    callbacks.on_train_batch_end(step - 1, logs)
                    if self.stop_training:
                        return logs
                start = part.stop
                if took > _LONG_CALL:
                    steps_a_call = max(1, steps_a_call // 2)
                elif took < _LONG_CALL / 4 and not (callbacks and self._one_by_one):
                    steps_a_call = min(2 * steps_a_call, _STEPS_A_BLOCK)
        return logs

    def _trace(self, images, weights, training):
        """Return the compiled steps for arrays of these types: sums of losses, of right answers."""
        key = images.dtype, weights is not None, training
        if key not in self._traced:
            self._traced[key] = tf.function(
                self._train if training else self._evaluate, autograph=False
            ).get_concrete_function(
                tf.TensorSpec((None, *images.shape[1:]), images.dtype),
                tf.TensorSpec((None,), tf.int64),
                None if weights is None else tf.TensorSpec((None,), tf.float32),
                tf.TensorSpec((), tf.int32),
            )
        return self._traced[key]

    def _train(self, images, codes, weights, batch_size):
        def step(batch, codes, weights):
            with tf.GradientTape() as tape:
                probabilities = self(batch, training=True)
                loss = self.compute_loss(batch, codes, probabilities, weights, training=True)
                scaled = self.optimizer.scale_loss(loss)
            trained = self.trainable_weights
            if trained:  # unless a callback has frozen all
                gradients = tape.gradient(scaled, trained)
                self.optimizer.apply_gradients(zip(gradients, trained, strict=True))
            return loss, probabilities

        return _in_batches(step, images, codes, weights, batch_size)

    def _evaluate(self, images, codes, weights, batch_size):
        def step(batch, codes, weights):
            probabilities = self(batch, training=False)
            return self.compute_loss(batch, codes, probabilities, weights), probabilities

        return _in_batches(step, images, codes, weights, batch_size)


def _in_batches(step, images, codes, weights, batch_size):
    """Run a step on one batch after the other; return sums of losses and of right answers."""
    n_images = tf.shape(images)[0]

    def body(start, sums):
        stop = tf.minimum(start + batch_size, n_images)
        batch_codes = codes[start:stop]
        batch_weights = None if weights is None else weights[start:stop]
        loss, probabilities = step(images[start:stop], batch_codes, batch_weights)
        is_right = tf.argmax(probabilities, axis=1) == batch_codes
        n_right = tf.reduce_sum(tf.cast(is_right, tf.float32))
        sum_of_losses = tf.cast(loss, tf.float32) * tf.cast(stop - start, tf.float32)
        return stop, sums + tf.stack([sum_of_losses, n_right])

    # One after the other: TensorFlow would begin a step with the weights of two steps before, as
    # nothing that the loop hands on waits for the new ones.
    _, sums = tf.while_loop(
        lambda start, _: start < n_images,
        body,
        (tf.constant(0), tf.zeros(2)),
        parallel_iterations=1,
    )
    return sums


def _tensor(array):
    return None if array is None else tf.constant(array)
