"""Pictures from files, some of which may be bad."""

import os
import warnings

from skhcr.cli._console import complain, visible

#: Files that are read at a time: enough for all cores, and photos of so many fit into memory.
CHUNK_SIZE = 64


class Pictures:
    """Reads pictures from files; of bad ones it says why, in a line each, and goes on.

    Parameters
    ----------
    loader : ImageLoader, default=None
        How pictures are read; by default grey, and shrunk to what a character needs.

    Attributes
    ----------
    n_failed : int
        How many could not be read.
    """

    def __init__(self, loader=None):
        from sklearn.base import clone

        from skhcr.preprocessing import ImageLoader

        loader = ImageLoader(max_size=640) if loader is None else clone(loader)
        self._loader = loader.set_params(on_error="skip")
        self.n_failed = 0

    def chunks(self, files, size=CHUNK_SIZE):
        """Yield positions of files that could be read, and their pictures, some at a time.

        Parameters
        ----------
        files : sequence of str, or ndarray of shape (n_samples, height, width)
            Names of files, or pixels, of which none is bad.
        size : int
            Most files at a time.

        Yields
        ------
        positions : list of int
        pictures : list of ndarray
        """
        for start in range(0, len(files), size):
            positions, pictures = self._read(files, range(start, min(start + size, len(files))))
            if positions:
                yield positions, pictures

    def fail(self, name, reason):
        """Say why there is no picture, or nothing to be told of it."""
        self.n_failed += 1
        complain(f"{visible(name)}: {reason}")

    def _read(self, files, positions):
        import numpy as np

        from skhcr.preprocessing._sources import describe

        # In front a picture that can be read, as it would be an error if none could.
        sources = [np.zeros((1, 1), np.uint8), *(files[k] for k in positions)]
        self._loader.set_params(n_jobs=min(len(positions), os.cpu_count() or 1))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is said here
            pictures = self._loader.transform(sources)[1:]
        read = []
        for k, source in enumerate(sources[1:], start=1):
            if k in self._loader.skipped_:
                reason = self._loader.skipped_[k].removeprefix(f"X[{k}], {describe(source)}, ")
                if "max_pixels" in reason:
                    most = f"the {self._loader.max_pixels:,} that are read; make it smaller"
                    reason = f"{reason.partition('max_pixels')[0]}{most}"
                self.fail(source, reason)
            else:
                read.append(positions[k - 1])
        return read, pictures


def listed(names, fail):
    """Return files, and in place of a folder the pictures in it.

    Parameters
    ----------
    names : list of str
        Files and folders.
    fail : callable
        What to do, ``fail(name, reason)``, about a folder that cannot be read, or has no pictures.

    Returns
    -------
    list of str
    """
    from skhcr.datasets._load_image_folder import EXTENSIONS

    files = []
    for name in names:
        if not os.path.isdir(name):  # noqa: PTH112 - a name that can be no path is no folder
            files.append(name)
            continue
        try:
            found = sorted(os.listdir(name))  # noqa: PTH208 - names, as they are given
        except OSError as error:
            fail(name, error.strerror)
            continue
        pictures = [one for one in found if one.lower().endswith(EXTENSIONS) and one[0] != "."]
        if not pictures:
            has_folders = any(os.path.isdir(f"{name}/{one}") for one in found)  # noqa: PTH112 - likewise
            hint = " There are folders in it; name these." if has_folders else ""
            fail(name, f"no picture is in this folder; looked for {', '.join(EXTENSIONS)}.{hint}")
        files += [os.path.join(name, one) for one in pictures]  # noqa: PTH118 - likewise
    return files
