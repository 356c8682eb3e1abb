"""
Reject what it is not sure of
=============================

A classifier answers every picture, even where it can only guess. Where a wrong answer costs more
than none, let it answer the ones it is sure of, and ask a person about the rest.
"""

# %%
# How sure it is
# --------------
#
# The highest of the probabilities says how sure a classifier is. The pictures are the 62 characters
# that come with the package.

import numpy as np

import skhcr
from skhcr.datasets import load_characters

characters = load_characters()
reader = skhcr.load_pretrained("characters")
reader.set_params(onnxclassifier__priors="uniform")  # there are 60 of each character
probabilities = reader.predict_proba(characters.images)

sureness = probabilities.max(axis=1)
read = reader.classes_[probabilities.argmax(axis=1)]
is_wrong = read != characters.target
print(f"{is_wrong.mean():.1%} of {len(read)} are wrong")

# %%
# That is more than the model card says: here rare letters are as frequent as digits, and these are
# the hardest, the small letters that look like their capitals.
#
# .. note::
#    Most of these images were among those that the weights learned from, so expect more mistakes
#    with yours, and choose the threshold on some hundred pictures of your own.
#
# Error against coverage
# ----------------------
#
# Let it answer the surest picture first, then the next, and so on: *coverage* is the share that is
# answered, *error* the share of wrong ones among these.


def error_and_coverage(sureness, is_wrong):
    """Return both for every threshold, the strictest first."""
    order = np.argsort(-sureness, kind="stable")
    n_answered = np.arange(1, len(order) + 1)
    return np.cumsum(is_wrong[order]) / n_answered, n_answered / len(order)


# %%
# The threshold
# -------------
#
# For 5 % of the answers wrong, take the largest coverage with no more error. A threshold is learned
# like anything else, so one half of the pictures is to choose it, and the other to see whether it
# holds. It does but roughly: other halves would give a per cent or two more or less, and so do a
# few hundred pictures of your own.

from sklearn.model_selection import train_test_split

first, second = train_test_split(
    np.arange(len(read)), test_size=0.5, stratify=characters.target, random_state=0
)
error, coverage = error_and_coverage(sureness[first], is_wrong[first])
n_answered = np.flatnonzero(error <= 0.05).max() + 1
threshold = np.sort(sureness[first])[-n_answered]

answered = second[sureness[second] >= threshold]
where = len(answered) / len(second), is_wrong[answered].mean()
print(f"sure from {threshold:.2f} on: {where[0]:.0%} are answered, {where[1]:.1%} of them wrong")

# %%
# In use, it is two lines:

sure = probabilities.max(axis=1) >= threshold
answers = np.where(sure, read, "?")

# %%
# Most of what it is unsure of can't be known: whether a lone o is a small letter, a capital or 0.
# Where only case is in question and does not matter, add up the probabilities of both before you
# take the highest: the dashed line.

folded_classes, code = np.unique(np.char.lower(reader.classes_), return_inverse=True)
folded = probabilities @ np.eye(len(folded_classes))[code]  # (n_samples, 36)
folded_is_wrong = folded_classes[folded.argmax(axis=1)] != np.char.lower(characters.target)

import matplotlib.pyplot as plt
from matplotlib.ticker import MultipleLocator

error, coverage = error_and_coverage(sureness[second], is_wrong[second])
folded_error, folded_coverage = error_and_coverage(
    folded.max(axis=1)[second], folded_is_wrong[second]
)

fig, ax = plt.subplots(figsize=(7, 5), layout="constrained")
ax.plot(coverage, error, label="62 characters")
ax.plot(folded_coverage, folded_error, "--", label="without regard to case")
ax.plot(*where, "o", color="black", label=f"sure from {threshold:.2f} on")
ax.annotate(
    f"{where[0]:.0%} answered,\n{where[1]:.1%} of them wrong",
    where,
    xytext=(-12, 12),
    textcoords="offset points",
    ha="right",
)
ax.xaxis.set_major_formatter("{x:.0%}")
ax.yaxis.set_major_formatter("{x:.0%}")
ax.yaxis.set_major_locator(MultipleLocator(0.05))
ax.set(xlabel="Coverage: answered", ylabel="Error: wrong answers", xlim=(0, 1.01))
ax.set_ylim(bottom=0)
ax.legend(loc="upper left")

# %%
# A few of both, drawn at random; the wrong ones are framed. About half of what it rejects it would
# have read correctly: that is the price of few mistakes.

from skhcr.inspection import PredictionGridDisplay

fig, axes = plt.subplots(1, 2, figsize=(13, 6), layout="constrained")
for ax, name, chosen in zip(axes, ("Answered", "Rejected"), (sure, ~sure), strict=True):
    PredictionGridDisplay.from_predictions(
        characters.images[chosen],
        characters.target[chosen],
        read[chosen],
        confidence=sureness[chosen],
        n_images=24,
        n_columns=6,
        random_state=0,
        ax=ax,
    )
    ax.set_title(f"{name}: {is_wrong[chosen].mean():.0%} wrong")
plt.show()
