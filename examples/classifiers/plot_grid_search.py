"""
A grid search over a pipeline
=============================

How large should the images be, and how much should they be moved about in training? One is a
parameter of the preprocessing, the other one of the classifier. To
:class:`~sklearn.model_selection.GridSearchCV` both are parameters of a pipeline.
"""

# %%
# The pipeline
# ------------
#
# Few images and few epochs, so that the search is over in half a minute. A search for a project of
# yours looks the same, and may run over night.

from sklearn.pipeline import make_pipeline

from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_digits
from skhcr.preprocessing import ImageResizer, PixelScaler

digits = load_digits()
X_train, y_train = digits.images[:500], digits.target[:500]
X_test, y_test = digits.images[4000:], digits.target[4000:]

pipeline = make_pipeline(
    ImageResizer((28, 28)), PixelScaler(), CNNClassifier(epochs=10, random_state=0)
)

# %%
# The search
# ----------
#
# A parameter's name is the name of the step, two underscores, and its name there. ``augment`` says
# how far each training image is turned, sheared, scaled and shifted, anew in each epoch; 0 leaves
# it as it is. Each of the nine settings is tried twice, on one half of the images after training on
# the other.

from sklearn.model_selection import GridSearchCV

grid = {
    "imageresizer__size": [(7, 7), (14, 14), (28, 28)],
    "cnnclassifier__augment": [0.0, 0.7, 2.0],
}
search = GridSearchCV(pipeline, grid, cv=2)
search.fit(X_train, y_train)

# %%
# The result
# ----------
#
# The search has trained the best setting once more, on all 500 images, and behaves like the fitted
# pipeline. It can be asked for digits that had no part in the search:

print(f"{search.score(X_test, y_test):.1%} of {len(X_test)} others are read correctly, with")
for name, value in search.best_params_.items():
    print(f"    {name}: {value}")

# %%
# :class:`~skhcr.inspection.SearchHeatmapDisplay` shows the nine scores, each the mean of both
# halves, and frames the best. In each row larger images are better. In each column a little
# movement helps, as 250 images are few, and much of it harms, above all the smallest images.
#
# On the right are mistakes of the best setting: those of which it was surest.

import matplotlib.pyplot as plt

from skhcr.inspection import PredictionGridDisplay, SearchHeatmapDisplay

fig, (left, right) = plt.subplots(
    1, 2, figsize=(11, 4.6), width_ratios=(1.1, 1), layout="constrained"
)
SearchHeatmapDisplay.from_estimator(
    search, param_x="size", param_y="augment", ax=left, text_kw={"fontsize": 14}
)
left.set_title("Accuracy in cross-validation")
PredictionGridDisplay.from_estimator(
    search, X_test, y_test, select="wrong", n_images=12, n_columns=4, ax=right
)
right.set_title("Mistakes of the best")
plt.show()
