import math
import os
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions

from skhcr._image_classifier import ImageClassifierMixin
from skhcr.runtime._onnx_file import OnnxBytes, read_content


class OnnxClassifier(ImageClassifierMixin, BaseEstimator):
    """Frozen classifier that runs an ONNX file, without TensorFlow.

    The file is one that :func:`export_onnx` wrote. It is loaded when it is first needed, by ONNX
    Runtime [1]_, on the processor.

    Parameters
    ----------
    model : str, path-like or bytes
        The file, or its content.
    priors : "uniform" or array-like of shape (n_classes,), default=None
        How frequent the classes are in what is to be read, in the order of `classes_`; only ratios
        count. None is as in training. Where a picture may show one class as well as another (a ring
        is a 0, an O or an o), this decides; a class of prior 0 is never predicted. Probabilities
        are divided by the frequencies of training and multiplied by these [2]_.
    n_threads : int, default=None
        Number of threads that share the work on an image. By default as many as there are cores.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    image_shape_ : tuple of int
        (height, width, n_channels) of the images.
    n_features_in_ : int
        Number of values in an image.
    class_prior_ : ndarray of shape (n_classes,) or None
        How frequent the classes were in training, where the file tells.
    card_ : dict or None
        The model card that the file was given.

    See Also
    --------
    export_onnx : Writes the file.
    skhcr.classifiers.CNNClassifier : The classifier that learns.

    Notes
    -----
    There is nothing to fit: `fit` checks the file and learns nothing, like that of
    :class:`~sklearn.frozen.FrozenEstimator`.

    A pickle, a joblib file and a deep copy hold the content of the file, and need the file no
    more; `clone` keeps the path.

    References
    ----------
    .. [1] https://onnxruntime.ai
    .. [2] M. Saerens, P. Latinne, C. Decaestecker, "Adjusting the Outputs of a Classifier to New a
       Priori Probabilities", Neural Computation 14(1), 2002.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skhcr.classifiers import DigitClassifier
    >>> from skhcr.datasets import load_digits
    >>> from skhcr.runtime import OnnxClassifier, export_onnx
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = DigitClassifier(epochs=2, random_state=0).fit(X[:500], y[:500])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_onnx(classifier, Path(folder) / "digits.onnx")
    ...     frozen = OnnxClassifier(Path(folder) / "digits.onnx").fit(X)
    >>> bool((frozen.predict(X) == classifier.predict(X)).mean() > 0.99)
    True
    """

    _parameter_constraints = {
        "model": [str, os.PathLike, bytes],
        "priors": [StrOptions({"uniform"}), "array-like", None],
        "n_threads": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(self, model, *, priors=None, n_threads=None):
        self.model = model
        self.priors = priors
        self.n_threads = n_threads

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Load the file, and learn nothing.

        Parameters
        ----------
        X : object
            Ignored.
        y : object, default=None
            Ignored.

        Returns
        -------
        self : object
            The classifier.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is not a file of :func:`export_onnx`, or is damaged, or of a newer format; or if
            `priors` are not numbers from 0 on, one for each class.
        """
        self.__dict__.pop("_made_of", None)  # the file may be another by now
        self._prior_ratios()
        return self

    def predict_proba(self, X):
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : array-like
            Images of the shape of the file's network: a batch (n_samples, height, width) or
            (n_samples, height, width, n_channels), a list of pictures of one size, or rows
            (n_samples, n_pixels). Of a pipeline with :class:`~skhcr.preprocessing.PixelScaler`
            what that took, such as `uint8`, or else what the classifier was trained with.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, float32, in the order of `classes_`.

        Raises
        ------
        ValueError
            If the images have another shape than the network takes, or `priors` are not numbers
            from 0 on, one for each class.
        """
        if hasattr(X, "columns"):
            X = np.asarray(X)  # names of columns are not in the file, and not missed
        ratios = self._prior_ratios()
        images = self._stack_images(X, reset=False)
        probabilities = self._live_network().predict_proba(images)
        if ratios is not None:
            # What rounds to 0 may be all that is left of an image.
            probabilities = np.maximum(probabilities, np.finfo(np.float32).tiny) * ratios
            probabilities /= probabilities.sum(axis=1, keepdims=True)
        return probabilities

    @property
    def classes_(self):
        """The labels, sorted."""
        return self._header()["classes"]

    @property
    def image_shape_(self):
        """(height, width, n_channels) of the images."""
        return self._header()["image_shape"]

    @property
    def n_features_in_(self):
        """Number of values in an image."""
        return math.prod(self.image_shape_)

    @property
    def class_prior_(self):
        """How frequent the classes were in training, where the file tells."""
        return self._header()["class_prior"]

    @property
    def card_(self):
        """The model card that the file was given."""
        return self._header()["card"]

    def _prior_ratios(self):
        """Return what probabilities are multiplied by, float32 of shape (n_classes,), or None."""
        header = self._live_network().header
        if self.priors is None:
            return None
        n_classes, learnt = len(header["classes"]), header["class_prior"]
        if learnt is None:
            raise ValueError(
                f"priors={self.priors!r:.100} can't be taken into account: the file does not tell "
                "how frequent the classes were in training. Expected None."
            )
        if isinstance(self.priors, str) and self.priors == "uniform":
            return (1 / learnt / np.sum(1 / learnt)).astype(np.float32)
        priors = np.asarray(self.priors)
        if (
            priors.shape != (n_classes,)
            or priors.dtype.kind not in "buif"
            or not np.isfinite(priors).all()
            or priors.min() < 0
            or not priors.any()
        ):
            raise ValueError(
                f"priors={self.priors!r:.100}, of shape {priors.shape}, should be 'uniform' or "
                f"{n_classes} numbers from 0 on, not all 0: how frequent each of classes_ is."
            )
        ratios = priors / priors.max() / learnt
        return (ratios / ratios.sum()).astype(np.float32)

    def _header(self):
        try:
            return self._live_network().header
        except (OSError, ValueError) as error:
            # What hasattr, and with it scikit-learn's HTML, knows how to pass over.
            raise AttributeError(str(error)) from error

    def _live_network(self):
        """Return the ONNX Runtime side, made when it is first needed and for these parameters."""
        made_of = (self.model, self.n_threads)
        if getattr(self, "_made_of", None) != made_of:
            from skhcr.runtime._onnx_network import OnnxNetwork

            self._validate_params()
            self._network, self._made_of = OnnxNetwork(*made_of), made_of
        return self._network

    def __getstate__(self):
        state = dict(super().__getstate__())
        network, made_of = state.pop("_network", None), state.pop("_made_of", None)
        fresh = made_of == (self.model, self.n_threads)
        content = network.content if fresh else read_content(self.model)[0]
        return state | {"model": OnnxBytes(content)}

    def _file_state(self):
        """Return the state for a model file: the graph and its weights apart."""
        from skhcr.runtime._onnx_parts import take_apart

        state = self.__getstate__()
        return state | {"model": take_apart(state["model"])}

    def _check_file_state(self):
        """Put the network together, or raise a ValueError if it is not one."""
        from skhcr.runtime._onnx_parts import put_together

        self.model = OnnxBytes(put_together(*self.model))

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
