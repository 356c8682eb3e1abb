"""ImageGridDisplay: what a data set looks like."""

import math

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length

from skhcr.inspection._cells import CHARACTER_FONT, Cells
from skhcr.inspection._checks import check_count
from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._pictures import select_pictures
from skhcr.inspection._predictions import as_labels, check_known


class ImageGridDisplay:
    """Samples of each class of a data set, beside their label.

    Make it with :meth:`from_data`.

    Parameters
    ----------
    pictures : list of list of ndarray
        The pictures of each class: (height, width) or (height, width, 3 or 4).
    classes : array-like of shape (n_classes,)
        The labels of the classes.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    images_ : list of matplotlib AxesImage
        The pictures, class by class.
    text_ : list of matplotlib Text
        The labels.

    See Also
    --------
    PredictionGridDisplay : Pictures, and what is read from them.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skhcr.datasets import load_characters
    >>> from skhcr.inspection import ImageGridDisplay
    >>> X, y = load_characters(return_X_y=True)
    >>> ImageGridDisplay.from_data(X, y, n_per_class=6, random_state=0)
    <...>
    >>> plt.show()
    """

    def __init__(self, pictures, classes):
        self.pictures = pictures
        self.classes = np.asarray(classes)

    @classmethod
    def from_data(
        cls,
        X,
        y,
        *,
        n_per_class=5,
        classes=None,
        image_shape=None,
        random_state=None,
        n_columns=None,
        ax=None,
        im_kw=None,
        text_kw=None,
    ):
        """Draw samples of each class and plot them.

        Parameters
        ----------
        X : array-like of n_samples samples
            Rows, a batch, a list of pictures, or file names and whatever else
            :class:`~skhcr.preprocessing.ImageLoader` takes.
        y : array-like of shape (n_samples,)
            Labels.
        n_per_class : int, default=5
            Number of samples of each class; a smaller class is shown whole.
        classes : array-like, default=None
            The labels to show, in this order; by default all, sorted.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        random_state : int, RandomState instance or None, default=None
            Determines which samples are shown. Pass an int for the same ones in every run.
        n_columns : int, default=None
            Number of classes beside each other; by default as suits a screen.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`; ``{"cmap": "gray_r"}`` inverts the pictures.
        text_kw : dict, default=None
            Keyword arguments of the labels.

        Returns
        -------
        ImageGridDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `X` and `y` differ in length, or a class that is asked for does not occur.
        """
        check_consistent_length(X, y)
        y = as_labels(y)
        if len(y) == 0:
            raise ValueError("X holds no samples; expected at least one.")
        occurring = np.unique(y)
        check_count("n_per_class", n_per_class)
        if classes is None:
            classes = occurring
        else:
            if len(classes) == 0:
                raise ValueError("classes is empty; expected at least one label of y.")
            classes = check_known(classes, occurring, "classes", "the labels of y")
        random_state = check_random_state(random_state)
        pictures = []
        for label in classes:
            positions = np.flatnonzero(y == label)
            if len(positions) > n_per_class:
                positions = np.sort(random_state.choice(positions, n_per_class, replace=False))
            pictures.append(select_pictures(X, positions, image_shape))
        return cls(pictures, classes).plot(n_columns=n_columns, ax=ax, im_kw=im_kw, text_kw=text_kw)

    @closes_its_figure_on_error
    def plot(self, ax=None, *, n_columns=None, im_kw=None, text_kw=None):
        """Plot the pictures, those of a class in a row beside its label.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        n_columns : int, default=None
            Number of classes beside each other; by default as suits a screen.
        im_kw : dict, default=None
            Keyword arguments of `imshow`.
        text_kw : dict, default=None
            Keyword arguments of the labels.

        Returns
        -------
        ImageGridDisplay
            This display.
        """
        labels = [str(label) for label in self.classes.tolist()]
        longest = max(len(label) for label in labels)
        n_per_class = max(len(pictures) for pictures in self.pictures)
        margin = min(0.5 + 0.3 * longest, 3.0)  # where the label stands
        block = margin + n_per_class + 0.2
        if n_columns is None:  # about 16 to 10
            n_columns = max(1, round(math.sqrt(1.6 * len(labels) / block)))
        check_count("n_columns", n_columns)
        n_columns = min(n_columns, len(labels))
        n_rows = math.ceil(len(labels) / n_columns)

        cells = Cells(n_columns * block, n_rows, ax=ax)
        self.ax_, self.figure_ = cells.ax, cells.ax.figure
        size = cells.font_size(0.6, longest / (margin - 0.1))
        text_options = {
            "ha": "right",
            "va": "center_baseline",
            "family": CHARACTER_FONT,
            "weight": "bold",
            "size": size,
        }
        self.text_, shown, columns, rows = [], [], [], []
        for position, (label, pictures) in enumerate(zip(labels, self.pictures, strict=True)):
            column, row = divmod(position, n_rows)  # downwards first, as one reads a list
            left = column * block + margin
            self.text_.append(cells.write(left - 0.15, row + 0.5, label, text_kw, **text_options))
            shown += pictures
            columns += [left + i for i in range(len(pictures))]
            rows += [row] * len(pictures)
        self.images_ = cells.draw(shown, columns, rows, im_kw=im_kw)
        return self
