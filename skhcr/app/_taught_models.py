"""Models that were taught, as long as somebody may want them."""

from collections import OrderedDict
from secrets import token_urlsafe

from fastapi import HTTPException

from skhcr.app._recognition import taught

_MAX_MODELS = 16  # of three megabytes each


class TaughtModels:
    """The last models that were taught, by names that nobody guesses; in memory only."""

    def __init__(self):
        self._models = OrderedDict()

    def add(self, name, content):
        """Return the token of a new model; the oldest one goes if there are too many.

        Parameters
        ----------
        name : {"digits", "letters", "characters"}
            What it was made of.
        content : bytes
            An ONNX file.
        """
        token = token_urlsafe(16)
        self._models[token] = name, taught(name, content), content
        if len(self._models) > _MAX_MODELS:
            self._models.popitem(last=False)
        return token

    def __getitem__(self, token):
        """Return name, pipeline and file of a model."""
        try:
            return self._models[token]
        except KeyError:
            message = "The server has no such model any more; teach it again."
            raise HTTPException(404, message) from None

    def discard(self, token):
        """Forget a model, if it is there."""
        self._models.pop(token, None)
