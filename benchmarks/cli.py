"""The command line: how soon it answers, against the imports that it cannot do without.

    python benchmarks/cli.py
    python benchmarks/cli.py --table docs/benchmarks/cli.md

Each command runs in a process of its own, in turns with the others, so that a busy minute of the
machine is one for all.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from tables import markdown, write_table

from skhcr.datasets import load_digits, make_words

N_RUNS = 11
IMPORTS = "import sklearn, cv2, onnxruntime"
COLUMNS = ["command", "median", "beyond the imports"]


def write_pictures(folder):
    """Write a digit and a word."""
    image = 255 - load_digits().images[0].reshape(28, 28)
    Image.fromarray(image).resize((200, 200)).save(folder / "digit.png")
    word = make_words(texts=["2718"], wear=0, random_state=0).images[0]
    Image.fromarray(word).save(folder / "word.png")


def seconds(command, folder):
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - begin


def measure(n_runs):
    """Return the median time of each command."""
    skhcr = [sys.executable, "-m", "skhcr"]
    commands = {
        f'python -c "{IMPORTS}"': [sys.executable, "-c", IMPORTS],
        "skhcr --help": [*skhcr, "--help"],
        "skhcr train --help": [*skhcr, "train", "--help"],
        "skhcr recognise digit.png": [*skhcr, "recognise", "digit.png"],
        "skhcr read word.png": [*skhcr, "read", "word.png"],
    }
    times = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        write_pictures(Path(folder))
        for run in range(n_runs + 1):
            for name, command in commands.items():
                taken = seconds(command, folder)
                if run > 0:  # the first fills the caches of files
                    times[name].append(taken)
    return {name: statistics.median(each) for name, each in times.items()}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=N_RUNS)
    parser.add_argument("--table", help="write the table to this Markdown file too")
    options = parser.parse_args()
    medians = measure(options.runs)
    imports = next(iter(medians.values()))
    rows = [
        [f"`{name}`", f"{median:.2f} s", f"{median - imports:+.2f} s" if ".png" in name else ""]
        for name, median in medians.items()
    ]
    print(markdown(COLUMNS, rows))
    if options.table:
        write_table(options.table, COLUMNS, rows)


if __name__ == "__main__":
    main()
