"""Names of the pixels of a picture, the features of the rows that it flattens to."""

import itertools

import numpy as np

# Private, and without a public counterpart: the checks that every transformer makes.
from sklearn.utils.validation import _check_feature_names_in


def pixel_names(estimator, picture_shape, input_features=None):
    """Return the names of the pixels of a picture, in the order of its flattened values.

    Parameters
    ----------
    estimator : estimator instance
        The estimator that is asked; `input_features` are checked against what it was fitted on.
    picture_shape : tuple of int
        (height, width) or (height, width, channels).
    input_features : array-like of str, default=None
        Only checked, not used.

    Returns
    -------
    ndarray of shape (n_pixels,), dtype object
        ``pixel_<row>_<column>``, with ``_<channel>`` behind it where there are channels.
    """
    _check_feature_names_in(estimator, input_features, generate_names=False)
    positions = itertools.product(*map(range, picture_shape))
    return np.asarray(["pixel_" + "_".join(map(str, at)) for at in positions], dtype=object)
