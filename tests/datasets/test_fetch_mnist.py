import hashlib

import numpy as np
import pytest

from skhcr.datasets import _fetch_mnist, fetch_mnist

IMAGES = np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8)
LABELS = np.arange(8)


@pytest.fixture
def mirror(served, unreachable, write_idx, monkeypatch):
    """Made-up MNIST files on a mirror behind one that can't be reached."""
    folder, url = served
    for prefix, part in (("train", slice(5)), ("t10k", slice(5, 8))):
        write_idx(folder / f"{prefix}-images-idx3-ubyte.gz", IMAGES[part])
        write_idx(folder / f"{prefix}-labels-idx1-ubyte.gz", LABELS[part])
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    monkeypatch.setattr(_fetch_mnist, "SHA256", sums)
    monkeypatch.setattr(_fetch_mnist, "MIRRORS", [unreachable, url])
    return folder


@pytest.mark.parametrize(
    ("subset", "part"), [("train", slice(5)), ("test", slice(5, 8)), ("all", slice(8))]
)
def test_downloads_once(mirror, tmp_path, subset, part):
    home = tmp_path / "home"
    bunch = fetch_mnist(subset=subset, data_home=home)
    assert np.array_equal(bunch.images, IMAGES[part])
    assert np.array_equal(bunch.target, LABELS[part])
    assert bunch.target.dtype == np.int64
    assert bunch.target_names.tolist() == list(range(10))
    for path in mirror.iterdir():
        path.unlink()
    X, y = fetch_mnist(subset=subset, data_home=str(home), return_X_y=True)
    assert np.array_equal(X, bunch.data)
    assert np.array_equal(y, bunch.target)


def test_data_home_of_the_environment(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("SKHCR_DATA_HOME", str(tmp_path / "cache"))
    fetch_mnist()
    assert (tmp_path / "cache" / "mnist" / "train-images-idx3-ubyte.gz").is_file()


def test_download_of_another_content_is_refused(mirror, tmp_path):
    (mirror / "t10k-images-idx3-ubyte.gz").write_bytes(b"something else")
    with pytest.raises(OSError, match="does not match the known hash"):
        fetch_mnist(subset="test", data_home=tmp_path)
    assert not list((tmp_path / "mnist").iterdir())


def test_own_files_are_taken_as_they_are(tmp_path, write_idx):
    write_idx(tmp_path / "mnist" / "train-images-idx3-ubyte", IMAGES)
    write_idx(tmp_path / "mnist" / "train-labels-idx1-ubyte.gz", LABELS)
    assert np.array_equal(fetch_mnist(data_home=tmp_path).images, IMAGES)


def test_error_says_which_file_to_put_where(tmp_path, unreachable, monkeypatch):
    monkeypatch.setattr(_fetch_mnist, "MIRRORS", [unreachable])
    with pytest.raises(OSError, match=r"Get train-images-idx3-ubyte.gz from http:.*gz and put it"):
        fetch_mnist(data_home=tmp_path)
    with pytest.raises(OSError, match="download_if_missing is False") as caught:
        fetch_mnist(data_home=tmp_path / "home", download_if_missing=False)
    assert str(tmp_path / "home" / "mnist") in str(caught.value)
    assert not (tmp_path / "home").exists()


def test_wrong_subset():
    with pytest.raises(
        ValueError, match=r"subset='dev' is not understood; .*\['train', 'test', 'a"
    ):
        fetch_mnist(subset="dev")


def test_real_files(shared_data):
    bunch = fetch_mnist(subset="test", data_home=shared_data, download_if_missing=False)
    assert bunch.images.shape == (10000, 28, 28)
    assert bunch.target[:5].tolist() == [7, 2, 1, 0, 4]
