"""
Which ink decided
=================

What does a network look at when it reads a 3 and not an 8? Two well-known ways to find out, for
networks and for any other classifier.
"""

# %%
# A network, and a classifier that is none
# ----------------------------------------

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skhcr.classifiers import DigitClassifier
from skhcr.datasets import load_digits
from skhcr.preprocessing import ImageFlattener, PixelScaler

digits = load_digits()
X_train, y_train = digits.images[:3000], digits.target[:3000]
X_test, y_test = digits.images[3000:], digits.target[3000:]

network = make_pipeline(PixelScaler(), DigitClassifier(epochs=8, random_state=0))
machine = make_pipeline(PixelScaler(), ImageFlattener(), SVC())
for model in (network, machine):
    model.fit(X_train, y_train)
    print(f"{type(model[-1]).__name__}: {model.score(X_test, y_test):.1%}")

# %%
# Grad-CAM
# --------
#
# A convolutional layer makes maps of the picture. Where a map is high and would make the label more
# probable if it were higher still, the picture speaks for the label. For a network of the library
# this is what :class:`~skhcr.inspection.SaliencyDisplay` shows. We take a picture of each digit,
# one that both classifiers read correctly.

import matplotlib.pyplot as plt

from skhcr.inspection import SaliencyDisplay

is_right = (network.predict(X_test) == y_test) & (machine.predict(X_test) == y_test)
one_of_each = [np.flatnonzero(is_right & (y_test == digit))[0] for digit in range(10)]
X = X_test[one_of_each]
SaliencyDisplay.from_estimator(network, X)
plt.show()

# %%
# Not only ink counts: that a place beside a stroke is empty speaks for a digit too.
#
# Occlusion
# ---------
#
# The other way needs no network. A square of paper is laid over one place after the other, and
# where the classifier becomes less sure, there was evidence. It takes a prediction for each place.

SaliencyDisplay.from_estimator(network, X, method="occlusion")
plt.show()

# %%
# The support vector machine sees pixels and no strokes. For some digits the same places matter as
# for the network, for others they are elsewhere.

SaliencyDisplay.from_estimator(machine, X)
plt.show()

# %%
# Evidence for another label
# --------------------------
#
# ``target`` asks for the evidence of any label. What makes the network think of a second digit, on
# the pictures of which it is least sure? Above stands what is read, below it the second guess.

probabilities = network.predict_proba(X_test)
unsure = probabilities.max(axis=1).argsort()[:8]
first, second = probabilities[unsure].argsort(axis=1)[:, [-1, -2]].T

fig, axes = plt.subplots(2, 1, figsize=(10, 6), layout="constrained")
for ax, target, name in zip(axes, (first, second), ("First guess", "Second guess"), strict=True):
    SaliencyDisplay.from_estimator(network, X_test[unsure], target=target, ax=ax)
    ax.set_title(name, loc="left")
plt.show()
