"""Models by the names that a command is given."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from skhcr.cli._console import import_libraries

#: What a file of a whole fitted pipeline ends in.
SUFFIX = ".skhcr"

# What evaluate, export and info ask for.
Model = Annotated[
    str | None,
    typer.Argument(
        metavar="MODEL",
        help="digits, letters, characters or a .skhcr file.",
        show_default=False,
    ),
]


def load_model(model):
    """Return a fitted pipeline.

    Parameters
    ----------
    model : str
        The name of a shipped model, or a file.

    Raises
    ------
    ValueError
        If it is neither, or the file is damaged.
    OSError
        If the file cannot be read.
    """
    from skhcr._shipped import NAMES, names_or

    if model not in NAMES and Path(model).suffix != SUFFIX:
        raise ValueError(f"{model!r} is no model; expected {names_or(model, f'a {SUFFIX} file')}.")
    import_libraries()
    import skhcr

    if model in NAMES:
        # Half of what the shipped weights learned from are digits, and some letters are ten times
        # as frequent as others. Of somebody's pictures nothing of the kind is known, so that a ring
        # may as well be an O as a 0. What one has trained oneself keeps the frequencies of its
        # pictures, as these are of the kind that is to be read.
        return skhcr.load_pretrained(model).set_params(onnxclassifier__priors="uniform")
    return skhcr.load(model)


class Recogniser:
    """A fitted pipeline, split into what reads files, what finds ink, and what names it.

    Parameters
    ----------
    model : estimator

    Attributes
    ----------
    loader : ImageLoader or None
        What reads files.
    before : list of transformer
        What is done with pictures.
    finds_ink : bool
        Whether that finds the ink of a picture.
    classifier : classifier
    classes : ndarray

    Raises
    ------
    ValueError
        If it does not end in a fitted classifier with probabilities.
    """

    def __init__(self, model):
        from skhcr.preprocessing import ImageLoader, InkExtractor

        steps = steps_of(model)
        self.classifier = steps[-1]
        if not hasattr(self.classifier, "predict_proba"):
            raise ValueError(
                f"The model ends in {type(self.classifier).__name__}, which tells no "
                "probabilities; expected a fitted classifier."
            )
        self.classes = self.classifier.classes_
        has_loader = len(steps) > 1 and isinstance(steps[0], ImageLoader)
        self.loader = steps[0] if has_loader else None
        self.before = steps[has_loader:-1]
        self.finds_ink = any(isinstance(step, InkExtractor) for step in self.before)

    @contextlib.contextmanager
    def explaining(self):
        """Say of an error of a model that finds no ink that it might be for that."""
        try:
            yield
        except ValueError as error:
            if self.finds_ink:
                raise
            raise ValueError(
                f"The model does not take these pictures: {error} It has no step that finds the "
                "ink of a picture: train it behind skhcr.preprocessing.make_ink_pipeline()."
            ) from error

    def answers(self, pictures, k):
        """Return for each picture its `k` likeliest characters and their probabilities, or none."""
        import numpy as np

        images = pictures
        with self.explaining():
            for step in self.before:
                images = step.transform(images)
            probabilities = np.asarray(self.classifier.predict_proba(images))
        best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]  # (n_pictures, k)
        labels = self.classes[best].astype(str).tolist()
        probabilities = np.take_along_axis(probabilities, best, axis=1).tolist()
        # A network is sure of something on blank paper, too.
        return [
            list(zip(*answer, strict=True)) if np.any(image) or not self.finds_ink else []
            for image, *answer in zip(images, labels, probabilities, strict=True)
        ]


def steps_of(model):
    """Return the steps of a pipeline that do something, or an estimator as the only one."""
    steps = [step for _, step in model.steps] if hasattr(model, "steps") else [model]
    return [step for step in steps if step is not None and not isinstance(step, str)]
