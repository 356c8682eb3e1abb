"""create_app: the page as an application."""

from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

import skhcr
from skhcr.app._limits import Gate
from skhcr.app._routes import State, router

_STATIC = Path(__file__).parent / "static"


def create_app(*, allowed_hosts=None):
    """Make the page as an ASGI application, for a server of your own, or within another.

    Parameters
    ----------
    allowed_hosts : collection of str, default=None
        Names by which the server may be called, such as ``["localhost"]``; requests that call it
        otherwise are refused. None for any.

    Returns
    -------
    fastapi.FastAPI
        The application. It keeps nothing: pictures are forgotten with their request, taught
        models, in memory only, when the page is closed or 16 others have come.

    Raises
    ------
    TypeError
        If `allowed_hosts` is a string.

    See Also
    --------
    serve : Serves it.

    Examples
    --------
    >>> from skhcr.app import create_app
    >>> app = create_app()
    >>> app.title
    'skhcr'
    """
    if isinstance(allowed_hosts, str):
        raise TypeError(
            f"allowed_hosts={allowed_hosts!r} is a string; expected a collection: "
            f"[{allowed_hosts!r}]."
        )

    @asynccontextmanager
    async def lifespan(app):
        if app.state.skhcr.is_stopped:  # it is started once more
            app.state.skhcr = State()
        yield
        app.state.skhcr.stop()

    # Without the documentation pages of FastAPI, whose scripts come from elsewhere.
    app = FastAPI(
        title="skhcr",
        version=skhcr.__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.skhcr = State()
    app.add_middleware(Gate, allowed_hosts=allowed_hosts)
    app.add_exception_handler(RequestValidationError, _one_sentence)
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC))
    app.add_api_route("/", _index, include_in_schema=False)
    return app


def _index():
    return FileResponse(_STATIC / "index.html")


async def _one_sentence(request, error):
    """Say what is wrong with a request as every other error is said."""
    wrong = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
    return JSONResponse({"detail": f"{wrong:.500}."}, 422)
