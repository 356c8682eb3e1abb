"""load_pretrained: from the package's own weights to a pipeline that reads."""

import numpy as np
from sklearn.pipeline import make_pipeline

from skhcr import classifiers
from skhcr._shipped import read_shipped, shipped_path
from skhcr.preprocessing import make_ink_pipeline
from skhcr.runtime import OnnxClassifier

#: How characters are placed, and which classifier learns more of them.
_MODELS = {
    "digits": ("mass", "DigitClassifier"),
    "letters": ("box", "CNNClassifier"),
    "characters": ("box", "CharacterClassifier"),
}


def load_pretrained(name, *, trainable=False):
    """Load a pipeline that reads pictures of single characters, fitted with shipped weights.

    It takes what :class:`~skhcr.preprocessing.ImageLoader` takes (files, bytes, PIL images,
    arrays), finds the ink, and tells which character it is. Nothing is downloaded, and without
    `trainable` neither TensorFlow nor Keras is imported.

    Parameters
    ----------
    name : {"digits", "letters", "characters"}
        What can stand in the pictures:

        - "digits": 0 to 9; the labels are integers;
        - "letters": the 26 letters, capital or small; the labels are capitals;
        - "characters": 0-9, A-Z and a-z, 62 strings. Who knows that there are only digits, or only
          letters, does better with these: nobody can tell a lone o from O and 0.
    trainable : bool, default=False
        Whether the last step is a Keras-backed classifier with the same weights, which `fit`,
        from these weights on, trains on pictures of your own; see `initial_weights` of
        :class:`~skhcr.classifiers.CNNClassifier`. Otherwise `fit` learns nothing.

    Returns
    -------
    sklearn.pipeline.Pipeline
        A fitted pipeline: the steps of :func:`~skhcr.preprocessing.make_ink_pipeline`, and an
        :class:`~skhcr.runtime.OnnxClassifier`, whose `card_` says what the weights were
        trained on, how well they read, and what they are not for. With `trainable`, a
        :class:`~skhcr.classifiers.DigitClassifier`, :class:`~skhcr.classifiers.CNNClassifier` or
        :class:`~skhcr.classifiers.CharacterClassifier` instead.

    Raises
    ------
    ValueError
        If there is no model of that name, or its file is damaged.
    FileNotFoundError
        If its file is missing.

    See Also
    --------
    skhcr.preprocessing.make_ink_pipeline : What happens to a picture before it is classified.

    Examples
    --------
    >>> import skhcr
    >>> from skhcr.datasets import load_digits
    >>> digits = load_digits()
    >>> reader = skhcr.load_pretrained("digits")
    >>> reader.predict(digits.images[:5])
    array([...])
    """
    read_shipped(name)  # so that what is not as it was shipped is an error now
    placed_by, learner = _MODELS[name]
    if trainable:
        classifier = getattr(classifiers, learner)._from_initial_weights(name)
    else:
        classifier = OnnxClassifier(shipped_path(name))
    # Fitted on a picture, so that one grey photo is not taken for many pictures of one row.
    ink = make_ink_pipeline(by=placed_by).fit(np.zeros((1, 28, 28), dtype=np.uint8))
    return make_pipeline(*[step for _, step in ink.steps], classifier)
