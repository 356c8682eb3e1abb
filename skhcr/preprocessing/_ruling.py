"""Take printed lines out of ink: ruled and squared paper, and boxes round a character."""

import cv2
import numpy as np

from skhcr.preprocessing._stroke import stroke_width

_MIN_SIDE = 32  # pixels under which lines and strokes cannot be told apart
_MAX_TILT = 6  # degrees
_MAX_SIDE = 320  # pixels in which lines are looked for
_SPAN = 0.72  # of the picture's width that a line has to cover in one straight row
_MAX_THICKNESS = 0.045  # of the picture's longer side


def remove_lines(ink, low):
    """Remove ruling and boxes.

    Parameters
    ----------
    ink : ndarray of float32, (n_samples, height, width)
        0 for paper, 1 for ink.
    low : ndarray of float, (n_samples,)
        What is over it is no noise.

    Returns
    -------
    without : dict of int to ndarray of float32, (height, width)
        What is left of the pictures that had lines, by their positions.
    """
    if min(ink.shape[1:]) < _MIN_SIDE:
        return {}
    without = {}
    for i, picture in enumerate(ink):
        rest = remove_box(remove_ruling(picture, float(low[i])))
        if rest is not picture:
            without[i] = rest
    return without


def remove_ruling(ink, low):
    """Remove lines that cross the whole picture and are fainter or thinner than the strokes.

    Parameters
    ----------
    ink : ndarray of float32, (height, width)
        0 for paper, 1 for ink.
    low : float
        What is over it is no noise.

    Returns
    -------
    ndarray of float32, (height, width)
        `ink` itself where there are no lines.
    """
    rows = _lines(ink, low)
    columns = [(region.T, *more) for region, *more in _lines(ink.T, low)]
    lines = rows + columns
    if not lines:
        return ink
    everything = np.logical_or.reduce([region for region, _, _ in lines])
    strokes = ((ink > low) & ~everything).view(np.uint8)
    strokes = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    if np.count_nonzero(strokes) < 0.002 * strokes.size:
        # Nothing but lines: a character, if they are few and thick, else paper without one.
        thick = max(thickness for _, _, thickness in lines) > 0.02 * max(ink.shape)
        return ink if thick and len(lines) <= 2 else np.zeros_like(ink)
    width = stroke_width(strokes)
    for some, axis in ((rows, 0), (columns, 1)):
        if len(some) < 3 or _are_strokes(some, axis):
            some = [line for line in some if line[1] < 0.75 or line[2] < 0.6 * width]
        if some:
            ink = _without(ink, some, axis)
    return ink


def _lines(ink, low):
    """Return [(region, level, thickness), ...] of the lines from left to right."""
    mask = ink > low
    height, width = ink.shape
    end = max(1, round(0.03 * width))
    if not (mask[:, :end].any() and mask[:, -end:].any()):
        return []
    if np.count_nonzero(mask.any(axis=0)) < 0.85 * width:
        return []
    found, slope = _find_lines(mask)
    rows = np.arange(height, dtype=np.float32)[:, np.newaxis] - slope * (
        np.arange(width, dtype=np.float32) - width / 2
    )
    lines = []
    for middle, thickness in found:
        region = np.abs(rows - middle) <= thickness / 2 + 1
        crossed = (region & mask).any(axis=0)
        if crossed[:end].any() and crossed[-end:].any():  # else it ends where strokes do
            darkest = np.where(region, ink, 0).max(axis=0)
            lines.append((region, float(np.median(darkest)), thickness))
    return lines


def _are_strokes(lines, axis):
    """Tell whether the first and the last line lie on the border, as in an E that is cut close."""
    first, last = (region.any(axis=1 - axis) for region in (lines[0][0], lines[-1][0]))
    return bool(first[0] and last[-1])


def _without(ink, lines, axis):
    """Return ink without lines that run along an axis: 0 for rows, 1 for columns."""
    result = ink.copy()
    for region, _, _ in lines:
        result[region] = 0
    removed = result < ink
    # What is left is drawn across the gap where there is ink on both of its sides...
    length = round(max(thickness for _, _, thickness in lines)) + 6
    kernel = np.ones((length, 1) if axis == 0 else (1, length), np.uint8)
    bridged = cv2.morphologyEx(result, cv2.MORPH_CLOSE, kernel)
    # ... and where ink is darker than the line.
    level = max(level for _, level, _ in lines)
    if level < 0.8:
        excess = np.clip((ink - level) / (1 - level), 0, 1)
        excess[excess < 0.3] = 0
        bridged = np.maximum(bridged, excess)
    result[removed] = np.minimum(ink, bridged)[removed]
    return result


def _find_lines(mask):
    """Return [(row at the middle column, thickness), ...] and the slope they share."""
    height, width = mask.shape
    step = -(-max(height, width) // _MAX_SIDE)
    if step > 1:
        thick = cv2.dilate(mask.astype(np.uint8), np.ones((step, step), np.uint8))
        mask = thick[::step, ::step]
    small_height, small_width = mask.shape
    ys, xs = np.nonzero(mask)
    xs = xs - small_width / 2
    n_angles = 2 * int(np.ceil(np.tan(np.radians(_MAX_TILT)) * small_width)) + 1
    limit = np.tan(np.radians(_MAX_TILT))
    best, best_profile, best_slope = 0, None, 0
    for slope in np.linspace(-limit, limit, n_angles):
        rows = np.rint(ys - slope * xs).astype(np.intp) + small_height
        profile = np.bincount(rows, minlength=3 * small_height)
        score = (np.maximum(profile - _SPAN * 0.8 * small_width, 0) ** 2).sum()
        if score > best:
            best, best_profile, best_slope = score, profile, slope
    if best_profile is None:
        return [], 0
    over = np.flatnonzero(best_profile >= _SPAN * small_width)
    if len(over) == 0:
        return [], 0
    groups = np.split(over, np.flatnonzero(np.diff(over) > 1) + 1)
    limit = max(2, _MAX_THICKNESS * max(mask.shape))
    lines = [
        (step * (group.mean() - small_height), step * len(group))
        for group in groups
        if len(group) <= limit
    ]
    return lines, best_slope


def remove_box(ink):
    """Remove a box round the character, and what is outside of it.

    A box is a piece of ink each of whose four sides is straight and closed, seen from outside,
    and that has ink within. (A round 0 has no straight sides, and an upright one nothing within.)
    """
    mask = (ink > 0.35).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = ink.shape
    for index in range(1, count):
        left, top, box_width, box_height, area = (int(n) for n in stats[index])
        if box_width < 0.35 * width and box_height < 0.35 * height:
            continue
        if min(box_width, box_height) < 16 or area > 0.6 * box_width * box_height:
            continue
        place = np.s_[top : top + box_height, left : left + box_width]
        piece = labels[place] == index
        rim = _rim(piece)
        if rim is None:
            continue
        within = ((ink[place] > 0.1) & ~cv2.dilate(rim, np.ones((5, 5))).astype(bool)).view(
            np.uint8
        )
        within = cv2.morphologyEx(within, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        # what the rim leaves of the box itself are crumbs
        n_within, _, inner, _ = cv2.connectedComponentsWithStats(within, connectivity=8)
        largest = inner[1:][inner[1:, 4].argmax()] if n_within > 1 else np.zeros(5)
        if (
            max(largest[2] / box_width, largest[3] / box_height) < 0.3
            or largest[4] < 0.01 * box_width * box_height
        ):
            if _rim(piece, 0.05, 0.96) is not None:  # an empty field of a form
                return np.zeros_like(ink)
            continue
        result = np.zeros_like(ink)
        soft = cv2.dilate(rim, np.ones((3, 3), np.uint8)).astype(bool)
        result[place] = np.where(soft, 0, ink[place])
        return result
    return ink


def _rim(piece, depth=0.12, closed=0.88):
    """Return the four sides of a box, or None where they are not straight and closed."""
    rim = np.zeros_like(piece)
    turned, target = piece, rim
    for _ in range(4):
        height, width = turned.shape
        first = turned.argmax(axis=0)  # of each column, from this side
        straight = turned.any(axis=0) & (first <= depth * height)
        if np.count_nonzero(straight) < closed * width:
            return None
        rows = np.arange(height)[:, np.newaxis]
        after = (rows >= first) & ~turned
        run = np.where(after.any(axis=0), after.argmax(axis=0), height) - first
        thickness = np.median(run[straight])
        if thickness > max(2, 0.12 * min(height, width)):
            return None
        last = first + np.minimum(run, thickness + 1)
        target |= straight & turned & (rows >= first) & (rows <= last)
        turned, target = np.rot90(turned), np.rot90(target)
    return rim.view(np.uint8)
