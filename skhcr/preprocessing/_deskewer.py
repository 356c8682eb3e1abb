"""Deskewer: slanted characters upright."""

from numbers import Real

import cv2
import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from skhcr._images import PictureTransformerMixin
from skhcr.preprocessing._pixel_names import pixel_names
from skhcr.preprocessing._read_picture import check_levels, to_uint8


class Deskewer(OneToOneFeatureMixin, PictureTransformerMixin, BaseEstimator):
    """Take out the slant of characters.

    A character is slanted as much as its rows move sideways with their height, on average, which
    its second moments say. It is sheared by the opposite, about its centre of mass.

    Parameters
    ----------
    max_angle : float, default=30
        Largest angle that is taken out, in degrees, in [0, 60]. A stroke that leans more is part
        of the character's form.
    image_shape : tuple of int, default=None
        (height, width) of the images that rows hold. None for square images, or images of one row
        where the number of pixels is not a square. Ignored for pictures that come with their
        shape.

    Attributes
    ----------
    picture_shape_ : tuple of int or None
        (height, width) of the ink seen during `fit`; None if they differ.
    n_features_in_ : int
        Number of pixels in a row; only of rows.
    feature_names_in_ : ndarray of str
        Names of the pixels; only of rows with names.

    See Also
    --------
    InkExtractor : Makes the ink.
    InkCenterer : Comes behind: the centre of a sheared character is another.

    Notes
    -----
    The transformer is stateless: it can transform without being fitted.

    Ink keeps its height and width. It is moved sideways where it would leave them, and sheared
    less where it is too wide for them.

    Ink of other types than `uint8` is read as by :class:`ImageLoader`.

    Examples
    --------
    >>> import numpy as np
    >>> from skhcr.preprocessing import Deskewer
    >>> slanted = 255 * np.eye(9, 15, 3, dtype=np.uint8)
    >>> upright = Deskewer(max_angle=45).transform([slanted])[0]
    >>> np.flatnonzero(upright.any(axis=0))
    array([7])
    """

    _parameter_constraints = {
        "max_angle": [Interval(Real, 0, 60, closed="both")],
        "image_shape": ["array-like", None],
    }

    def __init__(self, max_angle=30, *, image_shape=None):
        self.max_angle = max_angle
        self.image_shape = image_shape

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the parameters and the ink.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, or a list of ink of any sizes.
        y : None
            Ignored.

        Returns
        -------
        Deskewer
            The instance itself.
        """
        pictures, _ = check_levels(self, X, reset=True, channel_counts=(1,))
        shapes = {picture.shape[:2] for picture in pictures}
        self.picture_shape_ = shapes.pop() if len(shapes) == 1 else None
        return self

    def transform(self, X):
        """Shear the ink upright.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, (n_samples, height, width), or a list of ink of any sizes, 0 for paper.

        Returns
        -------
        ndarray or list of ndarray, of uint8
            Ink of the same shape: rows of rows, a batch of a batch, a list of a list.

        Raises
        ------
        ValueError
            If pictures have more than one channel, hold NaN or infinity, or values that lie
            neither in [0, 1] nor in [0, 255].
        """
        self._validate_params()
        pictures, are_rows = check_levels(self, X, reset=False, channel_counts=(1,))
        limit = np.tan(np.radians(self.max_angle))
        upright = []
        for picture in pictures:
            ink = to_uint8(picture[np.newaxis])[0].reshape(picture.shape[:2])
            upright.append(_deskew(ink, limit))
        if isinstance(pictures, list):
            return upright
        batch = np.stack(upright)
        return batch.reshape(len(batch), -1) if are_rows else batch

    def get_feature_names_out(self, input_features=None):
        """Return the names of the pixels.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the pixels, which stay as they are.

        Returns
        -------
        ndarray of str
            The names of the columns of rows, or ``pixel_<row>_<column>`` for ink of one size.

        Raises
        ------
        ValueError
            If `fit` was given ink of several sizes, whose pixels have no names in common.
        """
        check_is_fitted(self, "picture_shape_")
        if hasattr(self, "n_features_in_"):
            return super().get_feature_names_out(input_features)
        if self.picture_shape_ is None:
            raise ValueError(
                "The ink that Deskewer was fitted on differs in size, so that its pixels have no "
                "names in common."
            )
        return pixel_names(self, self.picture_shape_, input_features)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _deskew(ink, limit):
    """Shear ink by at most `limit` pixels sideways for one of height."""
    moments = cv2.moments(ink)
    if moments["mu02"] < 1e-6 * max(1, moments["m00"]):  # empty, or one row
        return ink
    slant = float(np.clip(moments["mu11"] / moments["mu02"], -limit, limit))
    rows, columns = np.nonzero(ink)
    middle = moments["m01"] / moments["m00"]
    width = ink.shape[1]
    for _ in range(4):
        sheared = columns - slant * (rows - middle)
        left, right = sheared.min() - 0.5, sheared.max() + 0.5
        if right - left <= width:
            break
        slant /= 2
    else:
        return ink
    move = min(max(0, -0.5 - left), 0) + max(0, -0.5 - left) + min(0, width - 0.5 - right)
    shear = np.array([[1, -slant, slant * middle + move], [0, 1, 0]])
    return cv2.warpAffine(ink, shear, ink.shape[::-1], flags=cv2.INTER_LINEAR)
