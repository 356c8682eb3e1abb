"""The files that the pages name, in a folder that their code runs in."""

import csv
import gzip
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
    from skhcr.datasets import load_characters, load_digits

    folder = tmp_path_factory.mktemp("pages")
    digits, characters = load_digits(), load_characters()
    named = {name: characters.images[characters.target == name] for name in characters.target_names}
    for name, character in {"photo.jpg": "R", "my_letter.png": "K", "big.png": "M"}.items():
        write_picture(folder / name, named[character][0])
    for name, digit in {"my_digit.jpg": 5, "another.png": 8}.items():
        write_picture(folder / name, digits.images[digits.target == digit][0])
    write_form(folder / "form.png", digits.images[:6])
    write_image_csv(folder, {name: images[:6] for name, images in named.items()})
    write_image_folder(folder / "letters", {name: named[name][:5] for name in "ABCDEFGH"})
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
