"""Sources that nobody wishes for and everybody meets: torn, lying, empty, foreign and absurd.

They are made on the fly, and each is small; what they claim to be is not. Standing alone, without
pytest, so that a process which measures its memory can make them too.
"""

import io
import os
import pickle
import socket
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, features

# Sides that no other number in a file has, so that they can be found and replaced there.
_WIDTH, _HEIGHT = 1111, 1222


class ReadRaises(io.RawIOBase):
    """A file whose disk is broken."""

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        return 0

    def readinto(self, buffer):
        raise RuntimeError("broken disk")


class NoPath(os.PathLike):
    """A path that is asked for and has none."""

    def __fspath__(self):
        raise RuntimeError("no path")


class ReadIsNoMethod:
    read = 3


class ReprRaises:
    def __repr__(self):
        raise RuntimeError("nameless")


def hostile_sources(tmp_path):
    """Make the sources.

    Parameters
    ----------
    tmp_path : Path
        An empty folder, for those that are files.

    Returns
    -------
    dict of str to (source, works)
        By a name that says what is wrong. `works` is True where a picture has to come of it, False
        where it has to be refused, and None where either will do, as it depends on Pillow.
    """
    tmp_path = Path(tmp_path)
    sources = {
        **_torn(),
        **_lying(),
        **_bombs(),
        **_extreme(),
        **_odd_orientations(),
        **_arrays(),
        **_open_files(tmp_path),
        **_foreign(),
    }
    for name, (data, works) in list(sources.items()):
        if isinstance(data, bytes) and name.endswith(" file"):
            path = tmp_path / f"{name}.{'jpg' if 'web' in name else 'png'}"
            path.write_bytes(data)
            sources[name] = (path, works)
    return {**sources, **_paths(tmp_path)}


def _drawing():
    rng = np.random.RandomState(0)  # what does not compress is torn where its file is
    return Image.fromarray(rng.randint(0, 256, (40, 56)).astype(np.uint8))


def _encode(image, file_format, **options):
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def _chunk(name, data):
    crc = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + crc


def _png(width, height, *chunks, data=b"\0" * 1000, colour_type=0):
    """Encode a PNG of a size that its data need not have."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    body = _chunk(b"IDAT", zlib.compress(data, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + b"".join(chunks) + body


def _tiff(width, height, data, tags):
    """Encode a grey TIFF of one block of data, in tags {number: value} that say where it is."""
    tags = {256: width, 257: height, 258: 8, 259: 8, 262: 1, 277: 1, **tags}
    start = 8 + 2 + 12 * len(tags) + 4
    tags = {number: start if value == "start" else value for number, value in tags.items()}
    directory = b"".join(struct.pack("<HHII", n, 4, 1, tags[n]) for n in sorted(tags))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + directory + b"\0\0\0\0" + data


def _torn():
    png, jpeg = _encode(_drawing(), "PNG"), _encode(_drawing(), "JPEG")
    torn = {}
    for tenth in range(1, 10):
        torn[f"png torn at {tenth}0 % file"] = (png[: len(png) * tenth // 10], False)
        torn[f"jpeg torn at {tenth}0 %"] = (jpeg[: len(jpeg) * tenth // 10], False)
    for file_format in ("BMP", "GIF", "TIFF", "WEBP", "PPM", "JPEG2000"):
        if file_format == "JPEG2000" and "jpg_2000" not in features.get_supported():
            continue
        data = _encode(_drawing(), file_format)
        torn[f"{file_format} torn in two"] = (data[: len(data) // 2], None)
    header_crc, data_crc = bytearray(png), bytearray(png)
    header_crc[29] ^= 255
    data_crc[-13] ^= 255
    torn["png of wrong header CRC"] = (bytes(header_crc), False)
    torn["png of wrong data CRC"] = (bytes(data_crc), None)
    torn["png with a byte changed"] = (png[:200] + bytes([png[200] ^ 255]) + png[201:], None)
    torn["png with a tail"] = (png + b"tail" * 100, True)
    return torn


def _claim(file_format, code, size, written=(_WIDTH, _HEIGHT), **options):
    """Encode a picture, then write another size over the one that is written as `code` packs."""
    data = _encode(Image.new("RGB", (_WIDTH, _HEIGHT)), file_format, **options)
    old = struct.pack(code, *written)
    assert old in data
    return data.replace(old, struct.pack(code, *size))


def _lying():
    huge = (60_000, 60_000)
    frame = struct.pack("<HHHHB", 0, 0, *huge, 0)
    gif = b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0) + b"," + frame + b"\x08\x02\x4c\x01\0;"
    webp = bytearray(_encode(Image.new("RGB", (_WIDTH, _HEIGHT)), "WEBP", lossless=True))
    webp[21:25] = (0x3FFF << 14 | 0x3FFF).to_bytes(4, "little")
    claims = {
        "png": _png(*huge),
        "colour png file": _png(*huge, colour_type=6),
        "bmp file": _claim("BMP", "<ii", huge),
        "gif": _claim("GIF", "<HH", huge),
        "gif frame": gif,
        "jpeg": _claim("JPEG", ">HH", (65_500, 65_500), (_HEIGHT, _WIDTH)),
        "progressive jpeg": _claim("JPEG", ">HH", huge, (_HEIGHT, _WIDTH), progressive=True),
        "pcx": _claim("PCX", "<HH", huge, (_WIDTH - 1, _HEIGHT - 1)),
        "ppm": b"P5 60000 60000 255\n" + b"\0" * 1000,
        "ppm of absurd numbers": b"P5 99999999999999999999 9999999999999999999 255\n\0",
        "psd": b"8BPS\0\1" + struct.pack(">6xHIIHH", 3, 30_000, 30_000, 8, 3) + b"\0" * 1000,
        "sgi": struct.pack(">HBBHHHH", 474, 0, 1, 2, *huge, 1) + b"\0" * 1000,
        "tga": struct.pack("<BBB5xHHHHBB", 0, 0, 2, 0, 0, *huge, 24, 0) + b"\0" * 1000,
        "tiff file": _tiff(*huge, b"\0" * 99, {273: "start", 278: 60_000, 279: 99}),
        "tiff tile": _tiff(16, 16, b"\0", {322: 60_000, 323: 60_000, 324: "start", 325: 1}),
        "tiff strip": _tiff(
            16, 90_000, b"\0" * 999, {259: 1, 273: "start", 278: 3, 279: 48}
        ),
        "webp": bytes(webp),
        "120 megapixels": _png(10_000, 12_000),
    }  # fmt: skip
    if "jpg_2000" in features.get_supported():
        claims["jpeg 2000 inside"] = _claim("JPEG2000", ">II", huge)
        claims["jpeg 2000"] = _claim("JPEG2000", ">II", huge, (_HEIGHT, _WIDTH))
    if "avif" in features.get_supported():
        claims["avif"] = _claim("AVIF", ">II", huge)
    icon = _png(13_000, 13_000)  # less than Pillow's own limit
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(icon), 22)
    claims["ico"] = b"\0\0\1\0\1\0" + entry + icon
    claims["icns"] = b"icns" + struct.pack(">I4sI", len(icon) + 16, b"ic07", len(icon) + 8) + icon
    return {f"claim of {name}": (data, False) for name, data in claims.items()}


def _bombs():
    zeros = zlib.compress(b"\0" * 40_000_000, 9)
    valid = {"data": b"\0" * 12 * 11}
    latin, utf8 = b"Comment\0\0" + zeros, b"Comment\0\1\0\0\0" + zeros
    return {
        "bomb of png text": (_png(11, 12, _chunk(b"zTXt", latin), **valid), False),
        "bomb of png utf-8 text file": (_png(11, 12, _chunk(b"iTXt", utf8), **valid), False),
        "bomb of png profile": (_png(11, 12, _chunk(b"iCCP", b"P\0\0" + zeros), **valid), None),
        "bomb of png data": (_png(11, 12, data=b"\0" * 40_000_000), True),
        "bomb of tiff strip": (
            _tiff(11, 12, zeros, {273: "start", 278: 2**31 - 1, 279: len(zeros)}),
            None,
        ),
    }


def _extreme():
    grey = np.full((30, 20), 128, np.uint8)
    frames = [Image.fromarray(grey), Image.fromarray(255 - grey // 2)]
    return {
        "one pixel": (_encode(Image.new("L", (1, 1), 255), "PNG"), True),
        "one row": (_encode(Image.new("L", (10_000, 1), 255), "PNG"), True),
        "one column": (_encode(Image.new("L", (1, 10_000), 255), "JPEG"), True),
        "all white": (_encode(Image.new("L", (30, 20), 255), "PNG"), True),
        "all black": (_encode(Image.new("L", (30, 20), 0), "PNG"), True),
        "all transparent": (_encode(Image.new("RGBA", (30, 20)), "PNG"), True),
        "animated gif": (_encode(frames[0], "GIF", save_all=True, append_images=frames[1:]), True),
        "animated png": (_encode(frames[0], "PNG", save_all=True, append_images=frames[1:]), True),
        "tiff of two pages": (
            _encode(frames[0], "TIFF", save_all=True, append_images=frames[1:]),
            True,
        ),
        "cmyk jpeg": (_encode(Image.new("CMYK", (30, 20)), "JPEG"), True),
        "closed PIL image": (_closed(Image.new("L", (3, 4))), None),
    }


def _closed(closable):
    closable.close()
    return closable


def _odd_orientations():
    short, long, text = 3, 4, 2  # types of values in EXIF
    blocks = {
        "0": struct.pack(">HHIHxx", 0x0112, short, 1, 0),
        "9": struct.pack(">HHIHxx", 0x0112, short, 1, 9),
        "70000": struct.pack(">HHII", 0x0112, long, 1, 70_000),
        "a string": struct.pack(">HHI4s", 0x0112, text, 3, b"up"),
        "two numbers": struct.pack(">HHIHH", 0x0112, short, 2, 6, 6),
        "far away": struct.pack(">HHII", 0x0112, short, 2**30, 2**31),
    }
    odd = {}
    for name, entry in blocks.items():
        exif = b"Exif\0\0MM\0*\0\0\0\x08\0\1" + entry + b"\0\0\0\0"
        for file_format in ("JPEG", "PNG", "WEBP"):
            data = _encode(_drawing(), file_format, exif=exif)
            odd[f"{file_format} of orientation {name}"] = (data, True)
    for number in (0, 9, 70_000):
        tags = {259: 1, 273: "start", 274: number, 278: 12, 279: 132}
        odd[f"TIFF of orientation {number}"] = (_tiff(11, 12, b"\0" * 132, tags), True)
    return odd


def _arrays():
    page = np.zeros((9, 9))
    return {
        "NaN": (np.where(np.eye(9) > 0, np.nan, page), False),
        "infinity": (np.where(np.eye(9) > 0, np.inf, page), False),
        "negative infinity": (np.where(np.eye(9) > 0, -np.inf, page), False),
        "too large values": (page + 1e300, False),
        "complex values": (page + 1j, False),
        "two channels": (np.zeros((9, 9, 2), np.uint8), False),
        "five channels": (np.zeros((9, 9, 5), np.uint8), False),
        "four dimensions": (np.zeros((1, 9, 9, 3), np.uint8), False),
        "one dimension": (np.zeros(9), False),
        "no rows": (np.zeros((0, 9), np.uint8), False),
        "no columns": (np.zeros((9, 0, 3), np.uint8), False),
        "array of objects": (page.astype(object), False),
        "array of strings": (np.full((2, 2), "a"), False),
        "dates": (np.zeros((2, 2), "datetime64[s]"), False),
        "records": (np.zeros((2, 2), [("a", int), ("b", float)]), False),
        "one pixel as array": (np.zeros((1, 1)), True),
        "half floats": (page.astype(np.float16), True),
    }


def _open_files(tmp_path):
    data = _encode(_drawing(), "PNG")
    path = tmp_path / "closed.png"
    path.write_bytes(data)
    with path.open("rb") as closed:
        pass
    return {
        "closed file": (closed, False),
        "closed bytes": (_closed(io.BytesIO(data)), False),
        "text file": (io.TextIOWrapper(io.BytesIO(data), encoding="latin-1"), False),
        "string file": (io.StringIO("image,label"), False),
        "file whose read raises": (io.BufferedReader(ReadRaises()), False),
        "read that is no method": (ReadIsNoMethod(), False),
        "empty open file": (io.BytesIO(), False),
        "open file at its end": (_at_end(io.BytesIO(data)), True),
    }


def _at_end(file):
    file.seek(0, io.SEEK_END)
    return file


def _foreign():
    svg = b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
    rows = b"image,label\nImg/1.png,0\n"
    return {
        "zero bytes file": (b"", False),
        "empty bytes": (b"", False),
        "empty bytearray": (bytearray(), False),
        "rows of text file": (rows * 99, False),
        "svg file": (svg, False),
        "web page file": (b"<!DOCTYPE html>\n<html><body>404 Not Found</body></html>", False),
        "pdf file": (b"%PDF-1.7\n" + b"\0" * 999, False),
        "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", False),
        "heif": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, False),
        "git lfs pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", False),
        "zip": (b"PK\x03\x04" + b"\0" * 99, False),
        "pickle": (pickle.dumps({"a": np.zeros(3)}), False),
        "zeros": (bytes(100_000), False),
        "noise": (np.random.RandomState(0).bytes(100_000), None),
        "None": (None, False),
        "NaN for a path": (float("nan"), False),
        "number": (7, False),
        "object": (object(), False),
        "class": (Image.Image, False),
        "function": (len, False),
        "nested lists": ([[0] * 9] * 9, False),
        "object without a repr": (ReprRaises(), False),
    }


def _paths(tmp_path):
    (tmp_path / "folder.png").mkdir()
    good = tmp_path / "good.png"
    good.write_bytes(_encode(_drawing(), "PNG"))
    paths = {
        "missing": ("missing.png", False),
        "empty path": ("", False),
        "folder": (tmp_path / "folder.png", False),
        "file as a folder": (good / "a.png", False),
        "path with NUL": (f"{tmp_path}/nul\0.png", False),
        "path that is too long": (tmp_path / ("a" * 5000 + ".png"), False),
        "path of lone surrogates": ("\udcff\ud800.png", False),
        "web address": ("https://example.org/a.png", False),
        "path of many lines": ("a\nb.png", False),
        "good path": (str(good), True),
        "path that raises": (NoPath(), False),
    }
    for name, make in {
        "pipe": lambda path: os.mkfifo(path),
        "socket": _make_socket,
        "broken link": lambda path: path.symlink_to(tmp_path / "nowhere.png"),
        "link to itself": lambda path: path.symlink_to(path),
        "unreadable": lambda path: (path.touch(), path.chmod(0)),
    }.items():
        path = tmp_path / f"{name}.png"
        try:
            make(path)
        except (AttributeError, NotImplementedError, OSError):  # where there is none
            continue
        paths[name] = (path, False)
    paths |= {name: (name, False) for name in ("/dev/zero", "/dev/null") if Path(name).exists()}
    return paths


def _make_socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(path))
