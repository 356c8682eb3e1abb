"""Read one picture.

Pillow decodes, not OpenCV, which takes a truncated file for a picture, and whose colours of
palettes, transparency and CMYK and whose orientation depend on its version. On grey PNG files
both are equally fast; OpenCV resizes and converts the decoded pixels.
"""

import cv2
import numpy as np
from PIL import ExifTags, Image

from skhcr._images import CHANNEL_COUNTS, check_pictures, check_shape, white_level
from skhcr.preprocessing._open_image import check_size, open_image

_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_picture(source, color="gray", max_size=None, max_pixels=None):
    """Read one picture from any source.

    Parameters
    ----------
    source : str, PathLike, bytes, binary file, PIL.Image.Image or ndarray
        Where the picture is. Of a file that holds several pictures, the first is read.
    color : {"gray", "rgb"}, default="gray"
        What the picture is converted to.
    max_size : int, default=None
        Longest side, in pixels, over which the picture is shrunk.
    max_pixels : int, default=None
        Largest number of pixels that a file or a PIL image may claim to have.

    Returns
    -------
    ndarray of uint8, (height, width) or (height, width, 3)

    Raises
    ------
    OSError, ValueError, TypeError, SyntaxError
        And what else Pillow raises on what is not a picture.
    """
    size = None
    if isinstance(source, Image.Image):
        check_size(*source.size, max_pixels)  # as it may not be loaded yet
        pixels = _decode(source, color)
    elif isinstance(source, np.ndarray):
        pixels = _check_array(source)
    else:
        pixels, size = _read_file(source, color, max_size, max_pixels)
    return shrink(to_color(to_uint8(pixels[np.newaxis]), color), max_size, size)[0]


def _read_file(source, color, max_size, max_pixels):
    """Return the pixels of an encoded picture, and the size to shrink them to."""
    with open_image(source, max_pixels) as image:
        # A no-op but for JPEG, which decodes straight to grey or a fraction of its size.
        width, height = image.size
        size = shrunk_size(height, width, max_size)
        image.draft("L" if color == "gray" else None, size[::-1])
        pixels = _decode(image, color)
    turned = (height > width) != (pixels.shape[0] > pixels.shape[1])
    return pixels, size[::-1] if turned else size


def to_uint8(batch):
    """Return a batch as uint8, from black, 0, to white, 255, by the rule of `white_level`."""
    if batch.dtype == np.uint8:
        return batch
    check_range(batch)
    levels = batch * (255 / white_level(batch))
    return np.rint(np.minimum(levels, 255, out=levels)).astype(np.uint8)


def check_levels(estimator, X, *, reset, channel_counts=CHANNEL_COUNTS):
    """Validate pictures in any of the three forms, whose pixels are read as levels of grey.

    Parameters
    ----------
    estimator : estimator instance
        With a parameter ``image_shape``.
    X : array-like or list of ndarray
        Rows, a batch, or a list of pictures.
    reset : bool
        Whether `X` defines the number of pixels of a row.
    channel_counts : container of int, default=(1, 3, 4)
        The numbers of channels that are understood.

    Returns
    -------
    pictures : ndarray or list of ndarray
        A batch or a list of pictures.
    are_rows : bool
        Whether `X` came as rows.
    """
    image_shape = estimator.image_shape
    if image_shape is not None:
        image_shape = check_shape("image_shape", image_shape)
    pictures, are_rows = check_pictures(
        estimator, X, reset=reset, image_shape=image_shape, channel_counts=channel_counts
    )
    if isinstance(pictures, list):
        for position, picture in enumerate(pictures):
            check_range(picture, f"X[{position}]: ")
    else:
        check_range(pictures)
    return pictures, are_rows


def check_range(batch, where=""):
    """Raise a ValueError for pixels that lie neither in [0, 1] nor in [0, 255]."""
    if isinstance(white_level(batch[np.newaxis]), int):  # of a type that has no other values
        return
    low, high = batch.min(), batch.max()
    if low < 0 or high > 255:
        prefix = "Negative values in data: pixels" if low < 0 else "Pixels"
        raise ValueError(
            f"{where}{prefix} of dtype {batch.dtype} lie in [{low:g}, {high:g}]; expected [0, 1] "
            "or [0, 255]."
        )


def to_color(batch, color):
    """Return a uint8 batch of any number of channels as grey or RGB.

    Parameters
    ----------
    batch : ndarray of uint8, (n_samples, height, width) or (n_samples, height, width, channels)
        One, three or four channels; the fourth is alpha: see `_background`.
    color : {"gray", "rgb"}
        What to return.

    Returns
    -------
    ndarray of uint8, (n_samples, height, width) or (n_samples, height, width, 3)
    """
    if batch.ndim == 4 and batch.shape[3] == 1:
        batch = batch[..., 0]
    if batch.ndim == 4 and batch.shape[3] == 4:
        return _flatten(batch, color)
    if color == "rgb" and batch.ndim == 3:
        return np.repeat(batch[..., np.newaxis], 3, axis=3)
    return _to_gray(batch) if color == "gray" and batch.ndim == 4 else batch


def _to_gray(batch):
    """Return the grey of the first three channels."""
    n_samples, height, width, n_channels = batch.shape
    column = np.ascontiguousarray(batch).reshape(n_samples * height, width, n_channels)
    code = cv2.COLOR_RGB2GRAY if n_channels == 3 else cv2.COLOR_RGBA2GRAY
    return cv2.cvtColor(column, code).reshape(n_samples, height, width)


def _flatten(batch, color):
    """Return a batch with alpha as an opaque one, grey or RGB."""
    gray, alpha = _to_gray(batch), batch[..., 3]
    opaque = gray if color == "gray" else batch[..., :3]
    if alpha.min() == 255:
        return np.ascontiguousarray(opaque)
    background = _background(gray, alpha)
    if color == "rgb":
        background, alpha = background[..., np.newaxis], alpha[..., np.newaxis]
    weight = alpha.astype(np.uint16)
    blended = opaque * weight  # in place from here, as pictures can be large
    np.subtract(255, weight, out=weight)
    weight *= background
    blended += weight  # at most 255 * 255
    blended += 127
    blended //= 255
    return blended.astype(np.uint8)


def _background(gray, alpha):
    """Return what shows through transparent pixels, so that what is drawn can be seen.

    White, unless a picture is white ink: visible in three quarters of its area at most, and light
    where it is visible. A sheet of white paper whose corners are cut off, round or aslant, is
    visible in more of its area, and has to keep white around it even where it is blank.

    Parameters
    ----------
    gray, alpha : ndarray of uint8, (n_samples, height, width)
        Pixels, and how opaque they are.

    Returns
    -------
    ndarray of uint16, (n_samples, 1, 1)
        255, or 0 for white ink.
    """
    axes = (1, 2)
    visible = alpha.sum(axes, np.uint64, keepdims=True)
    dark = alpha.sum(axes, np.uint64, keepdims=True, where=gray < 128)
    is_white_ink = (100 * dark < visible) & (4 * visible <= 3 * 255 * gray[0].size)
    return np.where(is_white_ink, 0, 255).astype(np.uint16)


def shrink(batch, max_size, size=None):
    """Shrink a batch, by averages over areas, so that no side is longer than `max_size`.

    A batch that was decoded at a fraction of its size, and so rounded, is shrunk to `size`.
    """
    height, width = batch.shape[1:3]
    size = shrunk_size(height, width, max_size) if size is None else size
    if size == (height, width):
        return batch
    shrunk = [cv2.resize(pixels, size[::-1], interpolation=cv2.INTER_AREA) for pixels in batch]
    return np.stack(shrunk)


def shrunk_size(height, width, max_size):
    """Return the (height, width) that `shrink` gives to a picture."""
    if max_size is None or max(height, width) <= max_size:
        return height, width
    scale = max_size / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _check_array(array):
    if array.ndim not in (2, 3):
        raise ValueError(
            f"its shape is {array.shape}; expected (height, width) or (height, width, channels)"
        )
    batch, _ = check_pictures(None, array[np.newaxis], reset=False)
    return batch[0]


def _decode(image, color):
    """Return the pixels of a PIL image, upright; grey, RGB or RGBA, unless they are not 8-bit."""
    image.load()
    transposition = _transposition(image)
    transparent = image.info.get("transparency")
    is_16_bit = image.mode.startswith("I;16")
    if image.mode == "I" and image.format in ("PNG", "PPM"):  # 16-bit, says Pillow before 12
        is_16_bit = True
    if not is_16_bit and image.mode not in ("I", "F"):
        image = _to_8_bit(image, color)
    if transposition is not None:
        image = image.transpose(transposition)
    pixels = np.asarray(image)
    if is_16_bit:
        pixels = pixels.astype(np.uint16)
        if isinstance(transparent, int):
            visible = pixels != transparent
            gray, alpha = (pixels >> 8).astype(np.uint8), visible.astype(np.uint8) * 255
            pixels[~visible] = 257 * _background(gray[np.newaxis], alpha[np.newaxis]).item()
    return pixels


def _to_8_bit(image, color):
    """Return a PIL image of any mode of 8 bits as L, RGB or RGBA."""
    if image.has_transparency_data:
        if image.mode in ("La", "RGBa"):  # premultiplied, which converts to its like only
            image = image.convert(image.mode.upper())
        key = image.info.get("transparency")
        if isinstance(key, tuple) and max(key) > 255:  # of a 16-bit file, whose pixels are 8-bit
            image = image.copy()
            image.info["transparency"] = tuple(level >> 8 for level in key)
        return _convert(image, "RGBA")
    if image.mode == "1":  # not by way of RGB: large scans come in it
        image = image.convert("L")
    elif image.mode != "L":
        image = _convert(image, "RGB")
    return _convert(image, "L" if color == "gray" else "RGB")


def _convert(image, mode):
    return image if image.mode == mode else image.convert(mode)  # which would copy


def _transposition(image):
    """Return how to turn a PIL image upright, or None."""
    try:
        return _TRANSPOSITIONS.get(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # a broken EXIF block raises all kinds of errors, and pixels do not need it
        return None
