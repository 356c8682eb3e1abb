"""serve: the page, on an address of this machine."""

import contextlib
import ipaddress
import os
import socket

import uvicorn

from skhcr.app._create_app import create_app

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SECONDS_TO_END = 2  # that open requests are given


def serve(host="127.0.0.1", port=8000):
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    host : str, default="127.0.0.1"
        The address to listen on. The default is loopback: nobody but this machine can reach it.
        "0.0.0.0" is all addresses of this machine, for everybody who can reach one of them: there
        is no password.
    port : int, default=8000
        The port; 0 for one that is free.

    Raises
    ------
    OSError
        If the address is not one of this machine, or somebody listens there already.

    See Also
    --------
    create_app : The page for a server of your own.
    """
    try:
        listening = _listen(host, port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OSError(f"cannot listen on host={host!r}, port={port}: {reason}") from error
    with listening:
        app = create_app(allowed_hosts=_LOOPBACK_NAMES if _is_loopback(listening) else None)
        config = uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        name = f"[{host}]" if ":" in host else host
        print(
            f"skhcr is at http://{name}:{listening.getsockname()[1]} (Ctrl-C ends it)", flush=True
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


def _listen(host, port):
    """Return a socket that listens.

    Not of `socket.create_server`, which does not say that it is TCP: asyncio would then leave
    Nagle's algorithm on, and each answer to a browser would wait for 40 ms.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere others could then listen there, too
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except BaseException:
        listening.close()
        raise
    return listening


def _is_loopback(listening):
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback
