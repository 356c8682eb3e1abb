"""Batches of data that need not fit into memory."""

import functools
from collections.abc import Mapping
from numbers import Integral

import numpy as np
from sklearn.pipeline import Pipeline

# _safe_indexing is private, and without a public counterpart: rows of any container, by position.
from sklearn.utils import _safe_indexing, check_random_state, gen_batches
from sklearn.utils._param_validation import HasMethods, Interval, validate_params

from skhcr._ahead import one_ahead
from skhcr.datasets._checks import check_same_length


@validate_params(
    {
        "transformer": [HasMethods("transform"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def stream_batches(
    X, y=None, *, transformer=None, batch_size=1000, shuffle=False, random_state=None
):
    """Go through data that need not fit into memory, batch by batch.

    While the caller works on a batch, a thread in the background prepares the next one, and no
    more than that.

    Parameters
    ----------
    X : array-like
        What to go through: file names or other sources of pictures, in a list, an array or a
        series; an array such as a :class:`numpy.memmap`; or another object that has a length and
        can be indexed by position. Only the rows of a batch are read.
    y : array-like of shape (n_samples,), default=None
        Labels.
    transformer : object with `transform`, default=None
        What makes images of the sources, such as :func:`~skhcr.preprocessing.make_ink_pipeline`.
        It is not fitted here: it has to be fitted or stateless. By default a batch is handed over
        as it is.
    batch_size : int, default=1000
        Number of sources in a batch; the last one has what remains.
    shuffle : bool, default=False
        Whether to go through the data in random order, rather than from first to last.
    random_state : int, RandomState instance or None, default=None
        Determines the order. An int gives the same order in every call: for a new one in each
        epoch, pass the same ``numpy.random.RandomState(0)`` to all calls.

    Returns
    -------
    generator of (images, labels), or of images if `y` is None
        images : what `transformer` returns
            Without a transformer, rows of `X`: a list of a list, an array in memory of an array
            or a memmap.
        labels : ndarray of shape (n_images,)
            Labels of the images.

    Raises
    ------
    TypeError
        If `X` cannot be indexed by position, or is one source rather than several.
    ValueError
        If `X` is empty, `y` has another length, or a parameter is out of its range. When the
        batches are made: if there are not as many images as labels.

    See Also
    --------
    load_image_folder : File names and labels of a folder of pictures.
    load_image_csv : File names and labels that a CSV lists.

    Notes
    -----
    An error of the transformer is raised where its batch would have come. Whoever leaves the loop
    early, by ``break``, an error or an interruption, waits until the batch that is being prepared
    is ready; no thread remains.

    Pictures that ``on_error="skip"`` leaves out have their labels left out too, if the
    :class:`~skhcr.preprocessing.ImageLoader` is the transformer or its first step. To know what
    is left where there are no labels, hand over the names as labels: ``stream_batches(files,
    files, transformer=loader)``.

    A random order takes eight bytes of memory a source. The rows of a batch are read in the order
    in which they are stored, as h5py wants it, and put into the random one in memory.

    The thread does not see contexts of the caller, such as :obj:`joblib.parallel_config`: give
    `n_jobs` to the transformer.

    Examples
    --------
    >>> from skhcr.datasets import load_digits, stream_batches
    >>> from skhcr.preprocessing import ImageResizer
    >>> X, y = load_digits(return_X_y=True)
    >>> for images, labels in stream_batches(X, y, transformer=ImageResizer(14), batch_size=2000):
    ...     print(images.shape, labels.shape)
    (2000, 196) (2000,)
    (2000, 196) (2000,)
    (1000, 196) (1000,)

    Learn in a new order in each epoch:

    >>> import numpy as np
    >>> from sklearn.linear_model import SGDClassifier
    >>> classifier, random = SGDClassifier(random_state=0), np.random.RandomState(0)
    >>> for epoch in range(2):
    ...     for images, labels in stream_batches(X, y, shuffle=True, random_state=random):
    ...         classifier = classifier.partial_fit(images, labels, classes=range(10))
    """
    is_one = isinstance(X, (str, bytes, Mapping)) or getattr(X, "ndim", 1) == 0
    if is_one or not (hasattr(X, "__len__") and hasattr(X, "__getitem__")):
        raise TypeError(
            f"X is of type {type(X).__name__}; expected what has a length and can be indexed by "
            "position, such as a list of file names or an array."
        )
    if len(X) == 0:
        raise ValueError("X is empty; expected at least one source.")
    if y is not None:
        check_same_length(X, "X", y, "y")
    order = check_random_state(random_state).permutation(len(X)) if shuffle else range(len(X))
    return _stream(X, y, transformer, order, batch_size)


def _stream(X, y, transformer, order, batch_size):
    batches = (np.asarray(order[batch]) for batch in gen_batches(len(order), batch_size))
    yield from one_ahead(functools.partial(_prepare, X, y, transformer), batches)


def _prepare(X, y, transformer, positions):
    """Return the images at some positions, with their labels if there are any."""
    images = _take(X, positions)
    if transformer is not None:
        images = transformer.transform(images)
    if y is None:
        return images
    left = np.delete(positions, _skipped(transformer))
    if len(images) != len(left):
        raise ValueError(
            f"transformer returned {len(images)} images of {len(positions)} sources; expected one "
            "of each, or positions of the missing ones in the attribute skipped_ of the "
            "transformer, or of the first step of the pipeline that it is."
        )
    return images, np.asarray(_take(y, left))


def _take(rows, positions):
    """Return rows in the order of `positions`, but read them in that of storage."""
    stored = np.argsort(positions)
    return _safe_indexing(_safe_indexing(rows, positions[stored]), np.argsort(stored))


def _skipped(transformer):
    """Return the positions of the sources that the last `transform` left out."""
    while isinstance(transformer, Pipeline):
        transformer = transformer[0]
    return list(getattr(transformer, "skipped_", ()))
