"""Which of the segments of a line are its characters, and where its words begin."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skhcr.reading._decode import WordKinds, best_path, skip_scores, split_words, wholeness
from skhcr.reading._lattice import Lattice, Segment

CLASSES = [*"0123456789", *map(chr, range(65, 91)), *map(chr, range(97, 123))]


def chain(n_parts, longest=3):
    """All segments of up to so many parts."""
    return [
        Segment(start, stop, (10 * start, 0, 10 * stop, 20))
        for start in range(n_parts)
        for stop in range(start + 1, min(start + longest, n_parts) + 1)
    ]


def ways(segments, start, stop):
    """Yield every way to go from a part to another: the segments, None for a part left out."""
    if start == stop:
        yield []
        return
    for rest in ways(segments, start + 1, stop):
        yield [None, *rest]
    for k, segment in enumerate(segments):
        if segment.start == start and segment.stop <= stop:
            for rest in ways(segments, segment.stop, stop):
                yield [k, *rest]


def total(way, start, segments, scores, skips, first):
    part, value, table = start, 0.0, first
    for k in way:
        value += skips[part] if k is None else table[k].max()
        part = part + 1 if k is None else segments[k].stop
        table = table if k is None else scores
    return value


@pytest.mark.parametrize("seed", range(10))
def test_the_best_path_is_the_best_of_all(seed):
    random = np.random.default_rng(seed)
    segments = chain(6)
    scores, first = random.normal(-1, 3, (2, len(segments), 4))
    skips = random.normal(-4, 2, 6)
    for start, stop in ((0, 6), (1, 5), (2, 3)):
        path = best_path(segments, start, stop, scores, skips, first)
        values = [
            total(way, start, segments, scores, skips, first) for way in ways(segments, start, stop)
        ]
        assert_allclose(path.score, max(values))
        assert_allclose(path.score, _score_of(path, start, stop, segments, scores, skips, first))
        assert path.codes[1:] == scores[path.segments[1:]].argmax(axis=1).tolist()
        if path.segments:
            assert path.codes[0] == first[path.segments[0]].argmax()


def _score_of(path, start, stop, segments, scores, skips, first):
    covered, value, table = set(), 0.0, first
    for k, code in zip(path.segments, path.codes, strict=True):
        value, table = value + table[k, code], scores
        parts = set(range(segments[k].start, segments[k].stop))
        assert not parts & covered
        covered |= parts
    return value + sum(skips[part] for part in range(start, stop) if part not in covered)


def test_where_all_is_unlikely_nothing_is_read():
    segments = chain(3)
    path = best_path(segments, 0, 3, np.full((len(segments), 2), -50.0), np.full(3, -1.0))
    assert (path.segments, path.codes, path.score) == ([], [], -3.0)
    path = best_path([], 0, 2, np.zeros((0, 2)), np.full(2, -1.0))
    assert (path.segments, path.score) == ([], -2.0)


def test_wholeness_is_above_0_from_a_half_on():
    values = wholeness(np.array([1e-6, 0.3, 0.5, 0.7, 1 - 1e-6]))
    assert_allclose(values, -values[::-1], atol=1e-9)  # 0 in the middle but for rounding
    assert (np.diff(values) > 0).all()
    assert values[2] == 0


def test_specks_are_left_out_sooner_than_what_is_as_large_as_a_character():
    boxes = [(0, 30, 3, 33), (10, 16, 28, 40), (30, 16, 32, 40)]
    segments = [Segment(k, k + 1, box) for k, box in enumerate(boxes)]
    segments.append(Segment(0, 2, (0, 16, 28, 40)))
    skips = skip_scores(Lattice(None, None, 3, segments))
    assert skips.shape == (3,)
    assert skips[0] > skips[1] == skips[2]
    assert (skips < 0).all()


def decoded(looks_like, classes=CLASSES):
    """Return what is read, of characters that look like some classes, the likeliest first."""
    log = np.full((len(looks_like), len(classes)), -9.0)
    for row, options in zip(log, looks_like, strict=True):
        for rank, option in enumerate(options):
            row[classes.index(option)] = -0.5 - 0.4 * rank
    segments = chain(len(looks_like), longest=1)
    kinds, skips = WordKinds(classes), np.full(len(looks_like), -30.0)
    path, _ = kinds.best_path(segments, 0, len(looks_like), log, skips)
    return "".join(classes[code] for code in path.codes)


@pytest.mark.parametrize(
    ("looks_like", "expected"),
    [
        (["2", "O0o", "O0o", "7"], "2007"),
        (["l1I", "9", "Il1", "7"], "1917"),
        (["F", "0Oo", "0oO", "T"], "FOOT"),
        (["f", "0Oo", "0Oo", "t"], "foot"),
        (["F", "0Oo", "Oo0", "t"], "Foot"),
        (["L", "i", "1l", "I1l", "e"], "Lille"),
        (["S5s", "Cc", "o0O", "t", "t"], "Scott"),
        (["5S", "4", "S5", "l1"], "5451"),
        (["A", "B", "1"], "AB1"),
        (["x"], "x"),
        (["O0"], "O"),
    ],
)
def test_context_decides_between_what_looks_alike(looks_like, expected):
    assert decoded(looks_like) == expected


def test_what_is_clear_stays_whatever_the_word_is_like():
    for text in ("iPad", "McKay", "A4b", "x2Y", "abC9"):
        assert decoded(list(text)) == text


@pytest.mark.parametrize(
    "classes", [list("0123456789"), list("abc"), list("ABC"), ["A"], ["\u00e9", "7"]]
)
def test_classes_of_one_kind(classes):
    assert decoded([classes[0], classes[-1]], classes) == classes[0] + classes[-1]


def boxes_of(gaps, width=14):
    left, boxes = 8.0, []
    for gap in [0, *gaps]:
        left += gap
        boxes.append((left, 16, left + width, 40))
        left += width
    return boxes


@pytest.mark.parametrize(
    ("gaps", "begins"),
    [
        ([], [0]),
        ([5], [0]),
        ([60], [0, 1]),
        ([4, 5, 4, 5], [0]),
        ([4, 5, 40, 5], [0, 3]),
        ([-3, -2, 25, -3, 30, -2], [0, 3, 5]),
        ([15, 16, 15, 14], [0]),
        ([15, 80, 14, 15], [0, 2]),
        ([60, 60], [0, 1, 2]),
    ],
)
def test_words_begin_at_wide_gaps(gaps, begins):
    assert split_words(boxes_of(gaps), 2.0) == begins


def test_wider_words_with_a_larger_gap():
    boxes = boxes_of([5, 6, 20, 5, 45, 6])
    n_words = [len(split_words(boxes, gap)) for gap in (0, 2, 5, 100)]
    assert n_words == sorted(n_words, reverse=True)
    assert n_words[-1] == 1
    assert split_words([], 2.0) == []


def test_a_gap_begins_behind_all_that_stands_before_it():
    # A long stroke under the next letters, as of a T.
    boxes = [(0, 16, 60, 40), (20, 20, 30, 40), (64, 16, 75, 40)]
    assert split_words(boxes, 2.0) == [0]
