"""Pictures as cells of one Axes: the layout that the displays of pictures share.

Column and row are the axes' data coordinates, rows count downwards. One Axes for all is drawn
ten times faster than one a picture, and fits into whatever `ax` a caller has.
"""

import math

import numpy as np

from skhcr.inspection._pictures import black_of, white_of

#: Longest side of a picture, in cells.
_PICTURE = 0.94

#: Characters that look alike elsewhere (0 O, 1 l I) differ in a typewriter's font.
CHARACTER_FONT = "monospace"


class Cells:
    """An Axes of `n_columns` times `n_rows` cells.

    Parameters
    ----------
    n_columns, n_rows : float
        Size in cells.
    ax : matplotlib Axes, default=None
        Where to draw. By default a figure is made that fits a laptop's screen.
    cell_inches : float, default=1.0
        Largest side of a cell in a figure that is made.
    """

    def __init__(self, n_columns, n_rows, *, ax=None, cell_inches=1.0):
        import matplotlib.pyplot as plt

        if ax is None:
            inches = min(cell_inches, 12 / n_columns)
            # High figures can be scrolled, broad ones can't.
            inches = max(min(inches, 8 / n_rows), min(inches, 0.45))
            size = (max(n_columns * inches, 1.5) + 0.2, max(n_rows * inches, 1.0) + 0.5)
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax, self.n_columns, self.n_rows = ax, n_columns, n_rows
        ax.set_aspect("equal")
        self.restore_limits()
        for spine in ax.spines.values():
            spine.set_visible(False)
        box = ax.get_window_extent().transformed(ax.figure.dpi_scale_trans.inverted())
        self.cell_points = 72 * min(box.width / n_columns, box.height / n_rows)

    def font_size(self, cells, n_characters=1.0):
        """Return a size for text, in points.

        Parameters
        ----------
        cells : float
            Height of the text, in cells, at most.
        n_characters : float, default=1.0
            Length of the text that has to fit into the width of a cell.
        """
        # A character of a typewriter's font is 0.6 of its size wide.
        longest = 0.62 * max(n_characters, 1)
        return float(np.clip(self.cell_points * min(cells, 1 / longest), 4, 16))

    def draw(self, pictures, columns, rows, *, brightness=1.0, im_kw=None):
        """Draw pictures into the middle of their cells, each as large as it can be.

        Parameters
        ----------
        pictures : list of ndarray
            (height, width) or (height, width, 3 or 4).
        columns, rows : sequence of float
            The cells: their left and upper edges.
        brightness : float, default=1.0
            How bright white is shown, from 0 to 1.
        im_kw : dict, default=None
            Keyword arguments of `imshow`.

        Returns
        -------
        list of matplotlib AxesImage
        """
        images = []
        levels = {}  # one black and one white for all pictures of a type
        for dtype in {picture.dtype for picture in pictures}:
            of_type = [picture for picture in pictures if picture.dtype == dtype]
            levels[dtype] = black_of(of_type), white_of(of_type) / brightness
        for picture, column, row in zip(pictures, columns, rows, strict=True):
            black, white = levels[picture.dtype]
            height, width = np.array(picture.shape[:2]) / max(picture.shape[:2]) * _PICTURE
            x, y = column + 0.5, row + 0.5
            options = {
                "cmap": "gray",
                "extent": (x - width / 2, x + width / 2, y + height / 2, y - height / 2),
                "aspect": "equal",
            }
            if picture.ndim == 3:  # matplotlib takes colours from 0 to 1
                picture = np.clip((picture - black) / (white - black), 0, 1)
            elif "norm" not in (im_kw or {}):
                options |= {"vmin": black, "vmax": white}
            images.append(self.ax.imshow(picture, **(options | (im_kw or {}))))
            self.frame(images[-1], color="0.8", linewidth=0.6)  # white pictures on white pages
        self.restore_limits()
        return images

    def restore_limits(self):
        """Show all cells and nothing else: what is drawn changes the limits of an Axes."""
        self.ax.set(xlim=(0, self.n_columns), ylim=(self.n_rows, 0), xticks=[], yticks=[])

    def write(self, column, row, text, text_kw=None, **options):
        """Write plain text at a place, given in cells.

        Parameters
        ----------
        column, row : float
            The place.
        text : str
            The text; nothing in it is mathematics.
        text_kw : dict, default=None
            Keyword arguments of `text`, under any of their names; they override `options`.
        **options : dict
            Keyword arguments of `text`.

        Returns
        -------
        matplotlib Text
        """
        from matplotlib.cbook import normalize_kwargs
        from matplotlib.text import Text

        options = normalize_kwargs(options, Text) | normalize_kwargs(text_kw, Text)
        return self.ax.text(column, row, text, **({"parse_math": False} | options))

    def frame(self, image, **options):
        """Draw a frame around an image."""
        from matplotlib.patches import Rectangle

        left, right, bottom, top = image.get_extent()
        return self.ax.add_patch(
            Rectangle((left, top), right - left, bottom - top, fill=False, **options)
        )


def percent(share):
    """Return a share as text; what is not quite sure is at most 99 %."""
    return f"{min(math.floor(100 * share + 0.5), 99 if share < 1 else 100)}%"
