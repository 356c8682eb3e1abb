"""skhcr read: the text on a picture."""

from enum import Enum
from typing import Annotated

import typer

from skhcr.cli._console import import_libraries, progress, visible, write, write_json
from skhcr.cli._csv import csv_line, read_texts
from skhcr.cli._data import Alphabet

EXAMPLES = """Examples:

\b
  skhcr read letter.png
  skhcr read fields/ --alphabet uppercase --form-text NAME: --format csv
  skhcr read field.png --lexicon customers.csv --column surname
"""


class TextFormat(str, Enum):
    """How texts are written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def read(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="PICTURE",
            help="Pictures of words, lines or pages; of a folder, the pictures in it.",
            show_default=False,
        ),
    ],
    lexicon: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Texts that are expected: one a line, or a CSV."),
    ] = None,
    column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of a CSV that has them.")
    ] = None,
    alphabet: Annotated[Alphabet | None, typer.Option(help="What may be written.")] = None,
    form_text: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="What is printed before the writing, and left out; may be given several times.",
        ),
    ] = None,
    format: Annotated[
        TextFormat, typer.Option("--format", help="How to write it.")
    ] = TextFormat.TEXT,
):
    """Read the text on each picture.

    With several pictures, each text stands under the name of its picture. A file that cannot be
    read costs only its own line, on stderr; the exit status is then 1.
    """
    if column is not None and lexicon is None:
        raise typer.BadParameter("--column needs --lexicon FILE, the CSV that has it")
    import_libraries()
    from skhcr.cli._pictures import Pictures, listed
    from skhcr.preprocessing import ImageLoader
    from skhcr.reading import CharacterSegmenter, TextReader

    if lexicon is not None:
        lexicon = read_texts(lexicon, column)
    alphabet = None if alphabet is None else alphabet.value
    reader = TextReader(lexicon=lexicon, alphabet=alphabet, form_text=form_text or None)
    pictures = Pictures(ImageLoader(max_pixels=CharacterSegmenter().max_pixels))
    files = listed(files, pictures.fail)
    if format is TextFormat.CSV:
        write(csv_line(["file", "text", "probability"]))
    results = []
    # One at a time, as pages are large.
    chunks = pictures.chunks(files, size=1)
    bar = progress(chunks, len(files), 1, "Reading", streams=format is not TextFormat.JSON)
    for n_before, ((position,), picture) in enumerate(bar):
        (page,) = reader.predict_details(picture)
        if format is TextFormat.JSON:
            results.append(_as_json(files[position], page, lexicon is not None))
        elif format is TextFormat.CSV:
            write(csv_line([files[position], page.text, _least_probability(page)]))
        elif len(files) > 1:
            write("\n" * (n_before > 0) + f"{visible(files[position])}:\n{_as_lines(page)}")
        else:
            write(_as_lines(page))
    if format is TextFormat.JSON:
        write_json(results)
    return int(pictures.n_failed > 0)


def _as_lines(page):
    return f"{page.text}\n" if page.text else ""


def _least_probability(page):
    """Return that of the word that is the least sure."""
    return min((f"{word.probability:.6f}" for word in page.words), default="")


def _as_json(file, page, has_lexicon):
    words = [
        {
            "text": word.text,
            "box": list(word.box),
            "probability": round(word.probability, 6),
            "in_lexicon": bool(word.in_lexicon) if has_lexicon else None,
        }
        for word in page.words
    ]
    height, width = page.shape
    return {"file": file, "text": page.text, "width": width, "height": height, "words": words}
