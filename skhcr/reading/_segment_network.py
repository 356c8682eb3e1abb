"""The shipped network that tells which segments of a line are whole characters."""

import os
import threading

import numpy as np

from skhcr._shipped import read_part

_LOCK = threading.Lock()
_NETWORKS = {}  # by process, as a fork has none of its parent's threads


def segment_probabilities(windows):
    """Return what segments are.

    Parameters
    ----------
    windows : ndarray of uint8, (n_segments, height, width, 3)
        What :meth:`Lattice.windows` returns.

    Returns
    -------
    whole : ndarray of float64, (n_segments,)
        How probable it is that a segment is one whole character.
    characters : ndarray of float64, (n_segments, n_classes)
        Which one, if it is.
    classes : ndarray of str, (n_classes,)
    """
    network = _network()
    probabilities = network.predict_proba(windows).astype(np.float64)
    classes = network.header["classes"]
    is_none = classes == ""
    characters = np.maximum(probabilities[:, ~is_none], 1e-12)
    whole = np.clip(1 - probabilities[:, is_none].sum(axis=1), 1e-6, 1 - 1e-6)
    return whole, characters / characters.sum(axis=1, keepdims=True), classes[~is_none]


def _network():
    """Return the network, loaded when it is first needed."""
    with _LOCK:
        process = os.getpid()
        if process not in _NETWORKS:
            from skhcr.runtime._onnx_network import OnnxNetwork

            # That of the parent stays: to end its threads, which a fork has not, would hang.
            _NETWORKS[process] = OnnxNetwork(read_part("segments"), None)
        return _NETWORKS[process]
