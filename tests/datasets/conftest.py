import gzip
import os
import struct
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def shared_data():
    """The folder of the complete data sets, which not every machine has."""
    root = Path(__file__).parents[2]
    folder = Path(os.environ.get("SKHCR_DATA", root.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the complete data sets, and there is no folder {folder}")
    return folder


@pytest.fixture
def write_idx():
    """Write an array of unsigned bytes as an IDX file, compressed if the name says so."""

    def write(path, array):
        array = np.asarray(array, dtype=np.uint8)
        content = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
        content += array.tobytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return write


@pytest.fixture
def images():
    """Twelve images of 4 x 3 random pixels."""
    return np.random.default_rng(0).integers(0, 256, (12, 4, 3), dtype=np.uint8)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def served(tmp_path):
    """A folder and the address it is served at."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def unreachable():
    """The address of the port of "discard", which nobody serves."""
    return "http://127.0.0.1:9/"
