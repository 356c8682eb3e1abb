"""What a reader learns from: which ink is which character of a text."""

import numpy as np

from skhcr._alphabets import CHARACTERS
from skhcr.datasets import load_characters
from skhcr.reading._decode import skip_scores, wholeness
from skhcr.reading._lexicon import Lexicon, align, readable, symbol_scores

_N_KNOWN = 5  # bundled images of each class that a classifier is not to forget
_ALIGNED = 1.0  # odds, of being whole and this character, from which one is learnt from


def align_line(line, text, begin=0):
    """Return pairs of a segment and a character, as the text has it, from a part on."""
    names = line.classes.tolist()
    lexicon = Lexicon([text], names)
    if not lexicon.entries:
        return []
    codes = lexicon.codes[0]
    scores = symbol_scores(wholeness(line.whole), np.log(line.characters), lexicon.members)
    _, pairs = align(
        codes, line.lattice, begin, line.lattice.n_parts, scores, skip_scores(line.lattice)
    )
    plain = readable(text, names)
    return [(k, plain[j]) for k, j in pairs if np.exp(scores[k, codes[j]]) > _ALIGNED]


def with_known(classifier, ink, labels):
    """Return ink and labels, as the classes of a fitted classifier, with some of each of these."""
    if not hasattr(classifier, "classes_"):
        return ink, labels
    classes = {str(name): name for name in np.asarray(classifier.classes_).tolist()}
    images, characters = load_characters(return_X_y=True)
    some = slice(_N_KNOWN * len(CHARACTERS))  # each of them as often
    ink = [*ink, *images[some].reshape(-1, 28, 28)]
    kept, known = [], []
    for one, label in zip(ink, [*labels, *characters[some]], strict=True):
        name = label if label in classes else label.swapcase()
        if name in classes:
            kept.append(one)
            known.append(classes[name])
    return kept, np.array(known)


def frequencies(texts, names):
    """Return how frequent classes are, in either case, if each of them is seen once more."""
    folded = "".join(texts).casefold()
    counts = np.array([folded.count(name.casefold()) + 1.0 for name in names])
    return counts / counts.sum()
