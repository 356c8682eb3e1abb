"""From a picture of text to its ink: paper and shade taken out."""

import cv2
import numpy as np

from skhcr.preprocessing._paper import levels

_SMALL = 360  # pixels: the longer side of the picture in which paper is looked for
_WINDOW = 0.12  # of that side: wider than strokes, narrower than most shadows
_BLACK = 8  # grey level below which nothing is told apart
_VOTERS = 600  # pixels: the longer side of the picture that tells dark ink from light
_NOISY = 0.02  # of the ink's contrast, from which noise is smoothed
_MIN_CONTRAST = 0.08  # between ink and paper, under which a picture is empty


def page_ink(grey, dark_ink=None):
    """Return the ink of a picture of text.

    What :class:`~skhcr.preprocessing.InkExtractor` does for one character, for pages: paper is
    estimated in a small copy, as large squares on millions of pixels would take seconds, and
    nothing is dropped for being far from the middle.

    Parameters
    ----------
    grey : ndarray of uint8, (height, width)
    dark_ink : bool, default=None
        Whether ink is darker than paper; None if that is not known.

    Returns
    -------
    ndarray of uint8, (height, width)
        0 for paper, 255 for ink; 0 throughout where there is none.
    """
    if min(grey.shape) < 3:
        return np.zeros_like(grey)
    if dark_ink is None:
        dark_ink = is_dark_text(grey)
    shaded = grey if dark_ink else 255 - grey
    paper = _paper(shaded)
    if dark_ink:
        contrast = 1 - shaded / np.maximum(paper, _BLACK).astype(np.float32)
    else:
        contrast = (paper.astype(np.float32) - shaded) / np.float32(255)
    smooth = contrast
    offset, noise, span = _levels(smooth)
    if noise > _NOISY * span:  # else thin strokes would only lose by it
        smooth = cv2.GaussianBlur(contrast, (3, 3), 0)
        offset, noise, span = _levels(smooth)
    if span < max(_MIN_CONTRAST, 6 * noise):
        return np.zeros_like(grey)
    ink = np.clip((smooth - offset) / span, 0, 1)
    return np.rint(255 * ink).astype(np.uint8)


def _levels(contrast):
    """Return the contrast of paper, its noise, and how much more contrast ink has."""
    offset, noise, level = (float(n[0]) for n in levels(contrast[np.newaxis], np.array([False])))
    return offset, noise, level - offset


def is_dark_text(grey):
    """Tell whether the strokes of a text are darker than its paper.

    There is more paper than ink around almost every pixel, so that ink is further from the mean of
    its surroundings than paper is: the third moment of the differences has the sign of ink.
    """
    scale = min(1, _VOTERS / max(grey.shape))
    if scale < 1:
        size = [max(3, round(scale * n)) for n in grey.shape[::-1]]
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    clean = cv2.medianBlur(grey, 3).astype(np.float32)
    side = max(5, round(0.6 * min(grey.shape))) | 1
    surroundings = cv2.blur(clean, (side, side), borderType=cv2.BORDER_REFLECT)
    return float(((clean - surroundings) ** 3).sum()) <= 0


def _paper(shaded):
    """Return the paper's grey level at each pixel, uint8, of dark ink."""
    height, width = shaded.shape
    step = max(1, round(max(height, width) / _SMALL))
    small = shaded
    if step > 1:  # the lightest of each block, which is paper between strokes
        small = cv2.dilate(cv2.blur(shaded, (3, 3)), np.ones((step, step), np.uint8))
        small = small[step // 2 :: step, step // 2 :: step]
    small = cv2.medianBlur(small, 3) if min(small.shape) >= 3 else small
    side = max(9, round(_WINDOW * max(small.shape))) | 1
    square = cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))
    n_more = side // 2 + 1
    wide = cv2.copyMakeBorder(small, *[n_more] * 4, cv2.BORDER_REFLECT_101)
    paper = cv2.morphologyEx(wide, cv2.MORPH_CLOSE, square)
    paper = cv2.blur(paper, (side // 2 | 1,) * 2)[n_more:-n_more, n_more:-n_more]
    return cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
