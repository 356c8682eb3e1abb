"""SciKeras, held: the one module that knows it.

SciKeras builds, compiles and fits the Keras model, and keeps its history. What it does in ways
that do not suit a scikit-learn estimator is switched off here:

- importing it replaces ``__reduce__`` and ``__deepcopy__`` of Keras classes: they are put back;
- its ``random_state`` switches TensorFlow's op determinism on for the whole process and takes any
  ``RandomState`` for the seed 0: it is never given one, seeds are passed to the model instead;
- its ``class_weight`` multiplies the caller's ``sample_weight`` in place: it is never given one;
- its label encoding returns the probabilities of one image as a 1-D array: labels are encoded by
  the classifier.
"""

import sys

import keras
from sklearn.preprocessing import FunctionTransformer


def _import_keras_classifier():
    """Import SciKeras's classifier and undo what the import does to Keras."""
    if "scikeras" in sys.modules:  # imported by the user: what it did is theirs
        from scikeras.wrappers import KerasClassifier

        return KerasClassifier
    patched = [
        (keras.Model, "__reduce__"),
        (keras.Model, "__deepcopy__"),
        (keras.losses.Loss, "__reduce__"),
        (keras.metrics.Metric, "__reduce__"),
        (keras.optimizers.Optimizer, "__reduce__"),
    ]
    missing = object()
    originals = [(owner, name, vars(owner).get(name, missing)) for owner, name in patched]
    from scikeras.wrappers import KerasClassifier

    for owner, name, original in originals:
        if original is not missing:
            setattr(owner, name, original)
        elif name in vars(owner):
            delattr(owner, name)
    return KerasClassifier


KerasClassifier = _import_keras_classifier()


class HeldKerasClassifier(KerasClassifier):
    """A SciKeras classifier that leaves labels and callbacks as it is given them."""

    @property
    def target_encoder(self):
        """Identity: labels arrive as codes."""
        return FunctionTransformer()

    @property
    def _fit_callbacks(self):
        """The callbacks of the moment: a series of `partial_fit` may have others each time."""
        return self.callbacks

    def _initialize_callbacks(self):
        """Take the callbacks as they are: they are copied, for each fit, by the caller."""
