"""The one place that knows the format of exported files.

A file is an ONNX model with one input, pixels (n, height, width, n_channels), and one output,
probabilities (n, n_classes), both float32. What ONNX has no place for is a JSON object, the
*header*, under one key of its metadata:

- ``format``: 1, raised when older versions of skhcr can't read the file; ``version``, of the skhcr
  that wrote it;
- ``classes``: ``{"dtype": "<i8", "values": [...]}``; ``alphabet``, its name where they are one;
- ``class_prior``: how frequent each class was in training, summing to 1, or null;
- ``image_shape``: [height, width, n_channels];
- ``pixels``: ``{"low": 0, "high": 255}``, the levels that the graph expects, or null where these
  are whatever the network was trained with;
- ``pixel_mean``, ``pixel_scale``: what the graph standardises its pixels by;
- ``network``, ``network_options``: a name in :mod:`skhcr.networks`, or null for any other;
- ``weights``: for each Keras weight ``[initializer, axes]``, such that the transposed initializer
  is the weight, or null where they can't be told, as when batch normalisation is folded in;
- ``card``: the model card, or null.
"""

import dataclasses
import itertools
import json
from pathlib import Path

import numpy as np

FORMAT = 1
KEY = "skhcr"


@dataclasses.dataclass(frozen=True)
class StoredNetwork:
    """What training can go on from: see the header's entries of the same names."""

    network: str
    network_options: dict
    image_shape: tuple
    classes: np.ndarray
    class_prior: np.ndarray
    pixels: dict
    pixel_mean: float
    pixel_scale: float
    weights: list


ENTRIES = (*(field.name for field in dataclasses.fields(StoredNetwork)), "card")


class OnnxBytes(bytes):
    """The content of a file, without the quarter of a second that printing all of it takes."""

    def __repr__(self):
        return f"<{len(self):,} bytes of ONNX>"


def read_content(source):
    """Return the bytes of a file, and what error messages call it.

    Parameters
    ----------
    source : str, path-like or bytes
        A file or its content.
    """
    if isinstance(source, bytes):
        return source, f"The model ({len(source):,} bytes)"
    path = Path(source)
    if not path.is_file():
        what = "a folder" if path.is_dir() else "not there"
        raise FileNotFoundError(f"{path} is {what}; expected an ONNX file that export_onnx wrote.")
    return path.read_bytes(), str(path)


def not_loadable(name, error):
    """Return the error for what is no ONNX file, or is one no longer."""
    return ValueError(
        f"{name} can't be loaded as an ONNX file: it is damaged or something else. Expected one "
        f"that export_onnx wrote. {type(error).__name__}: {str(error).strip()}"
    )


def read_header(metadata, input_shape, output_shape, name):
    """Return the header of a model, once it fits the model's graph.

    Parameters
    ----------
    metadata : dict of str
        The custom metadata of the model.
    input_shape, output_shape : sequence
        Shapes in the graph, whose first entries are free.
    name : str
        What error messages call the model: the subject of a sentence.

    Returns
    -------
    dict
        The header, with ``classes`` as an array and ``image_shape`` as a tuple.
    """
    if KEY not in metadata:
        raise ValueError(
            f"{name} is an ONNX model without the metadata that skhcr needs; expected one that "
            "skhcr.runtime.export_onnx wrote."
        )
    try:
        header = json.loads(metadata[KEY])
        number = int(header["format"])
        if number <= FORMAT:
            header = {entry: header[entry] for entry in ENTRIES}
            header["classes"] = _decode_classes(header["classes"])
            header["class_prior"] = _decode_prior(header["class_prior"])
            header["image_shape"] = tuple(map(int, header["image_shape"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{name} has damaged metadata; expected those that skhcr.runtime.export_onnx writes. "
            f"{type(error).__name__}: {error}"
        ) from error
    if number > FORMAT:
        raise ValueError(
            f"{name} has format {number}, of skhcr {header.get('version')}; expected at most "
            f"{FORMAT}. Install a newer skhcr."
        )
    for what, shape, expected in (
        ("takes images", tuple(input_shape), header["image_shape"]),
        ("returns probabilities", tuple(output_shape), (len(header["classes"]),)),
    ):
        if shape[1:] != expected:
            raise ValueError(
                f"{name} {what} of shape {(None, *shape[1:])}, but its metadata say "
                f"{(None, *expected)}."
            )
    prior, n_classes = header["class_prior"], len(header["classes"])
    if prior is not None and len(prior) != n_classes:
        raise ValueError(
            f"{name} has damaged metadata: "
            f"frequencies of {len(prior)} classes, expected {n_classes}."
        )
    return header


def read_network(source):
    """Read the network and the weights that training can go on from.

    Parameters
    ----------
    source : str, path-like or bytes
        A file that :func:`~skhcr.runtime.export_onnx` wrote, or its content.

    Returns
    -------
    StoredNetwork

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a file of `export_onnx`, or its weights are not those of the Keras network any
        more.
    """
    import onnx
    from onnx.numpy_helper import to_array

    content, name = read_content(source)
    try:
        model = onnx.load_model_from_string(content)
        shapes = [_shape(value) for value in (model.graph.input[0], model.graph.output[0])]
    except Exception as error:  # protobuf's own error is not among its public names
        raise not_loadable(name, error) from error
    header = read_header({p.key: p.value for p in model.metadata_props}, *shapes, name)
    if header["weights"] is None:
        raise ValueError(
            f"{name} does not hold the weights of a network of skhcr.networks as Keras has them, "
            "so that training can't go on from it. Networks with batch normalisation and networks "
            "of one's own are stored for prediction only."
        )
    arrays = {tensor.name: to_array(tensor) for tensor in model.graph.initializer}
    try:
        weights = [
            arrays[initializer].astype(np.float32).transpose(axes)
            for initializer, axes in header["weights"]
        ]
    except (KeyError, ValueError) as error:
        raise ValueError(f"{name} lacks weights that its metadata list: {error}.") from error
    del header["card"]
    return StoredNetwork(**header | {"weights": weights})


def encode_classes(classes):
    """Return labels as JSON has them: numbers, bools or strings."""
    values = classes.tolist()
    if classes.dtype.kind not in "biufUO" or (
        classes.dtype.kind == "O" and not all(isinstance(value, str) for value in values)
    ):
        raise ValueError(
            f"classes_ has dtype {classes.dtype} and begins with {values[0]!r}, which the file "
            "can't hold; expected integers, floats, bools or strings."
        )
    return {"dtype": classes.dtype.str, "values": values}


def _decode_classes(encoded):
    dtype, values = np.dtype(encoded["dtype"]), encoded["values"]
    # Before they are made: a file may ask for strings that are longer than any of them.
    longest = 4 * max((len(value) for value in values if isinstance(value, str)), default=1)
    if dtype.kind not in "biufUO" or (dtype.kind == "U" and dtype.itemsize > max(longest, 4)):
        raise ValueError(f"classes are {encoded!r:.100}")
    classes = np.array(values, dtype=dtype)
    if classes.ndim != 1 or len(np.unique(classes)) != len(classes):
        raise ValueError(f"classes are {encoded!r:.100}")
    return classes


def _decode_prior(encoded):
    if encoded is None:
        return None
    prior = np.array(encoded, dtype=np.float64)
    if prior.ndim != 1 or not (prior > 0).all() or not np.isfinite(prior).all():
        raise ValueError(f"class_prior is {encoded!r:.100}")
    return prior


def add_header(model, header):
    """Put a header into an ONNX model.

    Parameters
    ----------
    model : onnx.ModelProto
        Modified in place.
    header : dict
        JSON-able, but for ``weights``: a list of ndarray, which is replaced by where in the graph
        they are, or None.
    """
    weights = header["weights"]
    if weights is not None:
        weights = locate_weights(model.graph, weights)
    header = {"format": FORMAT, **header, "weights": weights}
    text = json.dumps(header, ensure_ascii=False, allow_nan=False)
    model.metadata_props.add(key=KEY, value=text)


def locate_weights(graph, weights):
    """Return an initializer's name and axes for each weight, or None if one is not there."""
    from onnx.numpy_helper import to_array

    arrays = {tensor.name: to_array(tensor) for tensor in graph.initializer}

    def places(weight):
        for name, array in arrays.items():
            if array.size == weight.size and array.ndim == weight.ndim:
                for axes in itertools.permutations(range(array.ndim)):
                    if np.array_equal(array.transpose(axes), weight):
                        yield [name, axes]

    found = [next(places(weight), None) for weight in weights]
    return None if None in found else found


def _shape(value):
    return [dim.dim_value or None for dim in value.type.tensor_type.shape.dim]
