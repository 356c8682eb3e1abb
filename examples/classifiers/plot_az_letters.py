"""
Capital letters, and one of your own
====================================

A model for the letters A to Z, trained on images of EMNIST: how it learns, how good it gets, and
what it says to a letter that is drawn dark on light, as on paper.
"""

# %%
# The letters
# -----------
#
# :func:`~skhcr.datasets.fetch_emnist` turns EMNIST's images upright and its codes into characters.
# We take the capitals, and every tenth image for testing. Without ``download_if_missing=False`` it
# would download the files that are not there.

import numpy as np
from _data import find_emnist_home

from skhcr.datasets import fetch_emnist

emnist = fetch_emnist(
    split="byclass", subset="test", data_home=find_emnist_home(), download_if_missing=False
)
capital = np.char.isupper(emnist.target)
for_test = np.arange(len(emnist.target)) % 10 == 0
for_training = capital & ~for_test
X_train, y_train = emnist.data[for_training][:6000], emnist.target[for_training][:6000]
X_test, y_test = emnist.data[capital & for_test], emnist.target[capital & for_test]
print(f"{len(X_train)} images to train on, {len(X_test)} to test on")

# %%
# Train, and stop in time
# -----------------------
#
# With ``early_stopping`` a tenth of the training images is kept apart. Training ends when the loss
# on them stops falling, after 12 epochs at the latest, and the best weights are kept.
#
# The images are clean, and the ink pipeline hardly changes them. It stands first for the letter at
# the end, which is not.

from time import perf_counter

from sklearn.metrics import classification_report
from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CharacterClassifier
from skhcr.preprocessing import PixelScaler, make_ink_pipeline

model = make_pipeline(
    make_ink_pipeline(by="box"),
    PixelScaler(),
    CharacterClassifier(epochs=12, early_stopping=True, random_state=0),
)
start = perf_counter()
model.fit(X_train, y_train)
seconds = perf_counter() - start

n_all = np.count_nonzero(for_training)
most = seconds * n_all / len(X_train)
print(f"Training took {seconds:.0f} s; on all {n_all} images it takes at most {most:.0f} s.")
print(classification_report(y_test, model.predict(X_test), zero_division=0))

# %%
# The curves of the loss and of the accuracy are in ``history_``. The images kept apart do better
# than the others while the network learns: those are turned and stretched at random, these are
# shown as they are.

import matplotlib.pyplot as plt

history = model[-1].history_
epochs = np.arange(1, model[-1].n_iter_ + 1)

fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="tight")
for ax, name in zip(axes, ("loss", "accuracy"), strict=True):
    ax.plot(epochs, history[name], ".-", label="training")
    ax.plot(epochs, history[f"val_{name}"], ".-", label="validation")
    ax.set(xlabel="Epoch", ylabel=name.capitalize())
    ax.grid(alpha=0.3)
    ax.legend()

# %%
# A letter of your own
# --------------------
#
# Now a picture that comes from elsewhere: 200 x 200 pixels, drawn with a dark pen on light paper
# and saved as a PNG. A photograph of your own letter will do as well.

from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

canvas = np.full((200, 200), 245, np.uint8)
pen = {"color": 40, "thickness": 15, "lineType": cv2.LINE_AA}
cv2.line(canvas, (66, 36), (58, 166), **pen)
cv2.ellipse(canvas, (70, 70), (70, 34), -4, -95, 95, **pen)
cv2.ellipse(canvas, (70, 176), (84, 76), 12, -78, -20, **pen)

with TemporaryDirectory() as folder:
    path = Path(folder) / "letter.png"
    cv2.imwrite(str(path), canvas)
    image = model[:-1].transform([path])

# %%
# The ink pipeline has read the file, inverted the picture and given the letter the size and place
# that letters have in EMNIST. ``predict_top`` says what else it may be.

letters, probabilities = model[-1].predict_top(image, 5)

fig, axes = plt.subplots(1, 3, figsize=(11, 3.8), layout="tight")
axes[0].imshow(canvas, cmap="gray", vmin=0, vmax=255)
axes[0].set_title("As drawn")
axes[1].imshow(image[0], cmap="gray", vmin=0, vmax=1)
axes[1].set_title(f"Ink, 28 x 28: read as {letters[0, 0]}")
for ax in axes[:2]:
    ax.set(xticks=[], yticks=[])
axes[2].barh(letters[0], probabilities[0])
axes[2].invert_yaxis()
axes[2].set(xlim=(0, 1), xlabel="Probability", title="The five best guesses")

plt.show()
