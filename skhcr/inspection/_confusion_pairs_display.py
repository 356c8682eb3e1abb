"""ConfusionPairsDisplay: the labels that are mistaken for each other, with pictures."""

import numpy as np
from sklearn.utils.validation import check_consistent_length

from skhcr.inspection._cells import CHARACTER_FONT, Cells
from skhcr.inspection._checks import check_count
from skhcr.inspection._colours import GREY
from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._pictures import select_pictures
from skhcr.inspection._predictions import as_labels, check_same_kind, predict_labels


class ConfusionPairsDisplay:
    """Pairs of labels that are mistaken for each other, the most frequent first, with examples.

    In each row, left and right of the middle, stand pictures of one label that were read as the
    other, and how many there are. Make it with :meth:`from_estimator` or :meth:`from_predictions`.

    Parameters
    ----------
    pairs : array-like of shape (n_pairs, 2)
        The two labels of each pair, a and b.
    counts : array-like of shape (n_pairs, 2), int
        How often a was read as b, and b as a.
    totals : array-like of shape (n_pairs, 2), int
        How many samples are a, and how many b.
    pictures : list of (list of ndarray, list of ndarray)
        Examples of a that were read as b, and of b that were read as a.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    images_ : list of matplotlib AxesImage
        The pictures, pair by pair.
    text_ : list of matplotlib Text
        Four of each pair: "a read as b", how often, "b read as a", how often.

    See Also
    --------
    sklearn.metrics.ConfusionMatrixDisplay : All labels against all, for few classes.
    skhcr.metrics.confusable_groups : Groups of such labels, as a list.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import skhcr
    >>> from skhcr.datasets import load_characters
    >>> from skhcr.inspection import ConfusionPairsDisplay
    >>> X, y = load_characters(return_X_y=True)
    >>> reader = skhcr.load_pretrained("characters")
    >>> ConfusionPairsDisplay.from_estimator(reader, X[:620], y[:620], ignore_case=True)
    <...>
    >>> plt.show()
    """

    def __init__(self, pairs, counts, totals, pictures):
        self.pairs = pairs
        self.counts = counts
        self.totals = totals
        self.pictures = pictures

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        n_pairs=8,
        n_examples=4,
        ignore_case=False,
        image_shape=None,
        ax=None,
        im_kw=None,
        text_kw=None,
    ):
        """Predict, and plot the pairs that are confused most often.

        Parameters
        ----------
        estimator : fitted classifier or pipeline
            What reads.
        X : array-like of n_samples samples
            What the estimator takes: rows, a batch, a list of pictures, or file names and whatever
            else :class:`~skhcr.preprocessing.ImageLoader` takes.
        y : array-like of shape (n_samples,)
            What the pictures show.
        n_pairs : int, default=8
            How many pairs to show, at most.
        n_examples : int, default=4
            How many pictures of each mistake to show, at most: the first ones.
        ignore_case : bool, default=False
            Whether to leave out labels that differ by case only, such as c and C.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`; ``{"cmap": "gray_r"}`` inverts the pictures.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        ConfusionPairsDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If `X` and `y` differ in length, or `y` holds a label that the estimator does not know.
        """
        if y is None:
            raise ValueError("y is None; expected the true label of each sample.")
        y_true, y_pred, _ = predict_labels(estimator, X, y, with_confidence=False)
        return cls.from_predictions(
            X,
            y_true,
            y_pred,
            n_pairs=n_pairs,
            n_examples=n_examples,
            ignore_case=ignore_case,
            image_shape=image_shape,
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
        n_pairs=8,
        n_examples=4,
        ignore_case=False,
        image_shape=None,
        ax=None,
        im_kw=None,
        text_kw=None,
    ):
        """Plot the pairs that are confused most often in predictions.

        Parameters
        ----------
        X : array-like of n_samples samples
            Rows, a batch, a list of pictures, or file names and whatever else
            :class:`~skhcr.preprocessing.ImageLoader` takes.
        y_true : array-like of shape (n_samples,)
            What the pictures show.
        y_pred : array-like of shape (n_samples,)
            What is read from them.
        n_pairs : int, default=8
            How many pairs to show, at most.
        n_examples : int, default=4
            How many pictures of each mistake to show, at most: the first ones.
        ignore_case : bool, default=False
            Whether to leave out labels that differ by case only, such as c and C.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`; ``{"cmap": "gray_r"}`` inverts the pictures.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        ConfusionPairsDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the arguments differ in length, or one holds numbers and the other strings as labels.
        """
        check_count("n_pairs", n_pairs)
        check_count("n_examples", n_examples)
        check_consistent_length(X, y_true, y_pred)
        y_true, y_pred = as_labels(y_true, "y_true"), as_labels(y_pred, "y_pred")
        check_same_kind(y_true, y_pred, "y_true", "y_pred")
        pairs, counts = _count_pairs(y_true, y_pred, ignore_case)
        pairs, counts = pairs[:n_pairs], counts[:n_pairs]
        pictures = []
        for a, b in pairs:
            is_mistake = [(y_true == a) & (y_pred == b), (y_true == b) & (y_pred == a)]
            pictures.append(
                tuple(
                    select_pictures(X, np.flatnonzero(which)[:n_examples], image_shape)
                    for which in is_mistake
                )
            )
        totals = np.array([[(y_true == a).sum(), (y_true == b).sum()] for a, b in pairs])
        return cls(pairs, counts, totals, pictures).plot(ax=ax, im_kw=im_kw, text_kw=text_kw)

    @closes_its_figure_on_error
    def plot(self, ax=None, *, im_kw=None, text_kw=None):
        """Plot a row for each pair.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        ConfusionPairsDisplay
            This display.
        """
        n_pairs = len(self.pairs)
        n_examples = max((len(side) for sides in self.pictures for side in sides), default=1)
        longest = max((len(f"{a} → {b}") for a, b in self.pairs), default=5)
        half = max(1.2, 0.17 * longest)  # in cells, of the text of either side
        cells = Cells(2 * (n_examples + half), max(n_pairs, 1) * 1.04, ax=ax, cell_inches=0.9)
        self.ax_, self.figure_ = cells.ax, cells.ax.figure
        middle = n_examples + half
        self.text_, shown, columns, rows = [], [], [], []
        if n_pairs == 0:
            self.text_.append(
                cells.write(middle, 0.5, "No mistakes", ha="center", va="center", color=GREY)
            )
        name = {"family": CHARACTER_FONT, "weight": "bold", "size": cells.font_size(0.3)}
        count = {"color": GREY, "size": cells.font_size(0.2)}
        for i, ((a, b), counts, totals, sides) in enumerate(
            zip(self.pairs, self.counts, self.totals, self.pictures, strict=True)
        ):
            row = 1.04 * i
            if i:
                self.ax_.plot([0, 2 * middle], [row - 0.02] * 2, color="0.85", linewidth=0.8)
            for side, direction in enumerate((-1, 1)):
                written, read = (a, b) if side == 0 else (b, a)
                centre = middle + direction * half / 2
                options = {"ha": "center", "va": "baseline"}
                if counts[side] == 0:
                    options["alpha"] = 0.35  # pale on any page
                text = f"{counts[side]} of {totals[side]}"
                self.text_ += [
                    cells.write(
                        centre, row + 0.5, f"{written} → {read}", text_kw, **options | name
                    ),
                    cells.write(centre, row + 0.78, text, text_kw, **options | count),
                ]
                shown += sides[side]
                first = middle + half if direction > 0 else n_examples - len(sides[side])
                columns += [first + j for j in range(len(sides[side]))]
                rows += [row] * len(sides[side])
        self.images_ = cells.draw(shown, columns, rows, im_kw=im_kw)
        self.ax_.set_title("Written → read")
        return self


def _count_pairs(y_true, y_pred, ignore_case):
    """Return pairs of labels and how often each is taken for the other, most frequent first.

    The label of a pair that is misread more often comes first.
    """
    wrong = y_true != y_pred
    labels, codes = np.unique(np.concatenate([y_true[wrong], y_pred[wrong]]), return_inverse=True)
    codes = codes.reshape(2, -1)  # what is written, what is read
    pairs, which = np.unique(np.sort(codes, axis=0), axis=1, return_inverse=True)  # (2, n_pairs)
    is_back = codes[0] > codes[1]
    counts = np.zeros((pairs.shape[1], 2), dtype=int)
    np.add.at(counts, (which.ravel(), is_back.astype(int)), 1)
    pairs = pairs.T
    if ignore_case:
        folded = np.array([str(label).casefold() for label in labels])
        differ = folded[pairs[:, 0]] != folded[pairs[:, 1]]
        pairs, counts = pairs[differ], counts[differ]
    swap = counts[:, 1] > counts[:, 0]
    pairs[swap], counts[swap] = pairs[swap, ::-1], counts[swap, ::-1]
    order = np.argsort(-counts.sum(axis=1), kind="stable")
    return labels[pairs[order]], counts[order]
