"""
First steps: 62 handwritten characters
======================================

Digits, capitals and small letters, written by hand, and a model that tells them apart. It takes
about a minute. Nothing is downloaded: the images come with the package.
"""

# %%
# The images
# ----------
#
# :func:`~skhcr.datasets.load_characters` gives 60 images of each of the characters 0-9, A-Z and
# a-z, as rows of pixels. We keep a quarter apart to see how well the model does on images it has
# not learned from.

from sklearn.model_selection import train_test_split

from skhcr.datasets import load_characters

X, y = load_characters(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

# %%
# The model
# ---------
#
# A pipeline, as everywhere in scikit-learn: bring the images to one size, bring the pixels to
# [0, 1], and learn. ``verbose=1`` shows how far it is in its 60 passes over the images.

from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CharacterClassifier
from skhcr.preprocessing import ImageResizer, PixelScaler

model = make_pipeline(
    ImageResizer((28, 28)), PixelScaler(), CharacterClassifier(random_state=0, verbose=1)
)
model.fit(X_train, y_train)

# %%
# How good is it?
# ---------------
#
# It is a classifier like any other, so scikit-learn's scores work as they are.

from sklearn.metrics import classification_report

y_pred = model.predict(X_test)
print(classification_report(y_test, y_pred))

# %%
# What does it mix up?
# --------------------
#
# Each row is a character that was written, each column one that was read; the darker, the more
# often. What lies off the diagonal is a mistake. The two lines beside it are letters whose capital
# and small forms look alike: c and C, s and S, z and Z. Seen alone, not even we can tell them
# apart, nor o, O and 0.

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.colors import PowerNorm
from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score

fig, ax = plt.subplots(figsize=(10, 10.4), layout="tight")
ConfusionMatrixDisplay.from_predictions(
    y_test,
    y_pred,
    include_values=False,
    cmap="Blues",
    im_kw={"norm": PowerNorm(0.5)},  # so that a single mistake can be seen too
    colorbar=False,
    ax=ax,
)
ax.tick_params(labelsize=8, length=2, right=True, top=True, labelright=True, labeltop=True)
for last in ("9", "Z"):  # lines between digits, capitals and small letters
    between = list(model.classes_).index(last) + 0.5
    ax.axhline(between, color="0.7", linewidth=0.8)
    ax.axvline(between, color="0.7", linewidth=0.8)
ax.set_title(f"62 characters, {accuracy_score(y_test, y_pred):.0%} of {len(y_test)} read correctly")
ax.set(xlabel="Read as", ylabel="Written")

path = Path("first_steps.png")
fig.savefig(path, dpi=120)
print(f"Saved {path}")
