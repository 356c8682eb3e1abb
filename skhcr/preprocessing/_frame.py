"""Find the sheet on the desk: the part of a picture that its paper is."""

import cv2
import numpy as np

_SIDE = 160  # pixels of the longer side in which frames are looked for
_MIN_SIDE = 30  # pixels: in less, a frame leaves no room for a character


def find_insides(grey):
    """Return what of each picture of a batch lies within a frame, as `find_inside` does."""
    if min(grey.shape[1:]) < _MIN_SIDE:
        return [None] * len(grey)
    return [find_inside(picture) for picture in grey]


def find_inside(grey):
    """Return what of a picture lies within a frame, or None where there is no frame.

    A frame is whatever is all around a quadrangle of the opposite lightness on which there is
    something: a dark desk around paper, a page around a screenshot, a thick box round a character.

    Parameters
    ----------
    grey : ndarray of uint8, (height, width)

    Returns
    -------
    ndarray of bool, (height, width), or None
        The quadrangle, without its soft edge.
    """
    scale = min(1, _SIDE / max(grey.shape))
    small = grey
    if scale < 1:
        size = [max(1, round(scale * n)) for n in grey.shape[::-1]]
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    if min(small.shape) < _MIN_SIDE:
        return None
    _, light = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if not light.any() or cv2.mean(small, light)[0] - cv2.mean(small, 1 - light)[0] < 32:
        return None
    ring = np.concatenate([light[0], light[-1], light[1:-1, 0], light[1:-1, -1]])
    # The inside differs from most of what is at the border.
    inside = light if 2 * np.count_nonzero(ring) < len(ring) else 1 - light
    quadrangle = _quadrangle(inside)
    if quadrangle is None:
        return None
    full = np.zeros_like(small)
    cv2.fillConvexPoly(full, quadrangle, 1)
    if np.count_nonzero(inside[full == 0]) > 0.1 * np.count_nonzero(full == 0):
        return None  # a lit part that a stroke and the edge of a shadow cut out
    reach = 2 + round(0.015 * max(small.shape))
    full = cv2.copyMakeBorder(full, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    core = cv2.erode(full, np.ones((2 * reach - 1,) * 2, np.uint8))[1:-1, 1:-1].astype(bool)
    other = np.count_nonzero(inside[core] == 0) / max(1, np.count_nonzero(core))
    if other > 0.45:
        return None
    if other < 0.003:  # an empty sheet, if it is not a thick stroke
        _, sides, _ = cv2.minAreaRect(quadrangle)
        if min(sides) < 0.5 * max(sides):
            return None
    if scale < 1:
        core = cv2.resize(
            core.view(np.uint8), grey.shape[::-1], interpolation=cv2.INTER_NEAREST
        ).astype(bool)
    return core


def fill_outside(grey, inside):
    """Return a picture whose outside looks like the paper next to it.

    Parameters
    ----------
    grey : ndarray of uint8, (height, width)
    inside : ndarray of bool, (height, width)
        What is to stay.

    Returns
    -------
    ndarray of uint8, (height, width)
    """
    if inside.all():
        return grey
    # Every pixel outside takes the value of the nearest one inside, a little blurred.
    _, labels = cv2.distanceTransformWithLabels(
        (~inside).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    values = np.zeros(labels.max() + 1, np.uint8)
    values[labels[inside]] = cv2.medianBlur(grey, 5)[inside]
    return np.where(inside, grey, values[labels])


def _quadrangle(mask):
    """Return the corners of the largest piece if it has four, and is not as wide or high as all."""
    height, width = mask.shape
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    area = cv2.contourArea(contour)
    if area < 0.2 * mask.size:
        return None
    left, top, box_width, box_height = cv2.boundingRect(contour)
    # A lit part between shadows reaches from side to side, paper in a corner does not.
    if (left <= 0 and left + box_width >= width) or (top <= 0 and top + box_height >= height):
        return None
    corners = cv2.approxPolyDP(contour, 0.03 * cv2.arcLength(contour, closed=True), closed=True)
    if len(corners) != 4 or not cv2.isContourConvex(corners):
        return None
    if not 0.94 < area / cv2.contourArea(corners) < 1.06:
        return None
    return corners
