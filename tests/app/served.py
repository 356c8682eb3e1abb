"""A server to be asked."""

import os
import re
import subprocess
import sys


class Server:
    """``python -m skhcr.app`` in a process of its own."""

    def __init__(self, folder, *arguments, stderr=None):
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "skhcr.app", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env={**os.environ, "TMPDIR": str(folder)},
        )
        self.url = re.search(r"http://\S+", self.process.stdout.readline())[0]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()
