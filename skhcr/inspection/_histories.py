"""Histories of training: found in estimators, checked, and put together."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

_EXPECTED = (
    "one that keeps it: a CNNClassifier or another network with the dict `history_`, or "
    "scikit-learn's MLPClassifier"
)


def find_history(estimator):
    """Return the estimator that has the history, found in pipelines and searches, and it."""
    if isinstance(estimator, Pipeline):
        return find_history(estimator.steps[-1][1])
    for attribute in ("best_estimator_", "estimator_"):  # searches, tuned thresholds
        if hasattr(estimator, attribute):
            return find_history(getattr(estimator, attribute))
    if hasattr(estimator, "history_"):
        return estimator, estimator.history_
    if not hasattr(estimator, "loss_curve_"):
        check_is_fitted(estimator)
        is_search = hasattr(estimator, "cv_results_")
        raise ValueError(
            f"estimator is of type {type(estimator).__name__}, which has no training history; "
            f"expected {'a search with refit=True' if is_search else _EXPECTED}."
        )
    history = {"loss": estimator.loss_curve_}
    if getattr(estimator, "validation_scores_", None) is not None:
        score = "accuracy" if is_classifier(estimator) else "r2"
        history[f"val_{score}"] = estimator.validation_scores_
    return estimator, history


def is_history(value):
    """Whether a value is one history and not a dict or list of several."""
    if not isinstance(value, Mapping):
        return hasattr(value, "history")
    return not any(isinstance(one, Mapping) or hasattr(one, "history") for one in value.values())


def numbered_names(names):
    """Return names with numbers behind those that occur several times."""
    total, seen, numbered = Counter(names), Counter(), []
    for name in names:
        seen[name] += 1
        numbered.append(f"{name} {seen[name]}" if total[name] > 1 else name)
    return numbered


def named_histories(histories, names):
    """Return a dict of checked histories."""
    if not histories:
        raise ValueError("Got no history; expected at least one.")
    if isinstance(names, str) or len(names) != len(histories) or len(set(names)) != len(names):
        raise ValueError(f"name={names!r} should be {len(histories)} different names.")
    return {
        name: _check_history(history, name) for name, history in zip(names, histories, strict=True)
    }


def _check_history(history, name):
    """Return a history as a dict of lists of floats."""
    subject = f"The history of {name!r}" if name else "The history"
    history = getattr(history, "history", history)  # what Keras returns
    if not isinstance(history, Mapping):
        raise ValueError(
            f"{subject} is of type {type(history).__name__}; expected a dict of lists."
        )
    try:
        checked = {str(key): [float(v) for v in values] for key, values in history.items()}
    except (TypeError, ValueError) as error:
        raise ValueError(f"{subject} has values that are not lists of numbers: {error}.") from None
    lengths = {key: len(values) for key, values in checked.items()}
    if not any(lengths.values()):
        raise ValueError(
            f"{subject} is empty, as that of a network whose weights were loaded rather than "
            "trained; expected one of at least one epoch."
        )
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{subject} has lists of different length; expected the same: {lengths}.")
    if "loss" not in checked:
        raise ValueError(f"{subject} has no 'loss'; expected one beside {list(checked)}.")
    return checked


def score_name(history):
    """Return the name of the metric that is shown beside the loss, or None."""
    metrics = [key.removeprefix("val_") for key in history]
    scores = [
        name
        for name in metrics
        if not name.endswith("loss") and name not in ("lr", "learning_rate")
    ]
    return "accuracy" if "accuracy" in scores else next(iter(scores), None)


def score_label(scores):
    """Return the label of an axis of scores of these names, None where there is none."""
    different = {score for score in scores if score is not None}
    if not different:
        return None
    return different.pop().replace("_", " ").capitalize() if len(different) == 1 else "Score"


def best_epoch(history, score):
    """Return the best epoch on the validation set, from 1, or None."""
    if "val_loss" in history:
        badness = np.asarray(history["val_loss"])
    else:
        badness = -np.asarray(history.get(f"val_{score}", []))
    finite = np.flatnonzero(np.isfinite(badness))
    return int(finite[np.argmin(badness[finite])]) + 1 if len(finite) else None


def mean_history(histories):
    """Return the mean history, as long as the shortest."""
    n_epochs = min(len(history["loss"]) for history in histories)
    keys = [key for key in histories[0] if all(key in history for history in histories)]
    return {
        key: np.mean([history[key][:n_epochs] for history in histories], axis=0) for key in keys
    }
