from pathlib import Path

import numpy as np

import skhcr
from skhcr.datasets import fetch_emnist, load_characters


def test_bunch():
    characters = load_characters()
    assert characters.images.shape == (3720, 28, 28)
    assert characters.images.dtype == np.uint8
    assert characters.data.shape == (3720, 784)
    assert characters.target.dtype == "<U1"
    expected = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    assert "".join(characters.target_names) == expected
    assert set(np.unique(characters.target, return_counts=True)[1]) == {60}
    assert "Cohen" in characters.DESCR


def test_each_run_of_62_holds_every_character():
    characters = load_characters()
    runs = np.sort(characters.target.reshape(-1, 62), axis=1)
    assert (runs == characters.target_names).all()


def test_characters_are_upright():
    """T has its bar above, L below; lying on their side, the bars would be left and right."""
    characters = load_characters()

    def ink(character, rows, columns):
        return characters.images[characters.target == character][:, rows, columns].mean()

    everything = slice(None)
    upper, lower = slice(0, 14), slice(14, 28)
    assert ink("T", upper, everything) > 1.5 * ink("T", lower, everything)
    assert ink("L", lower, everything) > 1.2 * ink("L", upper, everything)
    assert ink("L", upper, slice(16, 28)) < 0.5 * ink("L", lower, slice(16, 28))


def test_held_out_images_are_not_among_them(shared_data):
    characters = load_characters()
    full = fetch_emnist(subset="test", data_home=shared_data, download_if_missing=False)
    labels = {}
    held_out = set()
    for index, (row, label) in enumerate(zip(full.data, full.target, strict=True)):
        labels.setdefault(row.tobytes(), set()).add(label)
        if index % 10 == 0:
            held_out.add(row.tobytes())
    rows = [row.tobytes() for row in characters.data]
    assert held_out.isdisjoint(rows)
    assert all(y in labels[row] for row, y in zip(rows, characters.target, strict=True))


def test_bundled_files_are_small():
    folder = Path(skhcr.__file__).parent / "datasets" / "data"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 3e6
