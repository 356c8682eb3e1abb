"""skhcr app: the page in the browser."""

from typing import Annotated

import typer

EXAMPLES = """Examples:

\b
  skhcr app
  skhcr app --port 0
  skhcr app --host 0.0.0.0 --port 8000
"""


def app(
    host: Annotated[
        str,
        typer.Option(
            help="Address to listen on. The default, 127.0.0.1, is for this machine only; 0.0.0.0 "
            "is for all who can reach it: there is no password."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for any that is free.")] = 8000,
):
    """Draw, photograph, match and teach in the browser.

    It runs until Ctrl-C.
    """
    from skhcr.app import serve

    serve(host, port)
