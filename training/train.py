"""Train a network on the images that prepare.py made.

    KERAS_BACKEND=torch python training/train.py digits --epochs 50
    KERAS_BACKEND=torch python training/train.py digits --epochs 50 --resume

Any backend of Keras will do, on CPU or GPU; PyTorch is the fastest of them on a CPU that
calculates in bfloat16. After each epoch the state is kept in `training/work/NAME/`, where
`--resume` goes on, and a line is added to `training/work/NAME.log`. The result is
`training/weights/NAME.npz`, weights as Keras has them.

    ... characters --epochs 8 --learning-rate 1e-3 --initial english-free --name characters

goes on from other weights, and `--teachers A B` learns from the mean of their probabilities too.
"""

import argparse
import logging
import time

import keras
import numpy as np
from data import TASKS, targets_of
from keras import ops
from prepare import WORK
from scipy.optimize import brentq
from scipy.special import softmax
from tqdm import tqdm
from weights import load_weights, save_weights, widen

from skhcr._files import whole_file
from skhcr.networks import residual

SIDE = 28


class Pictures(keras.utils.PyDataset):
    """Batches of one epoch after the other: each takes the next copy of every image.

    Parameters
    ----------
    task : str
        The name that prepare.py wrote under.
    repeats : dict of str to int
        How often an epoch shows the images of a data set, where that is not once; 0 for never.
    mean, scale : float
        Pixels are standardised by these.
    batch_size, seed : int
    teachers : list of str
        Names of networks whose probabilities for every copy are in the work folder.
    """

    def __init__(self, task, repeats, mean, scale, batch_size, seed, teachers=()):
        super().__init__()
        images = TASKS[task].images
        with np.load(WORK / f"{images}.npz") as file:
            targets, origin = targets_of(task, file["targets"]), file["origin"]
        self.targets = targets.astype(np.float32)
        paths = sorted(WORK.glob(f"{images}-[0-9][0-9].npy"))
        self.copies = [np.load(path, mmap_mode="r") for path in paths]
        self.soft = [
            [np.load(WORK / f"{path.stem}-{teacher}.npy", mmap_mode="r") for path in paths]
            for teacher in teachers
        ]
        times = np.array([repeats.get(name, 1) for name in origin]) * targets.any(axis=1)
        self.indices = np.repeat(np.arange(len(times)), times)
        # Where an image is shown several times in an epoch, each time it is another copy.
        self.turn = np.concatenate([np.arange(n) for n in times])
        self.mean, self.scale, self.batch_size, self.seed = mean, scale, batch_size, seed
        self.epoch = 0
        self.on_epoch_begin()

    def class_prior(self):
        """Return how frequent the classes are; where a label may mean two, each counts half."""
        shares = self.targets[self.indices]
        return np.mean(shares / shares.sum(axis=1, keepdims=True), axis=0, dtype=np.float64)

    def __len__(self):
        return len(self.indices) // self.batch_size

    def on_epoch_begin(self):
        """Draw the order of this epoch."""
        self.rng = np.random.default_rng([self.seed, self.epoch])
        self.order = self.rng.permutation(len(self.indices))

    def __getitem__(self, batch):
        where = np.sort(self.order[batch * self.batch_size : (batch + 1) * self.batch_size])
        chosen = self.indices[where]
        copy = (self.turn[where] + chosen + self.epoch) % len(self.copies)
        images = np.zeros((len(where), SIDE, SIDE, 1), dtype=np.float32)
        targets = self.targets[chosen]
        soft = np.zeros_like(targets)
        for k in np.unique(copy):
            images[copy == k, ..., 0] = self.copies[k][chosen[copy == k]]
            for teacher in self.soft:
                soft[copy == k] += teacher[k][chosen[copy == k]]
        shift = self.rng.integers(-1, 2, size=2)  # by a pixel at most: copies come again
        images = np.roll(images, tuple(shift), axis=(1, 2))
        return (images - self.mean) / self.scale, np.stack([targets, soft], axis=1)


class MergedCrossentropy(keras.losses.Loss):
    """Cross-entropy of the sum of the probabilities of all classes that a label may mean.

    Targets are (n_samples, 2, n_classes): which classes those are, and what teachers say, whose
    share of the loss is `distillation`; where they say nothing it is 0.
    """

    def __init__(self, smoothing, distillation=0.0):
        super().__init__()
        self.smoothing, self.distillation = smoothing, distillation

    def call(self, y_true, y_pred):
        """Return one loss per sample."""
        target, soft = y_true[:, 0], y_true[:, 1]
        log = ops.log(ops.clip(y_pred, 1e-7, 1.0))
        loss = -ops.log(ops.clip(ops.sum(target * y_pred, axis=1), 1e-7, 1.0))
        loss = (1 - self.smoothing) * loss - self.smoothing * ops.mean(log, axis=1)
        if not self.distillation:
            return loss
        known = ops.sum(soft, axis=1)
        taught = -ops.sum(soft * log, axis=1) / ops.maximum(known, 1e-7)
        share = ops.where(known > 0, self.distillation, 0.0)
        return (1 - share) * loss + share * taught


def accuracy(y_true, y_pred):
    """Return whether the most probable class is one that the label may mean."""
    best = ops.one_hot(ops.argmax(y_pred, axis=1), y_pred.shape[1])
    return ops.sum(y_true[:, 0] * best, axis=1)


class Progress(keras.callbacks.Callback):
    """A bar, a line of log an epoch, and the state after it, whole or not at all."""

    def __init__(self, folder, pictures, evaluate, epochs):
        super().__init__()
        self.folder, self.pictures = folder, pictures
        self.evaluate, self.epochs = evaluate, epochs

    def on_epoch_begin(self, epoch, logs=None):
        """Show the bar."""
        self.start = time.perf_counter()
        self.pictures.epoch = epoch
        self.pictures.on_epoch_begin()
        self.bar = tqdm(total=len(self.pictures), desc=f"{epoch + 1}/{self.epochs}", mininterval=5)

    def on_train_batch_end(self, batch, logs=None):
        """Advance by a batch."""
        self.bar.update()

    def on_epoch_end(self, epoch, logs=None):
        """Write down what was learnt."""
        self.bar.close()
        figures = " ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
        if (epoch + 1) % 5 == 0 or epoch + 1 == self.epochs:
            figures += " | validation " + self.evaluate(self.model)
        logging.info(f"{epoch + 1} {figures} | {time.perf_counter() - self.start:.0f} s")
        with whole_file(self.folder / "state.npz", (".npz",)) as complete:
            np.savez(
                complete,
                *self.model.get_weights(),
                *[ops.convert_to_numpy(variable) for variable in self.model.optimizer.variables],
                n_epochs=epoch + 1,
            )


def validation_part(task, mean, scale):
    """Return images as the network takes them, targets, and the data sets they are from."""
    name = TASKS[task].images
    with np.load(WORK / f"{name}-validation.npz") as file:
        targets, origin = targets_of(task, file["targets"]), file["origin"]
    images = np.load(WORK / f"{name}-validation-00.npy")[..., np.newaxis]
    own = targets.any(axis=1)
    return ((images[own] - mean) / scale).astype(np.float32), targets[own], origin[own]


class Evaluation:
    """Accuracies of a model on the validation parts, and case-insensitive ones, in words."""

    def __init__(self, images, targets, origin, classes):
        self.images, self.truth, self.origin = images, targets.argmax(axis=1), origin
        self.folded = np.array([name.lower() for name in classes])

    def __call__(self, model):
        best = model.predict(self.images, batch_size=256, verbose=0).argmax(axis=1)
        right, same = best == self.truth, self.folded[best] == self.folded[self.truth]
        return ", ".join(
            f"{name} {right[part].mean():.2%} ({same[part].mean():.2%})"
            for name in dict.fromkeys(self.origin)
            for part in [self.origin == name]
        )


def fit_temperature(probabilities, targets):
    """Return by what to divide logits [1]_, so that they are as sure as they are right.

    The temperature of the least cross-entropy, as in [1]_, leaves characters 1.9 % too sure: it is
    drawn by the few images that are far from what their label says.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On Calibration of Modern Neural Networks",
       ICML 2017.
    """
    logits = np.log(np.clip(probabilities.astype(np.float64), 1e-30, 1))
    accuracy = np.mean(probabilities.argmax(axis=1) == targets.argmax(axis=1))

    def too_sure(temperature):
        return softmax(logits / temperature, axis=1).max(axis=1).mean() - accuracy

    return float(brentq(too_sure, 0.1, 5))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("--name", help="of the result (default: the task)")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--dropout", type=float, default=0.3)
    parser.add_argument("--repeat", nargs="*", default=[], metavar="SET=TIMES")
    parser.add_argument("--initial", help="name of weights to go on from")
    parser.add_argument("--teachers", nargs="*", default=[], help="names, see teach.py")
    parser.add_argument("--distillation", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--policy", default="mixed_bfloat16", help="of Keras, for calculating")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()

    name = options.name or options.task
    folder = WORK / name
    folder.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(message)s",
        handlers=[logging.FileHandler(WORK / f"{name}.log"), logging.StreamHandler()],
        force=True,  # as libraries may have set up handlers
    )
    keras.utils.set_random_seed(options.seed)
    keras.mixed_precision.set_global_policy(options.policy)
    classes = TASKS[options.task].classes

    first = np.load(WORK / f"{TASKS[options.task].images}-00.npy", mmap_mode="r")[::10]
    mean, scale = float(first.mean()), float(first.std())
    weights = None
    if options.initial:
        weights, mean, scale, *_ = load_weights(options.initial)
    repeats = {key: int(times) for key, times in (pair.split("=") for pair in options.repeat)}
    pictures = Pictures(
        options.task, repeats, mean, scale, options.batch_size, options.seed, options.teachers
    )
    model = residual((SIDE, SIDE, 1), len(classes), width=options.width, dropout=options.dropout)
    if weights:
        # A narrower network is widened; one for other classes hands over all but its last layer.
        own = model.get_weights()
        weights = widen(weights, options.width, np.random.default_rng(options.seed))
        model.set_weights(
            [old if old.shape == new.shape else new for old, new in zip(weights, own, strict=True)]
        )
    n_steps = options.epochs * len(pictures)
    n_warm_up = n_steps // 20
    rate = keras.optimizers.schedules.CosineDecay(
        options.learning_rate / 20,
        n_steps - n_warm_up,
        warmup_target=options.learning_rate,
        warmup_steps=n_warm_up,
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=options.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    optimizer.build(model.trainable_variables)
    distillation = options.distillation if options.teachers else 0.0
    model.compile(
        optimizer, MergedCrossentropy(options.smoothing, distillation), metrics=[accuracy]
    )
    n_done = 0
    if options.resume and (folder / "state.npz").exists():
        with np.load(folder / "state.npz") as file:
            n_done = int(file["n_epochs"])
            arrays = [file[f"arr_{i}"] for i in range(len(file.files) - 1)]
        n_weights = len(model.weights)
        model.set_weights(arrays[:n_weights])
        for variable, value in zip(optimizer.variables, arrays[n_weights:], strict=True):
            variable.assign(value)
    else:
        logging.info(f"{name}: {len(pictures.indices):,} images an epoch, {vars(options)}")

    images, targets, origin = validation_part(options.task, mean, scale)
    evaluate = Evaluation(images, targets, origin, classes)
    model.fit(
        pictures,
        epochs=options.epochs,
        initial_epoch=n_done,
        shuffle=False,
        verbose=0,
        callbacks=[Progress(folder, pictures, evaluate, options.epochs)],
    )
    probabilities = model.predict(images, batch_size=256, verbose=0)
    temperature = fit_temperature(probabilities, targets)
    path = save_weights(name, model.get_weights(), mean, scale, temperature, pictures.class_prior())
    logging.info(f"{path.name} written, temperature {temperature:.3f}")


if __name__ == "__main__":
    main()
