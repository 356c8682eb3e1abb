import numpy as np
import pytest
from scipy.io import savemat

from skhcr.datasets import load_mat

IMAGES = np.random.default_rng(0).integers(0, 256, (10, 4, 4), dtype=np.uint8)
LABELS = np.arange(10) % 3


def test_a_column_an_image(tmp_path):
    path = tmp_path / "digits.mat"
    savemat(path, {"data": IMAGES.reshape(10, 16).T, "label": LABELS[None].astype(float)})
    bunch = load_mat(path)
    assert np.array_equal(bunch.images, IMAGES)
    assert bunch.data.flags.c_contiguous
    assert np.array_equal(bunch.target, LABELS)
    assert bunch.target.dtype == np.int64
    assert bunch.target_names.tolist() == [0, 1, 2]


def test_a_row_an_image_with_other_names_and_types(tmp_path):
    path = tmp_path / "digits"
    savemat(path, {"X": IMAGES.reshape(10, 16).astype(float), "y": LABELS}, appendmat=False)
    X, y = load_mat(path, data="X", label="y", image_shape=(2, 8), return_X_y=True)
    assert X.dtype == np.uint8
    assert np.array_equal(X, IMAGES.reshape(10, 16))
    assert np.array_equal(y, LABELS)


def write_emnist(path, mapping):
    """Transposed images and one-based labels, as in EMNIST Letters."""

    def part(part):
        rows = IMAGES[part].swapaxes(1, 2).reshape(-1, 16)
        return {"images": rows, "labels": LABELS[part, None] + 1.0}

    dataset = {"train": part(slice(7)), "test": part(slice(7, 10)), "mapping": mapping}
    savemat(path, {"dataset": dataset})
    return path


# The order of the rows of a mapping does not matter.
@pytest.fixture(params=[(0, 1, 2), (2, 0, 1)])
def emnist(tmp_path, request):
    mapping = np.array([[1, 65, 97], [2, 66, 98], [3, 67, 99]])
    return write_emnist(tmp_path / "emnist.mat", mapping[list(request.param)])


def test_a_mapping_with_gaps(tmp_path):
    path = write_emnist(tmp_path / "emnist.mat", [[1, 65], [2, 66], [4, 67]])
    with pytest.raises(ValueError, match=r"mapping, \[1, 2, 4\], have gaps"):
        load_mat(path)


@pytest.mark.parametrize("image_shape", [16, (-4, -4), (4, 4, 1), ("4", "4")])
def test_image_shapes_that_are_none(emnist, image_shape):
    with pytest.raises(
        ValueError, match=r"image_shape=.* should be a tuple of 2 positive integers"
    ):
        load_mat(emnist, image_shape=image_shape)


def test_emnist_comes_out_upright_with_characters(emnist):
    bunch = load_mat(emnist)
    assert np.array_equal(bunch.images, IMAGES)
    assert bunch.target.tolist() == list("ABCABCABCA")
    assert bunch.target_names.tolist() == list("ABC")
    X, y = load_mat(emnist, subset="test", return_X_y=True)
    assert np.array_equal(X, IMAGES[7:].reshape(3, 16))
    assert y.tolist() == list("BCA")


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_mat(tmp_path / "nowhere.mat")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"a": 1, "b": 2}, r"lacks the variables 'data' and 'label'.*\['a', 'b'\]"),
        ({"data": np.ones((4, 5)), "label": np.ones(6)}, r"shape \(4, 5\), and there are 6 labels"),
        ({"data": np.ones((5, 5)), "label": np.ones(5)}, "has 5 pixels, which is not a square"),
        ({"data": np.full((5, 4), 256), "label": np.ones(5)}, "from 256 to 256"),
        ({"data": np.full((5, 4), 0.5), "label": np.ones(5)}, "whole numbers from 0 to 255"),
        ({"data": np.full((5, 4), "x"), "label": np.ones(5)}, "images have shape|expected numbers"),
        ({"data": np.ones((5, 4)), "label": np.full(5, 0.5)}, "labels .* not whole numbers"),
        ({"dataset": {"train": 1}}, "not that of an EMNIST file"),
    ],
)
def test_broken_content(tmp_path, content, message):
    path = tmp_path / "broken.mat"
    savemat(path, content)
    with pytest.raises(ValueError, match=r"broken\.mat.*" + message):
        load_mat(path)


def test_subset(tmp_path, emnist):
    savemat(tmp_path / "plain.mat", {"data": IMAGES.reshape(10, 16), "label": LABELS})
    with pytest.raises(ValueError, match="has no parts"):
        load_mat(tmp_path / "plain.mat", subset="test")
    with pytest.raises(ValueError, match="subset='dev' is not understood"):
        load_mat(emnist, subset="dev")


def test_not_a_matlab_file(tmp_path, emnist):
    (tmp_path / "text.mat").write_text("label,pixel\n" * 100)
    (tmp_path / "cut.mat").write_bytes(emnist.read_bytes()[:-50])
    for name in ("text.mat", "cut.mat"):
        with pytest.raises(ValueError, match=f"{name} is not a MATLAB file, or a broken one"):
            load_mat(tmp_path / name)


def test_matlab_7_3(tmp_path):
    path = tmp_path / "new.mat"
    path.write_bytes(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(400))
    with pytest.raises(ValueError, match=r"new\.mat is a MATLAB 7\.3 \(HDF5\) file.*-v7"):
        load_mat(path)


def test_mnist_original(shared_data):
    bunch = load_mat(shared_data / "mnist" / "mnist-original.mat")
    assert bunch.images.shape == (70000, 28, 28)
    assert np.bincount(bunch.target).tolist() == [
        6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958
    ]  # fmt: skip
