"""
What kinds of errors a reader makes
===================================

An error rate says how much is wrong, not why. A character may have been cut in the wrong place, or
taken for another; or it was read as well as anybody could read it alone, and only what stands
around it could have told a small letter from a capital, and an O from a 0.
"""

# %%
# Words of which everything is known
# ----------------------------------
#
# :func:`~skhcr.datasets.make_words` tells where each character stands. The letters of a word are
# drawn at random, so that none of them helps to guess another.

from skhcr.datasets import make_words

ALPHABETS = ("uppercase", "lowercase", "digits")
words = {
    name: make_words(80, alphabet=name, height=(20, 48), wear=0.3, random_state=0)
    for name in ALPHABETS
}

# %%
# They are read twice: by a reader that knows nothing, and told in each call what kind of characters
# there are.

from skhcr.reading import TextReader

reader = TextReader()
pages = {
    "Nothing known": {name: reader.predict_details(words[name].images) for name in words},
    "Alphabet known": {
        name: reader.predict_details(words[name].images, alphabet=name) for name in words
    },
}

# %%
# The kind of an error
# --------------------
#
# A character whose box is none of the reader's, as far as boxes of ink agree at all, was cut
# wrongly. Of the others, what was read says the kind: the same letter in the other case, or what
# looks the same in another kind of word, or another character.

ALIKE = ("0Oo", "1lIi", "2Zz", "5Ss", "6b", "9gq")
KINDS = ("segmentation", "recognition", "case", "context")


def overlap(a, b):
    """Return the common part of two boxes, of what they cover together."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(0, width) * max(0, height)
    return common / (area(a) + area(b) - common)


def area(box):
    """Return the area of a box, at least 1."""
    return max(1, (box[2] - box[0]) * (box[3] - box[1]))


def are_alike(a, b):
    """Tell whether two characters are told apart by the kind of their word only."""
    of_one_kind = (a.isdigit(), a.isupper()) == (b.isdigit(), b.isupper())
    return not of_one_kind and any(a in group and b in group for group in ALIKE)


def kind_of(character, box, page):
    """Return the kind of the error in a character, "" if it is right, and what was read."""
    nearest = max(page.characters, key=lambda read: overlap(read.box, box), default=None)
    if nearest is None or overlap(nearest.box, box) < 0.4:
        return "segmentation", ""
    if nearest.text == character:
        return "", character
    if nearest.text.casefold() == character.casefold():
        return "case", nearest.text
    return "context" if are_alike(character, nearest.text) else "recognition", nearest.text


# %%
# All characters in a table: what was known, the word, and the kind of the error, if it is one.

import pandas as pd

rows = []
for known, by_name in pages.items():
    for name, some in by_name.items():
        bunch = words[name]
        for k, page in enumerate(some):
            for character, box in zip(bunch.target[k], bunch.boxes[k], strict=True):
                kind, read = kind_of(character, box, page)
                rows.append((known, name, k, kind, character, read, page.text, box))
columns = ["known", "alphabet", "picture", "kind", "character", "read", "word_read", "box"]
table = pd.DataFrame(rows, columns=columns)

counts = table.groupby(["kind", "known"]).size().unstack(fill_value=0)
counts = counts.reindex(index=KINDS, columns=list(pages), fill_value=0)
found = [kind for kind in KINDS if counts.loc[kind].any()]
print(counts.to_string())
print(f"of {len(table) // 2} characters")

# %%
# Knowing the alphabet takes away the errors of case, and those of context, such as an O for a 0, if
# there are any: no letter has two cases any more, and no digit is a letter. That these are few even
# if nothing is known is the work of the word around them. The others call for clearer pictures, or
# for more that is known: a lexicon (:ref:`sphx_glr_auto_examples_reading_plot_form_field.py`).

import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(8, 4), layout="constrained")
counts.plot.bar(ax=ax, rot=0, color=["0.7", "tab:blue"])
for bars in ax.containers:
    ax.bar_label(bars)
ax.set(xlabel="", ylabel=f"errors in {len(table) // 2} characters")
ax.legend(title="")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# Look at them
# ------------
#
# Some errors of each kind: the word, the character that it is about in a box, what was written and
# what was read. Case and context are those of the reader that knows nothing, the others those of
# the one that knows the alphabet.

from matplotlib.patches import Rectangle

# sphinx_gallery_thumbnail_number = 2
N_EACH = 5
fig, axes = plt.subplots(
    len(found), N_EACH, figsize=(13, 2 * len(found)), layout="constrained", squeeze=False
)
for kind, row in zip(found, axes, strict=True):
    known = "Nothing known" if kind in ("case", "context") else "Alphabet known"
    errors = table[(table["kind"] == kind) & (table["known"] == known)]
    errors = errors.drop_duplicates(["alphabet", "picture"])
    errors = errors.sample(min(N_EACH, len(errors)), random_state=0)
    row[0].set_ylabel(kind, size=13)
    for ax in row:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    for ax, error in zip(row, errors.itertuples(), strict=False):
        left, top, right, bottom = error.box
        bunch = words[error.alphabet]
        ax.imshow(bunch.images[error.picture], cmap="gray", vmin=0, vmax=255)
        ax.add_patch(
            Rectangle((left, top), right - left, bottom - top, fill=False, color="tab:red")
        )
        title = f"{bunch.target[error.picture]}\nread {error.word_read or 'nothing'}"
        ax.set_title(title, family="monospace", parse_math=False)
plt.show()
