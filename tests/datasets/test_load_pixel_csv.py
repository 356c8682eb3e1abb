import gzip
import tracemalloc

import numpy as np
import pytest

from skhcr.datasets import load_pixel_csv

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 3, 3), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 25, 2, 1, 0])


def rows(labels=LABELS):
    first = [[]] * len(IMAGES) if labels is None else [[label] for label in labels]
    return [
        ",".join(map(str, [*label, *image.ravel()]))
        for label, image in zip(first, IMAGES, strict=True)
    ]


@pytest.fixture
def write(tmp_path):
    def write(lines):
        path = tmp_path / "pixels.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


PIXELS = [f"pixel{i}" for i in range(9)]


@pytest.mark.parametrize(
    "header",
    [
        None,
        ["label", *PIXELS],
        ["Label", *PIXELS],
        ["0", *(f"0.{i}" for i in range(1, 10))],
        [str(i) for i in range(10)],
    ],
    ids=["none", "kaggle", "capital", "a-z", "positions"],
)
@pytest.mark.parametrize("chunksize", [2, 10_000])
def test_layouts_with_labels(write, header, chunksize):
    path = write(rows() if header is None else [",".join(header), *rows()])
    bunch = load_pixel_csv(path, chunksize=chunksize)
    assert np.array_equal(bunch.images, IMAGES)
    assert bunch.images.dtype == bunch.data.dtype == np.uint8
    assert np.array_equal(bunch.target, LABELS)
    assert bunch.target.dtype == np.int64


@pytest.mark.parametrize("header", [None, PIXELS])
def test_without_labels(write, header):
    path = write(rows(None) if header is None else [",".join(header), *rows(None)])
    bunch = load_pixel_csv(path)
    assert np.array_equal(bunch.images, IMAGES)
    assert bunch.target is None
    assert bunch.target_names is None


def test_alphabet(write):
    bunch = load_pixel_csv(write(rows()), alphabet="uppercase")
    assert bunch.target.tolist() == list("ABCZCBA")
    assert len(bunch.target_names) == 26
    with pytest.raises(ValueError, match=r"label of image 3 .* is 25; expected 0 to 9"):
        load_pixel_csv(write(rows()), alphabet="digits")


def test_label_column_by_name_and_position(write):
    lines = [f"{row},{label}" for row, label in zip(rows(None), LABELS, strict=True)]
    for label_column in ("class", 9):
        path = write([",".join([*PIXELS, "class"]), *lines])
        X, y = load_pixel_csv(path, label_column=label_column, return_X_y=True)
        assert np.array_equal(X, IMAGES.reshape(7, 9))
        assert np.array_equal(y, LABELS)


def test_labels_may_be_text(write):
    labels = ["NA", "nan", "é", "0", "1", "A", "inf"]
    bunch = load_pixel_csv(write(rows(labels)))
    assert bunch.target.tolist() == labels
    with pytest.raises(ValueError, match=r"'NA' first.*leave out alphabet"):
        load_pixel_csv(write(rows(labels)), alphabet="digits")


def test_other_separators(write):
    path = write([row.replace(",", ";") for row in rows()])
    X, y = load_pixel_csv(path, sep=";", return_X_y=True)
    assert np.array_equal(X, IMAGES.reshape(7, 9))
    assert np.array_equal(y, LABELS)
    with pytest.raises(ValueError, match=r"no ',' parts the first line\. .* pass sep=';'\."):
        load_pixel_csv(path)


def test_image_shape(write):
    bunch = load_pixel_csv(write(rows()), image_shape=(1, 9))
    assert bunch.images.shape == (7, 1, 9)
    with pytest.raises(ValueError, match=r"9 columns of pixels; expected 8 for image_shape=\(2, 4"):
        load_pixel_csv(write(rows()), image_shape=(2, 4), label_column=0)


def test_blank_lines_quotes_decimals_and_gzip(write, tmp_path):
    lines = [row.replace(",", ".0,") + ".0" for row in rows()]
    lines[2] = ",".join(f'"{field}"' for field in lines[2].split(","))
    path = write(["", lines[0], "", *lines[1:], "", "  "])
    path.write_bytes(gzip.compress(path.read_bytes()))
    bunch = load_pixel_csv(path)
    assert np.array_equal(bunch.images, IMAGES)
    assert np.array_equal(bunch.target, LABELS)


def test_byte_order_mark(write):
    lines = rows()
    lines[0] = "\ufeff" + lines[0]
    assert np.array_equal(load_pixel_csv(write(lines)).target, LABELS)
    assert np.array_equal(
        load_pixel_csv(write(["\ufefflabel," + ",".join(PIXELS), *rows()])).target, LABELS
    )


@pytest.mark.parametrize("value", ["256", "-1", "0.5", "x", "", "nan", "1e99", "9" * 30])
@pytest.mark.parametrize("chunksize", [2, 10_000])
def test_bad_pixel_is_named(write, value, chunksize):
    bad = rows()
    bad[4] = ",".join([*bad[4].split(",")[:3], value, *bad[4].split(",")[4:]])
    with pytest.raises(ValueError, match=r"pixels\.csv, line 6, column 3: .* is not a pixel"):
        load_pixel_csv(write([bad[0], "", *bad[1:]]), chunksize=chunksize)
    header = ",".join(["label", *PIXELS])
    with pytest.raises(ValueError, match=r"pixels\.csv, line 6, column 'pixel2'"):
        load_pixel_csv(write([header, *bad]), chunksize=chunksize)


def test_bad_pixel_in_the_first_row_is_not_taken_for_a_header(write):
    lines = rows()
    lines[0] = lines[0].rsplit(",", 1)[0] + ",300"
    with pytest.raises(ValueError, match="line 1, column 9: '300'"):
        load_pixel_csv(write(lines))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "is empty"),
        ([",".join(["label", *PIXELS])], "holds no rows"),
        ([",".join(["label", *PIXELS]), rows()[0] + ",1"], "has 10 fields, the second one 11"),
        ([*rows(), rows()[0] + ",1"], "Expected 10 fields in line 8, saw 11"),
        ([*rows(), rows()[0].rsplit(",", 1)[0]], "line 8, column 9: .* is not a pixel"),
        ([row[2:] for row in rows(list("abcdefg"))[:1]] + ["1,2"], "fields, the second one 2"),
        (["1,2,3,4,5,6,7"], "7 columns of pixels; expected a square number"),
        (["", *rows()[:2], "," + rows(None)[0]], "line 4: the label is missing"),
    ],
)
def test_broken_file(write, lines, message):
    with pytest.raises(ValueError, match=r"pixels\.csv.*" + message):
        load_pixel_csv(write(lines))


def test_wrong_label_column(write):
    with pytest.raises(ValueError, match="no column 'class'; it does not name its columns"):
        load_pixel_csv(write(rows()), label_column="class")
    with pytest.raises(ValueError, match=r"no column 'class'; it has \['label', .* 'pixel8'"):
        load_pixel_csv(write([",".join(["label", *PIXELS]), *rows()]), label_column="class")
    with pytest.raises(ValueError, match="label_column=10"):
        load_pixel_csv(write(rows()), label_column=10)


def test_wrong_alphabet_is_refused_before_reading(tmp_path):
    with pytest.raises(ValueError, match="not the name of an alphabet"):
        load_pixel_csv(tmp_path / "nowhere.csv", alphabet="greek")


def test_missing_or_binary_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load_pixel_csv(tmp_path / "nowhere.csv")
    (tmp_path / "zipped.csv").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(ValueError, match="not a CSV in UTF-8"):
        load_pixel_csv(tmp_path / "zipped.csv")


def test_memory_stays_near_the_images_size(tmp_path):
    path = tmp_path / "pixels.csv"
    path.write_text((",".join(["200"] * 64) + "\n") * 40_000)
    load_pixel_csv(path, chunksize=500)  # imports pandas
    tracemalloc.start()
    bunch = load_pixel_csv(path, chunksize=500)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert bunch.data.shape == (40_000, 64)
    assert peak < 2 * bunch.data.nbytes


@pytest.mark.parametrize("names", ["label,0,1,2,3", "label,1,2,3,4", "0,1,2,3,4", "class,7,7,7,7"])
def test_a_header_of_numbers_is_no_image(tmp_path, names):
    path = tmp_path / "small.csv"
    path.write_text(f"{names}\n7,9,9,9,9\n8,1,1,1,1\n")
    X, y = load_pixel_csv(path, return_X_y=True)
    assert X.tolist() == [[9] * 4, [1] * 4]
    assert y.tolist() == [7, 8]


def test_a_first_label_that_is_a_letter_is_no_header(tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("A,0,9,9,9\n8,1,1,1,1\n")
    X, y = load_pixel_csv(path, return_X_y=True)
    assert y.tolist() == ["A", "8"]
    assert X.tolist() == [[0, 9, 9, 9], [1] * 4]
