"""skhcr train, evaluate, export and info: from labelled pictures to a file, and what is in it."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout

import numpy as np
import pytest
from PIL import Image
from program import COMMAND, colour_codes, run, run_in_terminal, write_digit
from scipy.io import savemat

import skhcr
from skhcr.cli import main
from skhcr.persistence import describe
from skhcr.runtime import OnnxClassifier

BRIEFLY = "--epochs", "2", "--augment", "0"


@pytest.fixture(scope="module")
def model(digit_folders, tmp_path_factory):
    """A model that `train` has written, and what it said."""
    path = tmp_path_factory.mktemp("model") / "mine.skhcr"
    options = ["-o", str(path), "--epochs", "8", "--history", f"{path}.png"]
    with redirect_stdout(io.StringIO()) as said:
        assert main(["train", str(digit_folders), *options]) == 0
    return path, said.getvalue()


def width_of(path):
    with Image.open(path) as picture:
        return picture.width


@pytest.fixture
def pixels(digits, tmp_path):
    """The same digits as rows of pixels: 100 of them."""
    path = tmp_path / "pixels.csv"
    head = ",".join(["label", *(f"pixel{k}" for k in range(784))])
    rows = np.column_stack([digits.target[:100], digits.data[:100]])
    np.savetxt(path, rows, "%d", delimiter=",", header=head, comments="")
    return path


def test_writes_a_model_and_nothing_else(call, model, digit_folders):
    path, said = model
    assert said.startswith(f"{path}: 10 classes, 200 pictures, 8 epochs, accuracy ")
    assert said.count("\n") == 1
    report = json.loads(call("evaluate", path, digit_folders, "--format", "json").stdout)
    assert f"accuracy {report['summary']['all']['accuracy']:.1%} on these pictures" in said
    assert sorted(file.name for file in path.parent.iterdir()) == ["mine.skhcr", "mine.skhcr.png"]
    assert width_of(f"{path}.png") > 400


def test_a_model_recognises_without_tensorflow(model, digit_folders):
    code = f"""
import sys
from skhcr.cli import main
status = main(["recognise", {str(digit_folders / "7")!r}, "--model", {str(model[0])!r}])
assert not {{"tensorflow", "keras", "matplotlib"}} & set(sys.modules)
sys.exit(status)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = [line.split()[1] for line in done.stdout.splitlines()[1:]]
    assert found.count("7") > 12


def test_the_card_says_what_it_was_trained_on_and_not_where(call, model, digit_folders):
    told = json.loads(call("info", model[0], "--format", "json").stdout)
    assert told["classes"] == list("0123456789")
    assert told["steps"] == ["ImageLoader", "InkExtractor", "InkCenterer", "OnnxClassifier"]
    card = told["card"]
    assert card["training_data"] == digit_folders.name
    assert (card["n_images"], card["n_epochs"]) == (200, 8)
    assert len(card["history"]["loss"]) == 8
    assert "validation_fraction" not in card["settings"]
    assert card["versions"]["skhcr"] == skhcr.__version__
    assert str(digit_folders.parent) not in model[0].read_bytes().decode("latin-1")
    assert isinstance(skhcr.load(model[0])[-1], OnnxClassifier)


def test_info_of_shipped_models_and_versions(call):
    done = call("info")
    assert f"skhcr         {skhcr.__version__}\n" in done.stdout
    assert "the ten digits, integers 0 to 9" in done.stdout
    assert "openblas" in done.stdout
    told = json.loads(call("info", "letters", "--format", "json").stdout)
    assert len(told["classes"]) == 26
    assert told["card"]["title"] == "Letters"
    assert "steps: ImageLoader, InkExtractor" in call("info", "letters").stdout


def test_evaluates(call, model, digit_folders, tmp_path):
    pages = "--confusion", tmp_path / "pairs.png", "--html", tmp_path / "report.html"
    done = call("evaluate", model[0], digit_folders, *pages)
    assert done.returncode == 0
    assert "warning: it was trained on" in done.stderr
    assert "any case  top-2" in done.stdout
    assert width_of(tmp_path / "pairs.png") > 300
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "<table" in page
    report = json.loads(call("evaluate", model[0], digit_folders, "--format", "json").stdout)
    assert report["summary"]["all"]["support"] == 200
    assert report["summary"]["all"]["accuracy"] > 0.6


def test_evaluates_shipped_models_whatever_labels_are(
    call, digit_folders, pixels, digits, tmp_path
):
    """The labels of the digits are integers; the names of folders are strings."""
    savemat(tmp_path / "digits.mat", {"data": digits.data[:50].T, "label": digits.target[:50]})
    for data in digit_folders, pixels, tmp_path / "digits.mat":
        done = call("evaluate", "digits", data, "--format", "json")
        summary = json.loads(done.stdout)["summary"]
        assert summary["all"]["accuracy"] > 0.97
        assert "top-2 accuracy" in summary["all"]
    done = call("evaluate", "letters", digit_folders)
    assert (done.returncode, done.stdout) == (1, "")
    assert "knows none of the labels 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; it knows A, B," in done.stderr


def test_evaluates_what_a_model_does_not_know(call, digit_folders, tmp_path):
    shutil.copytree(digit_folders / "1", tmp_path / "data/1")
    shutil.copytree(digit_folders / "7", tmp_path / "data/X")
    done = call("evaluate", "digits", tmp_path / "data", "--format", "json")
    assert done.returncode == 0
    unknown, only_read = done.stderr.splitlines()
    assert "20 of 40 pictures have labels that the model does not know: X." in unknown
    assert only_read.startswith("skhcr: 7: read, but on no picture.")
    assert json.loads(done.stdout)["summary"]["all"]["accuracy"] == 0.5


def test_exports(call, model, digits, tmp_path):
    done = call("export", model[0], tmp_path / "mine.onnx")
    assert done.returncode == 0
    assert done.stdout.startswith(f"{tmp_path / 'mine.onnx'}: 10 classes, ")
    call("export", model[0], tmp_path / "small.onnx", "--float16")
    full, small = (tmp_path / name for name in ("mine.onnx", "small.onnx"))
    assert small.stat().st_size < 0.6 * full.stat().st_size
    images = digits.images[:20].astype(np.float32)
    expected = skhcr.load(model[0])[-1].predict_proba(images)
    np.testing.assert_array_equal(OnnxClassifier(full).predict_proba(images), expected)
    # Weights of three digits.
    np.testing.assert_allclose(OnnxClassifier(small).predict_proba(images), expected, atol=0.02)


def test_a_trainable_model_goes_on_in_python(call, digit_folders, tmp_path):
    path = tmp_path / "mine.skhcr"
    done = call("train", digit_folders, "-o", path, *BRIEFLY, "--trainable", "--network", "lenet")
    assert (done.returncode, done.stderr) == (0, "")
    loaded = skhcr.load(path)
    assert loaded[-1].network == "lenet"
    assert loaded[-1].history_["loss"]
    assert call("info", path, "--format", "json").returncode == 0
    done = call("recognise", digit_folders / "1", "-m", path, "--format", "csv")
    assert (done.returncode, done.stdout.count("\n")) == (0, 21)
    call("export", path, tmp_path / "mine.onnx")
    assert OnnxClassifier(tmp_path / "mine.onnx").card_ is None
    loaded.set_params(characterclassifier__warm_start=True)
    loaded.fit([str(digit_folders / "1/0.png"), str(digit_folders / "2/0.png")], ["1", "2"])


def test_a_csv_as_people_have_it(call, digits, tmp_path):
    """Semicolons, other names of columns, Windows' encoding, a picture that is torn."""
    rows = []
    for k in range(60):
        name = f"Bild ä {k}.png"
        write_digit(tmp_path / "Bilder" / name, digits.images[k], size=40)
        rows.append([f"Bilder\\{name}", "eins" if digits.target[k] % 2 else "zwei"])
    torn = tmp_path / "Bilder/Bild ä 7.png"
    torn.write_bytes(torn.read_bytes()[:50])
    with (tmp_path / "liste.csv").open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows([["Datei", "Klasse"], *rows])
    columns = "--image-column", "Datei", "--label-column", "Klasse"
    path = tmp_path / "mine.skhcr"
    done = call("train", tmp_path / "liste.csv", "-o", path, *columns, *BRIEFLY)
    assert done.returncode == 1  # as one picture is bad; the model is there
    assert done.stderr.startswith(f"skhcr: {torn.resolve()}: cannot be read as a picture")
    assert done.stderr.count("\n") == 1
    assert "2 classes, 59 pictures" in done.stdout


def test_pixels_from_shipped_weights_with_a_part_kept_apart(call, pixels, tmp_path):
    options = "--initial-weights", "digits", "--validation", "0.2", "--epochs", "1"
    done = call("train", pixels, "-o", tmp_path / "mine.skhcr", *options)
    assert done.stdout.endswith("on the 20% kept apart\n")
    assert "100 pictures, 1 epoch, accuracy" in done.stdout
    assert skhcr.load(tmp_path / "mine.skhcr").classes_.tolist() == list(range(10))
    alphabet = "--alphabet", "lowercase"
    done = call("train", pixels, "-o", tmp_path / "mine.skhcr", *BRIEFLY, *alphabet)
    assert skhcr.load(tmp_path / "mine.skhcr").classes_.tolist() == list("abcdefghij")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "{}/mine.joblib"], "its name should end in .skhcr."),
        (["-o", "{}/none/mine.skhcr"], "there is no folder"),
        (["-o", "{}/file/mine.skhcr"], "there is no folder"),
        (["-o", "{}/folder.skhcr"], "is a folder; expected a file"),
        (
            ["-o", "{}/mine.skhcr", "--history", "{}/a.txt"],
            "a.txt: its name should end in .png",
        ),
    ],
)
def test_where_to_write_is_checked_before_the_training(call, tmp_path, options, message):
    (tmp_path / "file").touch()
    (tmp_path / "folder.skhcr").mkdir()
    before = sorted(tmp_path.iterdir())
    done = call("train", "missing", *[option.format(tmp_path) for option in options])
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def mounted(tmp_path, options):
    """Mount a small file system in memory, or skip the test."""
    place = tmp_path / "mount"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may not mount")
    return place


def test_a_folder_that_may_only_be_read(call, digit_folders, tmp_path):
    place = mounted(tmp_path, "size=1m,ro")
    try:
        done = call("train", digit_folders, "-o", place / "mine.skhcr")
        assert done.returncode == 1
        assert done.stderr == (
            f"skhcr: {place / 'mine.skhcr'}: cannot be written: Read-only file system\n"
        )
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_full(call, digit_folders, tmp_path):
    place = mounted(tmp_path, "size=64k")
    try:
        done = call("train", digit_folders, "-o", place / "mine.skhcr", *BRIEFLY)
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        assert done.stderr.count("\n") == 1
        assert list(place.iterdir()) == []
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", "missing does not exist; expected a folder, a CSV or a .mat file."),
        ("notes.txt", "is none of a folder, a .csv, a .csv.gz and a .mat file."),
        ("empty", "holds no folders; expected one a class."),
        ("list.csv", "has no column 'image'; its columns are ['file', 'label']"),
        ("torn", "None of the 2 pictures can be read."),
        ("one", "All pictures have the label '1'; expected at least two."),
        ("moved.csv", "are missing. Names are taken from the folder of the CSV"),
        ("others.mat", "Save them by these names."),
        ("utf16.csv", "is in UTF-16; save it as UTF-8."),
    ],
)
def test_data_that_are_none(call, digits, pixels, tmp_path, name, message):
    (tmp_path / "notes.txt").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "list.csv").write_text("file,label\na.png,a\n")
    for label in "ab":
        (tmp_path / "torn" / label).mkdir(parents=True)
        (tmp_path / "torn" / label / "a.png").write_text("no picture")
    write_digit(tmp_path / "one/1/1.png", digits.images[0])
    (tmp_path / "moved.csv").write_text("image,label\na.png,a\n")
    savemat(tmp_path / "others.mat", {"X": digits.data[:5]})
    (tmp_path / "utf16.csv").write_bytes(pixels.read_text().encode("utf-16"))
    done = call("train", tmp_path / name, "-o", tmp_path / "mine.skhcr", *BRIEFLY)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr.splitlines()[-1]
    assert not list(tmp_path.glob("mine*"))


def begin(*arguments):
    """Begin a training, and return its process."""
    return subprocess.Popen(
        [*COMMAND, "train", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_an_epoch(checkpoint, process):
    """Wait until a training has written its checkpoint."""
    before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
    while process.poll() is None:
        if checkpoint.exists() and checkpoint.stat().st_mtime_ns > before:
            return
        time.sleep(0.02)


def test_an_interrupted_training_goes_on_to_the_same_file(model, digit_folders, tmp_path):
    path, checkpoint = tmp_path / "mine.skhcr", tmp_path / "mine.skhcr.checkpoint"
    options = digit_folders, "-o", path, "--epochs", "8"
    process = begin(*options)
    wait_for_an_epoch(checkpoint, process)
    process.kill()
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == -signal.SIGKILL
    process = begin(*options, "--resume")
    wait_for_an_epoch(checkpoint, process)
    process.send_signal(signal.SIGINT)
    said, complained = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    assert re.fullmatch(
        r"skhcr: ended after epoch [2-7]; the same command with --resume goes on\.\n", complained
    )
    done = run("train", *options, "--resume")
    assert (done.returncode, done.stderr) == (0, "")
    assert path.read_bytes() == model[0].read_bytes()
    assert not checkpoint.exists()


def test_a_checkpoint_of_another_training_is_an_error(call, digit_folders, tmp_path):
    path, checkpoint = tmp_path / "mine.skhcr", tmp_path / "mine.skhcr.checkpoint"
    process = begin(digit_folders, "-o", path, "--epochs", "50")
    wait_for_an_epoch(checkpoint, process)
    process.terminate()
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == [checkpoint]  # and no temporary file
    done = call("train", digit_folders, "-o", path, "--epochs", "2", "--resume")
    assert (done.returncode, done.stdout) == (1, "")
    assert "is of a training on other data, or with other settings" in done.stderr
    assert done.stderr.count("\n") == 1
    done = call("train", digit_folders, "-o", path, *BRIEFLY)  # which would lose it
    assert (done.returncode, done.stdout) == (1, "")
    assert "Go on with --resume, or remove it." in done.stderr
    checkpoint.unlink()
    assert call("train", digit_folders, "-o", path, *BRIEFLY).returncode == 0
    assert not checkpoint.exists()


def test_to_resume_what_has_not_begun_is_to_begin(call, digit_folders, tmp_path):
    path = tmp_path / "mine.skhcr"
    done = call("train", digit_folders, "-o", path, *BRIEFLY, "--resume")
    assert done.returncode == 0
    assert "mine.skhcr.checkpoint is not there: the training begins anew." in done.stderr
    content = path.read_bytes()
    done = call("train", digit_folders, "-o", path, *BRIEFLY, "--resume")
    assert (done.returncode, done.stdout) == (0, "")
    assert "is finished: there is nothing to resume" in done.stderr
    assert path.read_bytes() == content
    done = call("train", digit_folders, "-o", path, *BRIEFLY, "--seed", "1", "--resume")
    assert "the training begins anew." in done.stderr  # as it is another one
    assert path.read_bytes() != content


def test_shipped_weights_have_a_network_of_their_own(call, digit_folders, tmp_path):
    weights = "-o", tmp_path / "mine.skhcr", "--initial-weights", "digits", "--epochs", "1"
    done = call("train", digit_folders, *weights, "--network", "lenet")
    assert (done.returncode, done.stdout) == (2, "")
    assert "leave --network out" in done.stderr
    assert call("train", digit_folders, *weights).returncode == 0
    card = describe(tmp_path / "mine.skhcr")["card"]
    assert card["network"] == "residual"
    assert card["settings"]["initial_weights"] == "digits"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "{data}", "-o", "m.skhcr", "--alphabet", "digits"], "is for a CSV of pixels"),
        (["evaluate", "digits", "{data}", "--debug"], "--debug stands before the command"),
        (["train", "{data}/..", "-o", "m.skhcr"], "Is it one level too high?"),
        (["evaluate", "{data}", "m.skhcr"], "The model comes first: skhcr evaluate m.skhcr "),
        (["train", "{data}", "-o", "no/m.skhcr"], "there is no folder no; make it first."),
        (["train", "{data}", "-o", ".skhcr"], "its name should end in .skhcr"),
        (["recognise", "{data}"], "There are folders in it; name these."),
        (["recognize", "a.png"], "Did you mean 'recognise'? See skhcr --help."),
    ],
)
def test_messages_speak_of_the_command_line(call, digit_folders, arguments, said):
    done = call(*(one.format(data=digit_folders) for one in arguments))
    assert done.returncode != 0
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_progress_is_for_terminals(digit_folders, tmp_path):
    options = "-o", "mine.skhcr", "--epochs", "2", "--network", "lenet"
    env = {"NO_COLOR": "1"}
    said, status = run_in_terminal("train", digit_folders, *options, env=env, cwd=tmp_path)
    assert status == 0
    assert "Epoch 1/2" in said
    assert [code for code in colour_codes(said) if code.endswith("m")] == []
    assert max(len(line) for part in said.split("\n") for line in part.split("\r")) <= 80
    assert "mine.skhcr: 10 classes, 200 pictures" in said


def test_labels_that_are_no_characters(call, digit_folders, tmp_path):
    """Words: reported without the groups of characters, which say nothing of them."""
    for name, digit in (("ein", "1"), ("zwei", "2"), ("né", "3")):
        shutil.copytree(digit_folders / digit, tmp_path / "data" / name)
    call("train", tmp_path / "data", "-o", tmp_path / "mine.skhcr", *BRIEFLY)
    page = tmp_path / "report.html"
    done = call("evaluate", tmp_path / "mine.skhcr", tmp_path / "data", "--html", page)
    assert done.returncode == 0
    assert "zwei" in done.stdout
    assert "zwei" in page.read_text("utf-8")
    done = call("evaluate", tmp_path / "mine.skhcr", tmp_path / "data", "--format", "json")
    assert json.loads(done.stdout)["né"]["support"] == 20


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="names are text there")
def test_a_label_that_is_no_text_is_an_error_before_the_training(call, digit_folders, tmp_path):
    for name in ("A", os.fsdecode(b"B\xff")):
        shutil.copytree(digit_folders / "1", tmp_path / "data" / name)
    done = call("train", tmp_path / "data", "-o", tmp_path / "mine.skhcr", *BRIEFLY)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not UTF-8; rename its folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_link_stays_a_link(call, tmp_path):
    real, link = tmp_path / "real.onnx", tmp_path / "link.onnx"
    real.write_bytes(b"before")
    link.symlink_to(real)
    assert call("export", "digits", link).returncode == 0
    assert link.is_symlink()
    assert real.stat().st_size > 100_000


def test_what_labels_cannot_be_is_said_before_pictures_are_read(
    call, digits, digit_folders, tmp_path
):
    for label in "ab":
        write_digit(tmp_path / "few" / label / "1.png", digits.images[0])
    write_digit(tmp_path / "few/b/2.png", digits.images[0])
    options = "-o", tmp_path / "mine.skhcr", *BRIEFLY
    done = call("train", tmp_path / "few", *options, "--validation", "0.2")
    assert (done.returncode, done.stdout) == (1, "")
    assert "Of a there is one picture, so that none can be kept apart" in done.stderr
    done = call("train", digit_folders, *options, "--validation", "0.04")
    assert "leaves one part smaller than the 10 labels; expected at least 0.05" in done.stderr
    (tmp_path / "few/b/bad.png").write_text("no picture")
    (tmp_path / "few/c").mkdir()
    (tmp_path / "few/c/bad.png").write_text("no picture")
    assert "bad.png" not in done.stderr
    done = call("train", tmp_path / "few", *options)
    assert done.stderr.count("bad.png: ") == 2
    assert "warning: no picture is left of c." in done.stderr
    shutil.rmtree(tmp_path / "few/c")
    (tmp_path / "few/b/bad.png").unlink()
    (tmp_path / "few/b/2.png").unlink()
    done = call("train", tmp_path / "few", *options)
    assert "each of the 2 pictures has a label of its own: a, b." in done.stderr


def test_pictures_without_ink_are_named(call, digits, tmp_path):
    for label in "ab":
        for k in range(3):
            write_digit(tmp_path / "data" / label / f"{k}.png", digits.images[k])
    write_digit(tmp_path / "data/b/blank.png", np.zeros((28, 28), np.uint8))
    done = call("train", tmp_path / "data", "-o", tmp_path / "mine.skhcr", *BRIEFLY)
    assert done.returncode == 0
    assert f"warning: there is no ink on {tmp_path / 'data/b/blank.png'};" in done.stderr
    assert done.stderr.count("\n") == 1


def test_pixels_between_semicolons(call, pixels, tmp_path):
    pixels.write_text(pixels.read_text().replace(",", ";"))
    done = call("evaluate", "digits", pixels, "--format", "json")
    assert json.loads(done.stdout)["summary"]["all"]["accuracy"] > 0.97


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        (["train", "{data}", "-o", "{folder}/m.skhcr"], ["tensorflow", "scikeras", "tf2onnx"]),
        (
            ["train", "{data}", "-o", "{folder}/m.skhcr", "--history", "{folder}/h.png"],
            ["matplotlib"],
        ),
        (["evaluate", "digits", "{data}", "--confusion", "{folder}/c.png"], ["matplotlib"]),
    ],
    ids=["train", "history", "confusion"],
)
def test_what_is_not_installed_is_said_before_the_work(
    call, digit_folders, tmp_path, monkeypatch, command, missing
):
    monkeypatch.setattr("skhcr.cli._files.find_spec", lambda name: None if name in missing else sys)
    done = call(*(one.format(data=digit_folders, folder=tmp_path) for one in command))
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install " in done.stderr
    assert all(name in done.stderr for name in missing)
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_weights_that_are_halved_already(call, tmp_path):
    done = call("export", "digits", tmp_path / "digits.onnx", "--float16")
    assert done.returncode == 0
    assert "in half the space already" in done.stderr
