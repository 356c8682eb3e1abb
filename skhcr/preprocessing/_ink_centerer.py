"""InkCenterer: ink of any size to a batch of centred characters."""

from numbers import Integral, Real

import cv2
import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from skhcr._images import PictureTransformerMixin, restore_rows
from skhcr.preprocessing._pixel_names import pixel_names
from skhcr.preprocessing._read_picture import check_levels, to_uint8
from skhcr.preprocessing._stroke import FINE, stroke_width, thin, widen

#: Margins of MNIST and EMNIST, as fractions of the side. EMNIST's is 2 of 28 pixels around all
#: that is not 0, which is 3 around the outline at half of full ink, as EMNIST is blurred.
_MARGINS = {"mass": 4 / 28, "box": 3 / 28}
_SAME_SIZE = 0.1  # Difference of size up to which a character is not resized, which would blur it.


class InkCenterer(PictureTransformerMixin, BaseEstimator):
    """Give ink the size and the place that it has in MNIST or in EMNIST.

    The character is enlarged or shrunk, keeping its aspect, until the longer side of its bounding
    box is `size` less twice the `margin`, and put into the middle of a square of paper.

    Parameters
    ----------
    size : int, default=28
        Height and width of the output, in pixels.
    margin : int, default=None
        Paper around the bounding box, in pixels of the output. None for that of the data set whose
        rule `by` is: 4 of 28 pixels by "mass", 3 of 28 by "box", and as much of other sizes.
    by : {"mass", "box"}, default="mass"
        What is put into the middle: the centre of mass, as in MNIST [1]_, or the bounding box, as
        in EMNIST [2]_.
    stroke : float or (float, float), default=None
        Normal width of strokes, in pixels of the output: a thin pen's are widened to it, a
        marker's are thinned. Of two widths, the lower is what thinner strokes are widened to, the
        upper is what wider ones are thinned to, and what is between stays. None leaves all
        strokes as they are. (Digits of MNIST have 2.1 to 4.3, characters of EMNIST 2.5 to 5.2,
        nine of ten.)
    image_shape : tuple of int, default=None
        (height, width) of the images that rows hold. None for square images, or images of one row
        where the number of pixels is not a square. Ignored for pictures that come with their
        shape.

    Attributes
    ----------
    output_shape_ : (int, int)
        Height and width of the output.
    n_features_in_ : int
        Number of pixels in a row; only of rows.
    feature_names_in_ : ndarray of str
        Names of the pixels; only of rows with names.

    See Also
    --------
    InkExtractor : Makes the ink.
    make_ink_pipeline : All of it in one pipeline.

    Notes
    -----
    The transformer is stateless: it can transform without being fitted.

    A character whose size differs by no more than a tenth is moved, not resized, so that images of
    MNIST and EMNIST stay as they are. The bounding box is that of the pixels over half of the
    largest, so that neither blur nor noise changes the size. No ink is cut off. Paper without ink
    stays empty.

    Ink of other types than `uint8` is read as by :class:`ImageLoader`.

    References
    ----------
    .. [1] Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database of handwritten digits",
       1998.
    .. [2] G. Cohen, S. Afshar, J. Tapson and A. van Schaik, "EMNIST: an extension of MNIST to
       handwritten letters", 2017, arXiv:1702.05373.

    Examples
    --------
    >>> import numpy as np
    >>> from skhcr.preprocessing import InkCenterer
    >>> ink = np.zeros((300, 400), dtype=np.uint8)
    >>> ink[50:250, 20:40] = 255
    >>> batch = InkCenterer().fit_transform([ink])
    >>> batch.shape, np.flatnonzero(batch[0].any(axis=1))[[0, -1]]
    ((1, 28, 28), array([ 4, 23]))
    """

    _parameter_constraints = {
        "size": [Interval(Integral, 1, None, closed="left")],
        "margin": [Interval(Integral, 0, None, closed="left"), None],
        "by": [StrOptions({"mass", "box"})],
        "stroke": [Interval(Real, 0, None, closed="neither"), "array-like", None],
        "image_shape": ["array-like", None],
    }

    def __init__(self, size=28, *, margin=None, by="mass", stroke=None, image_shape=None):
        self.size = size
        self.margin = margin
        self.by = by
        self.stroke = stroke
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
        InkCenterer
            The instance itself.
        """
        self._check_widths(self._check_margin())
        check_levels(self, X, reset=True, channel_counts=(1,))
        self.output_shape_ = (self.size, self.size)
        return self

    def transform(self, X):
        """Centre the ink.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, (n_samples, height, width), or a list of ink of any sizes, 0 for paper.

        Returns
        -------
        ndarray of uint8, (n_samples, size, size)
            Or rows of rows, (n_samples, size * size).

        Raises
        ------
        ValueError
            If pictures have more than one channel, hold NaN or infinity, or values that lie
            neither in [0, 1] nor in [0, 255]; or if `margin` leaves no room, or `stroke` is wider
            than the character.
        """
        self._validate_params()
        side = self._check_margin()
        widths = self._check_widths(side)
        pictures, are_rows = check_levels(self, X, reset=False, channel_counts=(1,))
        batch = np.zeros((len(pictures), self.size, self.size), dtype=np.uint8)
        for centred, picture in zip(batch, pictures, strict=True):
            ink = to_uint8(picture[np.newaxis])[0].reshape(picture.shape[:2])
            self._centre(ink, centred, side, widths)
        return restore_rows(batch, are_rows)

    def get_feature_names_out(self, input_features=None):
        """Return the names of the pixels of the output.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only checked, not used.

        Returns
        -------
        ndarray of str
            ``pixel_<row>_<column>``.
        """
        check_is_fitted(self, "output_shape_")
        return pixel_names(self, self.output_shape_, input_features)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _check_margin(self):
        """Return the longer side of the bounding box in the output."""
        margin = round(_MARGINS[self.by] * self.size) if self.margin is None else self.margin
        if 2 * margin >= self.size:
            raise ValueError(
                f"margin={margin} leaves no room for a character in size={self.size}: expected "
                f"less than {self.size / 2:g}."
            )
        return self.size - 2 * margin

    def _check_widths(self, side):
        """Return the least and the greatest width of strokes, or None."""
        if self.stroke is None:
            return None
        widths = (self.stroke, self.stroke) if isinstance(self.stroke, Real) else self.stroke
        widths = tuple(widths)
        if (
            len(widths) != 2
            or not all(isinstance(width, Real) for width in widths)
            or not 0 < widths[0] <= widths[1] < side
        ):
            raise ValueError(
                f"stroke={self.stroke!r} should be None, a width or two widths, the lower one "
                f"first, over 0 and under the {side} pixels that the character has in the output."
            )
        return float(widths[0]), float(widths[1])

    def _centre(self, ink, centred, side, widths):
        """Draw the ink into `centred`, which is empty."""
        if ink.max() == 0:
            return
        ink = _crop(ink)
        if widths is not None:
            ink = _normalise_strokes(ink, side, widths)
        ink = _resize(ink, side)
        if self.by == "mass":
            # MNIST's middle is the pixel with as many before it as itself and those behind.
            moments = cv2.moments(ink)
            middle = moments["m01"] / moments["m00"], moments["m10"] / moments["m00"]
            shift = [round(self.size // 2 - position) for position in middle]
        else:
            shift = [round((self.size - first - last) / 2) for first, last in _outline(ink)]
        _draw(ink, centred, shift)


def _outline(ink, level=None):
    """Return ((top, bottom), (left, right)) of the ink over half of the largest."""
    mask = ink > (ink.max() // 2 if level is None else level)
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    return (top, top + height), (left, left + width)


def _longer_side(ink):
    return max(last - first for first, last in _outline(ink))


def _crop(ink):
    """Cut off what is 0 all around large ink, but for one pixel."""
    if ink.size < 10_000:
        return ink
    (top, bottom), (left, right) = _outline(ink, 0)
    return ink[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1]


def _normalise_strokes(ink, side, widths):
    """Return the ink with strokes between two widths in the output, where it has `side` pixels.

    Strokes are measured and widened before they are shrunk, as a thin pen's stroke shrunk first
    would be a fraction of a pixel.
    """
    longer = _longer_side(ink)
    fine = max(1, FINE * side / longer)
    work = ink
    if fine > 1:
        work = cv2.resize(ink, None, fx=fine, fy=fine, interpolation=cv2.INTER_LINEAR)
    longer *= fine
    mask = (work > work.max() // 2).view(np.uint8)
    mask = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)  # strokes end there
    width = stroke_width(mask)
    normal = min(max(width * side / longer, widths[0]), widths[1])
    if normal == width * side / longer:
        return ink
    # Moving the edges changes the bounding box too, and so the scale: what is solved here is
    # (width + 2 * distance) * side / (longer + 2 * distance) = normal.
    distance = (normal * longer - width * side) / (2 * (side - normal))
    if distance > 0:
        return widen(mask, distance)
    return thin(mask, -distance, 0.7 * normal * longer / side)


def _resize(ink, side):
    """Return the ink with a bounding box whose longer side is about `side`."""
    scale = side / _longer_side(ink)
    if abs(1 / scale - 1) <= _SAME_SIZE:
        return ink
    size = [max(1, round(n * scale)) for n in ink.shape]
    if scale < 1:
        return cv2.resize(ink, size[::-1], interpolation=cv2.INTER_AREA)
    return cv2.resize(ink, size[::-1], interpolation=cv2.INTER_CUBIC)


def _draw(ink, centred, shift):
    """Draw ink onto a larger or smaller square, moved as far as its strokes stay inside.

    Fainter ink stays inside too, unless it reaches so far that strokes would be cut off for it.
    """
    places = []
    faint = min(25, int(ink.max()) - 1)
    for n, size, move, soft, (first, last) in zip(
        ink.shape, centred.shape, shift, _outline(ink, faint), _outline(ink), strict=True
    ):
        if soft[1] - soft[0] <= size:
            first, last = soft
        if last - first > size:  # by the part of a pixel that a resized edge may have more
            move = round((size - last - first) / 2)
        else:
            move = max(min(move, size - last), -first)
        start, stop = max(move, 0), min(move + n, size)
        places.append((slice(start, stop), slice(start - move, stop - move)))
    (rows, ink_rows), (columns, ink_columns) = places
    centred[rows, columns] = ink[ink_rows, ink_columns]
