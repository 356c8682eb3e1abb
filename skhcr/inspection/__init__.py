"""Pictures of data, predictions and training: Display classes in the manner of scikit-learn.

scikit-learn's own are used as they are: :class:`~sklearn.metrics.ConfusionMatrixDisplay`,
:class:`~sklearn.model_selection.LearningCurveDisplay`,
:class:`~sklearn.model_selection.ValidationCurveDisplay` and
:class:`~sklearn.calibration.CalibrationDisplay`.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "_confusion_pairs_display": ["ConfusionPairsDisplay"],
        "_image_grid_display": ["ImageGridDisplay"],
        "_live_training_history": ["LiveTrainingHistory"],
        "_prediction_grid_display": ["PredictionGridDisplay"],
        "_preprocessing_display": ["PreprocessingDisplay"],
        "_saliency_display": ["SaliencyDisplay"],
        "_search_heatmap_display": ["SearchHeatmapDisplay"],
        "_text_overlay_display": ["TextOverlayDisplay"],
        "_top_predictions_display": ["TopPredictionsDisplay"],
        "_training_history_display": ["TrainingHistoryDisplay"],
    },
)
