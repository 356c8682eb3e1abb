"""
Pictures and a CSV, with the wide network
=========================================

A folder ``Img/`` of pictures and a file ``english.csv`` that says which character each one shows:
this is how the 62 English handwritten characters come, and a well-known recipe reads them with a
network of 512, 256 and 256 filters on colour pictures of 64 x 64. Here is that recipe, from the
file to the saved model, on a few letters; and then a way that is quicker and better.
"""

# %%
# Read the CSV
# ------------
#
# :func:`~skhcr.datasets.load_image_csv` returns file names and labels. The pictures are read later,
# by the pipeline. We keep a fifth of them for testing, and of both parts only the letters A to F.

import numpy as np
from _data import find_english_csv
from sklearn.model_selection import train_test_split

from skhcr.datasets import load_image_csv

X, y = load_image_csv(find_english_csv(), return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
n_full = len(X_train)

letters = list("ABCDEF")
few, few_test = np.isin(y_train, letters), np.isin(y_test, letters)
X_train, y_train = X_train[few][:150], y_train[few][:150]
X_test, y_test = X_test[few_test], y_test[few_test]
print(f"{len(X)} pictures, of which {len(X_train)} to train on and {len(X_test)} to test on")

# %%
# The wide network
# ----------------
#
# The pictures may be large, and thousands of them do not fit into memory: ``max_size`` shrinks each
# one as it is read.

from time import perf_counter

from sklearn.metrics import classification_report
from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CharacterClassifier, CNNClassifier
from skhcr.preprocessing import ImageLoader, ImageResizer, PixelScaler

EPOCHS = 3
wide = make_pipeline(
    ImageLoader(color="rgb", max_size=128, n_jobs=2),
    ImageResizer((64, 64)),
    PixelScaler(),
    CNNClassifier("wide", epochs=EPOCHS, batch_size=8, learning_rate=5e-4, random_state=0),
)
start = perf_counter()
wide.fit(X_train, y_train)
wide_seconds = perf_counter() - start

wide_pred = wide.predict(X_test)
print(classification_report(y_test, wide_pred, zero_division=0))

# %%
# The network costs 1.15 billion multiplications a picture, and three times that in training. All
# pictures of the 62 characters, 20 times each, take half an hour to an hour on two cores.

speed = len(X_train) * EPOCHS / wide_seconds
minutes = n_full * 20 / speed / 60
print(f"{speed:.0f} pictures a second: 20 epochs of {n_full} take {minutes:.0f} minutes")

# %%
# Save, load, predict
# -------------------
#
# The pipeline is one object, from the file name to the letter. joblib saves it and loads it, in
# another program too.

from pathlib import Path
from tempfile import TemporaryDirectory

import joblib

with TemporaryDirectory() as folder:
    path = Path(folder) / "wide.joblib"
    joblib.dump(wide, path)
    print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
    loaded = joblib.load(path)

file = X_test[0]
print(f"{Path(file).name} is read as {loaded.predict([file])[0]}")

# %%
# Six files, and what the loaded model reads:

import matplotlib.pyplot as plt

files, labels = X_test[:6], y_test[:6]
fig, axes = plt.subplots(2, 3, figsize=(9, 5.4), layout="tight")
for ax, file, label, read in zip(axes.flat, files, labels, loaded.predict(files), strict=True):
    ax.imshow(ImageLoader().transform([file])[0], cmap="gray")
    ax.set_title(f"{Path(file).name}: {read}", color="tab:green" if read == label else "tab:red")
    ax.set(xticks=[], yticks=[])

# %%
# The default network
# -------------------
#
# :class:`~skhcr.classifiers.CharacterClassifier` is made for few pictures of many characters. Its
# small network needs no colours and fewer pixels, and it sees each picture 60 times, each time
# turned, stretched and shifted a little. On the same pictures it is better, and done much sooner.

default = make_pipeline(
    ImageLoader(max_size=128, n_jobs=2),
    ImageResizer((36, 48)),
    PixelScaler(),
    CharacterClassifier(random_state=0),
)
start = perf_counter()
default.fit(X_train, y_train)
default_seconds = perf_counter() - start

default_pred = default.predict(X_test)
print(classification_report(y_test, default_pred, zero_division=0))

# %%
# Both at a glance
# ----------------

from sklearn.metrics import ConfusionMatrixDisplay, accuracy_score

results = {
    '"wide"': (wide_pred, wide_seconds),
    "CharacterClassifier": (default_pred, default_seconds),
}
fig, axes = plt.subplots(1, 2, figsize=(10, 5.4), layout="tight")
for ax, (name, (y_pred, seconds)) in zip(axes, results.items(), strict=True):
    ConfusionMatrixDisplay.from_predictions(y_test, y_pred, cmap="Blues", colorbar=False, ax=ax)
    accuracy = accuracy_score(y_test, y_pred)
    ax.set_title(f"{name}: {accuracy:.0%} correct after {seconds:.0f} s")
    ax.set(xlabel="Read as", ylabel="Written")

plt.show()
