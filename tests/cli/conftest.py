"""Pictures to recognise, and the command line in this process, which is quick."""

import signal
from types import SimpleNamespace

import pytest
from program import write_digit

from skhcr.cli import main
from skhcr.datasets import load_digits


@pytest.fixture(autouse=True, scope="session")
def ctrl_c():
    """Let the programs that tests begin know Ctrl-C, which a shell's background jobs ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def digits():
    """Bundled digits, 28 x 28."""
    return load_digits()


@pytest.fixture(scope="session")
def pictures(digits, tmp_path_factory):
    """Pictures of digits, named after them: "0.png" to "9.png"."""
    folder = tmp_path_factory.mktemp("pictures")
    for digit in range(10):
        write_digit(folder / f"{digit}.png", digits.images[digits.target == digit][0])
    return folder


@pytest.fixture(scope="session")
def digit_folders(digits, tmp_path_factory):
    """A folder for each digit, with twenty pictures in it."""
    folder = tmp_path_factory.mktemp("labelled")
    for digit in range(10):
        for k, image in enumerate(digits.images[digits.target == digit][:20]):
            write_digit(folder / str(digit) / f"{k}.png", image, size=40)
    return folder


@pytest.fixture
def call(capsys):
    """Run the command line in this process."""

    def call(*arguments):
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return SimpleNamespace(returncode=status, stdout=said.out, stderr=said.err)

    return call
