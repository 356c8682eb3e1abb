"""Values as a model file has them: JSON, and arrays that the JSON refers to by number.

None, bools, integers, floats, strings and lists are themselves. All else is an object of one entry,
the name of its kind:

- ``{"float": "nan"}``, "inf" or "-inf";
- ``{"tuple": [...]}``, ``{"set": [...]}``, ``{"frozenset": [...]}``, ``{"slice": [...]}``;
- ``{"dict": [[key, value], ...]}``;
- ``{"array": 3}``, ``{"scalar": 3}`` of NumPy, ``{"bytes": 3}``: the fourth array;
- ``{"objects": [[2, 3], [...]]}``: an array of objects, its shape and what is in it;
- ``{"dtype": "<f8"}``, ``{"type": "<f8"}``: a dtype of numbers, and a class such as
  `numpy.float64`;
- ``{"random_state": {...}}``: the state of a `numpy.random.RandomState`;
- ``{"function": "sklearn.feature_selection.f_classif"}``;
- ``{"estimator": {"class": "skhcr.preprocessing.PixelScaler", "state": {name: value}}}``.

Each array is referred to once, and estimators lie within others a few deep only: else a small file
could become large, or slow.
"""

import inspect
import math
import os
import re

import numpy as np
from sklearn.base import BaseEstimator

from skhcr.persistence._archive import InvalidModelFile
from skhcr.persistence._names import class_name, find_class, find_function, function_name

_MAX_DEPTH = 8  # of estimators within estimators, of which scikit-learn visits some several times
_MAX_ESTIMATORS = 500
_MAX_KEYS = 1_000
_ATTRIBUTE = re.compile(r"_?[A-Za-z]\w*")  # Python and NumPy look for others, such as __array__
_PLAIN = (bool, int, str)
_CONTAINERS = {"tuple": tuple, "set": set, "frozenset": frozenset}
_NUMBERS_OF_WORKERS = ("n_jobs", "n_threads")
_KEY_SIZE = 624  # of the Mersenne Twister


def encode(value, arrays, where):
    """Return a value as JSON has it, and append its arrays.

    Parameters
    ----------
    value : object
    arrays : list of ndarray
        Appended to.
    where : str
        What messages call the value.

    Raises
    ------
    ValueError
        If a model file can't hold it.
    """

    def inside(values):
        return [encode(each, arrays, f"{where}[{k}]") for k, each in enumerate(values)]

    def refer(kind, array):
        arrays.append(array)
        return {kind: len(arrays) - 1}

    if value is None or type(value) in _PLAIN:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"float": str(value)}
    if type(value) is list:
        return inside(value)
    for kind, container in _CONTAINERS.items():
        if type(value) is container:  # sets in one order, so that one model makes one file
            return {kind: inside(value if kind == "tuple" else sorted(value, key=repr))}
    if type(value) is dict:
        return {"dict": [inside(pair) for pair in value.items()]}
    if type(value) is slice:
        return {"slice": inside([value.start, value.stop, value.step])}
    if isinstance(value, bytes):
        return refer("bytes", np.frombuffer(value, np.uint8))
    if type(value) is np.ndarray and value.dtype.kind == "O":
        return {"objects": [list(value.shape), inside(value.ravel().tolist())]}
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biufcU":
        if isinstance(value, np.generic):
            return refer("scalar", np.asarray(value))
        if type(value) in (np.ndarray, np.memmap):
            return refer("array", np.asarray(value))
    if isinstance(value, np.dtype) and value.kind in "biufc":
        return {"dtype": value.str}
    if (
        isinstance(value, type)
        and issubclass(value, np.generic)
        and np.dtype(value).kind in "biufc"
    ):
        return {"type": np.dtype(value).str}
    if type(value) is np.random.RandomState:
        return {"random_state": encode(value.get_state(legacy=False), arrays, where)}
    if isinstance(value, BaseEstimator) and not isinstance(value, type):
        return {"estimator": _encode_estimator(value, arrays, where)}
    name = function_name(value)
    if name is not None:
        return {"function": name}
    raise ValueError(
        f"{where} is {value!r:.100}, of type {type(value).__name__}, which a model file can't "
        "hold: it has no code. joblib.dump keeps it, for those who trust you; of a network of "
        "your own skhcr.runtime.export_onnx makes a file without code."
    )


def _encode_estimator(estimator, arrays, where):
    name = class_name(type(estimator))
    if name is None:
        best = " Save its best_estimator_." if hasattr(estimator, "best_estimator_") else ""
        raise ValueError(
            f"{where} is of {type(estimator).__module__}.{type(estimator).__name__}, which a model "
            "file can't hold; expected the estimators of skhcr, and pipelines and transformers of "
            f"scikit-learn that calculate with NumPy alone.{best} joblib.dump keeps it, for those "
            "who trust you."
        )
    # What an estimator would rather have in a file than in a pickle.
    state = getattr(estimator, "_file_state", estimator.__getstate__)()
    state = dict(state)
    if "memory" in state:
        state["memory"] = None  # a place on this machine
    encoded = {key: encode(value, arrays, f"{where}.{key}") for key, value in state.items()}
    return {"class": name, "state": encoded}


class Parts:
    """What the JSON of a file refers to, and how much of that it has used.

    Parameters
    ----------
    arrays : list of ndarray
    """

    def __init__(self, arrays):
        self._arrays = list(arrays)
        self.n_estimators = 0

    def take(self, position):
        """Return an array, once."""
        n_arrays = len(self._arrays)
        if (
            type(position) is not int
            or not 0 <= position < n_arrays
            or self._arrays[position] is None
        ):
            raise InvalidModelFile(
                f"refers to array {position!r:.100} of {n_arrays}, or twice to one of them."
            )
        array, self._arrays[position] = self._arrays[position], None
        return array

    def check_all_taken(self):
        """Refuse arrays that nothing refers to."""
        if any(array is not None for array in self._arrays):
            raise InvalidModelFile("has arrays to which nothing refers.")


def decode(value, parts, depth=0):
    """Return what `encode` was given.

    Parameters
    ----------
    value : object
        As JSON has it.
    parts : Parts
        What it refers to.
    depth : int, default=0
        In how many estimators it lies.

    Raises
    ------
    InvalidModelFile
        If it names what a file must not hold.
    Exception
        Whatever is raised at what `encode` would not have written.
    """

    def inside(values):
        return [decode(each, parts, depth) for each in values]

    if isinstance(value, list):
        return inside(value)
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    if kind == "float":
        return float({"nan": "nan", "inf": "inf", "-inf": "-inf"}[content])
    if kind in _CONTAINERS:
        values = inside(content)
        if kind != "tuple":
            _check_keys(values)
        return _CONTAINERS[kind](values)
    if kind == "dict":
        pairs = inside(content)
        _check_keys([key for key, _ in pairs])
        return dict(pairs)
    if kind == "slice":
        start, stop, step = inside(content)
        return slice(start, stop, step)
    if kind in ("array", "scalar", "bytes"):
        return _decode_array(kind, parts.take(content))
    if kind == "objects":
        return _decode_objects(*inside(content))
    if kind == "dtype":
        return _dtype(content)
    if kind == "type":
        return _dtype(content).type
    if kind == "random_state":
        return _decode_random_state(decode(content, parts, depth))
    if kind == "function":
        function = find_function(content)
        if function is None:
            raise InvalidModelFile(f"names the function {content!r:.100}, which it must not.")
        return function
    if kind == "estimator":
        if depth == _MAX_DEPTH:
            raise InvalidModelFile(f"has estimators more than {_MAX_DEPTH} deep in one another.")
        return _decode_estimator(content["class"], content["state"], parts, depth + 1)
    raise InvalidModelFile(f"has a value of the kind {kind!r:.100}, which there is not.")


def _check_keys(keys):
    """Refuse many keys whose hashes a file can choose to be equal, which takes quadratic time."""
    if sum(type(key) is not str for key in keys) > _MAX_KEYS:
        raise InvalidModelFile(f"has a set or dict of more than {_MAX_KEYS:,} that are no strings.")


def _decode_array(kind, array):
    if kind == "array":
        return array
    if kind == "bytes" and array.dtype == np.uint8 and array.ndim == 1:
        return array.tobytes()
    if kind == "scalar" and array.ndim == 0:
        return array[()]
    raise InvalidModelFile(f"has an array of {array.dtype}, {array.shape}, in place of {kind}.")


def _decode_objects(shape, values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array.reshape(shape)


def _dtype(text):
    dtype = np.dtype(text) if isinstance(text, str) else None
    if dtype is None or dtype.kind not in "biufc" or dtype.subdtype is not None:
        raise InvalidModelFile(f"has the dtype {text!r:.100}; expected one of numbers or bools.")
    return dtype


def _decode_random_state(state):
    """Return a generator, of a state that NumPy would take without a look."""
    twister = state["state"]
    key, position = twister["key"], twister["pos"]
    if (
        state["bit_generator"] != "MT19937"
        or key.dtype != np.uint32
        or key.shape != (_KEY_SIZE,)
        or type(position) is not int
        or not 0 <= position <= _KEY_SIZE
    ):
        raise InvalidModelFile("has a random state that is none of NumPy's RandomState.")
    random_state = np.random.RandomState()
    random_state.set_state(state)
    return random_state


def _decode_estimator(name, state, parts, depth):
    """Return an estimator, made of its attributes without a call of its class."""
    kind = find_class(name)
    if kind is None:
        raise InvalidModelFile(
            f"names the class {name!r:.100}, which it must not; expected the estimators of skhcr, "
            "and pipelines and some transformers of scikit-learn."
        )
    parts.n_estimators += 1
    if parts.n_estimators > _MAX_ESTIMATORS:
        raise InvalidModelFile(f"has more than {_MAX_ESTIMATORS} estimators.")
    parameters = inspect.signature(kind).parameters
    for attribute in state:
        is_fitted = attribute.startswith("_") or attribute.endswith("_")
        if attribute not in parameters and (
            not is_fitted or hasattr(kind, attribute) or not _ATTRIBUTE.fullmatch(attribute)
        ):
            raise InvalidModelFile(
                f"has {name} with {attribute!r:.100}, which this version does not know. Install a "
                "newer skhcr, if it is of one."
            )
    # Parameters that came after the version that wrote the file are what they are by default.
    defaults = {key: each.default for key, each in parameters.items()}
    given = {key: decode(value, parts, depth) for key, value in state.items()}
    missing = {key for key in defaults if defaults[key] is inspect.Parameter.empty} - set(given)
    if missing:
        raise InvalidModelFile(f"has {name} without {sorted(missing)}.")
    estimator = kind.__new__(kind)
    estimator.__setstate__(defaults | given)
    # A folder on this machine, and functions with arguments of their own.
    for parameter in ("memory", "func", "inverse_func"):
        if getattr(estimator, parameter, None) is not None:
            raise InvalidModelFile(f"has {name} with {parameter}; expected None.")
    if isinstance(getattr(estimator, "dtype", None), str):
        raise InvalidModelFile(f"has {name} with dtype={estimator.dtype!r:.100}; expected a type.")
    for parameter in _NUMBERS_OF_WORKERS:
        number = getattr(estimator, parameter, None)
        if number is not None and abs(number) > os.cpu_count():
            # Of the machine that wrote the file; this one has not as many.
            setattr(estimator, parameter, os.cpu_count())
    if hasattr(kind, "_check_file_state"):
        estimator._check_file_state()
    if hasattr(kind, "_parameter_constraints"):
        estimator._validate_params()
    return estimator
