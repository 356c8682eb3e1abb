"""skhcr recognise: which character is on a picture."""

from typing import Annotated

import typer

from skhcr.cli._console import Format, progress, table, write, write_json
from skhcr.cli._csv import csv_line

EXAMPLES = """Examples:

\b
  skhcr recognise photo.jpg
  skhcr recognise scans/ --model digits --top 3
  skhcr recognise scans/*.png --model mine.skhcr --format csv > scans.csv
"""


def recognise(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="Pictures of one character each; of a folder, the pictures in it.",
            show_default=False,
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            "--model", "-m", metavar="MODEL", help="digits, letters, characters or a .skhcr file."
        ),
    ] = "characters",
    top: Annotated[
        int, typer.Option(min=1, metavar="K", help="How many of the likeliest to show.")
    ] = 1,
    format: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
):
    """Recognise the character on each picture.

    A picture without ink has no character. A file that cannot be read costs only its own line, on
    stderr; the exit status is then 1.
    """
    from skhcr.cli._models import Recogniser, load_model
    from skhcr.cli._pictures import CHUNK_SIZE, Pictures, listed

    recogniser = Recogniser(load_model(model))
    k = min(top, len(recogniser.classes))
    pictures = Pictures(recogniser.loader)
    files = listed(files, pictures.fail)
    if format is Format.CSV:
        write(csv_line(_names_of_columns(k)))
    results = []
    chunks = pictures.chunks(files)
    is_csv = format is Format.CSV
    bar = progress(chunks, len(files), CHUNK_SIZE, "Recognising", streams=is_csv)
    for positions, chunk in bar:
        answers = recogniser.answers(chunk, k)
        found = [(files[k], answer) for k, answer in zip(positions, answers, strict=True)]
        if is_csv:
            write("".join(csv_line(_csv_row(*one, k)) for one in found))
        else:
            results += found
    if format is Format.JSON:
        write_json([_as_json(*one) for one in results])
    elif format is Format.TABLE and results:
        write(_as_table(results, k))
    return int(pictures.n_failed > 0)


def _as_json(file, answer):
    found = [
        {"character": label, "probability": round(probability, 6)} for label, probability in answer
    ]
    best = found[0] if found else {"character": "", "probability": None}
    return {"file": file, **best, "alternatives": found[1:]}


def _names_of_columns(k):
    others = [f"{name}_{n}" for n in range(2, k + 1) for name in ("character", "probability")]
    return ["file", "character", "probability", *others]


def _csv_row(file, answer, k):
    answer = answer + [("", None)] * (k - len(answer))
    cells = [
        cell
        for label, probability in answer
        for cell in (label, "" if probability is None else f"{probability:.6f}")
    ]
    return [file, *cells]


def _as_table(results, k):
    head = ["file", "character", "probability"] + (["next best"] if k > 1 else [])
    rows = []
    for file, answer in results:
        (label, probability), *others = answer or [("", None)]
        row = [file, label, "no ink" if probability is None else _percent(probability)]
        if k > 1:
            row.append(", ".join(f"{other} {_percent(share)}" for other, share in others))
        rows.append(row)
    return table(head, rows)


def _percent(share):
    return "<0.1%" if share < 0.001 else f"{share:.1%}"
