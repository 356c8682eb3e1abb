"""Grad-CAM: where the maps of a convolutional network speak for a class.

The variant that multiplies each place of a map by its own gradient (HiResCAM [1]). The original's
mean gradient of a map is meant for networks that average their maps; those here flatten them, and
for those it gives maps that are 0 throughout.

[1] R. L. Draelos, L. Carin, "Use HiResCAM Instead of Grad-CAM for Faithful Explanations of
Convolutional Neural Networks", arXiv:2011.08891, 2020.
"""

import cv2
import keras
import numpy as np
import tensorflow as tf

#: Smallest side of the maps, as a share of the image's: coarser ones do not tell strokes apart.
_FINEST = 1 / 5


def has_maps(network):
    """Whether a Keras model has a layer whose maps are fine enough."""
    return _find_maps(network) is not None


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
    ndarray of shape (n_samples, height, width)
        float32, from 0 on.
    """
    network = trainer.network
    maps_layer, last = _find_maps(network), network.layers[-1]
    softmax = keras.activations.softmax
    has_logits = isinstance(last, keras.layers.Dense) and last.activation is softmax
    end = last.input if has_logits else network.outputs[0]
    model = keras.Model(network.inputs, [maps_layer.output, end])
    x = (images.astype(np.float32) - trainer.pixel_mean) / trainer.pixel_scale
    with tf.GradientTape() as tape:
        maps, ends = model([x], training=False)  # (n, h, w, n_maps)
        if has_logits:
            scores = tf.cast(ends, last.kernel.dtype) @ last.kernel + last.bias
        else:
            scores = tf.math.log(tf.maximum(ends, 1e-20))
        score = tf.reduce_sum(tf.gather(scores, codes, axis=1, batch_dims=1))
    evidence = tf.reduce_sum(tape.gradient(score, maps) * maps, axis=-1)  # (n, h, w)
    size = images.shape[2], images.shape[1]
    large = [
        cv2.resize(each, size, interpolation=cv2.INTER_CUBIC)
        for each in np.maximum(evidence, 0).astype(np.float32)
    ]
    return np.maximum(large, 0)


def _find_maps(network):
    """Return the deepest layer of maps (n, height, width, n_maps) that are fine enough, or None."""
    if not getattr(network, "inputs", None):  # not a graph of layers
        return None
    height, width = network.input_shape[1:3]
    for layer in reversed(network.layers[1:]):
        try:
            shape = layer.output.shape
        except AttributeError:  # used several times, or not part of the graph
            continue
        if len(shape) == 4 and shape[1] >= _FINEST * height and shape[2] >= _FINEST * width:
            return layer
    return None
