"""
Well-known networks, and what they cost
=======================================

LeNet, three convolutions, a very wide network: many notebooks on handwriting use one of them, and
each is a name in :mod:`skhcr.networks`. Are they worth their time? We compare them with the
default, ``"compact"``.
"""

# %%
# One task for all
# ----------------
#
# 1,000 digits to learn from, 1,000 others for the test. We shrink them to 16 x 16 pixels: the
# widest network was made for larger ones, on which it takes minutes even for so few.

from skhcr.datasets import load_digits
from skhcr.preprocessing import ImageResizer

digits = load_digits()
images = ImageResizer((16, 16)).fit_transform(digits.images)
X_train, y_train = images[:1000], digits.target[:1000]
X_test, y_test = images[4000:], digits.target[4000:]

# %%
# Four networks
# -------------
#
# ``network`` is a parameter of :class:`~skhcr.classifiers.CNNClassifier`. The more often a network
# passes over the images, the better it reads and the longer it takes, so each is trained several
# times, with more and more epochs; the widest with fewer, as each takes it so long. The very first
# fit takes some seconds for TensorFlow to start. It has no part in the comparison.

from time import perf_counter

import pandas as pd

from skhcr.classifiers import CNNClassifier

CNNClassifier(epochs=1).fit(X_train[:100], y_train[:100])

EPOCHS = {
    "compact": (2, 6, 18),
    "three_conv": (2, 6, 18),
    "lenet": (2, 6, 18),
    "wide": (2, 6),
}
rows = []
for network, all_epochs in EPOCHS.items():
    for epochs in all_epochs:
        classifier = CNNClassifier(network, epochs=epochs, random_state=0)
        start = perf_counter()
        classifier.fit(X_train, y_train)
        seconds = perf_counter() - start
        n_parameters = sum(weights.size for weights in classifier.weights_)
        accuracy = classifier.score(X_test, y_test)
        rows.append([network, n_parameters, epochs, seconds, accuracy])
results = pd.DataFrame(rows, columns=["network", "parameters", "epochs", "seconds", "accuracy"])
print(results.round(3).to_string(index=False))

# %%
# What they cost
# --------------
#
# Both axes are logarithmic: better is lower, quicker is further left. The points of a line are 2,
# 6 and 18 epochs, those of the wide network 2 and 6. The small bars say how far off an error may be
# by chance, with 1,000 digits to count (one standard error up and down).
#
# With six epochs all four are about as good, but the wide network takes several times as long as
# the others, which in less time can afford eighteen. Nor are its millions of parameters a help
# where there are so few images. Which of the other three is best, 1,000 digits can hardly tell.
# (Times are those of the machine that made this page.)

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter

STYLES = {
    "compact": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "three_conv": {"color": "#009E73", "marker": "^", "linestyle": "--"},
    "lenet": {"color": "#D55E00", "marker": "s", "linestyle": "-."},
    "wide": {"color": "#CC79A7", "marker": "D", "linestyle": ":"},
}

fig, ax = plt.subplots(figsize=(9.5, 5.6), layout="constrained")
for network, runs in results.groupby("network", sort=False):
    error = 1 - runs["accuracy"]
    by_chance = np.sqrt(error * (1 - error) / len(y_test))
    label = f'"{network}", {runs["parameters"].iloc[0]:,} parameters'
    ax.errorbar(runs["seconds"], error, by_chance, **STYLES[network], markersize=9, label=label)
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, handlelength=4)
ax.set(xscale="log", yscale="log", xlabel="Training time, seconds")
ax.set_ylabel("Error on 1,000 other digits")
ax.set_yticks([0.05, 0.1, 0.2, 0.5], ["5%", "10%", "20%", "50%"])
ax.yaxis.set_minor_formatter(NullFormatter())
ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
ax.xaxis.set_major_formatter("{x:g}")
ax.xaxis.set_minor_formatter(NullFormatter())
ax.grid(alpha=0.25)
ax.spines[["top", "right"]].set_visible(False)
plt.show()
