"""The cases of `python -m benchmarks run`, a file each."""

import importlib

NAMES = [
    "time_to_99",
    "accuracy_in_time",
    "peers",
    "epoch",
    "augmentation",
    "prediction",
    "ink",
    "english",
    "search",
    "many_images",
    "memory_of_fits",
    "import",
]

#: A module can't be called "import".
_FILES = {"import": "importing"}

CASES = {
    name: importlib.import_module(f"{__name__}.{_FILES.get(name, name)}").CASE for name in NAMES
}
