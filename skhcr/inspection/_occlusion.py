"""Occlusion: how much less sure a classifier is when it does not see a part of the picture."""

import numpy as np


def occlusion(score, batch, codes):
    """Return maps of how much the score of a class falls where a square of paper hides the picture.

    The square is a fifth of the shorter side and moves by a third of its side; each pixel gets the
    mean over the squares that hide it, and 0 where hiding it makes the classifier surer.

    Parameters
    ----------
    score : callable
        A batch to scores (n_samples, n_classes).
    batch : ndarray of shape (n_samples, height, width) or (n_samples, height, width, n_channels)
        Pictures.
    codes : ndarray of shape (n_samples,), int
        The classes.

    Returns
    -------
    ndarray of shape (n_samples, height, width)
        float32, from 0 on.
    """
    height, width = batch.shape[1:3]
    side = max(1, round(min(height, width) / 5))
    maps = np.zeros(batch.shape[:3], dtype=np.float32)
    tops, lefts = (_starts(extent, side) for extent in (height, width))
    for i, code in enumerate(codes):
        paper = _paper(batch[i])
        squares = [(top, left) for top in tops for left in lefts]
        hidden = np.repeat(batch[i : i + 1], len(squares) + 1, axis=0)  # the last one stays whole
        for picture, (top, left) in zip(hidden, squares, strict=False):
            picture[top : top + side, left : left + side] = paper
        scores = score(hidden)[:, code]
        counts = np.zeros((height, width), dtype=np.float32)
        for (top, left), value in zip(squares, scores, strict=False):
            place = np.s_[top : top + side, left : left + side]
            maps[i][place] += scores[-1] - value
            counts[place] += 1
        maps[i] /= counts
    return np.maximum(maps, 0)


def _starts(extent, side):
    """Return where squares begin, so that they reach from edge to edge."""
    n_squares = int(np.ceil((extent - side) / max(1, side / 3))) + 1
    return np.unique(np.linspace(0, extent - side, n_squares).round().astype(int))


def _paper(picture):
    """Return what most of the border of a picture looks like: a value, or one a channel."""
    border = [picture[0], picture[-1], picture[:, 0], picture[:, -1]]
    return np.median(np.concatenate(border), axis=0).astype(picture.dtype)
