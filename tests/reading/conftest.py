import csv
import os
from pathlib import Path

import pytest
from writer import Writer


@pytest.fixture(scope="session")
def write():
    """Write lines of text clearly: ``write("Anna 27", "Otto").picture``."""
    return Writer()


@pytest.fixture(scope="session")
def read_names():
    """Files and texts of the first of every second name of a folder of hand-printed names."""
    root = Path(__file__).parents[2]
    folder = Path(os.environ.get("SKHCR_DATA", root.parent / "shared" / "data")) / "names"
    if not folder.is_dir():
        pytest.skip(f"needs the pictures of names, and there is no folder {folder}")

    def read(kind, n):
        with (folder / kind / "names.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))[: 2 * n : 2]  # the others are held out
        return [folder / kind / row["image"] for row in rows], [row["text"] for row in rows]

    return read
