"""PredictionGridDisplay: pictures, and what is read from them."""

import math

import numpy as np
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.validation import check_consistent_length

from skhcr.inspection._cells import CHARACTER_FONT, Cells, percent
from skhcr.inspection._checks import check_choice, check_count
from skhcr.inspection._colours import BLUE, ORANGE
from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._pictures import select_pictures
from skhcr.inspection._predictions import (
    as_labels,
    check_same_kind,
    check_shares,
    predict_labels,
)

_SELECT = ("random", "first", "wrong", "unsure")


class PredictionGridDisplay:
    """Pictures with what is read from them, how sure that is, and what they really show.

    What is right has a check mark, what is wrong a cross, a frame and the true label. Make it with
    :meth:`from_estimator` or :meth:`from_predictions`.

    Parameters
    ----------
    pictures : list of ndarray
        The pictures that are shown: (height, width) or (height, width, 3 or 4).
    y_pred : array-like of shape (n_pictures,)
        What is read from them.
    y_true : array-like of shape (n_pictures,), default=None
        What they show, where it is known.
    confidence : array-like of shape (n_pictures,), default=None
        How sure that is, from 0 to 1.
    positions : array-like of shape (n_pictures,), default=None
        Where the pictures stand in the samples that they were chosen from.
    n_wrong, n_samples : int, default=None
        How many of how many samples are wrong; for the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    images_ : list of matplotlib AxesImage
        The pictures.
    text_ : list of matplotlib Text
        What stands below them, from the first picture to the last: a line each, and one more with
        the true label of what is wrong.

    See Also
    --------
    TopPredictionsDisplay : The most probable labels of a picture.
    ConfusionPairsDisplay : The labels that are mistaken for each other most often.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import skhcr
    >>> from skhcr.datasets import load_digits
    >>> from skhcr.inspection import PredictionGridDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> reader = skhcr.load_pretrained("digits")
    >>> PredictionGridDisplay.from_estimator(reader, X[:200], y[:200], select="unsure")
    <...>
    >>> plt.show()
    """

    def __init__(
        self,
        pictures,
        y_pred,
        *,
        y_true=None,
        confidence=None,
        positions=None,
        n_wrong=None,
        n_samples=None,
    ):
        self.pictures = pictures
        self.y_pred = y_pred
        self.y_true = y_true
        self.confidence = confidence
        self.positions = positions
        self.n_wrong = n_wrong
        self.n_samples = n_samples

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y=None,
        *,
        select="random",
        n_images=20,
        n_columns=None,
        image_shape=None,
        random_state=None,
        ax=None,
        im_kw=None,
        text_kw=None,
    ):
        """Predict, choose pictures and plot them.

        Parameters
        ----------
        estimator : fitted classifier or pipeline
            What reads. How sure it is comes from `predict_proba`, where it has that.
        X : array-like of n_samples samples
            What the estimator takes: rows, a batch, a list of pictures, or file names and whatever
            else :class:`~skhcr.preprocessing.ImageLoader` takes.
        y : array-like of shape (n_samples,), default=None
            What the pictures show, where it is known.
        select : {"random", "first", "wrong", "unsure"}, default="random"
            Which to show: random ones, the first ones, wrong ones (the surest first, where that
            is known), or the least sure ones.
        n_images : int, default=20
            How many to show, at most.
        n_columns : int, default=None
            How many beside each other; by default as suits a screen.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        random_state : int, RandomState instance or None, default=None
            Determines the choice of ``select="random"``.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`; ``{"cmap": "gray_r"}`` inverts the pictures.
        text_kw : dict, default=None
            Keyword arguments of the text below the pictures.

        Returns
        -------
        PredictionGridDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If `X` and `y` differ in length, `y` holds a label that the estimator does not know, or
            what `select` asks for can't be told without `y` or `predict_proba`.
        """
        y_true, y_pred, confidence = predict_labels(estimator, X, y)
        return cls.from_predictions(
            X,
            y_true,
            y_pred,
            confidence=confidence,
            select=select,
            n_images=n_images,
            n_columns=n_columns,
            image_shape=image_shape,
            random_state=random_state,
            ax=ax,
            im_kw=im_kw,
            text_kw=text_kw,
        )

    @classmethod
    def from_predictions(
        cls,
        X,
        y_true,
        y_pred,
        *,
        confidence=None,
        select="random",
        n_images=20,
        n_columns=None,
        image_shape=None,
        random_state=None,
        ax=None,
        im_kw=None,
        text_kw=None,
    ):
        """Choose pictures among predictions and plot them.

        Parameters
        ----------
        X : array-like of n_samples samples
            Rows, a batch, a list of pictures, or file names and whatever else
            :class:`~skhcr.preprocessing.ImageLoader` takes.
        y_true : array-like of shape (n_samples,) or None
            What the pictures show, where it is known.
        y_pred : array-like of shape (n_samples,)
            What is read from them.
        confidence : array-like of shape (n_samples,), default=None
            How sure that is, from 0 to 1, such as ``predict_proba(X).max(axis=1)``.
        select : {"random", "first", "wrong", "unsure"}, default="random"
            Which to show: random ones, the first ones, wrong ones (the surest first, where that
            is known), or the least sure ones.
        n_images : int, default=20
            How many to show, at most.
        n_columns : int, default=None
            How many beside each other; by default as suits a screen.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        random_state : int, RandomState instance or None, default=None
            Determines the choice of ``select="random"``.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`; ``{"cmap": "gray_r"}`` inverts the pictures.
        text_kw : dict, default=None
            Keyword arguments of the text below the pictures.

        Returns
        -------
        PredictionGridDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the arguments differ in length, one holds numbers and the other strings as labels,
            or what `select` asks for can't be told without `y_true` or `confidence`.
        """
        check_choice("select", select, _SELECT)
        check_count("n_images", n_images)
        check_consistent_length(X, y_true, y_pred, confidence)
        y_pred = as_labels(y_pred, "y_pred")
        is_wrong = None
        if y_true is not None:
            y_true = as_labels(y_true, "y_true")
            check_same_kind(y_true, y_pred, "y_true", "y_pred")
            is_wrong = y_true != y_pred
        if confidence is not None:
            confidence = column_or_1d(check_shares(confidence, "confidence"))
        positions = _choose(
            select, n_images, len(y_pred), is_wrong, confidence, check_random_state(random_state)
        )
        return cls(
            select_pictures(X, positions, image_shape),
            y_pred[positions],
            y_true=None if y_true is None else y_true[positions],
            confidence=None if confidence is None else confidence[positions],
            positions=positions,
            n_wrong=None if is_wrong is None else int(is_wrong.sum()),
            n_samples=len(y_pred),
        ).plot(n_columns=n_columns, ax=ax, im_kw=im_kw, text_kw=text_kw)

    @closes_its_figure_on_error
    def plot(self, ax=None, *, n_columns=None, im_kw=None, text_kw=None):
        """Plot the pictures.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        n_columns : int, default=None
            How many beside each other; by default as suits a screen.
        im_kw : dict, default=None
            Keyword arguments of `imshow`.
        text_kw : dict, default=None
            Keyword arguments of the text below the pictures.

        Returns
        -------
        PredictionGridDisplay
            This display.
        """
        n_images = len(self.pictures)
        captions = [self._caption(i) for i in range(n_images)]
        height = 1.28 if self.y_true is None else 1.5
        if n_columns is None:
            n_columns = max(1, min(n_images, round(math.sqrt(1.8 * height * max(1, n_images)))))
        check_count("n_columns", n_columns)
        n_columns = max(1, min(n_columns, n_images))
        n_rows = max(1, math.ceil(n_images / n_columns))

        cells = Cells(n_columns, n_rows * height, ax=ax, cell_inches=1.1)
        self.ax_, self.figure_ = cells.ax, cells.ax.figure
        columns = [i % n_columns for i in range(n_images)]
        rows = [i // n_columns * height for i in range(n_images)]
        self.images_ = cells.draw(self.pictures, columns, rows, im_kw=im_kw)
        longest = max((len(line) for lines in captions for line in lines), default=1)
        size = cells.font_size(0.2, longest)
        self.text_ = []
        for i, (lines, image) in enumerate(zip(captions, self.images_, strict=True)):
            is_wrong = len(lines) == 2
            options = {
                "ha": "center",
                "va": "baseline",
                "family": CHARACTER_FONT,
                "size": size,
                "weight": "bold" if is_wrong else "normal",
            }
            if self.y_true is not None:
                options["color"] = ORANGE if is_wrong else BLUE
            for line, below in zip(lines, (1.18, 1.4), strict=False):
                place = columns[i] + 0.5, rows[i] + below
                self.text_.append(cells.write(*place, line, text_kw, **options))
            if is_wrong:
                cells.frame(image, color=ORANGE, linewidth=max(1.5, cells.cell_points / 28))
        if self.n_wrong is not None:
            self.ax_.set_title(f"{self.n_wrong} of {self.n_samples} wrong")
        return self

    def _caption(self, i):
        """Return the lines below a picture: mark, label, how sure; what is true if it is wrong."""
        words = [str(self.y_pred[i])]
        if self.confidence is not None:
            words.append(percent(self.confidence[i]))
        if self.y_true is None:
            return [" ".join(words)]
        if self.y_true[i] == self.y_pred[i]:
            return [" ".join(["✓", *words])]
        return [" ".join(["✗", *words]), f"is {self.y_true[i]}"]


def _choose(select, n_images, n_samples, is_wrong, confidence, random_state):
    """Return the positions of the samples to show, in the order in which they are shown."""
    if select == "wrong":
        if is_wrong is None:
            raise ValueError('select="wrong" needs the true labels, but they are None.')
        positions = np.flatnonzero(is_wrong)
        if confidence is not None:
            positions = positions[np.argsort(-confidence[positions], kind="stable")]
        return positions[:n_images]
    if select == "unsure":
        if confidence is None:
            raise ValueError(
                'select="unsure" needs to know how sure each prediction is: a classifier with '
                "predict_proba, or confidence."
            )
        return np.argsort(confidence, kind="stable")[:n_images]
    if select == "first" or n_samples <= n_images:
        return np.arange(min(n_images, n_samples))
    return np.sort(random_state.choice(n_samples, n_images, replace=False))
