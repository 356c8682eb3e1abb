"""Checks of the parameters that displays share."""

from numbers import Integral

from sklearn.utils.validation import _num_samples


def check_count(name, value):
    """Raise a ValueError unless a value is an integer from 1 on."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name}={value!r} should be an integer from 1 on.")


def check_choice(name, value, choices):
    """Raise a ValueError unless a value is one of the choices."""
    if value not in choices:
        raise ValueError(f"{name}={value!r} should be one of {list(choices)}.")


def check_few(X, most):
    """Raise a ValueError unless `X` holds at least one sample and at most so many."""
    n_samples = _num_samples(X)
    if n_samples == 0:
        raise ValueError("X holds no samples; expected at least one.")
    if n_samples > most:
        raise ValueError(
            f"X holds {n_samples} samples; expected at most {most}, as each is drawn with room "
            "around it: X[:5], say."
        )
