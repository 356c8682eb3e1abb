"""Whether predicting a million images takes more memory than predicting some."""

import numpy as np

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases._data import digits
from benchmarks.cases._measure import PeakMemory, seconds

CHUNK = 10_000
FEW, MANY = "10,000 images", "1,000,000 images"


def measure(n_images, seed):
    from skhcr.classifiers import CNNClassifier

    rng = np.random.default_rng(seed)
    classifier = CNNClassifier(epochs=1, random_state=seed).fit(*digits(500))

    def predict():
        for _ in range(n_images // CHUNK):
            classifier.predict(rng.integers(0, 256, (CHUNK, 28, 28), dtype=np.uint8))

    with PeakMemory() as memory:
        predict_time = seconds(predict)
    return {"peak memory [MB]": memory.peak, "images/s": n_images / predict_time}


CASE = Case(
    "Memory while images of noise are predicted, 10,000 at a time",
    {
        FEW: Contestant(lambda seed, quick: measure(CHUNK, seed)),
        MANY: Contestant(lambda seed, quick: measure(30_000 if quick else 1_000_000, seed)),
    },
    [
        Target(
            "memory / that for 10,000",
            lambda run: run[MANY]["peak memory [MB]"] / run[FEW]["peak memory [MB]"],
            at_most=1.1,
        )
    ],
)
