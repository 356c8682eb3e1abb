"""Take the printed lines of forms out of a page's ink: underlines, boxes, combs."""

import cv2
import numpy as np

from skhcr.preprocessing._ruling import remove_ruling

_LEAST_RULED = 32  # pixels under which ruling and strokes cannot be told apart
_MIN_LENGTH = 2.5  # of the characters' height, from which a straight run is no stroke
_MIN_SIDE = 1.1  # of it, of the side of a box
_MAX_THICKNESS = 0.3  # of the characters' height


def without_ruling(ink, sure):
    """Return ink without lines that cross the whole picture, and where these were.

    Parameters
    ----------
    ink : ndarray of uint8, (height, width)
    sure : int
        Ink from which a pixel counts.

    Returns
    -------
    ink : ndarray of uint8, (height, width)
    ruling : ndarray of bool, (height, width), or None
        None if there is no such line, or the paper is squared: then no box ends at them.
    """
    if min(ink.shape) < _LEAST_RULED:
        return ink, None
    soft = ink / np.float32(255)
    rest = remove_ruling(soft, sure / 255)
    if rest is soft:
        return ink, None
    rest = np.rint(255 * rest).astype(np.uint8)
    ruling = (ink > sure) & (rest <= sure)
    upright = np.ones((max(16, round(0.15 * len(ink))), 1), np.uint8)
    is_squared = cv2.erode(ruling.view(np.uint8), upright).any()
    return rest, None if is_squared else ruling


def without_printed_lines(ink, size, sure, ruling=None):
    """Return ink without level and upright lines that are longer than characters are high.

    Where a stroke crosses a line, what the line had covered is filled again.

    Parameters
    ----------
    ink : ndarray of uint8, (height, width)
    size : float
        Height of characters, in pixels.
    sure : int
        Ink from which a pixel counts.
    ruling : ndarray of bool, (height, width), default=None
        Where lines were taken out before, at which sides of boxes end, too.

    Returns
    -------
    ndarray of uint8, (height, width)
    """
    result, level = ink, ruling
    for is_level in (True, False):
        turned = result if is_level else result.T
        mask = np.ascontiguousarray(turned) > sure
        region, thickness = _line_region(mask, size, None if is_level or level is None else level.T)
        if region is None:
            continue
        if is_level:
            # A line that is not quite level goes on beyond its last long run.
            along = np.ones((1, 2 * round(_MIN_LENGTH * size) + 1), np.uint8)
            level = cv2.dilate(region.view(np.uint8), along).astype(bool) & mask
            level = level if ruling is None else level | ruling
        rest = turned.copy()
        rest[region] = 0
        # A stroke goes on where there is ink on both sides of the line.
        length = int(np.ceil(thickness)) + 3
        bridged = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((length, 1), np.uint8))
        rest[region] = np.minimum(turned, bridged)[region]
        result = rest if is_level else np.ascontiguousarray(rest.T)
    return result


def _line_region(mask, size, across):
    """Return where straight runs along rows are lines, with the pixel around them, and how thick.

    Lines are longer than characters, or end at both sides at a line `across`, as the sides of a
    box do.
    """
    shortest = _MIN_LENGTH if across is None else _MIN_SIDE
    length = max(8, round(shortest * size))
    # A line that is not quite level has its runs in several rows.
    thick = cv2.dilate(mask.view(np.uint8), np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    if not runs.any():
        return None, 0
    _, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    left, top, width, height, area = stats.T
    thickness = area / np.maximum(width, 1)
    lines = (thickness <= _MAX_THICKNESS * size + 2) & (height <= 0.6 * size + 0.1 * width)
    lines[0] = False
    if across is not None:
        reach = max(3, round(0.12 * size))
        for k in np.flatnonzero(lines & (width < _MIN_LENGTH * size)):
            rows = slice(top[k], top[k] + height[k])
            ends = left[k], left[k] + width[k]
            lines[k] = all(across[rows, max(0, end - reach) : end + reach].any() for end in ends)
    if not lines.any():
        return None, 0
    region = lines[labels] & (thick > 0)
    region = cv2.dilate(region.view(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return region, float(thickness[lines].max())
