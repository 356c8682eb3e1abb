"""Train the network that tells which pieces of a line are one whole character, and which one.

    python training/segments.py prepare --words 40000
    KERAS_BACKEND=torch python training/segments.py train --epochs 8
    KERAS_BACKEND=torch python training/segments.py train --epochs 8 --resume

    python training/segments.py align
    KERAS_BACKEND=torch python training/segments.py train --initial segments --own 8 ...

`prepare` composes words of the training images of the characters (see data.py), segments them as a
reader does, and writes what the network sees of each segment, with the character that it is or ""
for what is none, into `training/work/segments/`. `train` writes `training/weights/segments.npz`;
export.py makes the shipped file of it. `align`, with what is shipped so far, does the same for real
words: the even rows of the names, whose texts are aligned with their segments.
"""

import argparse
import logging
import multiprocessing
import time
from pathlib import Path

import cv2
import numpy as np
from data import load
from prepare import WORK
from scipy.ndimage import gaussian_filter

from skhcr._alphabets import CHARACTERS
from skhcr._files import whole_file
from skhcr.datasets._compose_word import MARKS, WordComposer
from skhcr.datasets._make_words import random_text
from skhcr.reading._lattice import WINDOW, make_lattice
from skhcr.reading._page_ink import page_ink
from skhcr.reading._strips import find_strips

#: "" is what is not one whole character.
CLASSES = ("", *CHARACTERS)
FOLDER = WORK / "segments"
_CHUNK = 500  # words
_WHOLE = 0.88  # of a character's ink that a segment has, and of a segment's that is its
_PART = 0.75  # under which it is none


def composer(part):
    """Return a composer of words of a part's images, those with one label each."""
    images, labels = [], []
    for name, (ink, targets) in load("characters", part).items():
        if name == "English":  # which stands there several times
            n_once = len(ink) // (10 if part == "train" else 1)
            ink, targets = ink[:n_once], targets[:n_once]
        for image, target in zip(ink, targets, strict=True):
            if target.sum() == 1:
                images.append(image)
                labels.append(CHARACTERS[int(target.argmax())])
    return WordComposer(images, np.array(labels), accents=0.08)


def printer():
    """Return a composer of words in print, which stands beside handwriting on forms."""
    from matplotlib import get_data_path
    from PIL import Image, ImageDraw, ImageFont

    images, labels = [], []
    for path in sorted((Path(get_data_path()) / "fonts/ttf").glob("DejaVuS*.ttf")):
        if "Display" in path.name:
            continue
        font = ImageFont.truetype(str(path), 40)
        for character in CHARACTERS:
            image = Image.new("L", (64, 64))
            ImageDraw.Draw(image).text((8, 6), character, fill=255, font=font)
            images.append(np.asarray(image))
            labels.append(character)
    return WordComposer(images, np.array(labels))


def with_marks(text, rng):
    """Return a text with a hyphen, a full stop or the like in it."""
    where = int(rng.integers(1, len(text) + 1))
    return text[:where] + "-.,:'/"[rng.choice(6, p=[0.4, 0.2, 0.1, 0.1, 0.1, 0.1])] + text[where:]


def segments_of(picture, owners, n_characters):
    """Return windows, and for each the number of the character that it is.

    It is 0 for what is none, and -1 for what is neither: nearly one.
    """
    windows, numbers = [], []
    counts = np.bincount(owners.ravel(), minlength=n_characters + 1)
    for strip in find_strips(page_ink(picture)):
        lattice = make_lattice(strip)
        if lattice.n_parts == 0:
            continue
        from_strip = strip.to_picture.copy()
        half = np.array([0.5, 0.5])
        from_strip[:, 2] += from_strip[:, :2] @ half - half
        # A strip has about as many pixels for one of the picture's throughout.
        area = 1 / abs(np.linalg.det(strip.to_picture[:, :2]))
        mine = warped_owners(owners, from_strip, strip.ink.shape)
        of_strip = np.bincount(mine.ravel(), minlength=n_characters + 1)
        some = []
        for segment in lattice.segments:
            left, top, right, bottom = segment.box
            inside = mine[top:bottom, left:right][lattice.mask(segment)]
            found = np.bincount(inside[inside > 0], minlength=n_characters + 1)
            owner = int(found.argmax())
            if found[owner] == 0:
                some.append(0)
                continue
            has = found[owner] / max(of_strip[owner], 0.8 * area * counts[owner])
            pure = found[owner] / found.sum()
            whole, part = min(has, pure) >= _WHOLE, min(has, pure) < _PART
            some.append(owner if whole else 0 if part else -1)
        windows.append(lattice.windows())
        numbers.append(np.array(some))
    if not windows:
        return np.zeros((0, WINDOW, WINDOW, 3), np.uint8), np.zeros(0, int)
    return np.concatenate(windows), np.concatenate(numbers)


def warped_owners(owners, matrix, shape):
    """Return who owns the pixels of a strip."""
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(owners, matrix, shape[::-1], flags=flags)


def texture(rng):
    """Return a picture without any character: noise of some grain, threads or blots."""
    shape = int(rng.integers(60, 200)), int(rng.integers(100, 400))
    grain = rng.uniform(0.6, 8, 2)
    field = gaussian_filter(rng.normal(size=shape), grain)
    field = (field - field.mean()) / max(float(field.std()), 1e-9)
    if rng.random() < 0.5:
        field = np.abs(field)
    if rng.random() < 0.5:
        field = 1 / (1 + np.exp(-rng.uniform(2, 12) * (field - rng.uniform(0, 2))))
    low, high = field.min(), field.max()
    return np.uint8(np.clip(255 * (field - low) / max(high - low, 1e-9), 0, 255))


def prepare_chunk(seed, part):
    """Write the segments of some hundred words."""
    pen, print_ = _COMPOSERS
    rng = np.random.default_rng([seed, part == "train"])
    all_windows, targets = [], []
    for _ in range(_CHUNK):
        text = random_text(rng, CHARACTERS)
        if text.isupper() and rng.random() < 0.4:  # as many write their capitals
            text = text.replace("I", "i")
        height = float(np.exp(rng.uniform(*np.log([11, 48]))))
        if rng.random() < 0.2:
            text = with_marks(text, rng)
        writer = print_ if rng.random() < 0.08 else pen
        ink, owners = writer.compose(text, rng, height)
        picture = writer.wear(ink, rng, 1.0)
        windows, numbers = segments_of(picture, owners, len(text))
        whole = np.flatnonzero(numbers > 0)
        none = np.flatnonzero(numbers == 0)
        none = rng.permutation(none)[: int(1.3 * len(whole)) + 2]
        chosen = np.concatenate([whole, none])
        all_windows.append(windows[chosen])
        written = ["", *text]  # of which marks are none
        codes = [
            CLASSES.index(written[n]) if written[n] not in MARKS else 0 for n in numbers[chosen]
        ]
        targets.append(np.array(codes, np.int8))
    for _ in range(_CHUNK // 25):
        windows, _ = segments_of(texture(rng), np.zeros((1, 1), np.int16), 0)
        chosen = rng.permutation(len(windows))[:12]
        all_windows.append(windows[chosen])
        targets.append(np.zeros(len(chosen), np.int8))
    path = FOLDER / f"{part}-{seed:03d}.npz"
    with whole_file(path, (".npz",)) as complete:
        np.savez(complete, windows=np.concatenate(all_windows), targets=np.concatenate(targets))
    return path.name


def prepare(n_words):
    """Write all chunks that are not there yet."""
    global _COMPOSERS
    FOLDER.mkdir(parents=True, exist_ok=True)
    for part, n in (("validation", max(_CHUNK, n_words // 20)), ("train", n_words)):
        _COMPOSERS = composer(part), printer()
        seeds = [k for k in range(-(-n // _CHUNK)) if not (FOLDER / f"{part}-{k:03d}.npz").exists()]
        with multiprocessing.get_context("fork").Pool(2) as pool:
            for done in pool.starmap(prepare_chunk, [(seed, part) for seed in seeds], 1):
                print(done, flush=True)


def align_names():
    """Write the segments of the even rows of names that are surely what their texts say."""
    import csv

    from data import DATA

    from skhcr.reading import CharacterSegmenter
    from skhcr.reading._alignment import align_line

    rng = np.random.default_rng(0)
    all_windows, targets = [], []
    for kind in ("clean", "form"):
        folder = DATA / "names" / kind
        with (folder / "names.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))[::2]
        segmenter = CharacterSegmenter(min_confidence=0)
        pages = segmenter._segment([folder / row["image"] for row in rows])
        for row, (_, lines) in zip(rows, pages, strict=True):
            if not lines:
                continue
            pairs = [align_line(line, row["text"]) for line in lines]
            best = max(range(len(lines)), key=lambda k: len(pairs[k]))
            line, pairs = lines[best], pairs[best]
            if len(pairs) < 0.8 * len(row["text"].replace(" ", "")):
                continue
            windows = line.lattice.windows()
            names = line.classes.tolist()
            chosen = []
            for k, character in pairs:
                cases = [names.index(c) for c in {character, character.lower(), character.upper()}]
                code = max(cases, key=lambda c: line.characters[k, c])
                chosen.append(k)
                targets.append(CLASSES.index(names[code]))
            taken = {
                (line.lattice.segments[k].start, line.lattice.segments[k].stop) for k in chosen
            }
            wrong = [
                k
                for k, segment in enumerate(line.lattice.segments)
                if (segment.start, segment.stop) not in taken
                and any(segment.start < stop and segment.stop > start for start, stop in taken)
            ]
            wrong = rng.permutation(wrong)[: int(1.3 * len(chosen)) + 2].tolist()
            all_windows.append(windows[chosen + wrong])
            targets += [0] * len(wrong)
    path = FOLDER / "own.npz"
    with whole_file(path, (".npz",)) as complete:
        np.savez(complete, windows=np.concatenate(all_windows), targets=np.array(targets, np.int8))
    print(f"{np.count_nonzero(targets):,} characters, {len(targets):,} segments")


def read(part, first=0):
    """Return windows and targets of a part, from one of its chunks on."""
    windows, targets = [], []
    for path in sorted(FOLDER.glob(f"{part}-*.npz"))[first:]:
        with np.load(path) as file:
            windows.append(file["windows"])
            targets.append(file["targets"])
    return np.concatenate(windows), np.concatenate(targets)


def train(options):
    """Train, with a checkpoint each epoch."""
    import keras
    from keras import ops
    from weights import load_weights, save_weights

    from skhcr.networks import residual

    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(message)s",
        handlers=[logging.FileHandler(WORK / f"{options.name}.log"), logging.StreamHandler()],
        force=True,
    )
    keras.utils.set_random_seed(0)
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    windows, targets = read("train", options.first_chunk)
    own = FOLDER / "own.npz"
    if options.own and own.exists():
        with np.load(own) as file:
            windows = np.concatenate([windows, *[file["windows"]] * options.own])
            targets = np.concatenate([targets, *[file["targets"]] * options.own])
    some = windows[::50].astype(np.float32)
    mean, scale = float(some.mean()), float(some.std())
    prior = np.bincount(targets, minlength=len(CLASSES)) / len(targets)
    logging.info(f"{len(targets):,} segments, {np.mean(targets > 0):.2f} of them whole")
    model = residual((WINDOW, WINDOW, 3), len(CLASSES), width=options.width, dropout=0.2)
    if options.initial:
        weights, mean, scale, *_ = load_weights(options.initial)
        model.set_weights(weights)

    class Batches(keras.utils.PyDataset):
        def __init__(self, epoch):
            super().__init__(workers=1)  # beside the training
            self.epoch = epoch
            self.order = np.random.default_rng(epoch).permutation(len(targets))

        def __len__(self):
            return len(targets) // options.batch_size

        def __getitem__(self, batch):
            where = self.order[batch * options.batch_size : (batch + 1) * options.batch_size]
            images = (windows[where].astype(np.float32) - mean) / scale
            return images, targets[where].astype(np.int64)

        def on_epoch_end(self):
            self.epoch += 1
            self.order = np.random.default_rng(self.epoch).permutation(len(targets))

    state, n_done = FOLDER / f"{options.name}-state.npz", 0
    if options.resume and state.exists():
        with np.load(state) as file:
            n_done = int(file["n_epochs"])
    batches = Batches(n_done)
    n_steps = options.epochs * len(batches)
    warm_up = n_steps // 20
    rate = keras.optimizers.schedules.CosineDecay(
        options.learning_rate / 20,
        n_steps - warm_up,
        warmup_target=options.learning_rate,
        warmup_steps=warm_up,
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=0.02)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    if n_done:
        with np.load(state) as file:
            arrays = [file[f"arr_{i}"] for i in range(len(file.files) - 1)]
        model.set_weights(arrays[: len(model.weights)])
        for variable, value in zip(optimizer.variables, arrays[len(model.weights) :], strict=True):
            variable.assign(value)
    v_windows, v_targets = read("validation")
    v_images = (v_windows.astype(np.float32) - mean) / scale

    class Log(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            if batch % 200 == 0:
                logging.info(f"  {batch} of {len(batches)}: {logs['loss']:.4f}")

        def on_epoch_end(self, epoch, logs=None):
            best = self.model.predict(v_images, batch_size=512, verbose=0)
            found, whole = best.argmax(axis=1), v_targets > 0
            logging.info(
                f"{epoch + 1}: loss {logs['loss']:.4f}, "
                f"validation {np.mean(found == v_targets):.4f}, "
                f"whole or not {np.mean((found > 0) == whole):.4f}, which character "
                f"{np.mean(best[whole, 1:].argmax(axis=1) + 1 == v_targets[whole]):.4f}, "
                f"{time.perf_counter() - self.start:.0f} s"
            )
            arrays = [ops.convert_to_numpy(v) for v in self.model.optimizer.variables]
            with whole_file(state, (".npz",)) as complete:
                np.savez(complete, *self.model.get_weights(), *arrays, n_epochs=epoch + 1)

    model.fit(
        batches,
        epochs=options.epochs,
        initial_epoch=n_done,
        shuffle=False,
        verbose=0,
        callbacks=[Log()],
    )
    path = save_weights(options.name, model.get_weights(), mean, scale, 1.0, prior)
    logging.info(f"{path.name} written")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("prepare")
    command.add_argument("--words", type=int, default=40000)
    commands.add_parser("align")
    command = commands.add_parser("train")
    command.add_argument("--name", default="segments")
    command.add_argument("--initial")
    command.add_argument("--epochs", type=int, default=8)
    command.add_argument("--batch-size", type=int, default=128)
    command.add_argument("--learning-rate", type=float, default=2e-3)
    command.add_argument("--width", type=int, default=48)
    command.add_argument("--first-chunk", type=int, default=0, help="of those to learn from")
    command.add_argument("--own", type=int, default=0, help="how often own.npz is shown")
    command.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    if options.command == "prepare":
        prepare(options.words)
    elif options.command == "align":
        align_names()
    else:
        train(options)


if __name__ == "__main__":
    main()
