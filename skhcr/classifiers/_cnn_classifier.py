import itertools
import math
import os
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, _fit_context
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
)

from skhcr import networks
from skhcr._image_classifier import ImageClassifierMixin, to_float32, to_levels
from skhcr._images import check_shape
from skhcr._shipped import NAMES
from skhcr.classifiers._initial_weights import (
    check_image_shape,
    check_pixels,
    read_initial_weights,
    weights_for,
)
from skhcr.classifiers._processes import check_process
from skhcr.classifiers._training_data import (
    TrainingImages,
    pixel_statistics,
    training_weights,
)

#: Values of an image, of a network from a model file: its dense layers grow with them.
_MOST_IN_A_FILE = 2**20


class CNNClassifier(ImageClassifierMixin, BaseEstimator):
    """Convolutional network that classifies pictures.

    A Keras network, trained through SciKeras, behind the contract of a scikit-learn classifier: it
    stands in a pipeline, a grid search or a cross-validation, can be cloned, pickled and saved with
    joblib before and after it is fitted, and the same `random_state` gives the same predictions.

    Pixels are standardised by the mean and standard deviation of all pixels of the training set
    before they reach the network, so that any range of values will do.

    Parameters
    ----------
    network : {"compact", "lenet", "residual", "three_conv", "wide"} or callable, default="compact"
        The architecture: the name of a function of :mod:`skhcr.networks`, or a function of the same
        form, ``network(image_shape, n_classes, **network_options)``, that returns a new uncompiled
        Keras model with probabilities as output. A pickle holds the function by its name only, so
        that it has to be one that the loading process can import.
    network_options : dict, default=None
        Keyword arguments of `network`.
    initial_weights : {"digits", "letters", "characters"} or path-like, default=None
        What to start from in place of random weights: those that
        :func:`~skhcr.load_pretrained` loads, or those of an ONNX file that
        :func:`~skhcr.runtime.export_onnx` wrote, for the same classes or others. The network is
        then the one of these weights, `network` and `network_options` are not used. What it knows
        of classes that are among the labels too (7 and "7" are the same) is kept, other classes
        start anew. Images have to be of its shape, (28, 28, 1) for the shipped ones, and ink as
        levels from 0 to 255 or from 0 to 1, as :func:`~skhcr.preprocessing.make_ink_pipeline`
        makes it.
    image_shape : tuple of int, default=None
        (height, width) or (height, width, n_channels) of images that come as rows, (n_samples,
        n_pixels). By default a square number of pixels is a square image, and any other number an
        image of one row.
    epochs : int or "auto", default="auto"
        Number of passes over the training set. "auto" shows the network about 480,000 images, in
        at least 4 and at most 60 passes; with `initial_weights` about 40,000, in at least 2 and at
        most 20.
    batch_size : int, default=64
        Number of images in a step of the optimizer.
    optimizer : str or callable, default="adam"
        Name of a Keras optimizer, or a callable, such as a class or a `functools.partial`, that
        takes `learning_rate` and returns one.
    learning_rate : float or "auto", default="auto"
        The highest learning rate of `schedule`, and the rate of `partial_fit`. "auto" is 4e-3, and
        1e-3 with `initial_weights`.
    schedule : {"cosine", "constant"}, default="cosine"
        "cosine" rises to `learning_rate` over the first fifth of the steps and falls to 0 over the
        rest as half a cosine [1]_. `partial_fit`, which does not know the end, is always constant.
    augment : float, default=None
        Strength of the random distortion of each training image, None or 0 for none. 1 is rotation
        within 15 degrees, scale within 15 % in each direction, shear within 0.2, shift within 7 %
        of the side, and at each of 5 x 5 points a smooth bend within 3.5 % of the side [2]_, in one
        resampling.
    label_smoothing : float in [0, 1), default=0.0
        Share of each target's probability that is spread evenly over all classes.
    class_weight : dict or "balanced", default=None
        Weights of the classes, ``{label: weight}``; "balanced" weights them inversely to their
        frequencies.
    early_stopping : bool, default=False
        Whether to keep `validation_fraction` of the training set apart, to stop when the loss on it
        has not fallen for `n_iter_no_change` epochs, and to keep the weights of the best epoch.
    validation_fraction : float in (0, 1), default=0.1
        Share of each class that early stopping keeps apart.
    n_iter_no_change : int, default=5
        Number of epochs without progress that early stopping waits for.
    callbacks : list of keras.callbacks.Callback, default=None
        Called while `fit` and `partial_fit` train. Each fit works on copies of them, `callbacks_`.
    warm_start : bool, default=False
        Whether `fit` goes on from the weights of an earlier fit on the same classes and image
        shape, rather than from random or `initial_weights`.
    random_state : int, RandomState instance or None, default=None
        Determines the initial weights, the order of the samples, augmentation, dropout and the
        validation part. Pass an int for the same predictions in every run.
    verbose : int, default=0
        0 is silent, 1 shows a progress bar, 2 a line for each epoch.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    class_prior_ : ndarray of shape (n_classes,) or None
        How frequent the classes were in training, summing to 1; None of a Keras model from a file.
    n_features_in_ : int
        Number of values in an image.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where `fit` was given a data frame whose column names are all strings.
    image_shape_ : tuple of int
        (height, width, n_channels) of the images.
    history_ : dict of lists
        One value an epoch: "loss", "accuracy", and with early stopping "val_loss" and
        "val_accuracy".
    loss_curve_ : list of float
        The loss of each epoch.
    n_iter_ : int
        Number of epochs that were run.
    weights_ : list of ndarray
        The weights of the network, float32.
    pixel_mean_, pixel_scale_ : float
        Mean and standard deviation of the pixels of the training set, or with `initial_weights`
        of the one that these were trained on.
    callbacks_ : list of keras.callbacks.Callback
        The copies that the last fit worked on. They are not kept in a pickle.

    See Also
    --------
    DigitClassifier : The same with defaults for digits.
    CharacterClassifier : The same with defaults for the 62 characters.

    Notes
    -----
    The state of the optimizer is not kept in a pickle; a loaded classifier that is trained further
    starts with a new one.

    Images stay as they come until a few batches are made of them: a `numpy.memmap` larger than the
    memory can be fitted. What TensorFlow compiles for a network is shared by all fits of the same
    network, number of classes, image shape, named optimizer and schedule in a process, unless there
    are `callbacks`. TensorFlow takes as many threads as the environment variable
    ``OMP_NUM_THREADS`` says, which joblib and Dask set for their workers.

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR
       2017.
    .. [2] P. Y. Simard, D. Steinkraus, J. C. Platt, "Best Practices for Convolutional Neural
       Networks Applied to Visual Document Analysis", ICDAR 2003.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skhcr.classifiers import CNNClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = CNNClassifier(epochs=8, random_state=0).fit(X[:1000], y[:1000])
    >>> bool(classifier.score(X[1000:], y[1000:]) > 0.9)
    True
    """

    _parameter_constraints = {
        "network": [StrOptions(set(networks.__all__)), callable],
        "network_options": [dict, None],
        "initial_weights": [str, os.PathLike, None],
        "image_shape": [tuple, list, None],
        "epochs": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "optimizer": [str, callable],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "schedule": [StrOptions({"cosine", "constant"})],
        "augment": [Interval(Real, 0, None, closed="left"), None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "callbacks": [list, tuple, None],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        network="compact",
        *,
        network_options=None,
        initial_weights=None,
        image_shape=None,
        epochs="auto",
        batch_size=64,
        optimizer="adam",
        learning_rate="auto",
        schedule="cosine",
        augment=None,
        label_smoothing=0.0,
        class_weight=None,
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=5,
        callbacks=None,
        warm_start=False,
        random_state=None,
        verbose=0,
    ):
        self.network = network
        self.network_options = network_options
        self.initial_weights = initial_weights
        self.image_shape = image_shape
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.augment = augment
        self.label_smoothing = label_smoothing
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : array-like
            Images: a batch (n_samples, height, width) or (n_samples, height, width, n_channels), a
            list of pictures of one size, or rows (n_samples, n_pixels). Any numbers.
        y : array-like of shape (n_samples,)
            Labels: strings or integers, of at least two classes.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the images; only their ratios count.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If images or labels are not as described, or a parameter is out of its range.
        """
        return self._fit(X, y, sample_weight, resume=self.warm_start)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train the network further by one epoch on these images.

        Parameters
        ----------
        X : array-like
            Images, as `fit` takes them. The first call determines their shape, and the mean and
            standard deviation by which all pixels are standardised.
        y : array-like of shape (n_samples,)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that any call will see. Has to be given in the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the images; only their ratios within a call count.

        Returns
        -------
        self : object
            The classifier.

        Raises
        ------
        ValueError
            If images or labels are not as described, a label is not in `classes`, or the first
            call lacks `classes`.
        """
        return self._fit(X, y, sample_weight, resume=True, streaming=True, classes=classes)

    def predict_proba(self, X):
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : array-like
            Images of the fitted shape, as `fit` takes them.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities, float32, in the order of `classes_`. Those of an image do not depend on
            the other images.

        Raises
        ------
        ValueError
            If the images have another shape than those of `fit`.
        """
        check_is_fitted(self)
        images = self._stack_images(X, reset=False)
        return self._live_trainer().predict_proba(images, self._as_pixels)

    def export_keras(self, path):
        """Save the network as a Keras model that takes the same pixels as this classifier.

        Parameters
        ----------
        path : str or path-like
            A file whose name ends in ``.keras`` or ``.h5``. It is replaced if it exists, and
            appears only when it is complete.

        Raises
        ------
        ValueError
            If the name ends otherwise.
        """
        from skhcr.classifiers._keras_files import save_keras

        check_is_fitted(self)
        save_keras(self._live_trainer(), path)

    @classmethod
    def from_keras(cls, path, classes):
        """Return a fitted classifier from a saved Keras model.

        Parameters
        ----------
        path : str or path-like
            A ``.keras`` or ``.h5`` file of a model with one input, images (height, width) or
            (height, width, n_channels) or rows of pixels, and one output, a probability (or a
            logit) a class.
        classes : array-like of shape (n_classes,)
            The labels, in the order of the model's outputs.

        Returns
        -------
        CNNClassifier
            A fitted classifier. It passes pixels on to the model as they are: put what the model
            was trained with, usually :class:`~skhcr.preprocessing.PixelScaler`, before it. `fit`
            trains the same architecture anew; with ``warm_start=True``, and in `partial_fit`,
            training goes on from the loaded weights.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it does not hold such a model, or one with another number of outputs.
        """
        from skhcr.classifiers._keras_files import load_keras

        architecture, weights, labels = load_keras(path, classes)
        classifier = cls(network=architecture)
        return classifier._take_weights(
            weights, labels, None, architecture.image_shape, (0.0, 1.0), (architecture, {}), False
        )

    @classmethod
    def _from_initial_weights(cls, initial_weights):
        """Return a classifier that is fitted with its initial weights as they are."""
        stored = read_initial_weights(initial_weights)
        pixels = (stored.pixel_mean, stored.pixel_scale)
        built_from = (stored.network, dict(stored.network_options))
        return cls(initial_weights=initial_weights)._take_weights(
            stored.weights,
            stored.classes,
            stored.class_prior,
            stored.image_shape,
            pixels,
            built_from,
            stored.pixels is not None,
        )

    def _take_weights(
        self, weights, classes, class_prior, image_shape, pixels, built_from, takes_levels
    ):
        """Become fitted without a fit."""
        self.classes_ = classes
        self.class_prior_ = class_prior
        self._class_counts = None  # of how many images is not known
        self._takes_levels = takes_levels
        self._started_from = self.initial_weights
        self.image_shape_ = tuple(image_shape)
        self.n_features_in_ = math.prod(image_shape)
        self.pixel_mean_, self.pixel_scale_ = pixels
        self.weights_ = weights
        self._seed = 0
        self._built_from = built_from
        self._record({})
        return self

    def _fit(self, X, y, sample_weight, **options):
        """Fit, or leave the classifier as it was."""
        before = self.__dict__.copy()
        try:
            return self._fit_or_fail(X, y, sample_weight, **options)
        except BaseException:  # an interruption too
            self.__dict__.clear()
            self.__dict__.update(before)
            raise

    def _fit_or_fail(self, X, y, sample_weight, *, resume, streaming=False, classes=None):
        resume = resume and hasattr(self, "weights_")
        built_from = (self.network, dict(self.network_options or {}))
        if resume and self.initial_weights != self._started_from:
            raise ValueError(
                f"initial_weights={self.initial_weights!r} can't go on from weights that began as "
                f"{self._started_from!r}. Set it back, or fit with warm_start=False."
            )
        if resume and self.initial_weights is None and built_from != self._built_from:
            raise ValueError(
                f"network={self.network!r} with network_options={self.network_options!r} can't go "
                f"on from the weights of {self._built_from[0]!r} with {self._built_from[1]!r}. Set "
                "them back, or fit with warm_start=False."
            )
        stored = None
        if not resume:
            if self.initial_weights is not None:
                stored = read_initial_weights(self.initial_weights)
            self._takes_levels = stored is not None and stored.pixels is not None
        images = self._stack_images(X, reset=not resume)  # (n, height, width, n_channels)
        codes = self._check_labels(images, y, resume, streaming, classes)
        sample_weight = training_weights(images, y, sample_weight, self.class_weight)
        positions = np.arange(len(codes))
        if sample_weight is not None:
            positions = np.flatnonzero(sample_weight)
            codes, sample_weight = codes[positions], sample_weight[positions]

        images = TrainingImages(images, self._as_pixels, self.augment)
        if not resume:
            self.image_shape_ = images.images.shape[1:]
            self.n_features_in_ = math.prod(self.image_shape_)
            if stored is None:
                pixels = pixel_statistics(images, positions, sample_weight)
            else:
                check_image_shape(stored, self.image_shape_, self.initial_weights)
                check_pixels(stored, images, positions)
                pixels = stored.pixel_mean, stored.pixel_scale
                built_from = (stored.network, dict(stored.network_options))
            self.pixel_mean_, self.pixel_scale_ = pixels
            self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
            self._built_from = built_from
            for attribute in ("_trainer", "weights_"):
                self.__dict__.pop(attribute, None)
            self._record({})
            self._class_counts = np.zeros(len(self.classes_))
            self._started_from = self.initial_weights
        if self._class_counts is not None:
            # A new array: one in place would change the state that a failed fit goes back to.
            self._class_counts = self._class_counts + np.bincount(
                codes, sample_weight, minlength=len(self.classes_)
            )
            self.class_prior_ = self._class_counts / self._class_counts.sum()
        trainer = self._live_trainer()
        if stored is not None:
            trainer.weights = weights_for(stored, self.classes_, trainer.weights)
        settings = self._settings()
        self.callbacks_ = list(settings.callbacks)
        if streaming:
            history = trainer.partial_fit(
                images,
                positions,
                codes,
                sample_weight,
                n_epochs_before=self.n_iter_,
                settings=settings,
            )
        else:
            history = self._train(trainer, images, positions, codes, sample_weight, settings)
        weights = trainer.weights
        if not all(np.isfinite(array).all() for array in weights):
            raise ValueError(
                f"Training diverged: the weights are no longer finite after {len(history['loss'])} "
                f"epochs with learning_rate={settings.learning_rate}. Try a lower one."
            )
        self.weights_ = weights
        trainer.is_unproven = False
        self._record(history)
        return self

    def _train(self, trainer, images, positions, codes, sample_weight, settings):
        """Train for `epochs`, with or without a validation part."""
        validation_data = None
        if self.early_stopping:
            train, validation = train_test_split(
                np.arange(len(codes)),
                test_size=self.validation_fraction,
                stratify=codes,
                random_state=settings.seed,
            )
            validation_data = (positions[validation], codes[validation])
            positions, codes = positions[train], codes[train]
            sample_weight = None if sample_weight is None else sample_weight[train]
        epochs = self.epochs
        if epochs == "auto":
            fresh = self.initial_weights is None
            shown, least, most = (480_000, 4, 60) if fresh else (40_000, 2, 20)
            epochs = min(max(math.ceil(shown / len(positions)), least), most)
        return trainer.fit(
            images,
            positions,
            codes,
            sample_weight,
            epochs=epochs,
            validation_data=validation_data,
            patience=self.n_iter_no_change,
            settings=settings,
        )

    def _settings(self):
        from skhcr.classifiers._network_trainer import TrainingSettings, copy_callbacks

        learning_rate = self.learning_rate
        if learning_rate == "auto":
            learning_rate = 4e-3 if self.initial_weights is None else 1e-3
        return TrainingSettings(
            batch_size=self.batch_size,
            optimizer=self.optimizer,
            learning_rate=learning_rate,
            schedule=self.schedule,
            augment=self.augment,
            label_smoothing=self.label_smoothing,
            callbacks=copy_callbacks(self.callbacks or []),
            verbose=int(self.verbose),
            # Training that goes on does not repeat the draws of what it goes on from.
            seed=int(np.random.SeedSequence([self._seed, self.n_iter_]).generate_state(1)[0] >> 1),
        )

    def _live_trainer(self):
        """Return the Keras side, made again after unpickling or where a fit diverged."""
        check_process()
        if not hasattr(self, "_trainer") or self._trainer.is_unproven:
            from skhcr.classifiers._network_trainer import NetworkTrainer

            network, options = self._built_from
            if isinstance(network, str):
                network = getattr(networks, network)
            trainer = NetworkTrainer(
                network,
                options,
                self.image_shape_,
                len(self.classes_),
                self.pixel_mean_,
                self.pixel_scale_,
                self._seed,
            )
            if hasattr(self, "weights_"):
                trainer.weights = self.weights_
            self._trainer = trainer
        return self._trainer

    def _as_pixels(self, images):
        """Return images of any numbers as uint8 or float32."""
        if images.dtype == np.uint8:
            return images
        return to_levels(images) if self._takes_levels else to_float32(images)

    def _check_labels(self, images, y, resume, streaming, classes):
        """Set or check `classes_` and return the codes of `y`, positions in `classes_`."""
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but the target y "
                "is None."
            )
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        if not streaming:  # it warns of as many classes as a small part of a stream may well have
            check_classification_targets(y)
        check_consistent_length(images, y)
        try:
            labels = np.unique(y)
        except TypeError as error:
            raise ValueError(f"y mixes labels that have no order: {error}.") from error
        if streaming:
            _check_partial_fit_first_call(self, classes)
        elif not resume:
            self.classes_ = labels
        if len(self.classes_) < 2:
            raise ValueError(
                f"y has one class only, {self.classes_.tolist()[0]!r}; {type(self).__name__} needs "
                "at least two classes."
            )
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y holds labels that are not among the classes of the first fit: "
                f"{unknown.tolist()}; expected some of {self.classes_.tolist()}."
            )
        return np.searchsorted(self.classes_, y)

    def _record(self, history):
        """Append to the history, or begin one if `history` is empty."""
        before = self.history_ if history else {}
        self.history_ = {name: before.get(name, []) + list(history[name]) for name in history}
        self.loss_curve_ = self.history_.get("loss", [])
        self.n_iter_ = len(self.loss_curve_)

    def __getstate__(self):
        state = dict(super().__getstate__())
        for attribute in ("_trainer", "callbacks_"):  # they hold Keras models
            state.pop(attribute, None)
        return state

    def _file_state(self):
        """Return the state for a model file: networks by their names, and no places."""
        state = self.__getstate__()
        if not self.__sklearn_is_fitted__():
            return state
        if self._started_from not in (None, *NAMES):
            # Where the file was that it began with is not told: it goes on from what it is now.
            network, options = self._built_from
            state |= {"initial_weights": None, "_started_from": None}
            state |= {"network": network, "network_options": options}
        network, options = self._built_from
        state["network"] = _name_of(state["network"])
        state["_built_from"] = _name_of(network), options
        return state

    def _check_file_state(self):
        """Raise a ValueError unless this is what a model file may hold: one network."""
        for name in (self.initial_weights, getattr(self, "_started_from", None)):
            if name not in (None, *NAMES):
                raise ValueError(
                    f"initial_weights={name!r:.100}; expected one of {NAMES}, or None."
                )
        if not self.__sklearn_is_fitted__():
            return
        network, options = self._built_from
        n_classes, weights = len(self.classes_), self.weights_
        n_values = sum(array.size for array in weights)
        if (
            network not in networks.__all__
            # The network is built before it is seen that the weights are others.
            or any(_n_products(option, n_classes) > n_values for option in options.values())
            or self.n_features_in_ > min(_MOST_IN_A_FILE, 16 * n_values)
            or any(a.dtype != np.float32 or not a.size or not np.isfinite(a).all() for a in weights)
            or weights[-1].shape != (n_classes,)
            or self.classes_.ndim != 1
            or n_classes < 2
            or len(np.unique(self.classes_)) != n_classes
            or math.prod(check_shape("image_shape_", self.image_shape_)) != self.n_features_in_
            or not np.isfinite([self.pixel_mean_, self.pixel_scale_]).all()
        ):
            raise ValueError(
                f"it is {network!r:.100} with {options!r:.100}, {len(weights)} weights and "
                f"{n_classes} classes, which are not those of one network."
            )

    def __sklearn_is_fitted__(self):
        return hasattr(self, "weights_")


def _name_of(network):
    """Return the name of a function of skhcr.networks, or what else it is."""
    name = getattr(network, "__name__", None)
    known = name in networks.__all__ and getattr(networks, name) is network
    return name if known else network


def _n_products(option, n_classes):
    """Return how many weights layers of so many filters have at least."""
    n_filters = np.ravel(option).tolist()
    n_filters = n_filters * 2 if np.ndim(option) == 0 else n_filters
    return max(one * other for one, other in itertools.pairwise([*n_filters, n_classes]))
