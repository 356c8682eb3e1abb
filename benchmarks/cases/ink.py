"""Whether the ink pipeline keeps up with the network."""

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases._data import digits
from benchmarks.cases._measure import median_seconds

INK, NETWORK = "make_ink_pipeline().transform", "CNNClassifier.predict_proba"
N_CALLS = 5


def ink(seed, quick):
    from skhcr.preprocessing import make_ink_pipeline

    X, _ = digits(1_000 if quick else 10_000)
    pipeline = make_ink_pipeline().fit(X)
    return {"time [s]": median_seconds(lambda: pipeline.transform(X), N_CALLS)}


def network(seed, quick):
    from skhcr.classifiers import CNNClassifier

    X, y = digits(1_000 if quick else 10_000)
    classifier = CNNClassifier(epochs=1, random_state=seed).fit(X[:500], y[:500])
    return {"time [s]": median_seconds(lambda: classifier.predict_proba(X), N_CALLS)}


CASE = Case(
    "The ink pipeline on 10,000 images of 28 x 28, and the network's predictions for them",
    {INK: Contestant(ink), NETWORK: Contestant(network)},
    [
        Target(
            "ink / network",
            lambda run: run[INK]["time [s]"] / run[NETWORK]["time [s]"],
            at_most=1,
        )
    ],
)
