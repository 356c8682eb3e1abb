"""SaliencyDisplay: which ink decided."""

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils import check_array
from sklearn.utils.validation import _num_samples, check_consistent_length

from skhcr._images import check_pictures, stack_pictures
from skhcr.inspection._cells import CHARACTER_FONT, Cells
from skhcr.inspection._checks import check_choice, check_few
from skhcr.inspection._colours import YELLOW
from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._occlusion import occlusion
from skhcr.inspection._pictures import select_pictures
from skhcr.inspection._predictions import (
    as_labels,
    check_classifier,
    check_known,
    check_none_dropped,
    codes_of,
)
from skhcr.inspection._steps import flat_steps, picture_steps
from skhcr.preprocessing import ImageFlattener

_METHODS = ("auto", "grad-cam", "occlusion")
_MOST = 50


class SaliencyDisplay:
    """Pictures, and below each of them where the evidence for a label lies.

    The picture is drawn dark; the brighter a place shines, the more it speaks for the label.
    Each picture has a scale of its own, from 0 to its largest value. Make it with
    :meth:`from_estimator` or :meth:`from_predictions`.

    Parameters
    ----------
    pictures : list of ndarray
        (height, width) or (height, width, 3 or 4).
    saliency : ndarray of shape (n_pictures, height, width)
        How much each pixel speaks for the label, from 0 on.
    labels : array-like of shape (n_pictures,)
        The label whose evidence is shown.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    images_ : list of matplotlib AxesImage
        The pictures, and then once more, below the heat.
    heat_ : list of matplotlib AxesImage
        The heat over each picture.
    text_ : list of matplotlib Text
        The labels.

    See Also
    --------
    TopPredictionsDisplay : The most probable labels of a picture.

    Notes
    -----
    It tells what the classifier looked at, not why, and coarsely: a map of Grad-CAM is as fine as
    the maps of a layer, a square of occlusion is a fifth of the picture.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import skhcr
    >>> from skhcr.datasets import load_digits
    >>> from skhcr.inspection import SaliencyDisplay
    >>> digits = load_digits()
    >>> reader = skhcr.load_pretrained("digits")
    >>> SaliencyDisplay.from_estimator(reader, digits.images[:4])
    <...>
    >>> plt.show()
    """

    def __init__(self, pictures, saliency, labels):
        self.pictures = pictures
        self.saliency = saliency
        self.labels = labels

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        *,
        target=None,
        method="auto",
        image_shape=None,
        ax=None,
        im_kw=None,
        heat_kw=None,
        text_kw=None,
    ):
        """Find the evidence for a label and plot it.

        Parameters
        ----------
        estimator : fitted classifier or pipeline
            Steps of a pipeline that make pictures of pictures are run first, and what comes of them
            is explained and shown.
        X : array-like of n_samples samples, at most 50
            What the estimator takes: rows, a batch, a list of pictures, or file names and whatever
            else :class:`~skhcr.preprocessing.ImageLoader` takes. One picture is ``[picture]``.
        target : label or array-like of shape (n_samples,), default=None
            The label whose evidence is shown; by default the one that is predicted.
        method : {"auto", "grad-cam", "occlusion"}, default="auto"
            - "grad-cam": maps of a convolutional layer, weighted by how much they speak for the
              label [1]_; for a :class:`~skhcr.classifiers.CNNClassifier`. Its layer is the
              deepest one whose maps have at least a fifth of the image's side.
            - "occlusion": how much less probable the label becomes where a square of paper hides
              the picture [2]_; for any classifier. What is compared is the logarithm of the
              probability, or the decision function where there is no `predict_proba`.
            - "auto": the first where it can be, or else the second.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow` for the pictures.
        heat_kw : dict, default=None
            Keyword arguments of `imshow` for the heat.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        SaliencyDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If `X` holds more than 50 samples or pictures of several sizes, `target` is not a label
            that the estimator knows, or ``method="grad-cam"`` is asked of a classifier that has
            no such layer.

        References
        ----------
        .. [1] R. R. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via
           Gradient-based Localization", ICCV 2017.
        .. [2] M. D. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", ECCV
           2014.
        """
        check_choice("method", method, _METHODS)
        check_classifier(estimator)
        check_few(X, _MOST)
        n_samples = _num_samples(X)
        steps = flat_steps(estimator)
        n_first = min(picture_steps(steps), len(steps) - 1)
        for _, step in steps[:n_first]:
            X_after = step.transform(X)
            check_none_dropped(X, X_after, type(step).__name__)
            X = X_after
        rest = Pipeline(steps[n_first:])
        pictures, are_rows = check_pictures(
            ImageFlattener(), X, reset=True, image_shape=image_shape
        )
        batch = stack_pictures(pictures)

        def score(batch):
            if not are_rows:
                return _score(rest, batch)
            rows = batch.reshape(len(batch), -1)
            if hasattr(X, "iloc"):  # what was fitted on a data frame asks for its columns
                rows = type(X)(rows, columns=X.columns)
            return _score(rest, rows)

        classes = rest.classes_
        if target is None:
            labels = rest.predict(X)
        else:
            labels = as_labels(np.full(n_samples, target) if np.ndim(target) == 0 else target)
            check_consistent_length(X, labels)
            labels = check_known(labels, classes, "target")
        codes = codes_of(labels, classes)
        saliency = None
        if method != "occlusion" and len(rest) == 1 and hasattr(rest[-1], "_live_trainer"):
            from skhcr.inspection._grad_cam import grad_cam

            images = rest[-1]._as_pixels(rest[-1]._stack_images(X, reset=False))
            saliency = grad_cam(rest[-1]._live_trainer(), images, codes)
        if saliency is None and method == "grad-cam":
            raise ValueError(
                'method="grad-cam" needs a CNNClassifier whose network has convolutional layers, '
                f"right behind steps that make pictures; got {rest[-1]!r:.200}. Occlusion works "
                "with any classifier."
            )
        if saliency is None:
            saliency = occlusion(score, batch, codes)
        return cls.from_predictions(
            batch, saliency, labels, ax=ax, im_kw=im_kw, heat_kw=heat_kw, text_kw=text_kw
        )

    @classmethod
    def from_predictions(
        cls,
        X,
        saliency,
        y_pred,
        *,
        image_shape=None,
        ax=None,
        im_kw=None,
        heat_kw=None,
        text_kw=None,
    ):
        """Plot given evidence, of a method of your own, say.

        Parameters
        ----------
        X : array-like of n_samples samples, at most 50
            Rows, a batch, a list of pictures, or file names and whatever else
            :class:`~skhcr.preprocessing.ImageLoader` takes.
        saliency : array-like of shape (n_samples, height, width)
            How much each pixel of a picture speaks for its label, from 0 on.
        y_pred : array-like of shape (n_samples,)
            The label whose evidence it is.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow` for the pictures.
        heat_kw : dict, default=None
            Keyword arguments of `imshow` for the heat.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        SaliencyDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the arguments differ in length, `X` holds more than 50 samples, or `saliency` is not
            of the size of the pictures.
        """
        check_consistent_length(X, saliency, y_pred)
        check_few(X, _MOST)
        pictures = select_pictures(X, np.arange(_num_samples(X)), image_shape)
        saliency = check_array(saliency, dtype=float, allow_nd=True, input_name="saliency")
        for position, (picture, heat) in enumerate(zip(pictures, saliency, strict=True)):
            if heat.shape != picture.shape[:2]:
                raise ValueError(
                    f"saliency[{position}] has shape {heat.shape}; expected that of its picture, "
                    f"{picture.shape[:2]}."
                )
        return cls(pictures, saliency, as_labels(y_pred, "y_pred")).plot(
            ax=ax, im_kw=im_kw, heat_kw=heat_kw, text_kw=text_kw
        )

    @closes_its_figure_on_error
    def plot(self, ax=None, *, im_kw=None, heat_kw=None, text_kw=None):
        """Plot the pictures, and below each of them where the evidence lies.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow` for the pictures.
        heat_kw : dict, default=None
            Keyword arguments of `imshow` for the heat.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        SaliencyDisplay
            This display.
        """
        from matplotlib.colors import ListedColormap

        n_pictures = len(self.pictures)
        n_columns = min(n_pictures, 10)
        columns = [i % n_columns for i in range(n_pictures)]
        rows = [i // n_columns * 2.35 for i in range(n_pictures)]
        cells = Cells(n_columns, max(rows) + 2.32, ax=ax, cell_inches=1.3)
        self.ax_, self.figure_ = cells.ax, cells.ax.figure
        longest = max(len(str(label)) for label in self.labels)
        options = {
            "ha": "center",
            "va": "baseline",
            "family": CHARACTER_FONT,
            "weight": "bold",
            "size": cells.font_size(0.24, longest),
        }
        self.text_ = [
            cells.write(column + 0.5, row + 0.22, str(label), text_kw, **options)
            for column, row, label in zip(columns, rows, self.labels, strict=True)
        ]
        upper = [row + 0.3 for row in rows]
        lower = [row + 1.28 for row in rows]
        self.images_ = cells.draw(self.pictures, columns, upper, im_kw=im_kw)
        below = cells.draw(self.pictures, columns, lower, brightness=0.4, im_kw=im_kw)
        self.images_ += below
        self.heat_ = []
        for image, heat in zip(below, self.saliency, strict=True):
            most = max(float(heat.max()), 1e-12)
            heat_options = {
                "cmap": ListedColormap([YELLOW]),
                "alpha": np.clip(heat / most, 0, 1),
                "extent": image.get_extent(),
                "aspect": "equal",
            } | (heat_kw or {})
            self.heat_.append(self.ax_.imshow(heat, **heat_options))
        cells.restore_limits()
        return self


def _score(estimator, X):
    """Return a score for each class, (n_samples, n_classes), that tells sure from surer."""
    if hasattr(estimator, "predict_proba"):
        return np.log(np.maximum(estimator.predict_proba(X), 1e-12))
    if getattr(estimator[-1], "decision_function_shape", None) == "ovo":
        raise ValueError(
            'decision_function_shape="ovo" gives no score to each class; expected "ovr".'
        )
    if not hasattr(estimator, "decision_function"):
        raise ValueError(
            f"{type(estimator[-1]).__name__} has neither predict_proba nor decision_function; "
            "expected one of them."
        )
    scores = estimator.decision_function(X)
    return np.stack([-scores, scores], axis=1) if scores.ndim == 1 else scores
