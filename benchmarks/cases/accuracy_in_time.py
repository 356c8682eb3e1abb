"""How accurate the default classifier is in the time that a notebook takes."""

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases.peers import EPOCHS, digit_classifier, plain_keras

OURS = "DigitClassifier()"
KERAS = f"plain Keras, lenet, {EPOCHS} epochs"

CASE = Case(
    "The default classifier on MNIST in the time of five epochs of plain Keras",
    {OURS: Contestant(digit_classifier), KERAS: Contestant(plain_keras)},
    [
        Target("accuracy", lambda run: run[OURS]["accuracy"], at_least=0.996),
        Target(
            "fit / Keras's",
            lambda run: run[OURS]["fit [s]"] / run[KERAS]["fit [s]"],
            at_most=1,
        ),
    ],
)
