"""create_app: the page, and what it asks the server."""

import asyncio
import json
from collections import OrderedDict
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Literal

import numpy as np
from fastapi import FastAPI, Form, HTTPException, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

import skhcr
from skhcr.app import _limits, _matching, _recognition, _teaching
from skhcr.app._workers import Worker

_STATIC = Path(__file__).parent / "static"
_MAX_TAUGHT = 16  # models, of three megabytes each

Name = Literal[_recognition.NAMES]
Alphabet = Literal[_recognition.ALPHABETS]


class TaughtModels:
    """The last models that were taught, by names that nobody guesses; in memory only."""

    def __init__(self):
        self._models = OrderedDict()

    def add(self, name, content):
        """Return the name of a new model; the oldest one goes if there are too many."""
        token = token_urlsafe(16)
        self._models[token] = name, _recognition.taught(name, content), content
        if len(self._models) > _MAX_TAUGHT:
            self._models.popitem(last=False)
        return token

    def __getitem__(self, token):
        if token not in self._models:
            raise HTTPException(404, "The server has no such model any more; teach it again.")
        return self._models[token]

    def discard(self, token):
        """Forget a model, if it is there."""
        self._models.pop(token, None)


def create_app(*, allowed_hosts=None):
    """Make the page as an ASGI application, for a server or a frame of your own.

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
    quick, slow = Worker("skhcr-quick"), Worker("skhcr-slow")

    @asynccontextmanager
    async def lifespan(app):
        yield
        quick.stop()
        slow.stop()

    # Without the documentation pages of FastAPI, whose scripts come from elsewhere.
    app = FastAPI(
        title="skhcr", version=skhcr.__version__, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.add_middleware(_limits.Gate, allowed_hosts=allowed_hosts)
    app.add_exception_handler(RequestValidationError, _one_sentence)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    taught, teaching = TaughtModels(), asyncio.Lock()

    @app.get("/", include_in_schema=False)
    def index():
        return FileResponse(_STATIC / "index.html")

    @app.get("/api/info")
    async def info():
        return {
            "version": skhcr.__version__,
            "classes": await quick.run(_recognition.all_classes),
            "max_request": _limits.MAX_REQUEST,
            "max_picture": _limits.MAX_PICTURE,
            "max_pictures": _limits.MAX_PICTURES,
        }

    @app.post("/api/recognise")
    async def recognise(
        picture: UploadFile, model: Annotated[str, Form()], preview: Annotated[bool, Form()] = False
    ):
        known = model in _recognition.NAMES
        pipeline = _recognition.shipped(model) if known else taught[model][1]
        worker = slow if preview else quick
        return await worker.run(_recognition.recognise, pipeline, await _named(picture), preview)

    @app.post("/api/read")
    async def read(picture: UploadFile, alphabet: Annotated[Alphabet, Form()] = "characters"):
        return await slow.run(_recognition.read, await _named(picture), alphabet)

    @app.post("/api/table")
    async def table(table: UploadFile):
        return await slow.run(_describe_table, *await _named(table))

    @app.post("/api/match")
    async def match(
        table: UploadFile,
        column: Annotated[str, Form()],
        pictures: list[UploadFile],
        alphabet: Annotated[Alphabet, Form()] = "characters",
    ):
        _check_number(pictures)
        texts = await slow.run(_known_texts, *await _named(table), column)
        named = [await _named(picture) for picture in pictures]

        async def rows():
            for picture in named:
                try:
                    text = await slow.run(_recognition.read_text, picture, alphabet)
                    row = {"read": text, **await slow.run(texts.closest, text)}
                except HTTPException as error:
                    row = {"error": error.detail}
                yield {"picture": picture[0], **row}

        return _stream(rows())

    @app.post("/api/teach")
    async def teach(
        model: Annotated[Name, Form()],
        labels: Annotated[list[str], Form()],
        pictures: list[UploadFile],
    ):
        nonlocal teaching
        _check_number(pictures)
        before = _recognition.shipped(model)
        y = _check_labels(labels, before.classes_, len(pictures))
        if teaching.locked():
            raise HTTPException(409, "Somebody is teaching already; try again in half a minute.")
        named = [await _named(picture) for picture in pictures]
        ink = await slow.run(_recognition.to_ink, before, named)
        if not ink.any(axis=(1, 2)).all():
            empty = int(np.flatnonzero(~ink.any(axis=(1, 2)))[0])
            raise HTTPException(422, f"There is no ink on {named[empty][0]!r}, a {labels[empty]}.")

        async def progress():
            try:
                async with teaching, aclosing(_teaching.teach(model, ink, y)) as events:
                    async for event in events:
                        if isinstance(event, dict):
                            yield event
                        else:
                            token = await slow.run(taught.add, model, event)
            except _teaching.TeachingError as error:
                yield {"error": str(error)}
                return
            yield {"token": token, **await slow.run(_compare, model, taught[token][1], ink, y)}

        return _stream(progress())

    @app.get("/api/models/{token}")
    async def download(token: str):
        name, _, content = taught[token]
        headers = {"Content-Disposition": f"attachment; filename=taught-{name}.onnx"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    @app.delete("/api/models/{token}", status_code=204)
    async def discard(token: str):
        taught.discard(token)

    return app


def _describe_table(name, content):
    table, encoding = _matching.read_table(name, content)
    columns = _matching.describe_columns(table)
    return {"n_rows": len(table), "encoding": encoding, "columns": columns}


def _known_texts(name, content, column):
    table, _ = _matching.read_table(name, content)
    if column not in table.columns:
        columns = ", ".join(map(str, table.columns))
        raise HTTPException(422, f"{name!r} has no column {column!r:.100}, but {columns:.300}.")
    texts = _matching.KnownTexts(table[column].tolist())
    if not len(texts):
        raise HTTPException(422, f"There is no text in the column {column!r:.100} of {name!r}.")
    return texts


def _compare(name, after, ink, labels):
    """Tell how samples, and others that are known, were read before and are read now."""
    before = _recognition.shipped(name)
    _, _, other_ink, other_labels = _teaching.bundled(name, before)
    both = {"before": before[-1], "after": after[-1]}
    shares = {k: float((p.predict(other_ink) == other_labels).mean()) for k, p in both.items()}
    read = {k: p.predict(ink).astype(str).tolist() for k, p in both.items()}
    samples = [
        {"label": str(label), "before": old, "after": new}
        for label, old, new in zip(labels, read["before"], read["after"], strict=True)
    ]
    return {"samples": samples, "others": {"n": len(other_labels), **shares}}


async def _named(upload):
    return upload.filename or "file", await upload.read()


def _check_number(pictures):
    if len(pictures) > _limits.MAX_PICTURES:
        raise HTTPException(
            413, f"There are {len(pictures)} pictures; expected {_limits.MAX_PICTURES} at most."
        )


def _check_labels(labels, classes, n_pictures):
    if len(labels) != n_pictures:
        raise HTTPException(422, f"There are {len(labels)} labels for {n_pictures} pictures.")
    known = dict(zip(classes.astype(str).tolist(), classes.tolist(), strict=True))
    for label in labels:
        if label not in known:
            raise HTTPException(422, f"{label!r:.50} is none of {' '.join(known)}.")
    return np.array([known[label] for label in labels])


def _stream(events):
    """Answer with one line of JSON for each event, as soon as it comes."""

    async def lines():
        async with aclosing(events):
            async for event in events:
                yield json.dumps(event) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


async def _one_sentence(request, error):
    """Say what is wrong with a request as every other error is said."""
    wrong = "; ".join(f"{one['loc'][-1]}: {one['msg']}" for one in error.errors())
    return JSONResponse({"detail": f"{wrong:.500}."}, 422)
