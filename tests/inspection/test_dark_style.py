"""Displays can be read on a dark page too."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from skhcr.inspection import (
    ConfusionPairsDisplay,
    ImageGridDisplay,
    PredictionGridDisplay,
    PreprocessingDisplay,
    TopPredictionsDisplay,
    TrainingHistoryDisplay,
)
from skhcr.preprocessing import PixelScaler

DRAW = {
    "confusions": lambda X: ConfusionPairsDisplay.from_predictions(X, ["a"] * 4, list("abcc")),
    "images": lambda X: ImageGridDisplay.from_data(X, list("abab")),
    "predictions": lambda X: PredictionGridDisplay.from_predictions(X, None, list("abab")),
    "preprocessing": lambda X: PreprocessingDisplay.from_estimator(PixelScaler().fit(X), X),
    "top": lambda X: TopPredictionsDisplay.from_predictions(
        X, np.full((4, 2), 0.5), ["a", "b"], y_true=list("abab")
    ),
    "history": lambda X: TrainingHistoryDisplay.from_histories([{"loss": [2.0, 1.0]}] * 7),
}


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_text_and_lines_stand_out_from_the_page(draw, digits):
    X, *_ = digits
    with plt.style.context("dark_background"):
        figure = draw(X[:4]).figure_
        of_axes = [item for ax in figure.axes for item in (*ax.texts, *ax.lines, ax.title)]
        lightness = [np.mean(to_rgb(item.get_color())) for item in of_axes]
        assert min(lightness) > 0.2
