import os

import numpy as np
import pytest

from skhcr.datasets import load_image_csv

CSV = "image,label\nImg/a.png,0\nImg/b.png,NA\nImg/ü.png,A\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Img").mkdir()
    for name in ("a.png", "b.png", "ü.png"):
        (tmp_path / "Img" / name).touch()
    return tmp_path


@pytest.fixture
def write(folder):
    def write(text, encoding="utf-8"):
        path = folder / "list.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_file_names_and_labels(folder, write):
    bunch = load_image_csv(write(CSV))
    assert bunch.filenames.tolist() == [
        str(folder / "Img" / n) for n in ("a.png", "b.png", "ü.png")
    ]
    assert bunch.target.tolist() == ["0", "NA", "A"]
    assert bunch.target.dtype.kind == bunch.filenames.dtype.kind == "U"
    assert bunch.target_names.tolist() == ["0", "A", "NA"]
    assert bunch.frame is None
    X, y = load_image_csv(str(folder / "list.csv"), return_X_y=True)
    assert np.array_equal(X, bunch.filenames)
    assert np.array_equal(y, bunch.target)


def test_relative_csv_gives_absolute_paths(folder, write, monkeypatch):
    write(CSV)
    monkeypatch.chdir(folder)
    X, _ = load_image_csv("list.csv", return_X_y=True)
    assert X[0] == str(folder / "Img" / "a.png")


@pytest.mark.parametrize("label", ["nan", "null", "007", "1.0", " ", '""""', "TRUE", "Œ"])
def test_labels_stay_as_they_are_written(write, label):
    csv = write(f"image,label\nImg/a.png,{label}\n")
    assert load_image_csv(csv).target[0] == label.replace('""""', '"')


def test_windows_file(folder, write):
    csv = write(CSV.replace("/", "\\").replace("\n", "\r\n"), encoding="utf-8-sig")
    bunch = load_image_csv(csv)
    assert bunch.filenames[1] == str(folder / "Img" / "b.png")
    assert bunch.target.tolist() == ["0", "NA", "A"]


def test_other_columns_root_and_separator(folder, write):
    csv = write("writer;text;file\nann;x y;a.png\nbob;z;b.png\n")
    csv = csv.rename(folder.parent / f"{folder.name}.csv")
    options = {"image_column": "file", "label_column": "text", "sep": ";", "root": folder / "Img"}
    assert load_image_csv(csv, **options).target.tolist() == ["x y", "z"]
    bunch = load_image_csv(csv, as_frame=True, **options)
    assert bunch.frame["writer"].tolist() == ["ann", "bob"]
    assert bunch.frame["file"].tolist() == bunch.filenames.tolist()
    assert bunch.target_names.tolist() == ["x y", "z"]
    csv.unlink()


def test_without_labels(write):
    csv = write("image\nImg/a.png\n")
    bunch = load_image_csv(csv, label_column=None)
    assert bunch.target is None
    assert bunch.target_names is None


def test_absolute_paths(folder, write):
    csv = write(f"image,label\n{folder / 'Img' / 'a.png'},x\n")
    assert load_image_csv(csv, root="/").filenames[0] == str(folder / "Img" / "a.png")


@pytest.mark.skipif(os.sep == "\\", reason="names can't hold a backslash there")
def test_backslash_in_a_name(folder, write):
    (folder / "Img" / "c\\d.png").touch()
    csv = write("image,label\nImg/c\\d.png,x\n")
    assert load_image_csv(csv).filenames[0] == str(folder / "Img" / "c\\d.png")


def test_missing_picture_is_named_with_its_line(write):
    csv = write('image,label\n\n"Img/a.png","two\nlines"\nImg/x.png,1\nno/y.png,1\n')
    with pytest.raises(
        FileNotFoundError, match=r"list.csv, line 5: no picture 'Img/x.png' in .* of the 3 .* 2 are"
    ):
        load_image_csv(csv)


def test_folder_is_not_a_picture(write):
    with pytest.raises(FileNotFoundError, match="line 2: no picture 'Img'"):
        load_image_csv(write("image,label\nImg,1\n"))


def test_a_name_too_long_for_a_file(write):
    with pytest.raises(FileNotFoundError, match="line 2: no picture 'aaa"):
        load_image_csv(write(f"image,label\n{'a' * 5000},1\n"))


def test_missing_csv(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nothing\.csv"):
        load_image_csv(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("image,label\n", "holds no rows"),
        ("file,label\nImg/a.png,0\n", r"no column 'image'; .*\['file', 'label'\].*image_column"),
        ("image,class\nImg/a.png,0\n", r"no column 'label'.*label_column"),
        ("image;label\nImg/a.png;0\n", r"no column 'image'.*sep=';'"),
        ("image,label\nImg/a.png,0\nImg/b.png\n", "line 3: 1 fields; expected 2"),
        ("image,label\nImg/a.png,0\n\nImg/b.png,\n", "line 4: the column 'label' is empty"),
        ("image,label\n,0\n", "line 2: the column 'image' is empty"),
        ("image,image\nImg/a.png,0\n", "the same name"),
        ('image,label\nImg/a.png,"0\n', "line 2: unexpected end of data"),
    ],
)
def test_broken_csv(write, text, message):
    with pytest.raises(ValueError, match=r"list\.csv.*" + message):
        load_image_csv(write(text))


def test_other_encoding(folder, write):
    csv = write(CSV, encoding="cp1252")
    with pytest.raises(ValueError, match=r"list\.csv, line 4: not text in .*encoding='cp1252'"):
        load_image_csv(csv)
    assert load_image_csv(csv, encoding="cp1252").filenames[2] == str(folder / "Img" / "ü.png")


def test_english(shared_data):
    bunch = load_image_csv(shared_data / "english" / "english.csv")
    assert bunch.filenames.shape == bunch.target.shape == (3410,)
    assert len(bunch.target_names) == 62
    names = load_image_csv(shared_data / "names" / "clean" / "names.csv", label_column="text")
    assert len(names.target) == 205
