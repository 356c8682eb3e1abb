import contextlib
import logging
import warnings

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skhcr import __version__, networks
from skhcr._alphabets import ALPHABETS
from skhcr._files import whole_file
from skhcr.persistence._archive import as_json
from skhcr.preprocessing import ImageFlattener, PixelScaler
from skhcr.runtime._onnx_file import add_header, encode_classes

WEIGHTS_DTYPES = ("float32", "float16")


def export_onnx(fitted, path, *, weights_dtype="float32", card=None):
    """Write a fitted network to an ONNX file, which :class:`OnnxClassifier` runs.

    The file takes the pixels that the classifier takes and returns probabilities. Of a pipeline,
    :class:`~skhcr.preprocessing.PixelScaler` and :class:`~skhcr.preprocessing.ImageFlattener`
    directly before the classifier become part of it, so that it takes levels from 0 to 255. Steps
    before these are Python and stay so: ``make_pipeline(*model[:-2], OnnxClassifier(path))`` is
    all of a pipeline `model` that ends in a scaler and a classifier.

    Parameters
    ----------
    fitted : CNNClassifier or Pipeline
        A fitted classifier, or a fitted pipeline that ends in one.
    path : str or path-like
        A file whose name ends in ``.onnx``. It is replaced if it exists, and appears only when it
        is complete.
    weights_dtype : {"float32", "float16"}, default="float32"
        How the weights of layers are stored. "float16" halves the file by rounding them to three
        digits; the network computes in float32 in either case.
    card : dict, default=None
        A model card, say: what the file should tell of itself, as JSON has it. It comes back as
        `card_` of :class:`OnnxClassifier`.

    Raises
    ------
    ValueError
        If `fitted` does not end in a network, the name ends otherwise, or labels, options of the
        network or `card` are not what a file can hold.
    sklearn.exceptions.NotFittedError
        If the classifier is not fitted.

    See Also
    --------
    OnnxClassifier : Runs the file, without TensorFlow.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.pipeline import make_pipeline
    >>> from skhcr.classifiers import CNNClassifier
    >>> from skhcr.datasets import load_digits
    >>> from skhcr.preprocessing import ImageResizer, PixelScaler
    >>> from skhcr.runtime import OnnxClassifier, export_onnx
    >>> X, y = load_digits(return_X_y=True)
    >>> model = make_pipeline(ImageResizer((14, 14)), PixelScaler(), CNNClassifier(epochs=1))
    >>> model = model.fit(X[:500], y[:500])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "digits.onnx"
    ...     export_onnx(model, path, card={"licence": "CC0-1.0"})
    ...     frozen = make_pipeline(*model[:-2], OnnxClassifier(path))
    ...     frozen.predict(X).shape, frozen[-1].card_
    ((5000,), {'licence': 'CC0-1.0'})
    """
    if weights_dtype not in WEIGHTS_DTYPES:
        raise ValueError(f"weights_dtype={weights_dtype!r}; expected one of {WEIGHTS_DTYPES}.")
    piped = isinstance(fitted, Pipeline)
    *steps, classifier = [step for _, step in fitted.steps] if piped else [fitted]
    if not hasattr(classifier, "_live_trainer"):
        raise ValueError(
            f"fitted is or ends in {type(classifier).__name__}; expected a fitted CNNClassifier or "
            "a pipeline that ends in one."
        )
    check_is_fitted(classifier)
    takes_levels = classifier._takes_levels  # whatever a scaler before it makes of them
    white = 255 if _ends_in_scaler(steps) and not takes_levels else 1
    header = _describe(classifier, white, card)
    with whole_file(path, (".onnx",)) as complete:
        import onnx

        _convert(classifier._live_trainer().image_model(white), complete)
        model = onnx.load(complete)
        _number_names(model.graph)
        add_header(model, header)
        if weights_dtype == "float16":
            round_weights(model.graph)
        onnx.save(model, complete)


def _ends_in_scaler(steps):
    """Whether a PixelScaler is among the last steps, with nothing behind it that changes pixels."""
    for step in reversed(steps):
        if isinstance(step, PixelScaler):
            return True
        if not (isinstance(step, ImageFlattener) or step in ("passthrough", None)):
            return False
    return False


def _describe(classifier, white, card):
    """Return the header of the file, with the weights themselves."""
    network, options = classifier._built_from
    if callable(network):
        name = getattr(network, "__name__", None)
        known = name in networks.__all__ and getattr(networks, name) is network
        network = name if known else None
    labels = tuple(classifier.classes_.tolist())
    prior = classifier.class_prior_
    return {
        "version": __version__,
        "classes": encode_classes(classifier.classes_),
        "alphabet": next((name for name in ALPHABETS if ALPHABETS[name] == labels), None),
        "class_prior": prior.tolist() if prior is not None and prior.all() else None,
        "image_shape": list(map(int, classifier.image_shape_)),
        "pixels": {"low": 0, "high": 255} if white == 255 or classifier._takes_levels else None,
        "pixel_mean": float(white * classifier.pixel_mean_),
        "pixel_scale": float(white * classifier.pixel_scale_),
        "network": network,
        "network_options": as_json("network_options", options) if network else None,
        "weights": classifier.weights_ if network else None,
        "card": as_json("card", card),
    }


def _convert(model, path):
    """Write a Keras model as an ONNX file."""
    model(np.zeros((1, *model.input_shape[1:]), dtype=np.float32))  # Keras insists
    with warnings.catch_warnings(), _quiet("tf2onnx"):
        # Of NumPy, at what Keras does to let tf2onnx work with NumPy 2.
        warnings.filterwarnings("ignore", "In the future `np.object`", FutureWarning)
        model.export(path, format="onnx", verbose=False)


@contextlib.contextmanager
def _quiet(name):
    """Keep a logger to errors."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _number_names(graph):
    """Name what is computed in the order of the graph, so that one network makes one file.

    The names that Keras and tf2onnx give change from process to process.
    """
    (pixels,), (probabilities,) = graph.input, graph.output
    numbered = {"": "", pixels.name: "pixels", probabilities.name: "probabilities"}
    for value in (pixels, probabilities):
        value.name = numbered[value.name]
        value.type.tensor_type.shape.dim[0].dim_param = "n"
    for node in graph.node:
        for names in (node.input, node.output):
            for name in names:
                numbered.setdefault(name, f"value_{len(numbered)}")
            names[:] = [numbered[name] for name in names]
        node.name = f"{node.op_type}_{node.output[0]}"
    order = list(numbered)
    weights = sorted(graph.initializer, key=lambda tensor: order.index(tensor.name))
    for tensor in weights:
        tensor.name = numbered[tensor.name]
    del graph.initializer[:]
    graph.initializer.extend(weights)
    graph.doc_string = ""
    del graph.value_info[:]  # which are named as before, and need not be told


def round_weights(graph):
    """Store the kernels of layers as float16, cast to float32 when the network is loaded."""
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and len(tensor.dims) > 1:
            with np.errstate(over="ignore"):
                half = numpy_helper.to_array(tensor).astype(np.float16)
            if not np.isfinite(half).all():
                raise ValueError(f"weights of {tensor.name} are too large for float16.")
            tensor.CopyFrom(numpy_helper.from_array(half, tensor.name))
            single = f"{tensor.name}:float32"
            casts.append(helper.make_node("Cast", [tensor.name], [single], to=TensorProto.FLOAT))
    renamed = {cast.input[0]: cast.output[0] for cast in casts}
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
