"""What the page takes: how many bytes and pixels, from whom, and what it says of the rest."""

from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

MEGABYTE = 1_000_000
MAX_REQUEST = 100 * MEGABYTE
MAX_PICTURE = 25 * MEGABYTE
MAX_PIXELS = 50_000_000
MAX_PICTURES = 200

# Nothing but what the page itself is made of is loaded, whatever may get into it.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Gate:
    """ASGI middleware that lets in what is small enough, and of this page.

    Parameters
    ----------
    app : ASGI application
    allowed_hosts : collection of str, default=None
        Names by which the server may be called; None for any.
    max_bytes : int
        Largest body of a request. One that says that it is larger is refused unread, any other
        as soon as it is.

    Notes
    -----
    A web page of somebody else, open in the same browser, could send requests to a server on
    loopback, and could even give it a name of its own (DNS rebinding). Browsers say which page a
    request comes from and which name it was sent to; others are refused.
    """

    def __init__(self, app, allowed_hosts=None, max_bytes=MAX_REQUEST):
        self.app = app
        self.allowed_hosts = allowed_hosts
        self.max_bytes = max_bytes

    async def __call__(self, scope, receive, send):
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): v.decode("latin-1") for name, v in scope["headers"]}
        too_large = f"The upload has more than {self.max_bytes // MEGABYTE} MB."
        n_bytes = 0

        async def counted():
            nonlocal n_bytes
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > self.max_bytes:
                raise HTTPException(413, too_large)
            return message

        async def with_headers(message):
            if message["type"] == "http.response.start":
                known = [(name.lower().encode(), v.encode()) for name, v in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *known]}
            await send(message)

        length = headers.get("content-length", "0")
        host, origin = headers.get("host", ""), headers.get("origin")
        if not length.isdecimal() or int(length) > self.max_bytes:
            answer = JSONResponse({"detail": too_large}, 413)
        elif not self._is_allowed(host):
            answer = JSONResponse({"detail": f"This server is not called {host!r:.100}."}, 403)
        elif origin is not None and origin.partition("://")[2] != host:
            answer = JSONResponse({"detail": "The request comes from another page."}, 403)
        else:
            answer = self.app
        await answer(scope, counted, with_headers)

    def _is_allowed(self, host):
        if self.allowed_hosts is None:
            return True
        try:
            return urlsplit(f"//{host}").hostname in self.allowed_hosts
        except ValueError:  # of a name that is none
            return False
