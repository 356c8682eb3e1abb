"""Checks of the parameters that displays share."""

from numbers import Integral


def check_count(name, value):
    """Raise a ValueError unless a value is an integer from 1 on."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name}={value!r} should be an integer from 1 on.")


def check_choice(name, value, choices):
    """Raise a ValueError unless a value is one of the choices."""
    if value not in choices:
        raise ValueError(f"{name}={value!r} should be one of {list(choices)}.")
