"""Tables of figures as Markdown, with what made them: command, date, machine and versions."""

import datetime
import os
import platform
import shlex
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = "skhcr", "scikit-learn", "tensorflow", "onnxruntime", "opencv-python-headless", "numpy"


def write_table(path, columns, rows):
    """Write a table into a Markdown file, and below it what made it.

    Parameters
    ----------
    path : str or path-like
        The file; it is replaced.
    columns : list of str
        The heads of the columns.
    rows : list of list of str
        The cells.
    """
    lines = [columns, ["---"] * len(columns), *rows]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(f"{table}\n\n{provenance()}\n", encoding="utf-8")


def provenance():
    """Return a line that says how figures came about."""
    command = shlex.join(["python", *sys.argv])
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return (
        f"*`{command}`, {datetime.date.today()}; {processor()}, {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}, {versions}.*"
    )


def processor():
    """Return the name of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
