"""What else can be had for MNIST: accuracy and time."""

import numpy as np

from benchmarks.cases._case import Case, Contestant
from benchmarks.cases._data import floats, mnist
from benchmarks.cases._measure import fit_and_predict, import_training

EPOCHS = 5


def digit_classifier(seed, quick):
    from skhcr.classifiers import DigitClassifier

    import_training()
    X_train, X_test, y_train, y_test = mnist(quick)
    classifier = DigitClassifier(random_state=seed)
    return fit_and_predict(
        lambda: classifier.fit(X_train, y_train), lambda: classifier.predict(X_test), y_test
    )


def plain_keras(seed, quick):
    from benchmarks.cases._plain_keras import BATCH_SIZE, compiled_lenet

    X_train, X_test, y_train, y_test = mnist(quick)
    model = compiled_lenet(seed)
    return fit_and_predict(
        lambda: model.fit(
            floats(X_train), y_train, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0
        ),
        lambda: model.predict(floats(X_test), verbose=0).argmax(axis=1),
        y_test,
    )


def keras_wrapper(seed, quick):
    """Let Keras's own wrapper for scikit-learn have the same network; it takes rows of pixels."""
    import keras

    from benchmarks.cases._plain_keras import BATCH_SIZE
    from skhcr.networks import lenet

    def make_model(X, y):
        inputs = keras.Input(X.shape[1:])
        images = keras.layers.Reshape((28, 28, 1))(inputs)
        model = keras.Model(inputs, lenet((28, 28, 1), y.shape[1])(images))
        model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy")
        return model

    keras.utils.set_random_seed(seed)
    fit_options = {"batch_size": BATCH_SIZE, "epochs": EPOCHS, "verbose": 0}
    classifier = keras.wrappers.SKLearnClassifier(make_model, fit_kwargs=fit_options)
    return _rows(classifier, quick)


def skorch_lenet(seed, quick):
    import torch
    from skorch import NeuralNetClassifier
    from torch import nn

    lenet = nn.Sequential(
        *(nn.Conv2d(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        *(nn.Linear(5 * 5 * 64, 128), nn.ReLU(), nn.Dropout(0.3)),
        *(nn.Linear(128, 64), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(64, 10),
    )
    torch.manual_seed(seed)
    classifier = NeuralNetClassifier(
        lenet,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=1e-3,
        batch_size=128,
        max_epochs=EPOCHS,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    X_train, X_test, y_train, y_test = mnist(quick)

    def channels_first(X):
        return floats(X).reshape(-1, 1, 28, 28)

    return fit_and_predict(
        lambda: classifier.fit(channels_first(X_train), y_train.astype(np.int64)),
        lambda: classifier.predict(channels_first(X_test)),
        y_test,
    )


def mlp(seed, quick):
    from sklearn.neural_network import MLPClassifier

    return _rows(MLPClassifier(random_state=seed), quick)


def svc(seed, quick):
    from sklearn.svm import SVC

    return _rows(SVC(kernel="rbf"), quick, n_train=10_000)


def hog_svm(seed, quick):
    from skimage.feature import hog
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer
    from sklearn.svm import LinearSVC

    def features(X):  # (n, 784) to (n, 324)
        cells = {"orientations": 9, "pixels_per_cell": (7, 7), "cells_per_block": (2, 2)}
        return np.stack([hog(row.reshape(28, 28), **cells) for row in X])

    model = make_pipeline(FunctionTransformer(features), LinearSVC(random_state=seed))
    return _rows(model, quick)


def _rows(classifier, quick, n_train=None):
    """Return the figures of a classifier of rows, float32 from 0 to 1."""
    X_train, X_test, y_train, y_test = mnist(quick)

    def rows(X):
        return floats(X).reshape(-1, 28 * 28)

    return fit_and_predict(
        lambda: classifier.fit(rows(X_train[:n_train]), y_train[:n_train]),
        lambda: classifier.predict(rows(X_test)).ravel(),
        y_test,
    )


CASE = Case(
    "Fit on MNIST's 60,000 images and predict 10,000; lenets for five epochs, classifiers of "
    "scikit-learn with defaults",
    {
        "DigitClassifier()": Contestant(digit_classifier),
        "plain Keras, lenet": Contestant(plain_keras),
        "skorch, lenet": Contestant(skorch_lenet, needs=("skorch", "torch"), once=True),
        "keras.wrappers.SKLearnClassifier, lenet": Contestant(keras_wrapper),
        "MLPClassifier()": Contestant(mlp, once=True),
        "SVC(kernel='rbf'), 10,000 images": Contestant(svc, once=True),
        "HOG of 7 x 7 pixels, LinearSVC()": Contestant(hog_svm, needs=("skimage",), once=True),
    },
    [],
)
