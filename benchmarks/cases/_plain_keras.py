"""Plain Keras, as people write it. Imported by contestants only, as it imports Keras."""

import keras

from skhcr.networks import lenet

BATCH_SIZE = 128


def compiled_lenet(seed):
    """Return "lenet" with Adam at 1e-3, as the notebooks on MNIST have it."""
    keras.utils.set_random_seed(seed)
    model = lenet((28, 28, 1), 10)
    model.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model
