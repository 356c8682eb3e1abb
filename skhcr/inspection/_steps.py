"""The steps of a fitted pipeline, and how far what they hand on is pictures."""

from sklearn.pipeline import Pipeline

from skhcr._images import PictureTransformerMixin
from skhcr.preprocessing import ImageFlattener


def flat_steps(estimator):
    """Return the steps of an estimator as (name, step), those of nested pipelines too."""
    estimator = getattr(estimator, "best_estimator_", estimator)  # of a search
    if not isinstance(estimator, Pipeline):
        return [(type(estimator).__name__.lower(), estimator)]
    steps = []
    for name, step in estimator.steps:
        if isinstance(step, Pipeline):
            steps += flat_steps(step)
        elif step is not None and not (isinstance(step, str) and step == "passthrough"):
            steps.append((name, step))
    return steps


def picture_steps(steps):
    """Return how many of the first steps hand on pictures."""
    for position, (_, step) in enumerate(steps):
        if not isinstance(step, PictureTransformerMixin) or isinstance(step, ImageFlattener):
            return position
    return len(steps)
