"""
Ten digits as people have them
==============================

A classifier that reads 98 of 100 images of its data set may read next to nothing of what people
give it: dark ink on light paper, in a corner, in shadow, on lines. Here are ten such pictures, and
what becomes of them with plain resizing and with the ink pipeline. It takes half a minute.
"""

# %%
# Ten pictures
# ------------
#
# The digits come with the package. 4,000 are to learn from. Of the other 1,000 we draw one of each
# kind at random, and put each into another situation.

import numpy as np

from skhcr.datasets import load_digits

digits = load_digits()
X_train, y_train = digits.images[:4000], digits.target[:4000]
X_test, y_test = digits.images[4000:], digits.target[4000:]

random = np.random.RandomState(0)
drawn = [random.choice(np.flatnonzero(y_test == digit)) for digit in range(10)]

# %%
# ``lay`` puts a digit somewhere on a sheet, ``write`` says what it is written with, and on what;
# ``save`` makes a file of it, in memory.

from io import BytesIO

import cv2
from PIL import Image


def lay(image, height=140, width=140, top=10, left=10, side=120):
    """Return ink, 0 to 1, on a sheet. Of the side of an image of MNIST, the digit is 20/28."""
    ink = np.zeros((height, width), np.float32)
    image = cv2.resize(image / np.float32(255), (side, side), interpolation=cv2.INTER_CUBIC)
    ink[top : top + side, left : left + side] = np.clip(image, 0, 1)
    return ink


def write(ink, pen=(40, 40, 50), paper=(240, 240, 235), light=1.0):
    """Return a picture, RGB, with the noise of a sensor."""
    paper = np.broadcast_to(np.float32(paper), (*ink.shape, 3))
    picture = paper + ink[..., np.newaxis] * (np.float32(pen) - paper)
    picture = picture * np.reshape(light, (*np.shape(light), 1))
    return np.clip(picture + random.normal(0, 3, (*ink.shape, 1)), 0, 255).astype(np.uint8)


def save(picture, format, **options):
    """Return an image file, as bytes."""
    file = BytesIO()
    Image.fromarray(picture).save(file, format, **options)
    return file.getvalue()


y, x = np.mgrid[:140, :140].astype(np.float32)
sheets = [lay(image) for image in X_test[drawn]]

shadow = np.where(x + y < 150, 1, 0.5)  # a straight edge, right across the digit
lamp = 1 - 0.6 * np.hypot(y, x) / 200
lines = np.where((y + 0.02 * x)[..., np.newaxis] % 28 < 2, (150, 170, 210), (240, 240, 235))
box = (np.maximum(np.abs(y - 70), np.abs(x - 70)) // 3 == 20).astype(np.float32)
nothing = np.zeros((140, 140, 3), np.uint8)
sixteen_bits = 257 * write(sheets[8])[..., 0].astype(np.uint16)
exif = Image.Exif()
exif[0x0112] = 6  # orientation: turn by a quarter, clockwise, to look at it

pictures = {
    "Dark on light": write(sheets[0]),
    "Small, in a corner": write(lay(X_test[drawn[1]], top=85, left=80, side=50)),
    "Wide sheet": write(lay(X_test[drawn[2]], width=300, left=150)),
    "Half in shadow": write(sheets[3], light=shadow),
    "Coloured paper": write(sheets[4], pen=(140, 30, 40), paper=(250, 215, 120)),
    "Ruled lines": write(sheets[5], paper=lines),
    "Box of a form": write(np.maximum(box, lay(X_test[drawn[6]], top=22, left=22, side=96))),
    "Transparent PNG": save(np.dstack([nothing, (255 * sheets[7]).astype(np.uint8)]), "PNG"),
    "16-bit PNG": save(sixteen_bits, "PNG"),
    "Photo on its side": save(
        np.rot90(write(sheets[9], light=lamp)), "JPEG", quality=50, exif=exif
    ),
}
sources = list(pictures.values())

# %%
# Two ways into a classifier
# --------------------------
#
# The plain way resizes pictures to the size of the images of MNIST.
# :func:`~skhcr.preprocessing.make_ink_pipeline` finds the ink first, and gives it the size and the
# place that it has in MNIST. The classifiers behind them are of the same kind, and each has learned
# from the same 4,000 images in its own way: one from the images as they are, which are what
# :class:`~skhcr.preprocessing.ImageResizer` makes of them, the other from what the ink pipeline
# makes of them. On images like these, both are equally good.

from sklearn.pipeline import make_pipeline

from skhcr.classifiers import DigitClassifier
from skhcr.preprocessing import ImageLoader, ImageResizer, PixelScaler, make_ink_pipeline

ways = {
    "Resized": make_pipeline(ImageLoader(), ImageResizer((28, 28))),
    "Ink pipeline": make_ink_pipeline(),
}
models = {}
for name, way in ways.items():
    classifier = DigitClassifier(epochs=10, random_state=0)
    models[name] = make_pipeline(way, PixelScaler(), classifier).fit(X_train, y_train)
    print(f"{name}: {models[name].score(X_test, y_test):.1%} of the images kept apart")

# %%
# What they see, and what they read
# ---------------------------------
#
# The images of MNIST are white on black, so whoever resizes pictures soon learns to invert them
# where the paper is light. The third row does that: it is the plain way at its best. Below each
# picture stands what is read from it. (The first row shows the photo upright: both ways turn it.)

resized, ink = (way.transform(sources) for way in ways.values())
is_light = np.median(resized, axis=(1, 2), keepdims=True) > 127
rows = [
    ("Resized", resized, models["Resized"]),
    ("Resized, inverted", np.where(is_light, 255 - resized, resized), models["Resized"]),
    ("Ink pipeline", ink, models["Ink pipeline"]),
]

import matplotlib.pyplot as plt

from skhcr.inspection import PredictionGridDisplay

one_row = {"select": "first", "n_images": 10, "n_columns": 10}
fig, axes = plt.subplots(
    4, 1, figsize=(13, 8.2), height_ratios=(1.28, 1.54, 1.54, 1.54), layout="constrained"
)
shown = ImageLoader("rgb").transform(sources)
PredictionGridDisplay.from_predictions(
    shown, None, list(pictures), ax=axes[0], text_kw={"family": "sans-serif", "size": 10}, **one_row
)
for ax, (name, batch, model) in zip(axes[1:], rows, strict=True):
    read = model[1:].predict(batch)  # the batch is what model[0] makes of the pictures
    PredictionGridDisplay.from_predictions(batch, np.arange(10), read, ax=ax, **one_row)
    ax.set_title(f"{name}: {np.count_nonzero(read == np.arange(10))} of 10 right")

# %%
# No preparation mends what a classifier would misread on a clean image. From the images that the
# pictures were made of, as they are in MNIST, the two read:

for name, model in models.items():
    print(f"{name}: {model.predict(X_test[drawn])}")

# %%
# :ref:`sphx_glr_auto_examples_preprocessing_plot_ink_steps.py` shows what each step of the pipeline
# does; :doc:`/own_pictures` says how well it works on thousands of pictures, and what helps if it
# fails.

plt.show()
