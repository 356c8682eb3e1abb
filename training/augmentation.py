"""One random change of a character: affine, elastic, and of the width of its strokes."""

import cv2
import numpy as np

SIDE = 72  # of the picture that is drawn: twice 28, and room for what a turn moves out
_SCALE = 2


def distort(ink, rng, strength=1.0):
    """Draw a character as another hand might.

    Parameters
    ----------
    ink : ndarray of uint8, (side, side)
        0 is paper. 28 x 28, or any other side, which stands for the same square.
    rng : numpy.random.Generator
    strength : float, default=1.0
        Of the affine and the elastic change. 1 turns by 12 degrees at most, shears by 0.2 and
        stretches by 15 %, and moves nodes of a 5 x 5 grid by about 1 of 28 pixels at most
        (standard deviation), after [1]_.

    Returns
    -------
    ndarray of uint8, (72, 72)
        Light on dark, about twice the size of 28 x 28.

    References
    ----------
    .. [1] P. Simard, D. Steinkraus, J. Platt, "Best practices for convolutional neural networks
       applied to visual document analysis", ICDAR 2003.
    """
    angle = np.deg2rad(rng.uniform(-12, 12)) * strength
    shear = rng.uniform(-0.2, 0.2) * strength
    stretch = np.exp(rng.uniform(-0.15, 0.15, 2) * strength)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, shear], [0, 1]]) @ np.diag(stretch)
    middle, source_middle = (SIDE - 1) / 2, (ink.shape[0] - 1) / 2
    matrix *= ink.shape[0] / (28 * _SCALE)

    nodes = rng.normal(scale=rng.uniform(0, 1.0) * strength, size=(5, 5, 2)).astype(np.float32)
    where = cv2.resize(nodes, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)  # (72, 72, 2)
    where *= ink.shape[0] / 28
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32) - np.float32(middle)
    where[..., 0] += np.float32(matrix[0, 0]) * x + np.float32(matrix[0, 1]) * y
    where[..., 1] += np.float32(matrix[1, 0]) * x + np.float32(matrix[1, 1]) * y
    where += np.float32(source_middle)
    picture = cv2.remap(ink, where, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)

    kind = rng.random()
    share = rng.random()
    if kind < 0.25:  # a thicker pen, by up to one pixel of 28 on both sides together
        picture = cv2.addWeighted(picture, 1 - share, cv2.dilate(picture, _DISC), share, 0)
    elif kind < 0.4:  # a thinner one
        picture = cv2.addWeighted(picture, 1 - share, cv2.erode(picture, _DISC), share, 0)
    elif kind < 0.5:
        picture = cv2.GaussianBlur(picture, None, 0.4 + share)
    if rng.random() < 0.5:  # EMNIST is blurred; a character on a scan or a photo has crisp edges
        gain, middle = rng.uniform(2, 6), rng.uniform(90, 150)
        steep = (picture.astype(np.float32) - middle) * gain + 127
        picture = np.clip(steep, 0, 255).astype(np.uint8)
    return picture


_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
