"""Reader of a folder that holds a folder for each class."""

import os
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

EXTENSIONS = (".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")


def load_image_folder(root, *, extensions=EXTENSIONS, return_X_y=False):
    """Load the file names of pictures sorted into folders, one a class.

    The pictures are not read: a pipeline that starts with ``ImageLoader`` reads them when it
    needs them. The layout is exactly two deep, ``root/class/picture.png``: a folder within a
    class folder raises, as it is most often a sign that `root` is one level too high (such as
    ``train/`` and ``test/`` taken for classes). What is hidden (a leading dot) and what has
    another extension is left out.

    Parameters
    ----------
    root : str or path-like
        The folder that holds the class folders.
    extensions : sequence of str
        What a picture's name ends in, in small letters; capitals are matched too.
    return_X_y : bool, default=False
        Whether to return ``(filenames, target)`` instead of a Bunch.

    Returns
    -------
    Bunch, or tuple of (filenames, target)
        filenames : ndarray of shape (n_samples,), str
            The absolute path of each picture, sorted by class, then by name.
        target : ndarray of shape (n_samples,), str
            The name of the folder that it is in.
        target_names : ndarray of shape (n_classes,), str
            The names of the class folders, sorted.
        DESCR : str
            Where it comes from.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If the folder holds no class folders, or pictures of its own, or a class folder holds no
        pictures or further folders.

    See Also
    --------
    load_image_csv : A CSV that lists pictures and labels.

    Examples
    --------
    >>> from skhcr.datasets import load_image_folder
    >>> X, y = load_image_folder("letters/train", return_X_y=True)  # doctest: +SKIP
    """
    folder = Path(root).resolve()
    if not folder.is_dir():
        raise FileNotFoundError(f"root={str(root)!r} is not a folder; looked for {folder}.")
    extensions = _check_extensions(extensions)
    classes, pictures, _ = _sorted_content(folder, extensions)
    if pictures:
        raise ValueError(
            f"{folder} holds pictures of its own, {pictures[0]!r} first of {len(pictures)}; "
            "expected only folders, one a class, with the pictures in them."
        )
    if not classes:
        raise ValueError(f"{folder} holds no folders; expected one a class.")
    # In one string, names take a quarter of the memory that each has as a string of its own.
    joined = ["/".join(_picture_names(folder / name, extensions)) for name in classes]
    counts = [names.count("/") + 1 for names in joined]
    starts = [f"{folder / name}{os.sep}" for name in classes]
    longest = max(map(len, _paths(starts, joined)))
    filenames = np.fromiter(_paths(starts, joined), dtype=f"U{longest}", count=sum(counts))
    target_names = np.array(classes)
    target = np.repeat(target_names, counts)
    if return_X_y:
        return filenames, target
    return Bunch(
        filenames=filenames,
        target=target,
        target_names=target_names,
        DESCR=f"Pictures in {folder}, a folder a class.",
    )


def _check_extensions(extensions):
    if isinstance(extensions, str) or not all(
        isinstance(extension, str) and extension.startswith(".") for extension in extensions
    ):
        raise ValueError(
            f"extensions={extensions!r}; expected a sequence of endings with their dot, such as "
            "('.png', '.jpg')."
        )
    return tuple(extension.lower() for extension in extensions)


def _picture_names(class_folder, extensions):
    deeper, pictures, others = _sorted_content(class_folder, extensions)
    if deeper:
        raise ValueError(
            f"The class folder {class_folder} holds folders, {deeper[0]!r} first of "
            f"{len(deeper)}; expected only pictures. Is root one level too high?"
        )
    if not pictures:
        raise ValueError(
            f"The class folder {class_folder} holds no pictures; expected names that end in "
            f"{', '.join(extensions)}. Other files in it: {len(others)}"
            + (f", {others[0]!r} first." if others else ".")
        )
    return pictures


def _sorted_content(folder, extensions):
    """Return the names of a folder's folders, pictures and other files, without what is hidden."""
    folders, pictures, others = [], [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            # The listing says what is a folder; only where a link leads has to be looked up.
            if entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and Path(entry).is_dir()):
                folders.append(name)
            elif name.lower().endswith(extensions):
                pictures.append(name)
            else:
                others.append(name)
    return sorted(folders), sorted(pictures), sorted(others)


def _paths(starts, joined):
    for start, names in zip(starts, joined, strict=True):
        for name in names.split("/"):
            yield start + name
