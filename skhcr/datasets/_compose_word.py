"""Put images of single characters together to a line of text, and wear it."""

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

_SIZE = 40  # pixels: height of a capital while a word is put together
_ROWS = round(2.2 * _SIZE)  # room for all that stands over and under the line
_BASELINE = round(1.5 * _SIZE)
_MARGIN = 4  # pixels of paper above and below a character, into which a thick pen spreads
_SEEN = 0.3  # of full ink, from which on a pixel counts as ink
_X_LETTERS = frozenset("acemnorsuvwxz")
_VOWELS = frozenset("AEIOUaeou")
_DESCENDERS = frozenset("gpqy")
#: Drawn, as no image of them is there: strokes as (x, y) to (x, y), a capital being 1 high.
MARKS = {
    "-": [((0, 0.45), (0.4, 0.45))],
    ".": [((0, 0.03), (0.02, 0.03))],
    ",": [((0.08, 0.08), (0, -0.12))],
    ":": [((0, 0.1), (0.02, 0.1)), ((0, 0.5), (0.02, 0.5))],
    "'": [((0.06, 1), (0, 0.75))],
    "/": [((0.35, 1.05), (0, -0.05))],
}
_TALL = {"t": 0.9, "i": 0.92, "j": 0.92}


class WordComposer:
    """Writes with images of single characters.

    Parameters
    ----------
    images : ndarray of uint8, (n, height, width), or list of ndarray of uint8, (height, width)
        Light ink on black.
    labels : ndarray of str, (n,)
        What they show.
    accents : float, default=0.0
        How probable it is that a vowel gets an accent.
    """

    def __init__(self, images, labels, *, accents=0.0):
        self.images, self.accents = images, accents
        order = np.argsort(labels, kind="stable")
        names, starts = np.unique(labels[order], return_index=True)
        self._indices = dict(zip(names.tolist(), np.split(order, starts[1:]), strict=True))

    @property
    def known(self):
        """What can be written: the characters there are images of, and marks."""
        return self._indices.keys() | MARKS.keys()

    def compose(self, text, rng, height):
        """Return a line of text.

        Parameters
        ----------
        text : str
        rng : numpy.random.Generator
        height : float
            Height of a capital, in pixels.

        Returns
        -------
        ink : ndarray of float32, (rows, columns)
            0 for paper, 1 for ink.
        owners : ndarray of int16, (rows, columns)
            Which of the characters, spaces left out, a pixel belongs to, from 1 on; 0 for paper.
        """
        pen = rng.uniform(0.06, 0.2) if rng.random() < 0.85 else rng.uniform(0.2, 0.28)
        slant = rng.normal(0, 0.12)
        x_height = rng.uniform(0.52, 0.74)
        pen = max(pen, 1.1 / height)  # what is thinner than a pixel is gone
        gap = _gap(rng)
        jitter = min(0.12, 0.04 + 0.15 * max(gap, 0)) * rng.uniform(0.3, 1.2)
        space = rng.uniform(0.7, 1.3) + 1.5 * max(gap, 0)
        pad = round(rng.uniform(0.15, 0.8) * _SIZE)
        placed, x = [], float(pad)
        for character in text:
            if character == " ":
                x += space * _SIZE * rng.uniform(0.85, 1.2)
                continue
            glyph, top = self._glyph(character, rng, pen, slant, x_height)
            y = _BASELINE + top + rng.normal(0, 0.03) * _SIZE
            placed.append((glyph, round(x), round(y)))
            x += glyph.shape[1] - 2 + (gap + rng.normal(0, jitter)) * _SIZE
            x = max(x, placed[-1][1] + 0.3 * glyph.shape[1])
        return _rescale(*_turn(*_paint(placed, pad), rng), height / _SIZE)

    def wear(self, ink, rng, strength):
        """Return the picture of a line, dark on light, as a scan or a photo may show it.

        Parameters
        ----------
        ink : ndarray of float32, (rows, columns)
            0 for paper, 1 for ink.
        rng : numpy.random.Generator
        strength : float
            0 for black on white.

        Returns
        -------
        ndarray of uint8, (rows, columns)
        """
        if strength == 0:
            return np.rint(255 * (1 - ink)).astype(np.uint8)

        def happens(probability):
            return rng.random() < probability * strength

        return _picture(_worn_ink(ink, rng, happens), rng, happens)

    def _glyph(self, character, rng, pen, slant, x_height):
        """Return a character's ink at its size, and where it begins, from the baseline down."""
        if character in MARKS and character not in self._indices:
            return _mark(MARKS[character], rng, pen * _SIZE)
        indices = self._indices[character]
        image = _cropped(self.images[indices[rng.integers(len(indices))]])
        if image is None:
            return np.zeros((1, 1), np.float32), -1
        height, below = _extent(character, x_height)
        height *= float(np.exp(rng.normal(0, 0.06)))
        # A lying stroke keeps its length rather than its height.
        scale = min(height * _SIZE / image.shape[0], 1.7 * _SIZE / image.shape[1])
        aspect = float(np.exp(rng.normal(0, 0.08)))
        size = max(2, round(image.shape[1] * scale * aspect)), max(2, round(image.shape[0] * scale))
        image = np.pad(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), _MARGIN)
        ink = _with_pen(_sheared(image, slant) > 110, pen * _SIZE)
        if character in _VOWELS and rng.random() < self.accents:
            ink = _with_accent(ink, rng, pen * _SIZE)
        columns = np.flatnonzero(ink.max(axis=0) > _SEEN)
        if len(columns) == 0:
            return np.zeros((1, 1), np.float32), -1
        ink = ink[:, max(0, columns[0] - 1) : columns[-1] + 2]
        return ink, below * _SIZE - (ink.shape[0] - _MARGIN)


def _gap(rng):
    """Return the paper between characters, as a part of their height."""
    kind = rng.random()
    if kind < 0.3:
        return rng.uniform(-0.1, 0.08)
    return rng.uniform(0.05, 0.35) if kind < 0.7 else rng.uniform(0.3, 0.9)


def _cropped(image):
    """Return the part of an image that has ink, or None where there is none."""
    rows, columns = np.nonzero(image > 100)
    if len(rows) == 0:
        return None
    return image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _extent(character, x_height):
    """Return a character's height, and how far it reaches under the baseline."""
    if character in _X_LETTERS:
        return x_height, 0.0
    if character in _DESCENDERS:
        return x_height + 0.35, 0.35
    if character == "j":
        return 1.2, 0.3
    return _TALL.get(character, 1.0), 0.0


def _sheared(image, slant):
    """Lean an image to the right, or to the left where `slant` is negative."""
    if abs(slant) <= 0.02:
        return image
    shift = abs(slant) * image.shape[0]
    matrix = np.array([[1, -slant, shift if slant > 0 else 0], [0, 1, 0]])
    size = image.shape[1] + int(np.ceil(shift)), image.shape[0]
    return cv2.warpAffine(image, matrix, size)


def _with_pen(mask, width):
    """Return soft strokes of about a width, in pixels, mostly two pixels less."""
    n_ink = np.count_nonzero(mask)
    if n_ink == 0:
        return mask.astype(np.float32)
    inside = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, 5)
    # About two pixels more than a stroke is wide, as the distance is at least one.
    has = 4 * float(inside.sum()) / n_ink
    # Thinned no further than that, as thin strokes break.
    move = np.clip((width - has) / 2, -0.28 * has, 0.25 * _SIZE)
    edge = np.where(mask, inside - 0.5, 0.5 - outside) + move
    return np.clip(edge + 0.5, 0, 1).astype(np.float32)


def _mark(strokes, rng, pen):
    """Return a punctuation mark, and where it begins, from the baseline down."""
    pad = round(pen) + 3
    room = round(1.3 * _SIZE) + 2 * pad
    canvas = np.zeros((room, room), np.uint8)
    base = room - pad - round(0.15 * _SIZE)
    scale = _SIZE * rng.uniform(0.8, 1.2)
    for stroke in strokes:
        ends = [
            (pad + x * scale + rng.normal(0, 0.03) * _SIZE, base - y * scale) for x, y in stroke
        ]
        start, end = (tuple(np.rint(point).astype(int).tolist()) for point in ends)
        cv2.line(canvas, start, end, 255, max(1, round(pen * rng.uniform(0.5, 1.0))), cv2.LINE_AA)
    columns = np.flatnonzero(canvas.max(axis=0))
    ink = canvas[:, columns[0] : columns[-1] + 1] / np.float32(255)
    return ink, -base


def _with_accent(ink, rng, pen):
    """Return a letter with a stroke, a hook or two dots over it."""
    above = round(0.3 * _SIZE)
    ink = np.pad(ink, ((above, 0), (2, 2)))
    rows = np.flatnonzero(ink.max(axis=1) > _SEEN)
    columns = np.flatnonzero(ink.max(axis=0) > _SEEN)
    if len(rows) == 0:
        return ink
    y = rows[0] - rng.uniform(0.05, 0.15) * _SIZE
    x = columns.mean() + rng.normal(0, 0.05) * _SIZE
    length, high = rng.uniform(0.12, 0.28) * _SIZE, rng.uniform(0.08, 0.2) * _SIZE
    points = [
        [(x - length / 2, y), (x + length / 2, y - high)],
        [(x - length / 2, y - high), (x + length / 2, y)],
        [(x - length / 2, y), (x, y - high), (x + length / 2, y)],
        [],  # two dots
    ][rng.integers(4)]
    canvas = np.zeros(ink.shape, np.uint8)
    thick = max(1, round(pen))
    if points:
        cv2.polylines(canvas, [np.rint(points).astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    else:
        for dot in (x - 0.7 * length, x + 0.7 * length):
            cv2.circle(canvas, (round(dot), round(y - high / 2)), thick, 255, -1, cv2.LINE_AA)
    return np.maximum(ink, canvas / np.float32(255))


def _paint(placed, pad):
    """Return the ink of a line and its owners.

    Parameters
    ----------
    placed : list of tuple
        Of each character its ink, its first column and its first row.
    pad : int
        Pixels of paper at the right.
    """
    columns = max([x + glyph.shape[1] for glyph, x, _ in placed], default=pad) + pad
    ink = np.zeros((_ROWS, columns), np.float32)
    owners = np.zeros((_ROWS, columns), np.int16)
    for number, (glyph, x, y) in enumerate(placed, start=1):
        y = max(0, y)  # an accented capital may be higher than the paper
        place = np.s_[y : y + glyph.shape[0], x : x + glyph.shape[1]]
        over = glyph > ink[place]
        owners[place][over & (glyph > _SEEN)] = number
        ink[place] = np.maximum(ink[place], glyph)
    return ink, owners


def _turn(ink, owners, rng):
    """Skew a line a little, as nobody's lines are quite level."""
    slope = np.tan(np.radians(rng.normal(0, 1.0)))
    columns = ink.shape[1]
    lift = abs(slope) * columns
    if lift < 1:
        return ink, owners
    size = columns, ink.shape[0] + int(np.ceil(lift))
    matrix = np.array([[1, 0, 0], [slope, 1, lift if slope < 0 else 0]])
    return (
        cv2.warpAffine(ink, matrix, size, flags=cv2.INTER_LINEAR),
        cv2.warpAffine(owners, matrix, size, flags=cv2.INTER_NEAREST),
    )


def _rescale(ink, owners, scale):
    """Cut paper off above and below, and bring a line to its size."""
    rows = np.flatnonzero(ink.max(axis=1) > _SEEN)
    if len(rows):
        pad = round(0.3 * _SIZE)
        kept = np.s_[max(0, rows[0] - pad) : rows[-1] + pad + 1]
        ink, owners = ink[kept], owners[kept]
    size = [max(3, round(scale * n)) for n in ink.shape[::-1]]
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return (
        cv2.resize(ink, size, interpolation=kind),
        cv2.resize(owners, size, interpolation=cv2.INTER_NEAREST),
    )


def _worn_ink(ink, rng, happens):
    """Return ink that skips, is blurred, is black or white only, or has specks, by chance."""
    if happens(0.35):  # a pen or a scanner that skips
        field = gaussian_filter(rng.normal(size=ink.shape), rng.uniform(1, 4))
        field /= max(float(field.std()), 1e-6)
        ink = ink.copy()  # the line's own stays as it is
        ink *= np.clip(1 - rng.uniform(0.1, 0.5) * np.maximum(field, 0), 0, 1)
    if happens(0.5):
        ink = gaussian_filter(ink, rng.uniform(0.3, 0.9))
    if happens(0.4):  # black and white, as of a fax
        threshold = rng.uniform(0.25, 0.6)
        ink = np.clip((ink - threshold) * rng.uniform(3, 20) + 0.5, 0, 1)
    if happens(0.2):
        specks = rng.random(ink.shape) < rng.uniform(0.0003, 0.003)
        ink = np.maximum(ink, specks * rng.uniform(0.4, 1))
    return ink


def _picture(ink, rng, happens):
    """Return a picture of ink: by chance of less contrast, shaded, noisy, and saved as a JPEG."""
    paper, pen = 255.0, 0.0
    if happens(0.6):
        paper, pen = rng.uniform(170, 255), rng.uniform(0, 110)
    image = paper + (pen - paper) * ink
    if happens(0.3):
        (rows, columns), (height, width) = np.indices(ink.shape), ink.shape
        shade = rng.uniform(-1, 1) * rows / height + rng.uniform(-1, 1) * columns / width
        image *= 1 - 0.25 * (shade - shade.min())
    if happens(0.5):
        image += rng.normal(0, rng.uniform(1, 10), ink.shape)
    image = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    if happens(0.5):
        quality = int(rng.integers(35, 96))
        _, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    return image
