import io
from itertools import combinations, pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from skhcr.inspection import TextOverlayDisplay
from skhcr.reading import Character, Line, Page, Word


def word_of(characters):
    boxes = np.array([character.box for character in characters])
    box = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
    text = "".join(character.text for character in characters)
    return Word(box, characters, text, float(np.prod([c.probability for c in characters])))


def row_of(text, left, top, width, height, step):
    """Return the characters of a text, each a little less probable than the one before."""
    return tuple(
        Character((x, top + i % 3, x + width, top + height), character, 1 - i / 20)
        for i, character in enumerate(text)
        for x in [left + i * step]
    )


def line_of(*words):
    return Line((*words[0].box[:2], *words[-1].box[2:]), words)


@pytest.fixture
def strip():
    """White paper, 44 x 324, with two words of ten characters in all."""
    words = (
        word_of(row_of("EL", 10, 12, 16, 24, 20)),
        word_of(row_of("FETOUAKI", 70, 10, 16, 24, 20)),
    )
    return np.full((44, 324), 255, dtype=np.uint8), Page((44, 324), (line_of(*words),))


@pytest.fixture
def sheet():
    """A page of 30 rows of 20 digits each."""
    rows = [word_of(row_of("0123456789" * 2, 300, 100 + 130 * i, 45, 60, 120)) for i in range(30)]
    page = Page((4000, 3000), tuple(line_of(row) for row in rows))
    return np.full(page.shape, 255, dtype=np.uint8), page


class Reader:
    def __init__(self, page):
        self.page = page

    def predict_details(self, X):
        return [self.page for _ in X]


def texts_of(display):
    return [text.get_text() for text in display.text_]


def assert_readable(display):
    """No text lies over another, outside the axes, or is too small."""
    extents = [text.get_window_extent() for text in display.text_]
    assert not any(one.overlaps(other) for one, other in combinations(extents, 2))
    outer = display.ax_.get_window_extent().padded(1)
    assert all(outer.containsx(x) for one in extents for x in (one.x0, one.x1))
    assert all(outer.containsy(y) for one in extents for y in (one.y0, one.y1))
    assert min(text.get_size() for text in display.text_) > 3.8


def test_both_ways_give_the_same_picture(strip, pixels_of):
    picture, page = strip
    options = {"level": "word", "min_probability": 0.9, "figsize": (7, 2)}
    one = TextOverlayDisplay.from_estimator(Reader(page), picture, **options)
    other = TextOverlayDisplay.from_predictions(picture, page, **options)
    assert np.array_equal(pixels_of(one), pixels_of(other))
    assert one.figure_.get_size_inches().tolist() == [7, 2]


def test_a_strip_has_a_box_a_text_and_a_percentage_for_each_character(strip):
    display = TextOverlayDisplay.from_predictions(*strip)
    assert texts_of(display)[:4] == ["E", "100%", "L", "95%"]
    assert "".join(texts_of(display)[::2]) == "ELFETOUAKI"
    assert_readable(display)
    assert display.ax_.get_title() == "EL FETOUAKI"
    boxes = [path.get_extents().extents.tolist() for path in display.boxes_.get_paths()]
    characters = strip[1].characters
    assert boxes == [list(character.box) for character in characters]
    assert np.allclose(display.boxes_.get_array(), [c.probability for c in characters])
    assert len(display.boxes_.get_facecolor()) == 0  # the ink is seen
    tops = [display.ax_.transData.transform((0, character.box[1]))[1] for character in characters]
    bottoms = [text.get_window_extent().y0 for text in display.text_[1::2]]
    assert all(bottom > top - 1 for bottom, top in zip(bottoms, tops, strict=True))


def test_percentages_stand_between_texts_and_boxes_in_smaller_letters(strip):
    texts = TextOverlayDisplay.from_predictions(*strip).text_
    for text, share in zip(texts[::2], texts[1::2], strict=True):
        assert text.get_window_extent().y0 > share.get_window_extent().y1
        assert text.get_size() > share.get_size()
        assert text.get_position()[0] == share.get_position()[0]


def test_a_page_of_30_rows(sheet):
    display = TextOverlayDisplay.from_predictions(*sheet)
    assert len(display.text_) == 2 * 600
    assert_readable(display)
    assert display.ax_.get_title().startswith("01234567890123456789 / 0123")
    assert display.ax_.get_title().endswith("…")
    assert display.ax_.title.get_window_extent().width < display.ax_.get_window_extent().width
    assert max(display.figure_.get_size_inches()) < 17


@pytest.mark.parametrize(
    ("level", "texts", "probabilities"),
    [
        ("word", ["EL", "95%", "FETOUAKI", "18%"], [0.95, 0.18]),
        ("line", ["EL FETOUAKI", "17%"], [0.95 * 0.18]),
    ],
)
def test_levels(strip, level, texts, probabilities):
    picture, page = strip
    probabilities = [word.probability for word in page.words]
    if level == "line":
        probabilities = [probabilities[0] * probabilities[1]]
    display = TextOverlayDisplay.from_predictions(picture, page, level=level)
    assert texts_of(display)[::2] == texts[::2]
    assert np.allclose(display.boxes_.get_array(), probabilities)
    assert_readable(display)


def test_what_is_less_probable_is_dashed(strip):
    display = TextOverlayDisplay.from_predictions(*strip, min_probability=0.9)
    dashed = [dashes is not None for _, dashes in display.boxes_.get_linestyle()]
    assert dashed == [character.probability < 0.9 for character in strip[1].characters]
    assert any(dashed)
    bar = display.boxes_.colorbar
    assert bar.ax.lines[0].get_ydata()[0] == 0.9
    assert [label.get_text() for label in bar.ax.get_yticklabels()] == ["0%", "50%", "100%"]


@pytest.mark.parametrize("is_dark", [False, True])
def test_colours_stand_out_from_the_paper_and_differ_in_grey(strip, contrast, is_dark):
    picture, page = strip
    picture = 255 - picture if is_dark else picture
    boxes = TextOverlayDisplay.from_predictions(picture, page).boxes_
    steps = [contrast(c, "black" if is_dark else "white") for c in boxes.cmap(np.linspace(0, 1, 9))]
    assert all(less < more for less, more in pairwise(steps))
    assert min(steps) > 3


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_texts_lie_on_paper_whatever_the_style(strip, contrast, style):
    with plt.style.context(style):
        display = TextOverlayDisplay.from_predictions(*strip)
        figure, ax = display.figure_, display.ax_
        assert min(contrast(t.get_color(), ax.get_facecolor()) for t in display.text_) > 3
        said = [ax.title, *display.boxes_.colorbar.ax.get_yticklabels()]
        assert min(contrast(text.get_color(), figure.get_facecolor()) for text in said) > 3


def test_a_picture_without_text(strip):
    picture, _ = strip
    for level in ("character", "word", "line"):
        display = TextOverlayDisplay.from_predictions(picture, Page((44, 324), ()), level=level)
        assert display.ax_.get_title() == "Nothing was read"
        assert display.text_ == []
        assert len(display.figure_.axes) == 1
        display.figure_.canvas.draw()


def test_characters_that_are_not_read_have_boxes_only(strip):
    picture, page = strip
    characters = tuple(Character(c.box, probability=0.9) for c in page.characters)
    page = Page(page.shape, (line_of(word_of(characters)),))
    display = TextOverlayDisplay.from_predictions(picture, page)
    assert len(display.boxes_.get_paths()) == 10
    assert display.text_ == []
    assert display.ax_.get_title() == "Nothing was read"


def test_mathematics_is_written_as_it_is(strip, pixels_of):
    characters = row_of(r"$\frac$_^%", 10, 12, 16, 24, 20)
    page = Page((44, 324), (line_of(word_of(characters)),))
    for level in ("character", "word"):
        display = TextOverlayDisplay.from_predictions(strip[0], page, level=level)
        pixels_of(display)
        assert not any(text.get_parse_math() for text in (*display.text_, display.ax_.title))
        assert display.ax_.get_title() == r"$\frac$_^%"


def test_narrow_characters_have_smaller_texts(strip):
    picture, page = strip
    narrow = tuple(Character((120 + 3 * i, 10, 122 + 3 * i, 34), "l", 0.5) for i in range(3))
    page = Page(page.shape, (line_of(word_of(row_of("MOW", 10, 10, 20, 24, 28) + narrow)),))
    display = TextOverlayDisplay.from_predictions(picture, page)
    assert_readable(display)
    sizes = {text.get_text(): text.get_size() for text in display.text_}
    assert sizes["M"] == sizes["O"] > sizes["l"]
    assert sizes["100%"] > 6  # where there is room for it
    assert texts_of(display).count("50%") < 3


def test_tight_lines_have_no_percentages_between_them():
    rows = [word_of(row_of("ABCDE", 20, 20 + 30 * i, 20, 29, 30)) for i in range(9)]
    page = Page((320, 200), tuple(line_of(row) for row in rows))
    display = TextOverlayDisplay.from_predictions(np.full(page.shape, 255, np.uint8), page)
    assert texts_of(display) == list("ABCDE") * 9
    assert_readable(display)


def test_percentages_stand_behind_long_texts_where_lines_are_near(sheet):
    rows = [word_of(row_of("ABCDE", 20, 20 + 38 * i, 24, 26, 60)) for i in range(9)]
    page = Page((400, 350), tuple(line_of(row) for row in rows))
    picture = np.full(page.shape, 255, np.uint8)
    display = TextOverlayDisplay.from_predictions(picture, page, level="word", figsize=(4, 4))
    assert texts_of(display) == ["ABCDE (58%)"] * 9
    assert_readable(display)


def test_a_slanting_line_has_its_texts_above_its_boxes():
    characters = tuple(
        Character((20 + 30 * i, 100 - 9 * i, 40 + 30 * i, 124 - 9 * i), "a", 0.5) for i in range(10)
    )
    page = Page((160, 350), (line_of(word_of(characters)),))
    display = TextOverlayDisplay.from_predictions(np.full(page.shape, 255, np.uint8), page)
    assert_readable(display)
    for character, text in zip(characters, display.text_[::2], strict=True):
        assert 0 < character.box[1] - text.get_position()[1] < 30


def test_texts_too_small_to_be_read_are_left_out(sheet):
    display = TextOverlayDisplay.from_predictions(*sheet, figsize=(3, 4))
    assert display.text_ == []
    assert len(display.boxes_.get_paths()) == 600


def test_in_given_axes_without_texts(strip):
    picture, page = strip
    figure, axes = plt.subplots(1, 2)
    display = TextOverlayDisplay(picture, page)
    assert display.plot(axes[1], text=False) is display
    assert (display.ax_, display.figure_) == (axes[1], figure)
    assert display.text_ == []
    assert axes[1].get_xlim() == (0, 324)
    assert axes[1].get_ylim() == (44, 0)
    part = plt.figure().subfigures(1, 2)[1]
    assert TextOverlayDisplay(picture, page).plot(part.subplots()).figure_ is part


@pytest.mark.parametrize("kind", ["path", "bytes", "file", "image", "rgb"])
def test_any_source_is_drawn(strip, tmp_path, kind):
    picture, page = strip
    picture[20:30, 20:90] = 40
    path = tmp_path / "strip.png"
    Image.fromarray(picture).save(path)
    source = {
        "path": path,
        "bytes": path.read_bytes(),
        "file": io.BytesIO(path.read_bytes()),
        "image": Image.fromarray(picture),
        "rgb": np.stack([picture] * 3, axis=-1),
    }[kind]
    display = TextOverlayDisplay.from_estimator(Reader(page), source)
    assert np.array_equal(display.picture, np.stack([picture] * 3, axis=-1))
    assert np.array_equal(display.image_.get_array(), display.picture)
    assert display.image_.get_extent() == [0, 324, 44, 0]


def test_errors(strip):
    picture, page = strip
    draw = TextOverlayDisplay.from_predictions
    with pytest.raises(ValueError, match="str has no predict_details"):
        TextOverlayDisplay.from_estimator("reader", picture)
    with pytest.raises(ValueError, match="page is of type list; expected a Page"):
        draw(picture, [page])
    with pytest.raises(ValueError, match="page is of type ndarray"):
        draw(page, picture)
    with pytest.raises(ValueError, match=r"44 x 300 pixels, page.shape is \(44, 324\)"):
        draw(picture[:, :300], page)
    with pytest.raises(FileNotFoundError, match=r"missing.png', does not exist"):
        draw("missing.png", page)
    with pytest.raises(ValueError, match="level='glyph' should be one of"):
        draw(picture, page, level="glyph")
    with pytest.raises(ValueError, match="level='glyph' should be one of"):
        TextOverlayDisplay.from_estimator(Reader(None), picture, level="glyph")
    for wrong in (1.5, "high", np.nan):
        with pytest.raises(ValueError, match=r"min_probability=.* should be None or from 0"):
            draw(picture, page, min_probability=wrong)
    assert plt.get_fignums() == []
