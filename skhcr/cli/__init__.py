"""The command line: ``skhcr`` or ``python -m skhcr``.

A thin front door over what is public in the other rooms. Each command is a function in a module of
its own, which imports what it needs when it runs: ``skhcr --help`` imports Typer and nothing else.
"""

from skhcr.cli._main import main

__all__ = ["main"]
