import hashlib
import zipfile

import numpy as np
import pytest

from skhcr.datasets import _fetch_emnist, fetch_emnist

IMAGES = np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8)
CODES = np.array([1, 26, 3, 1, 2, 2, 3, 26])


@pytest.fixture
def archive(tmp_path, write_idx):
    """A made-up archive of the letters, laid out as the official one."""
    path = tmp_path / "gzip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in (("train", slice(5)), ("test", slice(5, 8))):
            for what, array in (
                ("images-idx3", IMAGES[part].swapaxes(1, 2)),
                ("labels-idx1", CODES[part]),
            ):
                name_in_archive = f"gzip/emnist-letters-{name}-{what}-ubyte.gz"
                write_idx(tmp_path / name_in_archive, array)
                archive.write(tmp_path / name_in_archive, name_in_archive)
    return path


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home" / "emnist").mkdir(parents=True)
    return tmp_path / "home"


def test_downloads_once_and_takes_out_what_is_needed(
    archive, home, served, unreachable, monkeypatch
):
    folder, url = served
    archive.rename(folder / "gzip.zip")
    checksum = hashlib.sha256((folder / "gzip.zip").read_bytes()).hexdigest()
    monkeypatch.setattr(_fetch_emnist, "URLS", [unreachable + "gzip.zip", url + "gzip.zip"])
    monkeypatch.setattr(_fetch_emnist, "SHA256", checksum)
    bunch = fetch_emnist(split="letters", data_home=home)
    assert np.array_equal(bunch.images, IMAGES[:5])
    assert np.array_equal(bunch.data, IMAGES[:5].reshape(5, 784))
    assert bunch.target.tolist() == list("AZCAB")
    assert len(bunch.target_names) == 26
    assert "26 classes: A B C" in bunch.DESCR
    assert {path.name for path in (home / "emnist").iterdir()} == {
        "gzip.zip",
        "emnist-letters-train-images-idx3-ubyte.gz",
        "emnist-letters-train-labels-idx1-ubyte.gz",
    }
    (folder / "gzip.zip").unlink()
    X, y = fetch_emnist(split="letters", subset="all", data_home=home, return_X_y=True)
    assert np.array_equal(X, IMAGES.reshape(8, 784))
    assert y.tolist() == list("AZCABBCZ")


def test_single_files_need_no_archive(home, write_idx):
    write_idx(home / "emnist" / "emnist-balanced-test-images-idx3-ubyte", IMAGES.swapaxes(1, 2))
    write_idx(home / "emnist" / "emnist-balanced-test-labels-idx1-ubyte.gz", np.arange(39, 47))
    bunch = fetch_emnist(split="balanced", subset="test", data_home=home)
    assert np.array_equal(bunch.images, IMAGES)
    assert bunch.target.tolist() == list("efghnqrt")


def test_error_says_which_file_to_put_where(home):
    with pytest.raises(
        OSError,
        match=r"emnist-digits-train-images-idx3-ubyte.gz, or the archive gzip.zip .*"
        r"Get gzip.zip from https://biometrics.*put it into .*emnist",
    ):
        fetch_emnist(split="digits", data_home=home, download_if_missing=False)


def test_archive_without_the_file(archive, home):
    archive.rename(home / "emnist" / "gzip.zip")
    with pytest.raises(ValueError, match=r"gzip\.zip holds no emnist-digits-train-images"):
        fetch_emnist(split="digits", data_home=home)


def test_broken_archive_leaves_nothing_behind(archive, home):
    content = bytearray(archive.read_bytes())
    content[200:260] = bytes(60)  # within the first file
    (home / "emnist" / "gzip.zip").write_bytes(content)
    with pytest.raises(ValueError, match=r"gzip\.zip is a broken archive"):
        fetch_emnist(split="letters", data_home=home)
    assert [path.name for path in (home / "emnist").iterdir()] == ["gzip.zip"]


def test_code_outside_of_the_alphabet(home, write_idx):
    write_idx(home / "emnist" / "emnist-digits-test-images-idx3-ubyte", IMAGES)
    write_idx(home / "emnist" / "emnist-digits-test-labels-idx1-ubyte", CODES)
    with pytest.raises(ValueError, match=r"label of image 1 .* is 26; expected 0 to 9"):
        fetch_emnist(split="digits", subset="test", data_home=home)


@pytest.mark.parametrize(("name", "value"), [("split", "byClass"), ("subset", "dev")])
def test_wrong_option(name, value):
    with pytest.raises(ValueError, match=f"{name}='{value}' is not understood"):
        fetch_emnist(**{name: value})


@pytest.mark.parametrize(("split", "n_classes"), [("byclass", 62), ("bymerge", 47)])
def test_real_files(shared_data, split, n_classes):
    bunch = fetch_emnist(
        split=split, subset="test", data_home=shared_data, download_if_missing=False
    )
    assert bunch.images.shape == (116323, 28, 28)
    assert len(bunch.target_names) == len(set(bunch.target)) == n_classes
    mapping = (shared_data / "emnist" / f"emnist-{split}-mapping.txt").read_text().split()
    assert bunch.target_names.tolist() == [chr(int(code)) for code in mapping[1::2]]
