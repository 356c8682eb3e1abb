"""From a lattice to characters: which segments, and which character each of them is."""

from dataclasses import dataclass

import numpy as np

from skhcr.reading._lattice import ending_at
from skhcr.reading._strips import SIZE

_SKIP_SMALL = -3.0  # log-odds: leaving out a speck
_SKIP = -9.0  # leaving out what is as large as a character
_SMALL = 0.42 * SIZE
#: How odd a character is in a word that is else of one kind, as a log-probability.
_ODD_CASE, _ODD_DIGIT, _DOTTED = -3.5, -4.0, -0.7
_MIXED = -1.3  # for each character of a word of which anything is to be expected
#: Paper between words, in heights of a capital, beside `gap` times what is usual in the line.
_LEAST_GAP = 0.35
_LONG_STEP = 1.35  # from middle to middle, of what is usual in the line
_USUAL_GAP, _USUAL_STEP = 0.6, 1.2  # at most, where a line has but three characters


@dataclass
class Path:
    """Segments of a lattice, one after the other.

    Attributes
    ----------
    score : float
    segments : list of int
        Positions in the lattice's list of segments.
    codes : list of int
        Which class each of them is.
    """

    score: float
    segments: list
    codes: list


def wholeness(whole):
    """Return what a segment adds to a path: the log-odds that it is one whole character.

    Odds, as a path says of each segment that it is a character and of others that they are none:
    with probabilities alone, few long segments would always win over many short ones.
    """
    return np.log(whole) - np.log1p(-whole)


def skip_scores(lattice):
    """Return what leaving out each part costs, (n_parts,)."""
    scores = np.full(lattice.n_parts, _SKIP)
    for segment in lattice.segments:
        left, top, right, bottom = segment.box
        if segment.stop == segment.start + 1 and max(right - left, bottom - top) < _SMALL:
            scores[segment.start] = _SKIP_SMALL
    return scores


def best_path(segments, start, stop, scores, skips, first=None):
    """Return the best path from part `start` to part `stop`.

    Parameters
    ----------
    segments : list of Segment
    start, stop : int
    scores : ndarray of float64, (n_segments, n_classes)
        What each segment adds if it is each of the classes.
    skips : ndarray of float64, (n_parts,)
        What leaving out a part adds.
    first : ndarray of float64, (n_segments, n_classes), default=None
        The same as `scores` for the first segment of a path.

    Returns
    -------
    Path
    """
    first = scores if first is None else first
    tables = [(table.argmax(axis=1), table.max(axis=1)) for table in (scores, first)]
    ending = ending_at(segments, start, stop)
    # Of a path to each part: whether it has a segment yet, and how it came there.
    best = {(start, False): (0.0, None, None)}
    for part in range(start + 1, stop + 1):
        for begun in (False, True):
            options = []
            before = best.get((part - 1, begun))
            if before is not None:
                options.append((before[0] + skips[part - 1], (part - 1, begun), None))
            if begun:
                for k in ending.get(part, ()):
                    for was in (False, True):
                        before = best.get((segments[k].start, was))
                        if before is not None:
                            gain = tables[0 if was else 1][1][k]
                            options.append((before[0] + gain, (segments[k].start, was), k))
            if options:
                best[part, begun] = max(options, key=lambda option: option[0])
    end = max(
        (state for state in ((stop, False), (stop, True)) if state in best),
        key=lambda state: best[state][0],
    )
    score, chosen, codes = best[end][0], [], []
    while best[end][1] is not None:
        _, before, k = best[end]
        if k is not None:
            chosen.append(k)
            codes.append(int(tables[0 if before[1] else 1][0][k]))
        end = before
    return Path(score, chosen[::-1], codes[::-1])


class WordKinds:
    """What words are like: in one case, with a capital first, numbers, or anything.

    Parameters
    ----------
    classes : sequence of str
    """

    def __init__(self, classes):
        is_digit = np.array([c.isdigit() for c in classes])
        is_lower = np.array([c.islower() for c in classes])
        is_upper = ~is_digit & ~is_lower
        dotted = np.array([c in "ij" for c in classes])

        def odd(*kinds):
            prior = np.zeros(len(classes))
            for mask, penalty in kinds:
                prior[mask] = penalty
            return prior

        # Many write their capital I with a dot.
        capitals = odd((is_lower, _ODD_CASE), (is_digit, _ODD_DIGIT), (dotted, _DOTTED))
        small = odd((is_upper, _ODD_CASE), (is_digit, _ODD_DIGIT))
        digits = odd((~is_digit, _ODD_DIGIT))
        anything = np.full(len(classes), _MIXED)
        initial = odd((is_lower, _ODD_CASE), (is_digit, _ODD_DIGIT))
        #: (of the first character, of the others, of the word), as log-probabilities.
        self.kinds = [
            (capitals, capitals, 0.0),
            (small, small, 0.0),
            (initial, small, -0.5),
            (digits, digits, 0.0),
            (anything, anything, -1.0),
        ]

    def best_path(self, segments, start, stop, scores, skips):
        """Return the best path of any kind, and what its kind says of its characters.

        Returns
        -------
        path : Path
        priors : (ndarray, ndarray)
            Log-probabilities of the classes: of the first character, and of the others.
        """
        best = None
        for first, rest, of_word in self.kinds:
            path = best_path(segments, start, stop, scores + rest, skips, scores + first)
            path.score += of_word
            if best is None or path.score > best[0].score:
                best = path, (first, rest)
        return best


def split_words(boxes, gap):
    """Return where words begin, given the boxes of a line's characters in its strip.

    Parameters
    ----------
    boxes : list of (left, top, right, bottom)
    gap : float
        How much wider than the usual paper between characters that between words is.

    Returns
    -------
    list of int
        Positions in `boxes`; the first is 0.
    """
    if not boxes:
        return []
    lefts, rights = np.array([box[0] for box in boxes]), np.array([box[2] for box in boxes])
    gaps = (lefts[1:] - np.maximum.accumulate(rights)[:-1]) / SIZE
    middles = (lefts + rights) / 2
    steps = np.diff(middles) / SIZE
    usual = float(np.median(np.maximum(gaps, 0))) if len(gaps) else 0.0
    step = float(np.median(steps)) if len(gaps) else 0.0
    if len(gaps) < 3:  # of so few, the one between words may be the usual one
        usual, step = min(usual, _USUAL_GAP), min(step, _USUAL_STEP)
    # Narrow letters in wide places have wide gaps, but no longer steps.
    wide = (gaps > _LEAST_GAP + gap * usual) & (steps > _LONG_STEP * step)
    return [0, *(np.flatnonzero(wide) + 1).tolist()]
