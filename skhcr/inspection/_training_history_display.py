"""TrainingHistoryDisplay: loss and score, epoch by epoch."""

from collections.abc import Mapping

import numpy as np

from skhcr.inspection._colours import AMBER, BLUE, GREEN, GREY, ORANGE, PINK, SKY
from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._histories import (
    best_epoch,
    find_history,
    is_history,
    mean_history,
    named_histories,
    numbered_names,
    score_label,
    score_name,
)

# Without yellow, which can't be seen on white.
_COLOURS = (BLUE, ORANGE, GREEN, PINK, AMBER, SKY, GREY)
# With more curves than colours the marker differs.
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")

# So few epochs are marked, one by one: a line through a single point can't be seen.
_FEW_EPOCHS = 15
_MANY_ENTRIES = 8

_STAR = {"marker": "*", "markersize": 12, "markeredgecolor": "white", "markeredgewidth": 0.8}


class TrainingHistoryDisplay:
    """Loss and score of the training and validation set, epoch by epoch.

    Make it with :meth:`from_estimator`, :meth:`from_cv_results` or :meth:`from_histories`.

    Lines of the training set are solid, those of the validation set dashed. The score is the
    accuracy, or else the first metric that is neither a loss nor a learning rate; a history without
    one has a picture of the loss alone, which says so. A star marks the best epoch on the
    validation set: the one of the lowest loss, which early stopping goes back to, or of the highest
    score where there is no validation loss.

    Parameters
    ----------
    histories : dict of {str: dict of lists}
        For each name a history: "loss" and other metrics with one value an epoch, those of the
        validation set with names such as "val_loss". NaN stands for an epoch that has no value.
    folds : bool, default=False
        Whether the histories are the folds of one cross-validation: they are drawn as thin lines in
        one colour, and their mean as a thick one. The mean ends with the shortest fold: after that
        it would be the mean of fewer folds, those that early stopping let run.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, of shape (2,) or (1,)
        Loss and score; without a score the loss alone.
    lines_ : dict of {str: dict of matplotlib Line2D}
        The lines under the keys of `histories`; with `folds` also the lines of "mean".
    best_epochs_ : dict of {str: int or None}
        The epochs that stars mark, counted from 1; None without a validation set.
    figure_ : matplotlib Figure
        The figure of `axes_`.
    bounding_ax_ : matplotlib Axes or None
        The Axes that `axes_` lie in, if `plot` was given one.

    See Also
    --------
    LiveTrainingHistory : The same picture while the training goes on.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skhcr.classifiers import DigitClassifier
    >>> from skhcr.datasets import load_digits
    >>> from skhcr.inspection import TrainingHistoryDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = DigitClassifier(epochs=2, early_stopping=True, random_state=0).fit(X, y)
    >>> TrainingHistoryDisplay.from_estimator(classifier)
    <...>
    >>> plt.show()
    """

    def __init__(self, histories, *, folds=False):
        self.histories = histories
        self.folds = folds

    @classmethod
    def from_estimator(cls, estimator, *, name=None, ax=None, line_kw=None):
        """Plot the history of one or several fitted estimators.

        Parameters
        ----------
        estimator : estimator, list of estimators or dict of {str: estimator}
            Fitted: a classifier of :mod:`skhcr.classifiers` or SciKeras, with the dict `history_`,
            or a multi-layer perceptron of scikit-learn, with `loss_curve_`. Of a pipeline the last
            step is taken, of a search the best estimator.
        name : str or list of str, default=None
            Name of the estimator, or of each of a list; by default the names of their classes,
            with a number where several are of one class.
        ax : matplotlib Axes or two of them, default=None
            Two Axes for loss and score, or one that is divided into two. By default in a new
            figure.
        line_kw : dict, default=None
            Keyword arguments of all lines, as `matplotlib.axes.Axes.plot` takes them.

        Returns
        -------
        TrainingHistoryDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If an estimator is not fitted.
        ValueError
            If an estimator has no history, or an empty one because its weights were loaded.
        """
        if isinstance(estimator, Mapping):
            if name is not None:
                raise ValueError(
                    "name should be None for a dict of estimators: its keys are names."
                )
            estimators, names = list(estimator.values()), [str(key) for key in estimator]
        elif isinstance(estimator, list | tuple | np.ndarray):
            estimators, names = list(estimator), name
        else:
            estimators, names = [estimator], None if name is None else [name]
        found = [find_history(one) for one in estimators]
        if names is None:
            names = numbered_names([type(owner).__name__ for owner, _ in found])
        histories = named_histories([history for _, history in found], names)
        return cls(histories).plot(ax=ax, line_kw=line_kw)

    @classmethod
    def from_cv_results(cls, cv_results, *, ax=None, line_kw=None):
        """Plot the histories of a cross-validation: each fold, and their mean.

        Parameters
        ----------
        cv_results : dict
            What :func:`~sklearn.model_selection.cross_validate` returns with
            ``return_estimator=True``.
        ax : matplotlib Axes or two of them, default=None
            Two Axes for loss and score, or one that is divided into two. By default in a new
            figure.
        line_kw : dict, default=None
            Keyword arguments of all lines, as `matplotlib.axes.Axes.plot` takes them.

        Returns
        -------
        TrainingHistoryDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `cv_results` holds no estimators, or their histories can't be shown, as in
            :meth:`from_estimator`.
        """
        if not isinstance(cv_results, Mapping) or "estimator" not in cv_results:
            has = list(cv_results) if isinstance(cv_results, Mapping) else type(cv_results).__name__
            raise ValueError(
                f"cv_results has no 'estimator': expected what cross_validate returns with "
                f"return_estimator=True, got {has}."
            )
        found = [find_history(estimator)[1] for estimator in cv_results["estimator"]]
        histories = named_histories(found, [f"fold {i}" for i in range(1, len(found) + 1)])
        return cls(histories, folds=True).plot(ax=ax, line_kw=line_kw)

    @classmethod
    def from_histories(cls, histories, *, ax=None, line_kw=None):
        """Plot histories as Keras and classifiers keep them.

        Parameters
        ----------
        histories : dict of lists, list of them or dict of {str: dict of lists}
            One history, "loss" and other metrics with one value an epoch each, or several. What
            `fit` of a Keras model returns will do for each.
        ax : matplotlib Axes or two of them, default=None
            Two Axes for loss and score, or one that is divided into two. By default in a new
            figure.
        line_kw : dict, default=None
            Keyword arguments of all lines, as `matplotlib.axes.Axes.plot` takes them.

        Returns
        -------
        TrainingHistoryDisplay
            The name of a single history that comes without one is "".

        Raises
        ------
        ValueError
            If a history is empty, has no "loss", or its lists differ in length.
        """
        if is_history(histories):
            several, names = [histories], [""]
        elif isinstance(histories, Mapping):
            several, names = list(histories.values()), [str(name) for name in histories]
        elif isinstance(histories, list | tuple):
            several = list(histories)
            names = [f"history {i}" for i in range(1, len(several) + 1)]
        else:
            raise ValueError(
                f"histories is of type {type(histories).__name__}; expected a dict of lists such "
                "as `history_`, a list of them, or a dict of {name: history}."
            )
        return cls(named_histories(several, names)).plot(ax=ax, line_kw=line_kw)

    @closes_its_figure_on_error
    def plot(self, ax=None, *, line_kw=None):
        """Plot loss and score.

        Parameters
        ----------
        ax : matplotlib Axes or two of them, default=None
            Two Axes for loss and score, or one that is divided into two. By default in a new
            figure.
        line_kw : dict, default=None
            Keyword arguments of all lines, as `matplotlib.axes.Axes.plot` takes them.

        Returns
        -------
        TrainingHistoryDisplay
            This display.

        Raises
        ------
        ValueError
            If `ax` is another number of Axes, or one that was divided before.
        """
        from matplotlib.cbook import normalize_kwargs
        from matplotlib.lines import Line2D

        line_kw = normalize_kwargs(line_kw, Line2D)
        scores = [score_name(history) for history in self.histories.values()]
        self._take_axes(ax, score_label(scores))
        self.lines_, self.best_epochs_ = {}, {}
        one = self.folds or len(self.histories) == 1
        width = 0.8 if self.folds else 1.8
        for position, (name, history) in enumerate(self.histories.items()):
            style = {"linewidth": width, "alpha": 0.5 if self.folds else 1.0}
            if not one:
                repetition, color = divmod(position, len(_COLOURS))
                style["color"] = _COLOURS[color]
                if repetition:
                    marker = _MARKERS[repetition % len(_MARKERS)]
                    style |= {"marker": marker, "markevery": 0.1}
            self.best_epochs_[name] = best_epoch(history, scores[position])
            self.lines_[name] = self._draw(
                history, scores[position], style | line_kw, self.best_epochs_[name]
            )
        if self.folds:
            mean = mean_history(list(self.histories.values()))
            self.lines_["mean"] = self._draw(mean, scores[0], {"linewidth": 2.6} | line_kw, None)
        self._write_legend(one)
        return self

    def _take_axes(self, ax, score_label):
        """Set `axes_`, `bounding_ax_` and `figure_`, and label the axes."""
        import matplotlib.pyplot as plt
        from matplotlib.axes import Axes
        from matplotlib.ticker import MaxNLocator

        n_pictures = 1 if score_label is None else 2
        self.bounding_ax_ = None
        if ax is None:
            size = (4.6 * n_pictures, 3.4)
            _, ax = plt.subplots(1, n_pictures, figsize=size, layout="constrained")
        elif isinstance(ax, Axes):
            self.bounding_ax_ = ax
            ax = _divide(ax, n_pictures)
        self.axes_ = np.array(ax, dtype=object).ravel()
        is_axes = all(isinstance(one, Axes) for one in self.axes_)
        if not is_axes or len(self.axes_) not in (n_pictures, 2):
            raise ValueError(f"ax should be None, a matplotlib Axes or two of them; got {ax!r}.")
        self.figure_ = self.axes_[0].figure
        for one, label in zip(self.axes_, ["Loss", score_label], strict=False):
            if label is None:
                one.set_axis_off()
                continue
            one.set(xlabel="Epoch", ylabel=label)
            one.xaxis.set_major_locator(
                MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
            )
            one.grid(alpha=0.25)
            one.set_axisbelow(True)
        if score_label is None:
            self.axes_[-1].set_title("no score in the history", color=GREY, fontsize="small")

    def _draw(self, history, score, style, best):
        """Return the lines of a history, by their keys, and mark its best epoch."""
        lines = {}
        for ax, metric in zip(self.axes_, ["loss", score], strict=False):
            for is_validation, key in enumerate([metric, f"val_{metric}"]):
                if key not in history:
                    continue
                values = np.asarray(history[key])
                drawn = np.flatnonzero(np.isfinite(values))  # values with gaps are a line too
                options = {
                    "color": _COLOURS[is_validation],
                    "linestyle": "--" if is_validation else "-",
                    "marker": "o" if len(drawn) <= _FEW_EPOCHS else "",
                    "markersize": 1.5 + 1.4 * style["linewidth"],
                }
                (lines[key],) = ax.plot(drawn + 1, values[drawn], **(options | style))
                if is_validation and best is not None and best - 1 in drawn:
                    ax.plot(best, values[best - 1], color=lines[key].get_color(), **_STAR)
                # No epoch 0; further lines may still widen the picture.
                ax.set_xlim(left=max(ax.get_xlim()[0], 0.5), auto=None)
        return lines

    def _write_legend(self, one):
        """Say what lines and stars are, in the picture of the loss or beside the last one."""
        from matplotlib.lines import Line2D

        keys = {key for lines in self.lines_.values() for key in lines}
        validation_keys = sorted(key for key in keys if key.startswith("val_"))
        entries = {}
        if one:
            name, lines = list(self.lines_.items())[-1]
            title = f"mean of {len(self.histories)} folds" if self.folds else name
            entries["training"] = lines["loss"]
            if validation_keys:
                entries["validation"] = lines[validation_keys[0]]
        else:
            title = None
            entries = {name: lines["loss"] for name, lines in self.lines_.items()}
            if validation_keys:
                entries["training"] = Line2D([], [], color=GREY)
                entries["validation"] = Line2D([], [], color=GREY, linestyle="--")
        best = [epoch for epoch in self.best_epochs_.values() if epoch is not None]
        if best:
            label = f"best epoch: {best[0]}" if len(self.histories) == 1 else "best epoch"
            color = entries["validation"].get_color()
            entries[label] = Line2D([], [], **_STAR, linestyle="", color=color)
        options = {"title": title or None, "fontsize": "small", "title_fontsize": "small"}
        ax = self.axes_[0]
        if len(entries) > _MANY_ENTRIES:  # they would hide the lines
            ax = self.axes_[-1]
            options |= {"loc": "upper left", "bbox_to_anchor": (1.01, 1)}
        ax.legend(entries.values(), entries.keys(), **options)


def _divide(ax, n):
    """Return `n` Axes that lie side by side within the bounds of another one."""
    from matplotlib.gridspec import GridSpecFromSubplotSpec

    if not ax.axison:
        raise ValueError(
            "ax was divided by an earlier plot; expected one that wasn't, or the `axes_` of that "
            "plot."
        )
    ax.set_axis_off()
    place = ax.get_subplotspec()
    if place is None:  # put there by hand
        width = 1 / (n + 0.25 * (n - 1))
        return [ax.inset_axes([1.25 * width * i, 0, width, 1]) for i in range(n)]
    gap = 0.3 if ax.figure.get_layout_engine() is None else None  # an engine makes room itself
    cells = GridSpecFromSubplotSpec(1, n, subplot_spec=place, wspace=gap)
    return [ax.figure.add_subplot(cell) for cell in cells]
