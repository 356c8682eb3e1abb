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
# :func:`~skhcr.metrics.recognition_report` is its ``classification_report``, with two questions
# more: how good is it at digits, capitals and small letters, and if case does not count?

from skhcr.metrics import recognition_report

y_pred = model.predict(X_test)
report = recognition_report(y_test, y_pred)
print(report)

# %%
# What does it mix up?
# --------------------
#
# On the left are characters drawn at random, and what is read from them; the wrong ones are framed.
# Many are letters whose capital and small forms look alike, such as z and Z. On the right are the
# characters that are taken for each other most often for other reasons. Seen alone, not even we can
# tell O from 0 or l from 1.

from pathlib import Path

import matplotlib.pyplot as plt

from skhcr.inspection import ConfusionPairsDisplay, PredictionGridDisplay

fig, (left, right) = plt.subplots(1, 2, figsize=(15, 7), width_ratios=(4, 5), layout="constrained")
PredictionGridDisplay.from_predictions(
    X_test, y_test, y_pred, n_images=30, n_columns=6, random_state=0, ax=left
)
ConfusionPairsDisplay.from_predictions(X_test, y_test, y_pred, ignore_case=True, ax=right)

path = Path("first_steps.png")
fig.savefig(path, dpi=120)
print(f"Saved {path}")
plt.show()

# %%
# What next?
# ----------
#
# This model has learned from clean images only.
# :ref:`sphx_glr_auto_examples_preprocessing_plot_own_pictures.py` shows what photos and drawings
# need, and :func:`skhcr.load_pretrained` reads them without any training.
