"""
Teach it your own hand
======================

The shipped weights know hundreds of hands, and yours may be none of them. Five pictures of each
character are enough to mend that: training starts from the shipped weights, not from nothing, and
takes a few seconds.
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
# Five pictures of each of the 62 characters are to learn from. Of the others we take a quarter to
# see how well it does.

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


def accuracies(read):
    """Return the shares of right answers, with and without regard to case."""
    folded = np.char.lower(other_labels)
    return np.mean(read == other_labels), np.mean(np.char.lower(read) == folded)


for name, read in {"before": before, "after": after}.items():
    exact, folded = accuracies(read)
    print(f"{name}: {exact:.1%} right, {folded:.1%} if case does not count")

# %%
# What was read, and what is read now, of forty pictures that were not among those to learn from.
# Green is right, up to case.

import matplotlib.pyplot as plt

fig = plt.figure(figsize=(13, 6.4), layout="constrained")
left, right = fig.subfigures(1, 2, width_ratios=[3, 1])
drawn = np.random.RandomState(3).choice(len(others), 40, replace=False)
for i, ax in zip(drawn, left.subplots(4, 10).flat, strict=True):
    ax.imshow(others[i], cmap="gray", vmin=0, vmax=255)
    ax.set(xticks=[], yticks=[])
    for x, read in ((0.25, before[i]), (0.75, after[i])):
        is_right = read.lower() == other_labels[i].lower()
        colour = "tab:green" if is_right else "tab:red"
        ax.text(x, 1.08, read, color=colour, transform=ax.transAxes, ha="center", fontsize=15)
    ax.text(0.5, 1.1, "→", color="0.6", transform=ax.transAxes, ha="center")

ax = right.subplots()
bars = np.array([accuracies(before), accuracies(after)])  # (2, 2)
for position, shares in enumerate(bars):
    ax.bar(position, shares[1], color="tab:green", alpha=0.35, width=0.7)
    ax.bar(position, shares[0], color="tab:green", width=0.7)
    for share in shares:
        ax.text(position, share - 0.01, f"{share:.0%}", ha="center", va="top", fontsize=13)
ax.set(ylim=(0, 1), yticks=[], xticks=[0, 1], xticklabels=["before", "after"])
ax.tick_params(length=0, labelsize=13)
ax.spines[["top", "left", "right"]].set_visible(False)
ax.set_title("Dark: right\nLight: right but for the case", fontsize=12)
plt.show()
