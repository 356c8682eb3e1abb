"""What importing skhcr costs."""

import statistics

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.import_time import STATEMENTS, seconds_to_run

BASE, OURS = "numpy", "numpy, skhcr"


def measure(name, quick):
    times = [seconds_to_run(STATEMENTS[name]) for _ in range(2 if quick else 7)]
    return {"process [s]": statistics.median(times)}


CASE = Case(
    "A process that imports NumPy, and one that imports skhcr too",
    {
        f"import {name}": Contestant(lambda seed, quick, name=name: measure(name, quick))
        for name in (BASE, OURS)
    },
    [
        Target(
            "seconds more",
            lambda run: run[f"import {OURS}"]["process [s]"] - run[f"import {BASE}"]["process [s]"],
            at_most=0.15,
        )
    ],
)
