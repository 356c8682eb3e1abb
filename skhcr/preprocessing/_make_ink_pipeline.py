"""make_ink_pipeline: from any picture to a centred character."""

from numbers import Real

import numpy as np
from sklearn.pipeline import make_pipeline

from skhcr.preprocessing._deskewer import Deskewer
from skhcr.preprocessing._image_loader import ImageLoader
from skhcr.preprocessing._ink_centerer import InkCenterer
from skhcr.preprocessing._ink_extractor import InkExtractor

#: Widths of strokes that stay, as fractions of the side: what most of MNIST and EMNIST has.
_STROKE = 2.4 / 28, 4.4 / 28


def make_ink_pipeline(
    size=28,
    *,
    by="mass",
    margin=None,
    stroke="auto",
    deskew=False,
    polarity="auto",
    color="gray",
    max_size=640,
    max_pixels=100_000_000,
    on_error="raise",
    n_jobs=None,
    verbose=0,
):
    """Make the pipeline from pictures of any kind to centred characters.

    The recommended first step for whatever is not a clean data set already: photos, scans,
    drawings. Train a classifier behind it too, so that it sees in training what it will see of
    other pictures; clean data sets pass it almost unchanged.

    Parameters
    ----------
    size : int, default=28
        Height and width of the output, in pixels.
    by : {"mass", "box"}, default="mass"
        What is put into the middle: the centre of mass, as in MNIST, or the bounding box, as in
        EMNIST.
    margin : int, default=None
        Paper around the character, in pixels; None for that of MNIST or EMNIST.
    stroke : "auto", float, (float, float) or None, default="auto"
        Normal width of strokes in pixels, as for :class:`InkCenterer`. "auto" widens strokes to
        2.4 pixels of 28 and thins them to 4.4 (as much of other sizes).
    deskew : bool, default=False
        Whether to take out the slant.
    polarity : {"auto", "dark", "light"}, default="auto"
        Whether ink is darker or lighter than paper.
    color : {"gray", "rgb"}, default="gray"
        What to read. "rgb" takes three times the memory, and is for ink that differs from its
        paper in colour only, not in lightness.
    max_size : int or None, default=640
        Longest side, in pixels, to which larger pictures are shrunk. Enough for a character of a
        tenth of a photo's height.
    max_pixels : int or None, default=100_000_000
        Size over which a picture is refused unread, in pixels.
    on_error : {"raise", "skip"}, default="raise"
        What to do with a source that cannot be read, as for :class:`ImageLoader`.
    n_jobs : int, default=None
        Number of threads that read, extract and centre. None means 1, or what
        ``joblib.parallel_config("threading", n_jobs=...)`` says; -1 means all processors.
    verbose : int, default=0
        If positive, show progress of long lists.

    Returns
    -------
    sklearn.pipeline.Pipeline
        :class:`ImageLoader`, :class:`InkExtractor`, :class:`Deskewer` if asked for, and
        :class:`InkCenterer`.

    Raises
    ------
    ValueError
        If `stroke` is a string other than "auto", or `deskew` neither True nor False. The other
        parameters are checked by the steps, when they are used.

    See Also
    --------
    InkExtractor : Its `stages` show what a picture looks like on the way.

    Examples
    --------
    >>> import numpy as np
    >>> from skhcr.preprocessing import make_ink_pipeline
    >>> photo = np.full((300, 200), 230, dtype=np.uint8)
    >>> photo[100:200, 60:70] = 40
    >>> make_ink_pipeline().fit_transform([photo]).shape
    (1, 28, 28)
    """
    if isinstance(stroke, str):
        if stroke != "auto":
            raise ValueError(f"stroke={stroke!r} should be 'auto', a width, two widths or None.")
        stroke = None
        if isinstance(size, Real):
            box = size - 2 * (margin if isinstance(margin, Real) else 0)
            stroke = tuple(min(width * size, 0.4 * max(1, box)) for width in _STROKE)
    if not isinstance(deskew, (bool, np.bool_)):
        raise ValueError(f"deskew={deskew!r} should be True or False.")
    return make_pipeline(
        ImageLoader(
            color,
            max_size=max_size,
            max_pixels=max_pixels,
            on_error=on_error,
            n_jobs=n_jobs,
            verbose=verbose,
        ),
        InkExtractor(polarity, n_jobs=n_jobs),
        *([Deskewer()] if deskew else []),
        InkCenterer(size, margin=margin, by=by, stroke=stroke, n_jobs=n_jobs),
    )
