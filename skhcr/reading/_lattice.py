"""Cut a line into pieces, and propose which of them together are one character."""

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d

from skhcr.reading._strips import BASE, SIZE, TOP

#: Height and width of what the network of segments sees.
WINDOW = 32
_LONG_SIDE = 20  # pixels of it that the longer side of a segment takes
_SURE = 60  # ink from which a pixel is one of a piece
_MAX_PARTS = 5
_MAX_WIDTH = 2.0 * SIZE
_NARROW = 5  # pixels: what is cut off is at least so wide
_CUT_WIDTH = 0.62 * SIZE  # from which a piece may be more than one character
_SMALL = 0.3 * SIZE  # dots, accents and crumbs are smaller


@dataclass
class Segment:
    """Parts `start` to `stop` of a line, which may be one character.

    Attributes
    ----------
    start, stop : int
        The parts, from left to right; a line's are numbered from 0.
    box : tuple of int
        (left, top, right, bottom) in the strip.
    """

    start: int
    stop: int
    box: tuple


@dataclass
class Lattice:
    """The parts of a strip, and the segments that they can be put together to.

    Attributes
    ----------
    strip : Strip
    parts : ndarray of int16, (ROWS, width)
        The number of the part that a pixel belongs to, from 1 on; 0 for paper.
    n_parts : int
    segments : list of Segment
        Every part is a segment on its own, too.
    """

    strip: object
    parts: np.ndarray
    n_parts: int
    segments: list

    def mask(self, segment):
        """Return where a segment's ink is, within its box."""
        left, top, right, bottom = segment.box
        parts = self.parts[top:bottom, left:right]
        return (parts > segment.start) & (parts <= segment.stop)

    def ink(self, segment, margin=4):
        """Return a segment's ink alone, with paper around it, uint8."""
        left, top, right, bottom = segment.box
        ink = np.where(self.mask(segment), self.strip.ink[top:bottom, left:right], 0)
        return np.pad(ink.astype(np.uint8), margin)

    def windows(self):
        """Return what the network sees of each segment.

        Returns
        -------
        ndarray of uint8, (n_segments, WINDOW, WINDOW, 3)
            The segment's ink; all other ink of the line; and 255 where the line's capitals
            stand, from which size and height over the baseline can be read.
        """
        windows = np.zeros((len(self.segments), WINDOW, WINDOW, 3), np.uint8)
        ink = self.strip.ink
        rows, columns = ink.shape
        band = np.zeros(ink.shape, np.uint8)
        band[TOP:BASE] = 255
        for window, segment in zip(windows, self.segments, strict=True):
            left, top, right, bottom = segment.box
            # Nothing is enlarged so far that a dot looks like an o.
            scale = _LONG_SIDE / max(right - left, bottom - top, 0.4 * SIZE)
            reach = WINDOW / 2 / scale
            middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
            x0, x1 = max(0, int(middle_x - reach) - 1), min(columns, int(middle_x + reach) + 2)
            y0, y1 = max(0, int(middle_y - reach) - 1), min(rows, int(middle_y + reach) + 2)
            parts = self.parts[y0:y1, x0:x1]
            mine = (parts > segment.start) & (parts <= segment.stop)
            near = np.zeros((y1 - y0, x1 - x0, 3), np.uint8)
            near[..., 0] = ink[y0:y1, x0:x1]
            near[..., 1] = near[..., 0]
            near[..., 0][~mine] = 0
            near[..., 1][mine] = 0
            near[..., 2] = band[y0:y1, x0:x1]
            if scale < 0.7:
                size = [max(1, round(scale * n)) for n in near.shape[1::-1]]
                ratio = size[0] / near.shape[1], size[1] / near.shape[0]
                near = cv2.resize(near, size, interpolation=cv2.INTER_AREA)
            else:
                ratio = 1, 1
            # From the window to the crop, by the middles of pixels.
            step_x, step_y = ratio[0] / scale, ratio[1] / scale
            to_crop = np.array(
                [
                    [
                        step_x,
                        0,
                        ((middle_x - x0) * ratio[0] - step_x * WINDOW / 2) + step_x / 2 - 0.5,
                    ],
                    [
                        0,
                        step_y,
                        ((middle_y - y0) * ratio[1] - step_y * WINDOW / 2) + step_y / 2 - 0.5,
                    ],
                ]
            )
            cv2.warpAffine(
                near,
                to_crop,
                (WINDOW, WINDOW),
                dst=window,
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            )
        return windows


def ending_at(segments, start, stop):
    """Return the positions of the segments between two parts, by the part that they end at."""
    ending = {}
    for k, segment in enumerate(segments):
        if segment.start >= start and segment.stop <= stop:
            ending.setdefault(segment.stop, []).append(k)
    return ending


def make_lattice(strip):
    """Return the lattice of a strip.

    Pieces of ink that stand over one another, as an i and its dot do, are one part; a piece wide
    enough for two characters is cut where it is thin.
    """
    parts, n_parts = _find_parts(strip.ink)
    if n_parts == 0:
        return Lattice(strip, parts, 0, [])
    lefts, tops, rights, bottoms = _boxes(parts, n_parts)
    segments = []
    for start in range(n_parts):
        left, top, right, bottom = lefts[start], tops[start], rights[start], bottoms[start]
        for stop in range(start + 1, min(start + _MAX_PARTS, n_parts) + 1):
            left, top = min(left, lefts[stop - 1]), min(top, tops[stop - 1])
            right, bottom = max(right, rights[stop - 1]), max(bottom, bottoms[stop - 1])
            if stop > start + 1 and right - left > _MAX_WIDTH:
                break
            segments.append(Segment(start, stop, (int(left), int(top), int(right), int(bottom))))
    return Lattice(strip, parts, n_parts, segments)


def _boxes(parts, n_parts):
    """Return left, top, right and bottom of each part."""
    rows, columns = np.nonzero(parts)
    numbers = parts[rows, columns] - 1
    left = np.full(n_parts, parts.shape[1])
    top = np.full(n_parts, parts.shape[0])
    right, bottom = np.zeros(n_parts, int), np.zeros(n_parts, int)
    np.minimum.at(left, numbers, columns)
    np.minimum.at(top, numbers, rows)
    np.maximum.at(right, numbers, columns + 1)
    np.maximum.at(bottom, numbers, rows + 1)
    return left, top, right, bottom


def _find_parts(ink):
    """Return which part each pixel belongs to, and how many parts there are."""
    sure = (ink > _SURE).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(sure, connectivity=8)
    if count == 1:
        return np.zeros(ink.shape, np.int16), 0
    numbers = _merge(stats[1:].astype(float))
    pieces = np.concatenate([[0], numbers + 1]).astype(np.int16)[labels]
    n_pieces = int(numbers.max()) + 1
    n_parts = 0
    parts = np.zeros(ink.shape, np.int16)
    spans = []
    lefts, _, rights, _ = _boxes(pieces, n_pieces)
    for piece in range(n_pieces):
        left, right = int(lefts[piece]), int(rights[piece])
        mask = pieces[:, left:right] == piece + 1
        for x0, x1 in _cut(mask):
            n_parts += 1
            parts[:, left + x0 : left + x1][mask[:, x0:x1]] = n_parts
            spans.append(left + (x0 + x1) / 2)
    # From left to right, by their middles.
    order = np.argsort(spans, kind="stable")
    rank = np.empty(n_parts + 1, np.int16)
    rank[0] = 0
    rank[order + 1] = np.arange(1, n_parts + 1)
    parts = rank[parts]
    # Soft edges belong to the strokes that they are the edges of.
    wide = cv2.dilate(parts.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int16)
    return np.where((parts == 0) & (ink > 0), wide, parts), n_parts


def _merge(stats):
    """Return which part each piece belongs to, from 0 on, in no order."""
    left, top, width, height, _ = stats.T
    right, bottom = left + width, top + height
    n_pieces = len(left)
    parent = np.arange(n_pieces)

    def root(k):
        while parent[k] != k:
            k = parent[k]
        return k

    small = np.maximum(width, height) < _SMALL
    for k in np.argsort(left):
        if small[k]:
            # A dot or a crumb belongs to what is nearest, if that is near.
            dx = np.maximum(np.maximum(left - right[k], left[k] - right), 0)
            dy = np.maximum(np.maximum(top - bottom[k], top[k] - bottom), 0)
            distance = dx * 2 + dy  # what is over it is nearer than what is beside it
            distance[k] = np.inf
            distance[small] += 0.2 * SIZE
            nearest = int(distance.argmin())
            if dx[nearest] <= 0.12 * SIZE and dy[nearest] <= 0.6 * SIZE:
                parent[root(k)] = root(nearest)
    for a in range(n_pieces):
        if small[a]:
            continue
        for b in range(a + 1, n_pieces):
            if small[b]:
                continue
            overlap = min(right[a], right[b]) - max(left[a], left[b])
            if (
                overlap > 0.7 * min(width[a], width[b])
                and max(right[a], right[b]) - min(left[a], left[b]) < 1.3 * SIZE
            ):
                parent[root(a)] = root(b)
    roots = np.array([root(k) for k in range(n_pieces)])
    return np.unique(roots, return_inverse=True)[1]


def _cut(mask):
    """Return the spans of columns that a piece is cut into."""
    width = mask.shape[1]
    if width < _CUT_WIDTH:
        return [(0, width)]
    counts = np.count_nonzero(mask, axis=0).astype(float)
    profile = gaussian_filter1d(counts, 0.8, mode="nearest")
    inner = np.arange(_NARROW, width - _NARROW)
    low = inner[
        (profile[inner] <= profile[inner - 1])
        & (profile[inner] <= profile[inner + 1])
        & (profile[inner] <= 0.7 * SIZE)
    ]
    cuts = []
    for column in low[np.argsort(profile[low], kind="stable")]:
        if all(abs(column - cut) >= _NARROW for cut in cuts):
            cuts.append(int(column))
    edges = [0, *sorted(cuts), width]
    return list(itertools.pairwise(edges))
