"""The command: where it listens, and what it says where it cannot."""

import asyncio
import gc
import http.client
import io
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from types import SimpleNamespace
from unittest.mock import AsyncMock

import anyio
import httpx2
import numpy as np
import psutil
import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient
from PIL import Image
from served import Server

from skhcr.app import create_app, serve
from skhcr.app._routes import _while_wanted
from skhcr.app._teaching import Teaching
from skhcr.app._workers import Worker
from skhcr.datasets import load_digits


def run(*arguments):
    command = [sys.executable, "-m", "skhcr.app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
        return answer.read()


def test_listens_on_loopback_only(server):
    port = int(server.url.rpartition(":")[2])
    assert server.url == f"http://127.0.0.1:{port}"
    assert b"<title>skhcr" in get(server.url)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(server.url, Host="evil.example")
    with pytest.raises(ConnectionRefusedError):  # another address of this machine
        socket.create_connection(("127.0.0.2", port), timeout=5).close()


def test_answers_to_the_address_it_names(tmp_path):
    server = Server(tmp_path, "--host", "127.0.0.2")
    try:
        assert server.url.startswith("http://127.0.0.2:")
        assert b"<title>skhcr" in get(server.url)
    finally:
        server.stop()


def test_all_addresses_take_any_name(tmp_path):
    server = Server(tmp_path, "--host", "0.0.0.0")
    try:
        port = server.url.rpartition(":")[2]
        assert b"<title>skhcr" in get(f"http://127.0.0.1:{port}", Host="classroom.example")
    finally:
        server.stop()


def test_answers_of_a_connection_do_not_wait(server):
    """Nagle's algorithm would hold up each one by 40 ms."""
    host, port = server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    taken = []
    for _ in range(30):
        begin = time.perf_counter()
        connection.request("GET", "/api/info")
        assert json.loads(connection.getresponse().read())["classes"]
        taken.append(time.perf_counter() - begin)
    connection.close()
    assert sorted(taken)[10] < 0.03


def test_an_address_in_use_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port))
        message = f"cannot listen on host='127.0.0.1', port={port}: Address already in use"
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"skhcr.app: {message}\n"
        with pytest.raises(OSError, match=f"port={port}: Address already in use"):
            serve(port=port)


@pytest.mark.parametrize("arguments", [("--port", "99999"), ("--host", "203.0.113.1")])
def test_an_address_that_is_none_is_said(arguments):
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("skhcr.app: cannot listen on host=")
    assert "Traceback" not in done.stderr


def test_help_names_the_defaults():
    done = run("--help")
    assert done.returncode == 0
    assert "127.0.0.1, is for this machine only" in " ".join(done.stdout.split())


def test_without_the_extra_it_says_what_is_missing():
    code = "import importlib.util as u; f = u.find_spec; " + (
        "u.find_spec = lambda name, *a: None if name == 'fastapi' else f(name, *a); "
        "import skhcr.app"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        'ImportError: skhcr.app needs fastapi: pip install "skhcr[app]"'
    )


def test_many_at_once_are_all_answered(server):
    """Each with its own answer; how quickly, says benchmarks/app.py."""
    images, labels = load_digits(return_X_y=True)
    answers = {}

    def draw(browser):
        with httpx2.Client(base_url=server.url, timeout=30) as client:
            for k in range(browser, 100, 20):
                file = io.BytesIO()
                Image.fromarray(255 - images[k].reshape(28, 28)).save(file, "png")
                form = {"files": {"picture": file.getvalue()}, "data": {"model": "digits"}}
                answers[k] = client.post("api/recognise", **form).json()["labels"][0]

    browsers = [threading.Thread(target=draw, args=(browser,)) for browser in range(20)]
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    assert [answers[k] for k in range(100)] == labels[:100].astype(str).tolist()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_in_the_middle_of_a_training(tmp_path, number):
    server = Server(tmp_path, stderr=subprocess.PIPE)
    images, _ = load_digits(return_X_y=True)
    file = io.BytesIO()
    Image.fromarray(255 - images[0].reshape(28, 28)).save(file, "png")
    form = {"files": {"pictures": file.getvalue()}, "data": {"model": "digits", "labels": ["7"]}}
    with (
        httpx2.Client(timeout=60) as client,
        client.stream("POST", f"{server.url}/api/teach", **form) as answer,
    ):
        lines = answer.iter_lines()
        assert json.loads(next(lines))["epoch"] == 1
        (training,) = psutil.Process(server.process.pid).children()
        begin = time.monotonic()
        server.process.send_signal(number)
        assert "failed" in json.loads(list(lines)[-1])
    _, said = server.process.communicate(timeout=30)
    assert time.monotonic() - begin < 15
    assert said == ""
    assert not training.is_running()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def slow_to_end(tmp_path, monkeypatch):
    """Trainings that are busy, and do not come to their signals."""
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\ntrap '' TERM\necho '{\"epoch\": 1}'\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr("skhcr.app._teaching._SECONDS_TO_END", 0.5)


@pytest.mark.usefixtures("slow_to_end")
def test_does_not_wait_for_a_training_that_goes_on():
    async def taught():
        teaching = Teaching()
        async for _ in teaching.teach("digits", np.zeros((1, 28, 28), np.uint8), [7]):
            teaching.stop()

    begin = time.monotonic()
    with (
        ThreadPoolExecutor(1) as thread,
        pytest.raises(HTTPException, match="server is about to end"),
    ):
        thread.submit(asyncio.run, taught()).result()
    assert time.monotonic() - begin < 10


@pytest.mark.usefixtures("slow_to_end")
def test_a_training_that_is_given_up_ends_before_the_next():
    images = np.zeros((1, 28, 28), np.uint8)

    async def taught():
        teaching, processes = Teaching(), []

        async def teach():
            with anyio.CancelScope() as scope:
                async with aclosing(teaching.teach("digits", images, [7])) as events:
                    async for _ in events:
                        processes.append(teaching._process)
                        assert [one.returncode is None for one in processes[:-1]] in ([], [False])
                        scope.cancel()  # as when the tab is closed

        first = asyncio.create_task(teach())
        while not processes:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        await teach()
        await first
        assert len(processes) == 2

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, taught()).result()


@pytest.mark.parametrize("seconds", [0, 0.3], ids=["begun", "waiting"])
@pytest.mark.usefixtures("slow_to_end")
def test_no_training_begins_when_the_server_ends(seconds):
    images = np.zeros((1, 28, 28), np.uint8)

    async def teach(teaching):
        async for _ in teaching.teach("digits", images, [7]):
            pass

    async def taught():
        teaching = Teaching()
        if seconds:  # one that is given up is to end first
            given_up = asyncio.create_task(teach(teaching))
            await asyncio.sleep(seconds)
            given_up.cancel()
        wanted = asyncio.create_task(teach(teaching))
        await asyncio.sleep(0)
        teaching.stop()
        with pytest.raises(HTTPException, match="The server is about to end"):
            await wanted

    begin = time.monotonic()
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, taught()).result()
    assert time.monotonic() - begin < 10


def test_what_nobody_waits_for_leaves_memory():
    class Picture:
        pass

    async def asked():
        worker, picture = Worker("test"), Picture()
        first = asyncio.create_task(worker.run(time.sleep, 0.5))
        second = asyncio.create_task(worker.run(id, picture))
        await asyncio.sleep(0.1)
        gone = weakref.ref(picture)
        del picture
        second.cancel()
        await asyncio.wait([second])
        del second
        gc.collect()
        assert gone() is None  # while the first is still at work
        assert not first.done()
        await first

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asked()).result()


def test_gives_up_what_nobody_waits_for():
    begun = []

    async def asked():
        worker = Worker("test")
        first = asyncio.create_task(worker.run(time.sleep, 0.3))
        gone = SimpleNamespace(receive=AsyncMock(return_value={"type": "http.disconnect"}))
        await _while_wanted(gone, worker.run(begun.append, "what nobody waits for"))
        await first
        waiting = SimpleNamespace(receive=asyncio.Event().wait)
        await _while_wanted(waiting, worker.run(begun.append, "what somebody waits for"))

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, asked()).result()
    assert begun == ["what somebody waits for"]


def test_does_not_wait_for_what_it_reads():
    async def asked():
        worker = Worker("test")
        asking = asyncio.create_task(worker.run(time.sleep, 30))
        await asyncio.sleep(0.1)
        worker.stop()
        for answer in (asking, worker.run(time.sleep, 30)):
            with pytest.raises(HTTPException, match="The server is about to end"):
                await answer

    begin = time.monotonic()
    with ThreadPoolExecutor(1) as thread:  # as Playwright's loop may run in this one
        thread.submit(asyncio.run, asked()).result()
    assert time.monotonic() - begin < 10


def test_stands_in_another_application():
    site = FastAPI()
    site.mount("/handwriting", create_app())
    client = TestClient(site)
    page = client.get("/handwriting")
    assert str(page.url).endswith("/handwriting/")  # what the page asks for is relative to that
    assert client.get("/handwriting/static/main.js").status_code == 200
    assert client.get("/handwriting/api/info").json()["classes"]["digits"][0] == "0"
