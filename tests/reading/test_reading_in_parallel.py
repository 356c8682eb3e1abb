"""Reading in threads and in processes that were forked."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from skhcr.reading import TextReader

SECONDS = 60  # after which a process is said to hang

#: In a process of its own, as a fork of one in which other tests started threads may hang anyway.
READ_IN_FORKS = f"""
import multiprocessing, sys
import numpy as np
from skhcr import load_pretrained
from skhcr.reading import CharacterSegmenter, TextReader

with np.load(sys.argv[1]) as file:
    pictures = [file[name] for name in file.files]
context = multiprocessing.get_context("fork")

def in_a_fork(function):
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=lambda: theirs.send(function()), daemon=False)
    process.start()
    if not ours.poll({SECONDS}):
        process.kill()
        sys.exit("the fork hangs")
    answer = ours.recv()
    process.join({SECONDS})
    assert process.exitcode == 0, process.exitcode
    return answer

own, other, segmenter = TextReader(), TextReader(load_pretrained("letters")), CharacterSegmenter()
for read in (
    lambda: own.predict(pictures).tolist(),
    lambda: other.predict(pictures).tolist(),
    lambda: segmenter.transform(pictures),
):
    expected = read()
    assert in_a_fork(read) == expected
    assert in_a_fork(lambda: in_a_fork(read)) == expected
    assert read() == expected
"""


@pytest.fixture(scope="module")
def pictures(write):
    texts = ["MARTIN", "PETER", "2024", "hands HANNA"]
    return [write(text).picture for text in texts] + [write(*texts, height=60).picture]


def test_threads_read_the_same(pictures):
    reader = TextReader(lexicon=["MARTIN", "PETER"])
    expected = reader.predict_details(pictures)
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(reader.predict_details, [pictures, pictures[::-1]] * 3))
    assert all(result == expected for result in results[::2])
    assert all(result[::-1] == expected for result in results[1::2])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_fork_after_reading_reads(pictures, tmp_path):
    path = tmp_path / "pictures.npz"
    np.savez(path, *pictures)
    command = [sys.executable, "-c", READ_IN_FORKS, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
