"""``python -m skhcr.app``: serve the page."""

import argparse
import sys

from skhcr.app import serve


def main(arguments=None):
    """Serve the page, on the address that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m skhcr.app",
        description="Draw, photograph, match and teach characters in the browser.",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on; the default, 127.0.0.1, is for this machine only, 0.0.0.0 is "
        "for all who can reach it",
    )
    parser.add_argument("--port", type=int, default=8000, help="port, by default 8000; 0 for any")
    options = parser.parse_args(arguments)
    try:
        serve(options.host, options.port)
    except OSError as error:
        sys.exit(f"skhcr.app: {error}")


if __name__ == "__main__":
    main()
