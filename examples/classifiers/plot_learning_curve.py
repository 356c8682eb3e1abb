"""
How many images does it take?
=============================

A network is said to need many images. How many, until it reads better than a classifier that needs
few? scikit-learn's :class:`~sklearn.model_selection.LearningCurveDisplay` trains both on more and
more images, and draws how well they read others.
"""

# %%
# Two classifiers
# ---------------
#
# A support vector machine is a good classifier of digits, in a fraction of a second. The network is
# a :class:`~skhcr.classifiers.CNNClassifier` that passes twelve times over what it has. Small
# batches let it take some steps on fifty images too.

from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_digits
from skhcr.preprocessing import PixelScaler

X, y = load_digits(return_X_y=True)

classifiers = {
    "SVC": make_pipeline(PixelScaler(), SVC(C=10)),
    "CNNClassifier": CNNClassifier(epochs=12, batch_size=32, random_state=0),
}

# %%
# One picture of both
# -------------------
#
# 1,000 of the 5,000 digits are kept apart for the test. Of the others they learn from 50, 150, 500
# and 1,500. That is done three times, each time with other digits: a line shows the mean of the
# three, a bar how far they are apart (one standard deviation up and down).
#
# ``score_type="test"`` leaves out how well they read what they have learned from, which says little
# here: both know it almost by heart.

import matplotlib.pyplot as plt
from sklearn.model_selection import LearningCurveDisplay, StratifiedShuffleSplit

SIZES = [50, 150, 500, 1500]
STYLES = {
    "SVC": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    "CNNClassifier": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
}

fig, ax = plt.subplots(figsize=(7.5, 5), layout="constrained")
for name, classifier in classifiers.items():
    display = LearningCurveDisplay.from_estimator(
        classifier,
        X,
        y,
        train_sizes=SIZES,
        cv=StratifiedShuffleSplit(3, test_size=1000, random_state=0),
        score_type="test",
        score_name="Accuracy on 1,000 other digits",
        std_display_style="errorbar",
        errorbar_kw={**STYLES[name], "linewidth": 2, "markersize": 7, "capsize": 4},
        ax=ax,
    )
    display.errorbar_[0].set_label(name)
    print(name, display.test_scores.mean(axis=1).round(2))

ax.legend(loc="lower right", frameon=False)
ax.set_xscale("log")
ax.set_xticks(SIZES, [f"{size:,}" for size in SIZES])
ax.set_xticks([], minor=True)
ax.yaxis.set_major_formatter("{x:.0%}")
ax.grid(alpha=0.25)
ax.spines[["top", "right"]].set_visible(False)

# %%
# With five images of each digit the two are about as good, and chance plays a large part: the bars
# overlap. From 150 images on the network is ahead, and it makes more of every further image: with
# 1,500 it makes about half the mistakes of the other. So it takes some hundred images, not
# thousands.

plt.show()
