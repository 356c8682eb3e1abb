"""Make the training images: each picture some times distorted, all through the ink pipeline.

    python training/prepare.py digits --copies 8 --scenes 1

writes into `training/work/`, which is not part of the repository: `digits.npz` with targets and
origin of the images, and `digits-00.npy`, `digits-01.npy`, ... with the images. The first of them
is undistorted, the last ones are what is left of pictures in the conditions of
`benchmarks/scenes.py`: small ones, blurred ones, on squared paper. A copy that is there already is
left as it is. SKHCR_WORK names another folder.
"""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

import cv2
import joblib
import numpy as np
from augmentation import distort
from data import ROOT, TASKS, load
from sklearn.pipeline import Pipeline
from tqdm import tqdm

from skhcr._files import whole_file
from skhcr.preprocessing import make_ink_pipeline

sys.path.append(str(ROOT / "benchmarks"))
import scenes

#: Conditions that leave traces in the ink, some in more than one share.
SCENES = [
    *[scenes.half_size_centred, scenes.half_size_anywhere, scenes.squared_paper] * 3,
    *[partial(scenes.stroke_width, strength=strength) for strength in (0.5, 0.6, 1.5, 1.8)],
    *[scenes.ruled_lines, scenes.low_contrast_pencil, scenes.box, scenes.jpeg],
    *[scenes.gaussian_noise, scenes.salt_and_pepper, scenes.motion_blur, scenes.focus_blur],
    *[scenes.png_1_bit, scenes.chalk_on_board, scenes.phone_snapshot, scenes.rotation],
]

WORK = Path(os.environ.get("SKHCR_WORK", Path(__file__).resolve().parent / "work"))
CHUNK = 2000


def ink_pipeline(images):
    """Return the pipeline that pictures pass, after they are read."""
    return Pipeline(make_ink_pipeline(by=TASKS[images].by, polarity="light").steps[1:])


def prepare_chunk(images, ink, seed):
    """Return (n_samples, 28, 28), distorted with a seed or, with None, as they are."""
    cv2.setNumThreads(1)
    if seed is not None:
        rng = np.random.default_rng(seed)
        ink = [distort(picture, rng) for picture in ink]
    return ink_pipeline(images).transform(list(ink))


def prepare_scenes(images, ink, seed):
    """Return (n_samples, 28, 28): what the whole ink pipeline finds in pictures of ink."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    pipeline = make_ink_pipeline(by=TASKS[images].by)
    found = []
    for start in range(0, len(ink), 50):
        draw = SCENES[rng.integers(len(SCENES))]
        pictures = draw(ink[start : start + 50], seed=int(rng.integers(2**31)))
        found.append(pipeline.transform(pictures))
    return np.concatenate(found)


def prepare(images, name, sets, n_copies, n_scenes=0, n_jobs=-1):
    """Write targets, origins and copies of the images of `sets` under a name."""
    WORK.mkdir(parents=True, exist_ok=True)
    ink = [picture for pictures, _ in sets.values() for picture in pictures]
    np.savez_compressed(
        WORK / f"{name}.npz",
        targets=np.concatenate([targets for _, targets in sets.values()]),
        origin=np.repeat(list(sets), [len(targets) for _, targets in sets.values()]),
    )
    starts = range(0, len(ink), CHUNK)
    with joblib.Parallel(n_jobs=n_jobs, return_as="generator") as parallel:
        for copy in tqdm(range(n_copies + n_scenes), desc=name):
            path = WORK / f"{name}-{copy:02}.npy"
            if path.exists():
                continue
            make = prepare_chunk if copy < n_copies else prepare_scenes
            pictures = ink if copy < n_copies else np.load(WORK / f"{name}-00.npy")
            made = parallel(
                joblib.delayed(make)(
                    images, pictures[start : start + CHUNK], [copy, i] if copy else None
                )
                for i, start in enumerate(starts)
            )
            with whole_file(path, (".npy",)) as complete:
                np.save(complete, np.concatenate(list(made)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("images", choices=["digits", "characters"])
    parser.add_argument("--copies", type=int, default=12, help="distorted ones (default: 12)")
    parser.add_argument("--scenes", type=int, default=1, help="in other conditions (default: 1)")
    parser.add_argument("--n-jobs", type=int, default=-1)
    options = parser.parse_args()
    name = options.images
    sets = load(name, "train")
    prepare(name, name, sets, options.copies + 1, options.scenes, options.n_jobs)
    prepare(name, f"{name}-validation", load(name, "validation"), 1)


if __name__ == "__main__":
    main()
