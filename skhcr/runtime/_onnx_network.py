import numpy as np

from skhcr._image_classifier import to_float32, to_levels
from skhcr.runtime._onnx_file import not_loadable, read_content, read_header
from skhcr.runtime._onnx_runtime import onnxruntime

#: Images that run at once: more take more memory, and no less time.
CHUNK_SIZE = 64


class OnnxNetwork:
    """The ONNX Runtime side of an :class:`OnnxClassifier`: loads a model, and runs it.

    Parameters
    ----------
    model : str, path-like or bytes
        A file that :func:`~skhcr.runtime.export_onnx` wrote, or its content.
    n_threads : int or None
        Number of threads that share the work of an operation.

    Attributes
    ----------
    content : bytes
        The file.
    header : dict
        What :mod:`skhcr.runtime._onnx_file` describes.
    """

    def __init__(self, model, n_threads):
        self.content, name = read_content(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads or 0
        # Threads that wait for work would keep a core busy each.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Else it might take a file for one of its own format, and run what nobody has looked at.
        options.add_session_config_entry("session.load_model_format", "ONNX")
        options.log_severity_level = 4  # what goes wrong is raised, not written to stderr as well
        try:
            self._session = onnxruntime.InferenceSession(
                self.content, options, providers=["CPUExecutionProvider"], enable_fallback=False
            )
            (pixels,), (probabilities,) = self._session.get_inputs(), self._session.get_outputs()
            metadata = self._session.get_modelmeta().custom_metadata_map
        except Exception as error:  # its errors have no common base
            raise not_loadable(name, error) from error
        self.header = read_header(metadata, pixels.shape, probabilities.shape, name)
        self._names = pixels.name, probabilities.name

    def predict_proba(self, images):
        """Return probabilities (n_samples, n_classes), float32.

        Parameters
        ----------
        images : ndarray of shape (n_samples, height, width, n_channels)
            Of any numeric type.
        """
        probabilities = np.empty((len(images), len(self.header["classes"])), dtype=np.float32)
        input_name, output_name = self._names
        levels = self.header["pixels"]
        for start in range(0, len(images), CHUNK_SIZE):
            chunk = slice(start, start + CHUNK_SIZE)
            pixels = to_float32(images[chunk]) if levels is None else to_levels(images[chunk])
            probabilities[chunk] = self._session.run([output_name], {input_name: pixels})[0]
        return probabilities
