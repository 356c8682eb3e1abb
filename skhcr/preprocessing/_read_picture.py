"""Read one picture.

Pillow decodes, not OpenCV, which takes a truncated file for a picture, and whose colours of
palettes, transparency and CMYK and whose orientation depend on its version. On grey PNG files
both are equally fast; OpenCV resizes and converts the decoded pixels.
"""

import io
import os
from pathlib import Path

import cv2
import numpy as np
from PIL import ExifTags, Image

from skhcr._images import check_pictures, white_level

_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_picture(source, color="gray", max_size=None):
    """Read one picture from any source.

    Parameters
    ----------
    source : str, PathLike, bytes, binary file, PIL.Image.Image or ndarray
        Where the picture is. Of a file that holds several pictures, the first is read.
    color : {"gray", "rgb"}, default="gray"
        What the picture is converted to.
    max_size : int, default=None
        Longest side, in pixels, over which the picture is shrunk.

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
        pixels = _decode(source, color)
    elif isinstance(source, np.ndarray):
        pixels = _check_array(source)
    else:
        encoded = isinstance(source, (bytes, bytearray))
        if isinstance(source, (str, os.PathLike)) and Path(source).is_fifo():
            raise ValueError("it is a pipe, not a regular file")  # opening it could wait for ever
        with Image.open(io.BytesIO(source) if encoded else source) as image:
            if image.format == "EPS":  # its decoder runs the program that the file is
                raise ValueError("PostScript is not read")
            # A no-op but for JPEG, which decodes straight to grey or a fraction of its size.
            width, height = image.size
            size = shrunk_size(height, width, max_size)
            image.draft("L" if color == "gray" else None, size[::-1])
            pixels = _decode(image, color)
            if (height > width) != (pixels.shape[0] > pixels.shape[1]):  # turned upright
                size = size[::-1]
    return shrink(to_color(to_uint8(pixels[np.newaxis]), color), max_size, size)[0]


def to_uint8(batch):
    """Return a batch as uint8, from black, 0, to white, 255, by the rule of `white_level`."""
    if batch.dtype == np.uint8:
        return batch
    check_range(batch)
    return np.rint(batch * (255 / white_level(batch))).astype(np.uint8)


def check_range(batch):
    """Raise a ValueError for pixels that lie neither in [0, 1] nor in [0, 255]."""
    if isinstance(white_level(batch), int):  # of a type that has no other values
        return
    low, high = batch.min(), batch.max()
    if low < 0 or high > 255:
        prefix = "Negative values in data: pixels" if low < 0 else "Pixels"
        raise ValueError(
            f"{prefix} of dtype {batch.dtype} lie in [{low:g}, {high:g}]; expected [0, 1] or "
            "[0, 255]."
        )


def to_color(batch, color):
    """Return a uint8 batch of any number of channels as grey or RGB.

    Parameters
    ----------
    batch : ndarray of uint8, (n_samples, height, width) or (n_samples, height, width, channels)
        One, three or four channels; the fourth is alpha, and white shows through.
    color : {"gray", "rgb"}
        What to return.

    Returns
    -------
    ndarray of uint8, (n_samples, height, width) or (n_samples, height, width, 3)
    """
    if batch.ndim == 4 and batch.shape[3] == 1:
        batch = batch[..., 0]
    if batch.ndim == 4 and batch.shape[3] == 4:
        alpha = batch[..., 3:].astype(np.uint16)
        blended = batch[..., :3] * alpha + 255 * (255 - alpha)  # at most 255 * 255
        batch = ((blended + 127) // 255).astype(np.uint8)
    if color == "rgb" and batch.ndim == 3:
        return np.repeat(batch[..., np.newaxis], 3, axis=3)
    if color == "gray" and batch.ndim == 4:
        n_samples, height, width, _ = batch.shape
        column = np.ascontiguousarray(batch).reshape(n_samples * height, width, 3)
        return cv2.cvtColor(column, cv2.COLOR_RGB2GRAY).reshape(n_samples, height, width)
    return batch


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
    """Return the pixels of a PIL image, upright; grey or RGB, unless they are not 8-bit."""
    image.load()
    transposition = _TRANSPOSITIONS.get(_orientation(image))
    transparent = image.info.get("transparency")
    is_16_bit = image.mode.startswith("I;16")
    if image.mode == "I" and image.format in ("PNG", "PPM"):  # 16-bit, says Pillow before 12
        is_16_bit = True
    if not is_16_bit and image.mode not in ("I", "F"):
        if image.has_transparency_data:
            layer = image.convert("RGBA")
            image = Image.new("RGB", layer.size, "white")
            image.paste(layer, mask=layer.getchannel("A"))
        elif image.mode not in ("L", "RGB"):
            image = image.convert("RGB")
        image = image.convert("L" if color == "gray" else "RGB")
    if transposition is not None:
        image = image.transpose(transposition)
    pixels = np.asarray(image)
    if is_16_bit:
        pixels = pixels.astype(np.uint16)
        if isinstance(transparent, int):
            pixels[pixels == transparent] = 65535
    return pixels


def _orientation(image):
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # a broken EXIF block raises all kinds of errors, and pixels do not need it
        return None
