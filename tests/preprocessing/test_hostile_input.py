"""Whatever a source is, it becomes ink or is refused in words: soon, and without much memory."""

import io
import re
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from hostile import hostile_sources

from skhcr.preprocessing import ImageLoader, make_ink_pipeline

SECONDS = 1  # of the process, as other processes are none of its business
MEGABYTES = 500

# A process's peak of memory starts at the one of the process that started it, which pytest's is
# far too large for: so a small one starts the one that measures.
LAUNCH = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, *sys.argv[1:]]))"
MEASURE = """
import resource, sys, warnings
sys.path.insert(0, sys.argv[1])
from hostile import hostile_sources
from skhcr.preprocessing import make_ink_pipeline

sources = [source for source, works in hostile_sources(sys.argv[2]).values()]
pipeline = make_ink_pipeline(on_error="skip")
warnings.simplefilter("ignore")
pipeline.fit_transform(sources)
assert pipeline[0].skipped_
assert not {"tensorflow", "keras"} & set(sys.modules)
unit = 1 if sys.platform == "darwin" else 1024  # bytes there, else kilobytes
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20)
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    return hostile_sources(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("options", [{}, {"color": "rgb", "max_size": 16}])
def test_each_is_read_or_refused_in_words(sources, options):
    good, loader, wrong = np.zeros((3, 3)), ImageLoader(**options), []
    for name, (source, works) in sources.items():
        start = time.process_time()
        try:
            picture = loader.transform([good, source])[1]
        except Exception as error:  # of whatever kind, it is looked at
            said = str(error)
            named = said.startswith("X[1], ") and said.isprintable() and len(said) < 1000
            if works or not named or not isinstance(error, (ValueError, OSError)):
                wrong.append((name, error))
            if isinstance(source, Path) and source.name[:40] not in said:
                wrong.append((name, error))
        else:
            n_axes = 3 if options else 2
            if works is False or picture.dtype != np.uint8 or picture.ndim != n_axes:
                wrong.append((name, picture))
        seconds = time.process_time() - start
        if seconds > SECONDS:
            wrong.append((name, seconds))
    assert wrong == []


@pytest.mark.parametrize("options", [{}, {"color": "rgb", "deskew": True}])
def test_what_is_read_becomes_ink(sources, options):
    pipeline, wrong = make_ink_pipeline(on_error="skip", **options).fit([np.zeros((3, 3))]), []
    for name, (source, works) in sources.items():
        start = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ink = pipeline.transform([np.zeros((3, 3)), source])
        if works and ink.shape != (2, 28, 28):
            wrong.append((name, ink.shape))
        seconds = time.process_time() - start
        if seconds > SECONDS:
            wrong.append((name, seconds))
    assert wrong == []


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_skipping_leaves_what_can_be_read(sources, n_jobs):
    loader = ImageLoader(on_error="skip", n_jobs=n_jobs)
    works = np.array([works for _, works in sources.values()], dtype=object)
    with pytest.warns(UserWarning, match=rf"^Skipped \d+ of {len(sources)} sources") as caught:
        pictures = loader.transform([source for source, _ in sources.values()])
    assert len(caught) == 1
    skipped = list(loader.skipped_)
    assert skipped == sorted(skipped)
    assert set(np.flatnonzero(works == False)) <= set(skipped)  # noqa: E712, as None is neither
    assert not set(np.flatnonzero(works)) & set(skipped)
    assert len(pictures) == len(sources) - len(skipped)
    assert all(
        message.startswith(f"X[{position}], ") for position, message in loader.skipped_.items()
    )


def test_memory_of_the_whole_process(tmp_path):
    pytest.importorskip("resource")  # which Windows lacks
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", LAUNCH, "-c", MEASURE, here, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < MEGABYTES


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("claim of png", "it claims 3_600_000_000 pixels, more than max_pixels=100_000_000"),
        ("claim of 120 megapixels", "it claims 10000 x 12000 pixels, more than max_pixels="),
        ("claim of tiff tile", "it claims 60000 x 60000 pixels, more than max_pixels="),
        ("claim of tiff strip", "it claims 16 x 90000 pixels, but holds 16 x 3"),
        ("claim of gif frame", "it claims 3_600_000_000 pixels, more than max_pixels="),
        ("empty bytes", "it is empty"),
        ("svg file", "it is SVG"),
        ("web page file", "it is a web page"),
        ("pdf file", "it is a PDF"),
        ("postscript", "it is PostScript"),
        ("heif", "it is HEIF"),
        ("git lfs pointer", "it is a pointer of Git LFS"),
        ("zip", "it is an archive"),
        ("text file", "it is open as text"),
        ("rows of text file", "it is damaged, or in no format that is read"),
        ("file whose read raises", "broken disk"),
        ("pipe", "it is a pipe, not a regular file"),
        ("socket", "it is a socket, not a regular file"),
        ("/dev/zero", "it is a device, not a regular file"),
        ("empty path", "'', does not exist"),
        ("file as a folder", "does not exist"),
        ("folder", "is a directory; expected a file"),
        ("path that is too long", "File name too long"),
        ("object without a repr", "is not a source of a picture"),
    ],
)
def test_reasons(sources, name, reason):
    if name not in sources:
        pytest.skip("not on this system")
    with pytest.raises((ValueError, OSError), match=re.escape(reason)):
        ImageLoader().transform([np.zeros((3, 3)), sources[name][0]])


def test_of_several_pictures_the_first_is_read(sources):
    for name in ("animated gif", "animated png", "tiff of two pages"):
        assert (ImageLoader().transform([sources[name][0]])[0] == 128).all()


def test_sources_mix_in_an_array_of_objects(sources):
    names = ["good path", "one pixel", "NaN", "None", "open file at its end", "half floats"]
    mixed = np.empty(len(names), dtype=object)
    for position, name in enumerate(names):
        mixed[position] = sources[name][0]
    loader = ImageLoader(on_error="skip")
    with pytest.warns(UserWarning, match="Skipped 2 of 6 sources"):
        shapes = [picture.shape for picture in loader.transform(mixed)]
    assert shapes == [(40, 56), (1, 1), (40, 56), (9, 9)]
    assert list(loader.skipped_) == [2, 3]


def test_the_file_of_a_refused_picture_stays_open(sources):
    file = io.BytesIO(sources["claim of 120 megapixels"][0])
    with pytest.raises(ValueError, match="max_pixels"):
        ImageLoader().transform([file])
    assert not file.closed


def test_nothing_is_warned_of_but_the_skipped(sources):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for source, works in sources.values():
            if works:
                ImageLoader().transform([source])
