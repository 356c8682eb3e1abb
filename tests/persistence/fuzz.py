"""Change files by chance and open them: python -m tests.persistence.fuzz N_EXAMPLES.

Of each file bytes are flipped, cut, inserted, or parts of it repeated; it either loads, and says
the same as before, or is an InvalidModelFile. The same is done to its parts, with checksums that
are right again, as somebody who wants to do harm would; what loads then may say anything. None
takes more than a second and 300 MB.
"""

import io
import json
import re
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import skhcr
from skhcr.persistence import InvalidModelFile
from tests.persistence.files import read, write

DATA = Path(__file__).parent / "data"
FILES = sorted(path for path in DATA.glob("*.skhcr") if not path.stem.endswith("trainable"))
MEGABYTE = 2**20
MOST_SECONDS, MOST_MEGABYTES = 1, 300

# What numbers and names become, in place of chance, which seldom makes what JSON and zips have.
ODD = [b"", b"0", b"-1", b"1e999", b"999999999999", b"null", b"[]", b"{}", b'""', b'"a"', b"true"]
ODD += [b"\0" * 4, b"\xff" * 4, b"\xff\xff\xff\x7f", b"PK\x01\x02", b"PK\x05\x06", b"[" * 2000]


@st.composite
def changes(draw):
    """A function that changes bytes in one to four places."""
    kinds = st.sampled_from(["flip", "set", "cut", "insert", "odd", "repeat", "shorten"])
    each = st.tuples(
        kinds, st.floats(0, 1), st.integers(0, 255), st.integers(1, 64), st.sampled_from(ODD)
    )
    plan = draw(st.lists(each, min_size=1, max_size=4))

    def change(content):
        content = bytearray(content)
        for kind, place, byte, length, odd in plan:
            start = min(int(place * len(content)), max(len(content) - 1, 0))
            part = slice(start, start + length)
            if kind == "shorten":
                del content[start:]
            elif kind == "cut":
                del content[part]
            elif kind == "repeat":
                content[start:start] = content[part]
            elif kind == "insert":
                content[start:start] = bytes([byte]) * length
            elif kind == "odd":
                content[start : start + len(odd)] = odd
            elif content:
                content[start] = byte if kind == "set" else content[start] ^ (1 << byte % 8)
        return bytes(content)

    return change


@st.composite
def replaced_values(draw):
    """A function that puts an odd value in place of one of a JSON text."""
    place, odd = draw(st.floats(0, 0.9999)), draw(st.sampled_from(ODD))

    def replace(text):
        values = list(re.finditer(rb'"[^"]*"|-?\d[\d.e+-]*|true|false|null|\[\]', text))
        value = values[int(place * len(values))]
        return text[: value.start()] + odd + text[value.end() :]

    return replace


def opened(path):
    """Return what a file holds, or None if it is refused; check what that costs."""
    begun = time.process_time()
    try:
        loaded = skhcr.load(path)
    except InvalidModelFile:
        loaded = None
    seconds = time.process_time() - begun
    assert seconds < MOST_SECONDS, f"{seconds:.1f} s"
    return loaded


def says(loaded):
    if hasattr(loaded, "transform"):
        return loaded.transform(PICTURES)
    if hasattr(loaded, "predict_details"):
        return loaded.lexicon
    return loaded.predict_proba(PICTURES)


def limit_memory():
    """Let this process have so much more than it has, where the system knows such a limit."""
    try:
        import resource
    except ImportError:
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MOST_MEGABYTES * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main(n_examples):
    counts = {"loaded": 0, "refused": 0}
    folder = Path(tempfile.mkdtemp())
    options = {
        "max_examples": n_examples,
        "deadline": None,
        "database": None,
        "suppress_health_check": list(HealthCheck),
    }
    expected = {path: says(skhcr.load(path)) for path in FILES}

    @seed(0)
    @settings(**options)
    @given(st.sampled_from(FILES), changes())
    def change_files(path, change):
        changed = folder / "changed.skhcr"
        changed.write_bytes(change(path.read_bytes()))
        loaded = opened(changed)
        counts["loaded" if loaded is not None else "refused"] += 1
        if loaded is not None:
            np.testing.assert_array_equal(says(loaded), expected[path])

    @seed(0)
    @settings(**options | {"max_examples": n_examples // 2})
    @given(st.sampled_from(FILES), st.floats(0, 0.9999), changes() | replaced_values())
    def change_parts(path, place, change):
        document, arrays = read(path)
        parts = [io.BytesIO(), *arrays]
        parts[0] = json.dumps(document).encode()
        # Half of the time the document, which has the most to say.
        k = max(0, int((2 * place - 1) * len(parts)))
        if k and change.__name__ == "replace":
            k = 0
        parts[k] = change(parts[k])
        loaded = opened(write(folder / "changed.skhcr", *parts[:1], parts[1:]))
        counts["loaded" if loaded is not None else "refused"] += 1

    limit_memory()
    for test in (change_files, change_parts):
        begun = time.monotonic()
        test()
        print(f"{test.__name__}: {counts}, {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    PICTURES = np.zeros((2, 28, 28), np.uint8)
    PICTURES[0, 5:20, 12:15] = 255
    warnings.simplefilter("ignore")  # of versions that were changed
    main(int(sys.argv[1]))
