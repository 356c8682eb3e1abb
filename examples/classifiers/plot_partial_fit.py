"""
Learning from a stream, and from a hand that changes
====================================================

Not all pictures are there when learning begins: some come every day. ``partial_fit`` learns from
each delivery when it arrives, without the earlier ones. In the middle of ours, another hand begins
to write.
"""

# %%
# The stream
# ----------
#
# 4,000 digits arrive in 40 chunks of 100. From the 21st chunk on they are written by a hand that
# slants: we shear them. 500 others are for the test, upright and slanted.

import cv2
import numpy as np

from skhcr.datasets import load_digits


def slant(images):
    """Return images (n_samples, 28, 28) sheared to the right about their middle."""
    shear = np.float32([[1, -1.1, 1.1 * 13.5], [0, 1, 0]])
    return np.array([cv2.warpAffine(image, shear, (28, 28)) for image in images])


digits = load_digits()
N_CHUNKS, N_UPRIGHT = 40, 20
images = np.concatenate([digits.images[:2000], slant(digits.images[2000:4000])])
labels = digits.target[:4000]

upright, y_test = digits.images[4500:], digits.target[4500:]
tests = {"upright": upright, "slanted": slant(upright)}

# %%
# Learning chunk by chunk
# -----------------------
#
# :func:`~skhcr.datasets.stream_batches` hands over chunk by chunk. Here they come from an array; of
# file names it would read a chunk at a time, with ``transformer=make_ink_pipeline()``, so that data
# need not fit into memory.
#
# Each call of ``partial_fit`` passes once over its chunk, here in five steps of 20 images. The
# first call has to be told all classes, as a chunk may lack some.
#
# When the hand changes, we make two copies of the classifier; a fitted one can be copied like any
# other object. One stops learning. The other goes on, but adds to each chunk as many old pictures,
# drawn at random from all that came before.

from copy import deepcopy

from sklearn.metrics import log_loss

from skhcr.classifiers import CNNClassifier
from skhcr.datasets import stream_batches

random = np.random.RandomState(0)
classifiers = {
    "goes on": CNNClassifier(batch_size=20, learning_rate=1e-3, random_state=0),
}
accuracies = {}  # by hand and classifier: after each chunk that it has been there for
losses = []  # of each chunk but the first, before it is learned from

for number, (X, y) in enumerate(stream_batches(images, labels, batch_size=100)):
    goes_on = classifiers["goes on"]
    if number > 0:
        losses.append(log_loss(y, goes_on.predict_proba(X), labels=range(10)))
    if number == N_UPRIGHT:
        classifiers["stops"] = deepcopy(goes_on)
        classifiers["goes on, with old pictures"] = deepcopy(goes_on)

    goes_on.partial_fit(X, y, classes=range(10))
    if "goes on, with old pictures" in classifiers:
        old = random.choice(100 * number, 100, replace=False)
        classifiers["goes on, with old pictures"].partial_fit(
            np.concatenate([X, images[old]]), np.concatenate([y, labels[old]])
        )
    for name, classifier in classifiers.items():
        for hand, pictures in tests.items():
            score = classifier.score(pictures, y_test)
            accuracies.setdefault((hand, name), []).append(score)

# %%
# Adapting and forgetting
# -----------------------
#
# From above: what arrives; how well the new hand is read, and the old one, in digits that no
# classifier has learned from; and the loss on each chunk just before it is learned from, which
# needs no test set. It jumps when the hand changes, which is how one notices.
#
# The classifier that stops goes on misreading most of the slanted digits. The one that goes on
# reads about nine of ten after some chunks, but forgets the upright hand little by little: nobody
# shows it upright digits any more. With old pictures among the new it reads both hands.

import matplotlib.pyplot as plt

STYLES = {
    "goes on": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "goes on, with old pictures": {"color": "#009E73", "linestyle": "-", "marker": "^"},
    "stops": {"color": "0.35", "linestyle": "--", "marker": ""},
}

fig, axes = plt.subplots(
    4, 1, figsize=(9, 9), height_ratios=(0.8, 3, 3, 2), sharex=True, layout="constrained"
)
arriving, slanted_ax, upright_ax, loss_ax = axes
for number in range(1, N_CHUNKS, 2):  # the first picture of every second chunk
    arriving.imshow(
        images[100 * number],
        cmap="gray_r",
        extent=(number - 0.4, number + 1.4, 0, 1),
        aspect="auto",
    )
arriving.set(ylim=(0, 1), yticks=[])
arriving.set_title("What arrives", loc="left")
arriving.spines[:].set_visible(False)
arriving.tick_params(length=0)

for ax, hand in ((slanted_ax, "slanted"), (upright_ax, "upright")):
    for name, style in STYLES.items():
        scores = accuracies[hand, name]
        numbers = range(N_CHUNKS - len(scores) + 1, N_CHUNKS + 1)
        ax.plot(numbers, scores, **style, markersize=5, label=name)
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.set(ylim=(0.1, 1), ylabel="Accuracy")
    ax.set_title(f"Test digits of the {hand} hand", loc="left")
slanted_ax.legend(loc="upper left", frameon=False)

loss_ax.plot(range(2, N_CHUNKS + 1), losses, color="0.2", marker="o", markersize=4)
loss_ax.set(ylim=(0, None), xlim=(0, N_CHUNKS + 1), xlabel="Chunk", ylabel="Log loss")
loss_ax.set_title("Each chunk, before it is learned from", loc="left")
for ax in axes[1:]:
    ax.axvline(N_UPRIGHT + 0.5, color="0.6", linestyle=":")
    ax.grid(axis="y", alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
loss_ax.text(N_UPRIGHT + 0.2, 1.9, "another hand", ha="right", va="top", color="0.35")
plt.show()
