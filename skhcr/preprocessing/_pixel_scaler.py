"""PixelScaler: pixels to [0, 1]."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, _fit_context
from sklearn.utils.validation import check_is_fitted

from skhcr._images import PictureTransformerMixin, check_pictures, white_level
from skhcr.preprocessing._pixel_names import pixel_names


class PixelScaler(OneToOneFeatureMixin, PictureTransformerMixin, BaseEstimator):
    """Scale pixels to `float32` in [0, 1] by dividing by the value of white.

    White is 255 in `uint8`, 65535 in `uint16` and 1 in `bool`. Other types do not say it: there
    it is 1 for a picture that holds no value over 1.5 (interpolation overshoots 1), and 255 for
    any other.

    Attributes
    ----------
    picture_shape_ : tuple of int or None
        (height, width) or (height, width, channels) of the pictures; None if they differ.
    n_features_in_ : int
        Number of pixels in a row; only of rows.
    feature_names_in_ : ndarray of str
        Names of the pixels; only of rows with names.

    See Also
    --------
    ImageResizer : Gives the pictures one size.

    Notes
    -----
    The transformer is stateless: it can transform without being fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from skhcr.preprocessing import PixelScaler
    >>> PixelScaler().fit_transform(np.array([[0, 51, 102, 255]], dtype=np.uint8))
    array([[0. , 0.2, 0.4, 1. ]], dtype=float32)
    """

    _parameter_constraints = {}

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the pictures.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, or a list of pictures.
        y : None
            Ignored.

        Returns
        -------
        PixelScaler
            The instance itself.
        """
        pictures, _ = check_pictures(self, X, reset=True, channel_counts=None)
        same = len({picture.shape for picture in pictures}) == 1
        self.picture_shape_ = pictures[0].shape if same else None
        return self

    def transform(self, X):
        """Scale the pixels.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, or a list of pictures.

        Returns
        -------
        ndarray or list of ndarray, of float32
            Rows of rows, a batch of a batch or of a list of pictures of one shape, a list of a
            list of other pictures.
        """
        pictures, are_rows = check_pictures(self, X, reset=False, channel_counts=None)
        if isinstance(pictures, list):
            scaled = [_scale(picture[np.newaxis])[0] for picture in pictures]
            same = all(picture.shape == scaled[0].shape for picture in scaled)
            return np.stack(scaled) if same else scaled
        scaled = _scale(pictures)
        return scaled.reshape(len(scaled), -1) if are_rows else scaled

    def get_feature_names_out(self, input_features=None):
        """Return the names of the pixels.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the pixels, which stay as they are.

        Returns
        -------
        ndarray of str
            The names of the columns of rows, or ``pixel_<row>_<column>``, with ``_<channel>``
            behind it where there are channels, for pictures of one size.

        Raises
        ------
        ValueError
            If `fit` was given pictures of several sizes, whose pixels have no names in common.
        """
        check_is_fitted(self, "picture_shape_")
        if hasattr(self, "n_features_in_"):
            return super().get_feature_names_out(input_features)
        if input_features is not None:
            return np.asarray(input_features, dtype=object)
        if self.picture_shape_ is None:
            raise ValueError(
                "The pictures that PixelScaler was fitted on differ in size, so that their pixels "
                "have no names in common."
            )
        return pixel_names(self, self.picture_shape_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def _scale(batch):
    white = white_level(batch)
    scaled = batch.astype(np.float32)
    scaled /= np.asarray(white, dtype=np.float32)
    return scaled
