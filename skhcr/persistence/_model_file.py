"""save, load and describe: the one place that knows what a model file is made of.

A file is an archive (:mod:`skhcr.persistence._archive`) whose document has these entries:

- ``format``: 1, raised when older versions of skhcr can't read the file;
- ``versions``: of skhcr, scikit-learn and NumPy, that wrote it;
- ``classes``: the labels, a list, or null; ``alphabet``, its name where they are one;
- ``card``: the model card, or null;
- ``model``: the estimator, as :mod:`skhcr.persistence._values` writes it.

skops, which is made for files without pickle, was looked at: its files name classes and functions
that are called while they are opened, and nothing limits how large what they hold becomes.
"""

import json
from importlib.metadata import version
from pathlib import Path

from sklearn.utils.validation import check_is_fitted

from skhcr import __version__
from skhcr._alphabets import ALPHABETS
from skhcr._shipped import NAMES
from skhcr.persistence._archive import (
    MAX_BYTES,
    InvalidModelFile,
    as_json,
    read_archive,
    refusing,
    write_archive,
)
from skhcr.persistence._values import Parts, decode, encode

FORMAT = 1
SUFFIXES = (".skhcr",)

_ENTRIES = {"versions": dict, "classes": (list, type(None)), "alphabet": (str, type(None))}
_ENTRIES |= {"card": (dict, type(None))}


def save(fitted, path, *, card=None):
    """Write a fitted estimator to a file that is safe to open.

    The file holds classes by their names, parameters and arrays, and no code: it can be sent to
    others, who open it with :func:`skhcr.load`. What :func:`joblib.dump` writes runs, when it is
    opened, whatever its author wished.

    Parameters
    ----------
    fitted : estimator
        A fitted classifier, transformer or reader of skhcr, or a pipeline of these and of
        transformers of scikit-learn (see Notes). Of a search its ``best_estimator_``.
    path : str or path-like
        A file whose name ends in ``.skhcr``. It is replaced if it exists, and appears only when it
        is complete.
    card : dict, default=None
        A model card, say: what the file should tell of itself, as JSON has it.
        :func:`~skhcr.persistence.describe` shows it.

    Raises
    ------
    ValueError
        If the name ends otherwise, or `fitted` or `card` hold what a file can't: functions and
        classes of your own, networks that are not of :mod:`skhcr.networks`, callbacks.
    sklearn.exceptions.NotFittedError
        If `fitted` is not fitted.
    OSError
        If the file can't be written.

    See Also
    --------
    skhcr.load : Opens the file.
    skhcr.runtime.export_onnx : The network alone, for other programs.

    Notes
    -----
    The state of the optimizer is not kept, as in a pickle. Paths are not kept either: the content
    of an ONNX file and of a lexicon is; a network with `initial_weights` from a file goes on from
    the weights it has; and `memory` of a pipeline becomes None.

    Of scikit-learn: pipelines, unions and `ColumnTransformer`, scalers, PCA and its relatives,
    univariate selection, imputation and random features: what calculates with NumPy alone. What
    calculates with sparse matrices or compiled code does not look at its arrays, and a malicious
    file could harm through it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import skhcr
    >>> from skhcr.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> model = skhcr.load_pretrained("digits")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     skhcr.save(model, Path(folder) / "digits.skhcr")
    ...     loaded = skhcr.load(Path(folder) / "digits.skhcr")
    >>> bool((loaded.predict_proba(X[:9]) == model.predict_proba(X[:9])).all())
    True
    """
    check_is_fitted(fitted)
    arrays = []
    try:
        model = encode(fitted, arrays, "fitted")
    except RecursionError:
        raise ValueError("fitted holds itself, which a model file can't.") from None
    classes = getattr(fitted, "classes_", None)
    if classes is not None:  # labels of an array of objects may be NumPy's
        classes = [each.item() if hasattr(each, "item") else each for each in list(classes)]
    names = () if classes is None else tuple(classes)
    document = {
        "format": FORMAT,
        "versions": {"skhcr": __version__}
        | {package: version(package) for package in ("scikit-learn", "numpy")},
        "classes": classes,
        "alphabet": next((name for name in ALPHABETS if ALPHABETS[name] == names), None),
        "card": as_json("card", card),
        "model": model,
    }
    try:
        # What can't be opened is an error now, not for whom it is sent to.
        decode(json.loads(json.dumps(document))["model"], Parts(arrays))
    except InvalidModelFile as error:
        raise ValueError(f"fitted can't be stored, as it {error}") from error
    except Exception as error:  # as of `load`
        raise ValueError(f"fitted can't be stored. {type(error).__name__}: {error}") from error
    write_archive(path, SUFFIXES, document, arrays)


def load(path, *, max_bytes=MAX_BYTES):
    """Open a file that :func:`skhcr.save` wrote.

    Nothing in the file runs, whoever wrote it: it can name estimators of skhcr and some
    transformers of scikit-learn, and give them values, and nothing else. What it says of a picture
    is up to its author, and so is how long that takes.

    Parameters
    ----------
    path : str or path-like
        The file.
    max_bytes : int, default=1_000_000_000
        Size from which on a file is refused.

    Returns
    -------
    estimator
        As it was saved, fitted. TensorFlow is not imported before a network is asked that it runs.

    Raises
    ------
    InvalidModelFile
        If it is no such file, is damaged, was changed, is of a newer version, is larger than
        `max_bytes`, or holds what a file must not.
    FileNotFoundError
        If there is no such file.
    OSError
        If the file can't be read: PermissionError and the like.

    Warns
    -----
    sklearn.exceptions.InconsistentVersionWarning
        If it holds transformers of another version of scikit-learn.

    See Also
    --------
    skhcr.save : Writes the file.
    skhcr.persistence.describe : Tells what is in it.
    """
    if path in NAMES and not Path(path).exists():
        raise FileNotFoundError(f"There is no file {path}; for what is shipped: load_pretrained.")
    document, arrays = _read(path, max_bytes)
    with refusing(path, "does not hold a fitted estimator"):
        parts = Parts(arrays)
        fitted = decode(document["model"], parts)
        parts.check_all_taken()
        check_is_fitted(fitted)
    return fitted


def describe(path, *, max_bytes=MAX_BYTES):
    """Tell what is in a file that :func:`skhcr.save` wrote.

    Parameters
    ----------
    path : str or path-like
        The file.
    max_bytes : int, default=1_000_000_000
        Size from which on a file is refused.

    Returns
    -------
    dict
        "format", the "versions" that wrote it, "classes" (a list, or None), "alphabet" (its name
        where the classes are one, or None), "card" (a dict, or None), and "estimator", the public
        name of its class.

    Raises
    ------
    InvalidModelFile
        If it is no such file, is damaged, is of a newer version, or larger than `max_bytes`.
    OSError
        If the file can't be read.

    See Also
    --------
    skhcr.load : Opens the file.
    """
    document, _ = _read(path, max_bytes)
    estimator = document.pop("model").get("estimator")
    name = estimator.get("class") if isinstance(estimator, dict) else None
    if not isinstance(name, str):
        raise InvalidModelFile(f"{path} does not hold an estimator.")
    return {entry: document[entry] for entry in ("format", *_ENTRIES)} | {"estimator": name}


def _read(path, max_bytes):
    """Return document and arrays of a file of a format that is known."""
    document, arrays = read_archive(path, max_bytes=max_bytes)
    number = document.get("format")
    if type(number) is not int or number < 1:
        raise InvalidModelFile(
            f"{path} has format {number!r:.100}; expected a file that skhcr.save wrote."
        )
    if number > FORMAT:
        versions = document.get("versions")
        by = versions.get("skhcr") if isinstance(versions, dict) else None
        raise InvalidModelFile(
            f"{path} has format {number}, of skhcr {by!s:.100}; expected at most {FORMAT}. Install "
            "a newer skhcr."
        )
    for entry, kinds in (_ENTRIES | {"model": dict}).items():
        if not isinstance(document.get(entry), kinds):
            raise InvalidModelFile(
                f"{path} has {entry} {document.get(entry)!r:.100}; expected a file that skhcr.save "
                "wrote."
            )
    return document, arrays
