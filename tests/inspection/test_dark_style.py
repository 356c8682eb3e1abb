"""Displays can be read on a dark page too. (The figures of a heat map stand on its cells.)"""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from skhcr.inspection import (
    ConfusionPairsDisplay,
    ImageGridDisplay,
    PredictionGridDisplay,
    PreprocessingDisplay,
    SaliencyDisplay,
    TopPredictionsDisplay,
    TrainingHistoryDisplay,
)
from skhcr.preprocessing import PixelScaler

DRAW = {
    "confusions": lambda X: ConfusionPairsDisplay.from_predictions(X, ["a"] * 4, list("abcc")),
    "images": lambda X: ImageGridDisplay.from_data(X, list("abab")),
    "predictions": lambda X: PredictionGridDisplay.from_predictions(X, None, list("abab")),
    "preprocessing": lambda X: PreprocessingDisplay.from_estimator(PixelScaler().fit(X), X),
    "saliency": lambda X: SaliencyDisplay.from_predictions(X, X / 255, list("abab")),
    "top": lambda X: TopPredictionsDisplay.from_predictions(
        X, np.full((4, 2), 0.5), ["a", "b"], y_true=list("abab")
    ),
    "history": lambda X: TrainingHistoryDisplay.from_histories([{"loss": [2.0, 1.0]}] * 7),
}


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_text_and_lines_stand_out_from_the_page(draw, digits, contrast):
    X, *_ = digits
    with plt.style.context("dark_background"):
        figure = draw(X[:4]).figure_
        said = [item for ax in figure.axes for item in (*ax.texts, *ax.lines, ax.title)]
        assert min(contrast(item.get_color(), figure.get_facecolor()) for item in said) > 3
