"""The page: asked as an application, served by the command, and in a real browser."""

import shutil

import pytest
from playwright.sync_api import sync_playwright
from served import Server

BROWSER = "chromium"  # apt-get install chromium
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera
    "--use-fake-ui-for-media-stream",
]


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server whose temporary files are in a folder of their own, `server.folder`."""
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def client():
    """The application, without a server."""
    from fastapi.testclient import TestClient

    from skhcr.app import create_app

    with TestClient(create_app()) as client:
        yield client


@pytest.fixture(scope="session")
def chromium():
    """A real browser."""
    executable = shutil.which(BROWSER)
    if executable is None:
        pytest.skip(f"there is no {BROWSER}; apt-get install {BROWSER}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390], ids=["wide", "phone"])
def width(request):
    """Of the browser's window, in pixels."""
    return request.param


@pytest.fixture
def page(chromium, server, width):
    """The page in the browser; no error in it, nothing from elsewhere."""
    context = chromium.new_context(
        viewport={"width": width, "height": 800 if width > 800 else 844},
        permissions=["clipboard-read", "clipboard-write", "camera"],
        has_touch=width < 800,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("request", lambda request: _note_if_elsewhere(request.url, server.url, wrong))
    page.goto(server.url)
    page.wait_for_selector("body[data-ready]")
    yield page
    context.close()
    # "Failed to load resource" says the browser of answers that the page itself shows as errors.
    assert [text for text in wrong if not text.startswith("Failed to load resource")] == []


def _note_if_elsewhere(url, own, wrong):
    if not url.startswith((own, "data:", "blob:")):
        wrong.append(f"requested {url}")
