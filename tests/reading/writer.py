"""Pictures of text that is easy to read: clear characters that stand apart, black on white."""

from dataclasses import dataclass

import cv2
import numpy as np

from skhcr import load_pretrained
from skhcr.datasets import load_characters

_N_ASKED, _N_CLEAR = 25, 4  # pictures of each character: looked at, and taken
_LOW, _DEEP = set("acemnorsuvwxz"), set("gpqy")


@dataclass
class Sheet:
    """A picture of lines of text.

    Attributes
    ----------
    picture : ndarray of uint8, (height, width)
    boxes : ndarray of int, (n_characters, 4)
        Left, top, right, bottom of the characters but spaces, in reading order.
    text : str
    """

    picture: np.ndarray
    boxes: np.ndarray
    text: str


class Writer:
    """Writes with the clearest of the bundled characters, with ":" and "-"."""

    def __init__(self):
        data, classifier = load_characters(), load_pretrained("characters")[-1]
        self.glyphs = {}
        for code, character in enumerate(classifier.classes_.tolist()):
            images = data.images[data.target == character][:_N_ASKED]
            clarity = classifier.predict_proba(images)[:, code]
            best = np.argsort(-clarity, kind="stable")[:_N_CLEAR]
            self.glyphs[character] = [_cropped(image) for image in images[best]]
        dots = np.zeros((20, 4), np.uint8)
        dots[[0, 1, 2, 3, -4, -3, -2, -1]] = 255
        self.glyphs |= {":": [dots], "-": [np.full((3, 12), 255, np.uint8)]}

    def __call__(self, *lines, height=32, gap=0.2, space=1.2, leading=2.0, margin=0.8, seed=0):
        """Return a Sheet.

        Parameters
        ----------
        *lines : str
        height : int
            Of a capital, in pixels; what follows is in this unit.
        gap, space : float
            Paper between characters, and what a space adds to it.
        leading : float
            From one baseline to the next.
        margin : float
            Paper around all ink.
        seed : int
            Which of the clear pictures of each character are taken.
        """
        rng = np.random.default_rng(seed)
        placed, boxes = [], []
        for row, line in enumerate(lines):
            base, left = round((2 + row * leading) * height), 2 * height
            for character in line:
                if character == " ":
                    left += round(space * height)
                    continue
                glyph, bottom = self._glyph(character, rng, height)
                top, right = base + bottom - glyph.shape[0], left + glyph.shape[1]
                placed.append(glyph)
                boxes.append((left, top, right, base + bottom))
                left = right + round(gap * height)
        boxes = np.array(boxes)
        pad = round(margin * height)
        corner = boxes[:, :2].min(axis=0) - pad
        boxes -= np.tile(corner, 2)
        width, rows = boxes[:, 2:].max(axis=0) + pad
        ink = np.zeros((rows, width), np.uint8)
        for glyph, (left, top, right, bottom) in zip(placed, boxes, strict=True):
            np.maximum(ink[top:bottom, left:right], glyph, out=ink[top:bottom, left:right])
        return Sheet(255 - ink, boxes, "\n".join(lines))

    def _glyph(self, character, rng, height):
        """Return a character's ink, and how far it reaches under the baseline."""
        choice = self.glyphs[character]
        image = choice[rng.integers(len(choice))]
        share, deep = 1.0, 0.0
        if character in _LOW:
            share = 0.65
        elif character in _DEEP:
            deep = 0.35
        elif character == "j":
            share, deep = 1.3, 0.3
        elif character in ":-":
            share, deep = (0.7, 0.0) if character == ":" else (0.12, -0.45)
        scale = min(share * height / image.shape[0], 1.5 * height / image.shape[1])
        size = max(2, round(scale * image.shape[1])), max(2, round(scale * image.shape[0]))
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        return cv2.resize(image, size, interpolation=kind), round(deep * height)


def _cropped(image):
    rows, columns = np.nonzero(image > 100)
    return image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def turned(sheet, degrees):
    """Return a sheet turned counterclockwise, on paper that is large enough."""
    height, width = sheet.picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = int(width * cos + height * sin), int(width * sin + height * cos)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    picture = cv2.warpAffine(sheet.picture, matrix, size, borderValue=255)
    x, y = sheet.boxes[:, [0, 2, 0, 2]], sheet.boxes[:, [1, 1, 3, 3]]
    corners = np.stack([x, y, np.ones_like(x)], axis=-1) @ matrix.T
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    return Sheet(picture, np.rint(boxes).astype(int), sheet.text)


def overlaps(items, boxes):
    """Return how much each item's box is the one of `boxes` at its place: 1 if it is the same."""
    found = np.array([item.box for item in items])
    assert len(found) == len(boxes)
    low, high = np.maximum(found[:, :2], boxes[:, :2]), np.minimum(found[:, 2:], boxes[:, 2:])
    common = np.prod(np.maximum(high - low, 0), axis=1)
    areas = (np.prod(both[:, 2:] - both[:, :2], axis=1) for both in (found, boxes))
    return common / (sum(areas) - common)
