"""Whether fits leave memory behind."""

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases._data import digits
from benchmarks.cases._measure import resident_memory

OURS = "DigitClassifier(epochs=1)"


def ours(seed, quick):
    from skhcr.classifiers import DigitClassifier

    X, y = digits(200)
    n_fits = 10 if quick else 100
    memory = []
    for i in range(n_fits):
        DigitClassifier(epochs=1, random_state=seed + i).fit(X, y)
        memory.append(resident_memory())
    return {
        "after a tenth of the fits [MB]": memory[n_fits // 10 - 1],
        "after all [MB]": memory[-1],
    }


CASE = Case(
    "Memory of a process that fits 100 classifiers, one after the other, to 200 images",
    {OURS: Contestant(ours, once=True)},
    [
        Target(
            "growth from the 10th to the 100th",
            lambda run: (
                run[OURS]["after all [MB]"] / run[OURS]["after a tenth of the fits [MB]"] - 1
            ),
            at_most=0.05,
        )
    ],
)
