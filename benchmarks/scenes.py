"""What people's own pictures of a character look like, made from clean ones.

    python benchmarks/scenes.py --sheet scenes.png

shows ten digits under each condition, and how fast they are made.

Each condition is a function ``condition(X, strength=..., seed=0)``. `X` holds clean characters,
uint8 of shape (n_samples, side, side), 0 = paper, 255 = ink, as MNIST and EMNIST have them, and
stays as it is. What comes back is a list of sources, one a character, for
`skhcr.preprocessing.ImageLoader`: uint8 pictures, (height, width) or (height, width, 3), or the
bytes of an image file. `strength` has the meaning and the unit that the condition's docstring
gives, with the value that does no harm where there is one. Picture `i` depends on `seed`, `i` and
``X[i]`` only (neighbours aside), so that any first part of `X` gives the same pictures; the
random draws of one `i` start alike in all conditions. `CONDITIONS` names them all.

Most draw the character on a **sheet**: its frame enlarged by cubic interpolation to 112 x 112
pixels (4 times for 28 x 28), a dark pen on light paper, whose grey levels vary a little from
sheet to sheet, with sensor noise of 2 grey levels. Grey levels are those of the file, not of
linear light: half the grey level is about a quarter of the light.
"""

import argparse
import io
import time
from functools import lru_cache, partial

import cv2
import numpy as np
from PIL import Image

FRAME = 112  # side of a character's frame on the sheet, pixels
BLUE_LINE = np.array([1.4, 1.0, 0.35], np.float32)  # what a printed blue line takes of R, G, B
NEIGHBOUR_BITS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)  # clockwise from N
EXIF_TURNS = {3: 2, 6: 1, 8: 3}  # orientation: quarter turns, counterclockwise, of what is stored


def _condition(default):
    """Make a condition, with this default strength, of a function that draws one character."""

    def decorate(draw):
        def condition(X, strength=default, seed=0):
            return _draw_each(partial(draw, strength=strength), X, seed)

        condition.__name__ = condition.__qualname__ = draw.__name__
        condition.__doc__ = draw.__doc__
        return condition

    return decorate


def _draw_each(draw, X, seed):
    # RandomState, as its numbers are the same in every NumPy.
    return [
        draw(character, random=np.random.RandomState([seed, i])) for i, character in enumerate(X)
    ]


def native(X, strength=0, seed=0):
    """Return the characters as they are; `strength` and `seed` change nothing."""
    return [character.copy() for character in X]


def dark_on_light(X, strength=1, seed=0):
    """Invert at the native size; `strength` is the ink's darkness, a fraction of black."""
    return [255 - np.rint(strength * character).astype(np.uint8) for character in X]


@_condition(0.5)
def half_size_centred(character, strength, random):
    """Shrink to `strength` of the size (1: harmless), in the middle, dark on light."""
    small = _shrink(character, strength)
    margin = (len(character) - len(small)) // 2
    return 255 - _place(small, character.shape, margin, margin)


@_condition(0.5)
def half_size_anywhere(character, strength, random):
    """Shrink to `strength` of the size (1: harmless), at a random place, dark on light."""
    small = _shrink(character, strength)
    top, left = random.randint(0, len(character) - len(small) + 1, 2)
    return 255 - _place(small, character.shape, top, left)


@_condition(2)
def wide_sheet(character, strength, random):
    """Lay the character anywhere along a sheet `strength` times as wide as high (1: harmless)."""
    return _expose(random, _pen_on_paper(random, _lay(random, character, strength)))


@_condition(2)
def tall_sheet(character, strength, random):
    """Lay the character anywhere along a sheet `strength` times as high as wide (1: harmless)."""
    ink = _lay(random, character, strength, upright=True)
    return _expose(random, _pen_on_paper(random, ink))


@_condition(12)
def rotation(character, strength, random):
    """Turn by up to `strength` degrees to either side, on a sheet as large as that needs."""
    angle = random.uniform(-strength, strength)
    radians = np.deg2rad(abs(angle))
    side = round(FRAME * (np.cos(radians) + np.sin(radians)))
    ink = _turn(_enlarge(character), angle, 1, (side, side), (side / 2, side / 2))
    return _expose(random, _pen_on_paper(random, ink))


@_condition(0.6)
def shadow_gradient(character, strength, random):
    """Let light fall off in a random direction; the darkest spot loses `strength` of it."""
    picture = _pen_on_paper(random, _enlarge(character))
    return _expose(random, picture * _falling_light(random, picture.shape, strength))


@_condition(0.5)
def hard_shadow(character, strength, random):
    """Cast a straight-edged shadow over a part of the character; it takes `strength` of the light.

    The penumbra is 1 to 3 pixels wide.
    """
    ink = _enlarge(character)
    y, x = _grid(ink.shape)
    top, bottom, left, right = _bounds(ink)
    centre_y = top + (bottom - top) * random.uniform(0.3, 0.7)
    centre_x = left + (right - left) * random.uniform(0.3, 0.7)
    sine, cosine = _direction(random)
    distance = (x - centre_x) * cosine + (y - centre_y) * sine
    shadow = np.clip(distance / random.uniform(1, 3) + 0.5, 0, 1)
    return _expose(random, _pen_on_paper(random, ink) * (1 - strength * shadow))


@_condition(0.4)
def grey_paper(character, strength, random):
    """Write on paper that is up to `strength` darker than white, and at least half of that."""
    paper = 245 * (1 - strength * random.uniform(0.5, 1))
    return _expose(random, _pen_on_paper(random, _enlarge(character), paper=paper))


@_condition(0.4)
def coloured_paper(character, strength, random):
    """Write in black, blue or red-brown on paper of any hue, with a saturation up to `strength`."""
    paper = _hue(random.uniform()) * strength * random.uniform(0.5, 1)
    paper = random.uniform(215, 250) * (1 - paper)
    pen = [(35, 35, 40), (30, 45, 125), (115, 45, 30)][random.randint(3)]
    pen = np.array(pen) * random.uniform(0.7, 1.1)
    return _expose(random, _pen_on_paper(random, _enlarge(character), paper=paper, pen=pen))


@_condition(30)
def low_contrast_pencil(character, strength, random):
    """Write with a grainy pencil only `strength` grey levels darker than the paper (150: clear)."""
    paper = random.uniform(215, 245)
    ink = _enlarge(character) * _grain(random, 0.8, 0.3)
    picture = _pen_on_paper(random, ink, paper=paper, pen=paper - strength)
    return _expose(random, picture, sigma=random.uniform(2, 3))


@_condition(0.5)
def ruled_lines(character, strength, random):
    """Write across the 2 to 4 lines of a notebook, `strength` times as dark as the ink.

    They are grey or blue, 1 to 2 pixels thick and up to 1.5 degrees off the horizontal.
    """
    lines = _lines(random, FRAME / random.uniform(2, 4), random.uniform(-1.5, 1.5))
    return _on_lines(random, _enlarge(character), lines, strength)


@_condition(0.35)
def squared_paper(character, strength, random):
    """Write on paper of 5 to 8 squares a sheet, their lines `strength` times as dark as ink."""
    spacing, tilt = FRAME / random.uniform(5, 8), random.uniform(-1.5, 1.5)
    lines = np.maximum(_lines(random, spacing, tilt), _lines(random, spacing, 90 + tilt))
    return _on_lines(random, _enlarge(character), lines, strength)


@_condition(2.5)
def box(character, strength, random):
    """Write into the box of a form, printed as dark as the ink, `strength` pixels thick.

    The box is 3 to 16 pixels away from the character on every side, or farther where it would be
    narrower than half its height; in one of ten pictures they touch. There is paper around it.
    """
    ink = _enlarge(character)
    top, bottom, left, right = _bounds(ink)
    gaps = random.uniform(3, 16, 4) + strength / 2
    if random.uniform() < 0.1:
        gaps[random.randint(4)] = 0
    missing = (bottom - top) / 2 - (right - left) - gaps[2] - gaps[3]
    gaps[2:] += max(0, missing) / 2
    margins = gaps + strength / 2 + random.uniform(6, 20, 4)
    height = round(bottom - top + margins[0] + margins[1])
    width = round(right - left + margins[2] + margins[3])
    part = ink[top:bottom, left:right]
    ink = _place(part, (height, width), round(margins[0]), round(margins[2]))
    y, x = _grid(ink.shape)
    # From the middle of the box, in its own, slightly turned directions.
    middle_y = margins[0] + (bottom - top - gaps[0] + gaps[1]) / 2
    middle_x = margins[2] + (right - left - gaps[2] + gaps[3]) / 2
    tilt = np.deg2rad(random.uniform(-0.7, 0.7))
    down = (y - middle_y) * np.cos(tilt) - (x - middle_x) * np.sin(tilt)
    along = (x - middle_x) * np.cos(tilt) + (y - middle_y) * np.sin(tilt)
    outside = np.maximum(
        np.abs(down) - (bottom - top + gaps[0] + gaps[1]) / 2,
        np.abs(along) - (right - left + gaps[2] + gaps[3]) / 2,
    )
    ink = np.maximum(ink, _stroke(np.abs(outside), strength))
    return _expose(random, _pen_on_paper(random, ink))


@_condition(20)
def jpeg(character, strength, random):
    """Store the sheet as JPEG of quality `strength` (95: harmless)."""
    picture = _expose(random, _pen_on_paper(random, _enlarge(character)))
    return _encode(picture, "JPEG", quality=strength)


@_condition(25)
def gaussian_noise(character, strength, random):
    """Add noise with a standard deviation of `strength` grey levels to the sheet."""
    return _expose(random, _pen_on_paper(random, _enlarge(character)), sigma=strength)


@_condition(0.05)
def salt_and_pepper(character, strength, random):
    """Make `strength`, a fraction, of the sheet's pixels black or white."""
    picture = _expose(random, _pen_on_paper(random, _enlarge(character)))
    chance = random.uniform(size=picture.shape)
    picture[chance < strength] = 255
    picture[chance < strength / 2] = 0
    return picture


@_condition(9)
def motion_blur(character, strength, random):
    """Move the camera by `strength` pixels of the sheet in a random direction."""
    sine, cosine = _direction(random)
    reach = int(strength) + 1
    y, x = (axis - reach for axis in _grid((2 * reach + 1,) * 2))
    beyond = np.maximum(np.abs(x * cosine + y * sine) - max(strength - 1, 0) / 2, 0)
    path = np.clip(1 - np.hypot(beyond, x * sine - y * cosine), 0, None)
    picture = _pen_on_paper(random, _enlarge(character))
    moved = cv2.filter2D(picture, -1, path / path.sum(), borderType=cv2.BORDER_REPLICATE)
    return _expose(random, moved)


@_condition(4)
def focus_blur(character, strength, random):
    """Blur by a Gaussian with a standard deviation of `strength` pixels of the sheet."""
    return _expose(random, _blur(_pen_on_paper(random, _enlarge(character)), strength))


@_condition(1)
def transparent(character, strength, random):
    """Store as PNG, dark ink of opacity `strength` on nothing: all else is transparent black."""
    return _on_nothing(character, strength, random.randint(0, 60, 3))


@_condition(1)
def transparent_white(character, strength, random):
    """Store as PNG, white ink of opacity `strength` on nothing: all else is transparent black.

    A reader that lays transparent pictures on white sees nothing at all.
    """
    return _on_nothing(character, strength, 255)


@_condition(1)
def png_16_bit(character, strength, random):
    """Store the sheet as 16-bit PNG; `strength` of the range is used (1/16: 12 bits)."""
    picture = _pen_on_paper(random, _enlarge(character))
    picture += 2 * random.standard_normal(picture.shape)
    return _encode(
        np.rint(np.clip(picture, 0, 255) * (257 * strength)).astype("u2"), "PNG", compress_level=1
    )


@_condition(0.5)
def png_1_bit(character, strength, random):
    """Store the sheet as black-and-white PNG; what has `strength` or more of the ink is black."""
    noise = 0.02 * random.standard_normal((FRAME, FRAME))
    return _encode(_enlarge(character) + noise < strength, "PNG")


@_condition(6)
def exif_orientation(character, strength, random):
    """Store a 3:4 sheet as a turned phone does: JPEG with orientation `strength`, 1, 3, 6 or 8."""
    ink = _lay(random, character, 4 / 3, upright=True)
    picture = _expose(random, _pen_on_paper(random, ink))
    exif = Image.Exif()
    exif[0x0112] = strength
    turned = np.ascontiguousarray(np.rot90(picture, EXIF_TURNS.get(strength, 0)))
    return _encode(turned, "JPEG", quality=90, exif=exif)


@_condition(0.3)
def photo_12_megapixels(character, strength, random):
    """Photograph a sheet: 4000 x 3000 JPEG, the frame 0.35 to 0.65 of its height, anywhere.

    Light falls off by `strength`.
    """
    light = _falling_light(random, (375, 500), strength)
    paper = random.uniform(215, 245) * (1 - 0.08 * _hue(random.uniform()))
    picture = np.rint(light[..., np.newaxis] * paper).astype(np.uint8)
    picture = cv2.resize(picture, (4000, 3000), interpolation=cv2.INTER_LINEAR)
    side = int(3000 * random.uniform(0.35, 0.65))
    top, left = random.randint(0, 3000 - side), random.randint(0, 4000 - side)
    # A pen's edge is sharp however large it is seen.
    ink = cv2.resize(_enlarge(character), (side, side), interpolation=cv2.INTER_LINEAR)
    ink = np.clip((ink - 0.35) * side / 150 + 0.5, 0, 1) * random.uniform(0.75, 0.9)
    ink = np.rint(255 - 255 * ink).astype(np.uint8)
    part = picture[top : top + side, left : left + side]
    part[:] = cv2.multiply(part, cv2.merge([ink] * 3), scale=1 / 255)
    for y in range(0, 3000, 500):
        for x in range(0, 4000, 500):
            tile = picture[y : y + 500, x : x + 500]
            tile[:] = cv2.add(tile, _noise_tile(), dtype=cv2.CV_8U)
    return _encode(picture, "JPEG", quality=90)


@_condition(1)
def stroke_width(character, strength, random):
    """Make strokes `strength` times as thick, along their middle lines, so that none vanishes.

    None grows beyond a sixth of the frame.
    """
    return _expose(random, _pen_on_paper(random, _widen(_enlarge(character), strength)))


def neighbours(X, strength=0.15, seed=0):
    """Let other characters of the batch reach in at 1 to 3 edges, up to `strength` of the side.

    The sheet is a little wider than usual. They neither overlap nor touch the character: where
    there is no room for one, it is left out.
    """
    margin = 8
    side = FRAME + 2 * margin

    def draw(character, random):
        ink = _place(_enlarge(character), (side, side), margin, margin)
        # 5 pixels away from the ink, all around.
        occupied = cv2.dilate(ink, np.ones((11, 11), np.uint8)) > 0.08
        for edge in random.permutation(4)[: random.randint(1, 4)]:
            # In a view of the sheet in which this edge is the left one.
            other = np.rot90(_enlarge(X[random.randint(len(X))]), edge)
            taken = np.rot90(occupied, edge)
            top, bottom, left, right = _bounds(other)
            depth = round(min(strength * side * random.uniform(0.5, 1), right - left))
            place = random.randint(-20, side - (bottom - top) + 20)
            other = other[top + max(0, -place) : min(bottom, top + side - place), :right]
            for shown in range(depth, 0, -1):  # drawn back until it is out of the way
                piece = _place(other[:, -shown:], ink.shape, max(0, place), 0)
                if not np.any(taken & (piece > 0.08)):
                    ink = np.maximum(ink, np.rot90(piece, -edge))
                    break
        return _expose(random, _pen_on_paper(random, ink))

    return _draw_each(draw, X, seed)


@_condition(12)
def chalk_on_board(character, strength, random):
    """Write in grainy chalk on a dark board, whose clouds deviate by `strength` grey levels."""
    board = random.uniform(40, 80) * (1 - random.uniform(0, 0.5) * _hue(random.uniform(0.35, 0.5)))
    ink = _enlarge(character) * _grain(random, 1, 0.2)
    picture = _pen_on_paper(random, ink, paper=board, pen=random.uniform(190, 235))
    clouds = cv2.resize(random.standard_normal((8, 8)), (FRAME, FRAME))
    clouds = _blur(clouds, 8)
    clouds = strength * (clouds - clouds.mean()) / clouds.std()
    return _expose(random, picture + clouds[..., np.newaxis])


@_condition(1)
def phone_snapshot(character, strength, random):
    """Do everything at once, each mildly (0: hardly at all), as JPEG of quality 60.

    Tinted paper, falling light, up to 6 degrees of rotation, blur, noise; the character's frame
    is 0.5 to 0.9 of the sheet and off its centre.
    """
    size = 1 - min(strength * random.uniform(0.1, 0.5), 0.9)
    side = round(FRAME / max(size, 0.5))
    room = side * (1 - size) / 2
    centre = side / 2 + random.uniform(-room, room, 2)
    angle = strength * random.uniform(-6, 6)
    ink = _turn(_enlarge(character), angle, size * side / FRAME, (side, side), centre)
    paper = random.uniform(215, 245) * (1 - 0.1 * strength * _hue(random.uniform()))
    picture = _pen_on_paper(random, ink, paper=paper)
    light = _falling_light(random, ink.shape, 0.35 * strength)
    picture = _blur(picture * light[..., np.newaxis], strength * random.uniform(0.5, 1.5))
    return _encode(_expose(random, picture, 2 + 3 * strength), "JPEG", quality=60)


CONDITIONS = {
    "native": native,
    "dark on light": dark_on_light,
    "half size, centred": half_size_centred,
    "half size, anywhere": half_size_anywhere,
    "wide sheet": wide_sheet,
    "tall sheet": tall_sheet,
    "rotation": rotation,
    "shadow gradient": shadow_gradient,
    "hard-edged shadow": hard_shadow,
    "grey paper": grey_paper,
    "coloured paper": coloured_paper,
    "low-contrast pencil": low_contrast_pencil,
    "ruled lines": ruled_lines,
    "squared paper": squared_paper,
    "box": box,
    "JPEG quality 20": jpeg,
    "Gaussian noise": gaussian_noise,
    "salt and pepper": salt_and_pepper,
    "motion blur": motion_blur,
    "focus blur": focus_blur,
    "transparent, dark ink": transparent,
    "transparent, white ink": transparent_white,
    "16-bit PNG": png_16_bit,
    "16-bit PNG, 12 bits used": partial(png_16_bit, strength=1 / 16),
    "1-bit PNG": png_1_bit,
    "EXIF orientation 3": partial(exif_orientation, strength=3),
    "EXIF orientation 6": partial(exif_orientation, strength=6),
    "EXIF orientation 8": partial(exif_orientation, strength=8),
    "12-megapixel photo": photo_12_megapixels,
    "thin strokes": partial(stroke_width, strength=0.5),
    "thick strokes": partial(stroke_width, strength=1.8),
    "neighbours at the edge": neighbours,
    "chalk on board": chalk_on_board,
    "phone snapshot": phone_snapshot,
}


def _enlarge(character):
    """Return the frame as ink on the sheet: float32, (FRAME, FRAME), 0 to 1."""
    ink = character.astype(np.float32) / 255
    method = cv2.INTER_CUBIC if len(ink) <= FRAME else cv2.INTER_AREA
    return np.clip(cv2.resize(ink, (FRAME, FRAME), interpolation=method), 0, 1)


def _shrink(character, size):
    side = max(1, round(size * len(character)))
    return cv2.resize(character, (side, side), interpolation=cv2.INTER_AREA)


def _place(ink, shape, top, left):
    """Return a sheet of this shape with the ink on it."""
    sheet = np.zeros(shape, ink.dtype)
    sheet[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return sheet


def _lay(random, character, ratio, upright=False):
    """Return the ink on a longer sheet, anywhere along it."""
    length = round(ratio * FRAME)
    start = random.randint(length - FRAME + 1)
    if upright:
        return _place(_enlarge(character), (length, FRAME), start, 0)
    return _place(_enlarge(character), (FRAME, length), 0, start)


def _turn(ink, angle, scale, shape, centre):
    """Return the ink turned by `angle` degrees and scaled, its middle at `centre` of a sheet."""
    middle = (FRAME - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), angle, scale)
    matrix[:, 2] += np.array(centre)[::-1] - 0.5 - middle  # centre is (y, x), edges of pixels
    return np.clip(cv2.warpAffine(ink, matrix, shape[::-1], flags=cv2.INTER_LINEAR), 0, 1)


def _pen_on_paper(random, ink, paper=None, pen=None):
    """Return the ink in grey levels: float32, or RGB where a colour is (3,)."""
    levels = random.uniform(222, 250), random.uniform(20, 70)
    paper, pen = (
        np.asarray(level if given is None else given, np.float32)
        for level, given in zip(levels, (paper, pen), strict=True)
    )
    if paper.ndim or pen.ndim:
        ink = ink[..., np.newaxis]
    return paper + (pen - paper) * ink


def _on_lines(random, ink, lines, strength):
    """Return a picture, RGB, of ink on printed lines, which are grey or blue."""
    colour = BLUE_LINE if random.randint(2) else np.ones(3, np.float32)
    picture = _pen_on_paper(random, ink, paper=random.uniform(222, 250) * np.ones(3))
    # Ink takes about 0.8 of the light, and what shines through a line has to pass both.
    picture *= 1 - np.clip(0.8 * strength * lines[..., np.newaxis] * colour, 0, 1)
    return _expose(random, picture)


def _on_nothing(character, opacity, pen):
    """Return a transparent PNG of the ink in a colour."""
    picture = np.zeros((FRAME, FRAME, 4), np.uint8)
    picture[..., 3] = np.rint(255 * opacity * _enlarge(character))
    picture[picture[..., 3] > 0, :3] = pen
    return _encode(picture, "PNG", compress_level=1)


def _expose(random, picture, sigma=2):
    """Return the picture with a sensor's noise, as uint8."""
    # The same in all channels: of noise in colour a camera's software leaves little.
    noise = sigma * random.standard_normal(picture.shape[:2])
    noise = noise.reshape(noise.shape + (1,) * (picture.ndim - 2))
    return np.rint(np.clip(picture + noise, 0, 255)).astype(np.uint8)


def _encode(picture, format, **options):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format, **options)
    return file.getvalue()


@lru_cache(maxsize=32)
def _grid(shape):
    """Return the coordinates (y, x) of all pixels."""
    return tuple(np.mgrid[: shape[0], : shape[1]].astype(np.float32))


def _direction(random):
    """Return sine and cosine of a random direction."""
    angle = random.uniform(0, 2 * np.pi)
    return np.sin(angle), np.cos(angle)


def _falling_light(random, shape, strength):
    """Return light that falls from 1 to 1 - `strength` in a random direction."""
    y, x = _grid(tuple(shape[:2]))
    sine, cosine = _direction(random)
    fall = y * sine + x * cosine
    fall = (fall - fall.min()) / (fall.max() - fall.min())
    return 1 - strength * fall ** random.uniform(0.7, 1.5)


def _hue(hue):
    """Return what a hue, 0 to 1 as in HSV, takes of white: (3,), 0 to 1."""
    return 1 - np.clip(np.abs((6 * hue + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)


def _blur(picture, sigma):
    if sigma <= 0:
        return picture
    return cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


def _grain(random, sigma, depth):
    """Return how much of a stroke the paper takes: 1 +- `depth`, in specks of `sigma` pixels."""
    specks = _blur(random.standard_normal((FRAME, FRAME)).astype(np.float32), sigma)
    return np.clip(1 + depth * specks / specks.std(), 0, None)


def _bounds(ink):
    """Return (top, bottom, left, right) of the ink; of everything where there is none."""
    rows, columns = (np.flatnonzero((ink > 0.15).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return 0, ink.shape[0], 0, ink.shape[1]
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def _stroke(distance, thickness):
    """Return the ink of a line at some distance from its middle, pixels."""
    return np.clip(thickness / 2 + 0.5 - distance, 0, min(1, thickness))


def _lines(random, spacing, degrees):
    """Return the ink of parallel lines, 1 to 2 pixels thick, at a random offset."""
    y, x = _grid((FRAME, FRAME))
    angle = np.deg2rad(degrees)
    across = y * np.cos(angle) - x * np.sin(angle) + random.uniform(0, spacing)
    return _stroke(np.abs(across % spacing - spacing / 2), random.uniform(1, 2))


@lru_cache(maxsize=1)
def _noise_tile():
    noise = np.random.RandomState(0).normal(0, 3, (500, 500, 1))
    return np.rint(np.repeat(noise, 3, axis=2)).astype(np.int16)


def _widen(ink, factor):
    """Redraw strokes around their middle lines, with their half widths times `factor`."""
    mask = (ink > 0.4).astype(np.uint8)
    if not mask.any():
        return ink
    half_widths = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    middle = _thin(mask)
    distance, label = cv2.distanceTransformWithLabels(
        1 - middle, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    widths = np.zeros(label.max() + 1, np.float32)
    widths[label[middle > 0]] = half_widths[middle > 0]
    # A marker has a width too: thick strokes that grow on close the loops of a character.
    most = np.maximum(widths[label], FRAME / 12)
    wanted = np.clip(factor * widths[label], 0.8, most)
    return _blur(np.clip(wanted - distance + 0.5, 0, 1), 0.7)


def _thin(mask):
    """Return the middle lines of a mask, one pixel wide and connected (Zhang and Suen, 1984)."""
    middle = mask.copy()
    changed = True
    while changed:
        changed = False
        for table in _thinning_tables():
            code = cv2.filter2D(middle, -1, NEIGHBOUR_BITS, borderType=cv2.BORDER_CONSTANT)
            removed = cv2.LUT(code, table) & middle
            changed = changed or bool(removed.any())
            middle -= removed
    return middle


@lru_cache(maxsize=1)
def _thinning_tables():
    """Return, for both passes, whether a pixel goes, by the code of its neighbours."""
    around = (np.arange(256)[:, np.newaxis] >> np.arange(8)) & 1  # (256, 8), clockwise from N
    starts = np.sum((around == 0) & (np.roll(around, -1, axis=1) == 1), axis=1)
    count = around.sum(axis=1)
    north, east, south, west = around[:, ::2].T
    goes = (starts == 1) & (count >= 2) & (count <= 6)
    first = goes & (north * east * south == 0) & (east * south * west == 0)
    second = goes & (north * east * west == 0) & (north * south * west == 0)
    return first.astype(np.uint8), second.astype(np.uint8)


def _as_seen(source):
    """Return a source as a viewer that ignores EXIF shows it."""
    if isinstance(source, bytes):
        with Image.open(io.BytesIO(source)) as image:
            image.thumbnail((400, 400)) if max(image.size) > 1000 else image.load()
            source = np.asarray(image)
    if source.dtype == np.uint16:
        return source / 65535
    return source / 255 if source.dtype == np.uint8 else source.astype(float)


def draw_contact_sheet(path, X):
    """Save a picture of every condition, a row of the same characters each."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(len(X) + 2.2, len(CONDITIONS) * 1.05), facecolor="lightsteelblue")
    grid = figure.subplots(len(CONDITIONS), len(X))
    for row, (name, condition) in zip(grid, CONDITIONS.items(), strict=True):
        for axes, source in zip(row, condition(X), strict=True):
            axes.imshow(_as_seen(source), cmap="gray", vmin=0, vmax=1)
            axes.set_axis_off()
        row[0].text(-0.1, 0.5, name, transform=row[0].transAxes, ha="right", va="center")
    figure.subplots_adjust(0.18, 0.002, 0.998, 0.998, 0.04, 0.04)
    figure.savefig(path, dpi=80)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheet", help="file to draw ten pictures of each condition into")
    options = parser.parse_args()
    from skhcr.datasets import load_digits

    X = load_digits().images
    if options.sheet:
        draw_contact_sheet(options.sheet, X[:10])
    for name, condition in CONDITIONS.items():
        n_pictures = 10 if condition is photo_12_megapixels else 300
        start = time.perf_counter()
        condition(X[:n_pictures])
        seconds = time.perf_counter() - start
        print(f"{name:28}{n_pictures / seconds:10,.0f} pictures/s")


if __name__ == "__main__":
    main()
