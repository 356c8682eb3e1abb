"""
A network of your own
=====================

Any function that makes a Keras model can be the network of a classifier. Ours has a part that turns
a digit upright before the rest reads it. Nobody tells that part which way is up: it finds out as
the whole learns to read.
"""

# %%
# Digits that lie askew
# ---------------------
#
# 1,800 of the digits that come with the package, each turned by a random angle of up to 60 degrees
# to either side.

import cv2
import numpy as np

from skhcr.datasets import load_digits

digits = load_digits()
y = digits.target[:1800]
angles = np.random.RandomState(0).uniform(-60, 60, len(y))  # degrees, counterclockwise


def turn(image, angle):
    """Return an image turned about its middle."""
    matrix = cv2.getRotationMatrix2D((13.5, 13.5), angle, 1)
    return cv2.warpAffine(image, matrix, (28, 28))


X = np.array([turn(*pair) for pair in zip(digits.images, angles, strict=False)])

# %%
# A layer that turns images
# -------------------------
#
# Made of :mod:`keras.ops`, so that gradients pass it, to the pixels and to the angles: this is what
# allows to learn the angles.

import keras
from keras import layers, ops


class Turn(layers.Layer):
    """Turn each image of a batch by an angle of its own."""

    def call(self, images, angles):
        """Turn images (n, height, width, 1) by angles (n, 1), counterclockwise in radians."""
        height, width = images.shape[1:3]
        y, x = np.mgrid[:height, :width].astype(np.float32)
        y, x = y - (height - 1) / 2, x - (width - 1) / 2  # from the middle
        sin, cos = (f(angles)[..., np.newaxis] for f in (ops.sin, ops.cos))  # (n, 1, 1)
        from_y = sin * x + cos * y + (height - 1) / 2  # (n, height, width)
        from_x = cos * x - sin * y + (width - 1) / 2
        turned = ops.vectorized_map(
            lambda one: ops.image.map_coordinates(one[0], one[1], order=1, fill_mode="nearest"),
            (images[..., 0], ops.stack([from_y, from_x], axis=1)),
        )
        return turned[..., np.newaxis]


# %%
# The network
# -----------
#
# A function of this form is all that is needed: ``image_shape`` and ``n_classes`` come from the
# data, the others are options of ours. It returns a model that is not compiled, with probabilities
# as output. The classifier trains it, and standardises the pixels before they come here.


def turning_network(image_shape, n_classes, *, upright=True, filters=16):
    """Build a network of two convolutions, with or without a part that turns images upright."""
    inputs = x = keras.Input(image_shape)  # (n, 28, 28, 1)
    if upright:
        seen = layers.MaxPooling2D(2)(x)
        seen = layers.Conv2D(16, 5, strides=2, activation="relu")(seen)
        seen = layers.Dense(32, activation="relu")(layers.Flatten()(seen))
        # From zeros: at first it turns nothing.
        angles = layers.Dense(1, kernel_initializer="zeros", name="angles")(seen)
        x = Turn(name="turned")(x, angles)
    for n_filters in (filters, 2 * filters):
        x = layers.MaxPooling2D(2)(layers.Conv2D(n_filters, 3, activation="relu")(x))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


# %%
# Does it help?
# -------------
#
# A classifier with a network of one's own is a classifier like any other, and its
# ``network_options`` are a parameter as any other. Cross-validation with each part in its turn
# for the test, with and without the part that turns:

from sklearn.model_selection import cross_validate

from skhcr.classifiers import CNNClassifier

results = {}
for upright in (False, True):
    classifier = CNNClassifier(
        turning_network,
        network_options={"upright": upright},
        epochs=15,
        learning_rate=3e-3,
        random_state=0,
    )
    results[upright] = cross_validate(
        classifier, X, y, cv=3, return_estimator=True, return_indices=True
    )
    scores = results[upright]["test_score"]
    print(f"upright={upright}: {scores.mean():.1%} of the test parts, {scores.round(3)}")

# %%
# It does, in each of the three parts. Here are the loss and the accuracy in training, each the mean
# of three trainings, which hardly differ. Dashed is the network without the part that turns. Both
# begin alike; then the one that turns gets ahead.

import matplotlib.pyplot as plt

from skhcr.inspection import TrainingHistoryDisplay

STYLES = {
    False: {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    True: {"color": "#0072B2", "linestyle": "-", "marker": "o"},
}
fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
means = []
for upright, style in STYLES.items():
    display = TrainingHistoryDisplay.from_cv_results(results[upright], ax=axes, line_kw=style)
    means.append(display.lines_["mean"]["loss"])
axes[0].legend(means, ["as it is", "turned upright"])

# %%
# What it has learned to turn
# ---------------------------
#
# The classifier of the first part keeps its weights as arrays, so we can put them into a network of
# our own and read off what its layers make of images: those that it was tested on.

fold = 0
classifier = results[True]["estimator"][fold]
test = results[True]["indices"]["test"][fold]

network = turning_network(classifier.image_shape_, len(classifier.classes_))
network.set_weights(classifier.weights_)
inner = keras.Model(
    network.input, [network.get_layer("angles").output, network.get_layer("turned").output]
)
pixels = (np.float32(X[test]) - classifier.pixel_mean_) / classifier.pixel_scale_
turned_by, turned = inner.predict(pixels[..., np.newaxis], verbose=0)
turned_by = np.degrees(turned_by[:, 0])

# %%
# On the left are eighteen digits of the test that lay askew by more than 30 degrees, each above
# what the network makes of it. On the right each point is a digit of the test. On the line it would
# be turned back by as much as it had been turned. The points follow it, less steeply and with much
# scatter: most digits are turned the right way, few of them all of it. It helps all the same, as
# the convolutions behind can read a digit that leans a little.

fig = plt.figure(figsize=(11.5, 5.2), layout="constrained")
left, right = fig.subfigures(1, 2, width_ratios=(1.35, 1))
askew = np.flatnonzero(abs(angles[test]) > 30)[:18]
axes = left.subplots(6, 6, gridspec_kw={"hspace": 0.02, "wspace": 0.02})
above, below = axes[0::2].ravel(), axes[1::2].ravel()
for i, before, after in zip(askew, above, below, strict=True):
    before.imshow(X[test][i], cmap="gray_r")
    after.imshow(turned[i, ..., 0], cmap="gray_r")
    before.spines[:].set_color("0.7")
    after.spines[:].set_color("#0072B2")
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
for row, name in enumerate(["as it is", "turned"] * 3):
    axes[row, 0].set_ylabel(name)

ax = right.subplots()
ax.plot([-60, 60], [60, -60], color="black", linestyle="--", label="all the way back")
ax.plot(angles[test], turned_by, "o", color="#0072B2", alpha=0.45, markersize=4)
ax.set(
    xlabel="Turned before the network saw it, degrees",
    ylabel="Turned by the network, degrees",
    xlim=(-65, 65),
    aspect="equal",
)
ax.legend(loc="upper right")
ax.grid(alpha=0.25)
plt.show()

# sphinx_gallery_thumbnail_number = 2
