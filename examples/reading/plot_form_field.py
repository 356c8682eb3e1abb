"""
Read a form field
=================

A field of a form holds more than what was written into it: a printed label, a line to write on,
and at the edge a piece of the next line. And more is known about it than about any other picture:
what is printed, that people write in capitals there, and often a list of what may be written.
"""

# %%
# Twenty-four fields
# ------------------
#
# The names are written with single characters that come with the package, each field in other
# hands. With scans of your own, ``fields`` is a list of their file names.

import cv2
import numpy as np

from skhcr.datasets import make_words

LIST = """
ADAMS BAKER BENNETT CARTER CLARK DAVIES EVANS FOSTER GRAHAM GREEN HARRIS HUGHES JACKSON KELLY
MARTIN MILLER MORGAN MURPHY NELSON PARKER PHILLIPS ROBERTS SIMPSON TAYLOR THOMPSON TURNER
WALKER WATSON WRIGHT YOUNG
"""
NAMES = LIST.split()


def fill_in(word):
    """Return a field, as it is cut out of a scanned form, with a picture of a word in it."""
    field = np.full((112, 620), 245, np.uint8)
    print_on(field, "NAME:", 70)
    cv2.line(field, (130, 86), (605, 86), 120, 2)
    print_on(field, "FIRST NAME:", 124)  # which the edge cuts
    height, width = word.shape
    space = field[86 - height : 86, 150 : 150 + width]
    np.minimum(space, word[:, : space.shape[1]], out=space)
    return cv2.GaussianBlur(field, (3, 3), 0)


def print_on(field, text, baseline):
    """Print a text on a field."""
    cv2.putText(field, text, (12, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 60, 2, cv2.LINE_AA)


names = np.random.RandomState(4).choice(NAMES, 24, replace=False)
words = make_words(texts=names, height=38, wear=0, random_state=4)
fields = [fill_in(word) for word in words.images]

# %%
# Nothing said
# ------------
#
# The line and what the edge cuts off are left out; there is nothing to set for that. The label is
# text like any other.

import matplotlib.pyplot as plt

from skhcr.inspection import TextOverlayDisplay
from skhcr.reading import TextReader

reader = TextReader()
TextOverlayDisplay.from_estimator(reader, fields[0])
plt.show()

# %%
# What is known
# -------------
#
# ``form_text`` is what is printed: it is left out. ``alphabet`` is what may be written, so that
# nothing is taken for a small letter or a digit. ``lexicon`` is what is expected: what looks like
# one of the names becomes it.

from skhcr.metrics import character_error_rate

readers = {
    "Nothing said": reader,
    "form_text": TextReader(form_text=["NAME:"]),
    "and alphabet": TextReader(form_text=["NAME:"], alphabet="uppercase"),
    "and lexicon": TextReader(form_text=["NAME:"], alphabet="uppercase", lexicon=NAMES),
}
read = {name: one.predict(fields) for name, one in readers.items()}
for name, texts in read.items():
    print(f"{name:12}  {character_error_rate(names, texts):6.1%} of the characters wrong")

# %%
# Six of the fields, as they are read with nothing said, on the left, and with all that is known, on
# the right. A word's box has the colour of its probability, which is that of all of its characters
# together. That of an entry of the lexicon is no higher for being one: it says how much what is
# written looks like it.

pages = [readers[name].predict_details(fields[:6]) for name in ("Nothing said", "and lexicon")]
fig, axes = plt.subplots(6, 2, figsize=(13, 9), layout="constrained")
for column, some in zip(axes.T, pages, strict=True):
    for ax, field, page in zip(column, fields, some, strict=False):
        TextOverlayDisplay.from_predictions(field, page, level="word", text=False, ax=ax)
for ax, title in zip(axes[0], ("Nothing said", "Label, capitals and names known"), strict=True):
    ax.set_title(f"{title}\n\n{ax.get_title()}")
plt.show()

# %%
# A name that is not expected
# ---------------------------
#
# A word is taken for an entry only if it looks like one. Here the lexicon lacks the name of every
# second field. ``in_lexicon`` says which words are entries; what is none is worth a second look.

listed = sorted({*NAMES} - {*names[1::2]})
reader = TextReader(form_text=["NAME:"], alphabet="uppercase", lexicon=listed)
print("written     read        in the lexicon")
for name, page in zip(names[:12], reader.predict_details(fields[:12]), strict=True):
    known = ", ".join("yes" if word.in_lexicon else "no" for word in page.words)
    print(f"{name:12}{page.text:12}{known}")
