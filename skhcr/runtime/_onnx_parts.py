"""ONNX files in model files: taken apart into a graph and its weights, and checked.

The graph without its weights is small, and its size is limited; the weights are arrays like others.
So what a stranger's file can become in memory is known before it is parsed.
"""

import math

import numpy as np

from skhcr.runtime._onnx_file import not_loadable, read_header

#: What networks are made of. No loops and branches, nothing that makes tensors of any size, and
#: nothing random.
_OPERATORS = frozenset(
    """
    Abs Add ArgMax AveragePool BatchNormalization Cast Clip Concat Constant Conv Div Elu Erf Exp
    Flatten Gather Gelu Gemm GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Identity
    InstanceNormalization LayerNormalization LeakyRelu Log MatMul Max MaxPool Min Mish Mul Neg PRelu
    Pow Reciprocal ReduceMax ReduceMean ReduceSum Relu Reshape Selu Shape Sigmoid Slice Softmax
    Softplus Softsign Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze
    """.split()  # noqa: SIM905 - as a list, a page long
)
_DOMAINS = ("", "ai.onnx")
# Of each message of the format what a network needs. Not: other files, graphs within the graph,
# sparse tensors, functions.
_FIELDS = {
    "ModelProto": "ir_version producer_name producer_version domain model_version doc_string graph "
    "opset_import metadata_props",
    "GraphProto": "node name initializer doc_string input output value_info",
    "NodeProto": "input output name op_type domain attribute doc_string",
    "AttributeProto": "name type doc_string f i s t floats ints strings",
    "TensorProto": "dims data_type name doc_string raw_data float_data int32_data int64_data "
    "double_data uint64_data",
}
_FIELDS = {name: frozenset(fields.split()) for name, fields in _FIELDS.items()}
_MAX_GRAPH = 150_000  # bytes without weights
_MAX_NODES = 1_000
_MAX_SHAPES = 200  # numbers in tensors of integers: shapes and axes
_MAX_INPUTS = 8  # of a node
_MAX_GROWTH = 1_000  # that tensors which are put together, again and again, may become larger
_MAX_VALUES = 2**27  # of all tensors together, for one image


def take_apart(content):
    """Return an ONNX file without its weights, and the weights.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    graph : bytes
    weights : list of ndarray
    """
    model = _parse(content)
    return _without_weights(model), [_to_array(tensor) for tensor in _weights(model)]


def put_together(graph, weights):
    """Return the ONNX file that `take_apart` was given.

    ONNX Runtime runs parts of a file when it loads it, and a file may name other files. So the
    graph has to be a network as :func:`export_onnx` writes it, whose tensors are of limited size.

    Parameters
    ----------
    graph : bytes
    weights : list of ndarray

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If they are not as described.
    """
    if not isinstance(graph, bytes) or len(graph) > _MAX_GRAPH:
        raise ValueError(
            f"The graph of the network has {len(graph):,} bytes; expected {_MAX_GRAPH:,} at most."
        )
    model = _parse(graph)
    _check_fields(model)
    model.DiscardUnknownFields()
    if model.ByteSize() != len(graph):
        raise ValueError("The graph of the network has more than ONNX knows.")
    _check_graph(model.graph)
    _check_sizes(model)
    tensors = _weights(model)
    for tensor, array in zip(tensors, weights, strict=True):
        expected = _to_array(tensor, empty=True)
        if array.dtype != expected.dtype or array.shape != tuple(tensor.dims):
            raise ValueError(f"The weights {tensor.name:.100} are not those of the graph.")
        tensor.raw_data = array.tobytes()
    return model.SerializeToString()


def _parse(content):
    import onnx

    try:
        return onnx.load_model_from_string(content)
    except Exception as error:  # protobuf's own error is not among its public names
        raise not_loadable(f"The network ({len(content):,} bytes)", error) from error


def _weights(model):
    """Return the tensors that are stored apart: all but the integers, which are shapes."""
    from onnx import TensorProto

    kinds = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE)
    return [tensor for tensor in model.graph.initializer if tensor.data_type in kinds]


def _without_weights(model):
    import onnx

    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    for tensor in _weights(bare):
        # Whatever it is stored as, it comes back as bytes.
        for field in ("raw_data", "float_data", "int32_data", "double_data"):
            tensor.ClearField(field)
    return bare.SerializeToString()


def _to_array(tensor, *, empty=False):
    from onnx.helper import tensor_dtype_to_np_dtype
    from onnx.numpy_helper import to_array

    if empty:
        return np.empty(0, tensor_dtype_to_np_dtype(tensor.data_type))
    return to_array(tensor)


def _check_fields(message):
    """Refuse a message of the format with more in it than a network needs."""
    allowed = _FIELDS.get(type(message).__name__)
    for field, value in message.ListFields():
        if allowed is not None and field.name not in allowed:
            raise ValueError(f"The network has {field.name}, which a network of layers has not.")
        if field.message_type is not None:
            for each in value if hasattr(value, "__len__") else [value]:
                _check_fields(each)


def _check_graph(graph):
    """Refuse operators that are not those of layers."""
    for node in graph.node:
        if node.domain not in _DOMAINS or node.op_type not in _OPERATORS:
            raise ValueError(
                f"The network has the operator {node.domain}:{node.op_type:.100}, which a network "
                "of layers has not."
            )
    constants = [attribute.t for node in graph.node for attribute in node.attribute]
    tensors = [*graph.initializer, *constants]
    n_shapes = sum(math.prod(t.dims) for t in tensors if t.data_type in _integers())
    n_ints = sum(len(attribute.ints) for node in graph.node for attribute in node.attribute)
    n_inputs = max((len(node.input) for node in graph.node), default=0)
    growth = math.prod(len(node.input) for node in graph.node if node.op_type == "Concat")
    if (
        len(graph.node) > _MAX_NODES
        or n_shapes > _MAX_SHAPES
        or n_ints > 10 * _MAX_NODES
        or n_inputs > _MAX_INPUTS
        or growth > _MAX_GROWTH
        or any(length < 0 for tensor in tensors for length in tensor.dims)
    ):
        raise ValueError(
            f"The network has {len(graph.node):,} nodes of up to {n_inputs} inputs, which put "
            f"together make tensors {growth:,} times as large, and {n_shapes:,} numbers of shapes; "
            f"expected at most {_MAX_NODES:,}, {_MAX_INPUTS}, {_MAX_GROWTH:,} and {_MAX_SHAPES}."
        )


def _integers():
    from onnx import TensorProto

    return TensorProto.INT64, TensorProto.INT32


def _check_sizes(model):
    """Refuse a graph whose tensors are large, or of which that is not known."""
    import onnx

    graph = model.graph
    if len(graph.input) != 1 or len(graph.output) != 1:
        raise ValueError("The network has not one input and one output.")
    try:
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    except Exception as error:  # its error is not among its public names
        raise ValueError(f"The network's layers do not fit: {str(error).strip()}") from error
    shapes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*inferred.value_info, *inferred.input, *inferred.output)
    }
    n_values = 0
    for name in [graph.input[0].name, *(name for node in graph.node for name in node.output)]:
        shape = shapes.get(name)
        # The first of its dimensions, of images, may be free; others are not.
        if shape is None or 0 in shape[1:]:
            raise ValueError(f"The network has the tensor {name!r:.100} of unknown size.")
        n_values += math.prod(length or 1 for length in shape)
    if n_values > _MAX_VALUES:
        raise ValueError(
            f"The network has tensors of {n_values:,} values; expected {_MAX_VALUES:,} at most."
        )
    (pixels,), (probabilities,) = graph.input, graph.output
    read_header(
        {entry.key: entry.value for entry in model.metadata_props},
        [length or None for length in shapes[pixels.name]],
        [length or None for length in shapes[probabilities.name]],
        "The network",
    )
