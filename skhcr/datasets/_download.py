"""Finding the files of a dataset on this machine, or downloading them."""

import os
from pathlib import Path


def dataset_folder(name, data_home):
    """Return the folder of a dataset: ``<data_home>/<name>``.

    By default `data_home` is what the environment variable ``SKHCR_DATA_HOME`` says, or else the
    system's folder for caches (``~/.cache/skhcr`` on Linux). Nothing is created.
    """
    if data_home is None:
        data_home = os.environ.get("SKHCR_DATA_HOME")
    if data_home is None:
        import pooch

        data_home = pooch.os_cache("skhcr")
    return Path(data_home).expanduser() / name


def find_file(folder, name):
    """Return the path of a file in a folder, compressed or not, or None."""
    for path in (folder / name, folder / name.removesuffix(".gz")):
        if path.is_file():
            return path
    return None


def obtain_file(folder, name, *, urls, sha256, download_if_missing, wanted):
    """Return the path of a file that is in a folder, after downloading it if it was not.

    A file that is there is taken as it is; a downloaded one is checked first, and stands there
    whole or not at all.

    Parameters
    ----------
    folder : Path
        Where it is, or will be.
    name : str
        The file's name.
    urls : list of str
        Addresses of the file; each is tried until one gives the right file.
    sha256 : str
        The checksum.
    download_if_missing : bool
        Whether to download it at all.
    wanted : str
        What the error tells a user to put into the folder.

    Returns
    -------
    Path

    Raises
    ------
    OSError
        If the file is not there and can't be, or may not be, downloaded. It says what to put
        where.
    """
    path = find_file(folder, name)
    if path is not None:
        return path
    reasons = ["download_if_missing is False"]
    if download_if_missing:
        import pooch

        reasons = []
        for url in urls:
            try:
                return Path(
                    pooch.retrieve(
                        url, f"sha256:{sha256}", fname=name, path=folder, progressbar=True
                    )
                )
            except (OSError, ValueError) as error:  # not reached; not the file it should be
                reasons.append(f"{url}: {error}")
    raise OSError(
        f"{wanted} is not in {folder} and was not downloaded. Get {name} from "
        f"{' or '.join(urls)} and put it into {folder} (another folder: data_home, or the "
        f"environment variable SKHCR_DATA_HOME). What went wrong: {'; '.join(reasons)}."
    )
