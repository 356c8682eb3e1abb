"""Keras models in files: what people have from before, and what they take elsewhere."""

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from skhcr._files import whole_file
from skhcr._images import rows_image_shape
from skhcr.classifiers._keras_architecture import KerasArchitecture
from skhcr.classifiers._network_trainer import check_probabilities
from skhcr.classifiers._processes import check_process

SUFFIXES = (".keras", ".h5")


def load_keras(path, classes):
    """Return architecture, weights and sorted labels of a saved Keras model."""
    check_process()
    path = Path(path)
    labels = np.asarray(classes)
    if labels.ndim != 1 or len(np.unique(labels)) != len(labels):
        raise ValueError(f"classes={classes!r} is not a sequence of different labels.")
    if not path.is_file():
        what = "a folder" if path.is_dir() else "not there"
        raise FileNotFoundError(f"{path} is {what}; expected a .keras or .h5 file.")
    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras and h5py raise whatever they meet in a foreign file
        raise ValueError(
            f"{path} can't be loaded as a Keras model; expected a .keras or .h5 file of a whole "
            f"model. {type(error).__name__}: {error}"
        ) from error
    order = np.argsort(labels, kind="stable")
    model = _to_image_classifier(model, path, order)
    architecture = KerasArchitecture(model, path.name)
    check_probabilities(model, f"{path} holds a model", architecture)
    return architecture, model.get_weights(), labels[order]


def save_keras(trainer, path):
    """Write the Keras model of a trainer to a file, whole or not at all."""
    with whole_file(path, SUFFIXES) as complete:
        trainer.image_model().save(complete)


def _to_image_classifier(model, path, order):
    """Return the model from images to probabilities of the classes in sorted order."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            f"The model in {path} has {len(model.inputs)} inputs and {len(model.outputs)} outputs; "
            "expected one of each."
        )
    shape, output_shape = model.input_shape[1:], model.output_shape
    if None in shape or not 1 <= len(shape) <= 3:
        raise ValueError(
            f"The model in {path} takes inputs of shape {model.input_shape}; expected "
            "(None, height, width), (None, height, width, n_channels) or (None, n_pixels), with "
            "fixed numbers."
        )
    if len(output_shape) != 2 or output_shape[1] != len(order):
        raise ValueError(
            f"The model in {path} has outputs of shape {output_shape}, but classes has "
            f"{len(order)} labels; expected (None, {len(order)})."
        )
    image_shape = shape if len(shape) == 3 else (*_height_and_width(shape), 1)
    inputs = keras.Input(image_shape)
    outputs = model(inputs if shape == image_shape else layers.Reshape(shape)(inputs))
    last = _last_layer(model)
    if getattr(last, "activation", None) is keras.activations.linear:
        outputs = layers.Softmax()(outputs)
    elif getattr(last, "activation", None) is keras.activations.sigmoid:  # one yes or no a class
        outputs = outputs / ops.sum(outputs, axis=1, keepdims=True)
    adapted = keras.Model(inputs, outputs)
    if np.array_equal(order, np.arange(len(order))):
        return adapted
    # scikit-learn keeps classes sorted. The identity at the start, so that training the
    # architecture anew begins without a permutation.
    permutation = layers.Dense(
        len(order), use_bias=False, kernel_initializer="identity", trainable=False
    )
    adapted = keras.Model(inputs, permutation(outputs))
    permutation.set_weights([np.eye(len(order), dtype=np.float32)[:, order]])
    return adapted


def _last_layer(model):
    """Return the layer that makes the outputs, of a model that may end in another model."""
    while isinstance(model, keras.Model):
        model = model.layers[-1]
    return model


def _height_and_width(shape):
    return shape if len(shape) == 2 else rows_image_shape(shape[0])
