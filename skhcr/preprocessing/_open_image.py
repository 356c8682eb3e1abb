"""Open the file of a picture without believing it: what it says of itself is checked first."""

import io
import os
import re
import stat
import threading
from contextlib import contextmanager
from pathlib import Path

from PIL import ExifTags, Image

# Formats of Pillow that are left alone. EPS and WMF are programs that are run; the others hold
# files of their own, whose size no header says beforehand, or are decoded in slow Python, and
# nobody's handwriting comes in them. What a plugin registers, such as HEIF, is read.
_UNREAD_FORMATS = {"BLP", "DDS", "EPS", "FITS", "FTEX", "ICNS", "ICO", "IPTC", "WMF"}

_IS_TEXT = "it is open as text; open it in mode 'rb'"
_LOCK = threading.Lock()

# How a file begins that people take for a picture, and what it is.
_NO_PICTURES = {
    rb"\Z": "it is empty",
    rb"%PDF": "it is a PDF; save its pages as pictures first",
    rb"%!PS|\xc5\xd0\xd3\xc6": "it is PostScript; save its pages as pictures first",
    rb"(?s).{4}ftyp(hei|hev|mif|msf)": "it is HEIF, which Pillow reads once pillow-heif is there",
    rb"(?i)\W*<(!doctype\s+)?html\b": "it is a web page",
    rb"(?s)\W*<.*\bsvg\b": "it is SVG; save it as pixels first",
    rb"version https://git-lfs": "it is a pointer of Git LFS; fetch the file itself",
    rb"PK\x03\x04": "it is an archive or an office document",
}


@contextmanager
def open_image(source, max_pixels=None):
    """Open an encoded picture as a context; nothing of its pixels is read.

    Parameters
    ----------
    source : str, PathLike, bytes or binary file
        Where the picture is.
    max_pixels : int, default=None
        Largest number of pixels that the picture may claim to have.

    Yields
    ------
    PIL.Image.Image

    Raises
    ------
    OSError, ValueError, TypeError, SyntaxError
        And what else Pillow raises on what is not a picture.
    """
    if isinstance(source, io.TextIOBase):
        raise ValueError(_IS_TEXT)
    if isinstance(source, (bytes, bytearray)):
        source = io.BytesIO(source)
    elif isinstance(source, (str, os.PathLike)):
        source = os.fspath(source)  # as not every Pillow takes what os.scandir gives
        _check_regular(source)
    with _LOCK:  # as finding plugins is not safe in threads
        Image.preinit()  # whose formats are tried first
        Image.init()
    formats = [name for name in Image.ID if name not in _UNREAD_FORMATS]
    try:
        image = Image.open(source, formats=formats)
    except Image.DecompressionBombError as error:  # of more pixels than Pillow's own limit
        claimed = int(re.search(r"\d+", str(error)).group())
        check_size(claimed, 1, max_pixels)
        limit = 2 * Image.MAX_IMAGE_PIXELS
        raise ValueError(
            f"it claims {claimed:_} pixels, and Pillow opens {limit:_} at most; "
            "PIL.Image.MAX_IMAGE_PIXELS = None lifts that"
        ) from error
    except Image.UnidentifiedImageError as error:
        raise ValueError(_why_unidentified(source)) from error
    with image:
        check_size(*image.size, max_pixels)
        if image.format == "TIFF":
            _check_tiles(image, max_pixels)
        yield image


def check_size(width, height, max_pixels):
    """Raise a ValueError for more than `max_pixels` pixels."""
    if max_pixels is not None and width * height > max_pixels:
        size = f"{width} x {height}" if height > 1 else f"{width:_}"
        raise ValueError(f"it claims {size} pixels, more than max_pixels={max_pixels:_}")


def _check_regular(path):
    """Raise an error unless a path is one of a regular file; to open a pipe could wait for ever."""
    if not path:  # which pathlib takes for the current folder
        raise FileNotFoundError
    mode = Path(path).stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError
    if not stat.S_ISREG(mode):
        kinds = {stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
        raise ValueError(f"it is a {kinds.get(stat.S_IFMT(mode), 'device')}, not a regular file")


def _check_tiles(image, max_pixels):
    """Raise a ValueError for tiles larger than a picture may be, or of too little of the picture.

    Pillow would take memory for the first, and leave black what the second do not cover.
    """
    tags = (ExifTags.Base.TileWidth, ExifTags.Base.TileLength)
    check_size(*(image.tag_v2.get(tag, 0) for tag in tags), max_pixels)
    extents = [tile[1] for tile in image.tile]
    width, height = (max((e[side] for e in extents), default=0) for side in (2, 3))
    if width * height < image.width * image.height:  # the product, as it may lie on its side
        raise ValueError(
            f"it claims {image.width} x {image.height} pixels, but holds {width} x {height}"
        )


def _why_unidentified(source):
    head = None
    try:
        if isinstance(source, str):
            with Path(source).open("rb") as file:
                head = file.read(500)
        else:
            source.seek(0)
            head = source.read(500)
    except (AttributeError, OSError):  # of a stream that Pillow has read to its end
        pass
    if isinstance(head, str):
        return _IS_TEXT
    for pattern, reason in _NO_PICTURES.items():
        if isinstance(head, bytes) and re.match(pattern, head):
            return reason
    return "it is damaged, or in no format that is read"
