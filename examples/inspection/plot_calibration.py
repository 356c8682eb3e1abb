"""
Is it as often right as it says?
================================

A classifier that says 90 % should be right nine times out of ten. Whether it is shows in a picture
of scikit-learn's, and decides whether a threshold can be trusted.
"""

# %%
# Three readers
# -------------
#
# A network that sees each picture as it is, over and over, until it knows it by heart; the same
# with ``augment`` and ``label_smoothing``, which keep it from that; and neighbours that vote. They
# learn from half of the 62 characters that come with the package.

from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_characters
from skhcr.preprocessing import ImageFlattener, PixelScaler

X, y = load_characters(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=0.5, stratify=y, random_state=0
)
models = {
    "network": CNNClassifier(epochs=16, random_state=0),
    "network, not by heart": CNNClassifier(
        epochs=16, augment=0.5, label_smoothing=0.1, random_state=0
    ),
    "10 neighbours": make_pipeline(ImageFlattener(), KNeighborsClassifier(10)),
}

# %%
# How sure, and how right
# -----------------------
#
# :class:`~sklearn.calibration.CalibrationDisplay` is made for two classes. The two are here: the
# most probable label is right, or it is wrong; and its probability is that of being right. Above
# the diagonal a classifier is too modest, below it is too sure of itself.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.calibration import CalibrationDisplay

fig, ax = plt.subplots(figsize=(6.4, 6), layout="constrained")
results = {}
styles = [("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^")]
for (name, model), (color, marker) in zip(models.items(), styles, strict=True):
    model = make_pipeline(PixelScaler(), model).fit(X_train, y_train)
    probabilities = model.predict_proba(X_test)
    sureness = probabilities.max(axis=1)
    is_right = model.classes_[probabilities.argmax(axis=1)] == y_test
    results[name] = sureness, is_right
    CalibrationDisplay.from_predictions(
        is_right, sureness, n_bins=10, name=name, color=color, marker=marker, ax=ax
    )
    print(f"{name}: {is_right.mean():.1%} right, {sureness.mean():.1%} sure")
ax.set(xlabel="How sure", ylabel="How often right", title="62 characters")
plt.show()

# %%
# What that is good for
# ---------------------
#
# Whoever rejects what is less sure than 90 % expects that at most one answer in ten is wrong. That
# holds for a classifier on the diagonal or above it. The share that is answered differs as well:
# the modest one answers little.

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
names = list(results)
answered = [np.mean(sureness >= 0.9) for sureness, _ in results.values()]
wrong = [np.mean(~is_right[sureness >= 0.9]) for sureness, is_right in results.values()]
for ax, shares, title in zip(axes, (answered, wrong), ("Answered", "Wrong answers"), strict=True):
    bars = ax.barh(names, shares, color=[color for color, _ in styles])
    figures = ax.bar_label(bars, [f"{share:.0%}" for share in shares], padding=4)
    plt.setp(figures, bbox={"color": "white", "pad": 1.5})
    ax.set(title=f"{title}, if 90 % sure or more", xlim=(0, 1.15 * max(shares)), xticks=[])
    ax.invert_yaxis()
    ax.spines[["top", "right", "bottom"]].set_visible(False)
axes[1].axvline(0.1, color="0.4", linestyle=":")
axes[1].set(xlim=(0, max(0.12, 1.15 * max(wrong))), yticklabels=[])
plt.show()

# %%
# How to choose a threshold from data is shown in
# :ref:`sphx_glr_auto_examples_pretrained_plot_reject_unsure.py`.
