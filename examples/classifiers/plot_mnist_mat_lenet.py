"""
MNIST from a MATLAB file, with LeNet
====================================

Many notebooks on digits start from the file ``mnist-original.mat`` and a network named after LeNet.
Here is that recipe in a few lines. It learns from a tenth of the images, so that it ends in
seconds; at the end it says how long all of them take.
"""

# %%
# Read the file
# -------------
#
# :func:`~skhcr.datasets.load_mat` returns one image a row. The first six sevenths, 60,000 of
# 70,000 images, are for training, the others for testing. Within both, the file is sorted by digit,
# so a small part has to be drawn at random.

import numpy as np
from _data import find_mnist_mat

from skhcr.datasets import load_mat

mnist = load_mat(find_mnist_mat())
n_train = len(mnist.data) * 6 // 7
X_train, y_train = mnist.data[:n_train], mnist.target[:n_train]
X_test, y_test = mnist.data[n_train:], mnist.target[n_train:]

part = np.random.RandomState(0).permutation(n_train)[:6000]
X_part, y_part = X_train[part], y_train[part]
print(f"{len(X_train)} images for training, of which we use {len(X_part)}; {len(X_test)} for tests")

# %%
# Six images of each digit, to see that they arrived upright and with the right labels:

import matplotlib.pyplot as plt

fig, axes = plt.subplots(1, 10, figsize=(9, 5.6), layout="tight")
for digit, ax in enumerate(axes):
    column = X_part[y_part == digit][:6]
    ax.imshow(column.reshape(-1, 28), cmap="gray_r")
    ax.set_title(digit)
    ax.axis("off")

# %%
# Train
# -----
#
# ``"lenet"`` is :func:`skhcr.networks.lenet`, layer by layer the network of those notebooks.

from time import perf_counter

from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CNNClassifier
from skhcr.preprocessing import ImageResizer, PixelScaler

EPOCHS = 10
model = make_pipeline(
    ImageResizer((28, 28)),
    PixelScaler(),
    CNNClassifier("lenet", epochs=EPOCHS, learning_rate=1e-3, random_state=0),
)
start = perf_counter()
model.fit(X_part, y_part)
seconds = perf_counter() - start

# %%
# Test
# ----

from sklearn.metrics import classification_report

y_pred = model.predict(X_test)
print(classification_report(y_test, y_pred, digits=3))

# %%
# Which digits are taken for which? The colours show the mistakes only: next to the diagonal, where
# the correct ones are, they would all be equally pale.

from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score, confusion_matrix

matrix = confusion_matrix(y_test, y_pred)
mistakes = matrix.copy()
np.fill_diagonal(mistakes, 0)

fig, ax = plt.subplots(figsize=(7, 7), layout="tight")
display = ConfusionMatrixDisplay(mistakes)
display.plot(ax=ax, cmap="Oranges", colorbar=False)
for text, correct in zip(display.text_.diagonal(), matrix.diagonal(), strict=True):
    text.set(text=correct, color="0.6")
ax.set(
    title=f"LeNet, trained on {len(X_part)} images: {accuracy_score(y_test, y_pred):.1%} correct",
    xlabel="Read as",
    ylabel="Written",
)

# %%
# The full run
# ------------
#
# Training takes time in proportion to the number of images and of epochs, and some seconds for
# TensorFlow to start. On two cores all 60,000 images take seven to fifteen seconds an epoch. Ten
# epochs are over in one to three minutes, and then 99.5 % of the test images are read correctly.

most = seconds * 60_000 / len(X_part)
print(f"Training took {seconds:.0f} s; on 60,000 images it takes at most {most:.0f} s.")

plt.show()
