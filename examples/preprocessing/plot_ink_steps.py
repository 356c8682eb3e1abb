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
# The pipeline
# ------------
#
# :func:`~skhcr.preprocessing.make_ink_pipeline` is a pipeline of scikit-learn, with ``deskew`` of
# four steps, and so can be the first step of another. It takes whatever can become a picture: here
# the bytes of a file, mostly its name.

from skhcr.preprocessing import make_ink_pipeline

pipeline = make_ink_pipeline(by="box", deskew=True)
batch = pipeline.fit_transform([photo])
print(batch.shape)

# %%
# :class:`~skhcr.inspection.PreprocessingDisplay` shows what comes out of each step.
#
# 1. :class:`~skhcr.preprocessing.ImageLoader` reads the file, turns the picture upright (the input
#    is shown upright, too) and makes it grey. Large photos are shrunk as they are read.
# 2. :class:`~skhcr.preprocessing.InkExtractor` tells ink from all else. From here on paper is
#    black, 0, and ink is white.
# 3. :class:`~skhcr.preprocessing.Deskewer` takes out the slant: it shears the letter until its rows
#    do not move sideways with their height. It is an option: networks learn to read slanted
#    letters, and some strokes are meant to lean.
# 4. :class:`~skhcr.preprocessing.InkCenterer` gives the letter the size and the place that it has
#    in a data set, ``by="box"`` as in EMNIST, ``by="mass"`` as in MNIST. Strokes that are too thin
#    or too wide for 28 x 28 pixels get the width that the classifier knows.

from skhcr.inspection import PreprocessingDisplay

_ = PreprocessingDisplay.from_estimator(pipeline, [photo])

# %%
# How the ink is found
# --------------------
#
# The second step does most of the work, in stages of its own. It estimates what the paper would
# look like without ink, shadow and all; the contrast is how far the picture is from that; ruled
# lines go; at last what is too faint or too small for a character goes.

_ = PreprocessingDisplay.from_estimator(pipeline[:2], [photo], stages=True)

# %%
# Among its like
# --------------
#
# Here it is, in the frame, among letters of the data set that have passed the same pipeline.

import matplotlib.pyplot as plt

images = pipeline.transform(letters.images[is_e][30:40])
images = np.insert(images, 7, batch, axis=0)

fig, axes = plt.subplots(1, len(images), figsize=(11, 1.4), layout="tight")
for ax, image in zip(axes, images, strict=True):
    ax.imshow(image, cmap="gray")
    ax.set(xticks=[], yticks=[])
axes[7].spines[:].set(color="tab:orange", linewidth=4)
plt.show()
