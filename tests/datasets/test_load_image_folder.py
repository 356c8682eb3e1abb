import numpy as np
import pytest

from skhcr.datasets import load_image_folder


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "letters"  # the folder above is other tests' too
    for name in ("b/2.png", "b/10.PNG", "b/notes.txt", "A/1.jpg", "b/.hidden.png", ".git/x.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (root / "readme.txt").touch()
    return root


def test_a_folder_a_class(root):
    bunch = load_image_folder(root)
    assert bunch.filenames.tolist() == [str(root / n) for n in ("A/1.jpg", "b/10.PNG", "b/2.png")]
    assert bunch.target.tolist() == ["A", "b", "b"]
    assert bunch.target_names.tolist() == ["A", "b"]
    X, y = load_image_folder(str(root), return_X_y=True)
    assert np.array_equal(X, bunch.filenames)
    assert np.array_equal(y, bunch.target)


def test_extensions(root):
    (root / "A" / "2.raw").touch()
    (root / "b" / "2.raw").touch()
    assert load_image_folder(root, extensions=[".raw"]).target.tolist() == ["A", "b"]
    for extensions in (".png", ["png"]):
        with pytest.raises(ValueError, match="with their dot"):
            load_image_folder(root, extensions=extensions)


def test_no_such_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere.* is not a folder"):
        load_image_folder(tmp_path / "nowhere")


def test_no_class_folders(tmp_path):
    with pytest.raises(ValueError, match="holds no folders"):
        load_image_folder(tmp_path)


def test_pictures_beside_the_class_folders(root):
    (root / "1.png").touch()
    with pytest.raises(ValueError, match=r"pictures of its own, '1\.png' first of 1"):
        load_image_folder(root)


def test_empty_class_folder(root):
    (root / "C").mkdir()
    (root / "C" / "scan.pdf").touch()
    with pytest.raises(ValueError, match=r"C holds no pictures; .*\.webp\. .*: 1, 'scan.pdf'"):
        load_image_folder(root)


def test_root_one_level_too_high(root):
    with pytest.raises(ValueError, match=r"holds folders, 'A' first of 2; .*one level too high"):
        load_image_folder(root.parent)
