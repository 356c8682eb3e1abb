"""LiveTrainingHistory: loss and score while a fit runs."""

import io
import math
import sys
import time
import weakref

import keras

from skhcr.inspection._training_history_display import TrainingHistoryDisplay

# What was shown of models that are still there. A series of `partial_fit` has a new callback each
# time: the model is all that its calls have in common.
_SHOWN = weakref.WeakKeyDictionary()


class LiveTrainingHistory(keras.callbacks.Callback):
    """A callback that shows loss and score while a network trains.

    After an epoch it draws the picture of :class:`TrainingHistoryDisplay` anew: in a notebook below
    the cell, in a window where matplotlib has one; elsewhere it keeps the figure for
    `matplotlib.pyplot.savefig`. Each fit has a picture of its own, so that it is of use for one fit
    rather than for a search. In a series of `partial_fit` each call adds its epoch.

    Parameters
    ----------
    min_seconds : float, default=1.0
        Least time between two drawings, of which one takes about a tenth of a second. Epochs
        shorter than that are drawn together. The end of the training is always drawn.

    Attributes
    ----------
    display_ : TrainingHistoryDisplay
        The picture; of a classifier ``classifier.callbacks_[0].display_``, as each fit works on
        copies of its callbacks.

    See Also
    --------
    TrainingHistoryDisplay : The picture of a fit that has ended.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skhcr.classifiers import DigitClassifier
    >>> from skhcr.datasets import load_digits
    >>> from skhcr.inspection import LiveTrainingHistory
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = DigitClassifier(epochs=2, callbacks=[LiveTrainingHistory()]).fit(X, y)
    >>> sorted(classifier.callbacks_[0].display_.lines_[""])
    ['accuracy', 'loss']
    >>> plt.show()
    """

    def __init__(self, *, min_seconds=1.0):
        super().__init__()
        self.min_seconds = min_seconds

    def on_train_begin(self, logs=None):
        """Begin a picture, or go on with the one of this model."""
        self._shown = _SHOWN.get(self.model)
        self._last = -math.inf
        self._is_drawn = True

    def on_epoch_end(self, epoch, logs=None):
        """Draw what is known so far."""
        if self._shown is None or self._shown.n_epochs != epoch:
            # Keras numbers the epochs of a training that goes on from where the last one ended.
            self._shown = _SHOWN[self.model] = _LivePicture(epoch)
        self._shown.add(logs or {})
        self._is_drawn = time.monotonic() - self._last >= self.min_seconds
        if self._is_drawn:
            self.display_ = self._shown.draw()
            self._last = time.monotonic()

    def on_train_end(self, logs=None):
        """Draw the last epochs."""
        if not self._is_drawn:
            self.display_ = self._shown.draw()

    def __getstate__(self):
        """Return the parameters: a copy has shown nothing yet."""
        return {"min_seconds": self.min_seconds, "params": None, "_model": None}


class _LivePicture:
    """The history of a model, and the figure that shows it.

    Parameters
    ----------
    n_epochs : int
        Number of epochs that ran unseen; they have no values in the history.
    """

    def __init__(self, n_epochs):
        self.n_epochs = n_epochs
        self.history = {}
        self.figure = None
        self.is_open = False
        self.cell = None

    def add(self, logs):
        """Add the values of an epoch; not each epoch need have all."""
        for name in {**self.history, **logs}:
            values = self.history.setdefault(name, [math.nan] * self.n_epochs)
            values.append(float(logs.get(name, math.nan)))
        self.n_epochs += 1

    def draw(self):
        """Return a display of the history, and show it."""
        shell = _notebook()
        if self.figure is None:
            self.figure = _make_figure(in_notebook=shell is not None)
        self.figure.clear()
        display = TrainingHistoryDisplay.from_histories(self.history, ax=self.figure.add_subplot())
        if shell is not None:
            self._show_in_notebook(shell.execution_count)
        else:
            self._show_in_window()
        return display

    def _show_in_notebook(self, cell):
        from IPython import display

        png = io.BytesIO()
        self.figure.savefig(png, format="png")
        image = display.Image(png.getvalue())
        if self.cell == cell:
            self.handle.update(image)
        else:  # the next cell of a series of `partial_fit` has a picture too
            self.handle = display.display(image, display_id=True)
            self.cell = cell

    def _show_in_window(self):
        import matplotlib.pyplot as plt

        canvas = self.figure.canvas
        has_windows = type(canvas).required_interactive_framework is not None
        if has_windows and plt.fignum_exists(self.figure.number):  # it may have been closed
            if not self.is_open:  # a second time would raise the window
                self.figure.show()
                self.is_open = True
            canvas.draw_idle()
            canvas.flush_events()


def _notebook():
    """Return IPython's shell if it can show pictures: that of a notebook, not of a terminal."""
    if "IPython" not in sys.modules:
        return None
    shell = sys.modules["IPython"].get_ipython()
    return shell if getattr(shell, "kernel", None) is not None else None


def _make_figure(in_notebook):
    """Return an empty figure for loss and score."""
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    # What pyplot knows of, a notebook shows a second time at the end of the cell.
    make = Figure if in_notebook else plt.figure
    return make(figsize=(9.2, 3.4), layout="constrained")
