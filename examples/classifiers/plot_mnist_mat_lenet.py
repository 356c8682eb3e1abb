"""
MNIST from a MATLAB file, with LeNet
====================================

Many notebooks on digits start from the file ``mnist-original.mat`` and a network named after LeNet.
Here is that recipe, from the file to the images that are misread. It takes less than half a minute;
at the end it says how long all of MNIST takes.
"""

# %%
# The file
# --------
#
# The file holds 70,000 images in a matrix ``data``, an image a column, and the digits in ``label``.
# Its copies have moved about the web for years, so this script writes one like it, of the 5,000
# images of MNIST that come with the package. If you have the file, put its path into ``path``, and
# leave ``savemat`` out.

from pathlib import Path
from tempfile import TemporaryDirectory

from scipy.io import savemat

from skhcr.datasets import load_digits

X, y = load_digits(return_X_y=True)
folder = TemporaryDirectory()
path = Path(folder.name) / "mnist-original.mat"
savemat(path, {"data": X.T, "label": y[None].astype(float)})

# %%
# Read it
# -------
#
# :func:`~skhcr.datasets.load_mat` returns one image a row and whole numbers as labels. In the real
# file, too, the last seventh is for testing.

from skhcr.datasets import load_mat

X, y = load_mat(path, return_X_y=True)
n_train = len(X) * 6 // 7
X_train, y_train = X[:n_train], y[:n_train]
X_test, y_test = X[n_train:], y[n_train:]
print(f"{len(X_train)} images to train on, {len(X_test)} to test on")

# %%
# A few images of each digit show whether they arrived upright and with the right labels.

from skhcr.inspection import ImageGridDisplay

_ = ImageGridDisplay.from_data(X_train, y_train, n_per_class=8, n_columns=2, random_state=0)

# %%
# Train
# -----
#
# ``"lenet"`` is :func:`skhcr.networks.lenet`, layer by layer the network of those notebooks. With
# ``early_stopping`` a tenth of the images is kept apart, and training ends when the network no
# longer gets better on them.

from time import perf_counter

from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CNNClassifier
from skhcr.preprocessing import ImageResizer, PixelScaler

classifier = CNNClassifier(
    "lenet", epochs=20, learning_rate=1e-3, early_stopping=True, random_state=0
)
model = make_pipeline(ImageResizer((28, 28)), PixelScaler(), classifier)
start = perf_counter()
model.fit(X_train, y_train)
seconds = perf_counter() - start

# %%
# The loss falls and the accuracy rises, steeply at first. In the first epochs the images kept apart
# do better than those it learns from: LeNet's dropout is off for them. The star marks the epoch
# whose weights are kept.

from skhcr.inspection import TrainingHistoryDisplay

_ = TrainingHistoryDisplay.from_estimator(model)

# %%
# Test
# ----

from sklearn.metrics import classification_report

y_pred = model.predict(X_test)
print(classification_report(y_test, y_pred, digits=3))

# %%
# These are the images that it misreads, the ones it was surest of first.

import matplotlib.pyplot as plt

from skhcr.inspection import PredictionGridDisplay

PredictionGridDisplay.from_estimator(model, X_test, y_test, select="wrong")
plt.show()

# %%
# All of MNIST
# ------------
#
# With a few hundred images to test on, one mistake more or less moves the accuracy by more than a
# tenth of a per cent, and a few thousand to learn from are few. Trained on all 60,000 images, the
# same network reads about 99 of 100 correctly. Training takes time in proportion to their number:

most = seconds * 60_000 / len(X_train)
print(f"Training took {seconds:.0f} s; on 60,000 images it takes at most {most / 60:.0f} minutes.")
