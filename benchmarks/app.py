"""The page in the browser under load: how soon it answers, and what it keeps.

    python benchmarks/app.py load       # twenty browsers that draw at once
    python benchmarks/app.py memory     # after 100 and after 1,000 predictions
    python benchmarks/app.py strokes    # from the end of a stroke to the new answer in the page
    python benchmarks/app.py load memory strokes --table docs/benchmarks/app.md

Each has a server of its own, ``python -m skhcr.app`` on loopback; `strokes` needs Chromium
(``apt-get install chromium``).
"""

import argparse
import io
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import sync_playwright
from tables import markdown, provenance

import skhcr
from skhcr.datasets import load_digits

N_BROWSERS = 20
SECONDS = 20  # that they draw
SIDE = 280  # of the picture that the page sends, in pixels
N_STROKES = 30
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"


@contextmanager
def served():
    """Serve the page; the address and the process."""
    command = [sys.executable, "-m", "skhcr.app", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield re.search(r"http://\S+", process.stdout.readline())[0], process
    finally:
        process.terminate()
        process.wait()


def drawings():
    """Return drawings of digits as the page sends them, and how they are to be read."""
    reader = skhcr.load_pretrained("digits").set_params(onnxclassifier__priors="uniform")
    files = []
    for image in load_digits().images[:200]:
        size = SIDE * 20 // 28
        digit = Image.fromarray(255 - image.reshape(28, 28)).resize((size, size))
        sheet = Image.new("L", (SIDE, SIDE), 255)
        sheet.paste(digit, (40, 40))
        file = io.BytesIO()
        sheet.convert("RGBA").save(file, "png")
        files.append(file.getvalue())
    return files, reader.predict(files).astype(str).tolist()


def ask(client, file):
    """Return what a drawing is read as, and the seconds that it took."""
    begin = time.perf_counter()
    answer = client.post("api/recognise", files={"picture": file}, data={"model": "digits"})
    return answer.json()["labels"][0], time.perf_counter() - begin


def load(options):
    """Twenty browsers, each of which sends a drawing as soon as the last one is answered."""
    files, expected = drawings()
    taken, wrong, lost, lock = [], [], [], threading.Lock()
    start = threading.Barrier(N_BROWSERS)

    def draw(browser, url):
        with httpx2.Client(base_url=url, timeout=30) as client:
            ask(client, files[0])
            start.wait()
            end = time.monotonic() + SECONDS
            for k in range(browser, 10**6, N_BROWSERS):
                if time.monotonic() > end:
                    return
                try:
                    label, seconds = ask(client, files[k % len(files)])
                except (httpx2.HTTPError, KeyError) as error:
                    lost.append(error)
                    continue
                with lock:
                    taken.append(seconds)
                    if label != expected[k % len(files)]:
                        wrong.append(k)

    with served() as (url, _):
        browsers = [threading.Thread(target=draw, args=(k, url)) for k in range(N_BROWSERS)]
        for browser in browsers:
            browser.start()
        for browser in browsers:
            browser.join()
    figures = np.percentile(taken, [50, 95, 100]) * 1000
    counts = [f"{count:.0f}" for count in (len(taken), len(lost), len(wrong), len(taken) / SECONDS)]
    rows = [counts + [f"{figure:.0f} ms" for figure in figures]]
    names = ["answered", "lost", "wrong", "a second", "median", "95 %", "slowest"]
    return [f"{N_BROWSERS} browsers at once, {SECONDS} seconds:", markdown(names, rows)]


def memory(options):
    """Resident memory of the server."""
    files, _ = drawings()
    sizes = {}
    with served() as (url, process), httpx2.Client(base_url=url) as client:
        client.get("api/info")
        for k in range(1000):
            ask(client, files[k % len(files)])
            if k + 1 in (100, 1000):
                sizes[k + 1] = psutil.Process(process.pid).memory_info().rss / 1e6
    growth = f"{sizes[1000] / sizes[100] - 1:+.1%}"
    rows = [[f"{sizes[100]:.0f} MB", f"{sizes[1000]:.0f} MB", growth]]
    return ["Memory of the server:", markdown(["100 predictions", "1,000", "growth"], rows)]


_WATCH = """() => {
    window.last = window.end = 0;
    addEventListener("pointerup", () => (window.end = performance.now()), true);
    new MutationObserver(() => (window.last = performance.now()))
        .observe(document.querySelector("#draw .answer"), { childList: true });
}"""


def strokes(options):
    """From the end of a stroke to the last change of the answer, in the page."""
    taken = []
    with served() as (url, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS.split()
        )
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("body[data-ready]")
        page.evaluate(_WATCH)
        box = page.locator("#draw canvas").bounding_box()
        random = np.random.default_rng(0)
        for k in range(N_STROKES):
            if k % 3 == 0:
                page.click("#draw .clear")
            points = box["x"] + random.uniform(0.2, 0.8, (4, 2)) * box["width"]
            points[:, 1] += box["y"] - box["x"]
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point, steps=15)
            page.mouse.up()
            page.wait_for_timeout(500)
            taken.append(page.evaluate("window.last - window.end"))
        browser.close()
    figures = [f"{figure:.0f} ms" for figure in np.percentile(taken, [50, 95, 100])]
    title = f"From the end of a stroke to the answer in the page, {N_STROKES} strokes:"
    return [title, markdown(["median", "95 %", "slowest"], [figures])]


def main():
    commands = {"load": load, "memory": memory, "strokes": strokes}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commands", nargs="+", choices=commands)
    parser.add_argument("--table", help="write the tables to this Markdown file too")
    options = parser.parse_args()
    parts = [part for command in options.commands for part in commands[command](options)]
    text = "\n\n".join([*parts, provenance(shlex.join(["python", *sys.argv]))])
    print(text)
    if options.table:
        Path(options.table).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
