"""
Look on while it learns: a callback of your own
===============================================

Keras calls a callback after each epoch, and whatever you want to know about a network in training
can be found out there. Ours asks which characters are learned first, and which never.
"""

# %%
# Digits and capitals
# -------------------
#
# 36 classes of the characters that come with the package, 60 images of each. Three quarters are to
# learn from.

import numpy as np
from sklearn.model_selection import train_test_split

from skhcr.datasets import load_characters

characters = load_characters()
used = np.char.upper(characters.target) == characters.target  # no small letters
X_train, X_test, y_train, y_test = train_test_split(
    characters.images[used],
    characters.target[used],
    test_size=0.25,
    stratify=characters.target[used],
    random_state=0,
)

# %%
# The callback
# ------------
#
# ``on_epoch_end`` is called after each epoch; ``self.model`` is the network in training. It takes
# images with a channel, (n_samples, 28, 28, 1), and returns probabilities in the order of the
# sorted labels.

import keras
from sklearn.metrics import recall_score


class ClassAccuracies(keras.callbacks.Callback):
    """Record the share of right answers for each class after each epoch."""

    def __init__(self, X, y):
        super().__init__()
        self.images = np.float32(X)[..., np.newaxis]
        self.labels = y
        self.accuracies = []

    def on_epoch_end(self, epoch, logs=None):
        """Append an array, (n_classes,)."""
        probabilities = self.model.predict_on_batch(self.images)
        read = np.unique(self.labels)[probabilities.argmax(axis=1)]
        self.accuracies.append(recall_score(self.labels, read, average=None))


# %%
# Each fit works on copies of the callbacks, so that a cross-validation can't mix up its folds. What
# they have recorded is in ``callbacks_``, with an underscore. (Another callback to put into the
# list is :class:`~skhcr.inspection.LiveTrainingHistory`: it draws loss and accuracy while the
# training goes on, in a notebook below the cell.)

from skhcr.classifiers import CNNClassifier

classifier = CNNClassifier(
    epochs=15, augment=0.5, callbacks=[ClassAccuracies(X_test, y_test)], random_state=0
)
classifier.fit(X_train, y_train)
accuracies = np.array(classifier.callbacks_[0].accuracies)  # (n_epochs, n_classes)
print(f"{classifier.score(X_test, y_test):.0%} of {len(y_test)} test images are read correctly")

# %%
# Loss and accuracy
# -----------------
#
# This is what every fit records, in ``history_``. On the images that it learns from all goes well:
# the loss falls, the accuracy rises.

import matplotlib.pyplot as plt

from skhcr.inspection import TrainingHistoryDisplay

TrainingHistoryDisplay.from_estimator(classifier)

# %%
# Character by character
# ----------------------
#
# And this is what our callback saw on test images. A row is a character, a column an epoch; those
# that are read best over all epochs are at the top. Many are known after a few epochs. Towards the
# bottom some rows are restless.
#
# On the right are three pairs of these. When O rises 0 falls, and the other way round: they look
# alike, and from one epoch to the next the network takes most of both for the one or for the other.
# So it is with I and 1, and for a while with Z and 2. The loss shows nothing of it. As the learning
# rate falls to zero in the last epochs, it settles in between.

PAIRS = ["O0", "I1", "Z2"]

fig = plt.figure(figsize=(11, 8.4), layout="constrained")
grid = fig.add_gridspec(3, 2, width_ratios=(1.15, 1))

ax = fig.add_subplot(grid[:, 0])
order = np.argsort(-accuracies.mean(axis=0), kind="stable")
n_epochs = len(accuracies)
image = ax.imshow(
    accuracies.T[order],
    cmap="viridis",
    vmin=0,
    vmax=1,
    aspect="auto",
    extent=(0.5, n_epochs + 0.5, len(order) - 0.5, -0.5),
)
ax.set_yticks(range(len(order)), classifier.classes_[order], family="monospace")
ax.tick_params(axis="y", length=0)
ax.set_xlabel("Epoch")
bar = fig.colorbar(image, ax=ax, location="top", shrink=0.7, aspect=30, format="{x:.0%}")
bar.set_label("Test images read correctly")

STYLES = [
    {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    {"color": "#D55E00", "linestyle": "--", "marker": "s"},
]
epochs = np.arange(1, n_epochs + 1)
for row, pair in enumerate(PAIRS):
    ax = fig.add_subplot(grid[row, 1])
    for character, style in zip(pair, STYLES, strict=True):
        line = accuracies[:, list(classifier.classes_).index(character)]
        ax.plot(epochs, line, **style, label=character)
    ax.legend(loc="lower right", ncols=2, prop={"family": "monospace", "size": 12})
    ax.set(ylim=(-0.04, 1.04), xlim=(0.5, n_epochs + 0.5))
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
ax.set_xlabel("Epoch")
plt.show()

# sphinx_gallery_thumbnail_number = 2
