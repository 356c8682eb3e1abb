"""Measure and change the width of strokes."""

import cv2
import numpy as np

#: Smallest resolution in which widths are measured and changed, in pixels of the work picture
#: for one pixel of the output.
FINE = 3


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


def widen(mask, distance):
    """Return strokes whose edges are moved outwards, on a picture larger by that much.

    Parameters
    ----------
    mask : ndarray of uint8, (height, width)
        0 for paper, 1 for ink.
    distance : float
        By how much every edge moves, in pixels.

    Returns
    -------
    ndarray of uint8, (height + 2 * n, width + 2 * n)
        Ink, with grey edges.
    """
    n_more = int(np.ceil(distance)) + 2
    paper = cv2.copyMakeBorder(1 - mask, *[n_more] * 4, cv2.BORDER_CONSTANT, value=1)
    outside = cv2.distanceTransform(paper, cv2.DIST_L2, cv2.DIST_MASK_5)
    return _soft(np.clip(distance + 1 - outside, 0, 1))


def thin(mask, distance, width):
    """Return strokes whose edges are moved inwards, none of which vanishes.

    Parameters
    ----------
    mask : ndarray of uint8, (height, width)
        0 for paper, 1 for ink.
    distance : float
        By how much edges move, in pixels.
    width : float
        Width of what at least is left along the middle of a stroke, in pixels.

    Returns
    -------
    ndarray of uint8, (height, width)
        Ink, with grey edges.
    """
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)
    # Towards the ridge depth grows by 1 a pixel, and along it by little where a stroke gets wider.
    ridge = (depth >= cv2.dilate(depth, np.ones((3, 3))) - 0.6) & (mask > 0)
    from_ridge = cv2.distanceTransform((~ridge).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    thinner = np.maximum(depth - distance, width / 2 - from_ridge)
    ink = np.clip(thinner + 0.5, 0, 1) * mask
    _drop_crumbs(ink, mask, depth > 0.75 * distance, width)
    return _soft(ink)


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
        kept = cv2.dilate(((pieces > 0) & ~crumbs).view(np.uint8), np.ones((3, 3)))
        ink *= kept  # with what is less than half of ink around crumbs


def _soft(ink):
    return np.rint(cv2.GaussianBlur(ink, (0, 0), 1.2) * 255).astype(np.uint8)
