"""The program in a process of its own, in a pipe or in a terminal, and pictures for it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

from PIL import Image

COMMAND = [sys.executable, "-m", "skhcr"]


def write_digit(path, image, size=100):
    """Write a digit as people have them: dark on light, larger than the network wants it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(255 - image.reshape(28, 28)).resize((size, size)).save(path)


def run(*arguments, **options):
    """Run the command line in a process of its own, as its users do."""
    options = {"capture_output": True, "timeout": 120, "encoding": "utf-8"} | options
    return subprocess.run([*COMMAND, *map(str, arguments)], **options)


def run_in_terminal(*arguments, env=None, cwd=None):
    """Run the command line in a terminal of 80 columns; what stands on it, and the exit status."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", **(env or {})}
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            said += (part := os.read(ours, 4096))
        except OSError:  # Linux has this for the end
            break
        if not part:
            break
    os.close(ours)
    return said.decode("utf-8").replace("\r\n", "\n"), process.wait(120)


def colour_codes(text):
    """Return what would be colours and other commands to a terminal."""
    return re.findall(r"\x1b\[[0-9;?]*[a-zA-Z]", text)
