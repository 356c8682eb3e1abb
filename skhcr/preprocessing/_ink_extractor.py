"""InkExtractor: pictures to ink."""

from numbers import Real

import cv2
import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from skhcr._images import (
    PictureTransformerMixin,
    restore_rows,
)
from skhcr.preprocessing._frame import fill_outside, find_inside
from skhcr.preprocessing._paper import (
    WINDOW,
    contrast,
    drop_impulses,
    flat_contrast,
    is_dark_ink,
    levels,
    to_one_channel,
)
from skhcr.preprocessing._pieces import keep_character
from skhcr.preprocessing._pixel_names import pixel_names
from skhcr.preprocessing._read_picture import check_levels, to_color, to_uint8
from skhcr.preprocessing._ruling import remove_box, remove_ruling
from skhcr.preprocessing._stroke import stroke_width

_NOISY = 48  # pixels: a shorter side from which pictures are smoothed before pieces are told apart


class InkExtractor(PictureTransformerMixin, BaseEstimator):
    """Extract the ink of one character from a picture.

    Ink is `uint8`: 0 is paper, 255 is full ink, whatever the picture's colours were. Uneven
    light, shadows and the paper's own colour are taken out; so are ruled and squared lines, a box
    round the character, specks, and pieces of other things that touch the border. Strokes keep
    the grey levels of their edges. Paper without a character comes out as 0 throughout.

    Parameters
    ----------
    polarity : {"auto", "dark", "light"}, default="auto"
        Whether ink is darker or lighter than paper. "auto" decides for each picture: paper is
        what there is more of, above all near the border. Give it where strokes fill more than
        half of the picture.
    min_contrast : float, default=0.05
        Contrast under which nothing counts as ink, in (0, 1): 1 is black on white. (Ink has to
        stand out from the picture's noise, too.)
    remove_lines : bool, default=True
        Whether to remove the lines of ruled and squared paper, and a box round the character.
    remove_pieces : bool, default=True
        Whether to remove what is not the character: specks, what touches the border, a frame
        or an underline, and the desk around a sheet of paper.
    image_shape : tuple of int, default=None
        (height, width) or (height, width, channels) of the images that rows hold. None for square
        images, or images of one row where the number of pixels is not a square. Ignored for
        pictures that come with their shape.

    Attributes
    ----------
    picture_shape_ : tuple of int or None
        (height, width) of the pictures seen during `fit`; None if they differ.
    n_features_in_ : int
        Number of pixels in a row; only of rows.
    feature_names_in_ : ndarray of str
        Names of the pixels; only of rows with names.

    See Also
    --------
    ImageLoader : Reads the pictures.
    InkCenterer : Gives the ink the size and place that it has in MNIST or EMNIST.
    make_ink_pipeline : All of it in one pipeline.

    Notes
    -----
    The transformer is stateless: it can transform without being fitted.

    Paper is estimated by a morphological closing [1]_ with a square of about a third of the
    picture, wider than strokes and narrower than shadows: other than averages and medians, it
    follows the straight edge of a shadow. A dark ink's contrast is the part of the light that it
    takes away, which is the same in a shadow and outside [2]_.

    The character is what has most ink, near the middle rather than at the border, and what is near
    it. What has less than 3 % of the picture's longer side is dust: cut out a character that is
    smaller. Where paper has one value throughout, as in MNIST and EMNIST, ink is the picture itself
    but for specks.

    A few things look too much like ink to be told from it: the edge of a small shadow and of glare,
    print and drawings on paper that is else empty, and dark lines that end within the picture.

    Pictures of other types than `uint8` are read as by :class:`ImageLoader`.

    References
    ----------
    .. [1] J. Serra, "Image Analysis and Mathematical Morphology", Academic Press, London,
       1982.
    .. [2] B. Gatos, I. Pratikakis and S. J. Perantonis, "Adaptive degraded document image
       binarization", Pattern Recognition 39(3), pp. 317-327, 2006.

    Examples
    --------
    >>> import numpy as np
    >>> from skhcr.preprocessing import InkExtractor
    >>> photo = np.linspace(120, 240, 60).astype(np.uint8) * np.ones((60, 1), np.uint8)
    >>> photo[15:45, 28:33] //= 4                         # a stroke, on paper in uneven light
    >>> ink = InkExtractor().transform([photo])[0]
    >>> int(ink[:, :20].max()), int(ink[30, 30])
    (0, 255)
    """

    _parameter_constraints = {
        "polarity": [StrOptions({"auto", "dark", "light"})],
        "min_contrast": [Interval(Real, 0, 1, closed="neither")],
        "remove_lines": ["boolean"],
        "remove_pieces": ["boolean"],
        "image_shape": ["array-like", None],
    }

    def __init__(
        self,
        polarity="auto",
        *,
        min_contrast=0.05,
        remove_lines=True,
        remove_pieces=True,
        image_shape=None,
    ):
        self.polarity = polarity
        self.min_contrast = min_contrast
        self.remove_lines = remove_lines
        self.remove_pieces = remove_pieces
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
        InkExtractor
            The instance itself.
        """
        pictures, _ = check_levels(self, X, reset=True)
        shapes = {picture.shape[:2] for picture in pictures}
        self.picture_shape_ = shapes.pop() if len(shapes) == 1 else None
        return self

    def transform(self, X):
        """Extract the ink.

        Parameters
        ----------
        X : ndarray or list of ndarray
            Rows, a batch, or a list of pictures of any sizes: grey, colour, or colour with alpha.

        Returns
        -------
        ndarray or list of ndarray, of uint8
            Ink, (height, width) of the picture: a batch of a batch, a list of a list. Of rows,
            rows again where these say their shape: square images, or of one row.

        Raises
        ------
        ValueError
            If pictures have a shape that is not understood, hold NaN or infinity, or their pixels
            lie neither in [0, 1] nor in [0, 255].
        """
        self._validate_params()
        pictures, are_rows = check_levels(self, X, reset=False)
        ink = [self._extract(picture) for picture in pictures]
        if isinstance(pictures, list):
            return ink
        return restore_rows(np.stack(ink), are_rows)

    def stages(self, picture):
        """Return what a picture looks like after each stage of the extraction.

        Parameters
        ----------
        picture : ndarray, (height, width) or (height, width, channels)
            One picture.

        Returns
        -------
        dict of str to ndarray of uint8, (height, width)
            In this order: ``"grey"`` is the picture with one channel and without salt and pepper;
            ``"paper"`` what it would be without ink; ``"contrast"`` is how far one is from the
            other, 255 being the ink's own; ``"no lines"`` the same without ruled lines and boxes
            (missing with ``remove_lines=False``); ``"ink"`` is what `transform` returns.

        Raises
        ------
        ValueError
            If `picture` is not one array of such a shape, holds NaN or infinity, or its pixels lie
            neither in [0, 1] nor in [0, 255].
        """
        self._validate_params()
        if not isinstance(picture, np.ndarray) or picture.ndim not in (2, 3):
            raise ValueError(
                f"picture is of type {type(picture).__name__}, shape {np.shape(picture)}; expected "
                "one array, (height, width) or (height, width, channels)."
            )
        pictures, _ = check_levels(self, [picture], reset=False)
        stages = {}

        def show(stage, pixels):
            if np.ndim(pixels) == 0:  # paper of one value
                pixels = np.full(picture.shape[:2], pixels, np.uint8)
            stages[stage] = pixels if pixels.dtype == np.uint8 else _to_uint8(pixels)

        show("ink", self._extract(pictures[0], show))
        return stages

    def get_feature_names_out(self, input_features=None):
        """Return the names of the pixels of the output.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only checked, not used.

        Returns
        -------
        ndarray of str
            ``pixel_<row>_<column>``, of pictures of one size.

        Raises
        ------
        ValueError
            If `fit` was given pictures of several sizes, whose pixels have no names in common.
        """
        check_is_fitted(self, "picture_shape_")
        if self.picture_shape_ is None:
            raise ValueError(
                "The pictures that InkExtractor was fitted on differ in size, so that their "
                "pixels have no names in common."
            )
        return pixel_names(self, self.picture_shape_, input_features)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _extract(self, picture, show=lambda stage, pixels: None):
        """Return the ink of one picture; hand what it was on the way to `show`."""
        picture = to_uint8(picture[np.newaxis])
        if picture.ndim == 4:
            picture = to_color(picture, "rgb" if picture.shape[3] > 1 else "gray")
        grey, impulses = drop_impulses(to_one_channel(picture[0]))
        show("grey", grey)
        inside = find_inside(grey) if self.remove_pieces else None
        if inside is None:
            return self._extract_grey(grey, impulses, show)
        top, left = (int(np.argmax(inside.any(axis=axis))) for axis in (1, 0))
        rows = np.count_nonzero(inside.any(axis=1))
        columns = np.count_nonzero(inside.any(axis=0))
        place = np.s_[top : top + rows, left : left + columns]
        part = fill_outside(grey[place], inside[place])

        def show_part(stage, pixels):
            whole = np.zeros(grey.shape, np.uint8 if stage == "paper" else pixels.dtype)
            whole[place] = pixels
            show(stage, whole)

        ink = np.zeros(grey.shape, np.uint8)
        ink[place] = self._extract_grey(part, impulses, show_part)
        ink[~inside] = 0
        return ink

    def _extract_grey(self, grey, impulses, show):
        dark = None if self.polarity == "auto" else self.polarity == "dark"
        ink, paper = flat_contrast(grey, dark)
        is_flat = ink is not None
        if not is_flat:
            dark = is_dark_ink(grey) if dark is None else dark
            ink, paper = contrast(grey, dark)
            if np.ptp(paper) > 40:
                # Uneven light. A square just wider than strokes follows a round shadow closer.
                strokes = (ink > 0.5 * ink.max()).view(np.uint8)
                window = 2 * stroke_width(strokes) + 5
                if window < 0.6 * WINDOW * max(grey.shape):
                    ink, paper = contrast(grey, dark, window)
        show("paper", paper)
        ink, noise = self._normalise(ink, is_flat, impulses)
        show("contrast", ink)
        if self.remove_lines:
            without = remove_box(remove_ruling(ink, max(0.15, 4 * noise)))
            if without is not ink:
                ink, noise = self._normalise(without, is_flat, impulses)
            show("no lines", ink)
        smooth = self._smooth(ink, is_flat, impulses)
        floor = 0.02 if is_flat else max(0.08, 4 * noise)
        if not self.remove_pieces:
            return _to_uint8(np.where(smooth > floor, ink, 0))
        # First all that is ink at all, as the character may be fainter than what is around it.
        faint = max(floor, 6 * noise, self.min_contrast)
        kept, all_kept = keep_character(ink, smooth, floor, faint)
        if all_kept and is_flat:  # no noise and no shadow that could join pieces
            return _to_uint8(kept)
        if not all_kept:
            ink, noise = self._normalise(kept, is_flat, impulses)
            smooth = self._smooth(ink, is_flat, impulses)
            floor = 0.02 if is_flat else max(0.08, 4 * noise)
        ink, all_kept = keep_character(ink, smooth, floor)
        if not all_kept:
            ink, _ = self._normalise(ink, is_flat, impulses)
        return _to_uint8(ink)

    def _normalise(self, contrast, is_flat, impulses):
        """Scale contrast to 0 for paper and 1 for ink; 0 throughout where there is no ink.

        The second of what is returned is the standard deviation of the paper's noise.
        """
        offset, noise, level = levels(self._smooth(contrast, is_flat, impulses), is_flat)
        span = level - offset
        if span < max(self.min_contrast, 6 * noise):
            return np.zeros_like(contrast), 0.0
        return np.clip((contrast - offset) / span, 0, 1), noise / span

    @staticmethod
    def _smooth(ink, is_flat, impulses):
        if min(ink.shape) < 24 or (is_flat and impulses < 0.001):
            return ink
        side = 5 if min(ink.shape) >= _NOISY else 3
        return cv2.GaussianBlur(ink, (side, side), 0)


def _to_uint8(ink):
    return np.rint(ink * 255).astype(np.uint8)
