"""
From a phone photo to clean ink, step by step
=============================================

A photograph of a letter has little in common with the images of a data set: it may lie on its
side, the paper is yellowish and ruled, half of it is in shadow. The ink pipeline makes of it what a
classifier has learned to read. Here is what each step does.
"""

# %%
# A photograph
# ------------
#
# So that the script runs everywhere, it makes the photograph: a real letter, written large in blue
# ink on ruled paper, under a lamp and the shadow of a hand, with the noise of a sensor. It is saved
# as a phone saves it: as JPEG, the way the sensor lay, with a note (EXIF) of how to turn it.

from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from skhcr.datasets import load_characters

HEIGHT, WIDTH = 800, 600


def take_photo(image):
    """Return a JPEG file, as bytes, of a letter, 28 x 28 pixels, 0 to 255."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    to_paper = cv2.getRotationMatrix2D((14, 14), -6, 17)  # degrees, and enlargement
    to_paper[:, 2] += (220, 400)
    ink = cv2.warpAffine(image / np.float32(255), to_paper, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
    ink = np.clip(4 * (ink - 0.5) + 0.5, 0, 1)  # a pen's edge is sharp however large it is seen
    line = np.abs((y - 0.03 * x) % 90 - 45) < 1.5
    light = 1 - 0.35 * y / HEIGHT - 0.1 * x / WIDTH
    light *= 1 - 0.4 * np.clip((x + 0.5 * y - 455) / 12, 0, 1)  # the shadow, with a soft edge

    paper, pen, blue = np.array([[245, 232, 205], [45, 55, 120], [150, 175, 205]])
    photo = np.where(line[..., np.newaxis], blue, paper)
    photo = photo + ink[..., np.newaxis] * (pen - photo)
    photo *= light[..., np.newaxis]
    photo += np.random.RandomState(0).normal(0, 6, (HEIGHT, WIDTH, 1))
    photo = np.clip(photo, 0, 255).astype(np.uint8)

    exif = Image.Exif()
    exif[0x0112] = 6  # the orientation: turn by a quarter, clockwise, to look at it
    file = BytesIO()
    Image.fromarray(np.rot90(photo)).save(file, "JPEG", quality=85, exif=exif)
    return file.getvalue()


letters = load_characters()
is_e = letters.target == "E"
photo = take_photo(letters.images[is_e][11])

# %%
# 1. Load
# -------
#
# :class:`~skhcr.preprocessing.ImageLoader` reads the file, turns the picture upright and makes it
# grey. It takes whatever can become a picture: here the bytes of a file, mostly its name. Large
# photos are shrunk as they are read.

import matplotlib.pyplot as plt

from skhcr.preprocessing import ImageLoader

picture = ImageLoader(max_size=640).transform([photo])[0]

AS_PICTURE = {"cmap": "gray", "vmin": 0, "vmax": 255}
AS_INK = {"cmap": "gray_r", "vmin": 0, "vmax": 255}  # dark on white: 0, white, is paper


def show(ax, pixels, title, **how):
    """Show a picture with a title and no ticks."""
    ax.imshow(pixels, **how)
    ax.set_title(title)
    ax.set(xticks=[], yticks=[])


fig, axes = plt.subplots(1, 2, figsize=(8.6, 4.8), width_ratios=(4, 3), layout="tight")
show(axes[0], Image.open(BytesIO(photo)), "What the file holds")
show(axes[1], picture, f"ImageLoader: {picture.shape[0]} x {picture.shape[1]}, grey", **AS_PICTURE)

# %%
# 2. Extract the ink
# ------------------
#
# :class:`~skhcr.preprocessing.InkExtractor` tells ink from all else. Its ``stages`` show how: it
# estimates what the paper would look like without ink, shadow and all; the contrast is the part of
# the light that is missing; lines go; what is too faint or too small for a character goes. In the
# first two pictures white is bright, from the third on it is paper.

from skhcr.preprocessing import InkExtractor

extractor = InkExtractor()
stages = extractor.stages(picture)

captions = [
    "one channel, no specks",
    "what it would be without ink",
    "how far one is from the other",
    "without ruled lines",
    "without all that is too faint or small",
]
fig, axes = plt.subplots(1, 5, figsize=(13, 4.1), layout="tight")
for ax, (name, pixels), caption in zip(axes, stages.items(), captions, strict=True):
    show(ax, pixels, f'"{name}"', **(AS_PICTURE if name in ("grey", "paper") else AS_INK))
    ax.set_xlabel(caption)

ink = extractor.transform([picture])[0]
print(f"What transform returns is the last of them: {np.array_equal(ink, stages['ink'])}")

# %%
# 3. Take out the slant
# ---------------------
#
# Hands slant by different angles. :class:`~skhcr.preprocessing.Deskewer` shears a character until
# its rows do not move sideways with their height. It is an option: networks learn to read slanted
# letters, and some strokes are meant to lean.

from skhcr.preprocessing import Deskewer

upright = Deskewer().transform([ink])[0]

# %%
# 4. Centre it
# ------------
#
# :class:`~skhcr.preprocessing.InkCenterer` gives the letter the size and the place that it has in
# a data set: ``by="box"`` as in EMNIST, ``by="mass"`` as in MNIST. Strokes thinner than 2.4 pixels
# are widened and those wider than 4.4 are thinned, as a pen's or a marker's would not look like the
# strokes that the classifier knows.

from skhcr.preprocessing import InkCenterer

centred = InkCenterer(28, by="box", stroke=(2.4, 4.4)).transform([upright])[0]

fig, axes = plt.subplots(1, 3, figsize=(11, 4.6), width_ratios=(3, 3, 4), layout="tight")
show(axes[0], ink, "InkExtractor", **AS_INK)
show(axes[1], upright, "Deskewer", **AS_INK)
show(axes[2], centred, "InkCenterer: 28 x 28", **AS_INK)

# %%
# All of it in one line
# ---------------------
#
# :func:`~skhcr.preprocessing.make_ink_pipeline` puts these steps one behind another. It is a
# pipeline of scikit-learn, and so can be the first step of another.

from skhcr.preprocessing import make_ink_pipeline

batch = make_ink_pipeline(by="box", deskew=True).fit_transform([photo])
print(batch.shape, np.array_equal(batch[0], centred))

# %%
# And here it is, in the frame, among letters of the data set that have passed the same pipeline.

others = make_ink_pipeline(by="box", deskew=True).fit_transform(letters.images[is_e][30:40])
images = np.insert(others, 7, batch, axis=0)

fig, axes = plt.subplots(1, len(images), figsize=(11, 1.4), layout="tight")
for position, (ax, image) in enumerate(zip(axes, images, strict=True)):
    show(ax, image, "", **AS_INK)
    ax.spines[:].set(color="tab:orange" if position == 7 else "0.85", linewidth=2)

plt.show()
