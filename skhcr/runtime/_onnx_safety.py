"""Whether an ONNX file of a stranger is a network, and nothing else."""

import math

from skhcr.runtime._onnx_file import not_loadable, read_header

#: What networks are made of. No loops and branches, nothing that makes tensors of any size, and
#: nothing random.
_OPERATORS = frozenset(
    """
    Abs Add ArgMax AveragePool BatchNormalization Cast Clip Concat Constant Conv Div Dropout Elu Erf
    Exp Flatten Gather Gelu Gemm GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Identity
    InstanceNormalization LayerNormalization LeakyRelu Log MatMul Max MaxPool Min Mish Mul Neg PRelu
    Pad Pow Reciprocal ReduceMax ReduceMean ReduceSum Relu Reshape Selu Shape Sigmoid Slice Softmax
    Softplus Softsign Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze
    """.split()  # noqa: SIM905 - as a list, a page long
)
_DOMAINS = ("", "ai.onnx")
_MAX_VALUES = 2**25  # of one tensor, for one image


def check_safe(content, name):
    """Raise a ValueError unless a file is the network of a classifier, of limited size.

    ONNX Runtime runs parts of a file when it is loaded, and a file may name other files. So the
    file has to hold what :func:`export_onnx` writes, no tensor of it stands in another file, and
    none becomes larger than about 30 million numbers for an image.

    Parameters
    ----------
    content : bytes
    name : str
        What messages call it: the subject of a sentence.

    Raises
    ------
    ValueError
    """
    import onnx

    try:
        model = onnx.load_model_from_string(content)
    except Exception as error:  # protobuf's own error is not among its public names
        raise not_loadable(name, error) from error
    graph = model.graph
    if len(graph.input) != 1 or len(graph.output) != 1:
        raise ValueError(f"{name} is no ONNX model of one input and one output.")
    tensors = list(graph.initializer)
    for node in graph.node:
        if node.domain not in _DOMAINS or node.op_type not in _OPERATORS:
            raise ValueError(
                f"{name} has the operator {node.domain}:{node.op_type:.100}, which a network of "
                "layers does not need."
            )
        if any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute):
            raise ValueError(f"{name} has a graph within its graph.")
        tensors += [attribute.t for attribute in node.attribute if attribute.HasField("t")]
    if any(tensor.external_data or tensor.data_location for tensor in tensors):
        raise ValueError(f"{name} refers to another file.")
    if model.functions or graph.sparse_initializer or model.training_info:
        raise ValueError(f"{name} has more than a network: functions, sparse tensors or training.")
    try:
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    except Exception as error:  # its error is not among its public names
        raise ValueError(f"{name} has layers that do not fit: {str(error).strip()}") from error
    shapes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*inferred.graph.value_info, *inferred.graph.input, *inferred.graph.output)
    }
    for node in graph.node:
        for output in node.output:
            # The first of an output's dimensions, of images, is free; others are not.
            shape = shapes.get(output)
            if shape is None or 0 in shape[1:] or math.prod(shape[1:]) > _MAX_VALUES:
                raise ValueError(
                    f"{name} has a tensor of shape {shape}, {output!r:.100}; expected known ones "
                    f"of at most {_MAX_VALUES:,} values."
                )
    (pixels,), (probabilities,) = graph.input, graph.output
    read_header(
        {entry.key: entry.value for entry in model.metadata_props},
        [shape or None for shape in shapes[pixels.name]],
        [shape or None for shape in shapes[probabilities.name]],
        name,
    )
