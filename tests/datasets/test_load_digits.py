import subprocess
import sys

import numpy as np
import pandas as pd

from skhcr.datasets import load_digits, load_idx


def test_bunch():
    digits = load_digits()
    assert digits.images.shape == (5000, 28, 28)
    assert digits.images.dtype == digits.data.dtype == np.uint8
    assert np.array_equal(digits.data.reshape(-1, 28, 28), digits.images)
    assert digits.target.dtype == np.int64
    assert digits.target_names.tolist() == list(range(10))
    assert len(digits.feature_names) == 784
    assert digits.feature_names[29] == "pixel_1_1"
    assert digits.frame is None
    assert "LeCun" in digits.DESCR
    assert np.bincount(digits.target).tolist() == [500] * 10


def test_each_run_of_ten_holds_every_digit():
    _, y = load_digits(return_X_y=True)
    runs = y.reshape(-1, 10)
    assert (np.sort(runs, axis=1) == np.arange(10)).all()
    assert (runs[0] != runs[1]).any()


def test_arrays_are_the_callers_own():
    first = load_digits()
    first.images[:] = 0
    assert load_digits().images.any()


def test_as_frame():
    digits = load_digits(as_frame=True)
    assert digits.frame.shape == (5000, 785)
    assert digits.frame.columns[-1] == "target"
    X, y = load_digits(return_X_y=True, as_frame=True)
    pd.testing.assert_frame_equal(X, digits.data)
    pd.testing.assert_series_equal(y, digits.target)
    assert (X.dtypes == np.uint8).all()


def test_are_images_of_the_training_set(shared_data):
    folder = shared_data / "mnist"
    digits = load_digits()
    rows = {row.tobytes() for row in digits.data}
    train = load_idx(folder / "train-images-idx3-ubyte.gz", folder / "train-labels-idx1-ubyte.gz")
    labels = {row.tobytes(): label for row, label in zip(train.data, train.target, strict=True)}
    assert [labels[row.tobytes()] for row in digits.data] == digits.target.tolist()
    test = load_idx(folder / "t10k-images-idx3-ubyte.gz")
    assert rows.isdisjoint(row.tobytes() for row in test.data)


def test_loading_imports_nothing_heavy():  # but pandas, which scikit-learn itself imports
    code = (
        "import sys; from skhcr.datasets import load_digits, load_characters; load_digits(); "
        "load_characters(); heavy = {'tensorflow', 'keras', 'scikeras', 'matplotlib', "
        "'pooch', 'cv2'}; "
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
