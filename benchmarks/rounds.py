"""Runs contestants round by round, and makes medians and ratios of their figures."""

import json
import os
import statistics
import subprocess
import sys
import time


def run_case(name, case, n_rounds, quick):
    """Run the contestants of a case, each time in a process of its own.

    Parameters
    ----------
    name : str
        Name of the case.
    case : Case
        What to run.
    n_rounds : int
        How often each contestant takes its turn.
    quick : bool
        Whether tasks are tiny.

    Returns
    -------
    dict
        What the JSON file holds about the case: figures of each contestant and targets, with all
        values, and which contestants were left out or failed, with the reason.
    """
    start = time.perf_counter()
    runs = {contestant: [] for contestant in case.contestants}
    left_out, failed = {}, {}
    for i in range(n_rounds):
        for contestant, how in case.contestants.items():
            if how.lacks():
                left_out[contestant] = how.lacks()
            if contestant in left_out or contestant in failed or (how.once and i > 0):
                continue
            turn = f"{name}, round {i + 1} of {n_rounds}, {contestant}"
            try:
                figures = _run_contestant(name, contestant, i, quick)
            except RuntimeError as error:
                failed[contestant] = str(error)
                print(f"{turn}: failed\n{error}", file=sys.stderr, flush=True)
                continue
            runs[contestant].append(figures)
            print(f"{turn}: {figures}", file=sys.stderr, flush=True)
    return {
        "what": case.what,
        "figures": {contestant: _summaries(runs[contestant]) for contestant in runs},
        "targets": [_target(target, runs, quick) for target in case.targets],
        "left_out": left_out,
        "failed": failed,
        "seconds": time.perf_counter() - start,
    }


def _run_contestant(name, contestant, seed, quick):
    """Return the figures that a new process reports."""
    command = [sys.executable, "-m", "benchmarks", "one", name, contestant, "--seed", str(seed)]
    done = subprocess.run(
        command + ["--quick"] * quick,
        capture_output=True,
        text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    if done.returncode:
        # Without what TensorFlow says when it starts.
        trace = "".join(done.stderr.partition("Traceback")[1:]) or done.stderr
        raise RuntimeError(trace.strip() or f"The process ended with status {done.returncode}.")
    return json.loads(done.stdout.splitlines()[-1])


def _summaries(runs):
    """Return a summary of each figure of a contestant."""
    names = runs[0] if runs else ()
    return {name: _summary([figures[name] for figures in runs]) for name in names}


def _summary(values):
    return {
        "values": values,
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
    }


def _target(target, runs, quick):
    """Return a target with what became of it; "met" is None if that can't be told."""
    result = {"name": target.name, "at_least": target.at_least, "at_most": target.at_most}
    values = []
    for i in range(max(map(len, runs.values()))):
        # Who runs once has the same figures in every round.
        figures = {who: done[min(i, len(done) - 1)] for who, done in runs.items() if done}
        try:
            values.append(target.of(figures))
        except KeyError:  # somebody was left out or failed
            return result | {"met": None}
    result |= _summary(values) if values else {}
    met = None
    if values and not quick and (target.at_least, target.at_most) != (None, None):
        met = (target.at_least is None or result["median"] >= target.at_least) and (
            target.at_most is None or result["median"] <= target.at_most
        )
    return result | {"met": met}
