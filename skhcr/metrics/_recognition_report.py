"""recognition_report: how well digits, capitals and small letters are recognised."""

from numbers import Integral

import numpy as np
from sklearn.metrics import precision_recall_fscore_support
from sklearn.utils._param_validation import Interval, validate_params
from sklearn.utils.validation import check_array

from skhcr.metrics._labels import check_labels, check_same_kind, check_targets, fold_case
from skhcr.metrics._report_tables import RecognitionReport

GROUPS = "digits", "capitals", "small letters", "others"
CLASS_COLUMNS = "precision", "recall", "f1-score", "support"


@validate_params(
    {
        "digits": [Interval(Integral, 0, None, closed="left")],
        "output_dict": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def recognition_report(y_true, y_pred, y_proba=None, *, labels=None, digits=2, output_dict=False):
    """Report how well characters are recognised, by digits, capitals and small letters.

    Like :func:`~sklearn.metrics.classification_report`, with the classes under a heading each, and
    with a summary: a row for each of these groups, and one for all.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels: one character each, or whole numbers. 0 to 9 are digits, and what is neither a
        digit nor a letter with a case is among the others.
    y_pred : array-like of shape (n_samples,)
        Predicted labels, of the same kind.
    y_proba : array-like of shape (n_samples, n_classes), default=None
        The probability of each class, as of ``predict_proba``, or any other score of it. With it,
        the summary says how often the true label is one of the two most probable ones.
    labels : array-like of shape (n_classes,), default=None
        All classes, in the order of the columns of `y_proba` and of the report: the `classes_` of
        the classifier. By default the sorted labels of `y_true` and `y_pred`.
    digits : int, default=2
        The number of decimals in the text and in the HTML.
    output_dict : bool, default=False
        Whether to return the numbers as a dict.

    Returns
    -------
    RecognitionReport or dict
        The report is a `str`, a text to print. A notebook shows it as HTML, with the summary
        first, and ``report.to_html()`` returns that as a `str`, to be put into a page.

        The dict holds unrounded floats in two dicts: "classes", the "precision", "recall",
        "f1-score" and "support" of each label (as a `str`), and "summary", the same of "digits",
        "capitals", "small letters", "others" and "all", with "accuracy",
        "case-insensitive accuracy" and, given `y_proba`, "top-2 accuracy".

    Raises
    ------
    ValueError
        If there are no samples, the lengths differ, a label is neither one character nor a whole
        number, there are both, a label is not among `labels`, or `y_proba` has another shape
        than a row for each sample and a column for each of the labels.

    See Also
    --------
    case_insensitive_accuracy_score : The column "any case", alone.
    confusable_groups : Which classes are taken for each other.
    sklearn.metrics.top_k_accuracy_score : As the column "top-2".

    Notes
    -----
    In the summary, precision, recall and f1-score are the means over a group's classes (macro
    averages); the accuracies are those of the samples whose true label is in the group. What is
    undefined, such as the precision of a class that was never predicted, is 0.

    A class that is neither in `y_true` nor in `y_pred` is left out of the tables and of the means,
    and a group without samples is left out of the summary. As in scikit-learn, a class that was
    only predicted counts: its recall is 0.

    Of two labels of the same probability, the first ranks higher, as it does in ``predict``.

    Examples
    --------
    >>> from skhcr.metrics import recognition_report
    >>> y_true = ["0", "0", "1", "O", "O", "c", "c", "x"]
    >>> y_pred = ["0", "O", "1", "O", "O", "C", "c", "x"]
    >>> print(recognition_report(y_true, y_pred))
                   precision  recall  f1-score  support
    <BLANKLINE>
    digits
      0                 1.00    0.50      0.67        2
      1                 1.00    1.00      1.00        1
    <BLANKLINE>
    capitals
      C                 0.00    0.00      0.00        0
      O                 0.67    1.00      0.80        2
    <BLANKLINE>
    small letters
      c                 1.00    0.50      0.67        2
      x                 1.00    1.00      1.00        1
    <BLANKLINE>
                   precision  recall  f1-score  support  accuracy  any case
    digits              1.00    0.75      0.83        3      0.67      0.67
    capitals            0.33    0.50      0.40        2      1.00      1.00
    small letters       1.00    0.75      0.83        3      0.67      1.00
    all                 0.78    0.67      0.69        8      0.75      0.88

    The numbers themselves:

    >>> report = recognition_report(y_true, y_pred, output_dict=True)
    >>> report["classes"]["c"]["recall"], report["summary"]["all"]["accuracy"]
    (0.5, 0.75)
    """
    y_true, y_pred = check_targets(y_true, y_pred)
    labels = _check_classes(y_true, y_pred, labels)
    occurring = labels[np.isin(labels, np.concatenate([y_true, y_pred]))]
    scores = precision_recall_fscore_support(y_true, y_pred, labels=occurring, zero_division=0)
    scores = np.transpose(scores)  # (n_classes, 4): precision, recall, f1-score, support
    right = {
        "accuracy": y_true == y_pred,
        "case-insensitive accuracy": fold_case(y_true) == fold_case(y_pred),
    }
    if y_proba is not None:
        right["top-2 accuracy"] = _is_in_top_2(y_true, y_proba, labels)

    group_of = {label: _group(label) for label in occurring.tolist()}
    group_of_class = np.array(list(group_of.values()))
    group_of_sample = np.array([group_of[label] for label in y_true.tolist()])
    classes = {
        str(label): dict(zip(CLASS_COLUMNS, row, strict=True))
        for label, row in zip(group_of, scores.tolist(), strict=True)
    }
    groups = {
        name: [str(label) for label in group_of if group_of[label] == name]
        for name in GROUPS
        if name in group_of_class
    }
    summary = {
        name: _summarize(scores[group_of_class == name], right, group_of_sample == name)
        for name in groups
        if name in group_of_sample
    }
    summary["all"] = _summarize(scores, right, np.full(len(y_true), True))
    report = {"classes": classes, "summary": summary}
    return report if output_dict else RecognitionReport.of(report, groups, digits)


def _check_classes(y_true, y_pred, labels):
    """Return all classes, or raise a ValueError if they don't fit the labels of the samples."""
    if labels is None:
        labels = np.unique(np.concatenate([y_true, y_pred]))
    else:
        labels = check_labels("labels", labels)
        if len(labels) == 0:
            raise ValueError("labels is empty; expected the classes.")
        if len(np.unique(labels)) < len(labels):
            raise ValueError("labels holds a label twice; expected each class once.")
        check_same_kind("y_true", y_true, "labels", labels)
        for name, y in ("y_true", y_true), ("y_pred", y_pred):
            strange = np.setdiff1d(y, labels)
            if len(strange) > 0:
                raise ValueError(
                    f"{name} holds labels that are not among labels: {_listing(strange)}; "
                    f"expected one of the {len(labels)} from {labels[0].item()!r} to "
                    f"{labels[-1].item()!r}."
                )
    if labels.dtype.kind == "U":
        strange = labels[np.char.str_len(labels) != 1]
        if len(strange) > 0:
            raise ValueError(
                f"There are labels that are not one character: {_listing(strange)}; expected "
                "characters, or whole numbers. For words and lines there is character_error_rate."
            )
    return labels


def _is_in_top_2(y_true, y_proba, labels):
    """Return for each sample whether its label is one of the two with the highest scores."""
    dtypes = [np.float64, np.float32]
    y_proba = check_array(
        y_proba, dtype=dtypes, ensure_2d=False, allow_nd=True, input_name="y_proba"
    )
    expected = len(y_true), len(labels)
    if y_proba.shape != expected:
        raise ValueError(
            f"y_proba has shape {y_proba.shape}; expected {expected}: a row for each sample, and "
            "a column for each of labels. Pass labels=classifier.classes_ if the classifier knows "
            "classes that are not among these samples."
        )
    best = np.argsort(-y_proba, axis=1, kind="stable")[:, :2]  # (n_samples, 2)
    return (labels[best] == y_true[:, np.newaxis]).any(axis=1)


def _group(label):
    if isinstance(label, int):
        return "digits" if 0 <= label <= 9 else "others"
    if label.isdecimal():
        return "digits"
    return "capitals" if label.isupper() else "small letters" if label.islower() else "others"


def _summarize(scores, right, samples):
    """Return a row of the summary.

    Parameters
    ----------
    scores : ndarray of shape (n_classes, 4)
        Precision, recall, f1-score and support of the group's classes.
    right : dict of ndarray of bool, shape (n_samples,)
        What counts as right for each of the accuracies.
    samples : ndarray of bool, shape (n_samples,)
        Which samples are of the group.
    """
    means = scores.mean(axis=0).tolist()
    row = dict(zip(CLASS_COLUMNS, means, strict=True)) | {"support": float(samples.sum())}
    return row | {name: float(hits[samples].mean()) for name, hits in right.items()}


def _listing(values, most=10):
    shown = ", ".join(map(repr, values[:most].tolist()))
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"
