import collections
import contextlib
import copy
import dataclasses
import functools
import gc
import math
import random
import threading
import weakref
from types import FunctionType

import keras
import numpy as np
from keras import layers
from keras.src.random import seed_generator  # private: there is no public way in
from tensorflow.python.eager import context

from skhcr.classifiers._checkpoint import Checkpoint
from skhcr.classifiers._compiled import CompiledPrediction, Pool, architecture_of
from skhcr.classifiers._keras_architecture import KerasArchitecture
from skhcr.classifiers._processes import limit_threads
from skhcr.classifiers._scikeras import HeldKerasClassifier
from skhcr.classifiers._training_model import (
    ProgressBar,
    Standardise,
    TrainingModel,
    WarmUpAndDecay,
)
from skhcr.classifiers._variables import assign, values_of, variables_of
from skhcr.networks._layers import with_keras_layers

limit_threads()

#: Predictions run on batches of this size, the last one filled up with zeros, so that nothing is
#: traced twice and an image gets the same whatever the others are. One or two, which is what a
#: canvas asks for, are a batch of their own, as 64 take three times as long. Not one alone, which
#: is calculated, and rounded, in another way.
PREDICT_BATCH_SIZE = 64
FEW = 2

# `seeded` sets generators of the process, and searches with threads fit several networks at once.
_ONE_AT_A_TIME = threading.RLock()

_SCHEDULES = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)

_N_KEPT = 8
_TRAINING_MODELS = Pool(_N_KEPT)
_PREDICTIONS = {}

# Networks that were built since what is left of them was last looked for, and how much may be.
_unfreed = {"n_bytes": 0}
_MOST_UNFREED = 8 * 2**20

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
    What is compiled is shared with other trainers of the same architecture.

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
        self.is_unproven = False  # whether the weights have yet to be found finite
        self._make_network = functools.partial(self._build, network, network_options, seed)
        self._spare = built = self._make_network()
        variables = variables_of(built)
        self._state = values_of(variables)
        places = {id(variable): place for place, variable in enumerate(variables)}
        # All variables but those that hold the state of random numbers, in Keras's order.
        self._weight_places = [places[id(variable)] for variable in built.weights]
        architecture = architecture_of(built)
        # Functions of different code may return the same configuration, networks of any image size
        # have one for all; other objects that are called may be equal to some that differ.
        self._architecture = (network, image_shape, architecture)
        if architecture is None or not isinstance(network, (FunctionType, KerasArchitecture)):
            self._architecture = None
        self._compiled_prediction = _shared_prediction(self._architecture, built)
        self._held = None  # the model to train that nobody else may have
        self._packed = None
        self._optimizer_state = None  # of a series of `partial_fit`

    @property
    def weights(self):
        """The weights of the network, a list of ndarray as of ``keras.Model.get_weights``."""
        return [self._state[place] for place in self._weight_places]

    @weights.setter
    def weights(self, weights):
        for place, array in zip(self._weight_places, weights, strict=True):
            self._state[place] = np.asarray(array, dtype=self._state[place].dtype)
        self._packed = None

    @property
    def network(self):
        """A network with the weights, to look at; training and prediction do not use it."""
        network = self._make_network()
        assign(variables_of(network), self._state)
        return network

    def fit(
        self,
        images,
        positions,
        codes,
        sample_weight,
        *,
        epochs,
        validation_data,
        patience,
        settings,
    ):
        """Train with a new optimizer and return the history, a dict of lists.

        Parameters
        ----------
        images : TrainingImages
            Where the images are.
        positions : ndarray of shape (n_samples,)
            Of those to train on.
        codes : ndarray of shape (n_samples,)
            Codes of their classes, from 0.
        sample_weight : ndarray of shape (n_samples,) or None
            Their weights, with a mean of 1.
        epochs : int
            Number of passes over them.
        validation_data : tuple of (ndarray, ndarray) or None
            Positions and codes of images that are evaluated after each epoch: training stops when
            the loss on them has not fallen for `patience` epochs, and goes back to the best.
        patience : int
            See `validation_data`.
        settings : TrainingSettings
            How to train.
        """
        batch_size = min(settings.batch_size, len(positions))
        n_steps = epochs * math.ceil(len(positions) / batch_size)
        if settings.schedule == "cosine":
            _check_no_other_schedule(settings.callbacks)
        callbacks = list(settings.callbacks)
        bar = ProgressBar(epochs)
        if settings.verbose == 1:
            callbacks.append(bar)
        early_stopping = None
        if validation_data is not None:
            early_stopping = keras.callbacks.EarlyStopping(
                patience=patience, restore_best_weights=True
            )
            callbacks.append(early_stopping)
        for checkpoint in [each for each in callbacks if isinstance(each, Checkpoint)]:
            checkpoint.early_stopping = early_stopping
            callbacks.remove(checkpoint)
            callbacks.append(checkpoint)  # last, as it keeps what the others remember
        with (
            contextlib.closing(bar),
            self._training_model(settings, images, n_steps) as model,
        ):
            wrapper = self._wrap(model, callbacks, settings)
            wrapper.fit(
                positions[:, np.newaxis],
                codes,
                sample_weight,
                epochs=epochs,
                batch_size=batch_size,
                validation_data=validation_data,
            )
        self._optimizer_state = None
        return _plain(wrapper.history_)

    def partial_fit(self, images, positions, codes, sample_weight, *, n_epochs_before, settings):
        """Train for one epoch and return its history, going on with the optimizer's state."""
        kind = dataclasses.replace(settings, batch_size=0, callbacks=[], verbose=0, seed=0)
        if self._optimizer_state is not None and self._optimizer_kind != kind:
            self._optimizer_state = None
        if self._optimizer_state is None:
            self._optimizer_kind, self._stream_seed = kind, settings.seed
        callbacks = list(settings.callbacks)
        bar = ProgressBar(1, n_epochs_before)
        if settings.verbose == 1:
            callbacks.append(bar)
        # Epochs are counted on, so that the seed of the first call gives each its own draws.
        settings = dataclasses.replace(settings, schedule="constant", seed=self._stream_seed)
        with contextlib.closing(bar), self._training_model(settings, images) as model:
            wrapper = self._wrap(model, callbacks, settings)
            # SciKeras counts epochs by the history; it may have begun before this object was made.
            wrapper.history_ = collections.defaultdict(list, loss=[0.0] * n_epochs_before)
            wrapper.partial_fit(
                positions[:, np.newaxis],
                codes,
                classes=np.arange(self.n_classes),
                sample_weight=sample_weight,
                batch_size=min(settings.batch_size, len(positions)),
            )
            self._optimizer_state = values_of(model.optimizer.variables)
        return {name: values[-1:] for name, values in _plain(wrapper.history_).items()}

    def predict_proba(self, images, as_pixels):
        """Return probabilities (n_samples, n_classes), float32.

        Parameters
        ----------
        images : ndarray of shape (n_samples, height, width, n_channels)
            Numbers of any type.
        as_pixels : callable
            Makes uint8 or float32 of some of them.
        """
        predict = self._prediction()
        probabilities = np.empty((len(images), self.n_classes), dtype=np.float32)
        n_batch = FEW if len(images) <= FEW else PREDICT_BATCH_SIZE
        for start in range(0, len(images), n_batch):
            batch = as_pixels(images[start : start + n_batch])
            n_images = len(batch)
            if n_images < n_batch:
                padding = np.zeros((n_batch - n_images, *batch.shape[1:]), dtype=batch.dtype)
                batch = np.concatenate([batch, padding])
            probabilities[start : start + n_images] = predict(self._packed, batch)[:n_images]
        return probabilities

    def _prediction(self):
        """Return the compiled prediction, and put the weights where it takes them from."""
        if self._packed is None:
            factor, offset = 1 / self.pixel_scale, -self.pixel_mean / self.pixel_scale
            self._packed = self._compiled_prediction.pack(self._state, factor, offset)
        return self._compiled_prediction

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

    @contextlib.contextmanager
    def _training_model(self, settings, images, n_steps=None):
        """Yield a model to train with the weights of this trainer, and take them back.

        Parameters
        ----------
        settings : TrainingSettings
            How to train.
        images : TrainingImages
            What on.
        n_steps : int, default=None
            Number of steps of the optimizer; None where training goes on from `_optimizer_state`.
        """
        kind = settings.optimizer, settings.schedule
        goes_on = n_steps is None
        if self._architecture and isinstance(settings.optimizer, str) and not settings.callbacks:
            make = functools.partial(self._make_training_model, settings, self._new_network)
            borrowed = _TRAINING_MODELS.borrow((self._architecture, *kind), make)
        else:  # others must not find what callbacks did to it, nor must predictions
            kind = *kind, settings.learning_rate
            if self._held is None or not goes_on or self._held[0] != kind:
                self._held = kind, self._make_training_model(settings, self._make_network)
            borrowed = contextlib.nullcontext(self._held[1])
        pixels = self.pixel_mean, self.pixel_scale
        optimizer_state = self._optimizer_state if goes_on else None
        with borrowed as model:
            try:
                model.start(self._state, optimizer_state, settings, n_steps, images, pixels)
                yield model
            finally:
                model.images = None  # which else would stay in memory as long as the model
            self._state = model.finish()
        self.is_unproven = True
        self._packed = None

    def _make_training_model(self, settings, make_network):
        network = make_network()
        standardise = Standardise(dtype="float32")
        inputs = keras.Input(self.image_shape)
        model = TrainingModel(inputs, network(standardise(inputs)))
        rate = WarmUpAndDecay() if settings.schedule == "cosine" else settings.learning_rate
        optimizer = _make_optimizer(settings.optimizer, rate)
        model.prepare(network, standardise, optimizer, rate, self.n_classes)
        return model

    def _wrap(self, model, callbacks, settings):
        """Return a SciKeras classifier around a compiled model."""
        return HeldKerasClassifier(
            lambda: model, callbacks=callbacks, verbose=2 if settings.verbose > 1 else 0
        )

    def _new_network(self):
        """Return a network for its architecture: whoever takes it gives it other weights."""
        network, self._spare = self._spare or self._make_network(), None
        return network

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
        _give_back_memory(4 * model.count_params())
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


class _DrawsOfThisThread:
    """What Keras draws from: in this thread the same as `random` seeded, in others `random` itself.

    Threads that do not know of us draw between two layers: those of a worker of Dask from Python's
    generator, those that make layers, optimizers or another of our training models from Keras's.
    """

    def __init__(self, seed):
        self._random, self._thread = random.Random(seed), threading.get_ident()

    def randint(self, low, high):
        is_ours = threading.get_ident() == self._thread
        return (self._random if is_ours else random).randint(low, high)


@contextlib.contextmanager
def seeded(seed):
    """Seed what networks draw from, and put it back: Keras, Python's and NumPy's generators."""
    with _ONE_AT_A_TIME:
        python_state, numpy_state = random.getstate(), np.random.get_state()
        random.seed(seed)
        np.random.seed(seed)
        seed_generator.python_random = _DrawsOfThisThread(seed)
        try:
            yield
        finally:
            seed_generator.python_random = random
            random.setstate(python_state)
            np.random.set_state(numpy_state)


def _give_back_memory(n_bytes):
    """Free, now and then, what networks before a new one, of so many bytes, have left behind."""
    _unfreed["n_bytes"] += n_bytes
    if _unfreed["n_bytes"] > _MOST_UNFREED:
        _unfreed["n_bytes"] = 0
        # TensorFlow keeps what it compiled for each variable that there ever was, a megabyte a
        # network. Keras's clear_session empties it too, and much else that is the user's.
        context.context().clear_kernel_cache()
        # Keras models are cycles, for which Python seldom looks, with all of TensorFlow to look
        # through.
        gc.collect()


def _shared_prediction(architecture, network):
    """Return the compiled prediction for an architecture, of this network if it is a new one."""
    if architecture is None:
        return CompiledPrediction(network)
    with _ONE_AT_A_TIME:
        prediction = _PREDICTIONS.pop(architecture, None) or CompiledPrediction(network)
        _PREDICTIONS[architecture] = prediction  # the last used is the last
        if len(_PREDICTIONS) > _N_KEPT:
            del _PREDICTIONS[next(iter(_PREDICTIONS))]
    return prediction


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
