"""skhcr evaluate: how well a model recognises labelled pictures."""

import html
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from skhcr.cli._console import complain, listing, write, write_json
from skhcr.cli._data import Data, ImageColumn, LabelAlphabet, LabelColumn
from skhcr.cli._models import Model

EXAMPLES = """Examples:

\b
  skhcr evaluate characters english.csv
  skhcr evaluate mine.skhcr others/ --confusion pairs.png --html report.html
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
{report}
</body>
</html>
"""


class ReportFormat(str, Enum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"


def evaluate(
    model: Model,
    data: Data,
    image_column: ImageColumn = "image",
    label_column: LabelColumn = None,
    alphabet: LabelAlphabet = None,
    confusion: Annotated[
        str | None,
        typer.Option(metavar="PICTURE", help="Show here what is mixed up most: .png, .svg, .pdf."),
    ] = None,
    html_file: Annotated[
        str | None, typer.Option("--html", metavar="FILE", help="Write the report as a page too.")
    ] = None,
    format: Annotated[
        ReportFormat, typer.Option("--format", help="How to write it.")
    ] = ReportFormat.TEXT,
):
    """Report how well a model recognises labelled pictures.

    Take pictures that it was not trained on: those it knows say nothing of others.

    Pictures that cannot be read are left out, with a line each on stderr; the exit status is then
    1.
    """
    from skhcr._files import whole_file
    from skhcr.cli._data import load_data, to_ink
    from skhcr.cli._files import PICTURES, check_installed, check_writable, save_picture
    from skhcr.cli._models import SUFFIX, Recogniser, load_model

    if data.endswith(SUFFIX) and not model.endswith(SUFFIX) and Path(model).exists():
        raise ValueError(f"The model comes first: skhcr evaluate {data} {model}")
    if confusion is not None:
        check_writable(confusion, PICTURES, "--confusion")
        check_installed("matplotlib")
    if html_file is not None:
        check_writable(html_file, (".html", ".htm"), "--html")
    recogniser = Recogniser(load_model(model))
    if _name_of_training_data(model) == Path(data).resolve().name:
        complain(f"warning: it was trained on {data}, or on what was called so.")
    pictures, labels = load_data(data, image_column, label_column, alphabet)
    with recogniser.explaining():
        images, labels, n_failed = to_ink(recogniser.before, recogniser.loader, pictures, labels)
        probabilities = recogniser.classifier.predict_proba(images)
    results = _results(recogniser.classes, probabilities, labels)
    if confusion is not None:
        import matplotlib

        matplotlib.use("Agg")  # a file, and no window
        from skhcr.inspection import ConfusionPairsDisplay

        y_true, y_pred = results["y_true"], results["y_pred"]
        save_picture(ConfusionPairsDisplay.from_predictions(images, y_true, y_pred), confusion)
    text, as_dict, shown = _reports(results)
    if html_file is not None:
        title = html.escape(f"{model} on {data}".encode(errors="replace").decode())
        with whole_file(html_file, (".html", ".htm")) as complete:
            complete.write_text(_PAGE.format(title=title, report=shown), encoding="utf-8")
    if format is ReportFormat.JSON:
        write_json(as_dict)
    else:
        write(f"{text}\n")
    return int(n_failed > 0)


def _reports(results):
    """Return the report as text, as a dict and as HTML."""
    from sklearn.metrics import classification_report

    from skhcr.metrics import recognition_report

    y_true, y_pred = results["y_true"].astype(str), results["y_pred"].astype(str)
    if all(len(label) == 1 for label in {*y_true, *y_pred}):
        report = recognition_report(**results)
        return report, recognition_report(**results, output_dict=True), report.to_html()
    # Labels that are no characters: groups of characters and look-alikes say nothing of them.
    options = {"zero_division": 0.0}
    text = classification_report(y_true, y_pred, **options)
    as_dict = classification_report(y_true, y_pred, output_dict=True, **options)
    return text, as_dict, f"<pre>{html.escape(text)}</pre>"


def _name_of_training_data(model):
    from skhcr.cli._models import SUFFIX
    from skhcr.persistence import describe

    card = describe(model)["card"] if model.endswith(SUFFIX) else None
    return (card or {}).get("training_data")


def _results(classes, probabilities, labels):
    """Return what a report is made of."""
    import numpy as np

    probabilities = np.asarray(probabilities)
    if classes.dtype.kind not in "iu" or labels.dtype.kind not in "iu":
        # The names of folders are strings, and the labels of the digits are not.
        classes, labels = classes.astype(str), labels.astype(str)
    if not np.isin(labels, classes).any():
        raise ValueError(
            f"The model knows none of the labels {listing(np.unique(labels).tolist())}; it knows "
            f"{listing(classes.tolist())}."
        )
    results = {"y_true": labels, "y_pred": classes[probabilities.argmax(axis=1)]}
    is_strange = ~np.isin(labels, classes)
    if is_strange.any():  # what a model does not know has no probability
        complain(
            f"warning: {is_strange.sum()} of {len(labels)} pictures have labels that the model "
            f"does not know: {listing(np.unique(labels[is_strange]).tolist())}. They count as "
            "mistakes."
        )
    else:
        results |= {"y_proba": probabilities, "labels": classes}
    only_predicted = np.setdiff1d(results["y_pred"], labels)
    if len(only_predicted):
        complain(
            f"{listing(only_predicted.tolist())}: read, but on no picture. In means over classes "
            "the recall of such a class is 0."
        )
    return results
