"""TensorFlow in processes that joblib and Dask start: its threads, and what a fork leaves of it."""

import os
import sys

_state = {"is_lost": False}


def limit_threads():
    """Give TensorFlow as many threads as ``OMP_NUM_THREADS`` says, if it can still be told.

    joblib and Dask set it in their workers, so that all of these together use each core once.
    TensorFlow's own settings go before it.
    """
    import tensorflow as tf  # here, as importing the classifiers, which watch for forks, is quick

    n_threads = os.environ.get("OMP_NUM_THREADS", "")
    if not n_threads.isdecimal() or int(n_threads) < 1 or "TF_NUM_INTRAOP_THREADS" in os.environ:
        return
    n_threads = min(int(n_threads), os.cpu_count() or 1)  # of more, TensorFlow would make them all
    try:
        if tf.config.threading.get_intra_op_parallelism_threads() == 0:
            tf.config.threading.set_intra_op_parallelism_threads(n_threads)
            if tf.config.threading.get_inter_op_parallelism_threads() == 0:
                tf.config.threading.set_inter_op_parallelism_threads(n_threads)
    except RuntimeError:  # it has started: somebody used it before us
        pass


def check_process():
    """Raise a RuntimeError where TensorFlow would wait for ever for threads that a fork lost."""
    if _state["is_lost"]:
        raise RuntimeError(
            "This process was forked from one in which TensorFlow had started, which leaves it "
            "without its threads. Use joblib's backend 'loky', which is the default, or start "
            "processes anew: multiprocessing.set_start_method('forkserver', force=True)."
        )


def _after_fork():
    # Whether somebody has used TensorFlow, which makes its threads then; it has no public name.
    eager = sys.modules.get("tensorflow.python.eager.context")
    if eager is not None and eager.context()._context_handle is not None:
        _state["is_lost"] = True


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_after_fork)
