"""Write what a trained network thinks of every copy of the training images, for its pupils.

    KERAS_BACKEND=torch python training/teach.py digits digits-a

writes `training/work/digits-00-digits-a.npy` and so on, probabilities (n_samples, n_classes) of the
network `training/weights/digits-a.npz`, which `train.py --teachers digits-a` learns from. Of the
data sets named after `--silent-on` it says nothing: those that it has not learnt itself.
"""

import argparse

import keras
import numpy as np
from data import TASKS
from prepare import WORK
from tqdm import tqdm
from weights import load_weights

from skhcr._files import whole_file
from skhcr.networks import residual


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("name", help="of the weights")
    parser.add_argument("--silent-on", nargs="*", default=[], metavar="SET")
    parser.add_argument("--policy", default="mixed_bfloat16", help="of Keras, for calculating")
    options = parser.parse_args()
    keras.mixed_precision.set_global_policy(options.policy)
    weights, mean, scale, *_ = load_weights(options.name)
    model = residual((28, 28, 1), len(TASKS[options.task].classes), width=weights[5].shape[-1])
    model.set_weights(weights)
    images = TASKS[options.task].images
    with np.load(WORK / f"{images}.npz") as file:
        silent = np.isin(file["origin"], options.silent_on)
    for path in tqdm(sorted(WORK.glob(f"{images}-[0-9][0-9].npy")), desc=options.name):
        pictures = np.load(path, mmap_mode="r")
        probabilities = [
            model.predict_on_batch(
                ((pictures[start : start + 512, ..., np.newaxis] - mean) / scale).astype(np.float32)
            )
            for start in range(0, len(pictures), 512)
        ]
        probabilities = np.concatenate(probabilities).astype(np.float16)
        probabilities[silent] = 0
        with whole_file(WORK / f"{path.stem}-{options.name}.npy", (".npy",)) as complete:
            np.save(complete, probabilities)


if __name__ == "__main__":
    main()
