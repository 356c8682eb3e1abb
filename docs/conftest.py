"""The files that the pages name, in a folder that their code runs in."""

import csv
import gzip
import shutil
import struct
import warnings

import cv2
import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

# Not only tests are Python here, and pytest looks into every module for examples.
collect_ignore_glob = ["conf.py", "_build", "api", "auto_examples"]


@pytest.fixture(scope="session")
def page_files(tmp_path_factory):
    """Make a folder with pictures and data sets under the names that the pages give them."""
    import skhcr
    from skhcr.datasets import load_characters, load_digits

    folder = tmp_path_factory.mktemp("pages")
    digits, characters = load_digits(), load_characters()
    named = {name: characters.images[characters.target == name] for name in characters.target_names}
    for name, character in {"photo.jpg": "R", "my_letter.png": "K", "big.png": "M"}.items():
        write_picture(folder / name, named[character][0])
    for name, digit in {"my_digit.jpg": 5, "another.png": 8}.items():
        write_picture(folder / name, digits.images[digits.target == digit][0])
    write_form(folder / "form.png", digits.images[:6])
    write_texts(folder)
    write_image_csv(folder, {name: images[:6] for name, images in named.items()})
    write_image_folder(folder / "letters", {name: named[name][:5] for name in "ABCDEFGH"})
    write_image_folder(folder / "others", {name: named[name][5:8] for name in "ABCDEFGH"})
    shutil.copytree(folder / "letters/A", folder / "scans")
    write_image_folder(
        folder / "my_hand",
        {str(digit): digits.images[digits.target == digit][10:16] for digit in range(10)},
    )
    write_idx(folder / "data_home" / "mnist", digits)
    savemat(
        folder / "mnist-original.mat",
        {"data": digits.data[:500].T, "label": digits.target[:500, np.newaxis].T.astype(float)},
    )
    write_pixel_csv(folder / "A_Z Handwritten Data.csv", characters)
    write_keras_model(folder / "model.h5")
    skhcr.save(skhcr.load_pretrained("digits"), folder / "taught-digits.skhcr")
    return folder


def write_picture(path, image):
    """Write a character as people have them: dark on light paper, in uneven light, off-centre."""
    light = np.add.outer(np.linspace(240, 200, 300), np.linspace(0, -20, 400))
    ink = cv2.resize(image, (140, 140), interpolation=cv2.INTER_CUBIC)
    light[90:230, 160:300] *= 1 - 0.8 * (ink / 255)
    Image.fromarray(light.clip(0, 255).astype(np.uint8)).save(path)


def write_form(path, images):
    """Write characters into a row of boxes: 60 pixels each, from (40, 30) on."""
    form = np.full((120, 460), 250, np.uint8)
    for position, image in enumerate(images):
        left = 40 + 60 * position
        cv2.rectangle(form, (left, 30), (left + 60, 90), 90, 1)
        form[38:82, left + 8 : left + 52] -= (cv2.resize(image, (44, 44)) * 0.8).astype(np.uint8)
    cv2.imwrite(str(path), form)


def write_texts(folder):
    """Write pictures of words, fields of forms with their texts, a page, and names to expect."""
    from skhcr.datasets import make_words

    names = ["MULLER", "OBRIEN", "JEAN PIERRE", "WAGNER", "SCHULZ", "BECKER", "DVORAK"]
    words = make_words(texts=["Anna", *names], height=36, wear=0, random_state=1).images
    cv2.imwrite(str(folder / "word.png"), words[0])
    (folder / "fields").mkdir()
    lines = ["file,text"]
    for number, (name, word) in enumerate(zip(names, words[1:], strict=True), start=1):
        field = write_field(word)
        cv2.imwrite(str(folder / f"fields/{number}.png"), field)
        lines.append(f"fields/{number}.png,{name}")
    cv2.imwrite(str(folder / "field.png"), write_field(words[1]))
    (folder / "fields.csv").write_text("\n".join(lines), encoding="utf-8")
    expected = ["MÜLLER", "O'BRIEN", "JEAN-PIERRE", "JONES", "MÜLLER", "NULL"]
    (folder / "names.txt").write_text("\n".join(expected), encoding="utf-8")
    rows = [f"{number},{name}" for number, name in enumerate(expected)]
    (folder / "names.csv").write_text("\n".join(["number,name", *rows]), encoding="utf-8")

    rows = make_words(
        texts=["2718 2818", "3141 5926", "1618 0339"], height=36, wear=0, random_state=1
    )
    page = np.full((100 + 90 * len(rows.images), 800), 250, np.uint8)
    for top, row in zip(range(60, page.shape[0], 90), rows.images, strict=False):
        page[top : top + row.shape[0], 60 : 60 + row.shape[1]] = row
    Image.fromarray(page).save(folder / "page.jpg")


def write_field(word):
    """Write a word behind a printed label, on a line."""
    field = np.full((110, 250 + word.shape[1]), 250, np.uint8)
    cv2.putText(field, "NAME:", (12, 70), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 60, 2, cv2.LINE_AA)
    cv2.line(field, (130, 84), (field.shape[1] - 10, 84), 120, 2)
    space = field[84 - word.shape[0] : 84, 150 : 150 + word.shape[1]]
    np.minimum(space, word, out=space)
    return field


def write_image_csv(folder, images_of):
    """Write ``english.csv`` and the pictures in ``Img/`` that it lists."""
    (folder / "Img").mkdir()
    with (folder / "english.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["image", "label", "writer"])
        for number, (label, images) in enumerate(images_of.items(), start=1):
            for sample, image in enumerate(images, start=1):
                name = f"Img/img{number:03}-{sample:03}.png"
                cv2.imwrite(str(folder / name), 255 - cv2.resize(image, (60, 60)))
                table.writerow([name, label, f"writer {sample}"])


def write_image_folder(folder, images_of):
    """Write a folder of pictures for each class."""
    for label, images in images_of.items():
        (folder / label).mkdir(parents=True)
        for number, image in enumerate(images):
            write_picture(folder / label / f"{number}.png", image)


def write_idx(folder, digits):
    """Write small files where `fetch_mnist` looks before it downloads."""
    folder.mkdir(parents=True)
    for part, chosen in {"train": slice(0, 1000), "t10k": slice(1000, 1200)}.items():
        images, labels = digits.images[chosen], digits.target[chosen].astype(np.uint8)
        with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb") as file:
            file.write(struct.pack(">4i", 2051, *images.shape) + images.tobytes())
        with gzip.open(folder / f"{part}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(struct.pack(">2i", 2049, len(labels)) + labels.tobytes())


def write_pixel_csv(path, characters):
    """Write the capitals as codes and pixels, without a line of names."""
    capital = np.char.isupper(characters.target)
    codes = np.searchsorted(characters.target_names[10:36], characters.target[capital])
    rows = np.column_stack([codes, characters.data[capital]])
    np.savetxt(path, rows[:200], fmt="%d", delimiter=",")


def write_keras_model(path):
    """Write a network for ten classes as Keras wrote them before version 3."""
    import keras

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the format is a legacy one is why it is here
        model.save(path)
