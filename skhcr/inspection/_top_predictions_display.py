"""TopPredictionsDisplay: a picture beside its most probable labels."""

import numpy as np
from sklearn.utils.validation import _num_samples, check_consistent_length

from skhcr.inspection._cells import CHARACTER_FONT, Cells, percent
from skhcr.inspection._checks import check_count, check_few
from skhcr.inspection._colours import BLUE, GREY
from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._pictures import select_pictures
from skhcr.inspection._predictions import as_labels, check_classifier, check_known, check_proba

_MOST = 50


class TopPredictionsDisplay:
    """Pictures, each beside its most probable labels and a bar for each of their probabilities.

    The true label, where it is known, has a check mark. Make it with :meth:`from_estimator` or
    :meth:`from_predictions`.

    Parameters
    ----------
    pictures : list of ndarray
        (height, width) or (height, width, 3 or 4).
    labels : array-like of shape (n_pictures, k)
        The most probable labels of each, best first.
    probabilities : array-like of shape (n_pictures, k)
        Their probabilities.
    y_true : array-like of shape (n_pictures,), default=None
        What the pictures show, where it is known.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    images_ : list of matplotlib AxesImage
        The pictures.
    bars_ : list of matplotlib BarContainer
        The bars of each picture.
    text_ : list of matplotlib Text
        Labels and probabilities, in turn.

    See Also
    --------
    PredictionGridDisplay : Many pictures, and what is read from them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import skhcr
    >>> from skhcr.datasets import load_characters
    >>> from skhcr.inspection import TopPredictionsDisplay
    >>> X, y = load_characters(return_X_y=True)
    >>> reader = skhcr.load_pretrained("characters")
    >>> TopPredictionsDisplay.from_estimator(reader, X[:2], y[:2])
    <...>
    >>> plt.show()
    """

    def __init__(self, pictures, labels, probabilities, *, y_true=None):
        self.pictures = pictures
        self.labels = labels
        self.probabilities = probabilities
        self.y_true = y_true

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y=None,
        *,
        k=5,
        image_shape=None,
        ax=None,
        im_kw=None,
        bar_kw=None,
        text_kw=None,
    ):
        """Predict probabilities and plot the highest.

        Parameters
        ----------
        estimator : fitted classifier or pipeline
            With `predict_proba`.
        X : array-like of n_samples samples, at most 50
            What the estimator takes: rows, a batch, a list of pictures, or file names and whatever
            else :class:`~skhcr.preprocessing.ImageLoader` takes. One picture is ``[picture]``.
        y : array-like of shape (n_samples,), default=None
            What the pictures show, where it is known.
        k : int, default=5
            Number of labels; at most the number of classes are shown.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`; ``{"cmap": "gray_r"}`` inverts the pictures.
        bar_kw : dict, default=None
            Keyword arguments of `barh`.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        TopPredictionsDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If it has no `predict_proba`, `X` holds more than 50 samples, `X` and `y` differ in
            length, or `y` holds a label that the estimator does not know.
        """
        check_classifier(estimator)
        check_few(X, _MOST)
        check_consistent_length(X, y)
        if y is not None:
            y = check_known(y, estimator.classes_)
        if not hasattr(estimator, "predict_proba"):
            raise ValueError(
                f"{type(estimator).__name__} has no predict_proba, so it does not tell how "
                "probable labels are; CalibratedClassifierCV gives it one."
            )
        return cls.from_predictions(
            X,
            estimator.predict_proba(X),
            estimator.classes_,
            y_true=y,
            k=k,
            image_shape=image_shape,
            ax=ax,
            im_kw=im_kw,
            bar_kw=bar_kw,
            text_kw=text_kw,
        )

    @classmethod
    def from_predictions(
        cls,
        X,
        y_proba,
        classes,
        *,
        y_true=None,
        k=5,
        image_shape=None,
        ax=None,
        im_kw=None,
        bar_kw=None,
        text_kw=None,
    ):
        """Plot the highest of given probabilities.

        Parameters
        ----------
        X : array-like of n_samples samples, at most 50
            Rows, a batch, a list of pictures, or file names and whatever else
            :class:`~skhcr.preprocessing.ImageLoader` takes.
        y_proba : array-like of shape (n_samples, n_classes)
            The probabilities of the classes.
        classes : array-like of shape (n_classes,)
            The labels, in the order of the columns of `y_proba`, such as ``classifier.classes_``.
        y_true : array-like of shape (n_samples,), default=None
            What the pictures show, where it is known.
        k : int, default=5
            Number of labels; at most the number of classes are shown.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`; ``{"cmap": "gray_r"}`` inverts the pictures.
        bar_kw : dict, default=None
            Keyword arguments of `barh`.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        TopPredictionsDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `X` holds more than 50 samples, `y_proba` does not have a row for each of them and a
            column for each of the classes, or `y_true` differs in length or holds other labels.
        """
        check_count("k", k)
        check_few(X, _MOST)
        check_consistent_length(X, y_true)
        classes = as_labels(classes, "classes")
        y_proba = check_proba(y_proba, classes, _num_samples(X))
        if y_true is not None:
            y_true = check_known(y_true, classes, "y_true", "classes")
        best = np.argsort(-y_proba, axis=1, kind="stable")[:, :k]  # (n_samples, k)
        return cls(
            select_pictures(X, np.arange(len(y_proba)), image_shape),
            classes[best],
            np.take_along_axis(y_proba, best, axis=1),
            y_true=y_true,
        ).plot(ax=ax, im_kw=im_kw, bar_kw=bar_kw, text_kw=text_kw)

    @closes_its_figure_on_error
    def plot(self, ax=None, *, im_kw=None, bar_kw=None, text_kw=None):
        """Plot the pictures, one below the other, and their bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`.
        bar_kw : dict, default=None
            Keyword arguments of `barh`.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        TopPredictionsDisplay
            This display.
        """
        from matplotlib import rcParams
        from matplotlib.cbook import normalize_kwargs
        from matplotlib.patches import Rectangle

        n_pictures, k = np.shape(self.labels)
        longest = max(len(str(label)) for label in np.ravel(self.labels))
        # In cells: the labels are right-aligned at `left`, a probability of 1 is `length` long.
        left, length, pitch = 1.25 + 0.09 * longest, 1.2, 0.94 / k
        cells = Cells(left + length + 0.4, n_pictures * 1.06, ax=ax, cell_inches=2.2)
        self.ax_, self.figure_ = cells.ax, cells.ax.figure
        rows = [1.06 * i for i in range(n_pictures)]
        self.images_ = cells.draw(self.pictures, [0] * n_pictures, rows, im_kw=im_kw)

        text_color = rcParams["text.color"]
        size = cells.font_size(min(0.7 * pitch, 0.11))
        bar_kw = normalize_kwargs(bar_kw, Rectangle)
        color = {} if {"color", "facecolor"} & set(bar_kw) else {"color": BLUE}
        self.bars_, self.text_ = [], []
        for i, row in enumerate(rows):
            heights = row + 0.03 + pitch * (np.arange(k) + 0.5)
            true_label = None if self.y_true is None else self.y_true[i]
            options = {"height": 0.7 * pitch, "left": left} | color | bar_kw
            widths = length * np.asarray(self.probabilities[i])
            self.bars_.append(self.ax_.barh(heights, widths, **options))
            for height, label, share in zip(
                heights, self.labels[i], self.probabilities[i], strict=True
            ):
                is_true = label == true_label
                style = {
                    "family": CHARACTER_FONT,
                    "va": "center_baseline",
                    "size": size,
                    "weight": "bold" if is_true else "normal",
                }
                figure = style | {"color": text_color if is_true else GREY}
                mark = " ✓" if is_true else ""
                end = left + length * share + 0.03
                self.text_ += [
                    cells.write(left - 0.04, height, str(label), text_kw, ha="right", **style),
                    cells.write(end, height, percent(share) + mark, text_kw, **figure),
                ]
        cells.restore_limits()
        return self
