"""Grad-CAM: where the maps of a convolutional network speak for a class.

The variant that multiplies each place of a map by its own gradient (HiResCAM [1]). The original's
mean gradient of a map is meant for networks that average their maps; those here flatten them, and
for those it gives maps that are 0 throughout.

[1] R. L. Draelos, L. Carin, "Use HiResCAM Instead of Grad-CAM for Faithful Explanations of
Convolutional Neural Networks", arXiv:2011.08891, 2020.
"""

import contextlib
import threading

import cv2
import keras
import numpy as np
import tensorflow as tf

#: Smallest side of the maps, as a share of the image's: coarser ones do not tell strokes apart.
_FINEST = 1 / 5

# Layers are listened to by putting another `call` in place of theirs.
_ONE_AT_A_TIME = threading.Lock()


def grad_cam(trainer, images, codes):
    """Return maps of how much each place speaks for a class.

    The maps of the deepest layer that is fine enough, times the gradient of the class's logit,
    summed, without their negative part.

    Parameters
    ----------
    trainer : NetworkTrainer
        The Keras side of a classifier.
    images : ndarray of shape (n_samples, height, width, n_channels)
        What the classifier takes.
    codes : ndarray of shape (n_samples,), int
        The classes.

    Returns
    -------
    ndarray of shape (n_samples, height, width) or None
        float32, from 0 on. None of a network without convolutions whose maps are fine enough.
    """
    x = tf.constant((images.astype(np.float32) - trainer.pixel_mean) / trainer.pixel_scale)
    network = trainer.network
    with tf.GradientTape() as tape, _recorded(network) as calls:
        tape.watch(x)
        probabilities = network(x, training=False)
        maps = _deepest_maps(calls, images.shape[1:3])
        if maps is None:
            return None
        scores = _logits(calls[-1]) if calls[-1][2] is probabilities else None
        if scores is None:
            scores = tf.math.log(tf.maximum(probabilities, 1e-20))
        score = tf.reduce_sum(tf.gather(scores, codes, axis=1, batch_dims=1))
    evidence = tf.reduce_sum(tape.gradient(score, maps) * maps, axis=-1)  # (n, h, w)
    size = images.shape[2], images.shape[1]
    large = [
        cv2.resize(each, size, interpolation=cv2.INTER_CUBIC)
        for each in np.maximum(evidence, 0).astype(np.float32)
    ]
    return np.maximum(large, 0)


@contextlib.contextmanager
def _recorded(network):
    """Record what each layer of a network is called with, and returns, in order.

    A model of layers does not say what comes out of them where it is nested in another, or is a
    class with a `call` of its own.
    """
    calls, thread = [], threading.get_ident()

    def recording(layer, call):
        def call_and_record(inputs, *args, **options):
            outputs = call(inputs, *args, **options)
            if threading.get_ident() == thread:  # another one may be predicting
                calls.append((layer, inputs, outputs))
            return outputs

        return call_and_record

    with _ONE_AT_A_TIME:
        replaced = []
        try:
            for layer in _leaves(network):
                layer.call = recording(layer, layer.call)
                replaced.append(layer)
            yield calls
        finally:
            for layer in replaced:
                del layer.call  # that of its class is there again


def _leaves(model):
    """Yield each layer once that is no model itself."""
    seen = set()
    for layer in model.layers:
        inner = _leaves(layer) if isinstance(layer, keras.Model) else [layer]
        for leaf in inner:
            if id(leaf) not in seen and not isinstance(leaf, keras.layers.InputLayer):
                seen.add(id(leaf))
                yield leaf


def _deepest_maps(calls, shape):
    """Return the last maps (n, height, width, n_maps), from the first convolution on, or None."""
    maps, has_convolved = None, False
    for layer, _, outputs in calls:
        has_convolved |= any(len(weight.shape) == 4 for weight in layer.weights)
        of = getattr(outputs, "shape", ())
        is_fine = len(of) == 4 and of[1] >= _FINEST * shape[0] and of[2] >= _FINEST * shape[1]
        if has_convolved and is_fine:
            maps = outputs
    return maps


def _logits(call):
    """Return what a last layer makes probabilities of, or None if that can't be told.

    Probabilities that are nearly 0 or 1 have hardly a gradient.
    """
    layer, inputs, _ = call
    if isinstance(layer, keras.layers.Softmax):
        return inputs
    if getattr(layer, "activation", None) is not keras.activations.softmax:
        return None
    if isinstance(layer, keras.layers.Activation):
        return inputs
    if not isinstance(layer, keras.layers.Dense):
        return None
    logits = tf.cast(inputs, layer.kernel.dtype) @ layer.kernel
    return logits if layer.bias is None else logits + layer.bias
