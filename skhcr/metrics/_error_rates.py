"""character_error_rate and word_error_rate: how much of a text is to be corrected."""

import math

import numpy as np
from rapidfuzz.distance import Levenshtein

from skhcr.metrics._labels import check_as_many, check_column, check_weights


def character_error_rate(y_true, y_pred, *, sample_weight=None):
    """Compute the character error rate (CER) of texts.

    The least number of characters to insert, delete or replace to turn what was read into what is
    written (the Levenshtein distance [1]_), over all texts together, divided by the number of
    characters that are written.

    Parameters
    ----------
    y_true : array-like of str, shape (n_samples,)
        What is written: characters, words, lines or pages.
    y_pred : array-like of str, shape (n_samples,)
        What was read.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each text's edits and characters.

    Returns
    -------
    float
        0 if everything is right. It can be above 1, where more is read than is written.

    Raises
    ------
    ValueError
        If there are no texts, the lengths differ, or something is no string; a single string is
        an error too: put it into a list.

    See Also
    --------
    word_error_rate : Counts words.

    Notes
    -----
    The edits of all texts are added before they are divided, so that a long text counts more than a
    short one, and an empty true text is nothing special: what was read there counts as
    insertions. Only if all true texts are empty there is nothing to divide by: the rate is then 0
    if nothing was read, and infinite otherwise.

    Characters are Unicode code points, spaces among them, and case counts. Change both arguments
    beforehand to compare otherwise: by :meth:`str.casefold`, or by :func:`unicodedata.normalize`
    where an "é" may be one code point or two.

    References
    ----------
    .. [1] V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and
       reversals", Soviet Physics Doklady 10, 1966, 707-710.

    Examples
    --------
    >>> from skhcr.metrics import character_error_rate
    >>> character_error_rate(["hello", "world"], ["hallo", "wor1d!"])
    0.3

    For a search or a cross-validation, say that less is better:

    >>> from sklearn.metrics import make_scorer
    >>> scoring = make_scorer(character_error_rate, greater_is_better=False)
    """
    return _error_rate(y_true, y_pred, sample_weight, str)


def word_error_rate(y_true, y_pred, *, sample_weight=None):
    """Compute the word error rate (WER) of texts.

    The least number of words to insert, delete or replace to turn what was read into what is
    written, over all texts together, divided by the number of words that are written. A word is
    right or wrong: how many of its characters are wrong does not matter.

    Parameters
    ----------
    y_true : array-like of str, shape (n_samples,)
        What is written: words, lines or pages.
    y_pred : array-like of str, shape (n_samples,)
        What was read.
    sample_weight : array-like of shape (n_samples,), default=None
        The weight of each text's edits and words.

    Returns
    -------
    float
        0 if everything is right. It can be above 1, where more is read than is written.

    Raises
    ------
    ValueError
        If there are no texts, the lengths differ, or something is no string; a single string is
        an error too: put it into a list.

    See Also
    --------
    character_error_rate : Counts characters. Says what empty texts mean; here it is the same.

    Notes
    -----
    Words are what stands between white space, as of :meth:`str.split`: punctuation belongs to its
    word, how much white space there is does not matter, and case counts.

    Examples
    --------
    >>> from skhcr.metrics import word_error_rate
    >>> word_error_rate(["the quick brown fox"], ["the quick browm  fox jumps"])
    0.5
    """
    return _error_rate(y_true, y_pred, sample_weight, str.split)


def _error_rate(y_true, y_pred, sample_weight, split):
    y_true, y_pred = _check_texts("y_true", y_true), _check_texts("y_pred", y_pred)
    check_as_many(y_true, y_pred)
    weights = check_weights(sample_weight, y_true)
    true, read = [split(text) for text in y_true], [split(text) for text in y_pred]
    edits = np.array([Levenshtein.distance(*pair) for pair in zip(true, read, strict=True)])
    total_edits = float(edits @ weights)
    total_length = float(np.array([len(text) for text in true]) @ weights)
    if total_length == 0:
        return math.inf if total_edits else 0.0
    return total_edits / total_length


def _check_texts(name, texts):
    texts = check_column(name, texts).tolist()
    for text in texts:
        if not isinstance(text, str):
            raise ValueError(f"{name} holds {text!r}; expected strings.")
    return texts
