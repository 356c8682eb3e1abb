"""Reader of a folder that holds a folder for each class."""

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
    class_folders, pictures, _ = _sorted_content(folder, extensions)
    if pictures:
        raise ValueError(
            f"{folder} holds pictures of its own, {pictures[0].name!r} first of {len(pictures)}; "
            "expected only folders, one a class, with the pictures in them."
        )
    if not class_folders:
        raise ValueError(f"{folder} holds no folders; expected one a class.")
    filenames, target = [], []
    for class_folder in class_folders:
        deeper, pictures, others = _sorted_content(class_folder, extensions)
        if deeper:
            raise ValueError(
                f"The class folder {class_folder} holds folders, {deeper[0].name!r} first of "
                f"{len(deeper)}; expected only pictures. Is root one level too high?"
            )
        if not pictures:
            raise ValueError(
                f"The class folder {class_folder} holds no pictures; expected names that end in "
                f"{', '.join(extensions)}. Other files in it: {len(others)}"
                + (f", {others[0].name!r} first." if others else ".")
            )
        filenames += map(str, pictures)
        target += [class_folder.name] * len(pictures)
    filenames, target = np.array(filenames), np.array(target)
    if return_X_y:
        return filenames, target
    return Bunch(
        filenames=filenames,
        target=target,
        target_names=np.array([class_folder.name for class_folder in class_folders]),
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


def _sorted_content(folder, extensions):
    """Return a folder's folders, pictures and other files, without what is hidden."""
    folders, pictures, others = [], [], []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            folders.append(path)
        elif path.name.lower().endswith(extensions):
            pictures.append(path)
        else:
            others.append(path)
    return folders, pictures, others
