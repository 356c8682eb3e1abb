"""Measure and change the width of strokes."""

import cv2
import numpy as np

from skhcr.preprocessing._batches import count

#: Smallest resolution in which widths are measured and changed, in pixels of the work picture
#: for one pixel of the output.
FINE = 3
_SQUARE = np.ones((3, 3), np.uint8)
_REACH = 6  # pixels beyond which `draw_soft` leaves paper as it is


def stroke_width(mask):
    """Return the mean width of the strokes of a mask, in pixels.

    A stroke of width w has pixels whose distances to its edge are spread evenly from 0 to w / 2,
    so that w is four times their mean.

    Parameters
    ----------
    mask : ndarray of uint8, (height, width)
        0 for paper, 1 for ink.

    Returns
    -------
    float
        0 without ink.
    """
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)
    n_ink = cv2.countNonZero(mask)
    return 4 * cv2.sumElems(depth)[0] / n_ink if n_ink else 0.0


def stroke_widths(masks):
    """Return the mean widths of the strokes of several masks, as `stroke_width` does.

    Parameters
    ----------
    masks : ndarray of bool, (n_samples, height, width)
        Whether there is ink; there is none beyond the border.

    Returns
    -------
    widths : ndarray of float64, (n_samples,)
    wide : ndarray of uint8, (n_samples, height + 2, width + 2)
        The masks with paper all around.
    depths : ndarray of float32, (n_samples, height + 2, width + 2)
        How far each pixel of them is from paper.
    """
    n_samples, height, width = masks.shape
    wide = np.zeros((n_samples, height + 2, width + 2), np.uint8)
    wide[:, 1:-1, 1:-1] = masks
    # One under the other: no pixel is nearer to paper beyond the paper between them.
    tall = wide.reshape(-1, width + 2)
    depths = cv2.distanceTransform(tall, cv2.DIST_L2, cv2.DIST_MASK_5)
    # Sums of float32 as float64 are exact, in whatever order.
    flat = depths.reshape(n_samples, -1)
    sums = cv2.reduce(flat, 1, cv2.REDUCE_SUM, dtype=cv2.CV_64F)[:, 0]
    n_ink = count(wide.reshape(n_samples, -1))
    return 4 * sums / np.maximum(n_ink, 1), wide, depths.reshape(wide.shape)


def widen(mask, distance):
    """Return strokes whose edges are moved outwards, on a picture larger by as much.

    Parameters
    ----------
    mask : ndarray of uint8, (height, width)
        0 for paper, 1 for ink.
    distance : float
        By how much every edge moves, in pixels.

    Returns
    -------
    ink : ndarray of float32
        The part of the larger picture that has ink.
    corner : tuple of int
        Where it begins there, (row, column).
    n_more : int
        What is more on each side, in pixels.
    """
    n_more = int(np.ceil(distance)) + 2
    x, y, width, height = cv2.boundingRect(mask)
    paper = 1 - mask[y : y + height, x : x + width]
    paper = cv2.copyMakeBorder(paper, *[n_more] * 4, cv2.BORDER_CONSTANT, value=1)
    outside = cv2.distanceTransform(paper, cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.clip(distance + 1 - outside, 0, 1), (y, x), n_more


def thin(mask, depth, distance, width):
    """Return strokes whose edges are moved inwards, none of which vanishes.

    Parameters
    ----------
    mask : ndarray of uint8, (height, width)
        0 for paper, which is all around, 1 for ink.
    depth : ndarray of float32, (height, width)
        How far each pixel is from paper.
    distance : float
        By how much edges move, in pixels.
    width : float
        Width of what at least is left along the middle of a stroke, in pixels.

    Returns
    -------
    ink : ndarray of float32
        The part of the picture that has ink.
    corner : tuple of int
        Where it begins, (row, column).
    """
    x, y, ink_width, ink_height = cv2.boundingRect(mask)
    place = slice(y - 1, y + ink_height + 1), slice(x - 1, x + ink_width + 1)
    mask, depth = mask[place], depth[place]
    # Towards the ridge depth grows by 1 a pixel, and along it by little where a stroke gets wider.
    ridge = (depth >= cv2.dilate(depth, _SQUARE) - 0.6) & (mask > 0)
    from_ridge = cv2.distanceTransform((~ridge).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    thinner = np.maximum(depth - distance, width / 2 - from_ridge)
    ink = np.clip(thinner + 0.5, 0, 1) * mask
    _drop_crumbs(ink, mask, depth > 0.75 * distance, width)
    return ink, (y - 1, x - 1)


def _drop_crumbs(ink, mask, core, width):
    """Empty what ridges leave beside thinned strokes, as they end in the corners of broad ones too.

    A crumb is small, holds nothing of the core, which is deep in the ink, and was one with
    something that does.
    """
    thinned = (ink > 0.5).view(np.uint8)
    if cv2.connectedComponents(thinned)[0] <= 2:  # paper, and all the ink in one piece
        return
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(thinned)
    strokes = cv2.connectedComponents(mask)[1]
    with_core = np.isin(strokes, strokes[core])
    extents = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    small = np.setdiff1d(np.flatnonzero(extents < 2 * width), pieces[core])
    crumbs = np.isin(pieces, small) & with_core
    if crumbs.any():
        kept = cv2.dilate(((pieces > 0) & ~crumbs).view(np.uint8), _SQUARE)
        ink *= kept  # with what is less than half of ink around crumbs


def draw_soft(ink, corner, shape):
    """Return a picture with soft-edged ink on it.

    Parameters
    ----------
    ink : ndarray of float32, (height, width)
        1 for ink.
    corner : tuple of int
        Where it begins on the picture, (row, column).
    shape : tuple of int
        (height, width) of the picture.

    Returns
    -------
    ndarray of uint8, (height, width)
    """
    (top, left), (height, width) = corner, shape
    bottom, right = top + ink.shape[0], left + ink.shape[1]
    above, before = min(_REACH, top), min(_REACH, left)
    below, behind = min(_REACH, height - bottom), min(_REACH, width - right)
    ink = cv2.copyMakeBorder(ink, above, below, before, behind, cv2.BORDER_CONSTANT, value=0)
    picture = np.zeros(shape, np.uint8)
    picture[top - above : bottom + below, left - before : right + behind] = np.rint(
        cv2.GaussianBlur(ink, (0, 0), 1.2) * 255
    )
    return picture
