"""Read one line: its words, in one alphabet, with or without a lexicon."""

import numpy as np

from skhcr._alphabets import resolve_alphabet
from skhcr.reading._decode import WordKinds, skip_scores, wholeness
from skhcr.reading._form_text import FormText
from skhcr.reading._lexicon import Lexicon, align, symbol_scores
from skhcr.reading._page import Character, Word

_N_ALTERNATIVES = 5


class LineReading:
    """Reads lines in one alphabet and with one lexicon.

    Parameters
    ----------
    names : sequence of str
        What the classifier tells apart.
    alphabet : str, sequence of str or None
        What may be written.
    entries : list of str or None
        The lexicon.
    lexicon_weight : float
        What an entry gains for each of its characters, as a log-probability.
    form_text : sequence of str or None
        What is printed on the form.
    prior : ndarray of float64, (n_classes,), or None
        How frequent the characters are; None for all alike.
    """

    def __init__(self, names, alphabet, entries, lexicon_weight, form_text, prior):
        written = _written(names, alphabet)
        self.kept = np.array([k for k, text in enumerate(written) if text is not None])
        self.texts = [written[k] for k in self.kept]
        kept_names = [names[k] for k in self.kept]
        self.kinds = WordKinds(kept_names)
        self.lexicon = None if entries is None else Lexicon(entries, kept_names)
        self.lexicon_weight, self.form_text = lexicon_weight, FormText(form_text)
        self.prior = 0.0
        if prior is not None:
            self.prior = np.log(prior[self.kept] / prior[self.kept].mean())

    def read(self, line, log_characters):
        """Return the words of a line.

        Parameters
        ----------
        line : SegmentedLine
        log_characters : ndarray of float64, (n_segments, n_classes)
            Logarithms of the classifier's probabilities.

        Returns
        -------
        list of Word
        """
        log = log_characters[:, self.kept] + self.prior
        log = log - np.log(np.exp(log).sum(axis=1, keepdims=True))
        whole = wholeness(line.whole)
        skips = skip_scores(line.lattice)
        scores = whole[:, np.newaxis] + log
        words = []
        for start, stop in line.words(self.form_text.end(line)):
            path, priors = self.kinds.best_path(line.lattice.segments, start, stop, scores, skips)
            if path.segments:
                word = self._word(line, log, path, priors)
                words.append((word, start, stop, path))
        if self.lexicon is not None and words:
            return self._with_lexicon(line, words, whole, log, skips)
        return [word for word, *_ in words]

    def _word(self, line, log, path, priors):
        """Return a path as a word."""
        characters = []
        for position, (k, code) in enumerate(zip(path.segments, path.codes, strict=True)):
            prior = priors[0 if position == 0 else 1]
            characters.append(self._character(line, log[k] + prior, k, code))
        text = "".join(character.text for character in characters)
        probability = float(np.prod([character.probability for character in characters]))
        return Word(line.box(path.segments), tuple(characters), text, probability)

    def _character(self, line, log, k, code):
        """Return a segment as a character, and what else it may be."""
        probabilities = np.exp(log - log.max())
        probabilities /= probabilities.sum()
        by_text = {}
        for text, probability in zip(self.texts, probabilities, strict=True):
            by_text[text] = by_text.get(text, 0.0) + float(probability)
        text = self.texts[code]
        own = by_text.pop(text)
        others = sorted(by_text.items(), key=lambda pair: -pair[1])[:_N_ALTERNATIVES]
        whole = float(line.whole[k])
        return Character(line.box([k]), text, whole * own, tuple((t, whole * p) for t, p in others))

    def _with_lexicon(self, line, words, whole, log, skips):
        """Return words, with entries of the lexicon in the place of what looks like them."""
        scores = symbol_scores(whole, log, self.lexicon.members)
        start, stop = words[0][1], words[-1][2]
        alone = []
        for word, first, last, path in words:
            index, score = self.lexicon.best(line.lattice, first, last, scores, skips, word.text)
            gain = score - path.score + self._bonus(index)
            alone.append((gain, index, first, last, word, path))
        if len(words) > 1:
            read = "".join(word.text for word, *_ in words)
            index, score = self.lexicon.best(line.lattice, start, stop, scores, skips, read)
            gain = score - sum(path.score for *_, path in words) + self._bonus(index)
            if gain > 0 and gain > sum(max(0, one[0]) for one in alone):
                return [self._entry(line, index, start, stop, scores, log, skips)]
        return [
            self._entry(line, index, first, last, scores, log, skips) if gain > 0 else word
            for gain, index, first, last, word, _ in alone
        ]

    def _bonus(self, index):
        """Return what an entry gains for being one."""
        if index is None:
            return -np.inf
        return self.lexicon_weight * len(self.lexicon.codes[index])

    def _entry(self, line, index, start, stop, scores, log, skips):
        """Return an entry as a word, with the characters that it was found as."""
        codes = self.lexicon.codes[index]
        _, pairs = align(codes, line.lattice, start, stop, scores, skips)
        characters = []
        for k, position in pairs:
            members = self.lexicon.members[codes[position]]
            probability = float(line.whole[k] * np.exp(log[k])[members].sum())
            best = self._character(
                line, log[k], k, int(np.where(members, log[k], -np.inf).argmax())
            )
            characters.append(Character(best.box, best.text, probability, best.alternatives))
        probability = float(np.prod([character.probability for character in characters]))
        boxes = [k for k, _ in pairs] or line.chosen
        return Word(
            line.box(boxes), tuple(characters), self.lexicon.entries[index], probability, True
        )


def _written(names, alphabet):
    """Return what is written for each class; None for what the alphabet has not."""
    if alphabet is None:
        return list(names)
    allowed = set(resolve_alphabet(alphabet))
    written = [
        name if name in allowed else name.swapcase() if name.swapcase() in allowed else None
        for name in names
    ]
    if not any(text is not None for text in written):
        raise ValueError(
            f"alphabet={alphabet!r:.100} has nothing that the classifier tells apart; its classes "
            f"are {list(names)!r:.200}."
        )
    return written
