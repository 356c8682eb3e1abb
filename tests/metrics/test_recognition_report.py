import copy
import json
import pickle
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, classification_report, top_k_accuracy_score

from skhcr.metrics import case_insensitive_accuracy_score, recognition_report

SMALL = list("001OOccx"), list("0O1OOCcx")
TABLE_TAGS = {"div", "style", "table", "caption", "thead", "tbody", "tr", "th", "td"}


def tables(report):
    """Return the tables of the HTML: the caption, and the text of each cell."""
    root = ElementTree.fromstring(report.to_html())
    found = []
    for table in root.iter("table"):
        caption = table.find("caption")
        rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
        found.append((None if caption is None else caption.text, rows))
    return found


def test_classes_agree_with_classification_report(predictions):
    y_true, y_pred = predictions.y_true, predictions.y_pred
    report = recognition_report(y_true, y_pred, output_dict=True)
    theirs = classification_report(y_true, y_pred, output_dict=True, zero_division=0)
    assert "".join(report["classes"]) == "".join(predictions.classes)
    for label, row in report["classes"].items():
        assert row == pytest.approx(theirs[label])
    summary = report["summary"]["all"]
    assert {name: summary[name] for name in theirs["macro avg"]} == pytest.approx(
        theirs["macro avg"]
    )
    assert summary["accuracy"] == pytest.approx(theirs["accuracy"])


def test_summary_agrees_with_the_scores_of_each_group(predictions):
    y_true, y_pred, y_proba = predictions.y_true, predictions.y_pred, predictions.y_proba
    classes = predictions.classes
    report = recognition_report(y_true, y_pred, y_proba, output_dict=True)
    assert list(report["summary"]) == ["digits", "capitals", "small letters", "all"]
    of_group = {
        "digits": np.char.isdigit,
        "capitals": np.char.isupper,
        "small letters": np.char.islower,
        "all": lambda labels: labels != "",
    }
    for name, is_in in of_group.items():
        row, inside = report["summary"][name], is_in(y_true)
        assert row["support"] == inside.sum()
        assert row["accuracy"] == pytest.approx(accuracy_score(y_true[inside], y_pred[inside]))
        assert row["case-insensitive accuracy"] == pytest.approx(
            case_insensitive_accuracy_score(y_true[inside], y_pred[inside])
        )
        assert row["top-2 accuracy"] == pytest.approx(
            top_k_accuracy_score(y_true[inside], y_proba[inside], k=2, labels=classes)
        )
        for measure in "precision", "recall", "f1-score":
            of_classes = [report["classes"][label][measure] for label in classes[is_in(classes)]]
            assert row[measure] == pytest.approx(np.mean(of_classes))


def test_the_dict_is_plain(predictions):
    report = recognition_report(
        predictions.y_true, predictions.y_pred, predictions.y_proba, output_dict=True
    )
    for rows in report.values():
        assert type(rows) is dict
        for key, row in rows.items():
            assert type(key) is str
            assert type(row) is dict
            assert all(type(value) is float for value in row.values())
    assert json.loads(json.dumps(report)) == report
    assert pd.DataFrame(report["classes"]).shape == (4, 62)


def test_numbers_of_a_small_report():
    report = recognition_report(*SMALL, output_dict=True)
    assert report["classes"]["0"] == pytest.approx(
        {"precision": 1, "recall": 0.5, "f1-score": 2 / 3, "support": 2}
    )
    assert report["summary"]["small letters"] == pytest.approx(
        {
            "precision": 1,
            "recall": 0.75,
            "f1-score": 5 / 6,
            "support": 3,
            "accuracy": 2 / 3,
            "case-insensitive accuracy": 1,
        }
    )


def test_text_of_two_classes():
    report = recognition_report([0, 0, 1, 1], [0, 1, 1, 1], digits=3)
    expected = """\
        precision  recall  f1-score  support

digits
  0         1.000   0.500     0.667        2
  1         0.667   1.000     0.800        2

        precision  recall  f1-score  support  accuracy  any case
digits      0.833   0.750     0.733        4     0.750     0.750
all         0.833   0.750     0.733        4     0.750     0.750"""
    assert report == expected
    assert repr(report) == str(report) == expected
    assert isinstance(report, str)
    assert type(str(report)) is str


def test_text_of_62_classes_fits_a_terminal(predictions):
    report = recognition_report(predictions.y_true, predictions.y_pred, predictions.y_proba)
    lines = report.splitlines()
    assert max(map(len, lines)) < 80
    assert [line for line in lines if line in {"digits", "capitals", "small letters"}] == [
        "digits",
        "capitals",
        "small letters",
    ]
    rows = [line.split() for line in lines if line.startswith("  ") and "recall" not in line]
    assert "".join(row[0] for row in rows) == "".join(predictions.classes)
    assert all(len(row) == 5 for row in rows)
    assert lines[-1].split()[0] == "all"
    assert "top-2" in report
    assert "top-2" not in recognition_report(predictions.y_true, predictions.y_pred)


def test_no_decimals():
    last = recognition_report(*SMALL, digits=0).splitlines()[-1]
    assert last.split() == ["all", "1", "1", "1", "8", "1", "1"]


def test_groups_of_labels():
    y = [*"7٣AÉaß", "?", "字", "²"]
    summary = recognition_report(y, y, output_dict=True)["summary"]
    support = {name: row["support"] for name, row in summary.items()}
    assert support == {"digits": 2, "capitals": 2, "small letters": 2, "others": 3, "all": 9}


def test_numbers_beyond_9_are_no_digits():
    y = [0, 9, 10, -1, 61]
    report = recognition_report(y, y, output_dict=True)
    assert list(report["classes"]) == ["-1", "0", "9", "10", "61"]
    support = {name: row["support"] for name, row in report["summary"].items()}
    assert support == {"digits": 2, "others": 3, "all": 5}


def test_a_class_that_was_only_predicted_is_in_the_table_but_its_group_is_no_sample():
    report = recognition_report(list("0011"), list("0O11"))
    assert "capitals\n  O " in report
    numbers = recognition_report(list("0011"), list("0O11"), output_dict=True)
    assert list(numbers["summary"]) == ["digits", "all"]
    assert set(numbers["classes"]["O"].values()) == {0}
    theirs = classification_report(list("0011"), list("0O11"), output_dict=True, zero_division=0)
    assert numbers["summary"]["all"]["recall"] == pytest.approx(theirs["macro avg"]["recall"])


def test_a_class_that_was_never_predicted_has_precision_0():
    row = recognition_report(list("aab"), list("aaa"), output_dict=True)["classes"]["b"]
    assert row == {"precision": 0, "recall": 0, "f1-score": 0, "support": 1}


def test_classes_that_do_not_occur_change_nothing(predictions):
    inside = np.isin(predictions.y_true, list("0123456789")) & np.isin(
        predictions.y_pred, list("0123456789")
    )
    y_true, y_pred = predictions.y_true[inside], predictions.y_pred[inside]
    all_62 = recognition_report(y_true, y_pred, labels=predictions.classes)
    assert all_62 == recognition_report(y_true, y_pred)
    assert "capitals" not in all_62
    with_proba = recognition_report(
        y_true, y_pred, predictions.y_proba[inside], labels=predictions.classes, output_dict=True
    )
    assert with_proba["summary"]["all"]["top-2 accuracy"] == pytest.approx(
        top_k_accuracy_score(y_true, predictions.y_proba[inside], k=2, labels=predictions.classes)
    )


def test_labels_are_the_order_of_columns_and_rows(predictions):
    order = np.random.default_rng(0).permutation(62)
    args = predictions.y_true, predictions.y_pred
    shuffled = recognition_report(
        *args, predictions.y_proba[:, order], labels=predictions.classes[order], output_dict=True
    )
    sorted_ = recognition_report(*args, predictions.y_proba, output_dict=True)
    assert list(shuffled["classes"]) == predictions.classes[order].tolist()
    assert list(shuffled["summary"]) == list(sorted_["summary"])
    assert shuffled["classes"] == sorted_["classes"]
    for name, row in sorted_["summary"].items():
        assert shuffled["summary"][name] == pytest.approx(row)


def test_of_equal_probabilities_the_first_counts():
    """As in argmax, so that what was predicted is always among the two."""
    y_proba = np.full((3, 3), 1 / 3)
    report = recognition_report(
        list("abc"), list("aaa"), y_proba, labels=list("abc"), output_dict=True
    )
    assert report["summary"]["all"]["top-2 accuracy"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("dtype", [float, np.float32, np.uint8, bool])
def test_scores_of_any_kind(dtype):
    y_proba = np.array([[0, 1, 0], [1, 1, 0], [0, 1, 1]], dtype=dtype)
    for y in list("abc"), [3, 4, 5]:
        row = recognition_report(y, y, pd.DataFrame(y_proba), output_dict=True)["summary"]["all"]
        assert row["top-2 accuracy"] == 1


def test_two_classes_of_two_columns():
    y_proba = [[0.9, 0.1], [0.6, 0.4]]
    row = recognition_report(list("ab"), list("aa"), y_proba, output_dict=True)["summary"]["all"]
    assert row["top-2 accuracy"] == 1


@pytest.mark.parametrize("shape", [(8,), (8, 5), (8, 7), (7, 6), (6, 8), (8, 6, 1)])
def test_y_proba_of_another_shape(shape):
    with pytest.raises(ValueError, match=r"expected \(8, 6\).*labels=classifier.classes_"):
        recognition_report(*SMALL, np.zeros(shape))


def test_y_proba_that_is_not_finite():
    with pytest.raises(ValueError, match="y_proba contains NaN"):
        recognition_report(*SMALL, np.full((8, 6), np.nan))


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        (list("01Oc"), r"y_true holds labels that are not among labels: 'x'; .* the 4 from '0'"),
        (list("01Ocx"), "y_pred holds labels that are not among labels: 'C'"),
        (list("01OCcxx"), "labels holds a label twice"),
        ([0, 1, 2], "y_true holds strings, such as '0', and labels numbers, such as 0"),
        ([], "labels is empty"),
        ("01OCcx", "labels is one string"),
        ([*"01OCcx", "ch"], "labels that are not one character: 'ch'"),
    ],
)
def test_unfit_labels(labels, match):
    with pytest.raises(ValueError, match=match):
        recognition_report(*SMALL, labels=labels)


def test_words_and_empty_labels_are_no_characters():
    with pytest.raises(ValueError, match=r"not one character: 'Hallo', 'Hello'.*character_error"):
        recognition_report(["Hello", "a"], ["Hallo", "a"])
    with pytest.raises(ValueError, match="not one character: ''"):
        recognition_report(["", "a"], ["a", "a"])


@pytest.mark.parametrize("kwargs", [{"digits": -1}, {"digits": 1.5}, {"output_dict": "yes"}])
def test_parameters_are_checked(kwargs):
    with pytest.raises(ValueError, match=f"'{next(iter(kwargs))}' parameter"):
        recognition_report(*SMALL, **kwargs)


def test_html_holds_the_same_numbers(predictions):
    report = recognition_report(predictions.y_true, predictions.y_pred, predictions.y_proba)
    (caption, summary), *groups = tables(report)
    assert caption is None
    assert summary[0][5:] == ["accuracy", "case-insensitive accuracy", "top-2 accuracy"]
    assert [caption for caption, _ in groups] == ["digits", "capitals", "small letters"]
    in_html = [row for _, rows in groups for row in rows[1:]] + summary[1:]
    in_text = [line.strip() for line in report.splitlines() if "." in line]
    assert [re.sub("  +", "  ", line).split("  ") for line in in_text] == in_html


@pytest.mark.parametrize("label", list("<>&\"'"))
def test_html_is_escaped(label):
    report = recognition_report([label, "a"], ["a", "a"])
    cells = {row[0] for _, rows in tables(report) for row in rows}
    assert {label, "a", "small letters", "others", "all"} <= cells
    assert f"\n  {label} " in report


@pytest.mark.parametrize("label", [" ", "\n", "\t", "\x07", "\u200b", "\ud800"])
def test_labels_that_cannot_be_seen_are_quoted(label):
    report = recognition_report([label, "a"], [label, "a"])
    assert f"\n  {label!r} " in report
    assert len(report.splitlines()) == 12
    assert repr(label) in {row[0] for _, rows in tables(report) for row in rows}
    report.to_html().encode()


def test_html_needs_nothing_from_outside(predictions):
    report = recognition_report(predictions.y_true, predictions.y_pred)
    seen = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.append((tag, dict(attrs)))

    Parser().feed(report.to_html())
    assert {tag for tag, _ in seen} <= TABLE_TAGS
    assert {name for _, attrs in seen for name in attrs} == {"class", "scope"}
    assert not any(word in report.to_html() for word in ("url(", "@import", "http"))
    assert report._repr_html_() == report.to_html()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_report_can_be_pickled(protocol):
    report = recognition_report(*SMALL)
    loaded = pickle.loads(pickle.dumps(report, protocol))
    assert type(loaded) is type(report)
    assert loaded == report
    assert loaded.to_html() == report.to_html()


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_report_can_be_copied(copied):
    report = recognition_report(*SMALL)
    assert type(copied(report)) is type(report)
    assert copied(report) == report
    assert copied(report).to_html() == report.to_html()
