"""Files that are damaged, or that somebody made on purpose: refused, and nothing of them runs."""

import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest
import sklearn
from onnx import TensorProto, helper
from sklearn.exceptions import InconsistentVersionWarning, NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import skhcr
from skhcr._shipped import shipped_path
from skhcr.classifiers import CNNClassifier
from skhcr.persistence import InvalidModelFile, _archive, describe
from skhcr.persistence._values import encode
from skhcr.preprocessing import ImageFlattener, ImageResizer, PixelScaler
from skhcr.runtime import OnnxClassifier
from skhcr.runtime._onnx_parts import take_apart
from tests.persistence.files import npy, read, write

DATA = Path(__file__).parent / "data"
FROZEN = DATA / "format-1-frozen.skhcr"
TRAINABLE = DATA / "format-1-trainable.skhcr"


def refused(path, message, **options):
    with pytest.raises(InvalidModelFile, match=message) as caught:
        skhcr.load(path, **options)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skhcr"


@pytest.fixture
def document():
    """The document of a file whose model can be replaced."""
    return read(FROZEN)[0]


VERSION = {"_sklearn_version": sklearn.__version__}


def with_model(document, model):
    return document | {"model": model}


def estimator(name, **state):
    return {"estimator": {"class": name, "state": state}}


def pixel_scaler(**state):
    return estimator("skhcr.preprocessing.PixelScaler", **state)


# What is no file of ours, or is one no longer


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"skhcr", "is something else"),
        (pickle.dumps({}), "is something else.* joblib.load opens a pickle"),
        (shipped_path("digits").read_bytes(), "OnnxClassifier runs an ONNX file"),
        (b"PK\x03\x04" + b"\0" * 100, "end is missing"),
        (FROZEN.read_bytes() + b"\0", "end is missing"),
        (b"\0" + FROZEN.read_bytes(), "is something else"),
        (FROZEN.read_bytes()[:-1], "end is missing"),
        (FROZEN.read_bytes()[:9000], "end is missing"),
    ],
)
def test_something_else(path, content, message):
    path.write_bytes(content)
    refused(path, message)
    with pytest.raises(InvalidModelFile):
        describe(path)


def test_the_name_of_what_is_shipped_is_no_file():
    with pytest.raises(FileNotFoundError, match="no file digits; for what is shipped: load_pretr"):
        skhcr.load("digits")


def test_a_plain_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    refused(path, r"has the part 'readme.txt'; expected document.json")


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        skhcr.load(tmp_path / "missing.skhcr")
    with pytest.raises(IsADirectoryError):
        skhcr.load(tmp_path)


def test_changed_bytes(path):
    content = bytearray(FROZEN.read_bytes())
    content[content.index(b"\x93NUMPY") + 200] ^= 1
    path.write_bytes(content)
    refused(path, "is damaged")


def test_changed_parts_with_a_checksum_of_the_zip(path, document):
    content = bytearray(FROZEN.read_bytes())
    write(path, document, read(FROZEN)[1])
    changed = path.read_bytes().replace(b'"max_iter"', b'"max_iter"')
    path.write_bytes(changed)
    skhcr.load(path)  # only rewritten
    with zipfile.ZipFile(path, "w") as archive, zipfile.ZipFile(FROZEN) as whole:
        for name in whole.namelist():
            part = whole.read(name)
            part = part.replace(b'"keep_aspect": false', b'"keep_aspect": true ')
            archive.writestr(zipfile.ZipInfo(name), part)
    assert len(path.read_bytes()) == len(content)
    refused(path, "the checksum of its part document.json is another")


# What is too large


def test_a_file_that_is_larger_than_wanted(path):
    size = FROZEN.stat().st_size
    refused(FROZEN, f"has {size:,} bytes; expected {size - 1:,} at most", max_bytes=size - 1)
    assert skhcr.load(FROZEN, max_bytes=size)
    with pytest.raises(InvalidModelFile, match="expected 9 at most"):
        describe(FROZEN, max_bytes=9)


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_bombs(path, document, compression):
    write(path, document, [npy(np.zeros(40_000_000))], compression=compression)
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    refused(path, "which is compressed")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_bomb_that_says_it_is_stored(path, document):
    """The sizes in the directory are those of nothing."""
    write(path, document, [npy(np.zeros(9))])
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(b"SHA256SUMS"))
    place = content.rindex(b"PK\x01\x02", 0, place)  # of the array
    for size in (20, 24):
        content[place + size : place + size + 4] = struct.pack("<L", 2**31)
    path.write_bytes(content)
    refused(path, "but its parts take 2,147,4")


def test_parts_that_overlap(path, document):
    write(path, document, [npy(np.zeros(9)), npy(np.zeros(9))])
    content = bytearray(path.read_bytes())
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    third = content.index(b"PK\x01\x02", second + 4)
    content[third + 42 : third + 46] = content[second + 42 : second + 46]  # where it begins
    path.write_bytes(content)
    refused(path, "is damaged")


def test_a_directory_of_many_parts(path):
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, 2**28, 4, 0)
    path.write_bytes(b"PK\x03\x04" + end)
    refused(path, "lists too many parts")
    with zipfile.ZipFile(path, "w") as archive:
        for k in range(11_000):
            archive.writestr(zipfile.ZipInfo(f"arrays/{k:>0100}.npy"), b"")
    refused(path, "lists too many parts")


def test_sizes_in_zip64(path):
    locator = b"PK\x06\x07" + b"\0" * 16
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 50, 4, 0)
    path.write_bytes(b"PK\x03\x04" + locator + end)
    refused(path, "lists too many parts")


def test_a_long_document(path):
    write(path, b'{"a": "' + b"x" * 16_000_000 + b'"}')
    refused(path, "has a document of 16,000,009 bytes")
    write(path, b"[" + b"[]," * 500_000 + b"0]")
    refused(path, "about 1,000,002 values")


def test_what_save_would_write_too_long(path):
    scaler = PixelScaler().fit(np.zeros((1, 8, 8)))
    with pytest.raises(ValueError, match="too much for a model file"):
        skhcr.save(scaler, path, card={"numbers": list(range(600_000))})
    assert not path.exists()


@pytest.mark.parametrize("depth", [100, 10_000, 200_000])
def test_a_deep_document(path, document, depth):
    text = json.dumps(with_model(document, pixel_scaler(a_="DEEP")))
    write(path, text.replace('"DEEP"', "[" * depth + "]" * depth).encode())
    if depth == 100:
        assert isinstance(skhcr.load(path).a_, list)
    else:
        refused(path, "is damaged|does not hold|too much|about")


# Names of parts


@pytest.mark.parametrize(
    "name",
    ["../outside.npy", "/etc/passwd", "arrays/../../outside.npy", "arrays\\0.npy", "C:\\outside",
     "arrays/1.npy", "arrays/0.NPY", "arrays/00.npy", "arrays/0.npy\0.txt", ""],
)  # fmt: skip
def test_names_of_parts(path, tmp_path, document, name):
    write(path, document, [npy(np.zeros(9))], names=["document.json", name])
    before = sorted(tmp_path.parent.rglob("*"))
    refused(path, r"has the part|has \d+ bytes, but|is damaged")
    assert sorted(tmp_path.parent.rglob("*")) == before


@pytest.mark.filterwarnings("ignore:Duplicate name")  # of zipfile, which is what is tested
@pytest.mark.parametrize("name", ["document.json", "arrays/0.npy", "SHA256SUMS"])
def test_parts_of_one_name(path, document, name):
    content = json.dumps(document).encode() if name == "document.json" else npy(np.zeros(9))
    names = ["document.json", "arrays/0.npy", name]
    write(path, document, [npy(np.zeros(9)), content], names=names)
    refused(path, f"has the part '{name}' twice")


def test_parts_in_another_order(path, document):
    names = ["arrays/0.npy", "document.json"]
    write(path, npy(np.zeros(9)), [json.dumps(document).encode()], names=names)
    refused(path, "lacks parts")


# Arrays


def header(text, shape=None, version=b"\x01\x00"):
    """Return a header of this text, or of this dtype and shape."""
    if shape is not None:
        text = f"{{'descr': {text}, 'fortran_order': False, 'shape': {shape}, }}"
    text = text.encode()
    size = struct.pack("<H" if version == b"\x01\x00" else "<L", len(text))
    return b"\x93NUMPY" + version + size + text


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (npy(np.array([print, 1])), "of dtype object"),
        (npy(np.zeros(2, dtype="V8")), r"of dtype \|V8"),
        (npy(np.zeros(2, dtype="M8[s]")), "of dtype datetime64"),
        (npy(np.zeros(2, dtype=[("a", "f8")])), "of dtype"),
        (header("'<f8'", "(10**9,)"), "is damaged"),
        (header("'<f8'", "(999999999,)"), "of shape"),
        (header("'<f8'", "(0, 9999999999)"), "shape"),
        (header("'<f8'", "(-1,)") + b"12345678", "of sh"),
        (header("'<U0'", "(999999999,)"), "of dtype"),
        (header("('<f8', (2,))", "()"), "dtype"),
        (header("'<f8'", "(" + "1," * 40 + ")"), "shape"),
        (header("__import__('os').system('true')"), "is damaged"),
        (header("(" * 4000), "is damaged"),
        (header("{'descr': '<f8'}"), "is damaged"),
        (header("'<f8'", "(1,)", b"\x03\x00"), "format"),
        (header("'|b1'", "(1,)") + b"\x07", "values"),
        (header("'<U1'", "(1,)") + b"\xff" * 4, "values"),
        (npy(np.zeros(9))[:-1], "of shape"),
        (npy(np.zeros(9)) + b"\0", "of shape"),
        (b"", "is damaged"),
        (pickle.dumps(print), "is damaged"),
    ],
)  # fmt: skip
def test_arrays(path, document, part, message):
    write(path, with_model(document, pixel_scaler(a_={"array": 0})), [part])
    tracemalloc.start()
    refused(path, message)
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()


def test_arrays_of_every_kind_are_what_they_were(path):
    arrays = [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(12.0, dtype=">f4")[::-2],
        np.zeros((0, 7), np.float16),
        np.array(5, np.uint8),
        np.array([True, False]),
        np.array(["é", "日本", ""]),
        np.array([1 + 2j]),
    ]
    _archive.write_archive(path, (".skhcr",), {}, arrays)
    _, found = _archive.read_archive(path)
    for one, other in zip(found, arrays, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
        one[...] = 0  # can be trained further
    with np.load(path) as loaded:  # the file is one of NumPy's too
        np.testing.assert_array_equal(loaded["arrays/0"], arrays[0])


# What a file may name


@pytest.mark.parametrize(
    "model",
    [
        estimator("os.system"),
        estimator("subprocess.Popen", args="true"),
        estimator("builtins.eval"),
        estimator("sklearn.svm.SVC"),
        estimator("sklearn.cluster.KMeans"),
        estimator("sklearn.pipeline.make_pipeline"),
        estimator("sklearn.preprocessing._data.StandardScaler"),
        estimator("skhcr.datasets.load_mat"),
        estimator("skhcr.persistence.load"),
        estimator("skhcr.preprocessing.make_ink_pipeline"),
        estimator("skhcr.reading.Page"),
        estimator("skhcr.preprocessing.__init__"),
        estimator("skhcr.preprocessing"),
        estimator(""),
        estimator(["os", "system"]),
        pixel_scaler(a_={"function": "os.system"}),
        pixel_scaler(a_={"function": "skhcr.networks.Sequential"}),
        pixel_scaler(a_={"function": "sklearn.feature_selection.SelectKBest"}),
        pixel_scaler(a_={"type": "O"}),
        pixel_scaler(a_={"dtype": "O"}),
        pixel_scaler(a_={"dtype": "(1000000000,)f8"}),
        pixel_scaler(a_={"path": "/etc/passwd"}),
        pixel_scaler(a_={"array": 1}),
        pixel_scaler(a_={"array": -1}),
        pixel_scaler(a_={"array": True}),
        pixel_scaler(a_={"scalar": 0}),
        pixel_scaler(a_={"bytes": 0}),
        pixel_scaler(a_={"list": [], "tuple": []}),
        pixel_scaler(a_={}),
        pixel_scaler(a_={"set": [[]]}),
        pixel_scaler(a_={"dict": [[1, 2, 3]]}),
        pixel_scaler(a_={"float": "1e999"}),
        pixel_scaler(a_={"objects": [[10**12], [1]]}),
        pixel_scaler(a_={"random_state": {"dict": [["bit_generator", "MT19937"]]}}),
        pixel_scaler(transform={"array": 0}),
        pixel_scaler(__class__="str"),
        pixel_scaler(__array_interface__={"dict": [["version", 3]]}),
        pixel_scaler(__deepcopy___={"array": 0}),
        pixel_scaler(**{"a b_": 1}),
        pixel_scaler(a_=[{"array": 0}, {"array": 0}]),
        pixel_scaler(a_={"dtype": "<U500000000"}),
        pixel_scaler(a_={"function": "skhcr.networks.compact"}),
        estimator("sklearn.preprocessing.OneHotEncoder", **VERSION),
        estimator("sklearn.preprocessing.MultiLabelBinarizer", **VERSION),
        estimator("sklearn.preprocessing.LabelBinarizer", **VERSION),
        estimator("sklearn.feature_selection.RFE", **VERSION),
        estimator("sklearn.preprocessing.OrdinalEncoder", dtype="U10", **VERSION),
        estimator(
            "sklearn.preprocessing.FunctionTransformer",
            func={"function": "sklearn.feature_selection.chi2"},
            **VERSION,
        ),
        pixel_scaler(a_={"set": [k * (2**61 - 1) for k in range(20_000)]}),
        pixel_scaler(a_={"dict": [[k * (2**61 - 1), 0] for k in range(20_000)]}),
        pixel_scaler(a_=[pixel_scaler()] * 600),
        pixel_scaler(_validate_params=None),
        pixel_scaler(of_a_later_version=1),
        estimator("skhcr.runtime.OnnxClassifier"),
        estimator("skhcr.preprocessing.InkCenterer", by="chance"),
        estimator(
            "sklearn.pipeline.Pipeline",
            steps=[],
            memory="/tmp",
            _sklearn_version=sklearn.__version__,
        ),
        estimator("skhcr.reading.TextReader", lexicon="/etc/passwd"),
        estimator("skhcr.runtime.OnnxClassifier", model="/etc/passwd"),
        estimator("skhcr.runtime.OnnxClassifier", model={"bytes": 1}),
        estimator("skhcr.classifiers.CNNClassifier", initial_weights="weights.onnx"),
        estimator("skhcr.classifiers.CNNClassifier", initial_weights=r"\\host\share\weights"),
        estimator("skhcr.classifiers.CNNClassifier", callbacks=[pixel_scaler()], weights_=[]),
        estimator("skhcr.classifiers.CNNClassifier"),  # not fitted
        {"array": 0},
        {"estimator": "skhcr.preprocessing.PixelScaler"},
        {"estimator": {"class": "skhcr.preprocessing.PixelScaler", "state": []}},
        {},
    ],
    ids=lambda model: json.dumps(model)[:60],
)
def test_what_a_file_may_not_hold(path, document, model):
    write(path, with_model(document, model), [npy(np.zeros(9))])
    refused(path, "names|has|does not hold|refers|is damaged")


def test_estimators_that_are_deep_in_one_another(path, document):
    """Of each pipeline scikit-learn asks first and last step, and these theirs."""
    deep = pixel_scaler()
    for _ in range(30):
        deep = estimator(
            "sklearn.pipeline.Pipeline", steps=[{"tuple": ["step", deep]}], memory=None, **VERSION
        )
    write(path, with_model(document, deep))
    refused(path, "more than 8 deep in one another")


def test_arrays_that_nobody_needs(path, document):
    write(path, with_model(document, pixel_scaler()), [npy(np.zeros(9))])
    refused(path, "has arrays to which nothing refers")


def test_more_workers_than_there_are_cores(path, document):
    """As of a file of a larger machine."""
    write(path, with_model(document, estimator("skhcr.preprocessing.ImageLoader", n_jobs=10_000)))
    assert skhcr.load(path).n_jobs == os.cpu_count()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_without_a_writer(path):
    os.mkfifo(path)
    refused(path, "is no file on a disk")


def test_checksums_of_more_than_there_is(path, document):
    write(path, document, [npy(np.zeros(9))])
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part + b"ab\n" * (name == "SHA256SUMS"))
    refused(path, "its checksums are not those of its parts")


def test_a_state_of_chance_that_lies(path, document):
    key = npy(np.zeros(624, np.uint32))

    def state(position, array=0):
        inner = {"dict": [["key", {"array": array}], ["pos", position]]}
        pairs = [["bit_generator", "MT19937"], ["state", inner], ["has_gauss", 0], ["gauss", 0.0]]
        return pixel_scaler(a_={"random_state": {"dict": pairs}})

    write(path, with_model(document, state(624)), [key])
    assert 0 <= skhcr.load(path).a_.random_sample() < 1
    arrays = [key, npy(np.zeros(623, np.uint32)), npy(np.zeros(624))]
    for lie in (state(625), state(-1), state(1.0), state(0, 1), state(0, 2)):
        write(path, with_model(document, lie), arrays)
        refused(path, "has a random state")


# Networks


def change_trainable(path, change):
    document, arrays = read(TRAINABLE)
    pairs = dict(document["model"]["estimator"]["state"]["steps"][1]["tuple"][1]["estimator"])
    change(pairs["state"], arrays)
    write(path, document, arrays)


@pytest.mark.parametrize(
    "change",
    [
        {"_built_from": {"tuple": ["compact", {"dict": [["filters", [10**6] * 4]]}]}},
        {"_built_from": {"tuple": ["residual", {"dict": [["width", 200]]}]}},
        {"_built_from": {"tuple": ["system", {"dict": []}]}},
        {"_built_from": {"tuple": [{"function": "sklearn.feature_selection.chi2"}, {"dict": []}]}},
        {"_built_from": {"tuple": ["compact", {"dict": [["filters", pixel_scaler()]]}]}},
        {"image_shape_": {"tuple": [100_000, 100_000, 1]}, "n_features_in_": 10**10},
        {"image_shape_": {"tuple": [14, 14, 2]}},
        {"pixel_scale_": {"float": "nan"}},
        {"weights_": []},
        {"classes_": {"objects": [[3], ["a", "b", "c"]]}},
        {"classes_": {"objects": [[10], ["a"] * 10]}},
    ],
    ids=lambda change: json.dumps(change)[:60],
)
def test_networks_that_do_not_fit(path, change):
    change_trainable(path, lambda state, arrays: state.update(change))
    refused(path, "which are not those of one network|does not hold a fitted estimator")


def test_weights_that_are_no_numbers(path):
    def change(state, arrays):
        place = state["weights_"][0]["array"]
        shape = np.lib.format.read_array(io.BytesIO(arrays[place])).shape
        arrays[place] = npy(np.full(shape, np.nan, np.float32))

    change_trainable(path, change)
    refused(path, "which are not those of one network")


def onnx_model(*nodes, shape=(None, 14, 14, 1), initializers=(), output=(None, 10), **options):
    pixels = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    probabilities = helper.make_tensor_value_info("y", TensorProto.FLOAT, output)
    graph = helper.make_graph(nodes, "graph", [pixels], [probabilities], list(initializers))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], **options)


def tensor(name, values):
    return onnx.numpy_helper.from_array(np.asarray(values), name)


def external_tensor(place):
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [1], [0.0])
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=place)
    return tensor


def sparse_constant():
    """Its values stand in another file."""
    sparse = onnx.SparseTensorProto(dims=[1])
    sparse.values.CopyFrom(external_tensor("secret"))
    sparse.indices.CopyFrom(tensor("i", [0]))
    return helper.make_node("Constant", [], ["y"], sparse_value=sparse)


def doubled(n_times, first):
    """Billion laughs: each tensor is twice the one before."""
    return [
        helper.make_node("Concat", [f"{first}{k}"] * 2, [f"{first}{k + 1}"], axis=0)
        for k in range(n_times)
    ]


def relu(**options):
    return helper.make_node("Relu", ["x"], ["y"], **options)


body = helper.make_graph(
    [helper.make_node("Identity", ["c"], ["d"])],
    "body",
    [helper.make_tensor_value_info("c", TensorProto.BOOL, [])],
    [helper.make_tensor_value_info("d", TensorProto.BOOL, [])],
)
IMAGE = (None, 14, 14, 1)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (onnx_model(helper.make_node("Loop", ["", ""], ["y"], body=body)), "has g, which"),
        (onnx_model(relu(b=body)), "has g, which"),
        (onnx_model(relu(b=[body])), "has graphs, which"),
        (onnx_model(sparse_constant()), "has sparse_tensor, which"),
        (onnx_model(helper.make_node("ConstantOfShape", ["x"], ["y"])), "ator :ConstantOfShape"),
        (onnx_model(helper.make_node("Pad", ["x"], ["y"])), "the operator :Pad"),
        (onnx_model(relu(domain="my.own")), "the operator my.own:Relu"),
        (
            onnx_model(
                helper.make_node("Add", ["x", "w"], ["y"]),
                initializers=[external_tensor("/etc/passwd")],
            ),
            "has external_data, which",
        ),
        (
            onnx_model(helper.make_node("Constant", [], ["y"], value=external_tensor("../secret"))),
            "has external_data, which",
        ),
        (onnx_model(relu(), functions=[onnx.FunctionProto(name="f")]), "has functions, which"),
        (onnx_model(*doubled(40, "x")), "tensors 1,099,511,627,776 times as large"),
        (onnx_model(helper.make_node("Concat", ["x"] * 500, ["y"], axis=1)), "of up to 500 inputs"),
        (
            onnx_model(*doubled(9, "c"), relu(), initializers=[tensor("c0", np.arange(999))]),
            "and 999 numbers of shapes",
        ),
        (
            onnx_model(
                helper.make_node("Constant", [], ["c0"], value=tensor("c", np.arange(999))), relu()
            ),
            "and 999 numbers of shapes",
        ),
        (onnx_model(*[relu()] * 1001), "1,001 nodes"),
        (onnx_model(relu(), initializers=[onnx.TensorProto()] * 80_000), "has 160,0.* bytes"),
        (onnx_model(relu(ints=[1] * 60_000)), "numbers of shapes"),
        (onnx_model(relu(), shape=(None, None, None, 1)), "of unknown size|do not fit"),
        (onnx_model(relu(), shape=(None, 90_000, 90_000, 1)), "tensors of 16,200,000,000 values|"),
        (onnx_model(helper.make_node("Softmax", ["x"], ["y"]), output=IMAGE), "without the metad"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_networks_of_others(path, document, model, message):
    weights = [w for w in model.graph.initializer if w.data_type == TensorProto.FLOAT]
    graph = npy(np.frombuffer(model.SerializeToString(), np.uint8))
    arrays = [graph, *(npy(np.zeros(tuple(w.dims), np.float32)) for w in weights)]
    parts = {"tuple": [{"bytes": 0}, [{"array": k} for k in range(1, len(arrays))]]}
    frozen = estimator("skhcr.runtime.OnnxClassifier", model=parts)
    write(path, with_model(document, frozen), arrays)
    refused(path, message)


def change_network(path, change):
    """Write FROZEN with another network."""
    model, arrays = onnx.load_model_from_string(skhcr.load(FROZEN)[-1].model), []
    weights = change(model)
    graph, expected = take_apart(model.SerializeToString())
    parts = encode((graph, expected if weights is None else weights), arrays, "parts")
    frozen = estimator("skhcr.runtime.OnnxClassifier", model=parts)
    write(path, with_model(read(FROZEN)[0], frozen), list(map(npy, arrays)))


def test_weights_that_are_those_of_another_network(path):
    change_network(path, lambda model: None)
    pixels = np.zeros((1, 14, 14), np.uint8)
    np.testing.assert_array_equal(
        skhcr.load(path).predict_proba(pixels), skhcr.load(FROZEN)[-1].predict_proba(pixels)
    )
    weights = take_apart(skhcr.load(FROZEN)[-1].model)[1]
    for odd in (
        [],
        weights[:-1],
        [*weights, weights[0]],
        weights[::-1],
        [np.ravel(w) for w in weights],
    ):
        change_network(path, lambda model, odd=odd: odd)
        refused(path, "are not those of the graph|does not hold a fitted")


def test_a_header_that_asks_for_long_strings(path):
    def change(model):
        header = json.loads(model.metadata_props[0].value)
        header["classes"]["dtype"] = "<U200000000"
        model.metadata_props[0].value = json.dumps(header)

    change_network(path, change)
    refused(path, "classes are")


def test_a_network_that_looks_like_another_format(path):
    """Bytes 4 to 8 are those by which ONNX Runtime knows files of its own format."""

    def change(model):
        model.ir_version, model.producer_name = 8, "ORTM"

    change_network(path, change)
    loaded = skhcr.load(path)
    assert loaded.model[4:8] == b"ORTM"
    pixels = np.zeros((1, 14, 14), np.uint8)
    np.testing.assert_array_equal(
        loaded.predict_proba(pixels), skhcr.load(FROZEN)[-1].predict_proba(pixels)
    )


def test_a_graph_with_what_nobody_knows(path):
    graph, weights = take_apart(skhcr.load(FROZEN)[-1].model)
    arrays = []
    unknown = b"\xfa\x3f\x03abc"  # field 1023 of the format, which has none
    parts = encode((graph + unknown, weights), arrays, "parts")
    frozen = estimator("skhcr.runtime.OnnxClassifier", model=parts)
    write(path, with_model(read(FROZEN)[0], frozen), list(map(npy, arrays)))
    refused(path, "more than ONNX knows|can't be loaded as an ONNX file")


# Versions


def test_a_newer_format(path, document):
    newer = document | {"format": 2, "versions": {"skhcr": "3.1"}}
    write(path, newer, read(FROZEN)[1])
    refused(path, "has format 2, of skhcr 3.1; expected at most 1. Install a newer skhcr")
    with pytest.raises(InvalidModelFile, match="Install a newer skhcr"):
        describe(path)
    for odd in (0, "1", None, True):
        write(path, document | {"format": odd}, read(FROZEN)[1])
        refused(path, "has format")


def test_a_parameter_that_came_later_has_its_default(path):
    """As of a file that was written before `keep_aspect` was a parameter."""
    document, arrays = read(FROZEN)
    state = document["model"]["estimator"]["state"]["steps"][0]["tuple"][1]["estimator"]["state"]
    del state["keep_aspect"]
    write(path, document, arrays)
    assert skhcr.load(path)[0].keep_aspect is False


def test_another_version_of_scikit_learn_is_said(path):
    scaler = StandardScaler().fit(np.eye(3))
    skhcr.save(scaler, path)
    document, arrays = read(path)
    document["model"]["estimator"]["state"]["_sklearn_version"] = "1.0"
    write(path, document, arrays)
    with pytest.warns(InconsistentVersionWarning, match="StandardScaler from version 1.0"):
        skhcr.load(path)


# Saving


def network_of_my_own(image_shape, n_classes):
    """Return nothing: it is never built."""


class MyScaler(StandardScaler):
    """Somebody's own."""


@pytest.mark.parametrize(
    ("fitted", "message"),
    [
        (make_pipeline(FunctionTransformer(np.log1p)), r"fitted.steps\[0\]\[1\].func is <ufunc"),
        (MyScaler().fit(np.eye(3)), "MyScaler, which a model file can't hold"),
        (ImageResizer((8, 8)), "not fitted"),
        ({"a": 1}, "not an estimator"),
        (None, "not an estimator"),
    ],
    ids=["function", "class", "not fitted", "dict", "None"],
)
def test_what_can_not_be_saved(path, fitted, message):
    if message == "not fitted":
        fitted = CNNClassifier()
    with pytest.raises((ValueError, TypeError, NotFittedError), match=message):
        skhcr.save(fitted, path)
    assert not path.exists()


def test_networks_and_callbacks_of_ones_own(path, digits):
    import keras

    X, y, _, _ = digits
    fitted = CNNClassifier("lenet", epochs=1, random_state=0).fit(X[:50], y[:50])
    fitted.set_params(callbacks=[keras.callbacks.TerminateOnNaN()])
    with pytest.raises(ValueError, match=r"fitted.callbacks\[0\] is .*TerminateOnNaN"):
        skhcr.save(fitted, path)
    fitted.set_params(callbacks=None, network=network_of_my_own)
    with pytest.raises(ValueError, match=r"fitted\.network is .*export_onnx"):
        skhcr.save(fitted, path)
    fitted.set_params(network=skhcr.networks.lenet)
    skhcr.save(fitted, path)
    assert skhcr.load(path).network == "lenet"  # whose function is not imported to be named


@pytest.mark.parametrize("card", [[1], {"a": print}, {"a": float("nan")}])
def test_cards_that_json_has_not(path, card):
    with pytest.raises(ValueError, match=r"card=.* can't be stored"):
        skhcr.save(ImageFlattener().fit(np.zeros((1, 8, 8))), path, card=card)


def test_a_card(path):
    card = {"title": "Zahlen", "figures": [0.9, None], "licence": "CC0-1.0"}
    skhcr.save(skhcr.load_pretrained("digits"), path, card=card)
    told = describe(path)
    assert told["card"] == card
    assert told["classes"] == list(range(10))
    assert told["versions"]["skhcr"] == skhcr.__version__
    assert told["estimator"] == "sklearn.pipeline.Pipeline"


def test_where_it_is_saved(tmp_path):
    flattener = ImageFlattener().fit(np.zeros((1, 8, 8)))
    with pytest.raises(ValueError, match=r"ends in '.joblib'; expected one of \('.skhcr',\)"):
        skhcr.save(flattener, tmp_path / "model.joblib")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        skhcr.save(flattener, tmp_path / "missing" / "model.skhcr")
    path = tmp_path / "modèle 日本.skhcr"
    path.write_bytes(b"from before")
    with pytest.raises(ValueError, match="card"):
        skhcr.save(flattener, path, card=[])
    assert path.read_bytes() == b"from before"
    skhcr.save(flattener, str(path))
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert skhcr.load(str(path))


def test_a_full_disk_leaves_what_was_there(path, monkeypatch):
    path.write_bytes(b"from before")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space left"):
        skhcr.save(ImageFlattener().fit(np.zeros((1, 8, 8))), path)
    assert path.read_bytes() == b"from before"
    assert list(path.parent.iterdir()) == [path]


# Nothing runs

IN_A_FRESH_PROCESS = """
import sys
from pathlib import Path
import skhcr

paths = sorted(Path(sys.argv[1]).glob("*.skhcr"))
for path in paths:
    skhcr.load(path)  # what it needs of skhcr and scikit-learn is imported now
events = []
sys.addaudithook(lambda event, arguments: events.append((event, arguments)))
for path in paths:
    skhcr.load(path)
seen = list(events)
assert "tensorflow" not in sys.modules
opened = {str(arguments[0]) for event, arguments in seen if event == "open"}
assert opened == set(map(str, paths)), opened
# numpy parses the header of an array as a literal; that is the only thing compiled.
allowed = {"open", "compile", "array.__new__", "builtins.id"}
other = {event for event, _ in seen} - allowed
other = {event for event in other if not event.startswith(("object.__getattr__", "sys._getframe"))}
assert not other, other
"""


def test_opening_runs_nothing():
    with warnings.catch_warnings():
        command = [sys.executable, "-c", IN_A_FRESH_PROCESS, str(DATA)]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_frozen_files_are_opened_without_tensorflow_and_priors_kept(path):
    model = skhcr.load_pretrained("characters").set_params(onnxclassifier__priors="uniform")
    skhcr.save(model, path)
    loaded = skhcr.load(path)
    assert isinstance(loaded[-1], OnnxClassifier)
    assert loaded[-1].priors == "uniform"
