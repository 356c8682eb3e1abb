"""
Which of the 62 characters are mixed up
=======================================

A confusion matrix of 62 classes has 3,844 numbers, nearly all of them 0. What matters are the few
pairs that are taken for each other, and what they look like.
"""

# %%
# What the shipped weights read
# -----------------------------
#
# The pictures are the 62 characters that come with the package, 60 of each.
#
# .. note::
#    Most of these pictures were among those that the weights learned from; expect more mistakes
#    with yours, but of the same kind.

import skhcr
from skhcr.datasets import load_characters

X, y = load_characters(return_X_y=True)
reader = skhcr.load_pretrained("characters")
reader.set_params(onnxclassifier__priors="uniform")  # there are as many of each character
y_proba = reader.predict_proba(X)
y_pred = reader.classes_[y_proba.argmax(axis=1)]

# %%
# The report
# ----------
#
# :func:`~skhcr.metrics.recognition_report` is scikit-learn's report, grouped into digits, capitals
# and small letters. The last table tells most: if case does not count, or if the second guess
# counts, little is wrong.

from skhcr.metrics import recognition_report

print(recognition_report(y, y_pred, y_proba))

# %%
# Groups of look-alikes
# ---------------------
#
# :func:`~skhcr.metrics.confusable_groups` lists the characters that are taken for each other.

from skhcr.metrics import confusable_groups

for group in confusable_groups(y, y_pred):
    print(" ".join(group))

# %%
# Why there is no matrix here
# ---------------------------
#
# scikit-learn's :class:`~sklearn.metrics.ConfusionMatrixDisplay` is the picture for ten digits.
# With 62 classes the numbers have no room: what is left are two faint lines beside the diagonal,
# the small letters and capitals of the same form.

import matplotlib.pyplot as plt
from matplotlib.colors import PowerNorm
from sklearn.metrics import ConfusionMatrixDisplay

fig, ax = plt.subplots(figsize=(9, 9), layout="constrained")
ConfusionMatrixDisplay.from_predictions(
    y,
    y_pred,
    include_values=False,
    colorbar=False,
    cmap="Blues",
    im_kw={"norm": PowerNorm(0.5)},  # so that a single mistake can be seen
    ax=ax,
)
ax.tick_params(labelsize=7)
plt.show()

# %%
# The worst pairs, with pictures
# ------------------------------
#
# :class:`~skhcr.inspection.ConfusionPairsDisplay` shows the pairs with most mistakes: on the left
# how often, and on which pictures, one was read as the other, and on the right the reverse. First
# come letters that differ by their size only, which is lost when each is brought to 28 x 28. Which
# of the two it is, only the neighbours can say.

from skhcr.inspection import ConfusionPairsDisplay

ConfusionPairsDisplay.from_predictions(X, y, y_pred, n_pairs=8)
plt.show()

# %%
# With ``ignore_case=True`` these are left out. Most of what remains, a ring, a stroke and a hook,
# is written the same way by many hands.

# sphinx_gallery_thumbnail_number = 3
ConfusionPairsDisplay.from_predictions(
    X, y, y_pred, n_pairs=8, ignore_case=True, im_kw={"cmap": "gray_r"}
)
plt.show()
