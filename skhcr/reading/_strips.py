"""Find the lines of a page, and bring each to one height: a strip."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from skhcr.reading._printed_lines import without_printed_lines, without_ruling

#: Rows of a strip: accents, the height of a capital letter from TOP to BASE, and descenders.
ROWS, TOP, BASE = 56, 16, 40
SIZE = BASE - TOP
_SURE = 45  # ink from which a pixel is one of a piece
_PROMINENCE = 0.05  # of a line in the profile, whose noise grows with the root of its height
_MARGIN = 8  # pixels of paper at both ends of a strip
_MAX_SKEW = 20  # degrees
_CUT = 0.3  # of a line's pieces that touch the edge of the picture, if it is cut there
_LEVEL = 0.5  # degrees under which lines are not turned


@dataclass
class Strip:
    """One line of text, with capital letters `SIZE` pixels high that stand on row `BASE`.

    Attributes
    ----------
    ink : ndarray of uint8, (ROWS, width)
        Of this line only.
    to_picture : ndarray of float64, (2, 3)
        From (column, row, 1) of the strip to (column, row) of the picture.
    """

    ink: np.ndarray
    to_picture: np.ndarray

    def box(self, left, top, right, bottom):
        """Return the box in the picture, (left, top, right, bottom), of one in the strip."""
        corners = [(x, y, 1) for x in (left, right) for y in (top, bottom)]
        x, y = self.to_picture @ np.array(corners, dtype=float).T
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())


@dataclass
class _Pieces:
    """Connected pieces of ink: their labels on the page, and arrays with one entry each."""

    labels: np.ndarray
    index: np.ndarray
    left: np.ndarray
    top: np.ndarray
    width: np.ndarray
    height: np.ndarray
    area: np.ndarray
    n_main: int = 0  # of a line, how many are as high as characters; these come first
    size: float = 0.0  # of a line, the usual height of characters, in pixels

    def of(self, some):
        """Return some of them, by a mask; those that come first stay first."""
        columns = [getattr(self, name)[some] for name in _NAMES]
        return _Pieces(self.labels, *columns, int(np.count_nonzero(some[: self.n_main])), self.size)

    @property
    def middle(self):
        """Column and row of the middle of each."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def longer(self):
        """The longer side of each."""
        return np.maximum(self.width, self.height)


_NAMES = ("index", "left", "top", "width", "height", "area")


def find_strips(ink, *, printed_lines=False):
    """Return the lines of a page, from top to bottom.

    Parameters
    ----------
    ink : ndarray of uint8, (height, width)
        0 for paper, 255 for ink.
    printed_lines : bool, default=False
        Whether underlines and boxes stay.

    Returns
    -------
    list of Strip
    """
    pieces, ink, size = _find_pieces(ink, printed_lines)
    if len(pieces.index) == 0:
        return []
    main = pieces.of((pieces.height > 0.5 * size) & (pieces.height < 2.5 * size))
    if len(main.index) == 0:
        return []
    slope = _find_slope(main, size)
    lines = _group(pieces, main, slope, size)
    lines = _without_cut(lines + _low_lines(pieces, lines, slope, size))
    lines.sort(key=lambda line: _band(line, slope)[0])
    return [_cut_strip(ink, line, slope) for line in lines]


def _find_pieces(ink, printed_lines):
    """Return pieces that may be (parts of) characters, the ink without rules, and the size."""
    if not printed_lines:
        ink, ruling = without_ruling(ink, _SURE)
    pieces = _connected(ink)
    size = _usual_size(pieces)
    if not printed_lines and (ruling is not None or (pieces.longer > 3 * size).any()):
        ink = without_printed_lines(ink, size, _SURE, ruling)
        pieces = _connected(ink)
        size = _usual_size(pieces)
    stroke = 0.08 * size
    thin = np.minimum(pieces.width, pieces.height)
    rest = (pieces.longer > 4 * size) & (thin < 0.5 * size)  # what is left of rules
    rest |= pieces.longer > max(40 * size, 0.9 * max(ink.shape)) + 1
    large = (pieces.longer > 3 * size) & (pieces.height > 3 * size)
    dust = (pieces.area < max(3, 1.5 * stroke * stroke)) | (pieces.longer < 1.5 * stroke)
    return pieces.of(~(rest | dust | large)), ink, size


def _connected(ink):
    """Return all pieces of ink."""
    mask = (ink > _SURE).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    index = np.arange(1, len(stats))
    return _Pieces(labels, index, *stats[1:].T.astype(float))


def _usual_size(pieces):
    """Return the height of most ink, in pixels."""
    large = (pieces.longer >= 5) & (pieces.height >= 4)
    # What the edges of the picture cut off is lower than it was, if there is enough that is whole.
    whole = large & ~_at_edges(pieces)
    # Nor is a grid or a frame as high as characters are.
    height, width = pieces.labels.shape
    net = (pieces.height > 0.8 * height) & (pieces.width > 0.8 * width)
    if (large & ~net).any():
        whole, large = whole & ~net, large & ~net
    some = np.flatnonzero(whole)
    if pieces.area[some].sum() < 0.3 * pieces.area[large].sum():
        some = np.flatnonzero(large)
    if len(some) == 0:
        return 8.0
    heights, weights = pieces.height[some], np.sqrt(pieces.area[some])
    # What is much wider than high is a rule or a word in one stroke.
    weights = weights * np.where(pieces.width[some] > 6 * heights, 0.05, 1)
    order = np.argsort(heights)
    cumulative = np.cumsum(weights[order])
    return float(heights[order][np.searchsorted(cumulative, 0.5 * cumulative[-1])])


def _find_slope(main, size):
    """Return the slope that lines share: rows down for a column to the right."""
    if len(main.index) < 3:
        return 0.0
    x = main.left + main.width / 2
    y = np.concatenate([main.top, main.top + main.height])
    x = np.concatenate([x, x])
    if np.ptp(x) < 3 * size:
        return 0.0
    slopes = np.tan(np.radians(np.arange(-_MAX_SKEW, _MAX_SKEW + 0.25, 0.25)))
    scores = np.empty(len(slopes))
    for k, slope in enumerate(slopes):
        rows = (y - slope * x) / (0.15 * size)
        counts = np.bincount((rows - rows.min()).astype(int)).astype(float)
        scores[k] = (gaussian_filter1d(counts, 1.0, mode="constant") ** 2).sum()
    # Level, unless another slope is clearly better: few characters fit many.
    scores *= 1 - 0.004 * np.abs(np.degrees(np.arctan(slopes)))
    best = int(scores.argmax())
    level = scores[len(slopes) // 2]
    if scores[best] < 1.1 * level or abs(np.degrees(np.arctan(slopes[best]))) < _LEVEL:
        return 0.0
    return float(slopes[best])


def find_peaks(profile, distance, prominence):
    """Return where a profile has its peaks.

    As `scipy.signal.find_peaks`, whose import takes longer than it takes to read a word.

    Parameters
    ----------
    profile : ndarray of float, (n,)
    distance : int
        Of two peaks that are less apart, the lower one is left out.
    prominence : float
        How far at least it is down from a peak before it goes up to a higher one.

    Returns
    -------
    ndarray of int
        Positions; of a flat top its middle.
    """
    ends = np.append(np.flatnonzero(np.diff(profile)), len(profile) - 1)  # of what is level
    starts = np.append(0, ends[:-1] + 1)
    levels = profile[starts]
    is_peak = (levels[1:-1] > levels[:-2]) & (levels[1:-1] > levels[2:])
    peaks = ((starts + ends) // 2)[1:-1][is_peak]
    kept = np.ones(len(peaks), bool)
    for k in np.argsort(profile[peaks])[::-1]:
        if kept[k]:
            kept &= np.abs(peaks - peaks[k]) >= distance
            kept[k] = True
    peaks = peaks[kept]
    return peaks[[_prominence(profile, peak) >= prominence for peak in peaks]]


def _prominence(profile, peak):
    higher = np.flatnonzero(profile > profile[peak])
    start = higher[higher < peak].max(initial=-1) + 1
    stop = higher[higher > peak].min(initial=len(profile))
    return profile[peak] - max(profile[start : peak + 1].min(), profile[peak:stop].min())


def _group(pieces, main, slope, size):
    """Return the pieces of each line, from top to bottom."""
    x, y = main.middle
    rows = y - slope * x
    start = rows.min() - 2 * size
    step = size / 10
    n_bins = int((rows.max() - start + 2 * size) / step) + 2
    weights = np.minimum(main.height, 1.5 * size) / size
    profile = np.bincount(((rows - start) / step).astype(int), weights, minlength=n_bins)
    profile = gaussian_filter1d(profile, 3.5, mode="constant")
    peaks = find_peaks(profile, 9, _PROMINENCE * np.sqrt(profile.max()))
    if len(peaks) == 0:
        peaks = np.array([int(profile.argmax())])
    middles = start + (peaks + 0.5) * step
    nearest = np.abs(rows[:, np.newaxis] - middles).argmin(axis=1)
    lines = []
    for k in range(len(middles)):
        mine = main.of((nearest == k) & (np.abs(rows - middles[k]) < 1.2 * size))
        if len(mine.index):
            lines.append(replace(mine, n_main=len(mine.index), size=size))
    return _with_small(lines, pieces, main, slope, size)


def _low_lines(pieces, lines, slope, size):
    """Return the lines of what is lower than the characters of the others: small print, say."""
    taken = np.concatenate([line.index for line in lines])
    left = ~np.isin(pieces.index, taken) & (pieces.height >= max(6, 0.25 * size))
    rest = pieces.of(left & ~_at_edges(pieces))
    if len(rest.index) < 3:
        return []
    own_size = _usual_size(rest)
    main = rest.of((rest.height > 0.5 * own_size) & (rest.height < 2.5 * own_size))
    return _group(rest, main, slope, own_size) if len(main.index) else []


def _with_small(lines, pieces, main, slope, size):
    """Give each small piece, a dot, say, to the line in whose reach it is."""
    small = pieces.of(~np.isin(pieces.index, main.index) & (pieces.height <= 0.5 * size))
    x, y = small.middle
    rows = y - slope * x
    distances = np.full((len(lines), len(rows)), np.inf)
    for k, line in enumerate(lines):
        bases, height = _band(line, slope)
        tops = bases - height
        above, below = tops - rows, rows - bases
        inside = (above < 0.6 * size) & (below < 0.25 * size)
        distances[k, inside] = np.maximum(np.maximum(above, below), 0)[inside]
    result = []
    nearest = distances.argmin(axis=0) if len(lines) else None
    for k, line in enumerate(lines):
        mine = small.of((nearest == k) & np.isfinite(distances[k]))
        both = [np.concatenate([getattr(p, name) for p in (line, mine)]) for name in _NAMES]
        result.append(_Pieces(pieces.labels, *both, line.n_main, size))
    return result


def _band(line, slope):
    """Return the row, at column 0, that the line's capitals stand on, and their height."""
    tall = line.of(np.arange(len(line.index)) < line.n_main)
    x, _ = tall.middle
    tops, bottoms = tall.top - slope * x, tall.top + tall.height - slope * x
    base = float(np.median(bottoms))
    top = float(np.quantile(tops, 0.25))
    return base, float(np.clip(base - top, 0.7 * line.size, 1.8 * line.size))


def _at_edges(pieces):
    """Tell which pieces touch the upper or the lower edge of the picture."""
    return (pieces.top <= 1) | (pieces.top + pieces.height >= len(pieces.labels) - 1)


def _without_cut(lines):
    """Leave out what the picture's upper and lower edges have left of other lines.

    Letters that are cut are lower than whole ones; where all lines are alike, the picture was
    cut close.
    """
    heights = [float(np.median(line.height[: line.n_main])) for line in lines]
    shares = [float(_at_edges(line)[: line.n_main].mean()) for line in lines]
    kept = []
    for k, line in enumerate(lines):
        others = heights[:k] + heights[k + 1 :]
        if others and shares[k] > _CUT and heights[k] < 0.85 * max(others):
            continue
        if shares[k] == 0:  # specks of another line, then
            small = np.arange(len(line.index)) >= line.n_main
            line = line.of(~(small & _at_edges(line)))
        kept.append(line)
    return kept


def _cut_strip(ink, line, slope):
    """Return the strip of a line's pieces."""
    base, height = _band(line, slope)
    scale = SIZE / height  # strip pixels for one of the picture
    angle = np.arctan(slope)
    cos, sin = np.cos(angle), np.sin(angle)
    left, right = line.left.min(), (line.left + line.width).max()
    upper, lower = line.top.min(), (line.top + line.height).max()
    region = np.s_[max(0, int(upper) - 2) : int(lower) + 2, max(0, int(left) - 2) : int(right) + 2]
    wanted = np.zeros(int(line.labels.max()) + 1 if line.labels.size else 1, np.uint8)
    wanted[line.index] = 1
    mine = wanted[line.labels[region]]
    reach = np.ones((3, 3), np.uint8)
    crop = ink[region] * cv2.dilate(mine, reach)
    corner = np.array([region[1].start, region[0].start], dtype=float)
    if scale < 0.8:  # averages first, as bilinear interpolation leaves pixels out
        size_small = [max(1, round(scale * n)) for n in crop.shape[::-1]]
        ratio = np.array(crop.shape[::-1]) / size_small
        crop = cv2.resize(crop, size_small, interpolation=cv2.INTER_AREA)
    else:
        ratio = np.ones(2)
    # The baseline's point under the left end, and the two directions, in the picture.
    origin = np.array([left, base + slope * left])
    along, down = np.array([cos, sin]) / scale, np.array([-sin, cos]) / scale
    width = int(np.ceil(scale * ((right - left) / max(cos, 0.5)))) + 2 * _MARGIN
    start = origin - _MARGIN * along - BASE * down
    to_picture = np.column_stack([along, down, start])
    to_crop = to_picture.copy()
    to_crop[:, 2] -= corner
    to_crop /= ratio[:, np.newaxis]
    # Corners of pixels, which boxes are given in, are half a pixel from their middles.
    half = np.array([0.5, 0.5])
    to_crop[:, 2] += to_crop[:, :2] @ half - half
    flags = (cv2.INTER_CUBIC if scale > 1.25 else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP
    strip = cv2.warpAffine(np.ascontiguousarray(crop), to_crop, (width, ROWS), flags=flags)
    return Strip(strip, to_picture)
