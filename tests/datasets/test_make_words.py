import cv2
import numpy as np
import pandas as pd
import pytest

from skhcr._alphabets import CHARACTERS
from skhcr.datasets import load_characters, load_digits, make_words
from skhcr.datasets._compose_word import WordComposer


def same(some, others):
    return len(some) == len(others) and all(map(np.array_equal, some, others))


@pytest.fixture(scope="module")
def clean():
    """A hundred random words, black on white, of capitals of 40 pixels."""
    return make_words(100, height=40, wear=0, random_state=0)


@pytest.fixture(scope="module")
def bars():
    """Images of two characters that can be told by their shape: a bar and a ring."""
    images = np.zeros((2, 28, 28), dtype=np.uint8)
    images[0, 4:24, 12:16] = 255
    cv2.circle(images[1], (14, 14), 9, 255, 4)
    return images, np.array(["|", "o"])


def test_bunch():
    words = make_words(5, random_state=0)
    assert len(words.images) == len(words.target) == len(words.boxes) == 5
    assert all(image.dtype == np.uint8 and image.ndim == 2 for image in words.images)
    for text, boxes in zip(words.target, words.boxes, strict=True):
        assert 2 <= len(text) <= 9
        assert boxes.shape == (len(text), 4)
        assert boxes.dtype.kind == "i"
    assert "EMNIST" in words.DESCR
    images, target = make_words(5, random_state=0, return_X_y=True)
    assert same(images, words.images)
    assert np.array_equal(target, words.target)


def test_boxes_hold_the_ink(clean):
    ink_in_boxes = ink = 0
    for image, boxes in zip(clean.images, clean.boxes, strict=True):
        inside = np.zeros(image.shape, dtype=bool)
        for left, top, right, bottom in boxes:
            assert 0 <= left < right <= image.shape[1]
            assert 0 <= top < bottom <= image.shape[0]
            assert image[top:bottom, left:right].min() < 128
            inside[top:bottom, left:right] = True
        ink += (255 - image).sum()
        ink_in_boxes += (255 - image)[inside].sum()
    assert ink_in_boxes > 0.95 * ink  # what remains is the soft edge of strokes


def test_boxes_are_those_of_the_characters(bars):
    words = make_words(texts=["|o |", "oo|"] * 5, characters=bars, wear=0, random_state=0)
    for text, image, boxes in zip(words.target, words.images, words.boxes, strict=True):
        assert len(boxes) == 3
        for character, (left, top, right, bottom) in zip(text.replace(" ", ""), boxes, strict=True):
            if character == "o":
                assert image[(top + bottom) // 2, (left + right) // 2] > 127  # its hole
            else:
                assert bottom - top > 1.5 * (right - left)


def test_characters_stand_from_left_to_right(clean):
    for boxes in clean.boxes:
        assert (np.diff(boxes[:, [0, 2]].mean(axis=1)) > 0).all()


def test_spaces_part_words():
    boxes = make_words(texts=["aa aa"] * 20, wear=0, random_state=0).boxes
    gaps = np.array([right[1:, 0] - right[:-1, 2] for right in boxes])
    assert (gaps[:, 1] > gaps[:, [0, 2]].max(axis=1)).mean() > 0.9


@pytest.mark.parametrize("height", [8, 24.5, 60])
def test_height_is_that_of_capitals(height):
    texts = ["HEH", "hxp"] * 30
    boxes = make_words(texts=texts, height=height, wear=0, random_state=0).boxes
    heights = [box[:, 3] - box[:, 1] for box in boxes]
    assert np.median(heights[::2]) == pytest.approx(height, abs=0.1 * height + 1)
    assert np.median(np.array(heights[1::2])[:, 1]) < 0.85 * height  # x


@pytest.mark.parametrize("height", [(20, 60), [20, 60.5], np.array([20, 60])])
def test_height_between_two(height):
    boxes = make_words(texts=["HHH"] * 60, height=height, wear=0, random_state=0).boxes
    heights = np.array([(box[:, 3] - box[:, 1]).mean() for box in boxes])
    assert heights.min() < 28
    assert heights.max() > 45


@pytest.mark.parametrize(
    ("alphabet", "expected"),
    [("digits", "0123456789"), ("characters", "".join(CHARACTERS)), (list("xyZ"), "xyZ")],
)
def test_random_words_stay_within_the_alphabet(alphabet, expected):
    words = make_words(150, alphabet=alphabet, height=8, wear=0, random_state=0)
    assert set("".join(words.target)) == set(expected)


def test_what_has_no_image_is_left_out_of_random_words():
    X, y = load_digits(return_X_y=True)
    words = make_words(20, characters=(X[:100], y[:100]), random_state=0)
    assert set("".join(words.target)) <= set("0123456789")


def test_characters_as_rows_images_frames_and_lists():
    bunch = load_characters()
    X, y = bunch.images[:62], bunch.target[:62]
    expected = make_words(3, characters=(X, y), random_state=0).images
    rows = X.reshape(62, -1)
    for same_characters in ((rows, y.tolist()), [list(X), y], (pd.DataFrame(rows), pd.Series(y))):
        assert same(make_words(3, characters=same_characters, random_state=0).images, expected)
    X, y = bunch.images, bunch.target
    expected = make_words(3, random_state=0).images
    assert same(make_words(3, characters=(X, y), random_state=0).images, expected)


def test_own_characters_beyond_the_62(bars):
    own = bars[0], ["é", "ß"]
    words = make_words(5, characters=own, alphabet=["é", "ß"], wear=0, random_state=0)
    assert set("".join(words.target)) == {"é", "ß"}
    assert all(boxes.all() for boxes in words.boxes)


def test_accents_stand_over_vowels():
    bunch = load_characters()
    plain, accented = (
        WordComposer(bunch.images, bunch.target, accents=accents) for accents in (0, 1)
    )
    higher = []
    for seed in range(30):
        rngs = np.random.default_rng(seed), np.random.default_rng(seed)
        (ink, _), (more, _) = plain.compose("A", rngs[0], 40), accented.compose("A", rngs[1], 40)
        higher.append(np.ptp(np.nonzero(more > 0.3)[0]) - np.ptp(np.nonzero(ink > 0.3)[0]))
    assert min(higher) > 0
    assert plain.compose("X", np.random.default_rng(0), 40)[0].tobytes() == (
        accented.compose("X", np.random.default_rng(0), 40)[0].tobytes()
    )


def test_character_without_ink(bars):
    images = bars[0].copy()
    images[0] = 0
    words = make_words(texts=["|o", "|"], characters=(images, bars[1]), wear=0, random_state=0)
    assert not words.boxes[0][0].any()
    assert words.boxes[0][1].any()
    assert (words.images[1] == 255).all()


@pytest.mark.parametrize(
    "container", [list, tuple, np.array, lambda t: np.array(t, dtype=object), pd.Series]
)
def test_containers_of_texts(container):
    texts = ["Hello you", "7", "x  y"]
    words = make_words(texts=container(texts), random_state=0)
    assert words.target.tolist() == texts
    assert [len(boxes) for boxes in words.boxes] == [8, 1, 2]
    assert same(words.images, make_words(texts=texts, random_state=0).images)


def test_series_by_position():
    texts = pd.Series(["a", "B"], index=[7, 3], dtype="category")
    assert make_words(texts=texts, random_state=0).target.tolist() == ["a", "B"]


@pytest.mark.parametrize("wear", [0, 1])
def test_text_without_characters_is_paper(wear):
    words = make_words(texts=["", "   "] * 10, height=8, wear=wear, random_state=0)
    assert words.target.tolist() == ["", "   "] * 10
    assert all(boxes.shape == (0, 4) for boxes in words.boxes)
    assert all(min(image.shape) > 0 for image in words.images)
    if wear == 0:
        assert all((image == 255).all() for image in words.images)


@pytest.mark.parametrize("nothing", [{"n_samples": 0}, {"texts": []}, {"texts": np.array([])}])
def test_no_words(nothing):
    words = make_words(**nothing, random_state=0)
    assert words.images == words.boxes == []
    assert words.target.shape == (0,)
    assert words.target.dtype.kind == "U"
    images, target = make_words(**nothing, return_X_y=True, random_state=0)
    assert images == []
    assert target.shape == (0,)


def test_without_wear_black_on_white(clean):
    for image in clean.images:
        assert image.max() == 255
        assert image.min() < 30
        assert np.median(image) == 255


def test_more_wear_leaves_less_white_paper():
    white = []
    for wear in (0, 0.5, 1):
        images = make_words(60, height=30, wear=wear, random_state=0).images
        white.append(np.mean([np.median(image) == 255 for image in images]))
    assert white[0] == 1
    assert white[1] > white[2] + 0.1


def test_polarity():
    dark = make_words(20, random_state=0).images
    light = make_words(20, polarity="light", random_state=0).images
    assert same([255 - image for image in dark], light)
    assert all(np.median(image) > 100 for image in dark)
    both = make_words(40, polarity="both", wear=0, random_state=0).images
    assert 8 < sum(np.median(image) == 255 for image in both) < 32
    assert {int(np.median(image)) for image in both} == {0, 255}


def test_random_state():
    first = make_words(4, random_state=0)
    again = make_words(4, random_state=0)
    other = make_words(4, random_state=1)
    assert same(first.images, again.images)
    assert same(first.boxes, again.boxes)
    assert first.target.tolist() == again.target.tolist() != other.target.tolist()
    random = np.random.RandomState(0)
    assert same(make_words(4, random_state=random).images, first.images)
    assert not same(make_words(4, random_state=random).images, first.images)


def test_a_longer_list_begins_as_a_shorter_one():
    texts = ["one", "two", "three"]
    some = make_words(texts=texts[:2], random_state=0).images
    assert same(make_words(texts=texts, random_state=0).images[:2], some)


def test_nothing_of_the_caller_changes(bars):
    images, labels = bars[0].copy(), bars[1].copy()
    images.flags.writeable = labels.flags.writeable = False
    texts, height = ["|", "o|"], [10, 20]
    before = np.random.get_state()[1].copy(), np.random.get_state()[2]
    make_words(texts=texts, characters=(images, labels), height=height, random_state=0)
    assert (texts, height) == (["|", "o|"], [10, 20])
    assert np.array_equal(np.random.get_state()[1], before[0])
    assert np.random.get_state()[2] == before[1]


def test_an_error_leaves_the_random_state():
    random = np.random.RandomState(0)
    with pytest.raises(ValueError, match="texts"):
        make_words(texts=["!"], random_state=random)
    assert random.randint(1000) == np.random.RandomState(0).randint(1000)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("Hello", "'texts' parameter of make_words must be an array-like"),
        (["you", "a\nb"], r"texts\[1\]='a\\nb' has '\\n', of which there is no image; .*spaces"),
        (["Hello!"], r"texts\[0\]='Hello!' has '!', of which there is no image; .*ABCDEF"),
        (["a\tb"], r"has '\\t'"),
        (["é"], "has 'é'"),
        (["ab", 7], r"texts\[1\]=7 is of type int; expected str"),
        (pd.Series(["ab", None]), r"texts\[1\]=.* is of type .*; expected str"),
        ([b"ab"], r"texts\[0\]=b'ab' is of type bytes; expected str"),
        ([["ab"]], r"texts\[0\]=\['ab'\] is of type list; expected str"),
        (np.array([["ab"]]), r"texts is of type ndarray of shape \(1, 1\); expected a list"),
        (np.array("ab"), r"texts is of type ndarray of shape \(\); expected a list"),
        (pd.DataFrame({"a": ["b"]}), "texts is of type DataFrame"),
        ({"ab": 1}, "texts is of type dict; expected a list"),
        ({"ab"}, "texts is of type set; expected a list"),
    ],
)
def test_wrong_texts(texts, message):
    with pytest.raises(ValueError, match=message):
        make_words(texts=texts, random_state=0)


X = np.zeros((2, 5, 5), dtype=np.uint8)


@pytest.mark.parametrize(
    ("characters", "message"),
    [
        (X, "'characters' parameter of make_words must be an instance of 'tuple'"),
        ((X,), r"characters has 1 parts; expected two, \(X, y\)"),
        ((), "characters has 0 parts"),
        ((X, ["a"]), r"characters\[0\] holds 2 images, but characters\[1\] holds 1 labels"),
        ((X[:0], []), r"images of shape \(0, 5, 5\), uint8; expected at least one"),
        ((X[:, :0], ["a", "b"]), r"images of shape \(2, 0, 5\)"),
        ((X / 255, ["a", "b"]), r"images of shape .*, float64; expected at least one, uint8"),
        ((X[0], ["a"] * 5), r"shape \(5, 5\), uint8; .* rows of a square number of pixels"),
        ((X[..., None], ["a", "b"]), r"images of shape \(2, 5, 5, 1\)"),
        (([X[0], X[0, 1:]], ["a", "b"]), "characters has images of different sizes"),
        ((X, ["a", "bc"]), r"the label 'bc' \(of image 1, .*\); expected one character"),
        ((X, ["", "b"]), r"the label '' \(of image 0"),
        ((X, ["a", " "]), r"the label ' ' \(of image 1, .*\); .* no space"),
        ((X, [0, 10]), "the label '10'"),
        ((X, [["a"], ["b"]]), r"labels of shape \(2, 1\); expected \(n,\)"),
    ],
)
def test_wrong_characters(characters, message):
    with pytest.raises(ValueError, match=message):
        make_words(characters=characters, random_state=0)


@pytest.mark.parametrize(
    ("alphabet", "message"),
    [
        (["é", "!"], r"alphabet=\['é', '!'\] has no character of which there is an image"),
        ("greek", "alphabet='greek' is not the name of an alphabet"),
        ([], "alphabet is empty"),
        (["ab"], r"alphabet\[0\]='ab' is not a single character"),
        (None, "'alphabet' parameter"),
    ],
)
def test_wrong_alphabet(alphabet, message):
    with pytest.raises(ValueError, match=message):
        make_words(alphabet=alphabet, random_state=0)


@pytest.mark.parametrize(
    "height",
    [7, -20, np.inf, np.nan, (7, 20), (40, 20), (20,), (20, 30, 40), ("20", "30"), (20, np.inf)],
)
def test_wrong_height(height):
    with pytest.raises(ValueError, match=r"height=.*; expected a number of pixels, 8 or more"):
        make_words(height=height, random_state=0)


@pytest.mark.parametrize(
    "parameters",
    [
        {"n_samples": -1},
        {"n_samples": 2.5},
        {"height": "20"},
        {"height": None},
        {"wear": 1.1},
        {"wear": -0.1},
        {"polarity": "grey"},
        {"random_state": "0"},
        {"return_X_y": "yes"},
    ],
)
def test_wrong_parameters(parameters):
    (name,) = parameters
    with pytest.raises(ValueError, match=f"The '{name}' parameter of make_words must be"):
        make_words(**parameters)
