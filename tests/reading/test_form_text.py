"""What is printed on a form before the handwriting is left out."""

import numpy as np
import pandas as pd
import pytest

from skhcr.metrics import character_error_rate
from skhcr.reading import TextReader

FORM = ["NAME:", "NOM:", "PRENOM:", "DATE:"]


def read_one(picture, **parameters):
    return str(TextReader(**parameters).predict([picture])[0])


@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series])
def test_form_text_is_left_out(write, container):
    texts = ["NAME: MARTIN", "NOM: PETER HANNA", "DATE: 2024", "PRENOM: QUICK"]
    forms = [write(text, seed=seed).picture for seed, text in enumerate(texts)]
    written = TextReader(form_text=container(FORM)).predict(forms)
    assert character_error_rate([text.split(": ")[1] for text in texts], written) < 0.15


def test_form_text_of_each_line(write):
    page = write("NAME: MARTIN", "DATE: 2024")
    assert read_one(page.picture, form_text=FORM).split("\n") == ["MARTIN", "2024"]


def test_form_text_alone_is_nothing(write):
    assert read_one(write("NAME:").picture, form_text=FORM) == ""
    assert read_one(write("NAME:", "MARTIN").picture, form_text=FORM) == "MARTIN"


def test_without_form_text_all_is_read(write):
    picture = write("MARTIN PETER").picture
    for nothing in (None, [], (), np.array([]), pd.Series([], dtype=str), FORM, [""], [":"]):
        assert read_one(picture, form_text=nothing) == "MARTIN PETER"


@pytest.mark.parametrize("form_text", ["NAME:", 7, ["NAME:", 7], [None]])
def test_wrong_form_text(write, form_text):
    with pytest.raises(ValueError, match="form_text"):
        TextReader(form_text=form_text).predict([write("MARTIN").picture])


def test_names_on_forms(read_names):
    files, texts = read_names("form", 20)
    reader = TextReader(alphabet="uppercase")
    with_print = character_error_rate(texts, reader.predict(files))
    reader.set_params(form_text=["NOM:", "PRENOM:"])
    assert character_error_rate(texts, reader.predict(files)) < min(0.4, with_print)


@pytest.mark.parametrize(("phrase", "text"), [("AGE:", "SAVAGE JOE"), ("NO", "BRUNO MARS")])
def test_the_end_of_a_word_is_no_form_text(write, phrase, text):
    picture = write(text).picture
    assert TextReader(alphabet="uppercase", form_text=[phrase]).predict([picture])[0] == text
