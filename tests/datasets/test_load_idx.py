import gzip
import struct

import numpy as np
import pytest

from skhcr.datasets import load_idx

LABELS = np.arange(12) % 5 + 1


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_reads_images_and_labels(tmp_path, write_idx, images, suffix):
    images_path = write_idx(tmp_path / f"images{suffix}", images)
    labels_path = write_idx(tmp_path / f"labels{suffix}", LABELS)
    bunch = load_idx(images_path, str(labels_path))
    assert np.array_equal(bunch.images, images)
    assert bunch.data.shape == (12, 12)
    assert bunch.target.dtype == np.int64
    assert np.array_equal(bunch.target, LABELS)
    assert bunch.target_names.tolist() == [1, 2, 3, 4, 5]
    assert bunch.feature_names[3] == "pixel_1_0"
    X, y = load_idx(images_path, labels_path, return_X_y=True)
    assert np.array_equal(X, bunch.data)
    assert np.array_equal(y, LABELS)


def test_compression_is_seen_in_the_content(tmp_path, write_idx, images):
    path = write_idx(tmp_path / "images.gz", images).rename(tmp_path / "images")
    assert np.array_equal(load_idx(path).images, images)


def test_labels_may_be_missing(tmp_path, write_idx, images):
    path = write_idx(tmp_path / "images", images)
    assert load_idx(path).target is None
    assert load_idx(path, return_X_y=True)[1] is None


@pytest.mark.parametrize("shape", [(12, 4, 3), (11, 5, 5)])
def test_transpose(tmp_path, write_idx, shape):
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    bunch = load_idx(write_idx(tmp_path / "images", images), transpose=True)
    assert np.array_equal(bunch.images, images.swapaxes(1, 2))
    assert np.array_equal(bunch.data, images.swapaxes(1, 2).reshape(len(images), -1))


def test_labels_may_be_wide_integers(tmp_path, write_idx, images):
    path = write_idx(tmp_path / "images", images)
    labels = tmp_path / "labels"
    labels.write_bytes(struct.pack(">HBBI", 0, 0x0C, 1, 12) + np.arange(12, dtype=">i4").tobytes())
    assert load_idx(path, labels).target.tolist() == list(range(12))


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_idx(tmp_path / "nowhere")


def test_wrong_magic_number(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30))
    with pytest.raises(ValueError, match=r"picture.png is not an IDX file.*\[89 50 4e 47\]"):
        load_idx(path)


def test_empty_file(tmp_path):
    path = tmp_path / "empty"
    path.touch()
    with pytest.raises(ValueError, match="empty is not an IDX file"):
        load_idx(path)


@pytest.mark.parametrize("keep", [2, 10, -1])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_truncated_file(tmp_path, write_idx, images, suffix, keep):
    path = write_idx(tmp_path / f"images{suffix}", images)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"images.* (cut off|not an IDX file)"):
        load_idx(path)


def test_damaged_gzip(tmp_path, write_idx, images):
    path = write_idx(tmp_path / "images.gz", images)
    content = bytearray(path.read_bytes())
    content[-6] ^= 255  # within the checksum
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged gzip"):
        load_idx(path)


def test_header_that_promises_too_much_costs_no_memory(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**15, 2**15)))
    with pytest.raises(ValueError, match="its header says 2305843009213693952 bytes"):
        load_idx(path)


def test_too_long_file(tmp_path, write_idx, images):
    path = write_idx(tmp_path / "images", images)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(ValueError, match=r"more than its header says.*\(12, 4, 3\)"):
        load_idx(path)


def test_fewer_labels_than_images(tmp_path, write_idx, images):
    images_path = write_idx(tmp_path / "images", images)
    labels_path = write_idx(tmp_path / "labels", LABELS[:-1])
    with pytest.raises(ValueError, match=r"images holds 12 images, but .*labels holds 11 labels"):
        load_idx(images_path, labels_path)


def test_swapped_files(tmp_path, write_idx, images):
    images_path = write_idx(tmp_path / "images", images)
    labels_path = write_idx(tmp_path / "labels", LABELS)
    with pytest.raises(ValueError, match=r"labels holds uint8 of shape \(12,\); expected images"):
        load_idx(labels_path, images_path)
    with pytest.raises(ValueError, match=r"images holds .*; expected labels"):
        load_idx(images_path, images_path)
