import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from skhcr.datasets import load_image_folder
from skhcr.inspection import ImageGridDisplay


def labels_of(display):
    return [text.get_text() for text in display.text_]


def test_all_62_characters_are_readable_on_a_laptop(characters):
    X, y, *_ = characters
    display = ImageGridDisplay.from_data(X, y, n_per_class=5, random_state=0)
    assert "".join(labels_of(display)) == "".join(np.unique(y))
    assert len(display.images_) == 62 * 5
    width, height = display.figure_.get_size_inches()
    assert width <= 13
    assert height <= 8.6
    assert all(text.get_size() >= 8 for text in display.text_)
    display.figure_.canvas.draw()
    boxes = [image.get_window_extent() for image in display.images_]
    assert min(box.width for box in boxes) > 30  # pixels, at 100 a inch


def test_samples_are_of_their_class(characters):
    X, y, *_ = characters
    display = ImageGridDisplay.from_data(X, y, n_per_class=3, classes=["b", "A"], random_state=1)
    assert labels_of(display) == ["b", "A"]
    for label, pictures in zip("bA", display.pictures, strict=True):
        for picture in pictures:
            assert (X[y == label] == picture).all(axis=(1, 2)).any()


def test_the_same_state_draws_the_same_samples(characters):
    X, y, *_ = characters
    first, second, other = (
        ImageGridDisplay.from_data(X, y, n_per_class=2, random_state=state) for state in (0, 0, 1)
    )
    assert np.array_equal(first.pictures, second.pictures)
    assert not np.array_equal(first.pictures, other.pictures)


def test_small_classes_are_shown_whole(characters):
    X, y, *_ = characters
    display = ImageGridDisplay.from_data(X[:62], y[:62], n_per_class=4)
    assert len(display.images_) == 62


def test_forms_of_samples(characters, tmp_path):
    X, y, *_ = characters
    X, y = X[:124], y[:124]
    as_batch = ImageGridDisplay.from_data(X, y, n_per_class=2)
    frame = pd.DataFrame(X.reshape(len(X), -1)).add_prefix("pixel_")
    for form in (X.reshape(len(X), -1), frame, list(X), X[..., np.newaxis], X / 255):
        display = ImageGridDisplay.from_data(form, pd.Series(y), n_per_class=2)
        scale = 1 if np.max(display.pictures[0]) > 1 else 255
        assert np.allclose(np.array(display.pictures) * scale, as_batch.pictures)

    (tmp_path / "A").mkdir()
    plt.imsave(tmp_path / "A" / "one.png", np.zeros((9, 5, 3)))
    (tmp_path / "b").mkdir()
    plt.imsave(tmp_path / "b" / "two.png", np.ones((4, 8, 3)) * [1.0, 0.5, 0.0])
    files, labels = load_image_folder(tmp_path, return_X_y=True)
    display = ImageGridDisplay.from_data(files, labels)
    assert [pictures[0].shape for pictures in display.pictures] == [(9, 5), (4, 8, 3)]


def test_image_shape_of_rows(characters):
    X, y, *_ = characters
    X = X[:62, :14].reshape(62, -1)
    display = ImageGridDisplay.from_data(X, y[:62], image_shape=(14, 28))
    assert display.pictures[0][0].shape == (14, 28)


def test_into_a_given_axes_with_options(characters):
    X, y, *_ = characters
    fig, (ax, other) = plt.subplots(1, 2)
    display = ImageGridDisplay.from_data(
        X,
        y,
        classes=["a"],
        ax=ax,
        im_kw={"cmap": "gray_r"},
        text_kw={"color": "tab:red"},
    )
    assert display.ax_ is ax
    assert display.figure_ is fig
    assert not other.images
    assert {image.get_cmap().name for image in display.images_} == {"gray_r"}
    assert display.text_[0].get_color() == "tab:red"
    again = display.plot()  # a figure of its own
    assert again is display
    assert display.figure_ is not fig


def test_brightness_is_the_same_for_all(characters):
    X, y, *_ = characters
    faint = X[:62].astype(float) / 255
    faint[0] *= 0.1
    display = ImageGridDisplay.from_data(faint, y[:62])
    assert {image.get_clim() for image in display.images_} == {(0, 1)}
    standardised = (faint - 0.1) / 0.3
    display = ImageGridDisplay.from_data(standardised, y[:62])
    limits = {image.get_clim() for image in display.images_}
    assert limits == {(standardised.min(), standardised.max())}


def test_empty_and_long_labels(characters):
    X, *_ = characters
    for labels in (["", ""], ["$x_1$", "a label of several words"]):
        display = ImageGridDisplay.from_data(X[:2], labels)
        assert labels_of(display) == sorted(set(labels))


def test_white_of_each_type(characters):
    X, *_ = characters
    pictures = [X[0], X[1].astype(np.uint16) * 257]
    display = ImageGridDisplay.from_data(pictures, ["a", "b"])
    assert [image.get_clim() for image in display.images_] == [(0, 255), (0, 65535)]


def test_names_of_text_options(characters):
    X, *_ = characters
    display = ImageGridDisplay.from_data(X[:1], ["a"], text_kw={"fontsize": 5, "ha": "left"})
    assert display.text_[0].get_size() == 5
    assert display.text_[0].get_ha() == "left"


def test_no_figure_is_left_by_an_error(characters):
    X, *_ = characters
    with pytest.raises(AttributeError, match="colour"):
        ImageGridDisplay.from_data(X[:1], ["a"], text_kw={"colour": "red"})
    assert plt.get_fignums() == []


def test_errors(characters):
    X, y, *_ = characters
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        ImageGridDisplay.from_data(X, y[:5])
    with pytest.raises(ValueError, match=r"classes holds \['é'\], not among the labels of y"):
        ImageGridDisplay.from_data(X, y, classes=["a", "é"])
    with pytest.raises(ValueError, match=r"holds numbers .* and the labels of y holds strings"):
        ImageGridDisplay.from_data(X, y, classes=[1, 2])
    with pytest.raises(ValueError, match="classes is empty"):
        ImageGridDisplay.from_data(X, y, classes=[])
    with pytest.raises(ValueError, match="X holds no samples"):
        ImageGridDisplay.from_data(X[:0], y[:0])
    with pytest.raises(ValueError, match="n_per_class=0 should be an integer from 1 on"):
        ImageGridDisplay.from_data(X, y, n_per_class=0)
    with pytest.raises(ValueError, match=r"n_columns=2.5 should be an integer from 1 on"):
        ImageGridDisplay.from_data(X, y, n_columns=2.5)
