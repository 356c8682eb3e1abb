"""skhcr recognise: a folder as people have it, in all forms of output."""

import csv
import io
import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image
from program import run
from sklearn.pipeline import make_pipeline

import skhcr
from skhcr._shipped import shipped_path
from skhcr.cli._pictures import CHUNK_SIZE
from skhcr.preprocessing import PixelScaler
from skhcr.runtime import OnnxClassifier


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_folder_as_a_table(call, pictures):
    done = call("recognise", pictures, "--model", "digits")
    assert (done.returncode, done.stderr) == (0, "")
    head, *lines = done.stdout.splitlines()
    assert head.split() == ["file", "character", "probability"]
    assert [line.split()[1] for line in lines] == list("0123456789")
    assert lines[0].startswith(str(pictures / "0.png"))
    assert all(line.endswith("%") for line in lines)


def test_the_next_best(call, pictures):
    done = call("recognise", pictures / "3.png", "-m", "digits", "--top", "3")
    head, line = done.stdout.splitlines()
    assert head.endswith("next best")
    assert line.count("<0.1%") == 2
    done = call("recognise", pictures / "3.png", "--top", "3")
    assert done.stdout.count("%") == 3
    done = call("recognise", pictures / "3.png", "-m", "digits", "--top", "99", "--format", "json")
    (answer,) = json.loads(done.stdout)
    assert (answer["file"], answer["character"]) == (str(pictures / "3.png"), "3")
    shares = [answer["probability"], *(one["probability"] for one in answer["alternatives"])]
    assert len(shares) == 10
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_csv_has_a_column_for_each(call, pictures):
    done = call("recognise", pictures, "-m", "digits", "--top", "2", "--format", "csv")
    rows = rows_of(done.stdout)
    columns = ["file", "character", "probability", "character_2", "probability_2"]
    assert list(rows[0]) == columns
    assert [row["character"] for row in rows] == list("0123456789")
    assert all(float(row["probability"]) > float(row["probability_2"]) for row in rows)


def test_any_class_is_as_likely_as_another(call, digits, tmp_path):
    """Half of what the shipped weights learned from are digits; a ring may well be an O."""
    ring = 255 - np.zeros((60, 60), np.uint8)
    y, x = np.ogrid[:60, :60]
    distance = np.hypot(x - 30, y - 30)
    ring[(distance > 17) & (distance < 22)] = 0
    Image.fromarray(ring).save(tmp_path / "ring.png")
    done = call("recognise", tmp_path, "--format", "csv")
    assert rows_of(done.stdout)[0]["character"] in "Oo"


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_a_picture_without_ink_has_no_character(call, tmp_path, format):
    Image.new("L", (80, 80), 240).save(tmp_path / "blank.png")
    done = call("recognise", tmp_path / "blank.png", "--format", format, "--top", "2")
    assert (done.returncode, done.stderr) == (0, "")
    if format == "table":
        assert "no ink" in done.stdout
    elif format == "json":
        (answer,) = json.loads(done.stdout)
        assert (answer["character"], answer["probability"]) == ("", None)
    else:
        assert rows_of(done.stdout)[0]["character"] == ""


def test_bad_files_among_good_ones_cost_a_line_each(pictures, tmp_path):
    folder = shutil.copytree(pictures, tmp_path / "scans")
    (folder / "4.png").write_bytes((folder / "4.png").read_bytes()[:60])
    (folder / "notes.txt").write_text("no picture by its name")
    (folder / ".hidden.png").write_text("hidden")
    missing = tmp_path / "missing.png"
    done = run("recognise", folder, missing, "-m", "digits", "--format", "csv")
    assert done.returncode == 1
    assert [row["character"] for row in rows_of(done.stdout)] == list("012356789")
    torn, gone = done.stderr.splitlines()
    assert torn.startswith(f"skhcr: {folder / '4.png'}: cannot be read as a picture: ")
    assert gone == f"skhcr: {missing}: does not exist."


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_nothing_but_bad_files(call, tmp_path, format):
    names = [tmp_path / f"{k}.png" for k in range(CHUNK_SIZE + 2)]
    done = call("recognise", *names, "--format", format)
    assert done.returncode == 1
    assert done.stderr.count("\n") == len(names)
    assert (
        done.stdout == {"table": "", "json": "[]\n", "csv": "file,character,probability\n"}[format]
    )


def test_more_files_than_are_read_at_a_time(call, pictures):
    files = [pictures / f"{k % 10}.png" for k in range(CHUNK_SIZE + 7)]
    done = call("recognise", *files, "-m", "digits", "--format", "csv")
    found = [row["character"] for row in rows_of(done.stdout)]
    assert found == [str(k % 10) for k in range(len(files))]


def test_folders_that_have_no_pictures(call, tmp_path):
    (tmp_path / "inner").mkdir()
    done = call("recognise", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"skhcr: {tmp_path}: no picture is in this folder; looked for .bmp"
    )


@pytest.mark.parametrize(
    "name", ["two words.png", "größe 手書き.png", 'a,b"c.png', "-m.png", "tab\tand\x1b[31m.png"]
)
def test_names_of_all_kinds(pictures, tmp_path, name):
    (tmp_path / name).write_bytes((pictures / "7.png").read_bytes())
    done = run("recognise", "-m", "digits", "--format", "csv", "--", name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = rows_of(done.stdout)
    assert (row["file"], row["character"]) == (name, "7")
    done = run("recognise", "-m", "digits", "--", name, cwd=tmp_path)
    assert len(done.stdout.splitlines()) == 2
    assert "\x1b" not in done.stdout


def test_a_name_that_is_no_utf_8(pictures, tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    try:
        (tmp_path / name).write_bytes((pictures / "7.png").read_bytes())
    except OSError:
        pytest.skip("this file system has no such names")
    done = run("recognise", tmp_path, "-m", "digits", "--format", "json")
    assert done.returncode == 0, done.stderr
    (answer,) = json.loads(done.stdout)
    assert (os.path.basename(answer["file"]), answer["character"]) == (name, "7")  # noqa: PTH119 - it may be no text
    done = run("recognise", tmp_path, tmp_path / os.fsdecode(b"\xff.png"), "-m", "digits")
    assert "caf\\udce9.png" in done.stdout
    assert done.stderr == f"skhcr: {tmp_path}/\\udcff.png: does not exist.\n"


def test_a_model_that_finds_no_ink(call, pictures, digits, tmp_path):
    skhcr.save(make_pipeline(PixelScaler()).fit(digits.data), tmp_path / "scaler.skhcr")
    done = call("recognise", pictures / "3.png", "-m", tmp_path / "scaler.skhcr")
    assert (done.returncode, done.stdout) == (1, "")
    assert "expected a fitted classifier" in done.stderr
    network = OnnxClassifier(shipped_path("digits")).fit(None)
    skhcr.save(make_pipeline(network), tmp_path / "bare.skhcr")
    done = call("recognise", pictures, "-m", tmp_path / "bare.skhcr")
    assert (done.returncode, done.stdout) == (1, "")
    assert "train it behind skhcr.preprocessing.make_ink_pipeline()" in done.stderr
    assert done.stderr.count("\n") == 1


def test_too_many_pixels(call, tmp_path):
    Image.new("1", (12000, 9000)).save(tmp_path / "large.png")
    done = call("recognise", tmp_path / "large.png")
    assert done.returncode == 1
    assert "more than the 100,000,000 that are read; make it smaller" in done.stderr


def test_models_that_are_none(call, pictures, tmp_path):
    picture = pictures / "3.png"
    done = call("recognise", picture, "-m", tmp_path / "mine.joblib")
    assert "is no model; expected 'digits', 'letters', 'characters' or a .skhcr file" in done.stderr
    done = call("recognise", picture, "-m", tmp_path / "mine.skhcr")
    assert done.returncode == 1
    assert str(tmp_path / "mine.skhcr") in done.stderr
