"""skhcr export: the network of a model, as an ONNX file."""

from typing import Annotated

import typer

from skhcr.cli._console import complain, import_libraries, visible, write
from skhcr.cli._models import Model

EXAMPLES = """Examples:

\b
  skhcr export mine.skhcr mine.onnx
  skhcr export digits digits.onnx
  skhcr export mine.skhcr small.onnx --float16
"""


def export(
    model: Model,
    file: Annotated[
        str, typer.Argument(metavar="OUT.onnx", help="The file to write.", show_default=False)
    ],
    float16: Annotated[
        bool, typer.Option("--float16", help="Store the weights in half the space.")
    ] = False,
):
    """Write the network of a model to an ONNX file.

    It takes images of ink, as the steps before it make them, and returns probabilities; finding the
    ink stays with skhcr.
    """
    import_libraries()
    from skhcr._files import whole_file
    from skhcr.cli._files import check_writable
    from skhcr.cli._models import load_model, steps_of
    from skhcr.runtime import OnnxClassifier, export_onnx

    check_writable(file, (".onnx",), "OUT.onnx")
    model = load_model(model)
    classifier = steps_of(model)[-1]
    with whole_file(file, (".onnx",)) as complete:
        if isinstance(classifier, OnnxClassifier):
            complete.write_bytes(_content(classifier, float16))
        else:
            export_onnx(model, complete, weights_dtype="float16" if float16 else "float32")
        size = complete.stat().st_size
    write(f"{visible(file)}: {len(classifier.classes_)} classes, {size:,} bytes\n")


def _content(classifier, float16):
    """Return the file that a frozen classifier runs."""
    from skhcr.runtime._export_onnx import round_weights
    from skhcr.runtime._onnx_file import read_content

    content, _ = read_content(classifier.model)
    if not float16:
        return content
    import onnx

    network = onnx.load_model_from_string(content)
    round_weights(network.graph)
    rounded = network.SerializeToString()
    if len(rounded) >= len(content):
        complain("its weights are stored in half the space already.")
    return rounded
