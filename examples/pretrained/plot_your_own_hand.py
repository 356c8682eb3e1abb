"""
Teach it your own hand
======================

The shipped weights know hundreds of hands, and yours may be none of them. Five pictures of each
character help: training starts from the shipped weights, not from nothing, and takes a few seconds.
"""

# %%
# One writer
# ----------
#
# With pictures of your own, this is all there is to prepare, ``files`` being a list of their names:
#
# .. code-block:: python
#
#     files, labels = load_image_folder("my_hand/", return_X_y=True)
#
# No single writer's pictures come with the package, so we make some up: of real characters by many
# writers, but each leans back and is narrow, as one writer's characters are alike in some way.
# Upright, most of them were among the images that the weights learned from.

import cv2
import numpy as np

from skhcr.datasets import load_characters

LEAN, WIDTH = 1.0, 0.6


def write(image):
    """Return a picture, dark on light, of a character that leans back and is narrow."""
    sheet = cv2.resize(255 - image, (84, 84), interpolation=cv2.INTER_CUBIC)
    lean = WIDTH * LEAN
    matrix = np.array([[WIDTH, lean, 60 - 42 * (WIDTH + lean)], [0, 1, 18]])
    return cv2.warpAffine(sheet, matrix, (120, 120), borderValue=255)


characters = load_characters()
pictures = np.array([write(image) for image in characters.images])
labels = characters.target

# %%
# Five pictures of each of the 62 characters are to learn from. Of the others we take 930
# to see how well it does.

from sklearn.model_selection import train_test_split

few, others, few_labels, other_labels = train_test_split(
    pictures, labels, train_size=5 * 62, test_size=0.25, stratify=labels, random_state=0
)

# %%
# Before and after
# ----------------
#
# ``trainable=True`` makes the last step a :class:`~skhcr.classifiers.CharacterClassifier` with the
# shipped weights. It predicts at once, and ``fit`` starts from these weights. It is a pipeline as
# any other: :func:`joblib.dump` saves what was learned, :func:`~skhcr.runtime.export_onnx` too, for
# use without TensorFlow.

import skhcr

reader = skhcr.load_pretrained("characters", trainable=True)
before = reader.predict(others)

reader.set_params(characterclassifier__random_state=0)
reader.fit(few, few_labels)
after = reader.predict(others)

# %%
# How much better is it?
# ----------------------
#
# A lone c, o or s of any writer may as well be a capital, so we count twice: once with c and C as
# different, once as the same.

from sklearn.metrics import accuracy_score

from skhcr.metrics import case_insensitive_accuracy_score

titles = {}
for name, read in {"Before": before, "After": after}.items():
    exact = accuracy_score(other_labels, read)
    folded = case_insensitive_accuracy_score(other_labels, read)
    titles[name] = f"{name}: {exact:.0%} right, {folded:.0%} if case does not count"
    print(titles[name])

# %%
# The same thirty pictures, none of which was among those to learn from, and what was read from them
# before and is read now. The wrong ones are framed, here also those where only the case is wrong.

import matplotlib.pyplot as plt

from skhcr.inspection import PredictionGridDisplay

fig, axes = plt.subplots(1, 2, figsize=(13, 7.4), layout="constrained")
for ax, read, title in zip(axes, (before, after), titles.values(), strict=True):
    PredictionGridDisplay.from_predictions(
        others, other_labels, read, n_images=30, n_columns=6, random_state=3, ax=ax
    )
    ax.set_title(title)
plt.show()
