"""The Bunch that every loader of images returns."""

import numpy as np
from sklearn.utils import Bunch


def image_bunch(images, target, *, descr, target_names=None, return_X_y=False, as_frame=False):
    """Return images and their labels as scikit-learn's loaders do.

    Parameters
    ----------
    images : ndarray of shape (n_samples, height, width), uint8
        The images. Nothing is copied.
    target : ndarray of shape (n_samples,) or None
        The label of each image.
    descr : str
        What the images are and where they come from.
    target_names : array-like, default=None
        The classes, in order; by default the labels that occur, sorted.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` only.
    as_frame : bool, default=False
        Whether `data` and `target` are a data frame and a series of pandas.

    Returns
    -------
    Bunch or tuple of (data, target)
    """
    n_samples, height, width = images.shape
    data = images.reshape(n_samples, height * width)
    feature_names = [f"pixel_{row}_{column}" for row in range(height) for column in range(width)]
    if target is not None:
        target_names = np.unique(target) if target_names is None else np.asarray(target_names)
    frame = None
    if as_frame:
        import pandas as pd

        data = frame = pd.DataFrame(data, columns=feature_names)
        if target is not None:
            target = pd.Series(target, name="target")
            frame = pd.concat([data, target], axis=1)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        images=images,
        target=target,
        target_names=target_names,
        feature_names=feature_names,
        frame=frame,
        DESCR=descr,
    )
