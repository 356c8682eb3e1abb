"""Tell the pieces of the character from dirt, and from its neighbours at the border."""

import cv2
import numpy as np

from skhcr.preprocessing._batches import column, find_pieces
from skhcr.preprocessing._stroke import stroke_width

_CORE = 0.3  # what is surely ink
_EDGE = 0.04  # of the picture's side that is too narrow for a character
_MIN_EXTENT = 0.03  # of the picture's longer side that a character has at least


def keep_character(ink, smooth, floor, core=_CORE):
    """Set to 0 what is not the character.

    Parameters
    ----------
    ink : ndarray of float32, (n_samples, height, width)
        0 for paper, 1 for ink.
    smooth : ndarray of float32, (n_samples, height, width)
        The same without noise.
    floor : ndarray of float, (n_samples,)
        What is over it, and joined to sure ink, is ink.
    core : float or ndarray of float, (n_samples,)
        What is over it is sure to be ink.

    Returns
    -------
    kept : ndarray of float32, (n_samples, height, width)
        The ink of the character.
    all_kept : ndarray of bool, (n_samples,)
        Whether all sure ink is the character's.
    """
    sure, faint = smooth > column(np.broadcast_to(core, len(ink))), smooth > column(floor)
    kept_sure, all_kept = _keep_sure(ink, sure)
    n_faint, labels = find_pieces(faint)
    # Where faint ink is one piece, it is the character's if any of it is.
    area = faint & kept_sure.any(axis=(1, 2), keepdims=True)
    several = np.flatnonzero(n_faint > 1)
    if len(several):
        labels = labels[several]
        joined = np.zeros(labels.max() + 1, dtype=bool)
        joined[labels[kept_sure[several]]] = True
        joined[0] = False
        area[several] = joined[labels]
    for i in np.flatnonzero(~all_kept):  # what is nearer to a dropped piece belongs to that
        dropped_sure = sure[i] & ~kept_sure[i]
        to_kept, to_dropped = (
            cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, 3)
            for mask in (kept_sure[i], dropped_sure)
        )
        area[i] &= to_kept <= to_dropped
    return ink * area, all_kept


def _keep_sure(ink, sure):
    """Return which of the sure ink is the character's, and whether all of it is."""
    kept, all_kept = sure.copy(), np.ones(len(sure), dtype=bool)
    # One picture is looked at once, for all that is known of its pieces.
    n_pieces = find_pieces(sure)[0] if len(sure) > 1 else np.array([2])
    one = np.flatnonzero(n_pieces == 1)
    if len(one):
        boxes = np.array([cv2.boundingRect(mask) for mask in sure[one].view(np.uint8)])
        dirty = one[_is_dirt(boxes.T, *sure.shape[1:])]
        kept[dirty] = False
        all_kept[dirty] = False
    for i in np.flatnonzero(n_pieces > 1):
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            sure[i].view(np.uint8), connectivity=8
        )
        if count > 1:
            kept_pieces = _kept(ink[i], labels, stats, count)
            kept[i] = kept_pieces[labels]
            all_kept[i] = kept_pieces[1:].all()
    return kept, all_kept


def _kept(ink, labels, stats, count):
    """Return which pieces are kept, an array of bool indexed by their labels."""
    kept = np.zeros(count, dtype=bool)
    height, width = labels.shape
    if count == 2:
        kept[1] = not _is_dirt(stats[1, :4], height, width)
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
    # What covers a whole side is the edge of the paper, if there is anything else.
    weights[_longest_contact(labels, count)[1:] > 0.8] *= 0.02
    boxes = left, top, right, bottom
    large = np.maximum(piece_width, piece_height) > 0.1 * max(height, width)
    weights[_frames(*boxes, areas, large)] = 0
    main = weights.argmax()
    drop = (areas < 0.02 * areas[main]) | (weights == 0) | _underlines(*boxes, main)
    drop |= _thin_lines(labels, *boxes, areas, main)
    if touches[main]:
        # A picture cut close: what stands over, under or beside the character is its dot or bar.
        middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
        beside = (middle_x < left[main]) | (middle_x > right[main])
        over = (middle_y < top[main]) | (middle_y > bottom[main])
        drop |= touches & beside & (over | (weights < 0.1 * weights[main]))
    else:
        drop |= touches
    drop[main] = False
    if not _is_dirt(stats[main + 1, :4], height, width):
        kept[1:] = _near(*boxes, main, ~drop)
    return kept


def _longest_contact(labels, count):
    """Return which part of a side of the picture each piece covers at most."""
    sides = labels[0], labels[-1], labels[:, 0], labels[:, -1]
    covered = [np.bincount(side, minlength=count) / len(side) for side in sides]
    return np.max(covered, axis=0)


def _is_dirt(boxes, height, width):
    """Tell whether the largest piece is but dust, or the edge of something at the border.

    `boxes` is left, top, width and height of a piece, or of one in each of several pictures.
    """
    left, top, box_width, box_height = boxes
    dust = np.maximum(box_width, box_height) < _MIN_EXTENT * max(height, width)
    rows, columns = _EDGE * height, _EDGE * width
    at_side = (left + box_width <= columns) | (left >= width - columns)
    return dust | at_side | (top + box_height <= rows) | (top >= height - rows)


def _near(left, top, right, bottom, main, candidates):
    """Return which candidates are near the character, or near something that is."""
    reach = 0.6 * max(right[main] - left[main], bottom[main] - top[main])
    near = np.zeros(len(left), dtype=bool)
    near[main] = True
    queue = [main]
    while queue:
        piece = queue.pop()
        dx = np.maximum(left - right[piece], left[piece] - right)
        dy = np.maximum(top - bottom[piece], top[piece] - bottom)
        gaps = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
        new = candidates & ~near & (gaps <= reach)
        near |= new
        queue.extend(np.flatnonzero(new))
    return near


def _frames(left, top, right, bottom, areas, candidates):
    """Return which candidates stand round another piece: circles, and boxes with a gap."""
    width, height = right - left, bottom - top
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    thin = np.flatnonzero(candidates & (areas < 0.3 * width * height))
    frames = np.zeros(len(left), dtype=bool)
    for frame in thin:
        within = (left > left[frame]) & (right < right[frame])
        within |= (top > top[frame]) & (bottom < bottom[frame])
        within &= np.abs(middle_x - middle_x[frame]) < 0.25 * width[frame]
        within &= np.abs(middle_y - middle_y[frame]) < 0.25 * height[frame]
        within &= (height > 0.35 * height[frame]) & (areas > 0.05 * areas[frame])
        within &= (width < width[frame]) & (height < 1.1 * height[frame])
        frames[frame] = within.any()
    return frames


def _underlines(left, top, right, bottom, main):
    """Return which pieces are long lines under the character."""
    under = (top + bottom) / 2 > bottom[main]
    under &= top > bottom[main] - 0.05 * (bottom[main] - top[main])
    wider = (left < left[main]) & (right > right[main])
    return under & wider & (right - left > 8 * (bottom - top))


def _thin_lines(labels, left, top, right, bottom, areas, main):
    """Return which pieces are upright or level lines much thinner than the strokes."""
    width, height = right - left, bottom - top
    length = np.maximum(width, height)
    lines = length > 8 * np.minimum(width, height)
    lines &= length > 0.4 * length[main]
    lines[main] = False
    if not lines.any():
        return lines
    rows = slice(int(top[main]), int(bottom[main]))
    columns = slice(int(left[main]), int(right[main]))
    stroke = stroke_width((labels[rows, columns] == main + 1).view(np.uint8))
    return lines & (areas < 0.5 * stroke * length)
