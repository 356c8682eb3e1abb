"""What importing skhcr costs, beyond NumPy, and beyond scikit-learn and OpenCV.

python benchmarks/import_time.py
"""

import statistics
import subprocess
import sys
import time

N_RUNS = 7
STATEMENTS = {
    "numpy": "import numpy",
    "numpy, skhcr": "import numpy, skhcr",
    "sklearn, cv2": "import sklearn.pipeline, cv2",
    "sklearn, cv2, skhcr": "import sklearn.pipeline, cv2, skhcr",
    "sklearn, cv2, skhcr's transformers and data sets": (
        "import sklearn.pipeline, cv2, skhcr.preprocessing, skhcr.datasets\n"
        "from skhcr.preprocessing import *\n"
        "from skhcr.datasets import *\n"
        "from skhcr.classifiers import *"
    ),
}


def seconds_to_run(statement):
    """Return how long a new process takes for a statement."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main():
    seconds = {name: [] for name in STATEMENTS}
    for _ in range(N_RUNS):  # in turn, so that a slow moment of the machine meets all of them
        for name, statement in STATEMENTS.items():
            seconds[name].append(seconds_to_run(statement))
    medians = {name: statistics.median(runs) for name, runs in seconds.items()}
    for name, median in medians.items():
        base = medians["numpy" if name.startswith("numpy") else "sklearn, cv2"]
        print(f"{median:6.2f} s  {median - base:+5.2f} s  {name}")


if __name__ == "__main__":
    main()
