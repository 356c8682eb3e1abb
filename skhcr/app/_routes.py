"""What the page asks the server."""

import asyncio
import json
from contextlib import aclosing
from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

import skhcr
from skhcr.app import _limits, _matching, _recognition, _teaching
from skhcr.app._taught_models import TaughtModels
from skhcr.app._workers import Worker


class State:
    """What requests share.

    Attributes
    ----------
    quick, slow : Worker
        For drawings, which are answered while one writes, and for all else.
    taught : TaughtModels
    teaching : Teaching
    is_stopped : bool
    """

    def __init__(self):
        self.quick, self.slow = Worker("skhcr-quick"), Worker("skhcr-slow")
        self.taught = TaughtModels()
        self.teaching = _teaching.Teaching()
        self.is_stopped = False

    def stop(self):
        """End what is going on, so that the server can end soon."""
        self.is_stopped = True
        self.quick.stop()
        self.slow.stop()
        self.teaching.stop()


def _state(request: Request):
    return request.app.state.skhcr


Shared = Annotated[State, Depends(_state)]
Name = Annotated[Literal[_recognition.NAMES], Form()]
Alphabet = Annotated[Literal[_recognition.ALPHABETS], Form()]
# Whether the first row of a CSV has the names of its columns.
Header = Annotated[bool, Form()]

router = APIRouter(prefix="/api")


@router.get("/info")
async def info(state: Shared):
    """Tell what there is to choose from, and what is too much."""
    return {
        "version": skhcr.__version__,
        "classes": await state.quick.run(_recognition.all_classes),
        "max_request": _limits.MAX_REQUEST,
        "max_picture": _limits.MAX_PICTURE,
        "max_pictures": _limits.MAX_PICTURES,
    }


@router.post("/recognise")
async def recognise(
    request: Request,
    state: Shared,
    picture: UploadFile,
    model: Annotated[str, Form()],
    preview: Annotated[bool, Form()] = False,
):
    """Recognise one character, by a shipped model or one that was taught."""
    known = model in _recognition.NAMES
    pipeline = _recognition.shipped(model) if known else state.taught[model][1]
    worker = state.slow if preview else state.quick
    picture = await _named(picture)
    return await _while_wanted(
        request, worker.run(_recognition.recognise, pipeline, picture, preview)
    )


@router.post("/read")
async def read(
    request: Request, state: Shared, picture: UploadFile, alphabet: Alphabet = "characters"
):
    """Read text, and tell where it stands."""
    picture = await _named(picture)
    return await _while_wanted(request, state.slow.run(_recognition.read, picture, alphabet))


@router.post("/table")
async def describe_table(request: Request, state: Shared, table: UploadFile, header: Header = True):
    """Tell which columns a CSV has."""
    table = await _named(table)
    return await _while_wanted(request, state.slow.run(_matching.describe_table, *table, header))


@router.post("/match")
async def match(
    state: Shared,
    table: UploadFile,
    column: Annotated[int, Form()],
    pictures: list[UploadFile],
    header: Header = True,
    alphabet: Alphabet = "characters",
):
    """Read pictures, and find the closest texts of a CSV: one line of JSON for each."""
    _check_number(pictures)
    texts = await state.slow.run(_matching.KnownTexts, *await _named(table), header, column)
    named = [await _named(picture) for picture in pictures]

    async def rows():
        for picture in named:
            try:
                text = await state.slow.run(_recognition.read_text, picture, alphabet)
                row = {"read": text, **await state.slow.run(texts.closest, text)}
            except HTTPException as error:
                if error.status_code == 503:  # which is not the picture's fault
                    raise
                row = {"error": error.detail}
            yield {"picture": picture[0], **row}

    return _stream(rows())


@router.post("/teach")
async def teach(
    state: Shared,
    model: Name,
    labels: Annotated[list[str], Form()],
    pictures: list[UploadFile],
):
    """Teach a shipped model: one line of JSON for each epoch, and one of what has changed."""
    _check_number(pictures)
    before = _recognition.shipped(model)
    y = _check_labels(labels, before.classes_, len(pictures))
    named = [await _named(picture) for picture in pictures]
    ink = await state.slow.run(_recognition.to_ink, before, named)
    for (name, _), label, one in zip(named, labels, ink, strict=True):
        if not one.any():
            raise HTTPException(422, f"There is no ink on {name!r}, a {label}.")

    async def progress():
        async with aclosing(state.teaching.teach(model, ink, y)) as events:
            async for event in events:
                if isinstance(event, dict):
                    yield event
                else:
                    token = await state.slow.run(state.taught.add, model, event)
        try:
            after = state.taught[token][1]
            changed = await state.slow.run(_compare, model, after, ink, y)
        except BaseException:  # nobody will know of it
            state.taught.discard(token)
            raise
        yield {"token": token, **changed}

    return _stream(progress())


@router.get("/models/{token}")
async def download(state: Shared, token: str):
    """Hand over a model that was taught, as a model file."""
    name, _, network = state.taught[token]
    content = await state.slow.run(_recognition.model_file, name, network)
    headers = {"Content-Disposition": f"attachment; filename=taught-{name}.skhcr"}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.delete("/models/{token}", status_code=204)
async def discard(state: Shared, token: str):
    """Forget a model that was taught."""
    state.taught.discard(token)


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


async def _while_wanted(request, work):
    """Return what some work results in; give it up if nobody waits for it any more.

    Of what is still to be begun, that is: one who tries alphabets does not wait for each.
    """
    work = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(request.receive())  # the body is here: only that one has gone
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else Response(status_code=499)
    finally:
        work.cancel()
        gone.cancel()


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
    """Answer with one line of JSON for each event, as soon as it comes.

    What goes wrong is the last one, {"failed": why}: the status has been sent by then.
    """

    async def lines():
        async with aclosing(events):
            try:
                async for event in events:
                    yield json.dumps(event) + "\n"
            except HTTPException as error:
                yield json.dumps({"failed": error.detail}) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")
