"""serve: the page, on an address of this machine."""

import contextlib
import ipaddress
import os
import socket

import uvicorn

from skhcr.app._create_app import create_app

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SECONDS_TO_END = 10  # that a training is given, all else being answered at once


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
        address, port = listening.getsockname()[:2]
        is_loopback = ipaddress.ip_address(address).is_loopback
        names = _LOOPBACK_NAMES | {host.lower(), address}
        app = create_app(allowed_hosts=names if is_loopback else None)
        config = uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        reached_at = _own_address() if address in ("0.0.0.0", "::") else host
        reached_at = f"[{reached_at}]" if ":" in reached_at else reached_at
        print(f"skhcr is at http://{reached_at}:{port} (Ctrl-C ends it)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            _Server(config).run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that ends its long answers before it waits for them to end."""

    async def shutdown(self, sockets=None):
        self.config.app.state.skhcr.stop()
        await super().shutdown(sockets)


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


def _own_address():
    """Return the address by which others are likely to reach this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # sends nothing, but chooses where it would go out
        except OSError:  # without a network
            return socket.gethostname()
        return asked.getsockname()[0]
