"""The program: its commands, and what becomes of errors, interruptions and broken pipes."""

import contextlib
import gc
import os
import signal
import sys
import traceback
import warnings
from typing import Annotated

import typer

from skhcr.cli import _app, _evaluate, _export, _info, _read, _recognise, _train
from skhcr.cli._console import InterruptedWorkError, complain, quiet_libraries, write

# What a user can mend: a message says it all.
_EXPECTED = (ValueError, OSError, MemoryError, ImportError)

_INTERRUPTED = 130
# What may be missing where one only recognises.
_TRAINS = ("tensorflow", "keras", "scikeras", "tf2onnx")
_PACKAGES = {"cv2": "opencv-python-headless", "sklearn": "scikit-learn", "PIL": "pillow"}
_RUN_NETWORKS = {"recognise", "train", "evaluate", "export"}

EXAMPLES = """Examples:

\b
  skhcr recognise photo.jpg
  skhcr read letter.png --lexicon names.txt
  skhcr train my_letters/ -o mine.skhcr
  skhcr recognise scans/ --model mine.skhcr --format csv > scans.csv
"""

program = typer.Typer(
    name="skhcr",
    # Plain help: what Rich draws takes as long to import as all the rest.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    epilog=EXAMPLES,
)
for module, command in (
    (_recognise, _recognise.recognise),
    (_read, _read.read),
    (_train, _train.train),
    (_evaluate, _evaluate.evaluate),
    (_export, _export.export),
    (_app, _app.app),
    (_info, _info.info),
):
    program.command(epilog=module.EXAMPLES)(command)


def _show_version(asked):
    if asked:
        from skhcr import __version__

        write(f"skhcr {__version__}\n")
        raise typer.Exit


@program.callback()
def _program(
    context: typer.Context,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error comes from (a traceback).")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_show_version, help="Show the version and exit."
        ),
    ] = False,
):
    """Recognise handwritten characters, and read handwritten text.

    Each command has examples: skhcr COMMAND --help.
    """
    context.obj["debug"] = debug
    if not debug and context.invoked_subcommand in _RUN_NETWORKS:
        context.with_resource(quiet_libraries())
    if context.invoked_subcommand is None:
        write(f"{context.get_help()}\n")


def main(arguments=None):
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, default=None
        What stands behind the name of the program; None for what this process was called with.

    Returns
    -------
    int
        The exit status: 0 if all is well, 1 for an error, 2 for wrong usage, 130 after Ctrl-C.
    """
    # Of what is imported nothing is garbage; to look for some takes a tenth of a second.
    gc.set_threshold(100_000)
    told = {"debug": False}
    is_closed = sys.stdout is None
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the shell: >&-
            setattr(sys, name, open(os.devnull, "w"))  # noqa: PTH123, SIM115 - it stays open to the end
    if is_closed:
        complain("there is no standard output to write to.")
        return 1
    with _terminates(), _warnings_as_lines():
        try:
            for stream in (sys.stdout, sys.stderr):
                # Names of files need not be text; and a terminal need not have all characters.
                if hasattr(stream, "reconfigure"):
                    stream.reconfigure(errors="backslashreplace")
            command = typer.main.get_command(program)
            status = command.main(arguments, prog_name="skhcr", standalone_mode=False, obj=told)
            write("")  # so that what is still to be written is, or fails, now
            if status == _INTERRUPTED:  # which is all that Typer makes of Ctrl-C
                complain("interrupted.")
            return status or 0
        except BaseException as error:
            if told["debug"] and isinstance(error, Exception):
                traceback.print_exc()
            return _say(error)


def _say(error):
    """Say in one line what went wrong, and return the exit status."""
    if isinstance(error, BrokenPipeError):
        _leave_stdout()
        return 1
    if isinstance(error, (KeyboardInterrupt, typer.Abort, InterruptedWorkError)):
        complain(str(error) or "interrupted.")
        return _INTERRUPTED
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "skhcr"
        said = error.format_message().replace("Value error, ", "").rstrip(".")
        if getattr(error, "option_name", None) == "--debug":
            said = "--debug stands before the command: skhcr --debug COMMAND"
        elif context is not None and context.parent is None and _is_of_a_command(error):
            said = f"{error.option_name} stands after the command: skhcr COMMAND ... "
            said += error.option_name
        complain(f"{said}{'' if said.endswith('?') else '.'} See {path} --help.")
        return error.exit_code
    if not isinstance(error, Exception):
        raise error  # SystemExit
    if isinstance(error, OSError):
        _leave_stdout()
        reason = error.strerror or str(error)
        complain(reason if error.filename is None else f"{error.filename}: {reason}")
    elif isinstance(error, MemoryError):
        complain(str(error) or "There is not enough memory.")
    elif isinstance(error, ModuleNotFoundError) and error.name in _TRAINS:
        complain(f"This needs TensorFlow and what goes with it: pip install {' '.join(_TRAINS)}")
    elif isinstance(error, ModuleNotFoundError) and error.name and "pip" not in str(error):
        # Else it has said itself what to install.
        name = error.name.partition(".")[0]
        complain(f"This needs {name}, which is not there: pip install {_PACKAGES.get(name, name)}")
    elif isinstance(error, _EXPECTED):
        complain(str(error) or type(error).__name__)
    else:
        said = f"{type(error).__name__}: {error}"
        complain(f"{said:.500} (That is a mistake in skhcr; run skhcr --debug ... to see where.)")
    return 1


def _is_of_a_command(error):
    """Whether a wrong option is one that a command has."""
    commands = typer.main.get_command(program).commands.values()
    options = {name for command in commands for one in command.params for name in one.opts}
    return getattr(error, "option_name", None) in options


def _leave_stdout():
    """Let Python end without trying to write again what could not be written."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextlib.contextmanager
def _terminates():
    """Let SIGTERM end the program as an error would: temporary files are removed."""

    def end(number, frame):
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _warnings_as_lines():
    """Show warnings that are meant for users as lines, and those for programmers not at all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("default", UserWarning)
        warnings.showwarning = lambda message, *args, **kwargs: complain(f"warning: {message}")
        yield
