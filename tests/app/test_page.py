"""The page in a real browser, at the widths of a desk and of a phone.

With SKHCR_SCREENSHOTS=docs/images the pictures of the documentation are taken anew.
"""

import io
import json
import os
import re
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

import skhcr
from skhcr.datasets import make_words

# Strokes, in shares of the sheet.
SEVEN = [[(0.27, 0.2), (0.72, 0.2), (0.43, 0.83)]]
LETTER_A = [[(0.28, 0.85), (0.5, 0.15), (0.72, 0.85)], [(0.36, 0.6), (0.64, 0.6)]]
CORNER = [[(0.25, 0.15), (0.25, 0.8), (0.85, 0.8)]]  # a 1 of an odd hand


def write(page, tab, strokes, steps=10):
    """Write on the sheet of a tab with the mouse."""
    sheet = page.locator(f"#{tab} canvas")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=steps)
        page.mouse.up()


def open_tab(page, name):
    page.click(f"nav a[href='#{name}']")
    page.wait_for_selector(f"#{name}:not([hidden])")


def text_of(page, selector):
    return page.locator(selector).inner_text().strip()


def wait_for_text(page, selector, text, timeout=20_000):
    from playwright.sync_api import expect

    expect(page.locator(selector)).to_contain_text(text, timeout=timeout)


def wait_until(is_so, seconds=15):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def best_share(page):
    texts = page.locator("#draw .share").all_inner_texts()
    return float(texts[0].strip("<> %")) if texts else 0


def natural_width(page, selector):
    return page.locator(selector).evaluate("image => image.naturalWidth")


@pytest.fixture
def shot(page, width, tmp_path):
    """Save a picture of what is to be seen."""
    folder = Path(os.environ.get("SKHCR_SCREENSHOTS", tmp_path)).resolve()

    def save(name):
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement?.blur()")
        file = folder / f"app_{name}{'' if width > 800 else '_phone'}.png"
        page.screenshot(path=file, full_page=True)
        pixels = np.asarray(Image.open(file))
        assert pixels.shape[1] == width  # nothing sticks out

    return save


@pytest.fixture(scope="module")
def sheet_of_text():
    """Two lines of writing, as a PNG file."""
    words = make_words(texts=["BERTRAND 1987", "Emilie"], wear=0, random_state=7).images
    sheet = np.full(
        (sum(len(word) for word in words) + 90, 40 + max(w.shape[1] for w in words)), 255
    )
    top = 30
    for word in words:
        sheet[top : top + len(word), 20 : 20 + word.shape[1]] = word
        top += len(word) + 30
    file = io.BytesIO()
    Image.fromarray(sheet.astype(np.uint8)).save(file, "png")
    return {"name": "sheet.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_draw_reads_while_one_writes(page, shot):
    assert text_of(page, "#draw .pad-sheet") == "Draw here"
    write(page, "draw", SEVEN)
    wait_for_text(page, "#draw .best b", "7")  # half of it may be a 0
    wait_until(lambda: best_share(page) > 90)
    assert page.locator("#draw .bars li").count() == 5
    assert page.locator("#draw .best img").get_attribute("src").startswith("data:image/png")
    shot("draw")

    page.click("#draw .clear")
    assert text_of(page, "#draw .pad-sheet") == "Draw here"
    assert page.locator("#draw .best").count() == 0
    page.click("#draw .models input[value=letters] + span")
    write(page, "draw", LETTER_A)
    wait_for_text(page, "#draw .best b", "A")
    page.click("#draw .models input[value=digits] + span")  # reads what is there as a digit
    wait_until(
        lambda: page.evaluate(
            "'0123456789'.includes(document.querySelector('#draw .best b').textContent)"
        )
    )


def test_recognise_button(page):
    page.click("#draw .recognise")
    assert "The sheet is empty" in text_of(page, "#draw .message")
    write(page, "draw", SEVEN)
    wait_for_text(page, "#draw .best b", "7")
    wait_until(lambda: best_share(page) > 90)
    page.wait_for_load_state("networkidle")  # no answer is on its way any more
    with page.expect_response("**/api/recognise"):
        page.click("#draw .recognise")
    wait_for_text(page, "#draw .best b", "7")


def test_a_tap_is_a_dot(page):
    page.locator("#draw canvas").click()
    wait_for_text(page, "#draw .best figcaption", "What the network sees")


def test_pen_width(page):
    def n_inked():
        return page.evaluate(
            "() => { const c = document.querySelector('#draw canvas');"
            "return c.getContext('2d').getImageData(0, 0, c.width, c.height)"
            ".data.filter((v, k) => k % 4 === 3 && v > 127).length }"
        )

    write(page, "draw", SEVEN)
    narrow = n_inked()
    page.click("#draw .clear")
    page.locator("#draw .width").fill("56")  # twice the width
    write(page, "draw", SEVEN)
    assert 1.6 < n_inked() / narrow < 2.4


@pytest.mark.parametrize("width", [390], indirect=True)
def test_finger(page):
    box = page.locator("#draw canvas").bounding_box()
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    (stroke,) = SEVEN
    steps = np.linspace(0, len(stroke) - 1, 30)
    xs, ys = (np.interp(steps, range(len(stroke)), values) for values in zip(*stroke, strict=True))
    points = [
        {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        for x, y in zip(xs, ys, strict=True)
    ]
    touch("touchStart", points[0])
    for point in points[1:]:
        touch("touchMove", point)
    touch("touchEnd")
    wait_for_text(page, "#draw .best b", "7")
    assert page.evaluate("scrollY") == 0  # the finger draws, and does not scroll


def test_picture_of_text(page, shot, sheet_of_text):
    open_tab(page, "picture")
    page.set_input_files("#picture input[type=file]", sheet_of_text)
    page.wait_for_selector("#picture .reading:not([hidden])")
    text = page.locator("#read-text").input_value()
    assert text.splitlines()[0] == "BERTRAND 1987"
    assert page.locator("#picture .sheet rect").count() == 3
    wait_until(lambda: natural_width(page, "#picture .sheet img") > 0)
    shot("picture")
    page.focus("#picture .download")
    page.keyboard.press("Tab")
    assert re.fullmatch(r"BERTRAND: [\d.> ]+ %", text_of(page, "#picture .touched"))
    page.check("#picture .level")
    assert page.locator("#picture .sheet rect").count() == len(
        text.replace(" ", "").replace("\n", "")
    )

    page.click("#picture .copy")
    wait_for_text(page, "#picture .message", "Copied")
    assert page.evaluate("navigator.clipboard.readText()") == text
    with page.expect_download() as download:
        page.click("#picture .download")
    assert Path(download.value.path()).read_text("utf-8") == f"{text}\n"

    page.select_option("#picture .alphabet", "uppercase")
    wait_until(
        lambda: page.evaluate("document.querySelector('#read-text').value.includes('EMILIE')")
    )


def test_picture_of_a_character_pasted(page):
    open_tab(page, "picture")
    page.click("#picture .kind input[value=digits] + span")
    page.evaluate(
        """async () => {
            const canvas = document.createElement("canvas");
            const pen = canvas.getContext("2d");
            pen.fillStyle = "white"; pen.fillRect(0, 0, 300, 150);
            pen.lineWidth = 9; pen.beginPath();
            pen.moveTo(120, 30); pen.lineTo(175, 30); pen.lineTo(140, 120); pen.stroke();
            const blob = await new Promise((resolve) => canvas.toBlob(resolve));
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([blob], "image.png", { type: "image/png" }));
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }"""
    )
    wait_for_text(page, "#picture .best b", "7")
    wait_until(lambda: natural_width(page, "#picture .photo") == 300)


def test_picture_of_the_camera(page):
    open_tab(page, "picture")
    page.click("#picture .camera")
    wait_until(lambda: page.evaluate("document.querySelector('#picture video').videoWidth > 0"))
    page.click("#picture .take")
    page.wait_for_selector("#picture .sheet img", state="attached")  # whatever is read there
    assert not page.locator("#picture .viewfinder").is_visible()
    page.click("#picture .camera")
    page.wait_for_selector("#picture .viewfinder[open]")
    page.evaluate("history.back()")  # from Picture to Draw
    page.wait_for_selector("#picture .viewfinder:not([open])", state="attached")
    wait_until(lambda: page.evaluate("document.querySelector('#picture video').srcObject === null"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7", "'scan.png' cannot be read as a picture: it is a PDF"),
        (b"name,text\n", "'scan.png' cannot be read as a picture: it is damaged"),
    ],
)
def test_what_is_no_picture_is_said(page, sheet_of_text, content, said):
    open_tab(page, "picture")
    wrong = {"name": "scan.png", "mimeType": "image/png", "buffer": content}
    page.set_input_files("#picture input[type=file]", wrong)
    wait_for_text(page, "#picture .message.error", said)
    page.set_input_files("#picture input[type=file]", sheet_of_text)  # and it goes on
    page.wait_for_selector("#picture .reading:not([hidden])")
    assert page.locator("#picture .message.error").count() == 0


def test_a_huge_upload_is_refused_before_it_is_sent(page, tmp_path):
    file = tmp_path / "scan.png"
    with file.open("wb") as sparse:
        sparse.truncate(200_000_000)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    open_tab(page, "picture")
    page.set_input_files("#picture input[type=file]", file)
    wait_for_text(page, "#picture .message.error", "scan.png has 200 MB; at most 25 MB can be read")
    assert [url for url in sent if "/api/" in url] == []


def test_match(page, shot, sheet_of_text, tmp_path):
    table = tmp_path / "namen.csv"
    table.write_bytes("Datei;Name\n1.png;Émilie\n2.png;Bertrand\n3.png;Jürgen\n".encode("cp1252"))
    pictures = [
        {"name": f"{text}.png", "mimeType": "image/png", "buffer": written(text)}
        for text in ("EMILIE", "BERTRAN", "JURGEN")
    ]
    pictures.append({"name": "notes.png", "mimeType": "image/png", "buffer": b"%PDF-1.7"})
    open_tab(page, "match")
    page.click("#match button.primary")
    wait_for_text(page, "#match .message.error", "Choose a CSV with the texts first.")
    page.set_input_files("#match input[name=table]", table)
    wait_for_text(page, "#match [data-of=table]", "namen.csv: 3 rows, read as WINDOWS-1252")
    assert page.locator("#match select[name=column]").input_value() == "Name"
    wait_for_text(page, "#match .examples", "3 texts: Émilie, Bertrand, Jürgen")
    page.click("#match button.primary")
    wait_for_text(page, "#match .message.error", "Choose at least one picture.")
    page.set_input_files("#match input[name=pictures]", pictures)
    page.select_option("#match .alphabet", "uppercase")
    page.click("#match button.primary")
    wait_for_text(page, "#match .of-match", "of them the same as a text of the CSV")
    rows = [row.split("\t") for row in page.locator("#match tbody tr").all_inner_texts()]
    assert [row[2].strip() for row in rows[:3]] == ["Émilie", "Bertrand", "Jürgen"]
    assert "it is a PDF" in rows[3][1]
    wait_until(lambda: page.evaluate("document.querySelectorAll('#match td img').length === 3"))
    shot("match")
    with page.expect_download() as download:
        page.click("#match .download")
    saved = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert saved[0] == '"picture","read","closest","row","distance","error"'
    assert saved[2].startswith('"BERTRAN.png"')
    assert '"Bertrand","3"' in saved[2]


def written(text):
    word = make_words(texts=[text], wear=0, random_state=3).images[0]
    file = io.BytesIO()
    Image.fromarray(np.pad(word, 12, constant_values=255)).save(file, "png")
    return file.getvalue()


def test_a_wrong_table_is_said(page):
    open_tab(page, "match")
    wrong = {"name": "names.csv", "mimeType": "text/csv", "buffer": b"PK\x03\x04\0\0\0"}
    page.set_input_files("#match input[name=table]", wrong)
    wait_for_text(page, "#match .message.error", "'names.csv' is no text; expected a CSV.")


def test_teach(page, shot, server):
    # A correction of what was drawn ...
    write(page, "draw", CORNER)
    page.wait_for_selector("#draw .correct:not([hidden])")
    page.select_option("#draw .correct select", "1")
    page.click("#draw .correct button")
    wait_for_text(page, "#draw .message", "Added to Teach as 1.")
    # ... and more samples.
    open_tab(page, "teach")
    wait_for_text(page, "#teach .count", "(1)")
    for dy in (-0.05, 0.1):
        write(page, "teach", [[(x, y + dy * (1 - x)) for x, y in CORNER[0]]])
        page.wait_for_selector("#teach .now b")
        page.select_option("#teach .add select", "1")
        page.click("#teach .add button")
        page.wait_for_selector("#teach .pad-sheet p:not([hidden])")  # it is empty again
    write(page, "teach", SEVEN)
    page.select_option("#teach .add select", "7")
    page.click("#teach .add button")
    wait_for_text(page, "#teach .count", "(4)")
    assert page.locator("#teach .samples b").all_inner_texts() == ["1", "1", "1", "7"]
    page.click("#teach .samples li:nth-child(4) button")
    assert text_of(page, "#teach .count") == "(3)"
    page.click("#teach .add button")
    wait_for_text(page, "#teach .message.error", "The sheet is empty")

    page.click("#teach .train")
    assert page.locator("#teach .train").is_disabled()  # a second click does nothing
    wait_for_text(page, "#teach .training", "Training:", 180_000)
    page.wait_for_selector("#teach .taught:not([hidden])", timeout=180_000)
    rows = [row.split("\t") for row in page.locator("#teach .taught tbody tr").all_inner_texts()]
    assert [row[3] for row in rows] == ["1", "1", "1"]
    assert "1" not in [row[2] for row in rows]
    wait_for_text(page, "#teach .others", "Of 200 digits by other hands it reads")
    page.click("#teach .try")
    write(page, "teach", [[(0.22, 0.2), (0.24, 0.8), (0.86, 0.78)]])
    # The stroke down alone is a 1 without teaching, too.
    wait_for_text(page, "#teach .now", "It is read as 6")
    wait_for_text(page, "#teach .now", "after teaching 1")
    shot("teach")

    with page.expect_download() as download:
        page.click("#teach .taught .download")
    assert download.value.suggested_filename == "taught-digits.skhcr"
    assert skhcr.load(download.value.path()).classes_.tolist() == list(range(10))
    open_tab(page, "draw")
    assert text_of(page, "#draw .taught-digits") == "your digits"
    page.click("#draw .taught-digits span")
    write(page, "draw", CORNER)
    wait_for_text(page, "#draw .best b", "1")
    assert list(server.folder.iterdir()) == []  # nothing is kept
    open_tab(page, "teach")  # where the result stays, with its model
    page.click("#teach .models input[value=letters] + span")
    assert not page.locator("#teach .taught").is_visible()
    page.click("#teach .models input[value=digits] + span")
    assert page.locator("#teach .taught tbody tr").count() == 3


def begin_teaching(page):
    open_tab(page, "teach")
    write(page, "teach", SEVEN)
    page.select_option("#teach .add select", "7")
    page.click("#teach .add button")
    page.wait_for_selector("#teach .samples li")
    page.click("#teach .train")


def n_trainings(server):
    return len(psutil.Process(server.process.pid).children())


def test_a_training_can_be_stopped(page, server):
    begin_teaching(page)
    wait_until(lambda: n_trainings(server) == 1)
    page.click("#teach .stop")
    wait_for_text(page, "#teach .training", "Stopped; nothing was changed.")
    wait_until(lambda: n_trainings(server) == 0)
    assert page.locator("#teach .train").is_enabled()
    wait_until(lambda: list(server.folder.iterdir()) == [])


def test_closing_the_tab_ends_its_training(page, server, chromium):
    begin_teaching(page)
    wait_until(lambda: n_trainings(server) == 1)
    (training,) = psutil.Process(server.process.pid).children()
    wait_until(lambda: "skhcr.app._teaching" in training.cmdline())  # the server waits for that
    training.suspend()  # so that it does not end before
    other = chromium.new_page()
    other.goto(server.url)
    other.wait_for_selector("body[data-ready]")
    begin_teaching(other)  # while the first one trains
    wait_for_text(other, "#teach .training.error", "Somebody is teaching already")
    training.resume()
    page.close()
    wait_until(lambda: n_trainings(server) == 0, 60)
    wait_until(lambda: list(server.folder.iterdir()) == [], 60)
    other.click("#teach .train")  # the server goes on
    wait_until(lambda: n_trainings(server) == 1)
    other.close()
    wait_until(lambda: n_trainings(server) == 0, 60)


def test_a_server_that_is_gone_is_said(page):
    page.route("**/api/**", lambda route: route.abort())
    write(page, "draw", SEVEN)
    wait_for_text(page, "#draw .message.error", "The server cannot be reached.")


def test_a_correction_of_a_letter_is_shown_in_teach(page):
    page.click("#draw .models input[value=letters] + span")
    write(page, "draw", LETTER_A)
    page.wait_for_selector("#draw .correct:not([hidden])")
    page.select_option("#draw .correct select", "H")
    page.evaluate(
        """() => {
            const { toBlob } = HTMLCanvasElement.prototype;
            HTMLCanvasElement.prototype.toBlob = function (...how) {
                setTimeout(() => toBlob.apply(this, how), 200);
            };
        }"""
    )
    page.dblclick("#draw .correct button")  # adds one sample only
    wait_for_text(page, "#draw .message", "Added to Teach as H.")
    open_tab(page, "teach")
    assert page.locator("#teach .models input[value=letters]").is_checked()
    assert page.locator("#teach .samples b").all_inner_texts() == ["H"]


def test_a_photo_becomes_a_sample(page, sheet_of_text):
    open_tab(page, "picture")
    page.click("#picture .kind input[value=characters] + span")
    page.set_input_files("#picture .drop input", sheet_of_text)
    page.wait_for_selector("#picture .correct:not([hidden])")
    page.select_option("#picture .correct select", "q")
    page.click("#picture .correct button")
    wait_for_text(page, "#picture .message", "Added to Teach as q.")
    open_tab(page, "teach")
    assert page.locator("#teach .samples b").all_inner_texts() == ["q"]


def test_teach_suggests_what_it_reads(page):
    open_tab(page, "teach")
    write(page, "teach", SEVEN)
    wait_until(lambda: page.locator("#teach .add select").input_value() == "7")
    page.dblclick("#teach .add button")  # adds one sample only
    wait_for_text(page, "#teach .message.error", "The sheet is empty")
    wait_until(lambda: page.locator("#teach .samples b").count() > 0)
    assert page.locator("#teach .samples b").all_inner_texts() == ["7"]


def delay_answers(page, milliseconds, then="quick(...request)"):
    """Let the page wait for each answer, and count those in `answered`."""
    page.evaluate(
        f"""() => {{
            const quick = window.fetch;
            window.answered = 0;
            window.fetch = async (...request) => {{
                await new Promise((resolve) => setTimeout(resolve, {milliseconds}));
                window.answered++;
                return {then};
            }};
        }}"""
    )


@pytest.mark.parametrize("then", ["quick(...request)", "Promise.reject(new TypeError())"])
@pytest.mark.parametrize(
    ("tab", "button"), [("draw", ".recognise"), ("teach", ".add button")], ids=["draw", "teach"]
)
@pytest.mark.parametrize("width", [1280], indirect=True)
def test_message_stays_when_a_reading_is_late(page, tab, button, then):
    delay_answers(page, 800, then)
    open_tab(page, tab)
    write(page, tab, SEVEN)
    page.click(f"#{tab} .clear")
    page.click(f"#{tab} {button}")
    wait_until(lambda: page.evaluate("answered") > 0)
    page.wait_for_timeout(200)  # until it would be shown
    assert "The sheet is empty" in text_of(page, f"#{tab} .message >> nth=0")


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_what_was_cleared_is_not_read(page):
    labels = ["1"]
    page.route("**/api/recognise", lambda route: route.fulfill(**an_answer(labels[-1])))
    later = "new Promise((resolve) => setTimeout(() => resolve(answer), 1000))"
    delay_answers(page, 0, f"quick(...request).then((answer) => {later})")
    with page.expect_response("**/api/recognise"):
        write(page, "draw", SEVEN)
    page.click("#draw .clear")
    labels.append("2")
    write(page, "draw", SEVEN)
    page.wait_for_selector("#draw .best b")
    assert text_of(page, "#draw .best b") == "2"


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_sample_is_not_what_the_one_before_was(page):
    open_tab(page, "teach")
    write(page, "teach", SEVEN)
    wait_until(lambda: page.locator("#teach .add select").input_value() == "7")
    page.click("#teach .add button")
    page.wait_for_selector("#teach .samples li")
    delay_answers(page, 5000)
    write(page, "teach", CORNER)
    page.click("#teach .add button")
    wait_for_text(page, "#teach .message.error", "It is not read yet: say what it is first.")
    page.select_option("#teach .add select", "1")
    page.click("#teach .add button")
    wait_for_text(page, "#teach .count", "(2)")
    assert page.locator("#teach .samples b").all_inner_texts() == ["7", "1"]


def fake_teaching(page, answer):
    """Let trainings succeed at once, as models "t1", "t2", ...; `answer(model)` recognises."""
    tokens = (f"t{k}" for k in range(1, 10))
    read = {"label": "7", "before": "1", "after": "7"}
    changed = {"samples": [read], "others": {"n": 200, "before": 1, "after": 1}}

    def recognise(route):
        body = route.request.post_data_buffer
        model = re.search(rb'name="model"\r\n\r\n(\w+)', body)[1].decode()
        route.fulfill(**answer(model))

    page.route(
        "**/api/teach",
        lambda route: route.fulfill(body=json.dumps({"token": next(tokens), **changed}) + "\n"),
    )
    page.route("**/api/models/*", lambda route: route.fulfill(status=204))
    page.route("**/api/recognise", recognise)


def an_answer(label):
    shown = {"labels": [label], "probabilities": [0.9], "is_empty": False, "ink": "data:,"}
    return {"body": json.dumps(shown)}


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_what_a_model_read_goes_with_it(page):
    answers = {"digits": "3", "t1": "4", "t2": "5"}
    refused = {"status": 503, "body": '{"detail": "Too many are asking"}'}
    fake_teaching(page, lambda model: an_answer(answers[model]) if model in answers else refused)
    begin_teaching(page)
    page.wait_for_selector("#teach .taught:not([hidden])")
    open_tab(page, "draw")
    page.click("#draw .taught-digits span")
    write(page, "draw", SEVEN)
    wait_for_text(page, "#draw .best b", "4")
    open_tab(page, "teach")
    page.click("#teach .train")
    open_tab(page, "draw")
    wait_for_text(page, "#draw .best b", "5")
    page.click("#draw .models input[value=letters] + span")
    wait_for_text(page, "#draw .message.error", "Too many are asking")
    assert page.locator("#draw .best").count() == 0


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_sample_is_not_what_half_of_it_was(page):
    open_tab(page, "teach")
    page.click("#teach .models input[value=letters] + span")
    write(page, "teach", LETTER_A[:1])
    page.wait_for_selector("#teach .now b")
    delay_answers(page, 5000)
    write(page, "teach", LETTER_A[1:])
    page.click("#teach .add button")
    wait_for_text(page, "#teach .message.error", "It is not read yet: say what it is first.")
    page.route("**/api/recognise", lambda route: route.abort())
    wait_for_text(page, "#teach .message.error", "The server cannot be reached.")
    assert text_of(page, "#teach .now") == ""
    page.select_option("#teach .add select", "A")
    page.click("#teach .add button")
    wait_for_text(page, "#teach .samples b", "A")


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_second_enter_adds_no_second_sample(page):
    write(page, "draw", SEVEN)
    page.wait_for_selector("#draw .correct:not([hidden])")
    form = "document.querySelector('#draw .correct')"
    page.evaluate(f"() => {{ {form}.requestSubmit(); {form}.requestSubmit(); }}")
    wait_for_text(page, "#draw .message", "Added to Teach as")
    open_tab(page, "teach")
    assert page.locator("#teach .samples b").count() == 1


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_reading_that_never_comes(page):
    page.evaluate(
        """() => {
            const { timeout } = AbortSignal;
            AbortSignal.timeout = (milliseconds) => timeout(milliseconds / 20);
            const quick = window.fetch;
            window.fetch = (url, { signal }) => {
                window.fetch = quick;
                return new Promise((resolve, reject) => {
                    signal.addEventListener("abort", () => reject(signal.reason));
                });
            };
        }"""
    )
    page.locator("#draw canvas").click()
    wait_for_text(page, "#draw .message.error", "The server does not answer; try again.")
    write(page, "draw", SEVEN)
    wait_for_text(page, "#draw .best b", "7")


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_taught_model_that_is_forgotten(page):
    gone = {"status": 404, "body": '{"detail": "The server has no such model any more"}'}
    fake_teaching(page, lambda model: an_answer("3") if model == "digits" else gone)
    begin_teaching(page)
    page.wait_for_selector("#teach .taught:not([hidden])")
    write(page, "teach", CORNER)
    wait_for_text(page, "#teach .message.error", "The server has no such model any more")
    wait_for_text(page, "#teach .now", "It is read as 3")


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_camera_that_is_allowed_late(page):
    page.evaluate(
        """() => {
            const allow = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (wanted) => {
                await new Promise((resolve) => setTimeout(resolve, 500));
                window.stream = await allow(wanted);
                return window.stream;
            };
        }"""
    )
    open_tab(page, "picture")
    page.click("#picture .camera")
    open_tab(page, "draw")
    wait_until(lambda: page.evaluate("window.stream?.getTracks()[0].readyState") == "ended")
    write(page, "draw", SEVEN)  # which nothing stands before
    wait_for_text(page, "#draw .best b", "7")


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_table_that_is_chosen_no_more(page):
    open_tab(page, "match")
    delay_answers(page, 800)
    wrong = {"name": "wrong.csv", "mimeType": "text/csv", "buffer": b"PK\x03\x04\0\0\0"}
    right = {"name": "right.csv", "mimeType": "text/csv", "buffer": b"name\nANNA\n"}
    page.set_input_files("#match input[name=table]", wrong)
    page.wait_for_timeout(400)
    page.set_input_files("#match input[name=table]", right)
    page.select_option("#match .alphabet", "digits")  # which does not take back what is said
    assert text_of(page, "#match .of-table") == "Reading the CSV …"
    wait_for_text(page, "#match [data-of=table]", "right.csv: 1 rows")
    assert text_of(page, "#match .of-table") == ""
    page.set_input_files("#match input[name=pictures]", {**wrong, "name": "a.png"})
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("document.querySelector('#match form').elements.table.files.length") == 0


@pytest.mark.parametrize("width", [1280], indirect=True)
def test_a_server_that_does_not_answer_at_first(page):
    page.route("**/api/info", lambda route: route.abort())
    page.goto(page.url.partition("#")[0] + "#picture")
    page.reload()
    wait_for_text(page, "#start.error", "The server cannot be reached.")
    assert page.evaluate("document.querySelector('main').inert")


def test_match_follows_its_choices(page, tmp_path):
    table = tmp_path / "names.csv"
    table.write_text("BERTRAND\nEMILIE\n")
    open_tab(page, "match")
    page.set_input_files("#match input[name=table]", table)
    wait_for_text(page, "#match .examples", "1 texts: EMILIE")
    page.uncheck("#match input[name=header]")
    wait_for_text(page, "#match .examples", "2 texts: BERTRAND, EMILIE")
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": written("BERTRAND")}
    page.set_input_files("#match input[name=pictures]", picture)
    page.click("#match button.primary")
    wait_for_text(page, "#match tbody", "BERTRAND")
    page.select_option("#match .alphabet", "digits")
    assert not page.locator("#match .table").is_visible()  # it was found with other choices
    table.write_text("ANNA\nEMILIE\nBERTRAND\n")
    os.utime(table, (2e9, 2e9))  # as browsers look at the time
    page.click("#match button.primary")
    wait_for_text(page, "#match .message.error", "names.csv has changed since it was chosen")


def test_drop_on_match(page):
    open_tab(page, "match")
    page.evaluate(
        """() => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File(["name\\nANNA\\n"], "names.csv"));
            dataTransfer.items.add(new File(["x"], "a.png", { type: "image/png" }));
            dataTransfer.items.add(new File(["x"], "b.png", { type: "image/png" }));
            const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
            document.querySelector("#match form").dispatchEvent(drop);
        }"""
    )
    wait_for_text(page, "#match [data-of=table]", "names.csv: 1 rows")
    wait_for_text(page, "#match [data-of=pictures]", "2 pictures")


def test_a_table_of_one_row(page):
    open_tab(page, "match")
    one = {"name": "names.csv", "mimeType": "text/csv", "buffer": b"BERTRAND"}
    page.set_input_files("#match input[name=table]", one)
    wait_for_text(page, "#match .message.error", "has no rows below its first, the column names")
    page.uncheck("#match input[name=header]")
    wait_for_text(page, "#match .examples", "1 texts: BERTRAND")
