"""Known texts: which of them a line or a word is."""

import os
import unicodedata
from pathlib import Path

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from skhcr.reading._lattice import ending_at

_FLOOR = -9.0  # log-probability of a character that a segment does not look like at all
_MISSING = -8.0  # a character of the entry that is not in the picture
_EXTRA = -8.0  # a segment that the entry has no character for
_N_MISSING = 4  # characters that an entry may have more than its picture has parts
_N_ALIGNED = 1000  # entries that are held against a picture; the nearest of more


class Lexicon:
    """Entries, and how they are written with the classes of a recogniser.

    Parameters
    ----------
    entries : list of str
        Each once.
    classes : sequence of str
        What the recogniser tells apart. Case does not count; accents are left out; what no
        class stands for, spaces and hyphens among it, is in the picture or not.
    """

    def __init__(self, entries, classes):
        symbols = sorted({name.casefold() for name in classes})
        known = {symbol: k for k, symbol in enumerate(symbols)}
        #: Which classes stand for a symbol, (n_symbols, n_classes).
        self.members = np.array([[name.casefold() == s for name in classes] for s in symbols])
        spelled = [_spell(entry, known) for entry in entries]
        kept = [k for k, codes in enumerate(spelled) if codes]
        self.entries = [entries[k] for k in kept]
        self.codes = [spelled[k] for k in kept]
        self._plain = ["".join(symbols[code] for code in codes) for codes in self.codes]

    def best(self, lattice, start, stop, scores, skips, read):
        """Return the entry that parts `start` to `stop` look most like.

        Parameters
        ----------
        lattice : Lattice
        start, stop : int
        scores : ndarray of float64, (n_segments, n_symbols)
            What each segment adds if it is a symbol, see `symbol_scores`.
        skips : ndarray of float64, (n_parts,)
        read : str
            What is read without a lexicon.

        Returns
        -------
        index : int or None
            Of the entry; None if there is none.
        score : float
        """
        # A longer entry would lack more characters than it could gain.
        longest = stop - start + _N_MISSING
        some = [k for k in self._nearest(read) if len(self.codes[k]) <= longest]
        if not some:
            return None, -np.inf
        totals = _align_all([self.codes[k] for k in some], lattice, start, stop, scores, skips)
        best = int(totals.argmax())
        return some[best], float(totals[best])

    def _nearest(self, read):
        if len(self.entries) <= _N_ALIGNED:
            return range(len(self.entries))
        found = process.extract(
            read.casefold(), self._plain, scorer=Levenshtein.distance, limit=_N_ALIGNED
        )
        return [index for _, _, index in found]


def symbol_scores(whole, log_characters, members):
    """Return what each segment adds if it is a symbol, in either case.

    Parameters
    ----------
    whole : ndarray of float64, (n_segments,)
        What a segment adds for being a character.
    log_characters : ndarray of float64, (n_segments, n_classes)
    members : ndarray of bool, (n_symbols, n_classes)

    Returns
    -------
    ndarray of float64, (n_segments, n_symbols)
    """
    probabilities = np.exp(log_characters) @ members.T
    floor = np.exp(_FLOOR)
    return whole[:, np.newaxis] + np.log(np.maximum(probabilities, floor))


def align(codes, lattice, start, stop, scores, skips):
    """Return which segment each symbol of a text is.

    Parameters
    ----------
    codes : list of int
        The symbols of the text.
    lattice, start, stop, scores, skips
        As for :meth:`Lexicon.best`.

    Returns
    -------
    score : float
    pairs : list of (int, int)
        Segments, and positions in `codes`; a symbol that is not there has none, a segment that
        is no symbol of the text is left out.
    """
    n = len(codes)
    ending = ending_at(lattice.segments, start, stop)
    best = {(start, 0): (0.0, None, None)}

    def offer(state, score, before, segment):
        if state not in best or score > best[state][0]:
            best[state] = score, before, segment

    for part in range(start, stop + 1):
        if part > start:
            for j in range(n + 1):
                if (part - 1, j) in best:
                    before = part - 1, j
                    offer((part, j), best[before][0] + skips[part - 1], before, None)
                for k in ending.get(part, ()):
                    begin = lattice.segments[k].start
                    if (begin, j) in best:
                        extra = best[begin, j][0] + _EXTRA + min(0.0, _of_any(scores, k))
                        offer((part, j), extra, (begin, j), None)
                    if j and (begin, j - 1) in best:
                        before = begin, j - 1
                        offer((part, j), best[before][0] + scores[k, codes[j - 1]], before, k)
        for j in range(1, n + 1):
            if (part, j - 1) in best:
                before = part, j - 1
                offer((part, j), best[before][0] + _MISSING, before, None)
    state, pairs = (stop, n), []
    score = best[state][0]
    while state is not None:
        _, before, segment = best[state]
        if segment is not None:
            pairs.append((segment, state[1] - 1))
        state = before
    return score, pairs[::-1]


def _align_all(all_codes, lattice, start, stop, scores, skips):
    """Return the score of each text, as `align` does."""
    lengths = np.array([len(codes) for codes in all_codes])
    padded = np.zeros((len(all_codes), lengths.max()), np.intp)
    for row, codes in zip(padded, all_codes, strict=True):
        row[: len(codes)] = codes
    ending = ending_at(lattice.segments, start, stop)
    tables = {}
    for part in range(start, stop + 1):
        table = np.full((len(padded), padded.shape[1] + 1), -np.inf)
        if part == start:
            table[:, 0] = 0
        else:
            np.maximum(table, tables[part - 1] + skips[part - 1], out=table)
        for k in ending.get(part, ()):
            before = tables[lattice.segments[k].start]
            np.maximum(table, before + _EXTRA + min(0.0, _of_any(scores, k)), out=table)
            read = before[:, :-1] + scores[k][padded]
            np.maximum(table[:, 1:], read, out=table[:, 1:])
        for j in range(1, table.shape[1]):
            np.maximum(table[:, j], table[:, j - 1] + _MISSING, out=table[:, j])
        tables[part] = table
    return tables[stop][np.arange(len(padded)), lengths]


def _of_any(scores, k):
    return float(scores[k].max())


def readable(text, names):
    """Return a text's characters that some class stands for, in either case, without accents."""
    known = {name.casefold() for name in names}
    characters = []
    for character in unicodedata.normalize("NFC", text):
        own = character.casefold() in known
        characters += character if own else unicodedata.normalize("NFKD", character)
    return "".join(c for c in characters if c.casefold() in known)


def _spell(entry, known):
    """Return the codes of an entry's characters."""
    return [known[character.casefold()] for character in readable(entry, known)]


def resolve_lexicon(lexicon):
    """Return the entries of a lexicon, each once, in their order.

    Parameters
    ----------
    lexicon : path, or sequence of str
        The texts, or a text file with one on each line.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If there is no entry, or one is no string.
    FileNotFoundError
        If there is no such file.
    """
    if hasattr(lexicon, "columns"):
        raise ValueError(
            f"lexicon is a table with the columns {list(lexicon.columns)!r:.200}; expected one "
            "column of it: table['name']."
        )
    if isinstance(lexicon, str) and not lexicon.strip():
        raise ValueError("lexicon is an empty string; expected a path, or a list of texts.")
    if isinstance(lexicon, (str, os.PathLike)):
        entries = _read_entries(Path(lexicon))
        name = f"lexicon, the file {str(lexicon)!r:.300},"
    else:
        entries, name = list(lexicon), "lexicon"
    for position, entry in enumerate(entries):
        if not isinstance(entry, str):
            raise ValueError(
                f"lexicon[{position}] is {entry!r:.50}, of type {type(entry).__name__}; expected "
                "a string."
            )
    if isinstance(lexicon, (set, frozenset)):
        entries.sort()  # so that the order does not change from run to run
    entries = [" ".join(entry.split()) for entry in entries]
    entries = list(dict.fromkeys(str(entry) for entry in entries if entry))
    if not entries:
        raise ValueError(f"{name} is empty; expected at least one text, or None for no lexicon.")
    return entries


def _read_entries(path):
    if path.suffix.lower() == ".csv":
        raise ValueError(
            f"lexicon={str(path)!r:.300} is a CSV file; expected one column of it: "
            "pandas.read_csv(path)['name'], or a text file with one text on each line."
        )
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # of what can be no path: too long, or with a null
        is_file = False
    if not is_file:
        raise FileNotFoundError(
            f"lexicon={str(path)!r:.300} is no file; expected a text file with one text on each "
            "line, or a list of texts."
        )
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"lexicon, the file {str(path)!r:.300}, is not UTF-8: {error}.") from error
