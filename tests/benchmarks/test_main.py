"""`python -m benchmarks`: what it measures is for `benchmarks/`, here is whether it works."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import rounds
from benchmarks.cases import CASES
from benchmarks.cases._case import Case, Contestant, Target

ROOT = Path(__file__).parents[2]


def benchmarks(*arguments):
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def summary(*values):
    middle = sorted(values)[len(values) // 2]
    return {"values": values, "median": middle, "min": min(values), "max": max(values)}


def write_run(path, seconds, accuracy, **about):
    about = {
        "date": "2026-01-02 03:04",
        "commit": "abc1234",
        "rounds": 3,
        "quick": False,
        "machine": {"processor": "X", "cores": 2, "memory_gb": 8, "system": "Linux"},
        "versions": {"skhcr": "1.0"},
    } | about
    case = {
        "figures": {"ours": {"fit [s]": seconds, "accuracy": accuracy}},
        "targets": [{"name": "Keras / ours", "met": True} | summary(4.0, 4.1, 4.2)],
    }
    path.write_text(json.dumps({"about": about, "cases": {"speed": case}}))
    return path


def test_compare(tmp_path):
    a = write_run(tmp_path / "a.json", summary(2.0, 2.1, 2.2), summary(0.5, 0.7, 0.9))
    b = write_run(
        tmp_path / "b.json",
        summary(4.1, 4.2, 4.4),
        summary(0.8, 0.75, 0.7),
        versions={"skhcr": "1.1"},
    )
    done = benchmarks("compare", a, b)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["speed", "ours:", "fit", "[s]", "2.1", "4.2", "2.00", "*"] in lines
    assert ["speed", "ours:", "accuracy", "70.00%", "75.00%", "1.07"] in lines  # within the spread
    assert ["speed", "Keras", "/", "ours", "4.1", "4.1", "1.00"] in lines
    assert "skhcr: 1.0 in A, 1.1 in B" in done.stdout


def test_compare_of_one_round(tmp_path):
    a = write_run(tmp_path / "a.json", summary(2.0), summary(0.5))
    b = write_run(tmp_path / "b.json", summary(3.0), summary(0.5))
    lines = [line.split() for line in benchmarks("compare", a, b).stdout.splitlines()]
    assert ["speed", "ours:", "fit", "[s]", "2", "3", "1.50", "?"] in lines
    assert ["speed", "ours:", "accuracy", "50.00%", "50.00%", "1.00"] in lines


@pytest.mark.parametrize(
    "text", ["{}", "not JSON", '{"about": {}, "cases": {}}', '{"about": 1, "cases": 2}', None]
)
def test_compare_of_other_files(tmp_path, text):
    a = write_run(tmp_path / "a.json", summary(2.0), summary(0.5))
    other = tmp_path / "other.json"
    if text is not None:
        other.write_text(text)
    done = benchmarks("compare", a, other)
    assert done.returncode == 2
    assert str(other) in done.stderr
    assert "Traceback" not in done.stderr


def test_run(tmp_path):
    json_file, table = tmp_path / "run.json", tmp_path / "run.md"
    done = benchmarks(
        "run", "import", "prediction", "--quick", "--json", json_file, "--table", table
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(json_file.read_text())
    assert results["about"]["quick"]
    assert {"python", "skhcr", "tensorflow"} <= results["about"]["versions"].keys()
    assert list(results["cases"]) == ["import", "prediction"]
    for name, case in results["cases"].items():
        assert not case["failed"]
        assert case["figures"].keys() == CASES[name].contestants.keys()
        assert all(figures for figures in case["figures"].values())
        # What tiny sizes come to is no verdict.
        assert [target["met"] for target in case["targets"]] == [None] * len(case["targets"])
        assert all(len(target["values"]) == 1 for target in case["targets"])
        assert name in done.stdout
        assert name in table.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.json", "run.md"]
    done = benchmarks("compare", json_file, json_file)
    assert done.stdout.count(" 1.00") == sum(
        len(case["targets"]) + sum(map(len, case["figures"].values()))
        for case in results["cases"].values()
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "ink", "inc"], "no case 'inc'"),
        (["run", "ink", "--rounds", "0"], "expected at least 1"),
        (["run", "ink", "--json", "nowhere/run.json"], "no such folder"),
        (["run", "ink", "--table", "docs"], "'docs' is a folder"),
        (["run", "ink", "--json", "x", "--table", "x"], "name the same file, x"),
        (["one", "ink", "Keras"], "no contestant 'Keras'"),
    ],
)
def test_wrong_arguments(arguments, message):
    done = benchmarks(*arguments)
    assert done.returncode == 2
    assert message in done.stderr


@pytest.fixture
def turns(monkeypatch):
    """Whose turn it was, of contestants that report the round, or fail if called "broken"."""
    taken = []

    def run_contestant(name, contestant, seed, quick):
        taken.append(contestant)
        if contestant == "broken":
            raise RuntimeError("it broke")
        return {"time [s]": {"ours": 1.0, "Keras": 4.0 + seed}[contestant]}

    monkeypatch.setattr(rounds, "_run_contestant", run_contestant)
    return taken


def never(seed, quick):
    raise AssertionError("contestants run in processes of their own")


def times_faster(run):
    return run["Keras"]["time [s]"] / run["ours"]["time [s]"]


def test_rounds(turns):
    case = Case(
        "Speed",
        {"ours": Contestant(never, once=True), "Keras": Contestant(never)},
        [
            Target("faster", times_faster, at_least=5),
            Target("much faster", times_faster, at_least=6),
            Target("not much faster", times_faster, at_most=5),
        ],
    )
    result = rounds.run_case("speed", case, n_rounds=3, quick=False)
    assert turns == ["ours", "Keras", "Keras", "Keras"]
    assert result["figures"]["Keras"]["time [s]"]["values"] == [4, 5, 6]
    assert [target["median"] for target in result["targets"]] == [5, 5, 5]
    assert [target["met"] for target in result["targets"]] == [True, False, True]


def test_turns(turns):
    case = Case("Speed", {"ours": Contestant(never), "Keras": Contestant(never)}, [])
    rounds.run_case("speed", case, n_rounds=2, quick=False)
    assert turns == ["ours", "Keras", "ours", "Keras"]


def test_without_somebody(turns):
    contestants = {
        "ours": Contestant(never),
        "Keras": Contestant(never, needs=("json", "no_such_module")),
        "broken": Contestant(never),
        "English": Contestant(never, data="no/such.csv"),
    }
    case = Case("Speed", contestants, [Target("faster", times_faster, at_least=5)])
    result = rounds.run_case("speed", case, n_rounds=2, quick=False)
    assert turns == ["ours", "broken", "ours"]
    assert list(result["left_out"]) == ["Keras", "English"]
    assert result["left_out"]["Keras"].startswith("no no_such_module: pip install")
    assert "no/such.csv" in result["left_out"]["English"]
    assert result["failed"] == {"broken": "it broke"}
    assert result["targets"][0]["met"] is None
    assert "median" not in result["targets"][0]
