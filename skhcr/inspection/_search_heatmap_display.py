"""SearchHeatmapDisplay: the scores of a search over two parameters."""

import re

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skhcr.inspection._figures import closes_its_figure_on_error
from skhcr.inspection._search_results import (
    MINUS,
    choose_parameters,
    from_worst_to_best,
    labels_of,
    number_style,
    positions_of,
    short_names,
)

_CHARACTER_POINTS = 6.4  # width of a digit of 10 points
_SMALLEST_TEXT = 4


class SearchHeatmapDisplay:
    """Scores of a grid search over two of its parameters.

    Make it with :meth:`from_estimator` or :meth:`from_cv_results`.

    A cell stands for the combinations that have its two values. Where other parameters vary too
    these are several, and the cell shows the best of them, as the search ranks them. Of a
    successive halving only the last iteration that they reached counts: earlier ones have scores of
    less data. The combination that the search ranks first is framed. A hatched cell was not tried;
    in one that says "failed" no score is known, as a fit failed.

    Parameters
    ----------
    scores : ndarray of shape (n_y, n_x)
        Scores; NaN where a combination failed or was not tried.
    values_x, values_y : list
        The values of the parameters: numbers ascending, others as they come in the search.
        `numpy.ma.masked` stands for combinations that do not set the parameter. In a search over
        one parameter `values_y` is [None].
    param_x, param_y : str
        The parameters, by their full names. `param_y` is None in a search over one parameter.
    best : tuple of int, default=None
        (row, column) of the cell with the best combination.
    failed : ndarray of shape (n_y, n_x), dtype=bool, default=None
        Where a NaN is a failed fit; by default nowhere.
    score : str, default="score"
        Name of the scores.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    im_ : matplotlib AxesImage
        The colours.
    text_ : ndarray of shape (n_y, n_x), dtype=matplotlib Text
        The written scores; None in cells that were not tried, and where they would be too small
        to be read, unless `text_kw` has a size.

    See Also
    --------
    sklearn.model_selection.ValidationCurveDisplay : Scores by the values of one parameter.
    TrainingHistoryDisplay : Loss and score by epoch.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.svm import SVC
    >>> from skhcr.inspection import SearchHeatmapDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> grid = {"C": [0.1, 1, 10], "gamma": [1e-4, 1e-3, 1e-2]}
    >>> search = GridSearchCV(SVC(), grid, cv=3).fit(X[:300], y[:300])
    >>> SearchHeatmapDisplay.from_estimator(search)
    <...>
    >>> plt.show()
    """

    def __init__(
        self,
        scores,
        *,
        values_x,
        values_y,
        param_x,
        param_y=None,
        best=None,
        failed=None,
        score="score",
    ):
        self.scores = np.asarray(scores, dtype=float)
        self.values_x = values_x
        self.values_y = values_y
        self.param_x = param_x
        self.param_y = param_y
        self.best = best
        self.failed = failed
        self.score = score

    @classmethod
    def from_estimator(
        cls,
        search,
        *,
        param_x=None,
        param_y=None,
        score="mean_test_score",
        ax=None,
        im_kw=None,
        text_kw=None,
        colorbar=True,
    ):
        """Plot the scores of a fitted search.

        Parameters
        ----------
        search : GridSearchCV, RandomizedSearchCV, or one of the halving searches
            Fitted.
        param_x, param_y : str, default=None
            The parameters, with or without the names of the steps before them: "learning_rate" is
            "cnnclassifier__learning_rate" if no other parameter ends in that. Where two parameters
            vary both can be left out, and are taken in the order of their names.
        score : str, default="mean_test_score"
            What to show: a key of `cv_results_` such as "mean_test_score", "std_test_score",
            "mean_fit_time", or "mean_test_accuracy" where there are several scores.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`, such as `cmap`.
        text_kw : dict, default=None
            Keyword arguments of the written scores.
        colorbar : bool, default=True
            Whether to draw a colour bar.

        Returns
        -------
        SearchHeatmapDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the search is not fitted.
        ValueError
            If there is no such parameter or score, or it is not clear which one is meant.
        """
        if not hasattr(search, "cv_results_"):
            check_is_fitted(search)
            raise ValueError(
                f"search is of type {type(search).__name__}, which has no `cv_results_`; expected "
                "a fitted search such as GridSearchCV."
            )
        return cls.from_cv_results(
            search.cv_results_,
            param_x=param_x,
            param_y=param_y,
            score=score,
            refit=getattr(search, "refit", None),
            ax=ax,
            im_kw=im_kw,
            text_kw=text_kw,
            colorbar=colorbar,
        )

    @classmethod
    def from_cv_results(
        cls,
        cv_results,
        *,
        param_x=None,
        param_y=None,
        score="mean_test_score",
        refit=None,
        ax=None,
        im_kw=None,
        text_kw=None,
        colorbar=True,
    ):
        """Plot the results of a search.

        Parameters
        ----------
        cv_results : dict or DataFrame
            The attribute `cv_results_` of a fitted search.
        param_x, param_y : str, default=None
            The parameters, with or without the names of the steps before them: "learning_rate" is
            "cnnclassifier__learning_rate" if no other parameter ends in that. Where two parameters
            vary both can be left out, and are taken in the order of their names.
        score : str, default="mean_test_score"
            What to show: a key of `cv_results` such as "mean_test_score", "std_test_score",
            "mean_fit_time", or "mean_test_accuracy" where there are several scores.
        refit : str, default=None
            Of a search with several scores, the one by which it chose: its `refit`. It says which
            combination is the best where `score` is none of them, such as "mean_fit_time"; without
            it none is framed then.
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`, such as `cmap`.
        text_kw : dict, default=None
            Keyword arguments of the written scores.
        colorbar : bool, default=True
            Whether to draw a colour bar.

        Returns
        -------
        SearchHeatmapDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If there is no such parameter or score, or it is not clear which one is meant.
        """
        try:
            candidates = [dict(candidate) for candidate in cv_results["params"]]
        except (KeyError, TypeError, IndexError, ValueError):
            raise ValueError(
                f"cv_results of type {type(cv_results).__name__} has no dicts as 'params'; "
                "expected the attribute `cv_results_` of a fitted search."
            ) from None
        shown = [key for key in cv_results if re.match(r"(mean|std|split\d+)_", key)]
        if score not in shown:
            raise ValueError(f"score={score!r} is not in the results; expected one of {shown}.")
        param_x, param_y = choose_parameters(candidates, param_x, param_y)
        values_x, columns = positions_of(candidates, param_x)
        values_y, rows = positions_of(candidates, param_y)
        given = np.asarray(cv_results[score], dtype=float)
        scores = np.full((len(values_y), len(values_x)), np.nan)
        failed = np.zeros(scores.shape, dtype=bool)
        order, is_ranked = from_worst_to_best(cv_results, score, refit)
        for i in order:  # the best of a cell comes last and stays
            cell = rows[i], columns[i]
            scores[cell], failed[cell] = given[i], not np.isfinite(given[i])
        best = rows[order[-1]], columns[order[-1]]
        display = cls(
            scores,
            values_x=values_x,
            values_y=values_y,
            param_x=param_x,
            param_y=param_y,
            best=best if is_ranked and not failed[best] else None,
            failed=failed,
            score=score,
        )
        return display.plot(ax=ax, im_kw=im_kw, text_kw=text_kw, colorbar=colorbar)

    @closes_its_figure_on_error
    def plot(self, ax=None, *, im_kw=None, text_kw=None, colorbar=True):
        """Plot the scores.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; by default in a new figure.
        im_kw : dict, default=None
            Keyword arguments of `imshow`, such as `cmap`.
        text_kw : dict, default=None
            Keyword arguments of the written scores.
        colorbar : bool, default=True
            Whether to draw a colour bar.

        Returns
        -------
        SearchHeatmapDisplay
            This display.
        """
        import matplotlib.pyplot as plt
        from matplotlib.cbook import normalize_kwargs
        from matplotlib.text import Text

        n_y, n_x = self.scores.shape
        labels_x = labels_of(self.values_x)
        labels_y = [""] if self.param_y is None else labels_of(self.values_y)
        longest = max(len(label) for label in labels_x)
        if ax is None:
            slanted = 0.06 * longest if longest > 9 else 0.0
            size = (min(2.4 + 0.8 * n_x, 16), min(1.3 + 0.6 * n_y, 12) + slanted)
            _, ax = plt.subplots(figsize=size, layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        finite = np.isfinite(self.scores)
        options = {"cmap": "viridis", "aspect": "auto", "interpolation": "nearest"}
        self.im_ = ax.imshow(np.ma.masked_where(~finite, self.scores), **(options | (im_kw or {})))
        box = ax.get_window_extent()
        width, height = 72 / ax.figure.dpi * np.array([box.width / n_x, box.height / n_y])
        self._write_scores(finite, width, height, normalize_kwargs(text_kw, Text))
        self._mark_cells(finite)
        if colorbar and finite.any():
            label = self.score.replace("_", " ").capitalize()
            ax.figure.colorbar(self.im_, ax=ax, label=label)
        name_x, name_y = short_names(self.param_x, self.param_y)
        ax.set(xlabel=name_x, ylabel=name_y)
        ax.set_yticks(range(n_y), labels_y, parse_math=False)
        slant = {}
        if longest * _CHARACTER_POINTS > width:
            angle = 30 if width > 4 * _CHARACTER_POINTS else 90  # slanting lines need room
            slant = {"rotation": angle, "ha": "right", "rotation_mode": "anchor"}
            slant |= {"va": "center"} if angle == 90 else {}
        ax.set_xticks(range(n_x), labels_x, parse_math=False, **slant)
        ax.tick_params(length=0)
        return self

    def _write_scores(self, finite, width, height, text_kw):
        """Write the scores into cells of so many points."""
        style = number_style(self.scores[finite])
        self.text_ = np.full(self.scores.shape, None, dtype=object)
        failed = np.zeros_like(finite) if self.failed is None else self.failed
        for row, column in np.argwhere(finite | failed).tolist():
            value = self.scores[row, column]
            text, color = "failed", "black"
            if finite[row, column]:
                text = format(value, style).replace("-", MINUS)
                red, green, blue, _ = self.im_.cmap(self.im_.norm(value))
                is_bright = 0.299 * red + 0.587 * green + 0.114 * blue > 0.46
                color = "black" if is_bright else "white"
            size = min(10 * 0.9 * width / (_CHARACTER_POINTS * len(text)), 0.6 * height, 10)
            options = {
                "horizontalalignment": "center",
                "verticalalignment": "center",
                "color": color,
                "fontsize": size,
            } | text_kw
            if "fontsize" in text_kw or size >= _SMALLEST_TEXT:
                self.text_[row, column] = self.ax_.text(column, row, text, **options)

    def _mark_cells(self, finite):
        """Hatch what was not tried, grey what failed, frame the best."""
        from matplotlib.patches import Rectangle
        from matplotlib.patheffects import withStroke

        for row, column in np.argwhere(~finite).tolist():
            failed = self.failed is not None and self.failed[row, column]
            style = {"facecolor": "0.85"} if failed else {"facecolor": "white", "hatch": "///"}
            corner = column - 0.5, row - 0.5
            self.ax_.add_patch(Rectangle(corner, 1, 1, edgecolor="0.6", linewidth=0, **style))
        if self.best is not None:
            row, column = self.best
            frame = Rectangle(
                (column - 0.47, row - 0.46), 0.94, 0.92, fill=False, edgecolor="black", linewidth=2
            )
            # Seen on dark and on bright cells.
            frame.set_path_effects([withStroke(linewidth=4.5, foreground="white")])
            self.ax_.add_patch(frame)
