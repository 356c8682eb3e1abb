"""
Read a page of digits
=====================

A photo of a page is darker on one side than on the other, and never quite straight. Its lines are
found all the same, and come in their order, from top to bottom.
"""

# %%
# A page
# ------
#
# Ten rows of four numbers, each row in another pen, by many hands.

import cv2
import numpy as np

from skhcr.datasets import make_words

random = np.random.RandomState(0)
rows = [" ".join(map(str, random.randint(10, 10_000, size=4))) for _ in range(10)]
words = make_words(texts=rows, height=32, wear=0, random_state=13)

ink = np.zeros((1000, 1200), np.float32)
for top, word in zip(range(80, 1000, 86), words.images, strict=False):
    height, width = word.shape
    ink[top : top + height, 110 : 110 + width] = 1 - word / np.float32(255)

# %%
# It lies askew, by five degrees, on a table under a lamp, and somebody's hand throws a shadow.

turn = cv2.getRotationMatrix2D((600, 500), 5, 0.94)
ink = cv2.warpAffine(ink, turn, (1200, 1000))

y, x = np.mgrid[:1000, :1200]
light = 245 - 0.08 * np.hypot(x, y)
light *= 1 - 0.3 / (1 + np.exp((y - 0.6 * x) / 12))
page = light * (1 - 0.8 * ink) + random.normal(0, 3, ink.shape)
page = page.clip(0, 255).astype(np.uint8)

# %%
# Read it
# -------
#
# ``predict`` returns one text for each picture: lines parted by line breaks, words by spaces. That
# there are digits only is said in the call; a reader for all pages of this kind is
# ``TextReader(alphabet="digits")``.

from skhcr.metrics import character_error_rate, word_error_rate
from skhcr.reading import TextReader

reader = TextReader()
(text,) = reader.predict([page], alphabet="digits")

# %%
# Below each other, what was written and what was read. If a whole line is missing, all that follow
# are compared with a wrong one, so count them first.

read = text.split("\n")
print(f"{len(read)} of {len(rows)} lines\n")
for row, line in zip(rows, read, strict=False):
    print(f"written  {row}\nread     {line}\n")

# %%
# The error rates are of the whole page: one text that is written, one that is read. A digit that
# is wrong makes its number wrong, so more numbers than digits are.

written = "\n".join(rows)
print(f"{character_error_rate([written], [text]):.1%} of the characters are wrong")
print(f"{word_error_rate([written], [text]):.1%} of the numbers are wrong")

# %%
# Where it stands
# ---------------
#
# ``predict_details`` returns a :class:`~skhcr.reading.Page`: lines, words and characters, each with
# its box in the picture. Boxes of words that are less probable than 50 % are dashed: the ones that
# somebody should look at.

import matplotlib.pyplot as plt

from skhcr.inspection import TextOverlayDisplay

(details,) = reader.predict_details([page], alphabet="digits")
TextOverlayDisplay.from_predictions(page, details, level="word", min_probability=0.5)
plt.show()
