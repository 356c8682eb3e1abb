import collections
import contextlib
import copy
import dataclasses
import math
import random
import threading
import weakref

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from skhcr.classifiers._scikeras import HeldKerasClassifier
from skhcr.classifiers._training_model import (
    ProgressBar,
    RandomAffine,
    SparseCrossentropy,
    TrainingModel,
    warm_up_and_decay,
)
from skhcr.networks._layers import with_keras_layers

#: Every prediction runs on batches of this size, the last one filled up with zeros: the result
#: for an image then depends on that image only, and nothing is traced twice.
PREDICT_BATCH_SIZE = 64

# `seeded` sets generators of the process, and searches with threads fit several networks at once.
_ONE_AT_A_TIME = threading.RLock()

_SCHEDULES = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)

# A network function that returns one model twice would couple two classifiers.
_MODELS_IN_USE = weakref.WeakSet()


@dataclasses.dataclass(frozen=True)
class TrainingSettings:
    """How to train: the parameters of :class:`CNNClassifier` of the same names."""

    batch_size: int
    optimizer: object
    learning_rate: float
    schedule: str
    augment: float
    label_smoothing: float
    callbacks: list
    verbose: int
    seed: int


class NetworkTrainer:
    """The Keras side of a :class:`CNNClassifier`: builds, trains, predicts, hands over weights.

    Everything in it can be made again from its parameters and the weights; it is never pickled.

    Parameters
    ----------
    network : callable
        ``network(image_shape, n_classes, **network_options)`` -> uncompiled Keras model.
    network_options : dict
        Options of `network`.
    image_shape : tuple of int
        (height, width, n_channels).
    n_classes : int
        Number of classes.
    pixel_mean, pixel_scale : float
        Pixels are shifted and divided by these on their way to the network.
    seed : int
        Seed of the initial weights and of dropout.
    """

    def __init__(
        self, network, network_options, image_shape, n_classes, pixel_mean, pixel_scale, seed
    ):
        self.image_shape = image_shape
        self.n_classes = n_classes
        self.pixel_mean = pixel_mean
        self.pixel_scale = pixel_scale
        self.seed = seed
        self.network = self._build(network, network_options, seed)
        self._forward = {}  # the compiled prediction for a dtype, made when it is first needed
        self._stream = None  # the SciKeras classifier that a series of `partial_fit` shares
        self.is_half_trained = False

    def fit(self, X, codes, sample_weight, *, epochs, validation_data, patience, settings):
        """Train with a new optimizer and return the history, a dict of lists.

        Parameters
        ----------
        X : ndarray of shape (n_samples, height, width, n_channels)
            uint8 or float32.
        codes : ndarray of shape (n_samples,)
            Codes of the classes, from 0.
        sample_weight : ndarray of shape (n_samples,) or None
            Weights with a mean of 1.
        epochs : int
            Number of passes over `X`.
        validation_data : tuple of (ndarray, ndarray) or None
            Images and codes that are evaluated after each epoch: training stops when the loss on
            them has not fallen for `patience` epochs, and goes back to the best.
        patience : int
            See `validation_data`.
        settings : TrainingSettings
            How to train.
        """
        self._stream = None
        batch_size = min(settings.batch_size, len(X))
        rate = settings.learning_rate
        if settings.schedule == "cosine":
            _check_no_other_schedule(settings.callbacks)
            rate = warm_up_and_decay(rate, epochs * math.ceil(len(X) / batch_size))
        wrapper = self._wrap(rate, settings)
        if settings.verbose == 1:
            wrapper.callbacks.append(ProgressBar(epochs))
        if validation_data is not None:
            wrapper.callbacks.append(
                keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
            )
        self.is_half_trained = True
        with _without_tracing_advice():
            wrapper.fit(
                X,
                codes,
                sample_weight,
                epochs=epochs,
                batch_size=batch_size,
                validation_data=validation_data,
            )
        return _plain(wrapper.history_)

    def partial_fit(self, X, codes, sample_weight, *, n_epochs_before, settings):
        """Train for one epoch and return its history, going on with the optimizer's state."""
        what_is_compiled = dataclasses.replace(
            settings, batch_size=0, callbacks=[], verbose=0, seed=0
        )
        if self._stream is None or self._stream_settings != what_is_compiled:
            self._stream = self._wrap(settings.learning_rate, settings)
            self._stream_settings = what_is_compiled
        self._stream.callbacks = list(settings.callbacks)
        if settings.verbose == 1:
            self._stream.callbacks.append(ProgressBar(1))
        # SciKeras counts epochs by the history; it may have begun before this object was made.
        self._stream.history_ = collections.defaultdict(list, loss=[0.0] * n_epochs_before)
        self.is_half_trained = True
        with _without_tracing_advice():
            self._stream.partial_fit(
                X,
                codes,
                classes=np.arange(self.n_classes),
                sample_weight=sample_weight,
                batch_size=min(settings.batch_size, len(X)),
            )
        return {name: values[-1:] for name, values in _plain(self._stream.history_).items()}

    def predict_proba(self, X):
        """Return probabilities (n_samples, n_classes), float32, of images as `fit` takes them."""
        if X.dtype not in self._forward:
            batches = tf.TensorSpec((PREDICT_BATCH_SIZE, *X.shape[1:]), X.dtype)
            function = tf.function(self._predict_batch, autograph=False)
            self._forward[X.dtype] = function.get_concrete_function(batches)
        forward = self._forward[X.dtype]
        probabilities = np.empty((len(X), self.n_classes), dtype=np.float32)
        for start in range(0, len(X), PREDICT_BATCH_SIZE):
            batch = X[start : start + PREDICT_BATCH_SIZE]
            n_images = len(batch)
            if n_images < PREDICT_BATCH_SIZE:
                padding = np.zeros((PREDICT_BATCH_SIZE - n_images, *X.shape[1:]), dtype=X.dtype)
                batch = np.concatenate([batch, padding])
            probabilities[start : start + n_images] = forward(tf.constant(batch))[:n_images]
        return probabilities

    def image_model(self, white=1):
        """Return a Keras model that takes the same pixels as the classifier.

        Parameters
        ----------
        white : float, default=1
            Level that stands for the classifier's 1: the model takes pixels that are so many times
            as large.
        """
        inputs = keras.Input(self.image_shape)
        x = layers.Rescaling(
            1 / (white * self.pixel_scale), offset=-self.pixel_mean / self.pixel_scale
        )(inputs)
        # Whoever loads it need not have this library.
        return keras.Model(inputs, with_keras_layers(self.network)(x))

    def _predict_batch(self, batch):
        return self.network(self._standardise(tf.cast(batch, tf.float32)), training=False)

    @property
    def _standardise(self):
        return layers.Rescaling(1 / self.pixel_scale, offset=-self.pixel_mean / self.pixel_scale)

    def _wrap(self, learning_rate, settings):
        """Return a SciKeras classifier around the network, with a new optimizer."""

        def build():
            with seeded(settings.seed):
                inputs = keras.Input(self.image_shape)
                x = self._standardise(inputs)
                if settings.augment:
                    x = RandomAffine(settings.augment, settings.seed)(x)
                model = TrainingModel(inputs, self.network(x))
                model.seed = settings.seed
                model.compile(
                    _make_optimizer(settings.optimizer, learning_rate),
                    SparseCrossentropy(self.n_classes, settings.label_smoothing),
                    metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
                )
            return model

        return HeldKerasClassifier(
            build,
            callbacks=list(settings.callbacks),
            verbose=2 if settings.verbose > 1 else 0,
            validation_batch_size=PREDICT_BATCH_SIZE,
        )

    def _build(self, network, options, seed):
        if isinstance(network, keras.Model):
            raise ValueError(
                f"network is a Keras model, {network.name!r}; expected a function that builds one, "
                "so that every fit has its own. A trained model: CNNClassifier.from_keras."
            )
        if keras.config.image_data_format() != "channels_last":
            raise ValueError(
                "Keras is set to image_data_format='channels_first'; expected 'channels_last'."
            )
        with seeded(seed):
            model = network(self.image_shape, self.n_classes, **options)
        if not isinstance(model, keras.Model):
            raise ValueError(
                f"network={network!r} returned {type(model).__name__}; expected a keras.Model."
            )
        if model in _MODELS_IN_USE:
            raise ValueError(
                f"network={network!r} returned a model that it had returned before; expected a new "
                "one each time, as another classifier holds that one."
            )
        check_probabilities(model, f"network={network!r} returned a model", self)
        _MODELS_IN_USE.add(model)
        return model


def check_probabilities(model, name, expected):
    """Raise a ValueError unless a model returns probabilities of the right number of classes.

    Parameters
    ----------
    model : keras.Model
        It is called once, which also builds it.
    name : str
        What the message calls it: the subject of a sentence.
    expected : object
        With the attributes `image_shape` and `n_classes`.
    """
    image = np.random.default_rng(0).normal(size=(1, *expected.image_shape)).astype(np.float32)
    outputs = np.asarray(model(image, training=False), dtype=np.float32)
    if outputs.shape != (1, expected.n_classes):
        raise ValueError(
            f"{name} with outputs of shape {(None, *outputs.shape[1:])}; expected "
            f"(None, {expected.n_classes}), the probabilities of {expected.n_classes} classes."
        )
    total = outputs.sum()
    if outputs.min() < 0 or not abs(total - 1) < 0.01:  # float16 rounds to about 0.001
        raise ValueError(
            f"{name} whose outputs are not probabilities: for one image they go from "
            f"{outputs.min():.3g} to {outputs.max():.3g} and sum to {total:.3g}. Let it end in "
            "softmax."
        )


@contextlib.contextmanager
def _without_tracing_advice():
    """Silence TensorFlow's advice not to trace often: each fit has a network of its own."""
    logger = tf.get_logger()

    def is_something_else(record):
        return "triggered tf.function retracing" not in record.getMessage()

    logger.addFilter(is_something_else)
    try:
        yield
    finally:
        logger.removeFilter(is_something_else)


@contextlib.contextmanager
def seeded(seed):
    """Seed what Keras draws its seeds from, Python's and NumPy's generators, and put them back."""
    with _ONE_AT_A_TIME:
        python_state, numpy_state = random.getstate(), np.random.get_state()
        random.seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)


def _make_optimizer(optimizer, learning_rate):
    if callable(optimizer):
        made = optimizer(learning_rate=learning_rate)
        if not isinstance(made, keras.optimizers.Optimizer):
            raise ValueError(
                f"optimizer={optimizer!r} returned {type(made).__name__}; expected a Keras "
                "optimizer."
            )
        return made
    try:
        named = keras.optimizers.get(optimizer)
    except ValueError:
        raise ValueError(
            f"optimizer={optimizer!r} is not the name of a Keras optimizer; expected 'adam', "
            "'adamw', 'sgd', 'rmsprop' or another name that keras.optimizers.get knows."
        ) from None
    return type(named)(learning_rate=learning_rate)


def copy_callbacks(callbacks):
    """Return copies of Keras callbacks, so that a fit leaves those of the caller as they are."""
    copies = []
    for position, callback in enumerate(callbacks):
        name = f"callbacks[{position}]"
        if not isinstance(callback, keras.callbacks.Callback):
            raise TypeError(
                f"{name} is of type {type(callback).__name__}; expected an instance of "
                "keras.callbacks.Callback."
            )
        try:
            copies.append(copy.deepcopy(callback))
        except Exception as error:  # whatever its attributes raise
            raise TypeError(
                f"{name}, a {type(callback).__name__}, can't be copied: {error}. Give it a "
                "__deepcopy__, or open in on_train_begin what it holds open."
            ) from error
    return copies


def _check_no_other_schedule(callbacks):
    for position, callback in enumerate(callbacks):
        if isinstance(callback, _SCHEDULES):
            raise ValueError(
                f"callbacks[{position}], a {type(callback).__name__}, sets the learning rate, as "
                "does schedule='cosine'. Pass schedule='constant'."
            )


def _plain(history):
    """Return a history of Python floats: no defaultdict, no NumPy scalars."""
    return {name: [float(value) for value in values] for name, values in history.items()}
