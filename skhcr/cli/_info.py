"""skhcr info: versions, shipped models, and what is in a file."""

import json
from enum import Enum
from typing import Annotated

import typer

from skhcr.cli._console import visible, write, write_json
from skhcr.cli._models import Model

EXAMPLES = """Examples:

\b
  skhcr info
  skhcr info characters
  skhcr info mine.skhcr --format json
"""

# Names in the table, and of the distributions.
_PACKAGES = {
    "scikit-learn": ("scikit-learn",),
    "TensorFlow": ("tensorflow", "tensorflow-cpu"),
    "Keras": ("keras",),
    "OpenCV": ("opencv-python-headless", "opencv-python"),
    "ONNX Runtime": ("onnxruntime", "onnxruntime-gpu"),
    "NumPy": ("numpy",),
}
_LONG = 300  # characters; --format json has all


class InfoFormat(str, Enum):
    """How it is written."""

    TEXT = "text"
    JSON = "json"


def info(
    model: Model = None,
    format: Annotated[
        InfoFormat, typer.Option("--format", help="How to write it.")
    ] = InfoFormat.TEXT,
):
    """Tell versions and shipped models, or what a model is.

    Of a model: its classes, its steps, and its card, which says what it was trained on.
    """
    told = _about_installation() if model is None else _about_model(model)
    if format is InfoFormat.JSON:
        write_json(told)
    else:
        write("".join(f"{line}\n" for line in _lines(told)))


def _about_installation():
    import platform

    from skhcr import __version__

    versions = {"skhcr": __version__, "Python": platform.python_version()}
    versions |= {name: _version(distributions) for name, distributions in _PACKAGES.items()}
    return {
        "versions": versions,
        "system": platform.platform(),
        "models": _shipped_models(),
        "threads": _threads(),
    }


def _version(distributions):
    from importlib import metadata

    # Asked of what is installed, not imported: that tells also what cannot be imported.
    for name in distributions:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return "not installed"


def _shipped_models():
    from skhcr._shipped import NAMES

    models = {}
    for name in NAMES:
        try:
            from skhcr import load_pretrained

            models[name] = load_pretrained(name)[-1].card_["classes"]
        except Exception as error:  # this is asked when something is wrong
            models[name] = f"cannot be loaded: {error}"
    return models


def _threads():
    """Return the libraries that share work between threads, and how many."""
    from threadpoolctl import threadpool_info

    return {
        f"{library['internal_api']} ({library['prefix']})": library["num_threads"]
        for library in threadpool_info()
    }


def _about_model(name):
    from skhcr.cli._models import SUFFIX, load_model, steps_of
    from skhcr.persistence import describe

    steps = steps_of(load_model(name))
    classes = getattr(steps[-1], "classes_", None)
    card = describe(name)["card"] if name.endswith(SUFFIX) else None
    if card is None:
        card = getattr(steps[-1], "card_", None)
    told = {"model": name, "steps": [type(step).__name__ for step in steps]}
    if classes is not None:
        told["classes"] = classes.tolist()
    return told if card is None else told | {"card": card}


def _lines(told):
    for name, value in told.items():
        if name == "classes":
            yield f"{name}: {len(value)}: {visible(' '.join(map(str, value)))}"
        elif isinstance(value, dict) and name != "card":
            yield f"{name}:"
            width = max(map(len, value), default=0)
            yield from (f"  {key:{width}}  {visible(str(one))}" for key, one in value.items())
        elif name == "card":
            yield f"{name}:"
            for key, one in value.items():
                text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
                yield f"  {key}: {visible(text if len(text) <= _LONG else text[:_LONG] + '…')}"
        elif isinstance(value, list):
            yield f"{name}: {', '.join(value)}"
        else:
            yield f"{name}: {visible(str(value))}"
