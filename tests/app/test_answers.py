"""What the server answers, asked without a browser."""

import ast
import base64
import io
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient
from PIL import Image

import skhcr
from skhcr._shipped import read_shipped
from skhcr.app import create_app
from skhcr.app._limits import Gate
from skhcr.datasets import load_characters, load_digits, make_words
from skhcr.preprocessing import ImageLoader
from skhcr.reading import TextReader


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


def huge_png(width, height):
    """Return a PNG file that claims to be large, and has no pixels."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def seven():
    images, labels = load_digits(return_X_y=True)
    return png(255 - images[labels == 7][0].reshape(28, 28))


@pytest.fixture(scope="module")
def names():
    return make_words(texts=["OTTO", "EMILIE", "BERTRAND"], wear=0, random_state=0).images


def recognise(client, picture, model="digits", name="seven.png", **fields):
    files = {"picture": (name, picture)}
    return client.post("/api/recognise", files=files, data={"model": model, **fields})


def events(response):
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


@pytest.mark.parametrize("model", ["digits", "letters", "characters"])
def test_recognises_as_load_pretrained_does(client, model):
    images = load_characters().images[10:300:29].reshape(-1, 28, 28)
    reader = skhcr.load_pretrained(model).set_params(onnxclassifier__priors="uniform")
    files = [png(255 - image) for image in images]
    expected = reader.predict(files).astype(str).tolist()
    answers = [recognise(client, file, model).json() for file in files]
    assert [answer["labels"][0] for answer in answers] == expected
    for answer in answers:
        assert len(answer["labels"]) == len(answer["probabilities"]) == 5
        assert answer["probabilities"] == sorted(answer["probabilities"], reverse=True)


def test_shows_what_the_network_sees(client, seven):
    ink = skhcr.load_pretrained("digits")[:-1].transform([seven])[0]
    answer = recognise(client, seven).json()
    assert np.array_equal(decoded(answer["ink"]), 255 - ink)
    assert "preview" not in answer


def decoded(url):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))))


def test_an_empty_sheet_is_no_character(client):
    answer = recognise(client, png(np.full((100, 100), 255, np.uint8))).json()
    assert answer["is_empty"]
    assert answer["labels"] == []


def test_reads_text_as_text_reader_does(client, names):
    page = TextReader().predict_details([names[1]])[0]
    answer = client.post("/api/read", files={"picture": png(names[1])}).json()
    assert answer["text"] == page.text
    assert (answer["height"], answer["width"]) == page.shape == decoded(answer["preview"]).shape[:2]
    assert [tuple(word["box"]) for word in answer["words"]] == [word.box for word in page.words]
    characters = [one["text"] for word in answer["words"] for one in word["characters"]]
    assert characters == [character.text for character in page.characters]


def test_preview_is_upright(client, names):
    image = Image.fromarray(names[1]).rotate(90, expand=True)  # as a phone saves it
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned clockwise
    file = io.BytesIO()
    image.save(file, "jpeg", quality=95, exif=exif)
    answer = client.post("/api/read", files={"picture": file.getvalue()}).json()
    assert (answer["height"], answer["width"]) == names[1].shape
    assert decoded(answer["preview"]).shape[:2] == names[1].shape


@pytest.mark.parametrize("url", ["/api/recognise", "/api/read"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 ...", "'x.png' cannot be read as a picture: it is a PDF; save"),
        (b"name,text\n", "'x.png' cannot be read as a picture: it is damaged, or in no format"),
        (b"", "'x.png' cannot be read as a picture: it is empty"),
        (huge_png(60_000, 1_000), "claims 60000 x 1000 pixels, more than max_pixels=50_000_000"),
        (huge_png(60_000, 60_000), "claims"),
        (bytes(25_000_001), "x.png has more than 25 MB"),
    ],
    ids=["pdf", "text", "empty", "large", "bomb", "heavy"],
)
def test_what_is_no_picture_is_named(client, url, content, said):
    files = {"picture": ("../../x.png", content)}
    response = client.post(url, files=files, data={"model": "digits"})
    assert response.status_code in (413, 422)
    assert said in response.json()["detail"]


@pytest.mark.parametrize(
    ("url", "fields", "said"),
    [
        ("/api/recognise", {}, "model: Field required."),
        ("/api/recognise", {"model": "../../etc/passwd"}, "The server has no such model"),
        ("/api/read", {"alphabet": "greek"}, "alphabet: Input should be 'characters'"),
    ],
)
def test_a_wrong_field_is_said_in_one_sentence(client, seven, url, fields, said):
    response = client.post(url, files={"picture": seven}, data=fields)
    assert response.status_code in (404, 422)
    assert said in response.json()["detail"]


CSV = "file;Name\na.png;Müller\nb.png;O'Brien\nc.png;\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (CSV.encode(), "UTF-8"),
        (CSV.encode("utf-8-sig"), "UTF-8"),
        (CSV.encode("utf-16"), "UTF-16"),
        (CSV.encode("windows-1252"), "WINDOWS-1252"),
        (CSV.replace(";", "\t").encode(), "UTF-8"),
        (CSV.replace(";", ",").replace("\n", "\r\n").encode(), "UTF-8"),
    ],
    ids=["utf-8", "mark", "utf-16", "excel", "tabs", "windows"],
)
def test_tables_of_all_kinds(client, content, encoding):
    answer = client.post("/api/table", files={"table": ("names.csv", content)}).json()
    assert answer["n_rows"] == 3
    assert answer["encoding"] == encoding
    file, name = answer["columns"]
    assert file == {
        "name": "file",
        "n_texts": 3,
        "examples": ["a.png", "b.png", "c.png"],
        "is_guess": False,
    }
    assert name["examples"] == ["Müller", "O'Brien"]
    assert name["is_guess"]


@pytest.mark.parametrize(
    ("content", "columns", "n_rows"),
    [
        (b"name,file\nAnna,1,\nBert,2,\n", ["name", "file"], 2),  # trailing separators
        (b"name;file\nAnna;1;\nBert;2;\n", ["name", "file"], 2),
        (b'"Last, first";n\nx;1\n', ["Last, first", "n"], 1),
        (b'"First\r\nname",x\r\n"An\r\nna",1\r\n', ["First\r\nname", "x"], 1),
        (b"name,name,\nAnna,Bert,\n", ["name", "name", ""], 1),
        (b"\n\nname\nAnna\n\n\n", ["name"], 1),
        (b"\tname\n0\tANNA\n", ["", "name"], 1),  # as pandas writes it
        (b'"Name\n(first)";"City"\nAnna;Bern\n', ["Name\n(first)", "City"], 1),
        (b"name,file\nAnna\n", ["name", "file"], 1),
    ],
)
def test_odd_tables(client, content, columns, n_rows):
    answer = client.post("/api/table", files={"table": ("names.csv", content)}).json()
    assert [column["name"] for column in answer["columns"]] == columns
    assert answer["n_rows"] == n_rows


def test_a_table_without_names_of_columns(client, names):
    content = b"BERTRAND,1\nEMILIE,2\n"
    form = {"files": {"table": ("names.csv", content)}, "data": {"header": "false"}}
    answer = client.post("/api/table", **form).json()
    assert [column["name"] for column in answer["columns"]] == ["column 1", "column 2"]
    assert answer["n_rows"] == 2
    (row,) = events(match(client, [png(names[2])], content.decode(), header="false"))
    assert (row["closest"], row["row"]) == ("BERTRAND", 1)


def test_a_million_rows(client):
    table = "".join(f"{k},name {k}\n" for k in range(1_000_000))
    form = {"files": {"table": ("names.csv", table.encode())}, "data": {"header": "false"}}
    assert client.post("/api/table", **form).json()["n_rows"] == 1_000_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "'names.csv' is empty; expected a CSV."),
        (b"\n \n", "'names.csv' is empty; expected a CSV."),
        (b"name\n", "'names.csv' has no rows below its first, the column names."),
        (b"PK\x03\x04\0\0\0\0", "'names.csv' is no text; expected a CSV."),
        (
            b"name\nMiller, John\n",
            "'names.csv' has 2 texts in row 2, and 1 columns; texts",
        ),
        (b"a,b\n1,2,3\n", "has 3 texts in row 2, and 2 columns"),
        (b'a,b\n1,"2\n', "'names.csv' cannot be read as a CSV: line 2: unexpected end of data."),
        (b"a," * 1000 + b"a\n1\n", "'names.csv' has 1001 columns; expected 1000 at most."),
        (b'"a","b"\n"c","d"\n' + b'"' * 3001 + b"a\n", "cannot be read as a CSV: line 3: "),
    ],
    ids=["empty", "blank", "no rows", "archive", "surplus", "more", "torn", "wide", "quotes"],
)
def test_what_is_no_table_is_named(client, content, said):
    response = client.post("/api/table", files={"table": ("names.csv", content)})
    assert response.status_code == 422
    assert said in response.json()["detail"]


def match(client, pictures, table="name\nBERTRAND\n\nÉmilie\nO-t_t o\n", column=0, **fields):
    files = [("table", ("names.csv", table.encode()))]
    files += [("pictures", (f"{k}.png", picture)) for k, picture in enumerate(pictures)]
    return client.post("/api/match", files=files, data={"column": column, **fields})


def test_matches_with_the_closest_text(client, names):
    blank = png(np.full((40, 200), 255, np.uint8))
    pictures = [*map(png, names), b"%PDF", blank]
    rows = events(match(client, pictures, alphabet="uppercase"))
    assert [row["picture"] for row in rows] == [f"{k}.png" for k in range(5)]
    assert [row.get("closest") for row in rows] == ["O-t_t o", "Émilie", "BERTRAND", None, None]
    assert [row.get("row") for row in rows[:3]] == [5, 4, 2]  # as a spreadsheet counts
    read = TextReader(alphabet="uppercase").predict(list(names)).tolist()
    assert [row["read"] for row in rows[:3]] == read
    assert rows[0]["distance"] == 0  # case, accents and punctuation are left out
    assert "it is a PDF" in rows[3]["error"]
    assert rows[4]["read"] == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"column": 1}, "'names.csv' has 1 columns; column=1 is none."),
        ({"column": -1}, "'names.csv' has 1 columns; column=-1 is none."),
        ({"column": "name"}, "column: Input should be a valid integer"),
        (
            {"table": "name\n...\n?\n-\n"},
            "There is no text in the column 'name'",
        ),
    ],
)
def test_a_column_without_texts_is_named(client, seven, options, said):
    response = match(client, [seven], **options)
    assert response.status_code == 422
    assert said in response.json()["detail"]


def test_too_many_pictures_are_refused(client, seven):
    response = match(client, [seven] * 201)
    assert response.status_code == 413
    assert "201 pictures; expected 200 at most" in response.json()["detail"]


def teach(client, labels, pictures, model="digits"):
    files = [("pictures", (f"{k}.png", picture)) for k, picture in enumerate(pictures)]
    return client.post("/api/teach", files=files, data={"model": model, "labels": labels})


@pytest.mark.parametrize(
    ("labels", "model", "said"),
    [
        (["x"], "digits", "'x' is none of 0 1 2"),
        (["a"], "letters", "'a' is none of A B C"),
        (["7", "7"], "digits", "There are 2 labels for 1 pictures."),
        ([], "digits", "labels: Field required."),
        (["7"], "words", "model: Input should be 'digits'"),
    ],
)
def test_what_cannot_be_taught_is_said(client, seven, labels, model, said):
    response = teach(client, labels, [seven], model)
    assert response.status_code == 422
    assert said in response.json()["detail"]


def test_an_empty_sample_is_named(client, seven):
    blank = png(np.full((40, 40), 255, np.uint8))
    response = teach(client, ["7", "3"], [seven, blank])
    assert response.status_code == 422
    assert response.json()["detail"] == "There is no ink on '1.png', a 3."


def test_teaches_and_forgets(client, tmp_path):
    # A hand that writes 1 as others write L: read as something else before.
    corner = np.full((100, 100), 255, np.uint8)
    corner[15:85, 25:35] = corner[75:85, 25:75] = 0
    assert recognise(client, png(corner)).json()["labels"][0] != "1"
    corners = [png(np.roll(corner, (k, -k), (0, 1))) for k in (0, 5)]
    *progress, last = events(teach(client, ["1", "1"], corners))
    n_epochs = progress[0]["n_epochs"]
    assert progress == [{"epoch": k + 1, "n_epochs": n_epochs} for k in range(n_epochs)]
    assert [sample["label"] for sample in last["samples"]] == ["1", "1"]
    assert [sample["after"] for sample in last["samples"]] == ["1", "1"]
    assert "1" not in [sample["before"] for sample in last["samples"]]
    assert last["others"]["n"] == 200
    assert last["others"]["after"] > 0.9

    narrow = png(np.asarray(Image.fromarray(corner).resize((70, 100))))  # not among the samples
    token = last["token"]
    assert recognise(client, narrow, token).json()["labels"][0] == "1"
    (tmp_path / "taught.skhcr").write_bytes(client.get(f"/api/models/{token}").content)
    model = skhcr.load(tmp_path / "taught.skhcr")
    assert model.predict([narrow]).tolist() == [1]
    assert model[0].max_pixels == ImageLoader().max_pixels  # not the page's

    assert client.delete(f"/api/models/{token}").status_code == 204
    assert recognise(client, narrow, token).status_code == 404
    assert client.get(f"/api/models/{token}").status_code == 404


def test_a_training_that_fails_is_said(client, seven, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    (only,) = events(teach(client, ["7"], [seven]))
    assert only == {"failed": "The training ended without a model (status 1)."}


def test_a_training_that_raises_is_said(client, seven, monkeypatch):
    monkeypatch.setattr("skhcr.app._teaching._pack", lambda ink, labels: b"PK\x03\x04")
    (only,) = events(teach(client, ["7"], [seven]))
    assert only == {"failed": "The training failed: BadZipFile: File is not a zip file"}


def test_an_application_that_is_started_once_more(seven):
    app = create_app()
    for _ in range(2):
        with TestClient(app) as client:
            assert recognise(client, seven, "digits").json()["labels"][0] == "7"


def test_a_model_that_nobody_will_know_of_is_forgotten(client, seven, monkeypatch):
    async def teach_at_once(self, name, ink, labels):
        yield read_shipped(name)

    def fail(*samples):
        raise HTTPException(503, "The server is about to end.")

    monkeypatch.setattr("skhcr.app._teaching.Teaching.teach", teach_at_once)
    monkeypatch.setattr("skhcr.app._routes._compare", fail)
    monkeypatch.setattr("skhcr.app._taught_models.token_urlsafe", lambda n_bytes: "known")
    (only,) = events(teach(client, ["7"], [seven]))
    assert only == {"failed": "The server is about to end."}
    assert client.get("/api/models/known").status_code == 404


@pytest.mark.parametrize(
    "path", ["../_serve.py", "%2e%2e/_serve.py", "/etc/passwd", "..%2f_serve.py"]
)
def test_no_request_names_a_file_of_the_server(client, path):
    response = client.get(f"/static/{path}")
    assert response.status_code == 404
    assert "import" not in response.text


def test_large_bodies_are_refused_unread():
    async def app(scope, receive, send):
        while (await receive()).get("more_body"):
            pass

    client = TestClient(Gate(app, max_bytes=1_000_000))
    said = {"detail": "The upload has more than 1 MB."}
    for headers in ({"content-length": "200000000"}, {"content-length": "-1"}):
        response = client.post("/", content=b"x", headers=headers)
        assert (response.status_code, response.json()) == (413, said)


def test_a_body_that_does_not_say_how_large_it_is(monkeypatch):
    monkeypatch.setattr("skhcr.app._limits.Gate.__init__.__defaults__", (None, 10_000))
    with TestClient(create_app()) as client:
        body = (b"x" * 1000 for _ in range(100))
        kind = "multipart/form-data; boundary=b"
        response = client.post("/api/table", content=body, headers={"content-type": kind})
        assert response.status_code == 413


def test_other_pages_are_refused():
    client = TestClient(create_app(allowed_hosts=["localhost", "::1"]), "http://localhost:8000")
    for host in ("localhost", "localhost:8000", "[::1]:8000"):
        assert client.get("/", headers={"host": host}).status_code == 200
    for host in ("evil.example", "localhost.evil.example:8000", "", "[::1"):
        assert client.get("/", headers={"host": host}).status_code == 403
    own, other = {"origin": "http://localhost:8000"}, {"origin": "http://evil.example"}
    assert client.post("/api/table", headers=own).status_code == 422  # there is no table
    strange = {"origin": "http://["}
    for headers in (other, strange, {"origin": "null"}, {"origin": "http://localhost:9000"}):
        assert client.post("/api/table", headers=headers).status_code == 403


def test_allowed_hosts_are_a_collection():
    with pytest.raises(TypeError, match=r"allowed_hosts='localhost' is a string; expected"):
        create_app(allowed_hosts="localhost")


def test_nothing_from_elsewhere_may_be_loaded(client):
    for path in ("/", "/static/main.js", "/api/info", "/nowhere"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith(
            "default-src 'none'; script-src 'self'"
        )
        assert headers["x-content-type-options"] == "nosniff"
    for path in ("/docs", "/redoc"):  # pages of FastAPI with scripts of other hosts
        assert client.get(path).status_code == 404


def test_predictions_import_no_tensorflow(tmp_path, seven):
    (tmp_path / "seven.png").write_bytes(seven)
    code = """
import sys
from fastapi.testclient import TestClient
from skhcr.app import create_app
with TestClient(create_app()) as client:
    picture = open("seven.png", "rb").read()
    answer = client.post("/api/recognise", files={"picture": picture}, data={"model": "digits"})
    assert answer.json()["labels"][0] == "7", answer.text
    assert client.post("/api/read", files={"picture": picture}).status_code == 200
assert not {"tensorflow", "keras"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


def test_stands_on_the_public_api_only():
    folder = Path(skhcr.__file__).parent / "app"
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                private = [part for part in name.split(".") if part.startswith("_")]
                if name.startswith("skhcr._csv"):  # how tables are decoded, as in the shell
                    continue
                assert name.startswith("skhcr.app") or not private, f"{file.name} imports {name}"
