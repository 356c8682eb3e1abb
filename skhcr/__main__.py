"""``python -m skhcr``: the command line."""

import sys

from skhcr.cli import main

if __name__ == "__main__":
    sys.exit(main())
