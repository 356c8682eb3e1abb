import errno
import io
import os
import zlib

import cv2
import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from PIL import Image
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline

from skhcr.preprocessing import ImageFlattener, ImageLoader, ImageResizer, PixelScaler

HEIGHT, WIDTH = 40, 56


@pytest.fixture(scope="module")
def reference():
    """Draw an R, soft enough for JPEG, that no turn and no mirror maps to itself."""
    picture = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.putText(picture, "R", (12, 32), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 0, 3)
    return cv2.GaussianBlur(picture, (5, 5), 0)


def encoded(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def load(source, **options):
    return ImageLoader(**options).transform([source])[0]


def oriented(image, orientation):
    """Store an image as a camera does that is held in one of eight ways."""
    inverse = {
        1: None, 2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE",
        6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270",
    }[orientation]  # fmt: skip
    if inverse is not None:
        image = image.transpose(Image.Transpose[inverse])
    exif = Image.Exif()
    exif[0x0112] = orientation
    return image, exif


def chunk(name, data):
    crc = zlib.crc32(name + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + name + data + crc


def png_16_bit(pixels, colour_type, more=b""):
    """Encode 16-bit PNG of any colour type, of which Pillow writes grey only."""
    height, width = pixels.shape[:2]
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    header = size + bytes([16, colour_type, 0, 0, 0])
    lines = pixels.astype(">u2").reshape(height, -1)
    data = b"".join(b"\0" + line.tobytes() for line in lines)
    signature = b"\x89PNG\r\n\x1a\n"
    body = chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return signature + chunk(b"IHDR", header) + more + body


def black_where_dark(reference, mode):
    """Draw the reference as the transparency of black: invisible where it is white."""
    alpha = Image.fromarray(255 - reference)
    image = Image.new(mode, alpha.size, 0)
    image.putalpha(alpha)
    return image


def palette_with_transparency(reference):
    """Draw in 64 greys, in whose palette 0 is a black that is transparent and stands for white."""
    indices = np.where(reference > 250, 0, 1 + reference.astype(int) // 4).astype(np.uint8)
    image = Image.fromarray(indices)
    image.putpalette([0, 0, 0] + [min(4 * i + 2, 255) for i in range(64) for _ in range(3)])
    return encoded(image, "PNG", transparency=bytes([0] + [255] * 64))


SOURCES = {
    "png": lambda r: encoded(Image.fromarray(r), "PNG"),
    "jpeg": lambda r: encoded(Image.fromarray(r), "JPEG", quality=95),
    "colour jpeg": lambda r: encoded(Image.fromarray(r).convert("RGB"), "JPEG", quality=95),
    "cmyk jpeg": lambda r: encoded(Image.fromarray(r).convert("CMYK"), "JPEG", quality=95),
    "bmp": lambda r: encoded(Image.fromarray(r), "BMP"),
    "gif": lambda r: encoded(Image.fromarray(r), "GIF"),
    "tiff": lambda r: encoded(Image.fromarray(r), "TIFF"),
    "16-bit tiff": lambda r: encoded(Image.fromarray(r.astype(np.uint16) * 257), "TIFF"),
    "16-bit png": lambda r: encoded(Image.fromarray(r.astype(np.uint16) * 257), "PNG"),
    "16-bit colour png": lambda r: png_16_bit(np.dstack([r.astype(np.uint16) * 257] * 3), 2),
    "16-bit rgba png": lambda r: png_16_bit(
        np.dstack([np.zeros((*r.shape, 3), np.uint16), (255 - r.astype(np.uint16)) * 257]), 6
    ),
    "16-bit la png": lambda r: png_16_bit(
        np.dstack([np.zeros(r.shape, np.uint16), (255 - r.astype(np.uint16)) * 257]), 4
    ),
    "float tiff": lambda r: encoded(Image.fromarray((r / 255).astype(np.float32)), "TIFF"),
    "pgm": lambda r: encoded(Image.fromarray(r), "PPM"),
    "16-bit pgm": lambda r: b"P5 56 40 65535 " + np.repeat(r, 2).tobytes(),  # 257 * r
    "rgba png": lambda r: encoded(black_where_dark(r, "RGB"), "PNG"),
    "la png": lambda r: encoded(black_where_dark(r, "L"), "PNG"),
    "palette png": lambda r: encoded(Image.fromarray(r).convert("P"), "PNG"),
    "transparent palette png": palette_with_transparency,
    "webp": lambda r: encoded(black_where_dark(r, "RGB"), "WEBP", lossless=True),
    "bytearray": lambda r: bytearray(encoded(Image.fromarray(r), "PNG")),
    "file": lambda r: io.BytesIO(encoded(Image.fromarray(r), "PNG")),
    "PIL": Image.fromarray,
    "PIL with alpha": lambda r: black_where_dark(r, "RGB"),
    "PIL integers": lambda r: Image.fromarray(r.astype(np.int32)),
    "array": lambda r: r,
    "array of one channel": lambda r: r[..., np.newaxis],
    "rgb array": lambda r: np.dstack([r] * 3),
    "rgba array": lambda r: np.dstack([np.zeros((*r.shape, 3), np.uint8), 255 - r]),
    "uint16 array": lambda r: r.astype(np.uint16) * 257,
    "big-endian array": lambda r: (r.astype(np.uint16) * 257).astype(">u2"),
    "float array": lambda r: r / 255,
    "large float array": lambda r: r.astype(np.float32),
    "int array": lambda r: r.astype(np.int64),
    "mirrored view": lambda r: np.ascontiguousarray(r[:, ::-1])[:, ::-1],
}  # fmt: skip
COARSE = {"jpeg": 12, "colour jpeg": 12, "cmyk jpeg": 12, "transparent palette png": 5}


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("color", ["gray", "rgb"])
def test_every_source_gives_the_same_picture(kind, color, reference):
    picture = load(SOURCES[kind](reference), color=color)
    expected = reference if color == "gray" else np.dstack([reference] * 3)
    assert picture.dtype == np.uint8
    assert picture.shape == expected.shape
    np.testing.assert_allclose(picture.astype(int), expected, atol=COARSE.get(kind, 1))


def test_bilevel_sources(reference):
    ink = reference > 127
    expected = np.where(ink, 255, 0)
    tiff = encoded(Image.fromarray(ink), "TIFF", compression="group4")
    for source in (ink, Image.fromarray(ink), encoded(Image.fromarray(ink), "PNG"), tiff):
        np.testing.assert_array_equal(load(source), expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_orientation_is_applied(orientation, format, reference):
    image, exif = oriented(Image.fromarray(reference), orientation)
    data = encoded(image, format, exif=exif, quality=95)
    for source in (data, Image.open(io.BytesIO(data))):
        np.testing.assert_allclose(load(source).astype(int), reference, atol=12)
    small = load(data, max_size=28)
    assert small.shape == (20, 28)


def test_a_broken_exif_block_does_not_stop_a_readable_picture(reference):
    data = encoded(Image.fromarray(reference), "JPEG", exif=b"Exif\0\0garbage")
    assert load(data).shape == reference.shape


def test_colours_keep_their_order():
    red = Image.new("RGB", (6, 4), (250, 10, 20))
    for source in (red, encoded(red, "PNG"), encoded(red, "JPEG", quality=95), np.asarray(red)):
        assert np.abs(load(source, color="rgb")[1, 1] - np.array([250, 10, 20])).max() <= 3
        assert abs(int(load(source)[1, 1]) - 83) <= 2


def test_transparent_grey_level_of_a_16_bit_file():
    pixels = np.full((3, 3), 1000, np.uint16)
    pixels[1, 1] = 0
    data = png_16_bit(pixels, 0, chunk(b"tRNS", (1000).to_bytes(2, "big")))
    np.testing.assert_array_equal(load(data) == 255, pixels == 1000)


def test_paths(tmp_path, reference):
    path = tmp_path / "Übung 字 №1.png"
    path.write_bytes(encoded(Image.fromarray(reference), "PNG"))
    with path.open("rb") as file:
        pictures = ImageLoader().transform([path, str(path), file, file])
        assert not file.closed
    for picture in pictures:
        np.testing.assert_array_equal(picture, reference)


def files(tmp_path, pictures):
    paths = []
    for position, picture in enumerate(pictures):
        paths.append(str(tmp_path / f"{position}.png"))
        Image.fromarray(picture).save(paths[-1])
    return paths


@pytest.mark.parametrize(
    "form",
    [
        list,
        tuple,
        np.array,
        lambda paths: np.array(paths, dtype=object),
        lambda paths: np.array(paths)[:, np.newaxis],
        lambda paths: pd.Series(paths, index=[5, 3]),
        lambda paths: pd.DataFrame({"image": paths}, index=[5, 3]),
        lambda paths: pd.DataFrame({"image": paths}, dtype="string"),
    ],
)
def test_sources_come_in_any_container(form, tmp_path, reference):
    pictures = [reference, reference[:20]]
    loaded = ImageLoader().fit_transform(form(files(tmp_path, pictures)))
    assert isinstance(loaded, list)
    for picture, expected in zip(loaded, pictures, strict=True):
        np.testing.assert_array_equal(picture, expected)


def test_sources_of_all_kinds_mix(reference):
    sources = [make(reference) for make in SOURCES.values()]
    for n_jobs in (None, 2):
        pictures = ImageLoader(n_jobs=n_jobs).transform(sources)
        assert {picture.shape for picture in pictures} == {reference.shape}


@pytest.mark.parametrize("color", ["gray", "rgb"])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (4,)])
def test_a_batch_stays_a_batch(color, shape):
    batch = np.random.RandomState(0).randint(0, 256, (5, 6, 7, *shape)).astype(np.uint8)
    loaded = ImageLoader(color).fit_transform(batch)
    assert loaded.shape == ((5, 6, 7) if color == "gray" else (5, 6, 7, 3))
    np.testing.assert_array_equal(loaded, np.stack(ImageLoader(color).transform(list(batch))))


def test_rows_stay_rows():
    rows = np.linspace(0, 1, 18).reshape(2, 9)
    loaded = ImageLoader().fit_transform(rows)
    np.testing.assert_array_equal(loaded, np.rint(rows * 255))
    assert loaded.dtype == np.uint8
    assert ImageLoader("rgb").transform(rows).shape == (2, 3, 3, 3)
    assert ImageLoader(max_size=2).transform(rows).shape == (2, 4)


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
@pytest.mark.parametrize("color", ["gray", "rgb"])
def test_max_size_shrinks_by_averages(format, color, reference):
    large = cv2.resize(reference, (10 * WIDTH, 10 * HEIGHT), interpolation=cv2.INTER_CUBIC)
    sources = [encoded(Image.fromarray(large).convert("RGB"), format, quality=95), large]
    for picture in ImageLoader(color, max_size=WIDTH).transform(sources):
        grey = picture if color == "gray" else picture[..., 0]
        np.testing.assert_allclose(grey.astype(int), reference, atol=12)
    assert load(reference, max_size=WIDTH).shape == reference.shape
    assert load(np.zeros((1, 500)), max_size=7).shape == (1, 7)


def test_threads_in_any_joblib_context(reference):
    sources = [io.BytesIO(encoded(Image.fromarray(reference), "PNG")) for _ in range(8)]
    with parallel_config(backend="loky", n_jobs=2):
        pictures = ImageLoader().transform(sources)
    np.testing.assert_array_equal(np.stack(pictures), np.stack([reference] * 8))


def test_progress_is_shown_for_long_lists_on_request(capsys, monkeypatch, reference):
    ImageLoader(verbose=1).transform([reference] * 3)
    assert "pictures" not in capsys.readouterr().err
    monkeypatch.setattr("skhcr.preprocessing._image_loader._SHOW_AFTER", 0)
    ImageLoader(verbose=1).transform([reference] * 3)
    assert "3/3" in capsys.readouterr().err
    ImageLoader().transform([reference] * 3)
    assert capsys.readouterr().err == ""


def test_in_a_column_transformer(tmp_path, reference):
    table = pd.DataFrame({"image": files(tmp_path, [reference, reference]), "page": [1, 2]})
    pixels = make_pipeline(ImageLoader(), ImageResizer((5, 7)), PixelScaler(), ImageFlattener())
    columns = make_column_transformer((pixels, ["image"]), ("passthrough", ["page"]))
    X = columns.set_output(transform="pandas").fit_transform(table)
    assert X.shape == (2, 36)
    assert X.columns[0] == "pipeline__pixel_0_0"


def test_names(tmp_path, reference):
    paths = files(tmp_path, [reference])
    loader = ImageLoader().fit(pd.DataFrame({"image": paths}))
    assert list(loader.get_feature_names_out()) == ["image"]
    assert (loader.n_features_in_, loader.output_shape_) == (1, None)
    loader.fit(paths)
    assert list(loader.get_feature_names_out()) == ["x0"]
    assert not hasattr(loader, "n_features_in_")
    loader.fit(np.zeros((2, 9)))
    assert list(loader.get_feature_names_out()[:2]) == ["pixel_0_0", "pixel_0_1"]
    loader = ImageLoader("rgb", max_size=2).fit(np.zeros((2, 4, 6)))
    assert loader.output_shape_ == (1, 2, 3)


def test_fit_opens_no_file():
    ImageLoader().fit(["missing.png"])


def png_header(width, height):
    data = bytearray(png_16_bit(np.zeros((1, 1), np.uint16), 0))
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


BROKEN = {
    "truncated.png": lambda r: encoded(Image.fromarray(r), "PNG")[:-60],
    "truncated.jpg": lambda r: encoded(Image.fromarray(r), "JPEG")[:-300],
    "truncated.tiff": lambda r: encoded(Image.fromarray(r), "TIFF")[:-300],
    "header.png": lambda r: encoded(Image.fromarray(r), "PNG")[:20],
    "text.png": lambda r: b"image,label\nImg/1.png,0\n",
    "empty.png": lambda r: b"",
    "bomb.png": lambda r: png_header(60000, 60000),
    "program.eps": lambda r: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n",
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_broken_file_is_named(name, n_jobs, tmp_path, reference):
    path = tmp_path / name
    path.write_bytes(BROKEN[name](reference))
    loader = ImageLoader(n_jobs=n_jobs)
    with pytest.raises(ValueError, match=rf"^X\[1\], '.*{name}', cannot be read .*: .+\.$") as info:
        loader.transform([reference, path, reference])
    assert "\n" not in str(info.value)
    with pytest.raises(ValueError, match=r"^X\[0\], \d+ bytes, cannot be read as a picture"):
        loader.transform([path.read_bytes()])


def test_a_file_that_is_not_there(tmp_path, reference):
    for n_jobs in (1, 2):
        with pytest.raises(FileNotFoundError, match=r"^X\[1\], 'missing.png', does not exist"):
            ImageLoader(n_jobs=n_jobs).transform([reference, "missing.png"])
    with pytest.raises(IsADirectoryError, match=r"^X\[0\], '.*', is a directory"):
        load(tmp_path)
    with pytest.raises(ValueError, match=r"X\[0\], 'nul.*', cannot be read"):
        load("nul\0.png")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (np.full((4, 4), np.nan), "NaN"),
        (np.full((4, 4), 300.0), r"Pixels of dtype float64 lie in \[300, 300\]; expected \[0, 1\]"),
        (np.full((4, 4), -1), r"Negative values in data: pixels of dtype int64 lie in \[-1, -1\]"),
        (np.zeros((4, 4, 2)), "2 channels"),
        (np.zeros((2, 4, 4, 3)), r"shape is \(2, 4, 4, 3\); expected \(height, width\)"),
        (np.zeros((0, 4)), "no pixels"),
        (np.full((4, 4), "a"), "dtype <U1; expected numbers"),
        (io.StringIO("text"), "the open file 'StringIO', cannot be read"),
    ],
)
def test_what_is_no_picture_is_said(source, message):
    with pytest.raises(ValueError, match=rf"^X\[0\], .*{message}"):
        load(source)


@pytest.mark.parametrize("strange", [None, float("nan"), 3, np.zeros(4)])
def test_what_is_no_source_is_said(strange, reference):
    with pytest.raises(ValueError, match=r"X\[1\], .* is not a source of a picture; expected a pa"):
        ImageLoader().transform([reference, strange])


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "empty"),
        (np.array([], dtype=str), "empty"),
        (pd.Series([], dtype=object), "empty"),
        ("a.png", r"X is one source, 'a.png'; expected a sequence"),
        (b"abc", "X is one source, 3 bytes"),
        (pd.DataFrame({"image": ["a.png"], "label": ["a"]}), "a table of 2 columns; expected one"),
        (Image.new("L", (2, 2)), "X is one source, a PIL image of mode L"),
        (np.full((2, 3), -1.0), "Negative values in data"),
        (np.full((2, 3, 3), 256), r"lie in \[256, 256\]"),
        (np.full((2, 3, 3), np.nan), "NaN"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "transform"])
def test_what_are_no_sources_is_said(X, message, method):
    with pytest.raises(ValueError, match=message):
        getattr(ImageLoader(), method)(X)


@pytest.mark.parametrize(
    "parameters",
    [
        {"color": "grey"},
        {"max_size": 0},
        {"max_pixels": 0},
        {"on_error": "ignore"},
        {"n_jobs": 1.5},
        {"verbose": -1},
    ],
)
def test_parameters_are_checked_with_and_without_fit(parameters, reference):
    loader = ImageLoader(**parameters)
    for method in (loader.fit, loader.transform):
        with pytest.raises(ValueError, match=f"'{next(iter(parameters))}' parameter"):
            method([reference])


def test_a_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ValueError, match=r"X\[0\].*pipe, not a regular file"):
        ImageLoader().transform([tmp_path / "pipe.png"])


@pytest.mark.parametrize("X", [iter(["a.png"]), {"a.png"}, {"a.png": 1}, None])
def test_what_is_no_sequence(X):
    with pytest.raises(ValueError, match=f"X is of type {type(X).__name__}; expected a sequence"):
        ImageLoader().transform(X)


def test_a_jpeg_is_shrunk_to_the_size_of_a_png():
    image = Image.fromarray(np.full((433, 223), 200, dtype=np.uint8))
    shapes = set()
    for file_format in ("JPEG", "PNG"):
        file = io.BytesIO()
        image.save(file, file_format)
        shapes.add(ImageLoader(max_size=48).transform([file.getvalue()])[0].shape)
    assert shapes == {(48, 25)}


def test_one_picture_is_refused_after_sources(tmp_path):
    loader = ImageLoader().fit(["a.png", "b.png"])
    with pytest.raises(ValueError, match=r"one picture, pass X\[np\.newaxis\]"):
        loader.transform(np.zeros((20, 30), dtype=np.uint8))


def test_a_picture_of_too_many_pixels_is_refused(tmp_path, reference):
    path = tmp_path / "large.png"
    path.write_bytes(encoded(Image.fromarray(reference), "PNG"))
    n_pixels = reference.size
    message = rf"it claims {WIDTH} x {HEIGHT} pixels, more than max_pixels={n_pixels - 1:_}\.$"
    for source in (path, path.read_bytes(), Image.open(path), Image.fromarray(reference)):
        with pytest.raises(ValueError, match=r"^X\[0\], .*" + message):
            load(source, max_pixels=n_pixels - 1)
        assert load(source, max_pixels=n_pixels).shape == reference.shape
        assert load(source, max_pixels=None).shape == reference.shape
    assert load(reference, max_pixels=1).shape == reference.shape  # which are pixels already


def test_pillows_own_limit(monkeypatch, reference):
    data = encoded(Image.fromarray(reference), "PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", reference.size - 1)  # over which it warns
    assert load(data).shape == reference.shape
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", reference.size // 2 - 1)  # it refuses twice that
    for max_pixels in (None, reference.size):
        message = "claims 2_240 pixels, and Pillow opens 2_238 at most; PIL.Image.MAX_IMAGE_PIXELS"
        with pytest.raises(ValueError, match=message):
            load(data, max_pixels=max_pixels)
    with pytest.raises(ValueError, match="claims 2_240 pixels, more than max_pixels=1_000"):
        load(data, max_pixels=1000)
    assert reference.size // 2 - 1 == Image.MAX_IMAGE_PIXELS


def test_skipping(tmp_path, reference):
    y = np.array(list("abcdef"))
    sources = [reference, b"torn", "missing.png", reference, tmp_path, None]
    loader = ImageLoader(on_error="skip")
    with pytest.warns(
        UserWarning, match=r"^Skipped 4 of 6 sources, .* holds all\. .* X\[1\]"
    ) as caught:
        pictures = loader.transform(sources)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    message = str(caught[0].message)
    assert "X[4]" in message
    assert "X[5]" not in message
    assert len(pictures) == 2
    assert list(loader.skipped_) == [1, 2, 4, 5]
    assert loader.skipped_[2] == "X[2], 'missing.png', does not exist."
    assert list(np.delete(y, list(loader.skipped_))) == ["a", "d"]


def test_what_is_skipped_is_of_the_last_call(reference):
    loader = ImageLoader(on_error="skip").fit([b"torn"])
    assert loader.skipped_ == {}
    for pixels in ([reference], reference[np.newaxis]):
        with pytest.warns(UserWarning, match="Skipped 1 of 2 sources, .* holds these messages"):
            loader.transform([b"torn", reference])
        assert list(loader.skipped_) == [0]
        loader.transform(pixels)
        assert loader.skipped_ == {}
    assert len(np.delete(np.arange(3), list(loader.skipped_))) == 3


def test_skipping_everything_is_an_error():
    loader = ImageLoader(on_error="skip")
    with pytest.raises(ValueError, match=r"^None of the 2 sources in X can be read\. X\[0\], 4"):
        loader.transform([b"torn", "missing.png"])
    assert not hasattr(loader, "skipped_")


def test_pixels_are_not_skipped():
    batch = np.zeros((2, 3, 3))
    batch[1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        ImageLoader(on_error="skip").transform(batch)


class RunsOut(io.BytesIO):
    def __init__(self, error):
        self.error = error

    def seek(self, *args):
        raise self.error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), r"^X\[1\], .* does not fit into memory; max_pixels"),
        (OSError(errno.EMFILE, "Too many open files"), r"^X\[1\], .*: Too many open files\.$"),
        (KeyboardInterrupt(), "^$"),
    ],
)
@pytest.mark.parametrize("on_error", ["raise", "skip"])
def test_what_is_not_the_fault_of_a_source_is_not_skipped(error, expected, on_error, reference):
    with pytest.raises(type(error), match=expected):
        ImageLoader(on_error=on_error).transform([reference, RunsOut(error), reference])


@pytest.mark.parametrize("n_jobs", [2, 4])
def test_one_open_file_many_times(n_jobs, reference):
    large = cv2.resize(reference, (1000, 1000))
    data = encoded(Image.fromarray(large), "PNG")
    for source in (io.BytesIO(data), Image.open(io.BytesIO(data))):
        for picture in ImageLoader(n_jobs=n_jobs).transform([source] * 8):
            np.testing.assert_array_equal(picture, large)


def drawn(level, *, paper=None, mode="RGBA"):
    """Draw a disc of a level: on nothing, or on a sheet of paper whose corners are round."""
    canvas = np.zeros((60, 60), np.uint8)
    disc = cv2.circle(canvas.copy(), (30, 30), 15, 255, -1, cv2.LINE_AA)
    sheet = cv2.circle(canvas.copy(), (30, 30), 40, 255, -1, cv2.LINE_AA)
    gray = np.full_like(canvas, level if paper is None else paper)
    if paper is not None and level is not None:
        gray[disc > 127] = level
    alpha = disc if paper is None else sheet
    image = Image.fromarray(np.dstack([gray] * 3 + [alpha]))
    return image if mode == "RGBA" else image.convert(mode)


def with_key(level):
    """Draw a square in a 16-bit grey file, around which another level is transparent."""
    pixels = np.full((60, 60), 500, np.uint16)
    pixels[20:40, 20:40] = level * 257
    return png_16_bit(pixels, 0, chunk(b"tRNS", (500).to_bytes(2, "big")))


def with_color_key(level):
    pixels = np.full((60, 60, 3), (500, 600, 700), np.uint16)
    pixels[20:40, 20:40] = level * 257
    key = b"".join(number.to_bytes(2, "big") for number in (500, 600, 700))
    return png_16_bit(pixels, 2, chunk(b"tRNS", key))


def in_a_palette(level):
    indices = np.zeros((60, 60), np.uint8)
    indices[20:40, 20:40] = 1
    image = Image.fromarray(indices)
    image.putpalette([9, 9, 9, *[level] * 3])
    return image


TRANSPARENT = {
    "RGBA": drawn,
    "LA": lambda level: drawn(level, mode="LA"),
    "premultiplied": lambda level: drawn(level, mode="RGBa"),
    "array": lambda level: np.asarray(drawn(level)),
    "float array": lambda level: np.asarray(drawn(level)) / 255,
    "png": lambda level: encoded(drawn(level), "PNG"),
    "la png": lambda level: encoded(drawn(level, mode="LA"), "PNG"),
    "webp": lambda level: encoded(drawn(level), "WEBP", lossless=True),
    "palette png": lambda level: encoded(in_a_palette(level), "PNG", transparency=0),
    "palette of alphas": lambda level: encoded(
        in_a_palette(level), "PNG", transparency=b"\0\xff"
    ),
    "gif": lambda level: encoded(in_a_palette(level), "GIF", transparency=0),
    "16-bit png": with_key,
    "16-bit colour png": with_color_key,
}  # fmt: skip


@pytest.mark.parametrize("color", ["gray", "rgb"])
@pytest.mark.parametrize("kind", TRANSPARENT)
def test_what_shows_through_is_white_but_behind_white_ink(kind, color):
    for level, around in [(0, 255), (60, 255), (200, 0), (255, 0)]:
        picture = load(TRANSPARENT[kind](level), color=color)
        assert (picture[0, 0] == around).all()
        assert np.abs(picture[30, 30].astype(int) - level).max() <= 1


def test_a_sheet_with_round_corners_stays_white(reference):
    for level, paper in [(0, 255), (0, 230), (None, 255), (None, 230)]:
        assert load(drawn(level, paper=paper))[0, 0] == 255
    small = np.asarray(drawn(None, paper=255)).copy()
    small[30:32, 30:32, :3] = 0  # less than 1 % of it
    assert load(small)[0, 0] == 255


def test_what_shows_through_is_decided_for_each_picture(reference):
    pictures = [drawn(0), drawn(255), Image.new("RGBA", (60, 60)), drawn(0, paper=255)]
    batch = np.stack([np.asarray(picture) for picture in pictures])
    corners = [255, 0, 255, 255]
    for color in ("gray", "rgb"):
        loaded = ImageLoader(color).transform(batch)
        assert loaded[:, 0, 0].reshape(4, -1)[:, 0].tolist() == corners
        for picture, expected in zip(pictures, loaded, strict=True):
            np.testing.assert_array_equal(load(picture, color=color), expected)
    assert (ImageLoader().transform(batch)[2] == 255).all()


def test_dark_fringes_of_white_ink_do_not_count():
    picture = np.asarray(drawn(255)).copy()
    fringe = (picture[..., 3] > 0) & (picture[..., 3] < 64)
    assert fringe.any()
    picture[fringe, :3] = 0
    assert load(picture)[0, 0] == 0


def test_opaque_alpha_changes_nothing(reference):
    rgb = np.dstack([reference, reference.T[:HEIGHT].repeat(2, 1)[:, :WIDTH], reference])
    rgba = np.dstack([rgb, np.full_like(reference, 255)])
    for color in ("gray", "rgb"):
        np.testing.assert_array_equal(load(rgba, color=color), load(rgb, color=color))


def test_a_bilevel_picture_with_a_transparent_level():
    ink = np.ones((20, 20), bool)
    ink[5:9, 5:9] = False
    data = encoded(Image.fromarray(ink), "PNG", transparency=255)
    np.testing.assert_array_equal(load(data), np.where(ink, 255, 0))


def test_icons_and_programs_are_not_opened():
    icon = encoded(Image.new("L", (16, 16)), "ICO")
    for data in (icon, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"):
        with pytest.raises(ValueError, match=r"in no format that is read|it is PostScript"):
            load(data)


def test_names_in_messages(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^X\[0\], 'a.png', does"):
        ImageLoader().transform([np.str_("a.png")])
    (tmp_path / "entry.png").touch()
    with os.scandir(tmp_path) as entries, pytest.raises(ValueError, match=r"entry.png'.* is empty"):
        ImageLoader().transform(list(entries))


def test_one_colour_picture_is_no_batch():
    photo = np.zeros((100, 80, 3), np.uint8)
    with pytest.raises(ValueError, match=r"looks like one colour picture; .* \[X\]"):
        ImageLoader().transform(photo)
    assert ImageLoader().transform([photo])[0].shape == (100, 80)
    assert ImageLoader().transform(np.zeros((100, 80, 5), np.uint8)).shape == (100, 80, 5)


@pytest.mark.parametrize("form", [np.stack, list])
@pytest.mark.parametrize("overshoot", [1.05, 1.4])
def test_levels_that_interpolation_overshot_are_still_levels_from_0_to_1(
    form, overshoot, reference
):
    overshot = reference / 255 * overshoot
    loaded = ImageLoader().transform(form([overshot, overshot]))
    np.testing.assert_allclose(
        loaded[0], np.minimum(reference * overshoot, 255), atol=0.51
    )  # rounded
