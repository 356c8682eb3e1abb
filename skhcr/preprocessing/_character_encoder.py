"""CharacterEncoder: characters to the codes of an alphabet."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import column_or_1d

from skhcr._alphabets import resolve_alphabet


class CharacterEncoder(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):
    """Encode characters as their positions in an alphabet.

    A :class:`~sklearn.preprocessing.LabelEncoder` whose order is fixed: a character keeps its
    code in every fold, file and network, also where others are missing. Like that, it encodes
    targets, `y`, and does not belong into a pipeline.

    Parameters
    ----------
    alphabet : str or sequence of str, default="characters"
        The name of an alphabet, or its characters in order. The names: "digits" (0-9),
        "uppercase" (A-Z), "lowercase" (a-z), "letters" (A-Z a-z), "characters" (0-9 A-Z a-z) and
        "emnist_balanced" (0-9 A-Z abdefghnqrt).
    one_hot : bool, default=False
        Whether a character becomes a row of zeros with a one at its code.

    Attributes
    ----------
    classes_ : ndarray of shape (n_characters,), dtype '<U1'
        The whole alphabet, in the order of the codes.

    See Also
    --------
    sklearn.preprocessing.LabelEncoder : Sorts the labels it finds.

    Notes
    -----
    The encoder is stateless: it can encode and decode without being fitted. An integer counts as
    the character that it prints as: 3 is "3", and 10 is none.

    Examples
    --------
    >>> from skhcr.preprocessing import CharacterEncoder
    >>> encoder = CharacterEncoder()
    >>> encoder.fit_transform(["0", "A", "a", "z"])
    array([ 0, 10, 36, 61])
    >>> encoder.inverse_transform([61, 10])
    array(['z', 'A'], dtype='<U1')
    """

    _parameter_constraints = {"alphabet": [str, "array-like"], "one_hot": ["boolean"]}

    def __init__(self, alphabet="characters", *, one_hot=False):
        self.alphabet = alphabet
        self.one_hot = one_hot

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, y):
        """Check the labels, and set the classes.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Characters, or integers that print as characters.

        Returns
        -------
        CharacterEncoder
            The instance itself.
        """
        classes = self._characters()
        _encode(y, classes)
        self.classes_ = classes
        return self

    def fit_transform(self, y):
        """Check the labels, set the classes, and encode.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Characters, or integers that print as characters.

        Returns
        -------
        ndarray
            As of `transform`.
        """
        return self.fit(y).transform(y)

    def transform(self, y):
        """Encode characters.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Characters, or integers that print as characters.

        Returns
        -------
        ndarray of int64, (n_samples,), or of float32, (n_samples, n_characters)
            Codes, or with `one_hot` rows of zeros with a one each.

        Raises
        ------
        ValueError
            If labels are not of the alphabet; they are listed.
        """
        self._validate_params()
        classes = self._characters()
        codes = _encode(y, classes)
        if not self.one_hot:
            return codes
        rows = np.zeros((len(codes), len(classes)), dtype=np.float32)
        rows[np.arange(len(codes)), codes] = 1
        return rows

    def inverse_transform(self, y):
        """Decode codes, or what a network predicts.

        Parameters
        ----------
        y : array-like of int, (n_samples,), or of numbers, (n_samples, n_characters)
            Codes; or one-hot rows, scores or probabilities, the largest of which counts.

        Returns
        -------
        ndarray of shape (n_samples,), dtype '<U1'
            Characters.

        Raises
        ------
        ValueError
            If a code is not of the alphabet, a row has another length, or there is NaN.
        """
        self._validate_params()
        classes = self._characters()
        y = np.asarray(y)
        n_characters = len(classes)
        if y.ndim == 2 and y.shape[1] == n_characters and y.dtype.kind in "buif":
            if np.isnan(y).any():
                raise ValueError("y holds NaN where scores of characters were expected.")
            return classes[y.argmax(axis=1)]
        if y.ndim != 1 or (y.dtype.kind not in "ui" and len(y) > 0):
            raise ValueError(
                f"y has shape {y.shape} and dtype {y.dtype}; expected integer codes, "
                f"(n_samples,), or scores, (n_samples, {n_characters})."
            )
        strange = np.unique(y[(y < 0) | (y >= n_characters)])
        if len(strange) > 0:
            raise ValueError(
                f"y holds codes that are not of the alphabet: {_listing(strange)}; expected "
                f"0 to {n_characters - 1}."
            )
        return classes[y.astype(np.intp)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.target_tags.one_d_labels = True
        return tags

    def _characters(self):
        return np.array(resolve_alphabet(self.alphabet), dtype="<U1")


def _encode(y, classes):
    labels = column_or_1d(y).astype(str)
    order = np.argsort(classes)
    places = np.searchsorted(classes, labels, sorter=order)
    codes = order[np.minimum(places, len(classes) - 1)]
    strange = np.unique(labels[classes[codes] != labels])
    if len(strange) > 0:
        raise ValueError(
            f"y holds labels that are not of the alphabet: {_listing(strange)}; expected "
            f"characters of {''.join(classes)!r}."
        )
    return codes.astype(np.int64)


def _listing(values, most=10):
    shown = ", ".join(map(repr, values[:most].tolist()))
    return shown if len(values) <= most else f"{shown} and {len(values) - most} more"
