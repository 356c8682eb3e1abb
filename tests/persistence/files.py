"""Model files that skhcr.save would not write."""

import hashlib
import io
import json
import zipfile

import numpy as np


def read(path):
    """Return document and arrays of a file, and none of its checks."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.startswith("arrays/")]
        document = json.loads(archive.read("document.json"))
        return document, [archive.read(name) for name in names]


def npy(array):
    """Return an array as the content of a member."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def write(path, document, arrays=(), *, names=None, compression=zipfile.ZIP_STORED):
    """Write a file whose checksums are right.

    Parameters
    ----------
    path : path-like
    document : dict or bytes
    arrays : list of bytes
    names : list of str, default=None
        Of all members but the checksums.
    compression : int, default=zipfile.ZIP_STORED
    """
    document = document if isinstance(document, bytes) else json.dumps(document).encode()
    names = names or ["document.json", *(f"arrays/{k}.npy" for k in range(len(arrays)))]
    sums = ""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in zip(names, [document, *arrays], strict=True):
            archive.writestr(zipfile.ZipInfo(name), content, compression)
            sums += f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        archive.writestr(zipfile.ZipInfo("SHA256SUMS"), sums.encode())
    return path
