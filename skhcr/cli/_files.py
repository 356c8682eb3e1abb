"""Files that are written: whether they can be, before hours of work are lost."""

import contextlib

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
    if not path.endswith(suffixes):
        raise ValueError(f"{option} {path}: its name should end in {' or '.join(suffixes)}.")
    # All that writing will do, but for the last step.
    with contextlib.suppress(_NotNowError), writes(path, suffixes) as complete:
        complete.touch()
        raise _NotNowError


@contextlib.contextmanager
def writes(path, suffixes):
    """Yield a path to write to, as `whole_file` does; errors name the file that was asked for."""
    from skhcr._files import whole_file

    try:
        with whole_file(path, suffixes) as complete:
            yield complete
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, f"cannot be written: {error.strerror}", str(path)) from error


def save_picture(display, path):
    """Write the figure of a display into a picture."""
    import matplotlib.pyplot as plt

    with writes(path, PICTURES) as complete:
        display.figure_.savefig(complete, bbox_inches="tight", dpi=150)
    plt.close(display.figure_)
