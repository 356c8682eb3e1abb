"""What the page is told of pictures: characters and texts, as JSON has them."""

import base64
import io
import re
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path, PurePath

import numpy as np
from fastapi import HTTPException
from PIL import Image
from sklearn.pipeline import make_pipeline

import skhcr
from skhcr.app._limits import MAX_PICTURE, MAX_PIXELS, MEGABYTE
from skhcr.preprocessing import ImageLoader
from skhcr.reading import CharacterSegmenter, TextReader
from skhcr.runtime import OnnxClassifier

NAMES = ("digits", "letters", "characters")
ALPHABETS = ("characters", "digits", "letters", "uppercase", "lowercase")

_N_BEST = 5
_PREVIEW_SIZE = 1600  # pixels
_MAX_NAME = 100  # characters of a file's name in a message


@cache
def shipped(name):
    """Return a shipped pipeline, for pictures of which any class is as likely as another."""
    return skhcr.load_pretrained(name).set_params(
        imageloader__max_pixels=MAX_PIXELS, onnxclassifier__priors="uniform"
    )


def all_classes():
    """Return the labels of each shipped model, as strings."""
    return {name: shipped(name).classes_.astype(str).tolist() for name in NAMES}


def taught(name, content):
    """Return the pipeline of a taught model: a shipped one's steps, and the ONNX file."""
    return make_pipeline(*shipped(name)[:-1], OnnxClassifier(content, priors="uniform"))


def model_file(name, network):
    """Return a model file of a taught model, as `skhcr.load` opens it.

    Parameters
    ----------
    name : {"digits", "letters", "characters"}
    network : bytes
        An ONNX file.

    Returns
    -------
    bytes
    """
    classifier = OnnxClassifier(network, priors="uniform")
    pipeline = make_pipeline(*skhcr.load_pretrained(name)[:-1], classifier)
    with tempfile.TemporaryDirectory(prefix="skhcr-") as folder:
        path = Path(folder) / "model.skhcr"
        skhcr.save(pipeline, path, card={"title": f"{name}, taught"})
        return path.read_bytes()


def to_ink(pipeline, pictures):
    """Return the ink that a pipeline's network sees.

    Parameters
    ----------
    pipeline : Pipeline
    pictures : list of (str, bytes)
        Names and contents of files.

    Returns
    -------
    ndarray of uint8, (n_pictures, 28, 28)

    Raises
    ------
    HTTPException
        422 if one is no picture, or too large. The message names it.
    """
    with _named_errors():
        return pipeline[:-1].transform([_opened(*picture) for picture in pictures])


def recognise(pipeline, picture, with_preview=False):
    """Tell what a picture of one character may be.

    Parameters
    ----------
    pipeline : Pipeline
    picture : (str, bytes)
        Name and content of a file.
    with_preview : bool, default=False
        Whether the picture itself is returned too, upright.

    Returns
    -------
    dict
        "is_empty", whether there is no ink; "labels" and "probabilities" of the best, then empty;
        "ink", what the network sees, and "preview" if asked for, as data URLs.
    """
    ink = to_ink(pipeline, [picture])
    answer = {"is_empty": not ink.any(), "labels": [], "probabilities": [], "ink": _png(ink[0])}
    if with_preview:
        answer["preview"] = _preview(picture)
    if ink.any():
        labels, probabilities = pipeline[-1].predict_top(ink, k=_N_BEST)
        answer["labels"] = labels[0].astype(str).tolist()
        answer["probabilities"] = probabilities[0].tolist()
    return answer


def read(picture, alphabet):
    """Tell what is written on a picture, and where.

    Parameters
    ----------
    picture : (str, bytes)
        Name and content of a file.
    alphabet : str
        One of `ALPHABETS`.

    Returns
    -------
    dict
        "text", "width" and "height" in pixels, "words" with text, box and probability, each with
        its "characters", and "preview", the picture as a data URL.
    """
    page = _page(picture, alphabet)
    height, width = page.shape
    return {
        "text": page.text,
        "width": width,
        "height": height,
        "words": [
            {**_place(word), "characters": [_place(one) for one in word.characters]}
            for word in page.words
        ],
        "preview": _preview(picture),
    }


def read_text(picture, alphabet):
    """Return the text on a picture, on one line."""
    return " ".join(_page(picture, alphabet).text.split())


def _page(picture, alphabet):
    with _named_errors():
        return _reader().predict_details([_opened(*picture)], alphabet=alphabet)[0]


@cache
def _reader():
    return TextReader(segmenter=CharacterSegmenter(max_pixels=MAX_PIXELS))


def _opened(name, content):
    """Return the file as an open one, which has its name in messages."""
    name = PurePath(name).name or "picture"
    if len(name) > _MAX_NAME:
        name = f"{name[: _MAX_NAME // 2]}…{name[-_MAX_NAME // 2 :]}"
    if len(content) > MAX_PICTURE:
        raise HTTPException(413, f"{name} has more than {MAX_PICTURE // MEGABYTE} MB.")
    file = io.BytesIO(content)
    file.name = name
    return file


@contextmanager
def _named_errors():
    """Say of a picture what is wrong with it, by the name that its user knows."""
    try:
        yield
    except MemoryError as error:
        raise HTTPException(413, "The picture does not fit into memory.") from error
    except (ValueError, OSError) as error:
        message = re.sub(r"^X\[\d+\], the open file ('.*?'|\".*?\"), ", r"\1 ", str(error))
        raise HTTPException(422, message) from error


def _preview(picture):
    loader = ImageLoader("rgb", max_size=_PREVIEW_SIZE, max_pixels=MAX_PIXELS)
    return _data_url(loader.transform([_opened(*picture)])[0], "jpeg", quality=80)


def _png(ink):
    return _data_url(255 - ink, "png")


def _data_url(pixels, kind, **options):
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def _place(thing):
    return {"text": thing.text, "box": thing.box, "probability": thing.probability}
