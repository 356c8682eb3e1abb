"""``python -m skhcr``: the command line."""

import signal
import sys

# Ctrl-C ends the program without a word until it can say one, unless it is to be ignored.
_before = signal.getsignal(signal.SIGINT)
if _before is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
from skhcr.cli import main  # noqa: E402 - the import that Ctrl-C is to be quiet in

signal.signal(signal.SIGINT, _before)

if __name__ == "__main__":
    sys.exit(main())
