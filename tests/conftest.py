import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def digits():
    """600 real digits, 28 x 28: 500 to learn from and 100 to ask about."""
    from skhcr.datasets import load_digits

    data = load_digits()
    return data.images[:500], data.target[:500], data.images[500:600], data.target[500:600]


@pytest.fixture(scope="session")
def scenes():
    """benchmarks/scenes.py: what people's own pictures look like, made of clean ones."""
    path = Path(__file__).parents[1] / "benchmarks" / "scenes.py"
    spec = importlib.util.spec_from_file_location("scenes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
