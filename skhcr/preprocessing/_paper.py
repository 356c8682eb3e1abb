"""Tell ink from paper: which of the two is the darker one, and how dark the paper is where."""

import cv2
import numpy as np

from skhcr.preprocessing._batches import column, count

#: Window in which paper has to show, as a fraction of the picture's longer side: wider than any
#: stroke, and narrower than most shadows.
WINDOW = 0.35
_VOTERS = 48  # pixels: the longer side of the picture in which the polarity is voted on
_LOGARITHMS = np.log(np.arange(256, dtype=np.float32) + 24)  # of noise in black, nothing is made
_STROKE = 0.4  # part of the paper's light under which what is at the border is a stroke
_N_DARK = 3  # pixels that may be darker than ink is taken to be
_FEW = 10_000  # pixels that are faster sorted than counted
_BLACK = 8  # Grey level below which nothing is told apart.


def to_one_channel(picture):
    """Return a uint8 picture with one channel, the one that tells ink from paper best.

    Grey and black pens on white paper are told apart by their lightness, but a red pen on green
    paper is not. So the channels are weighted by how far the colour of what is rare (ink) is from
    the colour of what is common (paper).
    """
    if picture.ndim == 2:
        return picture
    red, green, blue = cv2.split(picture)
    if np.array_equal(red, green) and np.array_equal(red, blue):
        return red
    scale = min(1, 64 / max(red.shape))
    size = [max(1, round(scale * n)) for n in red.shape[::-1]]
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    colours = small.reshape(-1, 3).astype(np.float32)
    colours -= np.median(colours, axis=0)
    distance = np.abs(colours).sum(axis=1)
    ink = colours[distance >= np.quantile(distance, 0.95)].mean(axis=0)
    if (ink <= 0).all() or (ink >= 0).all():  # darker or lighter in all: plain lightness
        return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    weights = ink / np.abs(ink).sum()
    offset = -255 * weights[weights < 0].sum()
    return cv2.transform(picture, np.append(weights, offset)[np.newaxis].astype(np.float32))


def drop_impulses(grey):
    """Take salt and pepper out: lone pixels unlike all around them.

    Parameters
    ----------
    grey : ndarray of uint8, (n_samples, height, width)

    Returns
    -------
    clean : ndarray of uint8, (n_samples, height, width)
    share : ndarray of float64, (n_samples,)
        Fraction of each picture's pixels that were salt or pepper.
    """
    share = np.zeros(len(grey))
    if min(grey.shape[1:]) < 3:
        return grey, share
    low, inner = _around(grey, np.minimum, 255)
    high, _ = _around(grey, np.maximum, 0)
    over, under = np.maximum(inner, high) - high, low - np.minimum(inner, low)
    lone = _without_edge(np.maximum(over, under) > 48, grey.shape)
    found = np.flatnonzero(lone)
    if len(found) == 0:
        return grey, share
    samples, rows, columns = np.unravel_index(found, grey.shape)
    # a median filter, where there are any
    y, x = np.mgrid[-1:2, -1:2].reshape(2, 9, 1)
    y, x = np.clip(rows + y, 0, grey.shape[1] - 1), np.clip(columns + x, 0, grey.shape[2] - 1)
    clean = grey.copy()
    clean[samples, rows, columns] = np.sort(grey[samples, y, x], axis=0)[4]
    return clean, np.bincount(samples, minlength=len(grey)) / grey[0].size


def _around(grey, extreme, outside):
    """Return the extreme of the eight pixels around each, and the pixels; both in one line.

    In one line, with pixels of the value `outside` between rows and between pictures, what is
    around all of them is the line itself, shifted.
    """
    n_samples, height, width = grey.shape
    row = width + 1
    line = np.full(n_samples * (height + 1) * row + 2 * row + 2, outside, np.uint8)
    inner = line[row + 1 : -row - 1]
    _without_edge(inner, grey.shape)[:] = grey
    beside = extreme(line[:-2], line[2:])
    three = extreme(beside, line[1:-1])
    around = extreme(three[: -2 * row], three[2 * row :])
    return extreme(around, beside[row:-row], out=around), inner


def _without_edge(line, shape):
    n_samples, height, width = shape
    return line.reshape(n_samples, height + 1, width + 1)[:, :height, :width]


def is_dark_ink(grey):
    """Tell whether ink is darker than paper.

    Near every edge, pixels vote for what is more common on its two sides, dark or light, because
    there is more paper than ink. Pixels near the border, which ink seldom reaches, have more
    votes. Each pixel is compared with the pixels around it only, so that a shadow does not count
    as ink, and on a logarithmic scale, where the light that falls on the paper cancels out.
    """
    side = max(grey.shape)
    if side > _VOTERS:
        size = tuple(max(3, round(_VOTERS * n / side)) for n in grey.shape[::-1])
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    window = _square(WINDOW * max(grey.shape))
    clean = cv2.medianBlur(grey, 3)
    high, low = _LOGARITHMS[cv2.dilate(clean, window)], _LOGARITHMS[cv2.erode(clean, window)]
    votes = high - low
    votes *= votes
    ring = max(1, round(0.12 * min(grey.shape)))
    votes[ring:-ring, ring:-ring] /= 6
    is_light = _LOGARITHMS[grey] * 2 >= high + low
    return 2 * float(votes[is_light].sum()) >= float(votes.sum())


def _square(side):
    side = max(3, round(side)) | 1
    return cv2.getStructuringElement(cv2.MORPH_RECT, (side, side))


def flat_contrast(grey, dark_ink=None):
    """Return how far each pixel is from paper of one value, as what is drawn on a screen has.

    Parameters
    ----------
    grey : ndarray of uint8, (n_samples, height, width)
    dark_ink : bool, default=None
        Whether ink is darker than paper; None if that is not known.

    Returns
    -------
    contrast : ndarray of float32, (n_samples, height, width)
        1 for black on paper of any grey, or white on black; 0 for paper, and throughout where
        the paper is of any other kind.
    level : ndarray of int, (n_samples,)
        The grey level of the paper.
    is_flat : ndarray of bool, (n_samples,)
        Whether the paper is of this kind.
    """
    border = np.concatenate([grey[:, 0], grey[:, -1], grey[:, 1:-1, 0], grey[:, 1:-1, -1]], axis=1)
    pixels = grey.reshape(len(grey), -1)
    n_border, n_pixels = border.shape[1], pixels.shape[1]
    level = np.partition(border, n_border // 2, axis=1)[:, n_border // 2, np.newaxis]
    low, high = pixels.min(axis=1, keepdims=True), pixels.max(axis=1, keepdims=True)
    is_flat = np.ones(len(grey), dtype=bool)
    # Of a character cut close, paper is what there is most of.
    close = np.flatnonzero(count(border == level) < 0.6 * n_border)
    if len(close):
        n_low, n_high = (count(pixels[close] == n[close]) for n in (low, high))
        is_flat[close] = np.maximum(n_low, n_high) >= 3 * np.minimum(n_low, n_high)
        level[close] = np.where((n_low > n_high)[:, np.newaxis], low[close], high[close])
    n_paper = count(pixels == level)
    is_flat &= n_paper >= 0.3 * n_pixels
    # Else it is white that noise is cut off at, or shades.
    near = pixels >= np.maximum(level, 11) - 11
    near &= pixels <= np.minimum(level, 244) + 11
    is_flat &= count(near) <= 1.2 * n_paper
    level, low, high = (n[:, 0].astype(int) for n in (level, low, high))
    dark = level - low >= high - level if dark_ink is None else np.full(len(grey), dark_ink)
    is_flat &= np.where(dark, high - level, level - low) <= 2  # no pixel is lighter than paper
    contrast = np.zeros(grey.shape, np.float32)
    if is_flat.any():
        flat = slice(None) if is_flat.all() else is_flat
        scale = np.where(dark, -np.maximum(_BLACK, level), 255)
        contrast[flat] = np.maximum((grey[flat] - column(level[flat])) / column(scale[flat]), 0)
    return contrast, level, is_flat


def contrast(grey, dark_ink, window=None):
    """Return how far each pixel is from the paper.

    Paper is the morphological closing of the picture (opening, for light ink) with a square that
    no stroke fills: unlike an average or a median, it follows the edge of a shadow exactly, and
    does not mind how much of the picture is ink.

    Dark ink takes a part of the light that falls on the paper, whatever the light is; so its
    contrast is a quotient, the same within a shadow and outside.

    Parameters
    ----------
    grey : ndarray of uint8, (height, width)
    dark_ink : bool
    window : float, default=None
        Side of the square, in pixels; None for a third of the picture's.

    Returns
    -------
    contrast : ndarray of float32, (height, width)
        1 for black on paper of any grey, or white on black; about 0 for paper.
    paper : ndarray of uint8, (height, width)
        The picture without its ink.
    """
    shaded = grey if dark_ink else 255 - grey  # dark ink in any case
    if window is None:
        window = WINDOW * max(grey.shape)
    # A median, as it keeps the edges of shadows.
    smooth = cv2.medianBlur(shaded, 5) if min(grey.shape) >= 48 else shaded
    paper = cv2.morphologyEx(_continued(smooth, window), cv2.MORPH_CLOSE, _square(window))
    n_more = (paper.shape[0] - grey.shape[0]) // 2
    paper = paper[n_more : n_more + grey.shape[0], n_more : n_more + grey.shape[1]]
    if dark_ink:
        ink = 1 - shaded / np.maximum(paper, _BLACK).astype(np.float32)
    else:
        ink = (paper.astype(np.float32) - shaded) / np.float32(255)
    return ink, (paper if dark_ink else 255 - paper)


def _continued(shaded, window):
    """Return a picture continued outwards, for squares whose middle is outside of it to count.

    Without them, paper that gets darker towards the border would be taken for as light as it is
    half a square further in. What goes on outwards is the outermost paper: a stroke ends at the
    border.
    """
    scale = min(1, 160 / max(shaded.shape))  # as this need not be exact
    size = [max(1, round(scale * n)) for n in shaded.shape[::-1]]
    small = cv2.resize(shaded, size, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, _square(scale * window))
    n_more = round(window) // 2 + 1
    wide = cv2.copyMakeBorder(shaded, *[n_more] * 4, cv2.BORDER_REPLICATE)
    inner = slice(n_more, -n_more)
    blunt = np.ones((1, 2 * round(2 / scale) + 3), np.uint8)  # as edges of shadows are in `small`
    for turned, pixels, closed in ((wide, shaded, paper), (wide.T, shaded.T, paper.T)):
        for end, outside in ((0, slice(None, n_more)), (-1, slice(-n_more, None))):
            line = pixels[end]
            nearby = cv2.resize(closed[end][np.newaxis], (len(line), 1))
            nearby = cv2.erode(nearby, blunt)[0]
            turned[outside, inner] = np.where(line < _STROKE * nearby, nearby, line)
    return wide


def levels(contrast, is_flat):
    """Return what paper and ink are in pictures of contrast.

    Ink is told from paper by Otsu's threshold.

    Parameters
    ----------
    contrast : ndarray of float32, (n_samples, height, width)
    is_flat : ndarray of bool, (n_samples,)
        Whether paper is known to be 0, without noise.

    Returns
    -------
    offset : ndarray of float64, (n_samples,)
        Contrast of the paper, which noise makes a little more than 0.
    noise : ndarray of float64, (n_samples,)
        Standard deviation of the paper's contrast, estimated by its median absolute deviation.
    level : ndarray of float64, (n_samples,)
        Contrast of the ink: of its darker part, as edges are lighter.
    """
    found = np.zeros((3, len(contrast)))
    quick = is_flat & (contrast[0].size < _FEW)
    if quick.any():
        found[2, quick] = _flat_levels(contrast[quick].reshape(np.count_nonzero(quick), -1))
    for i in np.flatnonzero(~quick):
        found[:, i] = _levels(contrast[i], is_flat[i])
    return found


def _flat_levels(contrast):
    """Return the contrast of ink of small pictures whose paper is 0, (n_samples, n_pixels)."""
    n_pixels = contrast.shape[1]
    contrast = np.sort(contrast)
    top = contrast[:, -min(n_pixels, _N_DARK)].astype(np.float64)
    unit = np.where(top > 0, top / 255, 1)
    contrast /= unit.astype(np.float32)[:, np.newaxis]
    steps = np.minimum(contrast, 255, out=contrast).astype(np.uint8)
    n_ink = count(steps >= 127)
    # where its quantile is: 0.9 of the ink is not over it
    place = n_pixels - n_ink + np.ceil(0.9 * n_ink).astype(int) - 1
    return np.where(top > 0, steps[np.arange(len(steps)), place] * unit, 0)


def _levels(contrast, is_flat):
    """Return the levels of one picture of any kind."""
    # The darkest pixels may be a speck.
    n_dark = min(contrast.size, max(_N_DARK, contrast.size // 20_000))
    top = float(np.partition(contrast, -n_dark, axis=None)[-n_dark])
    if top <= 0:
        return 0.0, 0.0, 0.0
    unit = top / 255
    steps = np.clip(contrast / unit, 0, 255).astype(np.uint8)
    histogram = np.bincount(steps.ravel(), minlength=256)
    offset = noise = 0
    if not is_flat:
        threshold, _ = cv2.threshold(steps, 0, 255, cv2.THRESH_OTSU)
        paper = histogram[: int(threshold) + 1]
        offset = _quantile(paper, 0.5)
        deviations = np.abs(np.arange(len(paper)) - offset)
        noise = 1.4826 * _quantile(np.bincount(deviations, paper), 0.5)
    half = (offset + 255) // 2
    level = half + _quantile(histogram[half:], 0.9)
    return offset * unit, noise * unit, level * unit


def _quantile(histogram, q):
    counts = np.cumsum(histogram)
    return int(np.searchsorted(counts, q * counts[-1]))
