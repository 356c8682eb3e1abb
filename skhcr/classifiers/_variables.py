"""Values of Keras variables, in and out."""

import numpy as np


def variables_of(network):
    """Return all variables of a model, those that are trained first."""
    return [*network.trainable_variables, *network.non_trainable_variables]


def values_of(variables):
    """Return the values of variables, a list of ndarray."""
    return [np.array(variable) for variable in variables]


def assign(variables, values):
    """Give variables their values."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
