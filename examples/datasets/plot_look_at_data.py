"""
Look at a data set
==================

Before the first model comes a look at the data: what do the characters look like, how many are
there of each, and which of them would you mistake yourself?
"""

# %%
# All 62 characters
# -----------------
#
# :class:`~skhcr.inspection.ImageGridDisplay` draws some samples of each class. The pictures are
# shown as they are: EMNIST's ink is white on black.

import matplotlib.pyplot as plt

from skhcr.datasets import load_characters
from skhcr.inspection import ImageGridDisplay

characters = load_characters()
ImageGridDisplay.from_data(characters.images, characters.target, n_per_class=6, random_state=0)
plt.show()

# %%
# Look for what makes it hard. A 7 may have a bar, and a Z too; many an i has lost its dot; c, o and
# s look like their capitals, as all are brought to one size.

fig, ax = plt.subplots(figsize=(9, 6), layout="constrained")
ImageGridDisplay.from_data(
    characters.images,
    characters.target,
    classes=["0", "O", "o", "1", "I", "l", "5", "S", "s"],
    n_per_class=14,
    n_columns=1,
    random_state=0,
    im_kw={"cmap": "gray_r"},  # dark ink on white paper
    ax=ax,
)
ax.set_title("Rows that few people could tell apart")
plt.show()

# %%
# From file names
# ---------------
#
# Where a data set is files, their names are the samples, and only the pictures that are shown are
# read. Here are a few files, as a folder for each class:

from pathlib import Path
from tempfile import TemporaryDirectory

import cv2

from skhcr.datasets import load_image_folder

with TemporaryDirectory() as folder:
    for label in "AB3":
        of_label = characters.target == label
        for number, image in enumerate(characters.images[of_label][:8]):
            path = Path(folder) / label / f"{number}.png"
            path.parent.mkdir(exist_ok=True)
            cv2.imwrite(str(path), 255 - image)
    files, labels = load_image_folder(folder, return_X_y=True)
    print(Path(files[0]).relative_to(folder), labels[0])
    ImageGridDisplay.from_data(files, labels, n_per_class=8)
plt.show()

# %%
# How many there are of each
# --------------------------
#
# The characters that come with the package are as many of each. Data from forms is not: half of it
# may be digits, and a rare letter is learned last. A bar for each class shows that at once; the
# classifiers' ``class_weight="balanced"`` makes up for it.

import numpy as np

rng = np.random.default_rng(0)
frequency = np.where(np.char.isdigit(characters.target_names), 6.0, 1.0)
frequency[np.isin(characters.target_names, list("QXZjqxz"))] = 0.2
of_form = rng.choice(characters.target_names, 2000, p=frequency / frequency.sum())
names, counts = np.unique(of_form, return_counts=True)

fig, ax = plt.subplots(figsize=(11, 3), layout="constrained")
ax.bar(names, counts, color="#0072B2")
ax.set(ylabel="Samples", title="2,000 characters as a form might hold them")
ax.margins(x=0.01)
ax.spines[["top", "right"]].set_visible(False)
plt.show()
