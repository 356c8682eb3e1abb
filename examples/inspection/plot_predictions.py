"""
What is read, and how sure it is
================================

A score says how many are wrong. Which ones are wrong, and whether you would have read them, only
the pictures say.
"""

# %%
# A reader and what it has not seen
# ---------------------------------
#
# The network learns from half of the 62 characters that come with the package, and is asked about
# the other half. Twenty passes over the pictures are few, so that there are mistakes to look at.

from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CharacterClassifier
from skhcr.datasets import load_characters
from skhcr.preprocessing import PixelScaler

X, y = load_characters(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, stratify=y, random_state=0)
model = make_pipeline(PixelScaler(), CharacterClassifier(epochs=20, random_state=0))
model.fit(X_train, y_train)

# %%
# Any of them
# -----------
#
# :class:`~skhcr.inspection.PredictionGridDisplay` takes any fitted classifier. Below each picture
# stands what is read and how sure that is; a wrong one has a cross, a frame, and the true label.

import matplotlib.pyplot as plt

from skhcr.inspection import PredictionGridDisplay

PredictionGridDisplay.from_estimator(model, X_test, y_test, n_images=24, random_state=1)
plt.show()

# %%
# Wrong and sure
# --------------
#
# ``select="wrong"`` shows the mistakes, those first that it was surest of. Some are labels that
# nobody would guess from one character alone; some are written so that people would misread them
# too; the rest is what is left to learn.

PredictionGridDisplay.from_estimator(model, X_test, y_test, select="wrong", n_images=36)
plt.show()

# %%
# The least sure
# --------------
#
# ``select="unsure"`` needs no labels: these are the pictures to look at first when new data comes,
# and the ones worth labelling.

PredictionGridDisplay.from_estimator(model, X_test, select="unsure", n_images=18)
plt.show()

# %%
# What else it might be
# ---------------------
#
# :class:`~skhcr.inspection.TopPredictionsDisplay` shows the five most probable labels of a picture.
# The check mark is the true one, if it is among them.

from skhcr.inspection import TopPredictionsDisplay

unsure = model.predict_proba(X_test).max(axis=1).argsort()[[0, 3, 6]]
TopPredictionsDisplay.from_estimator(model, X_test[unsure], y_test[unsure])
plt.show()
