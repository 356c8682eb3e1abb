"""How well words and pages are read, how quickly, and what is read where nothing is written.

    python benchmarks/reading.py names          # people's names, beside Tesseract
    python benchmarks/reading.py errors         # of which kind the errors on them are
    python benchmarks/reading.py page           # digits on a photo of 12 megapixels
    python benchmarks/reading.py textures       # pictures without text
    python benchmarks/reading.py names errors page textures --table docs/benchmarks/reading.md

`names` and `errors` read `names/clean` of the folder that SKHCR_DATA names (default
../shared/data). Its odd rows, counted from 0, are held out; choices are made on `--rows even`.
"""

import argparse
import os
import shlex
import shutil
import string
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from sklearn.datasets import load_sample_images
from tables import markdown, provenance

from skhcr import load_pretrained
from skhcr.datasets import load_characters, load_digits, load_image_csv, make_words
from skhcr.metrics import character_error_rate, confusable_groups
from skhcr.reading import CharacterSegmenter, TextReader

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SKHCR_DATA", ROOT / "../shared/data")).resolve()
FORM_TEXT = ["NOM :", "PRENOM :"]  # what is printed in names/form, and not in names/clean
KINDS = "segmentation", "recognition", "look-alikes", "hyphens", "spaces"  # the gravest first
CONFIDENCES = 0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9
HEIGHT, WIDTH = 3000, 4000  # of the page


def name_rows(kind, rows):
    """Return the files and texts of the even, the odd or all rows of `names/<kind>`."""
    csv = DATA / "names" / kind / "names.csv"
    files, texts = load_image_csv(csv, label_column="text", return_X_y=True)
    part = slice(rows == "odd", None, 1 if rows == "all" else 2)
    return files[part].tolist(), texts[part].tolist()


def fitted_reader(rows):
    """Return a reader of capitals that knows how frequent they are, not from the rows it reads."""
    X, y = name_rows("form", "even")
    if rows == "odd":
        files, texts = name_rows("clean", "even")
        X, y = X + files, y + texts
    reader = TextReader(alphabet="uppercase", form_text=FORM_TEXT).fit(X, y)
    return reader.set_params(form_text=None)


def tesseract(files):
    """Return what Tesseract reads: one line of capitals, three times as large, with a border."""
    letters = f"tessedit_char_whitelist={string.ascii_uppercase} "
    texts = []
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "name.png")
        for file in files:
            picture = cv2.imread(file, cv2.IMREAD_GRAYSCALE)
            picture = cv2.resize(picture, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
            picture = cv2.copyMakeBorder(picture, *[30] * 4, cv2.BORDER_CONSTANT, value=255)
            cv2.imwrite(path, picture)
            texts.append(" ".join(run_tesseract(path, "stdout", "--psm", "7", "-c", letters)))
    return texts


def run_tesseract(*arguments):
    done = subprocess.run(["tesseract", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.split()


def row_of_names(name, predict, X, y):
    """Return a row of the table: what is right, and the time a name, once all is loaded."""
    predict(X[:2])
    start = time.perf_counter()
    read = list(predict(X))
    milliseconds = 1000 * (time.perf_counter() - start) / len(X)
    exact = np.mean([text == one for text, one in zip(y, read, strict=True)])
    return [name, f"{character_error_rate(y, read):.1%}", f"{exact:.1%}", f"{milliseconds:.0f} ms"]


def names(options):
    X, y = name_rows("clean", options.rows)
    reader = fitted_reader(options.rows)
    entries = name_rows("clean", "all")[1] + name_rows("form", "all")[1]
    rows = [row_of_names("`TextReader`", TextReader(alphabet="uppercase").predict, X, y)]
    rows.append(row_of_names("and fitted", reader.predict, X, y))
    right = np.flatnonzero(reader.predict(X) == np.array(y))
    rows.append(row_of_names("with a lexicon", reader.set_params(lexicon=entries).predict, X, y))
    rows.append(["Tesseract", "not installed", "", ""])
    if shutil.which("tesseract"):
        rows[-1] = row_of_names(f"Tesseract {run_tesseract('--version')[1]}", tesseract, X, y)
    kept = 0
    for k in right:
        reader.set_params(lexicon=[entry for entry in entries if entry != y[k]])
        kept += reader.predict([X[k]])[0] == y[k]
    return [
        f"{len(y)} names, {options.rows} rows:",
        markdown(["reader", "character error rate", "exact", "a name"], rows),
        f"Of the {len(right)} names that the fitted reader reads rightly, {kept} stay as they are "
        "with a lexicon that has all other names but not their own.",
    ]


def look_alikes():
    """Return a table for `str.translate`: characters that alone are hard to tell apart are one."""
    single = load_characters()
    read = load_pretrained("characters").predict(single.images)
    folded = [np.char.lower(labels.astype(str)) for labels in (single.target, read)]
    groups = confusable_groups(*folded, min_rate=0.05)
    return {ord(character): group[0] for group in groups for character in group}


def kind_of_name(text, read, same):
    """Return the gravest kind of error of a name that is read wrongly."""
    a, b = ("".join(filter(str.isalnum, either)) for either in (text, read))
    if len(a) != len(b):
        return "segmentation"
    if a != b:
        alike = a.lower().translate(same) == b.lower().translate(same)
        return "look-alikes" if alike else "recognition"
    return "spaces" if text.replace(" ", "") == read.replace(" ", "") else "hyphens"


def edits_of(text, read):
    """Return what is written and what is read at each edit but those of spaces; "" for nothing."""
    text, read = text.replace(" ", ""), read.replace(" ", "")
    edits = Levenshtein.editops(text, read)
    return [(text[i : i + (op != "insert")], read[j : j + (op != "delete")]) for op, i, j in edits]


def kind_of_edit(written, read, same):
    if written and not written.isalnum():
        return "hyphens"
    return kind_of_name(written, read, same) if written and read else "segmentation"


def errors(options):
    X, y = name_rows("clean", options.rows)
    same, read = look_alikes(), fitted_reader(options.rows).predict(X).tolist()
    wrong = [(text, one) for text, one in zip(y, read, strict=True) if text != one]
    edits = [edit for pair in wrong for edit in edits_of(*pair)]
    by_name = Counter(kind_of_name(*pair, same) for pair in wrong)
    by_edit = Counter(kind_of_edit(*edit, same) for edit in edits)
    n_edits = sum(Levenshtein.distance(*pair) for pair in wrong)
    by_edit["spaces"] = n_edits - len(edits)
    rows = [[kind, str(by_name[kind]), str(by_edit[kind])] for kind in KINDS]
    rows.append(["together", str(len(wrong)), str(n_edits)])
    return [
        f"Errors of the fitted reader on {len(y)} names, {options.rows} rows:",
        markdown(["kind", "names, by their gravest error", "single edits"], rows),
    ]


def make_page(n_rows, seed=0):
    """Return a photo of rows of 16 digits on shaded paper, and their texts."""
    rng, digits = np.random.default_rng(seed), load_digits()
    ink, texts = np.zeros((HEIGHT, WIDTH), np.float32), []
    pitch = (HEIGHT - 400) / n_rows
    scale = min(5, pitch / 30)  # of images of 28 pixels
    for row in range(n_rows):
        chosen = rng.integers(len(digits.images), size=16)
        text = "".join(digits.target[chosen].astype(str))
        texts.append(" ".join(text[k : k + 4] for k in range(0, 16, 4)))
        gaps = rng.integers(3, 11, 16) + 32 * (np.arange(16) % 4 == 3)
        parts = []
        for image, gap in zip(digits.images[chosen], gaps, strict=True):
            parts += [image[:, image.max(axis=0) > 80], np.zeros((28, gap))]
        strip = np.hstack(parts)
        strip = cv2.resize(strip, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        top, left = 200 + int(row * pitch), 250 + int(rng.integers(60))
        place = ink[top : top + strip.shape[0], left : left + strip.shape[1]]
        place[:] = np.clip(4 * (strip / 255 - 0.35), 0, 1)  # the edge of a pen's line
    skew = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -1.5, 1)
    ink = cv2.warpAffine(ink, skew, (WIDTH, HEIGHT))
    light = np.add.outer(np.linspace(200, 180, HEIGHT), np.linspace(0, -50, WIDTH))
    return grey(light * (1 - 0.75 * ink) + rng.normal(0, 4, ink.shape)), texts


def grey(values):
    return np.clip(values, 0, 255).astype(np.uint8)


def page(options):
    photo, texts = make_page(options.rows_of_digits)
    reader, seconds = TextReader(alphabet="digits"), []
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "page.jpg")
        cv2.imwrite(path, photo, [cv2.IMWRITE_JPEG_QUALITY, 95])
        for _ in range(6):  # the first one loads the network
            start = time.perf_counter()
            read = reader.predict([path])[0]
            seconds.append(time.perf_counter() - start)
    lines, whole = read.split("\n"), "\n".join(texts)
    # To which row each line is nearest.
    places = [process.extractOne(line, texts, scorer=Levenshtein.distance)[2] for line in lines]
    ordered = "yes" if places == list(range(len(texts))) else "no"
    row = [f"{len(texts)} rows of 16 digits", f"{np.median(seconds[1:]):.2f} s"]
    row += [str(len(lines)), ordered, f"{character_error_rate([whole], [read]):.2%}"]
    heads = ["photo, 4000 x 3000", "to read", "lines found", "in order", "character error rate"]
    return ["Digits on a photo:", markdown(heads, [row])]


def field(rng, grain):
    """Return noise of some grain, of mean 0 and standard deviation 1."""
    noise = cv2.GaussianBlur(rng.normal(size=(320, 480)), (0, 0), grain)
    return (noise - noise.mean()) / noise.std()


def waves(period, degrees):
    y, x = np.mgrid[:320, :480]
    angle = np.deg2rad(degrees)
    return np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)


def drawing(scale, pen):
    """Return a house, a tree and the sun's rays, drawn in lines on white paper."""
    house = [(60, 250), (60, 140), (130, 80), (200, 140), (200, 250), (60, 250)]
    tree = [(290, 250), (295, 170), (270, 140), (300, 90), (335, 140), (310, 170), (315, 250)]
    rays = np.exp(1j * np.deg2rad(np.arange(0, 360, 30)))
    rays = [[(350 + r * ray.real, 45 + r * ray.imag) for r in (18, 32)] for ray in rays]
    canvas = np.full((300 * scale, 400 * scale), 255, np.uint8)
    for stroke in (house, tree, [(60, 140), (200, 140)], [(20, 255), (380, 245)], *rays):
        points = np.int32(np.array(stroke) * scale)
        cv2.polylines(canvas, [points], False, 40, pen * scale, cv2.LINE_AA)
    return canvas


def without_text(seed=0):
    """Return pictures of which none has text, by what they show."""
    rng = np.random.default_rng(seed)
    photos = [cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY) for photo in load_sample_images().images]
    strips = [strip for photo in photos for strip in np.array_split(photo, 4)]
    noise = [field(rng, grain) for grain in (0.1, 1, 2, 4, 8, 16) for _ in range(2)]
    blots = [np.exp(19 - 12 * field(rng, g)) for g in (4, 6, 9, 13) for _ in range(3)]
    paper = 160 + 60 / (1 + np.exp(-8 * waves(900, 20)))
    return {
        "photos": photos,
        "crops of them": [crop for strip in strips for crop in np.array_split(strip, 6, axis=1)],
        "noise": [grey(128 + 45 * one) for one in noise],
        "gratings": [grey(128 + 90 * waves(2**k, a)) for k in range(2, 7) for a in (0, 30, 90)],
        "blots": [grey(220 - 160 / (1 + blot)) for blot in blots],
        "shaded paper": [grey(paper + rng.normal(0, sigma, paper.shape)) for sigma in (0, 2, 4, 8)],
        "drawings": [drawing(scale, pen) for scale in (1, 3) for pen in (1, 3)],
    }


def count_read(reader, pictures):
    """Return how many pictures are read as some text, and how many characters these have."""
    counts = [len("".join(text.split())) for text in reader.predict(pictures)]
    return np.array([np.count_nonzero(counts), sum(counts)])


def textures(_):
    groups, rows = without_text(), []
    words = make_words(100, random_state=0, wear=0.5).images
    for least in CONFIDENCES:
        reader = TextReader(segmenter=CharacterSegmenter(min_confidence=least))
        counts = [count_read(reader, pictures) for pictures in groups.values()]
        cells = [f"{n} / {characters}" for n, characters in (*counts, sum(counts))]
        rows.append([f"{least:g}", *cells, str(len(words) - count_read(reader, words)[0])])
    heads = [f"{name} ({len(pictures)})" for name, pictures in groups.items()]
    heads += [f"all ({sum(map(len, groups.values()))})", "words lost"]
    return [
        f"Pictures read as text / characters in it, and words of {len(words)} not read at all:",
        markdown(["`min_confidence`", *heads], rows),
    ]


def main():
    commands = {"names": names, "errors": errors, "page": page, "textures": textures}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commands", nargs="+", choices=commands)
    parser.add_argument("--rows", choices=["even", "odd"], default="odd", help="of names/clean")
    parser.add_argument("--rows-of-digits", type=int, default=24, help="on the page")
    parser.add_argument("--table", help="write the tables to this Markdown file too")
    options = parser.parse_args()
    parts = [part for command in options.commands for part in commands[command](options)]
    text = "\n\n".join([*parts, provenance(shlex.join(["python", *sys.argv]))])
    print(text)
    if options.table:
        Path(options.table).write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
