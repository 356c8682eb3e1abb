"""What TensorFlow compiled, shared by all classifiers of one architecture.

Tracing a network takes a second, and a grid search fits dozens of the same architecture. What is
compiled here belongs to nobody: whoever uses it brings weights along and takes them away again.
"""

import collections
import contextlib
import json
import math
import threading

import numpy as np
import tensorflow as tf
from keras import layers

from skhcr.classifiers._variables import values_of, variables_of

#: Modules whose layers are what their configuration says.
_OURS = "keras", "skhcr", "builtins", "None"
#: What Keras calls functions in a configuration.
_CODE = "function", "Lambda", "__lambda__"
#: Layers that adapt calculate with copies of what they learned, which are no variables.
_ADAPTING = {name for name in dir(layers) if hasattr(getattr(layers, name), "adapt")}


class Pool:
    """Things that one may use at a time, made for a key and kept for the next user of it.

    Parameters
    ----------
    n_kept : int
        How many that nobody uses are kept; of more, those least recently used are given up.
    """

    def __init__(self, n_kept):
        self._n_kept = n_kept
        self._free = collections.deque()  # (key, thing), the last used last
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def borrow(self, key, make):
        """Yield a free thing of this key, or what `make` returns; after an error it is given up."""
        thing = self._take(key) or make()
        yield thing
        with self._lock:
            self._free.append((key, thing))
            if len(self._free) > self._n_kept:
                self._free.popleft()

    def _take(self, key):
        with self._lock:
            for position in range(len(self._free) - 1, -1, -1):
                if self._free[position][0] == key:
                    _, thing = self._free[position]
                    del self._free[position]
                    return thing
        return None


class CompiledPrediction:
    """The probabilities of a network with anybody's weights, on batches of fixed shapes.

    Parameters
    ----------
    network : keras.Model
        It gives the architecture; its weights are not used.
    """

    def __init__(self, network):
        self._network = network
        self._n_trainable = len(network.trainable_variables)
        factor_and_offset = [np.zeros((), np.float32)] * 2
        arrays = [*values_of(variables_of(network)), *factor_and_offset]
        self._shapes = [array.shape for array in arrays]
        self._places = {}  # of the arrays of each type
        for place, array in enumerate(arrays):
            self._places.setdefault(array.dtype, []).append(place)
        self._traced = {}
        self._lock = threading.Lock()

    def pack(self, state, factor, offset):
        """Return what a prediction takes besides images.

        One image costs less than handing over the many arrays of a network does, so that all of
        one type are one.

        Parameters
        ----------
        state : list of ndarray
            The values of the variables of a network of this architecture, the trainable first.
        factor, offset : float
            Pixels are multiplied by and then shifted by these.

        Returns
        -------
        list of tensor
        """
        arrays = [*state, np.float32(factor), np.float32(offset)]
        return [
            tf.constant(np.concatenate([arrays[place].ravel() for place in places]))
            for places in self._places.values()
        ]

    def _unpack(self, packed):
        """Return what `pack` was given, tensors."""
        arrays = [None] * len(self._shapes)
        for tensor, places in zip(packed, self._places.values(), strict=True):
            parts = tf.split(tensor, [math.prod(self._shapes[place]) for place in places])
            for place, part in zip(places, parts, strict=True):
                arrays[place] = tf.reshape(part, self._shapes[place])
        return arrays

    def __call__(self, packed, batch):
        """Return probabilities, ndarray of shape (n_samples, n_classes).

        Parameters
        ----------
        packed : list of tensor
            What `pack` returned.
        batch : ndarray of shape (n_samples, height, width, n_channels)
            uint8 or float32. Each number of samples is traced of its own.
        """
        arguments = packed, tf.constant(batch)
        key = batch.dtype, batch.shape
        if key not in self._traced:
            with self._lock:
                if key not in self._traced:
                    function = tf.function(self._predict, autograph=False)
                    self._traced[key] = function.get_concrete_function(*arguments)
        return self._traced[key](*arguments).numpy()

    def _predict(self, packed, batch):
        *state, factor, offset = self._unpack(packed)
        pixels = tf.cast(batch, tf.float32) * factor + offset
        variables = state[: self._n_trainable], state[self._n_trainable :]
        return self._network.stateless_call(*variables, pixels, training=False)[0]


def architecture_of(network):
    """Return what two networks of one architecture have in common, and no others.

    Parameters
    ----------
    network : keras.Model

    Returns
    -------
    str or None
        The configuration, in which layers are numbered, as their names differ from network to
        network. None of a network with code of the user's, which may depend on anything, and of
        one with layers that adapt to data.
    """
    try:
        config = json.loads(network.to_json())
    except Exception:  # whatever a layer of the user's raises
        return None
    numbers = {name: f"layer {number}" for number, name in enumerate(_names(network))}

    def numbered(value):
        if isinstance(value, dict):
            is_foreign = str(value.get("module", "keras")).split(".")[0] not in _OURS
            if is_foreign or value.get("class_name") in (*_CODE, *_ADAPTING):
                raise LookupError
            return {key: numbered(each) for key, each in value.items()}
        if isinstance(value, list):
            return [numbered(each) for each in value]
        return numbers.get(value, value) if isinstance(value, str) else value

    try:
        return json.dumps(numbered(config), sort_keys=True)
    except LookupError:
        return None


def _names(network):
    yield network.name
    for layer in getattr(network, "layers", []):
        yield from _names(layer)
