"""Whether later fits of a search profit from the first."""

import collections
import statistics

import numpy as np

from benchmarks.cases._case import Case, Contestant, Target
from benchmarks.cases._data import digits
from benchmarks.cases._measure import import_training, seconds

OURS = "CNNClassifier(epochs=2)"
LEARNING_RATES = [5e-4, 1e-3, 2e-3, 3e-3, 4e-3, 6e-3, 8e-3, 1e-2]

#: How often each graph of TensorFlow was traced.
traces = collections.Counter()


def count_traces():
    """Count from now on: the Python code of a layer runs when a graph is traced, and only then."""
    import keras
    import tensorflow as tf

    call = keras.layers.Dense.call  # "compact" has one

    def counted(self, inputs, training=None):
        if not tf.executing_eagerly():
            traces[tf.compat.v1.get_default_graph().name] += 1
        return call(self, inputs, training=training)

    keras.layers.Dense.call = counted


def n_traces():
    """Return how often, without the graphs in which Keras finds out shapes."""
    return sum(n for name, n in traces.items() if not name.startswith("scratch_graph"))


def ours(seed, quick):
    import tensorflow as tf
    from sklearn.model_selection import GridSearchCV

    from skhcr.classifiers import CNNClassifier

    import_training()
    tf.zeros(1)  # starts TensorFlow
    count_traces()
    X, y = digits(300 if quick else 1_500)
    # One split, so that each learning rate is one fit.
    split = np.split(np.arange(len(X)), [2 * len(X) // 3])
    search = GridSearchCV(
        CNNClassifier(epochs=2, random_state=seed),
        {"learning_rate": LEARNING_RATES},
        cv=[split],
        refit=False,
        error_score="raise",
    )
    first_search = seconds(lambda: search.fit(X, y))
    first, *others = search.cv_results_["mean_fit_time"]
    n_first = n_traces()
    second_search = seconds(lambda: search.fit(X, y))
    return {
        "fit 1 [s]": first,
        "other fits [s]": statistics.median(others),
        "search 1 [s]": first_search,
        "search 2 [s]": second_search,
        "traces 1": n_first,
        "traces 2": n_traces() - n_first,
    }


CASE = Case(
    "GridSearchCV over 8 learning rates: fits of 1,000 images, two epochs each, and their scores "
    "on 500; the same search again; and how often TensorFlow traced the network",
    {OURS: Contestant(ours)},
    [
        Target("traces, second search", lambda run: run[OURS]["traces 2"], at_most=0),
        Target(
            "first fit / others",
            lambda run: run[OURS]["fit 1 [s]"] / run[OURS]["other fits [s]"],
            at_least=1.5,
        ),
        Target(
            "first search / second",
            lambda run: run[OURS]["search 1 [s]"] / run[OURS]["search 2 [s]"],
        ),
    ],
)
