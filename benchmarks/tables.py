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
    Path(path).parent.mkdir(exist_ok=True)
    text = f"{markdown(columns, rows)}\n\n{provenance(shlex.join(['python', *sys.argv]))}\n"
    Path(path).write_text(text, encoding="utf-8")


def markdown(columns, rows):
    """Return a table as Markdown; parameters as those of `write_table`."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def provenance(command, packages=PACKAGES):
    """Return a line that says how figures came about."""
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
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
