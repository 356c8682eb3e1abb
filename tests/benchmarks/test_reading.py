"""`benchmarks/reading.py`: whether it works; on made names, as the real ones are not for tests."""

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from skhcr.datasets import make_words

PATH = Path(__file__).parents[2] / "benchmarks" / "reading.py"
OPTIONS = SimpleNamespace(rows="even", rows_of_digits=2)


@pytest.fixture(scope="module")
def reading():
    spec = importlib.util.spec_from_file_location("reading", PATH)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(PATH.parent))  # as where a script stands
        spec.loader.exec_module(module)
    return module


@pytest.fixture
def names(tmp_path, reading, monkeypatch):
    """Put four names each into the folders of a data folder, and return them."""
    monkeypatch.setattr(reading, "DATA", tmp_path)
    texts = ["ANNA", "LUCE", "OTTO", "EVE"]
    words = make_words(texts=texts, height=30, wear=0, random_state=0)
    for kind in ("clean", "form"):
        folder = tmp_path / "names" / kind
        folder.mkdir(parents=True)
        for k, image in enumerate(words.images):
            cv2.imwrite(str(folder / f"{k}.png"), image)
        lines = ["image,text", *(f"{k}.png,{text}" for k, text in enumerate(texts))]
        (folder / "names.csv").write_text("\n".join(lines))
    return texts


def test_rows_of_names(reading, names):
    for rows, expected in {"even": names[::2], "odd": names[1::2], "all": names}.items():
        files, texts = reading.name_rows("clean", rows)
        assert texts == expected
        assert [Path(file).stem for file in files] == [str(names.index(text)) for text in texts]


@pytest.mark.parametrize("rows", ["even", "odd"])
def test_reader_is_not_fitted_on_what_it_reads(rows, reading, names, monkeypatch):
    fitted = []

    def fit(reader, X, y):
        fitted.extend(X)
        return reader

    monkeypatch.setattr(reading.TextReader, "fit", fit)
    reading.fitted_reader(rows)
    assert not set(fitted) & set(reading.name_rows("clean", rows)[0])
    assert len(fitted) == (2 if rows == "even" else 4)


def test_names(reading, names, monkeypatch):
    monkeypatch.setattr(reading.shutil, "which", lambda name: None)
    about, table, kept = reading.names(OPTIONS)
    assert about == "2 names, even rows:"
    assert [line.split(" | ")[0] for line in table.splitlines()[2:]] == [
        "| `TextReader`",
        "| and fitted",
        "| with a lexicon",
        "| Tesseract",
    ]
    assert "| with a lexicon | 0.0% | 100.0% | " in table
    assert "| not installed |" in table
    assert kept.startswith("Of the ")


def test_errors(reading, names, monkeypatch):
    monkeypatch.setattr(reading, "look_alikes", dict)
    about, table = reading.errors(OPTIONS)
    assert about == "Errors of the fitted reader on 2 names, even rows:"
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    assert [row[0] for row in rows] == [*reading.KINDS, "together"]
    for column in (1, 2):
        *counts, together = (int(row[column]) for row in rows)
        assert sum(counts) == together


@pytest.mark.parametrize(
    ("text", "read", "kind", "edit_kinds"),
    [
        ("ANNA", "ANA", "segmentation", ["segmentation"]),
        ("ANNA", "AN NAA", "segmentation", ["segmentation"]),
        ("ANNA", "", "segmentation", ["segmentation"] * 4),
        ("ANNA", "AHNA", "recognition", ["recognition"]),
        ("ALI NE", "AII HE", "recognition", ["look-alikes", "recognition"]),
        ("ALI NE", "ALIHE", "recognition", ["recognition"]),
        ("LILI", "LIII", "look-alikes", ["look-alikes"]),
        ("LiLI", "LILI", "look-alikes", ["look-alikes"]),
        ("JO-AN", "JOAN", "hyphens", ["hyphens"]),
        ("JO-AN", "JO AN", "hyphens", ["hyphens"]),
        ("JO AN", "JOAN", "spaces", []),
    ],
)
def test_kinds_of_errors(text, read, kind, edit_kinds, reading):
    same = {ord("i"): "1", ord("l"): "1"}
    assert reading.kind_of_name(text, read, same) == kind
    kinds = [reading.kind_of_edit(*edit, same) for edit in reading.edits_of(text, read)]
    assert sorted(kinds) == edit_kinds


def test_look_alikes(reading):
    same = reading.look_alikes()
    assert "0".translate(same) == "o".translate(same)
    assert "1".translate(same) == "l".translate(same)
    assert "a".translate(same) == "a"


def test_page(reading):
    photo, texts = reading.make_page(2)
    assert photo.shape == (3000, 4000)
    assert [len(text) for text in texts] == [19, 19]
    assert np.median(photo[:, :100]) > np.median(photo[:, -100:])  # the light is uneven
    _, table = reading.page(OPTIONS)
    assert "| 2 rows of 16 digits | " in table


def test_textures(reading, monkeypatch):
    pictures = reading.without_text()
    assert all(picture.dtype == np.uint8 for group in pictures.values() for picture in group)
    few = {name: pictures[name][:2] for name in ("gratings", "drawings")}
    monkeypatch.setattr(reading, "without_text", lambda: few)
    monkeypatch.setattr(reading, "CONFIDENCES", (0, 1))
    _, table = reading.textures(OPTIONS)
    heads, _, lax, strict = table.splitlines()
    assert heads == "| `min_confidence` | gratings (2) | drawings (2) | all (4) | words lost |"
    assert lax.endswith(" | 0 |")
    assert strict == "| 1 | 0 / 0 | 0 / 0 | 0 / 0 | 100 |"


def test_table(reading, tmp_path, monkeypatch, capsys):
    for command in ("names", "errors"):
        monkeypatch.setattr(reading, command, lambda options, name=command: [name, options.rows])
    path = tmp_path / "reading.md"
    monkeypatch.setattr(sys, "argv", ["reading.py", "names", "errors", "--table", str(path)])
    reading.main()
    text = path.read_text()
    assert text.startswith("names\n\nodd\n\nerrors\n\nodd\n\n*`python reading.py names errors ")
    assert capsys.readouterr().out == text
