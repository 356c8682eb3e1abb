"""TextOverlayDisplay: a picture of text, and what is read where."""

from numbers import Real

import numpy as np

from skhcr.inspection._cells import CHARACTER_FONT, percent
from skhcr.inspection._checks import check_choice
from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._text_layout import (
    lay_out,
    limits_of,
    make_axes,
    marks_of,
    points_per_pixel,
    title_of,
    typical_height,
    write,
)
from skhcr.preprocessing import ImageLoader

_LEVELS = ("character", "word", "line")
_TITLE_SIZE = 11


class TextOverlayDisplay:
    """A picture of text, with a box around what is read, what that is and how sure it is.

    The colour of a box says how probable its text is. Make it with :meth:`from_estimator` or
    :meth:`from_predictions`.

    Parameters
    ----------
    picture : ndarray
        (height, width) or (height, width, 3), of `uint8`.
    page : Page
        What is read from it.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    image_ : matplotlib AxesImage
        The picture.
    boxes_ : matplotlib PatchCollection
        The boxes, in reading order.
    text_ : list of matplotlib Text
        What stands above the boxes, in reading order: of each its text, then its percentage.

    See Also
    --------
    TopPredictionsDisplay : The most probable labels of a picture of one character.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skhcr.datasets import load_characters
    >>> from skhcr.inspection import TextOverlayDisplay
    >>> from skhcr.reading import Character, Line, Page, Word
    >>> data = load_characters()
    >>> strip = 255 - np.hstack(data.images[:5])  # dark on white
    >>> boxes = [(left, 0, left + 28, 28) for left in range(0, 140, 28)]
    >>> characters = tuple(map(Character, boxes, data.target[:5], [0.9, 1.0, 0.8, 0.4, 0.95]))
    >>> word = Word((0, 0, 140, 28), characters, "".join(data.target[:5]), 0.27)
    >>> page = Page((28, 140), (Line(word.box, (word,)),))
    >>> TextOverlayDisplay.from_predictions(strip, page, min_probability=0.5)
    <...>
    >>> plt.show()
    """

    def __init__(self, picture, page):
        self.picture = picture
        self.page = page

    @classmethod
    def from_estimator(
        cls,
        reader,
        picture,
        *,
        level="character",
        min_probability=None,
        text=True,
        figsize=None,
        ax=None,
    ):
        """Read a picture and plot what is read.

        Parameters
        ----------
        reader : fitted TextReader
            What reads: its `predict_details` says what is where.
        picture : str, PathLike, bytes, binary file, PIL image or ndarray
            One source of a picture, as :class:`~skhcr.preprocessing.ImageLoader` takes it.
        level : {"character", "word", "line"}, default="character"
            What has a box. A line is as probable as all of its words together.
        min_probability : float, default=None
            Boxes of what is less probable are dashed.
        text : bool, default=True
            Whether to write what is read above the boxes.
        figsize : tuple of float, default=None
            Width and height of the figure that is made, in inches; by default as suits the boxes.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        TextOverlayDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the reader is not fitted.
        ValueError
            If it has no `predict_details`, or the picture can't be read.
        """
        if not hasattr(reader, "predict_details"):
            raise ValueError(
                f"{type(reader).__name__} has no predict_details, so it does not tell what stands "
                "where; expected a fitted TextReader."
            )
        _check_options(level, min_probability)
        (page,) = reader.predict_details([picture])
        return cls.from_predictions(
            picture,
            page,
            level=level,
            min_probability=min_probability,
            text=text,
            figsize=figsize,
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        picture,
        page,
        *,
        level="character",
        min_probability=None,
        text=True,
        figsize=None,
        ax=None,
    ):
        """Plot what is read from a picture.

        Parameters
        ----------
        picture : str, PathLike, bytes, binary file, PIL image or ndarray
            One source of a picture, as :class:`~skhcr.preprocessing.ImageLoader` takes it.
        page : Page
            What is read from it, as ``reader.predict_details([picture])[0]`` returns it.
        level : {"character", "word", "line"}, default="character"
            What has a box. A line is as probable as all of its words together.
        min_probability : float, default=None
            Boxes of what is less probable are dashed.
        text : bool, default=True
            Whether to write what is read above the boxes.
        figsize : tuple of float, default=None
            Width and height of the figure that is made, in inches; by default as suits the boxes.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.

        Returns
        -------
        TextOverlayDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `page` is no Page, or one of a picture of another size, or the picture can't be read.
        """
        if not (hasattr(page, "lines") and hasattr(page, "shape")):
            raise ValueError(
                f"page is of type {type(page).__name__}; expected a Page, such as "
                "reader.predict_details([picture])[0]."
            )
        (picture,) = ImageLoader("rgb").transform([picture])
        if picture.shape[:2] != tuple(page.shape):
            raise ValueError(
                f"picture has {picture.shape[0]} x {picture.shape[1]} pixels, page.shape is "
                f"{tuple(page.shape)}; expected the picture that the page was read from."
            )
        return cls(picture, page).plot(
            ax=ax, level=level, min_probability=min_probability, text=text, figsize=figsize
        )

    @closes_its_figure_on_error
    def plot(self, ax=None, *, level="character", min_probability=None, text=True, figsize=None):
        """Plot the picture, and boxes and texts over it.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        level : {"character", "word", "line"}, default="character"
            What has a box. A line is as probable as all of its words together.
        min_probability : float, default=None
            Boxes of what is less probable are dashed.
        text : bool, default=True
            Whether to write what is read above the boxes.
        figsize : tuple of float, default=None
            Width and height of the figure that is made, in inches; by default as suits the boxes.

        Returns
        -------
        TextOverlayDisplay
            This display.
        """
        _check_options(level, min_probability)
        marks = marks_of(self.page, level)
        height, width = self.picture.shape[:2]
        self.ax_ = make_axes(marks, height, width, figsize) if ax is None else ax
        self.figure_ = self.ax_.figure
        halo = self._draw_picture()
        points = points_per_pixel(self.ax_)
        title = title_of(self.page, width * points, _TITLE_SIZE)
        self.ax_.set_title(title, family=CHARACTER_FONT, size=_TITLE_SIZE, parse_math=False)
        self._draw_boxes(marks, min_probability, points, halo)
        labels = lay_out(marks, width, points) if text else []
        x_limits, y_limits = limits_of(labels, height, width)
        self.ax_.set(xlim=x_limits, ylim=y_limits)
        if ax is None and figsize is None:
            self.figure_.set_figheight(self.figure_.get_figheight() - y_limits[1] * points / 72)

        points = points_per_pixel(self.ax_)  # which may have shrunk
        colors = self.boxes_.to_rgba(self.boxes_.get_array())
        self.text_ = write(self.ax_, labels, points, colors, halo)
        return self

    def _draw_picture(self):
        """Draw the picture, on paper like its own, and return black or white, as that is."""
        height, width = self.picture.shape[:2]
        paper = np.median(self.picture[::4, ::4], axis=(0, 1)) / 255
        options = {"cmap": "gray", "vmin": 0, "vmax": 255, "interpolation": "hanning"}
        self.image_ = self.ax_.imshow(self.picture, extent=(0, width, height, 0), **options)
        self.ax_.set(xticks=[], yticks=[], facecolor=np.broadcast_to(paper, 3))
        self.ax_.spines[:].set(color="0.8", linewidth=0.6)
        return "black" if np.mean(paper) < 0.4 else "white"

    def _draw_boxes(self, marks, min_probability, points, halo):
        """Draw the boxes, and a bar of their colours."""
        import matplotlib.pyplot as plt
        from matplotlib.collections import PatchCollection
        from matplotlib.colors import ListedColormap
        from matplotlib.patches import Rectangle
        from matplotlib.patheffects import Normal, Stroke

        # What is sure stands out from the paper most; greys tell it, too.
        shades = np.linspace(*((0.45, 0.98) if halo == "black" else (0.64, 0.0)), 256)
        line = float(np.clip(0.03 * typical_height(marks) * points, 0.7, 1.5))
        probabilities = np.array([mark.probability for mark in marks], dtype=float)
        sure = probabilities >= (min_probability or 0)
        self.boxes_ = PatchCollection(
            [Rectangle(box[:2], box[2] - box[0], box[3] - box[1]) for box, *_ in marks],
            facecolor="none",
            linestyle=["solid" if is_sure else (0, (3, 1.5)) for is_sure in sure] or "solid",
            linewidth=line,
            array=probabilities,
            cmap=ListedColormap(plt.get_cmap("plasma")(shades)),
            clim=(0, 1),
            path_effects=[Stroke(linewidth=line + 1.2, foreground=halo), Normal()],
        )
        self.ax_.add_collection(self.boxes_, autolim=False)
        if not marks:
            return
        high, broad = 72 / points / np.array(self.picture.shape[:2])  # an inch, of the picture
        share = min(1, 2.5 * high)
        bar = self.figure_.colorbar(
            self.boxes_,
            cax=self.ax_.inset_axes([1 + 0.1 * broad, 1 - share, 0.12 * broad, share]),
            ticks=[0, 0.5, 1],
            format=lambda share, _: percent(share),
            # Elsewhere it would lie over what stands beside.
            label="Probability" if self.figure_.get_layout_engine() else "",
        )
        bar.outline.set_visible(False)
        if min_probability:
            bar.ax.axhline(min_probability, color="white", linestyle=(0, (2, 1)))


def _check_options(level, min_probability):
    check_choice("level", level, _LEVELS)
    is_share = isinstance(min_probability, Real) and 0 <= min_probability <= 1
    if min_probability is not None and not is_share:
        raise ValueError(f"min_probability={min_probability!r} should be None or from 0 to 1.")
