"""Tell the pieces of the character from dirt, and from its neighbours at the border."""

import cv2
import numpy as np

_CORE = 0.3  # what is surely ink
_MIN_EXTENT = 0.03  # of the picture's longer side that a character has at least


def keep_character(ink, smooth, floor, core=_CORE):
    """Set to 0 what is not the character.

    Parameters
    ----------
    ink : ndarray of float32, (height, width)
        0 for paper, 1 for ink.
    smooth : ndarray of float32, (height, width)
        The same without noise.
    floor : float
        What is over it, and joined to sure ink, is ink.
    core : float
        What is over it is sure to be ink.

    Returns
    -------
    kept : ndarray of float32, (height, width)
        The ink of the character.
    all_kept : bool
        Whether all sure ink is the character's.
    """
    sure = (smooth > core).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(sure, connectivity=8)
    if count == 1:
        return np.zeros_like(ink), True
    kept = _kept(ink, labels, stats, count)
    faint = (smooth > floor).view(np.uint8)
    n_faint, faint_labels = cv2.connectedComponents(faint, connectivity=8)
    kept_sure = kept[labels]
    joined = np.zeros(n_faint, dtype=bool)
    joined[faint_labels[kept_sure]] = True
    joined[0] = False
    area = joined[faint_labels]
    all_kept = bool(kept[1:].all())
    if not all_kept:  # what is nearer to a dropped piece belongs to that
        dropped_sure = sure.astype(bool) & ~kept_sure
        to_kept = cv2.distanceTransform((~kept_sure).view(np.uint8), cv2.DIST_L2, 3)
        to_dropped = cv2.distanceTransform((~dropped_sure).view(np.uint8), cv2.DIST_L2, 3)
        area &= to_kept <= to_dropped
    return np.where(area, ink, 0), all_kept


def _kept(ink, labels, stats, count):
    """Return which pieces are kept, an array of bool indexed by their labels."""
    kept = np.ones(count, dtype=bool)
    kept[0] = False
    height, width = labels.shape
    extent = _MIN_EXTENT * max(height, width)
    if count == 2:
        kept[1] = stats[1, 2:4].max() >= extent
        return kept
    left, top, piece_width, piece_height, areas = stats[1:].T.astype(float)
    right, bottom = left + piece_width, top + piece_height
    touches = (left <= 0) | (top <= 0) | (right >= width) | (bottom >= height)
    # The character is what has most ink, and that rather in the middle than at the border.
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, np.newaxis]
    x = np.linspace(-1, 1, width, dtype=np.float32)
    weights = np.exp(-(x * x + y * y)) * ink
    weights = np.bincount(labels.ravel(), weights.ravel(), minlength=count)[1:]
    weights = weights * np.where(touches, 0.5, 1)
    main = weights.argmax()
    large = areas >= 0.1 * areas[main]
    drop = areas < 0.02 * areas[main]
    if touches[main]:
        # A picture cut close: what stands over, under or beside the character is its dot or bar.
        middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
        beside = (middle_x < left[main]) | (middle_x > right[main])
        beside &= (middle_y < top[main]) | (middle_y > bottom[main])
        drop |= touches & beside
        drop |= (
            touches
            & (weights < 0.1 * weights[main])
            & ~((middle_x >= left[main]) & (middle_x <= right[main]))
        )
    else:
        drop |= touches
    # Small things far from everything else are dirt.
    anchors = large & ~drop
    anchors[main] = True
    reach = 0.6 * max(piece_width[main], piece_height[main])
    for index in np.flatnonzero(~large & ~drop):
        dx = np.maximum(left[anchors] - right[index], left[index] - right[anchors])
        dy = np.maximum(top[anchors] - bottom[index], top[index] - bottom[anchors])
        drop[index] = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)).min() > reach
    drop |= _underlines(left, top, right, bottom, main)
    if max(piece_width[main], piece_height[main]) < extent:
        return np.zeros(count, dtype=bool)  # dust on empty paper
    drop[main] = False
    kept[1:] = ~drop
    return kept


def _underlines(left, top, right, bottom, main):
    """Return which pieces are long lines some way under the character."""
    length, thickness = right - left, bottom - top
    apart = top - bottom[main] > 0.1 * (bottom[main] - top[main])
    wider = (left < left[main] - 0.1 * length) & (right > right[main] + 0.1 * length)
    return apart & wider & (length > 8 * thickness)
