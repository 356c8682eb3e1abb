"""Files that are written: whether they can be, before hours of work are lost."""

import contextlib
from importlib.util import find_spec
from pathlib import Path

from skhcr._files import whole_file

#: What pictures of results may be.
PICTURES = (".png", ".pdf", ".svg", ".jpg")


class _NotNowError(Exception):
    pass


def check_writable(path, suffixes, option):
    """Raise an error now if a file could not be written later.

    Parameters
    ----------
    path : str
    suffixes : tuple of str
        What its name may end in.
    option : str
        Where it was asked for.

    Raises
    ------
    ValueError, OSError
    """
    if Path(path).suffix not in suffixes:
        raise ValueError(f"{option} {path}: its name should end in {' or '.join(suffixes)}.")
    if not Path(path).parent.is_dir():
        raise ValueError(f"{option} {path}: there is no folder {Path(path).parent}; make it first.")
    # All that writing will do, but for the last step.
    with contextlib.suppress(_NotNowError), whole_file(path, suffixes) as complete:
        complete.touch()
        raise _NotNowError


def check_installed(*modules):
    """Raise an error now if a module could not be imported later.

    Parameters
    ----------
    *modules : str
        Of packages of the same name.

    Raises
    ------
    ModuleNotFoundError
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ModuleNotFoundError(f"This needs: pip install {' '.join(missing)}", name=missing[0])


def save_picture(display, path):
    """Write the figure of a display into a picture."""
    import matplotlib.pyplot as plt

    with whole_file(path, PICTURES) as complete:
        display.figure_.savefig(complete, bbox_inches="tight", dpi=150)
    plt.close(display.figure_)
