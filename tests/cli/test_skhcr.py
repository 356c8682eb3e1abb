"""The frame: help, errors, pipes, terminals, full disks."""

import os
import shlex
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from program import COMMAND, colour_codes, run, run_in_terminal

import skhcr
from skhcr.cli import main

FULL = Path("/dev/full")
has_full = pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
NAMES = ["recognise", "read", "train", "evaluate", "export", "app", "info"]


def test_version(call):
    done = call("--version")
    assert (done.returncode, done.stdout) == (0, f"skhcr {skhcr.__version__}\n")


@pytest.mark.parametrize("arguments", [[], *[[name] for name in NAMES]], ids=str)
def test_help_has_examples_and_fits_a_terminal(call, arguments, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = call(*arguments, "--help")
    assert done.returncode == 0
    assert "Examples:\n\n    skhcr " in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert call(*arguments, "-h").stdout == done.stdout


def test_nothing_asked_is_help(call):
    assert call().stdout == call("--help").stdout


@pytest.mark.parametrize("name", ["", *NAMES])
def test_help_imports_nothing_heavy(name):
    code = f"""
import sys
import time
from skhcr.cli import main
main({[name] if name else []!r} + ["--help"])
heavy = "numpy sklearn cv2 onnxruntime PIL pandas matplotlib tensorflow keras tqdm rich fastapi"
found = set(heavy.split()) & set(sys.modules)
assert not found, found
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_completes_names_of_commands():
    asked = {"_SKHCR_COMPLETE": "complete_bash", "COMP_WORDS": "skhcr reco", "COMP_CWORD": "1"}
    assert run(env={**os.environ, **asked}).stdout == "recognise\n"
    assert "_skhcr_completion" in run("--show-completion", "bash").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["recognize"], "No such command 'recognize'"),
        (["recognise"], "Missing argument 'FILE'. See skhcr recognise --help."),
        (["recognise", "--top", "0", "a.png"], "Invalid value for '--top'"),
        (["recognise", "--format", "xml", "a.png"], "Invalid value for '--format'"),
        (["recognise", "--nonsense", "a.png"], "No such option"),
        (["--top", "3", "recognise", "a.png"], "--top stands after the command: skhcr COMMAND"),
        (["train", "folder", "-o", "m.skhcr", "--alphabet", "greek"], "for '--alphabet'"),
        (["read", "--column", "name", "a.png"], "--column needs --lexicon"),
        (["train", "folder"], "Missing option '--output'"),
        (["train", "folder", "-o", "m.skhcr", "--validation", "1"], "should lie between 0 and 1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_one_line(call, arguments, message):
    done = call(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert done.stderr.startswith("skhcr: ")
    assert done.stderr.count("\n") == 1


def test_an_error_is_one_line_unless_it_is_to_be_debugged(pictures):
    done = run("recognise", pictures / "3.png", "--model", "digitz")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "skhcr: 'digitz' is no model; expected 'digits', 'letters', 'characters' or a .skhcr file "
        "(did you mean 'digits'?).\n"
    )
    done = run("--debug", "recognise", pictures / "3.png", "--model", "digitz")
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback")
    assert done.stderr.splitlines()[-1].startswith("skhcr: 'digitz' is no model")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KeyError("x"), "KeyError: 'x' (That is a mistake in skhcr; run skhcr --debug ... to see"),
        (MemoryError(), "There is not enough memory."),
        (ImportError('skhcr.app needs fastapi: pip install "skhcr[app]"'), "skhcr.app needs"),
        (OSError(28, "No space left on device", "a.skhcr"), "a.skhcr: No space left on device"),
        (ValueError("two\nlines"), "two lines"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_of_all_kinds_are_one_line(call, pictures, monkeypatch, error, message):
    def fail(name):
        raise error

    monkeypatch.setattr(skhcr, "load_pretrained", fail)
    done = call("recognise", pictures / "3.png")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"skhcr: {message}")
    assert done.stderr.count("\n") == 1


def test_an_extra_that_is_missing_is_named():
    code = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name == "fastapi" else find(name, *a)
from skhcr.cli import main
sys.exit(main(["app"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == 'skhcr: skhcr.app needs fastapi: pip install "skhcr[app]"\n'


def test_a_broken_pipe_ends_silently(pictures):
    with subprocess.Popen(
        [*COMMAND, "recognise", *[pictures] * 200, "--model", "digits", "--format", "csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "file,character,probability\n"
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(60) == 1


@has_full
@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_a_full_disk_behind_stdout_is_one_line(pictures, format):
    with FULL.open("w") as full:
        done = run(
            "recognise", pictures / "3.png", "--format", format,
            capture_output=False, stdout=full, stderr=subprocess.PIPE,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "skhcr: cannot write the result: No space left on device\n"


@has_full
def test_help_to_a_full_disk_is_one_line():
    with FULL.open("w") as full:
        done = run("--version", capture_output=False, stdout=full, stderr=subprocess.PIPE)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        done = run("read", "--help", capture_output=False, stdout=full, stderr=subprocess.PIPE)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}], ids=str)
def test_a_terminal_is_not_overrun(pictures, tmp_path, env):
    long = tmp_path / ("n" * 100) / "3.png"
    long.parent.mkdir()
    long.write_bytes((pictures / "3.png").read_bytes())
    said, status = run_in_terminal("recognise", long, "-m", "digits", "--top", "10", env=env)
    assert status == 0
    assert "nnn/3.png" in said
    assert max(map(len, said.splitlines())) <= 80
    if env:
        assert colour_codes(said) == []


def test_names_that_are_told_apart_stay_so(pictures, tmp_path):
    files = [tmp_path / f"class {name} of the year" / ("n" * 80) / "3.png" for name in "ab"]
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_bytes((pictures / "3.png").read_bytes())
    said, status = run_in_terminal("recognise", *files, "-m", "digits")
    assert status == 0
    assert all(str(file) in said for file in files)


def test_no_colours_and_no_bars_in_a_pipe(pictures):
    done = run("recognise", pictures, "-m", "digits")
    assert colour_codes(done.stdout) == []
    assert done.stderr == ""


def test_main_leaves_the_process_as_it_was():
    before = signal.getsignal(signal.SIGTERM), warnings.showwarning, warnings.filters[:]
    main(["--version"])
    assert (signal.getsignal(signal.SIGTERM), warnings.showwarning, warnings.filters[:]) == before


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_serves_the_page_until_it_is_told_to_end(number, status):
    command = [*COMMAND, "app", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline().startswith("skhcr is at http://127.0.0.1:")
        time.sleep(0.5)  # until it listens to signals
        process.send_signal(number)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == status


def test_an_address_that_is_none_is_one_line():
    done = run("app", "--port", "99999")
    assert done.returncode == 1
    assert done.stderr.startswith("skhcr: cannot listen on host='127.0.0.1', port=99999: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["recognise", "read"])
def test_without_standard_error_results_come_all_the_same(pictures, command):
    shell = f"{shlex.join(COMMAND)} {command} {pictures / '3.png'} {pictures / 'missing.png'} 2>&-"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True)
    assert done.returncode == 1
    assert "missing" not in done.stdout
    assert done.stdout.strip()


def test_without_standard_output_there_is_an_error(pictures):
    shell = f"{shlex.join(COMMAND)} recognise {pictures / '3.png'} >&-"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "skhcr: there is no standard output to write to.\n"


def test_a_bad_picture_leaves_no_bar_behind(pictures, tmp_path):
    (tmp_path / "bad.png").write_text("no picture")
    files = [tmp_path / "bad.png", *sorted(pictures.iterdir()) * 8]  # of two chunks
    said, status = run_in_terminal("recognise", *files, "--format", "csv")
    assert status == 1
    assert "it/s" not in said
    assert "pictures/s" not in said
    lines = said.splitlines()
    assert lines[0].endswith("file,character,probability")
    said, _ = run_in_terminal("recognise", *files)
    last = said.rpartition("\r")[2].splitlines()  # what the bar is overwritten by
    assert last[0].startswith("file")
    assert all(len(line) <= 80 for line in last)


def test_an_interruption_is_said(pictures):
    many = [pictures / "3.png"] * 30_000
    process = subprocess.Popen(
        [*COMMAND, "recognise", "--format", "csv", *many],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "file,character,probability\n"  # it has begun
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == "skhcr: interrupted.\n"
    assert process.returncode == 130


@pytest.mark.parametrize(
    ("number", "said"), [(signal.SIGINT, "skhcr: interrupted.\n"), (signal.SIGTERM, "")]
)
def test_an_interruption_while_libraries_are_imported(tmp_path, number, said):
    module = f"import os\nos.kill(os.getpid(), {number})\nprint('went on')\n"
    (tmp_path / "interrupted.py").write_text(module)
    code = "from skhcr.cli._console import import_libraries; import_libraries('interrupted')"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(tmp_path)])}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, "", said)


def test_an_interruption_that_is_to_be_ignored(tmp_path):
    module = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nprint('went on')\n"
    (tmp_path / "interrupted.py").write_text(module)
    code = "from skhcr.cli._console import import_libraries; import_libraries('interrupted')"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(tmp_path)])}
    command = [sys.executable, "-c", f"import signal; signal.signal(2, signal.SIG_IGN); {code}"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")


@pytest.mark.parametrize(
    "command",
    [
        ["recognise", "a.png"],
        ["read", "a.png"],
        ["train", "data", "-o", "{folder}/a.skhcr"],
        ["evaluate", "digits", "data"],
        ["export", "digits", "{folder}/a.onnx"],
    ],
    ids=lambda command: command[0],
)
def test_libraries_are_imported_where_an_interruption_does_no_harm(
    call, tmp_path, monkeypatch, command
):
    def stop(*names):
        raise ValueError("this is where")

    for module in ("_models", "_read", "_train", "_export"):
        monkeypatch.setattr(f"skhcr.cli.{module}.import_libraries", stop)
    done = call(*(one.format(folder=tmp_path) for one in command))
    assert done.stderr == "skhcr: this is where\n"


def test_a_program_that_is_interrupted_at_once_says_nothing(tmp_path):
    (tmp_path / "typer.py").write_text("import os\nos.kill(os.getpid(), 2)\nprint('went on')\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run(
        [*COMMAND, "info"], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_a_package_that_is_missing_is_named(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)  # as if it could not be found
    done = call("read", "a.png")
    assert "This needs cv2, which is not there: pip install opencv-python-headless" in done.stderr
