"""What augmentation costs."""

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases._data import mnist
from benchmarks.cases._measure import import_training

AUGMENTED, PLAIN = "augment=0.5", "augment=None"


def measure(augment, seed, quick):
    from benchmarks.cases._epoch_clock import EpochClock
    from skhcr.classifiers import CNNClassifier

    import_training()
    X, _, y, _ = mnist(quick)
    classifier = CNNClassifier(
        epochs=3, augment=augment, callbacks=[EpochClock()], random_state=seed
    )
    return {"epoch [s]": classifier.fit(X, y).callbacks_[0].seconds}


CASE = Case(
    "An epoch of CNNClassifier on MNIST, the second and third of a fit",
    {
        AUGMENTED: Contestant(lambda seed, quick: measure(0.5, seed, quick)),
        PLAIN: Contestant(lambda seed, quick: measure(None, seed, quick)),
    },
    [
        Target(
            "augmented / plain",
            lambda run: run[AUGMENTED]["epoch [s]"] / run[PLAIN]["epoch [s]"],
            at_most=1.1,
        )
    ],
)
