"""Results of searches: which parameters vary, over which values, and how to write them."""

import functools
import math
import numbers
import re

import numpy as np

# What stands for a parameter that a candidate does not set, in scikit-learn's `cv_results_` too.
_NOT_SET = np.ma.masked
_LONGEST_LABEL = 24
MINUS = "\N{MINUS SIGN}"  # as wide as a plus, and what matplotlib writes on its axes


def choose_parameters(candidates, param_x, param_y):
    """Return the full names of the two parameters; the second is None if there is one only."""
    names = sorted({name for candidate in candidates for name in candidate})
    varied = [name for name in names if len(positions_of(candidates, name)[0]) > 1] or names
    full_x, full_y = (_full_name(name, names, varied) for name in (param_x, param_y))
    if full_x is not None and full_x == full_y:
        raise ValueError(
            f"param_x={param_x!r} and param_y={param_y!r} are the same parameter; expected two of "
            f"{varied}."
        )
    rest = [name for name in varied if name not in (full_x, full_y)]
    n_missing = (full_x is None) + (full_y is None)
    if (n_missing and len(rest) > n_missing) or not names:
        raise ValueError(
            f"The search varies {len(varied)} parameters, {varied}; expected param_x and param_y "
            "to name two of them."
        )
    if full_x is None and full_y is not None and not rest:  # one parameter stands on the x axis
        return full_y, None
    full_x = full_x or rest.pop(0)
    return full_x, full_y or next(iter(rest), None)


def _full_name(name, names, varied):
    """Return the one parameter that a name stands for, None for None."""
    if name is None or name in names:
        return name
    meant = [full for full in names if full.endswith(f"__{name}")]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise ValueError(f"{name!r} could be any of {meant}; expected one of these names.")
    raise ValueError(f"{name!r} is no parameter of the search; expected one of {varied}.")


def short_names(name_x, name_y):
    """Return names without the steps before them, unless they are the same then."""
    if name_y is None:
        return name_x.rpartition("__")[2], ""
    short = name_x.rpartition("__")[2], name_y.rpartition("__")[2]
    return short if short[0] != short[1] else (name_x, name_y)


def positions_of(candidates, name):
    """Return the different values of a parameter, in order, and the position of each candidate."""
    if name is None:
        return [None], [0] * len(candidates)
    found = {}  # values by keys that can be compared
    keys = []
    for candidate in candidates:
        value = candidate.get(name, _NOT_SET)
        value = value.item() if isinstance(value, np.generic) else value
        # Not the value alone: 1, 1.0 and True are equal, but not the same setting.
        key = type(value), value if _is_hashable(value) else repr(value)
        found.setdefault(key, value)
        keys.append(key)
    order = list(found)
    if any(_is_number(value) for value in found.values()):
        order.sort(key=lambda key: found[key] if _is_number(found[key]) else math.inf)
    position = {key: i for i, key in enumerate(order)}
    return [found[key] for key in order], [position[key] for key in keys]


def _is_hashable(value):
    try:
        hash(value)  # what holds a list has a hash, and raises
    except TypeError:
        return False
    return True


def _is_number(value):
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and value == value


def from_worst_to_best(cv_results, score, refit):
    """Return the indices of the candidates as the search ranks them, and whether it does.

    Of several rankings it is the one by the shown score, or else by the score `refit`.
    """
    metric = re.sub(r"^(mean|std|split\d+)_(test_|train_)?", "", score)
    ranks = [key for key in cv_results if key.startswith("rank_test_")]
    if not ranks:
        raise ValueError("cv_results has no 'rank_test_score'; expected that of a fitted search.")
    meant = [f"rank_test_{name}" for name in (metric, refit) if f"rank_test_{name}" in ranks]
    if not meant and len(ranks) > 1:
        return list(range(len(cv_results[score])))[::-1], False
    rank = np.asarray(cv_results[(meant or ranks)[0]], dtype=float)
    iteration = np.asarray(cv_results["iter"]) if "iter" in cv_results else np.zeros(len(rank))
    # Of equal ones the search takes the first.
    return np.lexsort((-np.arange(len(rank)), -rank, iteration)).tolist(), True


def number_style(scores):
    """Return a format with as many decimals as tell the scores apart."""
    if len(scores) == 0:
        return ".3g"
    spread = np.ptp(scores)
    decimals = 3 if spread == 0 else 1 - math.floor(math.log10(spread))
    decimals = max(decimals, 3 if spread < 1 else 0)  # of an accuracy a tenth of a percent
    return f".{decimals}f" if decimals <= 6 and np.abs(scores).max() < 1e5 else ".3g"


def labels_of(values):
    """Return short texts for values, with as many digits as tell them apart."""
    for n_digits in (3, 6, 17):
        labels = [_label(value, n_digits) for value in values]
        if len(set(labels)) == len(labels):
            break
    return labels


def _label(value, n_digits):
    if value is _NOT_SET:
        return "not set"
    if _is_number(value):
        n_digits = max(n_digits, 5) if abs(value) >= 1000 else n_digits  # 1000 rather than 1e+03
        text = format(value, f".{n_digits}g") if isinstance(value, float) else str(value)
        return re.sub(r"e\+?(-?)0*", r"e\1", text).replace("-", MINUS)  # 1e-5 rather than 1e-05
    if isinstance(value, functools.partial):
        options = ", ".join(f"{name}={option}" for name, option in value.keywords.items())
        text = f"{_label(value.func, n_digits)}({options})"
    elif callable(value) and hasattr(value, "__name__"):
        text = value.__name__
    else:
        text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"
