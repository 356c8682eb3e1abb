"""Find what is printed on a form, before what is written there."""

import itertools

import numpy as np

from skhcr.reading._decode import skip_scores, wholeness
from skhcr.reading._lexicon import Lexicon, align, symbol_scores
from skhcr.reading._strips import SIZE

_WEIGHT = 1.5  # what form text is given for each of its characters, as a log-probability
_N_BEFORE = 5  # characters that may stand before it: dirt, and what the picture's edge cuts off
_NARROW, _LOW = 0.45 * SIZE, 0.72 * SIZE  # a colon, and no I
_DIRT = 0.9  # mean probability of being whole under which what stands before is no word
_APART = 1.6  # of the widest gap in it, from another word
_GAP = 0.3 * SIZE  # at least, between form text and handwriting


class FormText:
    """The texts that are printed on a form.

    Parameters
    ----------
    phrases : sequence of str or None
    """

    def __init__(self, phrases):
        if isinstance(phrases, str):
            raise ValueError(f"form_text={phrases!r:.100} is one string; expected a list of them.")
        phrases = [] if phrases is None else list(phrases)
        for position, phrase in enumerate(phrases):
            if not isinstance(phrase, str):
                raise ValueError(f"form_text[{position}] is {phrase!r:.50}; expected a string.")
        self._phrases = phrases
        self._lexicon = None

    def end(self, line):
        """Return the part of a line from which on it is handwriting.

        Parameters
        ----------
        line : SegmentedLine

        Returns
        -------
        int
            0 if nothing of the form is on the line.
        """
        if not self._phrases:
            return 0
        if self._lexicon is None:
            self._lexicon = Lexicon(self._phrases, line.classes.tolist())
        segments, chosen = line.lattice.segments, line.chosen
        whole = wholeness(line.whole)
        scores = symbol_scores(whole, np.log(line.characters), self._lexicon.members)
        skips = skip_scores(line.lattice)
        free = (whole + np.log(line.characters.max(axis=1)))[chosen]
        boxes = [segments[k].box for k in chosen]
        best, end, has_mark = 0.0, None, False
        for phrase, codes in zip(self._lexicon.entries, self._lexicon.codes, strict=True):
            n = len(codes)
            for i in range(min(len(chosen), _N_BEFORE + 1)):
                for j in range(i + max(0, n - 2), min(len(chosen), i + n + 2)):
                    if not _stands_apart(boxes, line.whole[chosen], i, j):
                        continue
                    start, stop = segments[chosen[i]].start, segments[chosen[j]].stop
                    score, _ = align(codes, line.lattice, start, stop, scores, skips)
                    gain = score - free[i : j + 1].sum() + _WEIGHT * n
                    if gain > best:
                        best, end, has_mark = gain, j, not phrase.rstrip()[-1].isalnum()
        if end is None:
            return 0
        end += 1
        if has_mark and end < len(chosen):
            left, top, right, bottom = boxes[end]
            end += right - left <= _NARROW and bottom - top <= _LOW
        return segments[chosen[end]].start if end < len(chosen) else line.lattice.n_parts


def _stands_apart(boxes, whole, i, j):
    """Tell whether there is more paper around characters `i` to `j` than between them."""
    gaps = [after[0] - before[2] for before, after in itertools.pairwise(boxes)]
    within = max([_GAP, *gaps[i:j]])
    if j + 1 < len(boxes) and gaps[j] < within:
        return False
    # Dirt may stand close before them, another word only further off.
    return i == 0 or whole[:i].mean() < _DIRT or gaps[i - 1] >= _APART * within
