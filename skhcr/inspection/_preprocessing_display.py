"""PreprocessingDisplay: a picture after every step of a pipeline."""

import math

import numpy as np
from sklearn.utils.validation import _num_samples, check_is_fitted

from skhcr.inspection._cells import Cells
from skhcr.inspection._checks import check_few
from skhcr.inspection._colours import GREY
from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._pictures import are_sources, select_pictures
from skhcr.inspection._predictions import check_none_dropped
from skhcr.inspection._steps import flat_steps
from skhcr.preprocessing import InkExtractor

_MOST = 20


class PreprocessingDisplay:
    """Pictures before and after every step of a pipeline.

    A column a step, a row a picture; below each stands its size. Make it with
    :meth:`from_estimator`.

    Parameters
    ----------
    pictures : list of list of ndarray
        For each step, the pictures that come out of it: (height, width) or (height, width, 3 or 4).
    names : list of str
        The names of the steps; the first is "Input".
    has_input_size : bool, default=True
        Whether the size of an input is written below it. Files are shrunk to be shown.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    images_ : list of list of matplotlib AxesImage
        For each step, the pictures.
    text_ : list of matplotlib Text
        The names of the steps.

    See Also
    --------
    skhcr.preprocessing.InkExtractor.stages : What one step does, as arrays.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skhcr.datasets import load_digits
    >>> from skhcr.inspection import PreprocessingDisplay
    >>> from skhcr.preprocessing import make_ink_pipeline
    >>> digits = load_digits()
    >>> ink = make_ink_pipeline().fit(digits.images)
    >>> paper = np.pad(255 - digits.images[:2], ((0, 0), (10, 40), (30, 10)), constant_values=255)
    >>> PreprocessingDisplay.from_estimator(ink, paper)
    <...>
    >>> plt.show()
    """

    def __init__(self, pictures, names, *, has_input_size=True):
        self.pictures = pictures
        self.names = names
        self.has_input_size = has_input_size

    @classmethod
    def from_estimator(
        cls, estimator, X, *, stages=False, image_shape=None, ax=None, im_kw=None, text_kw=None
    ):
        """Send pictures through a pipeline and plot what each step makes of them.

        Parameters
        ----------
        estimator : fitted Pipeline, or fitted transformer
            Its transforming steps are shown; a classifier at the end is left out. Steps of nested
            pipelines are shown one by one.
        X : array-like of n_samples samples, at most 20
            What the estimator takes: rows, a batch, a list of pictures, or file names and whatever
            else :class:`~skhcr.preprocessing.ImageLoader` takes. One picture is ``[picture]``.
        stages : bool, default=False
            Whether to show the stages of an :class:`~skhcr.preprocessing.InkExtractor`, rather than
            its output alone.
        image_shape : tuple of int, default=None
            (height, width) or (height, width, n_channels) of the images that rows hold; by default
            a square number of pixels is a square image.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`.
        text_kw : dict, default=None
            Keyword arguments of the text.

        Returns
        -------
        PreprocessingDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If no step of it transforms, `X` holds more than 20 samples, or a step drops samples.
        """
        check_is_fitted(estimator)
        check_few(X, _MOST)
        n_samples = _num_samples(X)
        steps = [(name, step) for name, step in flat_steps(estimator) if hasattr(step, "transform")]
        if not steps:
            raise ValueError(
                f"No step of {type(estimator).__name__} transforms; expected a pipeline of "
                "transformers, or a transformer."
            )
        has_input_size = not are_sources(X)
        current = select_pictures(X, np.arange(n_samples), image_shape)
        pictures, names = [current], ["Input"]
        for _, step in steps:
            if stages and isinstance(step, InkExtractor):
                shown = [step.stages(picture) for picture in current]
                pictures += [[stage[name] for stage in shown] for name in shown[0]]
                names += [f'"{name}"' for name in shown[0]]
            X_after = step.transform(X)
            check_none_dropped(X, X_after, type(step).__name__)
            X = X_after
            current = _as_pictures(X, current)
            if not (stages and isinstance(step, InkExtractor)):
                pictures.append(current)
                names.append(type(step).__name__)
        return cls(pictures, names, has_input_size=has_input_size).plot(
            ax=ax, im_kw=im_kw, text_kw=text_kw
        )

    @closes_its_figure_on_error
    def plot(self, ax=None, *, im_kw=None, text_kw=None):
        """Plot a column for each step.

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
        PreprocessingDisplay
            This display.
        """
        n_steps, n_pictures = len(self.pictures), len(self.pictures[0])
        top, height = 0.24, 1.16
        cells = Cells(n_steps, top + n_pictures * height, ax=ax, cell_inches=1.8)
        self.ax_, self.figure_ = cells.ax, cells.ax.figure
        longest = max(len(name) for name in self.names)
        title = {
            "ha": "center",
            "va": "baseline",
            "size": min(cells.font_size(0.16, longest), 11),
            "weight": "bold",
        }
        below = {
            "ha": "center",
            "va": "top",
            "size": min(cells.font_size(0.11), 9),
            "color": GREY,
        }
        rows = [top + height * i for i in range(n_pictures)]
        self.images_, self.text_ = [], []
        for column, (name, pictures) in enumerate(zip(self.names, self.pictures, strict=True)):
            self.text_.append(cells.write(column + 0.5, 0.16, name, text_kw, **title))
            images = cells.draw(pictures, [column] * n_pictures, rows, im_kw=im_kw)
            self.images_.append(images)
            for picture, image in zip(pictures, images, strict=True):
                if column == 0 and not self.has_input_size:
                    continue
                bottom = image.get_extent()[2]
                size = " x ".join(str(side) for side in picture.shape[:2])
                cells.write(column + 0.5, bottom + 0.02, size, text_kw, **below)
        return self


def _as_pictures(X, before):
    """Return the output of a step as pictures: rows in the shape of the pictures before them.

    Rows of another length are no pictures any more, but features: strips of values.
    """
    if isinstance(X, list) or getattr(X, "ndim", 2) > 2:
        return select_pictures(X, np.arange(len(X)))
    rows = np.asarray(X.toarray() if hasattr(X, "toarray") else X)
    return [
        row.reshape(picture.shape)
        if row.size == picture.size
        else row.reshape(_strip_shape(row.size))
        for row, picture in zip(rows, before, strict=True)
    ]


def _strip_shape(n_values):
    """Return the shape of a block of values that is a little broader than high, without a rest."""
    height = next(h for h in range(math.isqrt(n_values), 0, -1) if n_values % h == 0)
    return height, n_values // height
