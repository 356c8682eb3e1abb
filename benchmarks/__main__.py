"""Measures skhcr against its peers; says what changed.

python -m benchmarks run [CASE ...] [--rounds 3] [--quick] [--json FILE] [--table FILE]
python -m benchmarks compare A.json B.json
"""

import argparse
import datetime
import json
import os
import platform
import shlex
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.cases import CASES
from benchmarks.report import QUICK, case_text, compare_text, markdown_text
from benchmarks.rounds import run_case
from benchmarks.tables import PACKAGES, processor

PEERS = "keras", "torch", "skorch", "scikit-image"


def main():
    """Run a command line; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("run", help="measure, print tables, write them")
    command.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}")
    command.add_argument("--rounds", type=int, help="turns of each contestant, default 3")
    command.add_argument("--quick", action="store_true", help="tiny sizes, one round by default")
    command.add_argument("--json", type=Path, metavar="FILE", help="write all values to this file")
    command.add_argument("--table", type=Path, metavar="FILE", help="write Markdown to this file")
    command = commands.add_parser("one", help="run one contestant, as `run` does in new processes")
    command.add_argument("case", choices=CASES)
    command.add_argument("contestant")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--quick", action="store_true")
    command = commands.add_parser("compare", help="show what changed from A.json to B.json")
    command.add_argument("files", nargs=2, type=Path, metavar="FILE")
    options = parser.parse_args()
    try:
        return {"run": run, "one": one, "compare": compare}[options.command](options)
    except ValueError as error:
        parser.error(str(error))


def run(options):
    names = list(dict.fromkeys(options.cases)) or list(CASES)
    for name in names:
        if name not in CASES:
            raise ValueError(f"there is no case {name!r}; expected some of {', '.join(CASES)}")
    rounds = options.rounds if options.rounds is not None else 1 if options.quick else 3
    if rounds < 1:
        raise ValueError(f"--rounds {rounds}: expected at least 1")
    for file in (options.json, options.table):  # before an hour of work, not after it
        if file is not None and not file.absolute().parent.is_dir():
            raise ValueError(f"{file}: there is no such folder")
        if file is not None and file.is_dir():
            raise ValueError(f"{str(file)!r} is a folder; expected a file to write")
    if options.json is not None and options.json == options.table:
        raise ValueError(f"--json and --table name the same file, {options.json}")
    results = {"about": about(rounds, options.quick), "cases": {}}
    for name in names:
        results["cases"][name] = run_case(name, CASES[name], rounds, options.quick)
        print(case_text(name, results["cases"][name]), flush=True)
        if options.json:  # after each case, as the next may be interrupted
            replace(options.json, json.dumps(results, indent=1) + "\n")
    if options.quick:
        print(QUICK)
    if options.table:
        replace(options.table, markdown_text(results))
    return int(any(case["failed"] for case in results["cases"].values()))


def one(options):
    contestants = CASES[options.case].contestants
    if options.contestant not in contestants:
        raise ValueError(
            f"{options.case} has no contestant {options.contestant!r}; expected one of "
            f"{', '.join(map(repr, contestants))}"
        )
    figures = contestants[options.contestant].measure(options.seed, options.quick)
    print(json.dumps({name: float(n) for name, n in figures.items() if n is not None}))


def compare(options):
    runs = []
    for file in options.files:
        try:
            runs.append(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise ValueError(f"{file} can't be read: {error}") from error
        if not isinstance(runs[-1], dict) or not {"about", "cases"} <= runs[-1].keys():
            raise ValueError(f"{file} is not from `python -m benchmarks run --json`")
    try:
        print(compare_text(*runs), end="")
    except (AttributeError, KeyError, TypeError) as error:
        a, b = options.files
        raise ValueError(f"{a} or {b} is not from `python -m benchmarks run --json`") from error


def about(rounds, quick):
    """Return what a run was made of and on."""
    versions = {"python": platform.python_version()}
    for package in (*PACKAGES, *PEERS):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    memory = (
        os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    )
    return {
        "date": f"{datetime.datetime.now():%Y-%m-%d %H:%M}",
        "command": shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]]),
        "commit": commit(),
        "rounds": rounds,
        "quick": quick,
        "machine": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "memory_gb": round(memory / 2**30) or None,
            "system": f"{platform.system()} {platform.release()}",
        },
        "versions": versions,
    }


def commit():
    """Return what is checked out, "-dirty" if files are changed; None if that is not known."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        done = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def replace(path, text):
    """Write a file that appears only when it is complete."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
