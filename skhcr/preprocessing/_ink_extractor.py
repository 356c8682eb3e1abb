"""InkExtractor: pictures to ink."""

from numbers import Real

import cv2
import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from skhcr._images import PictureTransformerMixin, restore_rows
from skhcr.preprocessing._batches import N_JOBS, column, map_batches
from skhcr.preprocessing._frame import fill_outside, find_insides
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
from skhcr.preprocessing._ruling import remove_lines
from skhcr.preprocessing._stroke import stroke_width

_N_PIXELS = 300_000  # worked on at once, so that they stay in a processor's cache
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
    n_jobs : int, default=None
        Number of threads. None means 1, or what ``joblib.parallel_config("threading",
        n_jobs=...)`` says; -1 means all processors.

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
        "n_jobs": N_JOBS,
    }

    def __init__(
        self,
        polarity="auto",
        *,
        min_contrast=0.05,
        remove_lines=True,
        remove_pieces=True,
        image_shape=None,
        n_jobs=None,
    ):
        self.polarity = polarity
        self.min_contrast = min_contrast
        self.remove_lines = remove_lines
        self.remove_pieces = remove_pieces
        self.image_shape = image_shape
        self.n_jobs = n_jobs

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
        is_list = isinstance(pictures, list)
        ink = [None] * len(pictures) if is_list else np.empty(pictures.shape[:3], np.uint8)
        for positions, extracted in map_batches(self._extract, pictures, _N_PIXELS, self.n_jobs):
            if is_list:
                for position, one in zip(positions, extracted, strict=True):
                    ink[position] = one
            else:
                ink[positions] = extracted
        return ink if is_list else restore_rows(ink, are_rows)

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

        def show(stage, batch):
            pixels = batch[0]
            if np.ndim(pixels) == 0:  # paper of one value
                pixels = np.full(picture.shape[:2], pixels, np.uint8)
            stages[stage] = pixels if pixels.dtype == np.uint8 else _to_uint8(pixels)

        show("ink", self._extract(pictures[0][np.newaxis], show))
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

    def _extract(self, batch, show=lambda stage, batch: None):
        """Return the ink of a batch; hand what it was on the way to `show`."""
        batch = to_uint8(batch)
        if batch.ndim == 4:
            batch = to_color(batch, "rgb" if batch.shape[3] > 1 else "gray")
        if batch.ndim == 4:
            batch = np.stack([to_one_channel(picture) for picture in batch])
        grey, impulses = drop_impulses(np.ascontiguousarray(batch))
        show("grey", grey)
        insides = find_insides(grey) if self.remove_pieces else [None] * len(grey)
        whole = [i for i, inside in enumerate(insides) if inside is None]
        if len(whole) == len(grey):
            return self._extract_grey(grey, impulses, show)
        ink = np.zeros_like(grey)
        if whole:
            ink[whole] = self._extract_grey(grey[whole], impulses[whole], show)
        for i, inside in enumerate(insides):
            if inside is not None:
                ink[i] = self._extract_inside(grey[i], impulses[i : i + 1], inside, show)
        return ink

    def _extract_inside(self, grey, impulses, inside, show):
        """Return the ink of one picture within its frame."""
        top, left = (int(np.argmax(inside.any(axis=axis))) for axis in (1, 0))
        rows = np.count_nonzero(inside.any(axis=1))
        columns = np.count_nonzero(inside.any(axis=0))
        place = np.s_[top : top + rows, left : left + columns]
        part = fill_outside(grey[place], inside[place])

        def show_part(stage, batch):
            whole = np.zeros((1, *grey.shape), np.uint8 if stage == "paper" else batch[0].dtype)
            whole[0][place] = batch[0]
            show(stage, whole)

        ink = np.zeros_like(grey)
        ink[place] = self._extract_grey(part[np.newaxis], impulses, show_part)[0]
        ink[~inside] = 0
        return ink

    def _extract_grey(self, grey, impulses, show):
        dark = None if self.polarity == "auto" else self.polarity == "dark"
        ink, level, is_flat = flat_contrast(grey, dark)
        papers = list(level)
        for i in np.flatnonzero(~is_flat):
            ink[i], papers[i] = _uneven_contrast(grey[i], dark)
        show("paper", papers)
        kinds = is_flat, impulses
        ink, noise = self._normalise(ink, *kinds)
        show("contrast", ink)
        if self.remove_lines:
            for i, without in remove_lines(ink, np.maximum(0.15, 4 * noise)).items():
                one = np.s_[i : i + 1]
                ink[one], noise[one] = self._normalise(without[np.newaxis], *_of(one, kinds))
            show("no lines", ink)
        smooth = _smooth(ink, *kinds)
        floor = _floor(is_flat, noise)
        if not self.remove_pieces:
            return _to_uint8(np.where(smooth > column(floor), ink, 0))
        # First all that is ink at all, as the character may be fainter than what is around it.
        faint = np.maximum(np.maximum(floor, 6 * noise), self.min_contrast)
        kept, all_kept = keep_character(ink, smooth, floor, faint)
        # Flat paper has neither noise nor shadow that could join pieces.
        more = ~(all_kept & is_flat)
        if more.any():
            more = slice(None) if more.all() else more  # which copies nothing
            states = _of(more, (ink, smooth, floor, kept, all_kept, *kinds))
            kept[more] = self._keep_more(*states)
        return _to_uint8(kept)

    def _keep_more(self, ink, smooth, floor, kept, all_kept, *kinds):
        """Return the ink of the character once what is far from it is dropped."""
        some = np.flatnonzero(~all_kept)
        if len(some):
            of_some = _of(some, kinds)
            ink[some], noise = self._normalise(kept[some], *of_some)
            smooth[some] = _smooth(ink[some], *of_some)
            floor[some] = _floor(of_some[0], noise)
        ink, all_kept = keep_character(ink, smooth, floor)
        some = np.flatnonzero(~all_kept)
        if len(some):
            ink[some], _ = self._normalise(ink[some], *_of(some, kinds))
        return ink

    def _normalise(self, contrast, is_flat, impulses):
        """Scale contrast to 0 for paper and 1 for ink; 0 throughout where there is no ink.

        The second of what is returned is the standard deviation of the paper's noise.
        """
        offset, noise, level = levels(_smooth(contrast, is_flat, impulses), is_flat)
        span = level - offset
        span[span < np.maximum(self.min_contrast, 6 * noise)] = np.inf
        ink = contrast - column(offset)
        ink /= column(span)
        return np.clip(ink, 0, 1, out=ink), noise / span


def _uneven_contrast(grey, dark):
    """Return how far each pixel of a picture is from paper that is not flat, and the paper."""
    dark = is_dark_ink(grey) if dark is None else dark
    ink, paper = contrast(grey, dark)
    if np.ptp(paper) > 40:
        # Uneven light. A square just wider than strokes follows a round shadow closer.
        strokes = (ink > 0.5 * ink.max()).view(np.uint8)
        window = 2 * stroke_width(strokes) + 5
        if window < 0.6 * WINDOW * max(grey.shape):
            ink, paper = contrast(grey, dark, window)
    return ink, paper


def _smooth(ink, is_flat, impulses):
    """Return ink without noise, a batch; `ink` itself where no picture has any."""
    noisy = np.flatnonzero(~is_flat | (impulses >= 0.001))
    shape = ink.shape[1:]
    if min(shape) < 24 or len(noisy) == 0:
        return ink
    side = 5 if min(shape) >= _NOISY else 3
    smooth = np.empty_like(ink) if len(noisy) == len(ink) else ink.copy()
    for i in noisy:
        smooth[i] = cv2.GaussianBlur(ink[i], (side, side), 0)
    return smooth


def _floor(is_flat, noise):
    """Return the contrast under which there is no ink."""
    return np.where(is_flat, 0.02, np.maximum(0.08, 4 * noise))


def _of(some, arrays):
    """Return some pictures' part of each array."""
    return [array[some] for array in arrays]


def _to_uint8(ink):
    return np.rint(ink * 255).astype(np.uint8)
