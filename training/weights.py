"""Trained weights as Keras has them: files, and what shipping makes of them."""

from pathlib import Path

import numpy as np

from skhcr._files import whole_file

WEIGHTS = Path(__file__).resolve().parent / "weights"
EPSILON = 1e-3  # of Keras's batch normalisation


def save_weights(name, weights, mean, scale, temperature, class_prior):
    """Write what a training ended with, whole or not at all, and return the path.

    Parameters
    ----------
    name : str
    weights : list of ndarray
        As Keras has them. Half precision, which is what is shipped, is kept.
    mean, scale : float
        What pixels, from 0 to 255, are standardised by.
    temperature : float
        What logits are to be divided by.
    class_prior : ndarray of shape (n_classes,)
        How frequent the classes were.
    """
    WEIGHTS.mkdir(exist_ok=True)
    path = WEIGHTS / f"{name}.npz"
    with whole_file(path, (".npz",)) as complete:
        np.savez_compressed(
            complete,
            *[array.astype(np.float16) for array in weights],
            pixels=np.array([mean, scale]),
            temperature=temperature,
            class_prior=class_prior,
        )
    return path


def load_weights(name):
    """Return what a training wrote: weights, mean and scale of pixels, temperature, priors."""
    with np.load(WEIGHTS / f"{name}.npz") as file:
        weights = [file[f"arr_{i}"].astype(np.float32) for i in range(len(file.files) - 3)]
        return weights, *map(float, file["pixels"]), float(file["temperature"]), file["class_prior"]


def fold(weights, temperature):
    """Return weights without batch normalisation, float32 that float16 can hold.

    Parameters
    ----------
    weights : list of ndarray
        Of :func:`skhcr.networks.residual`: for each convolution its kernel, then scale, offset,
        mean and variance; and kernel and bias of the last layer.
    temperature : float
        What logits are divided by.

    Returns
    -------
    list of ndarray
        Kernel and bias of each layer.
    """
    folded = []
    for i in range(0, len(weights) - 2, 5):
        kernel, scale, offset, mean, variance = weights[i : i + 5]
        factor = scale / np.sqrt(variance + EPSILON)
        folded += [kernel * factor, offset - mean * factor]
    folded += [array / temperature for array in weights[-2:]]
    return [array.astype(np.float16).astype(np.float32) for array in folded]


def widen(weights, width, rng):
    """Return weights of a wider network that computes the same, but for a little noise [1]_.

    Some filters stand there twice, and what reads them takes half of each; without the noise, they
    would learn the same ever after.

    Parameters
    ----------
    weights : list of ndarray
        Of :func:`skhcr.networks.residual` with batch normalisation.
    width : int
        Number of filters of the first block, at least as many as they have.
    rng : numpy.random.Generator

    Returns
    -------
    list of ndarray

    References
    ----------
    .. [1] T. Chen, I. Goodfellow, J. Shlens, "Net2Net: Accelerating Learning via Knowledge
       Transfer", ICLR 2016.
    """
    narrow = weights[5].shape[-1]
    wider = {narrow: width, 2 * narrow: 2 * width}

    def twice(n):
        return np.arange(wider.get(n, n)) % n

    def read(kernel, axis):
        """Repeat what a kernel reads, each a part of it."""
        source = twice(kernel.shape[axis])
        shares = np.bincount(source)[source].reshape([-1 if i == axis else 1 for i in range(4)])
        return np.take(kernel, source, axis) / shares

    widened = []
    for i in range(0, len(weights) - 2, 5):
        kernel = read(weights[i], 2)
        noise = 1 + 0.02 * rng.standard_normal((*kernel.shape[:3], len(twice(kernel.shape[3]))))
        out = twice(kernel.shape[3])
        widened.append(kernel[..., out] * noise)
        widened += [array[out] for array in weights[i + 1 : i + 5]]
    dense, bias = weights[-2:]
    maps = dense.reshape(-1, 1, 2 * narrow, dense.shape[1])  # (positions, 1, filters, classes)
    widened += [read(maps, 2).reshape(-1, dense.shape[1]), bias]
    return [array.astype(np.float32) for array in widened]
