"""The layout of a picture with texts above its boxes: how large, where, and none over another."""

import math
from collections import namedtuple

import numpy as np

from skhcr.inspection._cells import CHARACTER_FONT, percent

_ADVANCE = 0.61  # width of a character of a typewriter's font, of its size
_PERCENT = 0.65  # size of percentages, of that of the texts
_SMALLEST, _LARGEST = 4, 18  # points

Mark = namedtuple("Mark", "box text probability line")
Label = namedtuple("Label", "x y text size weight mark")


def marks_of(page, level):
    """Return what has a box, in reading order.

    Parameters
    ----------
    page : Page
        What is on a picture.
    level : {"character", "word", "line"}
        What has a box.

    Returns
    -------
    list of Mark
        Box, text, probability and number of the line of each.
    """
    marks = []
    for number, line in enumerate(page.lines):
        if level == "line":
            probability = math.prod(word.probability for word in line.words)
            marks.append(Mark(line.box, line.text.strip(), probability, number))
            continue
        for part in line.words if level == "word" else line.characters:
            marks.append(Mark(part.box, part.text.strip(), part.probability, number))
    return marks


def typical_height(marks):
    """Return the median height of boxes, in pixels."""
    heights = [mark.box[3] - mark.box[1] for mark in marks]
    return max(float(np.median(heights)), 1.0) if marks else 1.0


def make_axes(marks, height, width, figsize):
    """Return the Axes of a new figure, in which boxes are as high as capitals of a headline."""
    import matplotlib.pyplot as plt

    if figsize is None:
        points = min(800 / width, 1100 / height)  # high figures can be scrolled, broad ones can't
        if marks:
            points = min(points, max(48 / typical_height(marks), 250 / width))
        figsize = (width * points / 72 + 1, height * points / 72 + 0.5)
    return plt.subplots(figsize=figsize, layout="constrained")[1]


def points_per_pixel(ax):
    """Return the size of a pixel of the picture, once everything has its place."""
    figure = ax.figure.figure  # that of a subfigure, too
    if figure.get_layout_engine() is not None:
        figure.get_layout_engine().execute(figure)
    ax.apply_aspect()
    (left, _), (right, _) = ax.transData.transform([(0, 0), (1, 0)])
    return 72 / figure.dpi * (right - left)


def title_of(page, points, size):
    """Return the text of a page, shortened to a number of points in letters of a size."""
    lines = [line.text.strip() for line in page.lines]
    title = " / ".join(line for line in lines if line) or "Nothing was read"
    longest = int(np.clip(points / (1.05 * _ADVANCE * size), 16, 80))
    return title if len(title) <= longest else f"{title[: longest - 1].rstrip()}…"


def lay_out(marks, width, points):
    """Place the texts and percentages of marks.

    Texts stand above their boxes, percentages below them, or behind them where there is no room for
    two lines. They are smaller where lines or boxes are closer; what would be too small to be read
    is left out.

    Parameters
    ----------
    marks : list of Mark
        What has a box, in reading order.
    width : int
        Width of the picture, in pixels.
    points : float
        Size of a pixel.

    Returns
    -------
    list of Label
        Centre, baseline, text, size in pixels, weight, and the position of the mark.
    """
    if not marks:
        return []
    boxes = np.array([mark.box for mark in marks], dtype=float)
    lines = np.array([mark.line for mark in marks])
    centers = boxes[:, [0, 2]].mean(axis=1)
    typical = typical_height(marks)
    boxes[:, 1] = tops = _common_tops(boxes[:, 1], lines, typical)
    # Less than there is, so that a text is nearer to its box than to the line above.
    room = 0.85 * np.quantile(np.minimum(_gaps_above(boxes, lines), 1.5 * typical), 0.25)
    smallest, largest = _SMALLEST / points, min(0.75 * typical, _LARGEST / points)
    texts = [mark.text for mark in marks]
    percents = [percent(mark.probability) if mark.text else "" for mark in marks]

    size = min(room / (1.1 + 1.2 * _PERCENT), largest)
    small = _PERCENT * size
    if small >= smallest:
        fitting = np.median(_fitting_sizes(percents, centers, lines, width))
        small = min(small, max(fitting, smallest))  # most have one size
    else:  # one line; if it hides some of the line above, that is better than none
        size, small = min(max(room / 1.1, 0.25 * typical), largest), 0
        if size <= room:
            texts = _with_percents(texts, percents, size, centers, lines, width)
    written = [(texts, tops - 0.3 * size - 1.2 * small, size, "bold")]
    if small:
        written.append((percents, tops - 0.35 * small, small, "normal"))
    labels = []
    for words, baselines, most, weight in written:
        sizes = np.minimum(_fitting_sizes(words, centers, lines, width), most)
        for i in np.flatnonzero(sizes >= smallest).tolist():
            labels.append(Label(centers[i], baselines[i], words[i], sizes[i], weight, i))
    return sorted((label for label in labels if label.text), key=lambda label: label.mark)


def limits_of(labels, height, width):
    """Return the limits of an Axes, in pixels, that hold the picture and its texts."""
    halves = [label.size * _ADVANCE / 2 * len(label.text) for label in labels]
    left = min([0, *(label.x - half for label, half in zip(labels, halves, strict=True))])
    right = max([width, *(label.x + half for label, half in zip(labels, halves, strict=True))])
    top = min([0, *(label.y - label.size for label in labels)])
    return (left, right), (height, top)


def write(ax, labels, points, colors, halo):
    """Write labels, on what looks like paper.

    Parameters
    ----------
    ax : matplotlib Axes
        Where to write.
    labels : list of Label
        What to write.
    points : float
        Size of a pixel.
    colors : ndarray of shape (n_marks, 4)
        The colours of the marks.
    halo : str
        The colour around letters.

    Returns
    -------
    list of matplotlib Text
    """
    from matplotlib.patheffects import withStroke

    texts = []
    for label in labels:
        size = points * label.size
        text = ax.text(label.x, label.y, label.text, ha="center", family=CHARACTER_FONT, size=size)
        text.set(weight=label.weight, color=colors[label.mark], parse_math=False, in_layout=False)
        text.set_path_effects([withStroke(linewidth=0.25 * size, foreground=halo)])
        texts.append(text)
    return texts


def _with_percents(texts, percents, size, centers, lines, width):
    """Return texts with percentages behind them, or without where most would be too long."""
    both = [
        f"{text} ({share})" if text else "" for text, share in zip(texts, percents, strict=True)
    ]
    fitting = np.quantile(_fitting_sizes(both, centers, lines, width), 0.1)
    return both if fitting >= size else texts


def _common_tops(tops, lines, typical):
    """Return the upper edge of each line, or of neighbours where a line is slanting."""
    common = tops.copy()
    for line in np.unique(lines):
        of_line = tops[lines == line]
        if np.ptp(of_line) > 0.6 * typical:
            padded = np.pad(of_line, 1, mode="edge")
            of_line = np.minimum.reduce([padded[:-2], of_line, padded[2:]])
        else:
            of_line = of_line.min()
        common[lines == line] = of_line
    return common


def _gaps_above(boxes, lines):
    """Return how far it is from each box to the lowest of those above it, on other lines."""
    left, top, right, bottom = boxes.T
    gaps = np.full(len(boxes), np.inf)
    for i in range(len(boxes)):
        above = (lines < lines[i]) & (left < right[i]) & (right > left[i]) & (top < top[i])
        if above.any():
            gaps[i] = max(top[i] - bottom[above].max(), 0)
    return gaps


def _fitting_sizes(texts, centers, lines, width):
    """Return the sizes, in pixels, up to which no text meets the next one on its line."""
    lengths = np.array([len(text) + 0.5 for text in texts])
    sizes = width / (_ADVANCE * lengths)
    pairs = np.maximum(2 * np.diff(centers) / (_ADVANCE * (lengths[1:] + lengths[:-1])), 0)
    pairs[lines[1:] != lines[:-1]] = np.inf
    sizes[1:] = np.minimum(sizes[1:], pairs)
    sizes[:-1] = np.minimum(sizes[:-1], pairs)
    return sizes
