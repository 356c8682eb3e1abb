"""ImageLoader: from any source to pictures."""

import errno
import os
import warnings
from numbers import Integral
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from PIL import Image
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_feature_names_in, validate_data
from tqdm import tqdm

from skhcr._images import PictureTransformerMixin, check_pictures, remember_pictures, restore_rows
from skhcr.preprocessing._pixel_names import pixel_names
from skhcr.preprocessing._read_picture import (
    check_range,
    read_picture,
    shrink,
    shrunk_size,
    to_color,
    to_uint8,
)

_SHOW_AFTER = 1  # second


class ImageLoader(PictureTransformerMixin, BaseEstimator):
    """Read pictures from files, bytes, PIL images and arrays.

    Whatever the source, what comes out is a `uint8` picture, upright and opaque: the orientation
    that a camera noted (EXIF) is applied, white shows through transparent pixels, 16-bit values
    are divided by 257, and palettes, CMYK and black-and-white are converted. Of a file with
    several pictures the first is read.

    Parameters
    ----------
    color : {"gray", "rgb"}, default="gray"
        Shape of the pictures: (height, width) or (height, width, 3).
    max_size : int, default=None
        Longest side, in pixels. Larger pictures are shrunk while they are read, by averages over
        areas, keeping their aspect, so that a folder of photos need not fit into memory.
    n_jobs : int, default=None
        Number of threads that read. None means 1 unless in a :obj:`joblib.parallel_config`
        context, -1 means all processors.
    verbose : int, default=0
        If positive, show progress once reading has taken a second.

    Attributes
    ----------
    output_shape_ : tuple of int or None
        Shape of the pictures that `fit` was given the pixels of, once loaded. None for sources,
        which are not opened by `fit`.
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

    Pixels of an array are read by its type: `uint8` and `uint16` from black, 0, to their largest
    value, `bool` as black and white. Values of any other type have to lie in [0, 1] or in
    [0, 255], each picture for itself.

    Examples
    --------
    >>> import numpy as np
    >>> from PIL import Image
    >>> from skhcr.preprocessing import ImageLoader
    >>> red = Image.new("RGB", (4, 2), "red")
    >>> pictures = ImageLoader().transform([red, np.eye(3)])
    >>> [picture.shape for picture in pictures]
    [(2, 4), (3, 3)]
    >>> int(pictures[1].max())
    255
    """

    _parameter_constraints = {
        "color": [StrOptions({"gray", "rgb"})],
        "max_size": [Interval(Integral, 1, None, closed="left"), None],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(self, color="gray", *, max_size=None, n_jobs=None, verbose=0):
        self.color = color
        self.max_size = max_size
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
        if _as_sources(X) is None:
            batch, _ = check_pictures(self, X, reset=True)
            check_range(batch)
            size = shrunk_size(*batch.shape[1:3], self.max_size)
            self.output_shape_ = size if self.color == "gray" else (*size, 3)
            return self
        remember_pictures(self, True, None)
        if len(getattr(X, "shape", ())) == 2:
            validate_data(self, X, skip_check_array=True)
        self.output_shape_ = None
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
            Pictures of sources in a list, as their sizes may differ; a batch of a batch; rows of
            rows, where these can hold the pictures, else a batch.

        Raises
        ------
        ValueError
            If a source cannot be read as a picture, or pixels lie neither in [0, 1] nor in
            [0, 255]. A message on a source names it and its position in `X`.
        OSError
            If a file cannot be opened: FileNotFoundError, IsADirectoryError, PermissionError.
        """
        self._validate_params()
        sources = _as_sources(X)
        if sources is not None:
            return self._load(sources)
        batch, are_rows = check_pictures(self, X, reset=False)
        batch = shrink(to_color(to_uint8(batch), self.color), self.max_size)
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
        # Threads in any joblib context, as open files cannot travel to another process.
        parallel = Parallel(self.n_jobs, require="sharedmem", return_as="generator")
        if effective_n_jobs(self.n_jobs) > 1:
            Image.init()  # which is not safe to happen in threads
        # What Pillow warns of (odd metadata, large pictures) is either harmless here or an error
        # later. Outside of the threads, because filters of warnings belong to the process.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            pictures = parallel(
                delayed(_load_source)(source, position, self.color, self.max_size)
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
            return list(progress)


def _as_sources(X):
    """Return `X` as a list of sources, or None where it holds pixels: rows or a batch."""
    if _is_source(X) and not isinstance(X, np.ndarray):
        raise ValueError(f"X is one source, {_describe(X)}; expected a sequence of them: [X].")
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
        if any(map(_is_source, first)):
            raise ValueError(f"X is a table of {shape[1]} columns; expected one, of sources.")
    if not isinstance(X, (list, tuple)):
        return None
    if len(X) == 0:
        raise ValueError("X is empty: expected at least one source of a picture.")
    return list(X) if any(map(_is_source, X)) else None


def _is_source(value):
    if isinstance(value, (str, bytes, bytearray, os.PathLike, Image.Image)):
        return True
    return hasattr(value, "read") or (isinstance(value, np.ndarray) and value.ndim >= 2)


def _describe(source):
    """Name a source in a message, in a few words on one line."""
    if isinstance(source, (bytes, bytearray)):
        return f"{len(source)} bytes"
    if isinstance(source, np.ndarray):
        return f"an array of shape {source.shape}"
    if isinstance(source, Image.Image):
        return f"a PIL image of mode {source.mode} and size {source.size}"
    if isinstance(source, os.PathLike):
        return f"{os.fspath(source)!r:.300}"
    if hasattr(source, "read"):
        return f"the open file {getattr(source, 'name', type(source).__name__)!r}"
    if isinstance(source, str):
        return f"{source!r:.300}"
    return f"{source!r:.50} ({type(source).__name__})"


def _load_source(source, position, color, max_size):
    """Read one picture; an error says which and why."""
    name = f"X[{position}], {_describe(source)}"
    if not _is_source(source):
        raise ValueError(
            f"{name}, is not a source of a picture; expected a path, bytes, an open binary file, "
            "a PIL image or an array."
        )
    try:
        return read_picture(source, color, max_size)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{name}, does not exist.") from error
    except Exception as error:  # Pillow raises whatever it meets in a foreign file
        if isinstance(source, (str, os.PathLike)) and _is_directory(source):
            raise IsADirectoryError(f"{name}, is a directory; expected a file.") from error
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM):
            raise PermissionError(f"{name}, may not be read.") from error
        raise ValueError(f"{name}, cannot be read as a picture: {_reason(error)}.") from error


def _is_directory(source):
    try:
        return Path(source).is_dir()
    except ValueError:  # a path that no file system has, such as one with a null character
        return False


def _reason(error):
    if isinstance(error, Image.UnidentifiedImageError):
        return "it is empty, or in no format of pictures that Pillow knows"
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
