"""
Capital letters, and one of your own
====================================

A model for the letters A to Z: how it learns, how good it gets, and what it says to a letter that
is drawn dark on light, as on paper.
"""

# %%
# The letters
# -----------
#
# Of the images of EMNIST that come with the package we take the capitals, and a quarter of them to
# test. Sixty of each letter are few: :func:`~skhcr.datasets.fetch_emnist` downloads thousands.

import numpy as np
from sklearn.model_selection import train_test_split

from skhcr.datasets import load_characters

X, y = load_characters(return_X_y=True)
capital = np.char.isupper(y)
X_train, X_test, y_train, y_test = train_test_split(
    X[capital], y[capital], stratify=y[capital], random_state=0
)
print(f"{len(X_train)} images to train on, {len(X_test)} to test on")

# %%
# Train, and stop in time
# -----------------------
#
# With ``early_stopping`` a tenth of the training images is kept apart. Training ends when the loss
# on them stops falling, after 30 epochs at the latest, and the best weights are kept.
#
# The images are clean, and the ink pipeline hardly changes them. It stands first for the letter at
# the end, which is not.

from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CharacterClassifier
from skhcr.preprocessing import PixelScaler, make_ink_pipeline

model = make_pipeline(
    make_ink_pipeline(by="box"),
    PixelScaler(),
    CharacterClassifier(epochs=30, early_stopping=True, random_state=0),
)
model.fit(X_train, y_train)
print(f"{model.score(X_test, y_test):.1%} of the test images are read correctly")

# %%
# In the first epochs the images kept apart, dashed, do better than those it learns from: these are
# turned and stretched at random, those are shown as they are. The star marks the epoch whose
# weights are kept.

from skhcr.inspection import TrainingHistoryDisplay

_ = TrainingHistoryDisplay.from_estimator(model)

# %%
# A letter of your own
# --------------------
#
# Now a picture that comes from elsewhere: 200 x 200 pixels, drawn with a dark pen on light paper
# and saved as a PNG. To try a photograph of a letter of your own, put its path into ``path``.

from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

canvas = np.full((200, 200), 245, np.uint8)
pen = {"color": 40, "thickness": 15, "lineType": cv2.LINE_AA}
cv2.line(canvas, (66, 36), (58, 166), **pen)
cv2.ellipse(canvas, (70, 70), (70, 34), -4, -95, 95, **pen)
cv2.ellipse(canvas, (70, 176), (84, 76), 12, -78, -20, **pen)

folder = TemporaryDirectory()
path = Path(folder.name) / "letter.png"
cv2.imwrite(str(path), canvas)

# %%
# Above is what comes out of each step: the ink pipeline has inverted the picture and given the
# letter the size and place that letters have in EMNIST. The last one is what the classifier sees.
# Below are its best guesses.

import matplotlib.pyplot as plt

from skhcr.inspection import PreprocessingDisplay, TopPredictionsDisplay

fig, (above, below) = plt.subplots(
    2, 1, figsize=(9, 5.6), height_ratios=(3, 4), layout="constrained"
)
PreprocessingDisplay.from_estimator(model, [path], ax=above)
TopPredictionsDisplay.from_estimator(model, [path], k=4, ax=below)
plt.show()
