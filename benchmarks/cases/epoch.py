"""What an epoch of a network costs beyond what Keras itself takes for it."""

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases._data import floats, mnist
from benchmarks.cases._measure import PeakMemory, import_training

EPOCHS = 3
OPTIONS = {"epochs": EPOCHS, "batch_size": 64}
OURS = "CNNClassifier()"
KERAS = "plain Keras"


def ours(seed, quick):
    from benchmarks.cases._epoch_clock import EpochClock
    from skhcr.classifiers import CNNClassifier

    import_training()
    X, _, y, _ = mnist(quick)
    classifier = CNNClassifier(
        learning_rate=1e-3,
        schedule="constant",
        callbacks=[EpochClock()],
        random_state=seed,
        **OPTIONS,
    )
    with PeakMemory() as memory:
        classifier.fit(X, y)
    return {"epoch [s]": classifier.callbacks_[0].seconds, "added memory [MB]": memory.added}


def plain_keras(seed, quick):
    import keras

    from benchmarks.cases._epoch_clock import EpochClock
    from skhcr.networks import compact

    images, _, y, _ = mnist(quick)
    X = floats(images)
    del images
    clock = EpochClock()
    with PeakMemory() as memory:  # with the network, as that of CNNClassifier is made in `fit`
        keras.utils.set_random_seed(seed)
        model = compact((28, 28, 1), 10)
        model.compile(
            keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        model.fit(X, y, callbacks=[clock], verbose=0, **OPTIONS)
    return {"epoch [s]": clock.seconds, "added memory [MB]": memory.added}


CASE = Case(
    'An epoch of "compact" on MNIST, the second and third of a fit, and the memory that the fit '
    "adds; Keras is given float32, made before",
    {OURS: Contestant(ours), KERAS: Contestant(plain_keras)},
    [
        Target(
            "epoch / Keras's",
            lambda run: run[OURS]["epoch [s]"] / run[KERAS]["epoch [s]"],
            at_most=1.03,
        ),
        Target(
            "added memory / Keras's",
            lambda run: run[OURS]["added memory [MB]"] / run[KERAS]["added memory [MB]"],
            at_most=0.4,
        ),
    ],
)
