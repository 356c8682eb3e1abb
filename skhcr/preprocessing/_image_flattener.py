"""ImageFlattener: pictures to rows."""

import math

from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils.validation import check_is_fitted

from skhcr._images import PictureTransformerMixin, check_pictures, stack_pictures
from skhcr.preprocessing._pixel_names import pixel_names


class ImageFlattener(PictureTransformerMixin, BaseEstimator):
    """Flatten pictures to rows, the form of scikit-learn's own estimators.

    Put it between the transformers of pictures and an estimator such as
    :class:`~sklearn.svm.SVC` or :class:`~sklearn.decomposition.PCA`.

    Attributes
    ----------
    picture_shape_ : tuple of int
        Shape of a picture seen during `fit`.
    n_features_in_ : int
        Number of pixels in a row; only of rows.
    feature_names_in_ : ndarray of str
        Names of the pixels; only of rows with names.

    See Also
    --------
    ImageResizer : Gives the pictures the one size that rows need.

    Notes
    -----
    The transformer is stateless: it can transform without being fitted. The output is a view of
    the input where possible, not a copy.

    Examples
    --------
    >>> import numpy as np
    >>> from skhcr.preprocessing import ImageFlattener
    >>> flattener = ImageFlattener()
    >>> flattener.fit_transform(np.arange(8).reshape(2, 2, 2))
    array([[0, 1, 2, 3],
           [4, 5, 6, 7]])
    >>> flattener.get_feature_names_out()
    array(['pixel_0_0', 'pixel_0_1', 'pixel_1_0', 'pixel_1_1'], dtype=object)
    """

    _parameter_constraints = {}

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Remember the shape of the pictures.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, or a list of pictures of one size.
        y : None
            Ignored.

        Returns
        -------
        ImageFlattener
            The instance itself.
        """
        pictures, _ = check_pictures(self, X, reset=True, channel_counts=None)
        self.picture_shape_ = stack_pictures(pictures).shape[1:]
        return self

    def transform(self, X):
        """Flatten the pictures.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, or a list of pictures of one size.

        Returns
        -------
        ndarray of shape (n_samples, n_pixels)
            Rows, of the type of the input.

        Raises
        ------
        ValueError
            If the pictures differ in size, or have another number of pixels than in `fit`.
        """
        pictures, _ = check_pictures(self, X, reset=False, channel_counts=None)
        batch = stack_pictures(pictures)
        rows = batch.reshape(len(batch), -1)
        fitted_shape = getattr(self, "picture_shape_", None)
        if fitted_shape is not None and rows.shape[1] != math.prod(fitted_shape):
            raise ValueError(
                f"X holds pictures of shape {batch.shape[1:]}, {rows.shape[1]} pixels, but "
                f"ImageFlattener was fitted on pictures of shape {fitted_shape}, "
                f"{math.prod(fitted_shape)} pixels."
            )
        return rows

    def get_feature_names_out(self, input_features=None):
        """Return the names of the pixels.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only checked, not used.

        Returns
        -------
        ndarray of str
            ``pixel_<row>_<column>``, and ``_<channel>`` where there are channels.
        """
        check_is_fitted(self, "picture_shape_")
        return pixel_names(self, self.picture_shape_, input_features)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
