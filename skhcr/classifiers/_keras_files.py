"""Keras models in files: what people have from before, and what they take elsewhere."""

import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

from skhcr._images import rows_image_shape

SUFFIXES = (".keras", ".h5")


class KerasArchitecture:
    """The architecture of a saved Keras model as a network function.

    Parameters
    ----------
    model : keras.Model
        A model from (n_samples, height, width, n_channels) to (n_samples, n_classes).
    name : str
        What error messages call it.
    """

    def __init__(self, model, name):
        self.config = model.to_json()
        self.image_shape = model.input_shape[1:]
        self.n_classes = model.output_shape[1]
        self.name = name

    def __call__(self, image_shape, n_classes):
        """Return the model with new weights."""
        if (image_shape, n_classes) != (self.image_shape, self.n_classes):
            raise ValueError(
                f"The network of {self.name} takes images of shape {self.image_shape} and tells "
                f"{self.n_classes} classes apart; it can't be trained on images of shape "
                f"{image_shape} and {n_classes} classes."
            )
        return keras.models.model_from_json(self.config)

    def __repr__(self):
        return f"KerasArchitecture({self.name!r})"


def load_keras(path, classes):
    """Return architecture, weights and sorted labels of a saved Keras model."""
    path = Path(path)
    labels = np.asarray(classes)
    if labels.ndim != 1 or len(np.unique(labels)) != len(labels):
        raise ValueError(f"classes={classes!r} is not a sequence of different labels.")
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        model = keras.models.load_model(path, compile=False)
    except Exception as error:  # Keras and h5py raise whatever they meet in a foreign file
        raise ValueError(
            f"{path} can't be loaded as a Keras model; expected a .keras or .h5 file of a whole "
            f"model. {type(error).__name__}: {error}"
        ) from error
    order = np.argsort(labels, kind="stable")
    model = _to_image_classifier(model, path, order)
    return KerasArchitecture(model, path.name), model.get_weights(), labels[order]


def save_keras(trainer, path):
    """Write the Keras model of a trainer to a file, whole or not at all."""
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise ValueError(f"path={str(path)!r} ends in {path.suffix!r}; expected one of {SUFFIXES}.")
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".skhcr-") as folder:
        complete = Path(folder) / path.name
        trainer.export_keras(complete)
        complete.replace(path)


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
    if getattr(_last_layer(model), "activation", None) is keras.activations.linear:
        outputs = layers.Softmax()(outputs)
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
