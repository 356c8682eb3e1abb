"""How long predictions take."""

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases._data import digits, floats
from benchmarks.cases._measure import median_seconds

OURS = "CNNClassifier.predict_proba"
KERAS = "plain Keras, model.predict"
#: Number of images: how often to predict them, how often if `quick`, times to be faster.
SIZES = {1: (200, 9, 50), 100: (100, 3, 10), 10_000: (7, 1, 1.2)}


def ours(seed, quick):
    from skhcr.classifiers import CNNClassifier

    classifier = CNNClassifier(epochs=1, random_state=seed).fit(*digits(500))
    return _times(classifier.predict_proba, lambda images: images, quick)


def plain_keras(seed, quick):
    import keras

    from skhcr.networks import compact

    keras.utils.set_random_seed(seed)
    model = compact((28, 28, 1), 10)
    return _times(lambda X: model.predict(X, verbose=0), floats, quick)


def _times(predict, prepare, quick):
    times = {}
    for n_images, (n_calls, n_quick_calls, _) in SIZES.items():
        X = prepare(digits(n_images)[0])
        times[_figure(n_images)] = 1e3 * median_seconds(
            lambda X=X: predict(X), n_quick_calls if quick else n_calls
        )
    return times


def _figure(n_images):
    return f"{n_images:,} image{'s' if n_images > 1 else ''} [ms]"


CASE = Case(
    'Prediction with the same network, "compact", once it is warm; Keras is given float32',
    {OURS: Contestant(ours), KERAS: Contestant(plain_keras)},
    [
        Target(
            f"Keras's time / ours, {n_images:,}",
            lambda run, n=n_images: run[KERAS][_figure(n)] / run[OURS][_figure(n)],
            at_least=factor,
        )
        for n_images, (_, _, factor) in SIZES.items()
    ],
)
