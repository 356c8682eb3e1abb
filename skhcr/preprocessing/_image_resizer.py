"""ImageResizer: pictures of any size to one size."""

from numbers import Integral

import cv2
import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from skhcr._images import (
    PictureTransformerMixin,
    check_pictures,
    check_shape,
    restore_rows,
    stack_pictures,
)
from skhcr.preprocessing._pixel_names import pixel_names


class ImageResizer(PictureTransformerMixin, BaseEstimator):
    """Resize pictures to one size.

    Averages over areas shrink a picture, so that a thin stroke becomes fainter but does not
    break; bicubic interpolation enlarges it, with values kept in the range of the picture's own.

    Parameters
    ----------
    size : int or (int, int), default=(64, 64)
        Height and width of the output, in pixels; one number for a square.
    keep_aspect : bool, default=False
        Whether to keep the ratio of height to width. If so, the picture is centred, and what it
        leaves free is filled with the median of its border pixels, in each channel.
    image_shape : tuple of int, default=None
        (height, width) or (height, width, channels) of the images that rows hold. None for square
        images, or images of one row where the number of pixels is not a square. Ignored for
        pictures that come with their shape.

    Attributes
    ----------
    output_shape_ : tuple of int
        Shape of one picture of the output.
    n_features_in_ : int
        Number of pixels in a row; only of rows.
    feature_names_in_ : ndarray of str
        Names of the pixels; only of rows with names.

    See Also
    --------
    ImageLoader : Reads the pictures, and can shrink large ones as it does.
    PixelScaler : Scales the pixels to [0, 1].

    Notes
    -----
    The transformer is stateless: it can transform without being fitted.

    `uint8`, `uint16`, `float32` and `float64` keep their type. OpenCV resizes no others: `bool`,
    `int8`, `int16` and `float16` become `float32`, and the rest `float64`, with the same values.

    A batch that has the size and the type already is returned as it is, not copied.

    Examples
    --------
    >>> import numpy as np
    >>> from skhcr.preprocessing import ImageResizer
    >>> pictures = [np.zeros((900, 1200), np.uint8), np.zeros((30, 20), np.uint8)]
    >>> ImageResizer((28, 28), keep_aspect=True).fit_transform(pictures).shape
    (2, 28, 28)
    """

    _parameter_constraints = {
        "size": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "keep_aspect": ["boolean"],
        "image_shape": ["array-like", None],
    }

    def __init__(self, size=(64, 64), *, keep_aspect=False, image_shape=None):
        self.size = size
        self.keep_aspect = keep_aspect
        self.image_shape = image_shape

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the parameters and the pictures.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, or a list of pictures of any sizes.
        y : None
            Ignored.

        Returns
        -------
        ImageResizer
            The instance itself.
        """
        size, image_shape = self._check_shapes()
        pictures, _ = check_pictures(self, X, reset=True, image_shape=image_shape)
        self.output_shape_ = (*size, *pictures[0].shape[2:])
        return self

    def transform(self, X):
        """Resize the pictures.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, or a list of pictures of any sizes.

        Returns
        -------
        ndarray
            A batch, (n_samples, height, width) or (n_samples, height, width, channels). Of rows,
            rows again where these say their shape: square images, or of one row.

        Raises
        ------
        ValueError
            If the pictures differ in type or number of channels, or hold NaN, or `image_shape`
            does not fit the rows.
        """
        self._validate_params()
        size, image_shape = self._check_shapes()
        pictures, are_rows = check_pictures(self, X, reset=False, image_shape=image_shape)
        if isinstance(pictures, list) or pictures.shape[1:3] != size:
            pictures = stack_pictures([self._resize(picture, size) for picture in pictures])
        elif pictures.dtype != _resizable_dtype(pictures.dtype):
            pictures = pictures.astype(_resizable_dtype(pictures.dtype))
        return restore_rows(pictures, are_rows)

    def get_feature_names_out(self, input_features=None):
        """Return the names of the pixels of the output.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only checked, not used.

        Returns
        -------
        ndarray of str
            ``pixel_<row>_<column>``, and ``_<channel>`` where there are channels.
        """
        check_is_fitted(self, "output_shape_")
        return pixel_names(self, self.output_shape_, input_features)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _check_shapes(self):
        size = (self.size, self.size) if isinstance(self.size, Integral) else self.size
        size = check_shape("size", size, (2,))
        if self.image_shape is None:
            return size, None
        return size, check_shape("image_shape", self.image_shape)

    def _resize(self, picture, size):
        picture = picture.astype(_resizable_dtype(picture.dtype), copy=False)
        if picture.shape[:2] == size:
            return picture
        if not self.keep_aspect:
            return _interpolate(picture, size)
        scale = min(size[0] / picture.shape[0], size[1] / picture.shape[1])
        height, width = (
            min(side, max(1, round(scale * old)))
            for side, old in zip(size, picture.shape[:2], strict=True)
        )
        top, left = (size[0] - height) // 2, (size[1] - width) // 2
        resized = np.empty((*size, *picture.shape[2:]), dtype=picture.dtype)
        resized[:] = _background(picture)
        resized[top : top + height, left : left + width] = _interpolate(picture, (height, width))
        return resized


def _resizable_dtype(dtype):
    """Return the type in which OpenCV resizes pictures of a type."""
    dtype = dtype.newbyteorder("=")
    if dtype in (np.uint8, np.uint16, np.float32, np.float64):
        return dtype
    return np.dtype(np.float32 if dtype.itemsize <= 2 else np.float64)


def _interpolate(picture, size):
    """Resize one picture: first the sides that shrink, then the sides that grow."""
    resized = picture
    smaller = (min(size[0], picture.shape[0]), min(size[1], picture.shape[1]))
    if smaller != picture.shape[:2]:
        resized = cv2.resize(resized, smaller[::-1], interpolation=cv2.INTER_AREA)
    if smaller != size:
        resized = cv2.resize(resized, size[::-1], interpolation=cv2.INTER_CUBIC)
    # Cubics overshoot, and a white that is rounded to over 1.0 no longer counts as white.
    resized = np.clip(resized, picture.min(), picture.max())
    return resized.reshape(*size, *picture.shape[2:])  # OpenCV drops an axis of one channel


def _background(picture):
    """Return the median of the border pixels, a value of which there is one, in each channel."""
    border = np.concatenate([picture[0], picture[-1], picture[1:-1, 0], picture[1:-1, -1]])
    middle = len(border) // 2
    return np.partition(border, middle, axis=0)[middle]
