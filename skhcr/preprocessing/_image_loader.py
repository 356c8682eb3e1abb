"""ImageLoader: from any source to pictures."""

import warnings
from numbers import Integral
from threading import Lock

import numpy as np
from joblib import Parallel, delayed
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_feature_names_in, validate_data
from tqdm import tqdm

from skhcr._images import PictureTransformerMixin, check_pictures, remember_pictures, restore_rows
from skhcr.preprocessing._batches import N_JOBS
from skhcr.preprocessing._pixel_names import pixel_names
from skhcr.preprocessing._read_picture import (
    check_range,
    shrink,
    shrunk_size,
    to_color,
    to_uint8,
)
from skhcr.preprocessing._sources import UNREADABLE, describe, is_source, load_source

_SHOW_AFTER = 1  # second
_N_SHOWN = 3  # messages in the warning


class ImageLoader(PictureTransformerMixin, BaseEstimator):
    """Read pictures from files, bytes, PIL images and arrays.

    Whatever the source, what comes out is a `uint8` picture, upright and opaque: the orientation
    that a camera noted (EXIF) is applied, something shows through transparent pixels (see Notes),
    16-bit values are divided by 257, and palettes, CMYK and black-and-white are converted. Of a
    file with several pictures the first is read.

    Parameters
    ----------
    color : {"gray", "rgb"}, default="gray"
        Shape of the pictures: (height, width) or (height, width, 3).
    max_size : int, default=None
        Longest side, in pixels. Larger pictures are shrunk while they are read, by averages over
        areas, keeping their aspect, so that a folder of photos need not fit into memory.
    max_pixels : int, default=100_000_000
        Largest number of pixels, width times height, that a file or a PIL image may claim to
        have; one of more is an error before memory is taken for it. None leaves the limit to
        Pillow, which opens no file of more than twice ``PIL.Image.MAX_IMAGE_PIXELS``, 179 million
        unless that is changed. A page of A3 scanned at 600 dpi has 70 million.
    on_error : {"raise", "skip"}, default="raise"
        What to do about a source that cannot be read: raise the error, or leave the source out,
        warn, and note it in `skipped_`. See Notes.
    n_jobs : int, default=None
        Number of threads that read. None means 1, or what ``joblib.parallel_config("threading",
        n_jobs=...)`` says; -1 means all processors.
    verbose : int, default=0
        If positive, show progress once reading has taken a second.

    Attributes
    ----------
    output_shape_ : tuple of int or None
        Shape of the pictures that `fit` was given the pixels of, once loaded. None for sources,
        which are not opened by `fit`.
    skipped_ : dict of int to str
        What the last `transform` left out: positions in `X`, in order, and for each a message
        that names the source and says why. Empty where nothing was, as after `fit`.
    n_features_in_ : int
        Number of columns seen during `fit`: of pixels in rows, or 1 for a table of sources.
    feature_names_in_ : ndarray of str
        Names of those columns, where they have any.

    See Also
    --------
    ImageResizer : Gives the pictures one size.

    Notes
    -----
    The transformer is stateless: it can transform without being fitted.

    What shows through transparent pixels is white, unless the picture is white ink: visible in
    three quarters of its area at most, and in less than 1 % of that, weighted by alpha, darker
    than mid-grey. Black shows through white ink, so that it can be seen.

    With ``on_error="skip"`` there are fewer pictures than sources, so labels have to be dropped
    with them: ``np.delete(y, list(loader.skipped_))``, which does nothing where nothing was
    skipped. No blank picture stands in, as a classifier would learn it, or answer it, like any
    other. A pipeline has no place to drop labels, so load the pictures before it to train. Only
    what the source is to blame for is skipped: when memory or open files run out, sources that
    could be read would be lost, so that is always raised.

    Formats are those of Pillow and of the plugins registered with it, except BLP, DDS, EPS, FITS,
    FTEX, ICNS, ICO, IPTC and WMF: these are programs, or hold files whose size is not said
    beforehand, or are slow to decode.

    Pixels of an array are read by its type: `uint8` and `uint16` from black, 0, to their largest
    value, `bool` as black and white. Values of any other type have to lie in [0, 1] or in
    [0, 255], each picture for itself.

    Examples
    --------
    >>> import warnings
    >>> import numpy as np
    >>> from PIL import Image
    >>> from skhcr.preprocessing import ImageLoader
    >>> red = Image.new("RGB", (4, 2), "red")
    >>> pictures = ImageLoader().transform([red, np.eye(3)])
    >>> [picture.shape for picture in pictures]
    [(2, 4), (3, 3)]
    >>> int(pictures[1].max())
    255

    Train on what can be read:

    >>> loader = ImageLoader(on_error="skip")
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     pictures = loader.transform([red, b"torn", np.eye(3)])
    >>> loader.skipped_
    {1: 'X[1], 4 bytes, cannot be read as a picture: it is damaged, or in no format that is read.'}
    >>> np.delete(["a", "b", "c"], list(loader.skipped_))
    array(['a', 'c'], dtype='<U1')
    """

    _parameter_constraints = {
        "color": [StrOptions({"gray", "rgb"})],
        "max_size": [Interval(Integral, 1, None, closed="left"), None],
        "max_pixels": [Interval(Integral, 1, None, closed="left"), None],
        "on_error": [StrOptions({"raise", "skip"})],
        "n_jobs": N_JOBS,
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        color="gray",
        *,
        max_size=None,
        max_pixels=100_000_000,
        on_error="raise",
        n_jobs=None,
        verbose=0,
    ):
        self.color = color
        self.max_size = max_size
        self.max_pixels = max_pixels
        self.on_error = on_error
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Check the parameters and the form of `X`; no source is opened.

        Parameters
        ----------
        X : sequence of sources, or pictures
            As for `transform`.
        y : None
            Ignored.

        Returns
        -------
        ImageLoader
            The instance itself.
        """
        if as_sources(X) is None:
            batch, _ = check_pictures(self, X, reset=True)
            check_range(batch)
            size = shrunk_size(*batch.shape[1:3], self.max_size)
            self.output_shape_ = size if self.color == "gray" else (*size, 3)
            self.skipped_ = {}
            return self
        remember_pictures(self, True, None)
        if len(getattr(X, "shape", ())) == 2:
            validate_data(self, X, skip_check_array=True)
        self.output_shape_ = None
        self.skipped_ = {}
        return self

    def transform(self, X):
        """Read the pictures.

        Parameters
        ----------
        X : sequence of sources, or pictures
            A list, array, series or table of one column, of paths, bytes, open binary files, PIL
            images and arrays (height, width) or (height, width, 1, 3 or 4 channels). Or a batch,
            or rows.

        Returns
        -------
        list of ndarray, or ndarray
            Pictures of sources in a list, as their sizes may differ, and without those that were
            skipped; a batch of a batch; rows of rows, where these can hold the pictures, else a
            batch.

        Raises
        ------
        ValueError
            If a source cannot be read as a picture, or pixels lie neither in [0, 1] nor in
            [0, 255]. A message on a source names it and its position in `X`. If sources are
            skipped, only where none is left.
        OSError
            If a file cannot be opened: FileNotFoundError, IsADirectoryError, PermissionError,
            also named and skipped; or if too many files are open already.
        MemoryError
            If a picture does not fit into memory.

        Warns
        -----
        UserWarning
            Once, if sources are skipped: how many, and why the first ones.
        """
        self._validate_params()
        sources = as_sources(X)
        if sources is not None:
            return self._load(sources)
        batch, are_rows = check_pictures(self, X, reset=False)
        batch = shrink(to_color(to_uint8(batch), self.color), self.max_size)
        self.skipped_ = {}
        return restore_rows(batch, are_rows)

    def get_feature_names_out(self, input_features=None):
        """Return the names of the output's columns.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the columns of sources, or only checked, not used, for pixels.

        Returns
        -------
        ndarray of str
            A column of sources becomes a column of pictures, and keeps its name. Pixels are named
            ``pixel_<row>_<column>``.
        """
        shape = getattr(self, "output_shape_", None)
        if shape is not None:
            return pixel_names(self, shape, input_features)
        names = _check_feature_names_in(self, input_features, generate_names=False)
        return np.asarray(["x0"], dtype=object) if names is None else names

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = True
        tags.input_tags.positive_only = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _load(self, sources):
        read = load_source if self.on_error == "raise" else _load_or_say
        options = (self.color, self.max_size, self.max_pixels)
        # Of an open file or a PIL image that is not loaded yet only one thread can read, and what
        # is drawn with replacement holds one several times.
        locks = {id(source): Lock() for source in sources}
        # Threads in any joblib context, as open files cannot travel to another process.
        parallel = Parallel(self.n_jobs, require="sharedmem", return_as="generator")
        # What Pillow warns of (odd metadata, large pictures) is either harmless here or an error
        # later. Outside of the threads, because filters of warnings belong to the process.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            pictures = parallel(
                delayed(read)(source, position, locks[id(source)], *options)
                for position, source in enumerate(sources)
            )
            progress = tqdm(
                pictures,
                desc="Reading pictures",
                total=len(sources),
                unit=" pictures",
                delay=_SHOW_AFTER,
                disable=not self.verbose,
            )
            loaded = list(progress)
        skipped = {i: message for i, message in enumerate(loaded) if isinstance(message, str)}
        if len(skipped) == len(sources):
            raise ValueError(f"None of the {len(sources)} sources in X can be read. {loaded[0]}")
        self.skipped_ = skipped
        if skipped:
            _warn_of_skipped(skipped, len(sources))
        return [picture for picture in loaded if not isinstance(picture, str)]


def _load_or_say(*args):
    """Return a picture, or the message that says why there is none."""
    try:
        return load_source(*args)
    except UNREADABLE as error:
        return str(error)


def _warn_of_skipped(skipped, n_sources):
    where = "skipped_ holds these messages" if len(skipped) <= _N_SHOWN else "skipped_ holds all"
    warnings.warn(
        f"Skipped {len(skipped)} of {n_sources} sources, which cannot be read; {where}. "
        "Labels have to be dropped with them: np.delete(y, list(skipped_)). "
        + " ".join(list(skipped.values())[:_N_SHOWN]),
        UserWarning,
        stacklevel=5,  # of what called `transform`
    )


def as_sources(X):
    """Return `X` as a list of sources, or None where it holds pixels: rows or a batch."""
    if is_source(X) and not isinstance(X, np.ndarray):
        raise ValueError(f"X is one source, {describe(X)}; expected a sequence of them: [X].")
    unordered = isinstance(X, (set, frozenset, dict)) and not issparse(X)
    if unordered or not any(hasattr(X, name) for name in ("__len__", "shape", "__array__")):
        raise ValueError(
            f"X is of type {type(X).__name__}; expected a sequence of sources, such as a list."
        )
    shape = getattr(X, "shape", ())
    if len(shape) == 1 or (len(shape) == 2 and shape[1] == 1):
        column = np.asarray(X)  # of a series, a table or an array
        X = column.reshape(-1).tolist() if column.dtype.kind in "OSTU" else X
    elif len(shape) == 2 and hasattr(X, "__array__"):  # which sparse arrays lack
        first = np.asarray(X[:1]).flat
        if any(map(is_source, first)):
            raise ValueError(f"X is a table of {shape[1]} columns; expected one, of sources.")
    if len(shape) == 3 and shape[2] in (3, 4) and min(shape[:2]) > 8:  # no batch is as narrow
        raise ValueError(
            f"X is an array of shape {tuple(shape)}, which looks like one colour picture; expected "
            "a sequence of them: [X]."
        )
    if not isinstance(X, (list, tuple)):
        return None
    if len(X) == 0:
        raise ValueError("X is empty: expected at least one source of a picture.")
    return list(X) if any(map(is_source, X)) else None
