"""InkCenterer: ink of any size to a batch of centred characters."""

import itertools
from numbers import Integral, Real

import cv2
import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from skhcr._images import PictureTransformerMixin, restore_rows
from skhcr.preprocessing._batches import N_JOBS, in_batches, map_batches
from skhcr.preprocessing._pixel_names import pixel_names
from skhcr.preprocessing._read_picture import check_levels, to_uint8
from skhcr.preprocessing._stroke import FINE, draw_soft, stroke_widths, thin, widen

#: Margins of MNIST and EMNIST, as fractions of the side. EMNIST's is 2 of 28 pixels around all
#: that is not 0, which is 3 around the outline at half of full ink, as EMNIST is blurred.
_MARGINS = {"mass": 4 / 28, "box": 3 / 28}
_LARGE = 10_000  # pixels from which paper around ink is cut off first
_N_PIXELS = 4_000_000  # worked on at once: many, as the more there are, the more alike are some
_N_ENLARGED = 400_000  # pixels in which strokes are measured at once
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
    n_jobs : int, default=None
        Number of threads. None means 1, or what ``joblib.parallel_config("threading",
        n_jobs=...)`` says; -1 means all processors.

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
        "n_jobs": N_JOBS,
    }

    def __init__(
        self, size=28, *, margin=None, by="mass", stroke=None, image_shape=None, n_jobs=None
    ):
        self.size = size
        self.margin = margin
        self.by = by
        self.stroke = stroke
        self.image_shape = image_shape
        self.n_jobs = n_jobs

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
        centred = np.empty((len(pictures), self.size, self.size), dtype=np.uint8)

        def centre(batch):
            inks = to_uint8(batch).reshape(batch.shape[:3])
            if inks[0].size < _LARGE:
                return self._centre(inks, side, widths)
            return [self._centre(_crop(ink)[np.newaxis], side, widths)[0] for ink in inks]

        for positions, squares in map_batches(centre, pictures, _N_PIXELS, self.n_jobs):
            centred[positions] = squares
        return restore_rows(centred, are_rows)

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

    def _centre(self, inks, side, widths):
        """Return ink of one shape in the middle of squares, a batch."""
        centred = np.zeros((len(inks), self.size, self.size), dtype=np.uint8)
        inked = np.flatnonzero(inks.max(axis=(1, 2)))
        if len(inked) == 0:
            return centred
        inks = inks[inked]
        outlines = _outlines(inks)
        same = np.ones(len(inks), dtype=bool)
        for some, resized in _at_a_time(_resized(inks, outlines, side, widths)):
            same[some] = False
            for positions, batch in in_batches(resized, _N_PIXELS):
                squares = self._draw(batch, _outlines(batch))
                centred[inked[some[positions]]] = squares
        if same.any():
            centred[inked[same]] = self._draw(inks[same], outlines[same])
        return centred

    def _draw(self, inks, outlines):
        """Return squares with ink that is moved to the middle, as far as its strokes stay inside.

        Fainter ink stays inside too, unless it reaches so far that strokes would be cut off for it.
        """
        size = self.size
        if self.by == "mass":
            # MNIST's middle is the pixel with as many before it as itself and those behind.
            move = np.rint(size // 2 - _centres_of_mass(inks))
        else:
            move = np.rint((size - outlines.sum(axis=2)) / 2)
        if inks.shape[1:] == (size, size):  # what is in the middle stays
            away = np.flatnonzero(move.any(axis=1))
            squares = inks.copy()
            squares[away] = 0
        else:
            away = np.arange(len(inks))
            squares = np.zeros((len(inks), size, size), dtype=np.uint8)
        if len(away) == 0:
            return squares
        inks, outlines, move = inks[away], outlines[away], move[away]
        faint = _outlines(inks, np.minimum(25, inks.max(axis=(1, 2)).astype(int) - 1))
        fits = faint[..., 1] - faint[..., 0] <= size
        first, last = np.where(fits, faint.transpose(2, 0, 1), outlines.transpose(2, 0, 1))
        move = np.maximum(np.minimum(move, size - last), -first)
        # by the part of a pixel that a resized edge may have more
        move = np.where(last - first > size, np.rint((size - last - first) / 2), move).astype(int)
        starts, stops = np.maximum(move, 0), np.minimum(move + inks.shape[1:], size)
        places = np.stack([starts, stops, starts - move, stops - move], axis=1).tolist()
        for i, ink, ((y, x), (y_end, x_end), (y_ink, x_ink), (y_ink_end, x_ink_end)) in zip(
            away.tolist(), inks, places, strict=True
        ):
            squares[i, y:y_end, x:x_end] = ink[y_ink:y_ink_end, x_ink:x_ink_end]
        return squares


def _outlines(inks, levels=None):
    """Return ((top, bottom), (left, right)) of each picture's ink over half of the largest.

    Or over levels of grey, one for each picture.
    """
    levels = inks.max(axis=(1, 2)) // 2 if levels is None else levels.astype(np.uint8)
    masks = inks > levels[:, np.newaxis, np.newaxis]
    boxes = np.array([cv2.boundingRect(mask) for mask in masks.view(np.uint8)])
    corners, sizes = boxes[:, 1::-1], boxes[:, :1:-1]
    return np.stack([corners, corners + sizes], axis=2)


def _centres_of_mass(inks):
    """Return (row, column) of each picture's centre, float64."""
    n_samples, height, width = inks.shape
    lines = inks.reshape(-1, width)
    rows = cv2.reduce(lines, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).reshape(n_samples, height)
    columns = inks.sum(axis=1, dtype=np.int64)
    moments = np.stack([rows @ np.arange(height), columns @ np.arange(width)], axis=1)
    return moments / columns.sum(axis=1, keepdims=True)


def _crop(ink):
    """Cut off what is 0 all around ink, but for one pixel."""
    x, y, width, height = cv2.boundingRect(ink)
    return ink[max(0, y - 1) : y + height + 1, max(0, x - 1) : x + width + 1]


def _resized(inks, outlines, side, widths):
    """Yield (position, ink) of what does not stay as it is, with strokes and size changed."""
    sizes = (outlines[..., 1] - outlines[..., 0]).max(axis=1)
    others = ~_is_same_size(side / sizes)
    if widths is not None:
        for i, ink in _with_normal_strokes(inks, outlines, side, widths):
            others[i] = False
            yield i, _resize(ink, side)
    for i in np.flatnonzero(others):
        yield i, _resize(inks[i], side)


def _with_normal_strokes(inks, outlines, side, widths):
    """Yield (position, ink) where strokes change, to be between two widths in the output.

    Strokes are measured and widened before they are shrunk to `side`, as a thin pen's stroke
    shrunk first would be a fraction of a pixel.
    """
    for some, length, fine in _alike(outlines, inks[0].size, side):
        works = _enlarge(inks[some], fine) if fine > 1 else inks[some]
        # What is paper in all of them need not be measured.
        x, y, width, height = cv2.boundingRect(inks[some].max(axis=0))
        rows, columns = (
            slice(max(0, int(fine * (first - 0.5))), int(np.ceil(fine * (first + extent + 0.5))))
            for first, extent in ((y, height), (x, width))
        )
        parts = works[:, rows, columns]
        levels = parts.max(axis=(1, 2), keepdims=True) // 2
        measured, masks, depths = stroke_widths(parts > levels)
        longer = length * fine
        as_they_are = measured * side / longer
        normal = np.clip(as_they_are, *widths)
        # Moving the edges changes the bounding box too, and so the scale: what is solved here is
        # (width + 2 * distance) * side / (longer + 2 * distance) = normal.
        distances = (normal * longer - measured * side) / (2 * (side - normal))
        least = 0.7 * normal * longer / side
        for i in np.flatnonzero(normal != as_they_are):
            distance = float(distances[i])
            if distance > 0:
                ink, (top, left), n_more = widen(masks[i], distance)
            else:
                ink, (top, left) = thin(masks[i], depths[i], -distance, float(least[i]))
                n_more = 0
            corner = rows.start + top, columns.start + left
            n_more += 1  # the border, where strokes end
            yield some[i], draw_soft(ink, corner, [n + 2 * n_more for n in works.shape[1:]])


def _alike(outlines, n_pixels, side):
    """Yield positions of a few characters of one length and place, the length, and a scale.

    The scale is what they are enlarged by before their strokes are measured.
    """
    (top, bottom), (left, right) = outlines.transpose(1, 2, 0)
    longer = np.maximum(bottom - top, right - left)
    order = np.lexsort([right, left, top, longer])
    starts = np.flatnonzero(np.diff(longer[order], prepend=0))
    for start, end in itertools.pairwise([*starts.tolist(), len(order)]):
        length = int(longer[order[start]])
        fine = max(1, FINE * side / length)
        n_together = max(1, int(_N_ENLARGED / (fine * fine * n_pixels)))
        for first in range(start, end, n_together):
            yield order[first : min(first + n_together, end)], length, fine


def _at_a_time(pictures):
    """Yield positions and pictures, of (position, picture), as soon as these have many pixels."""
    positions, some, n_pixels = [], [], 0
    for position, picture in pictures:
        positions.append(position)
        some.append(picture)
        n_pixels += picture.size
        if n_pixels > _N_PIXELS:
            yield np.array(positions), some
            positions, some, n_pixels = [], [], 0
    if some:
        yield np.array(positions), some


def _enlarge(inks, scale):
    first, *others = inks
    first = cv2.resize(first, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    enlarged = np.empty((len(inks), *first.shape), np.uint8)
    enlarged[0] = first
    for result, ink in zip(enlarged[1:], others, strict=True):
        cv2.resize(ink, None, result, scale, scale, cv2.INTER_LINEAR)
    return enlarged


def _is_same_size(scale):
    return np.abs(1 / scale - 1) <= _SAME_SIZE


def _resize(ink, side):
    """Return the ink with a bounding box whose longer side is about `side`."""
    _, _, width, height = cv2.boundingRect((ink > ink.max() // 2).view(np.uint8))
    scale = side / max(width, height)
    if _is_same_size(scale):
        return ink
    size = [max(1, round(n * scale)) for n in ink.shape]
    if scale < 1:
        return cv2.resize(ink, size[::-1], interpolation=cv2.INTER_AREA)
    return cv2.resize(ink, size[::-1], interpolation=cv2.INTER_CUBIC)
