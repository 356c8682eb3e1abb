import signal
import sys
import threading
import traceback
import tracemalloc

import cv2
import h5py
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline

from skhcr.datasets import load_digits, load_image_folder, stream_batches
from skhcr.preprocessing import ImageLoader, ImageResizer, make_ink_pipeline


@pytest.fixture(scope="module")
def digits():
    return load_digits()


@pytest.fixture(scope="module")
def folder(digits, tmp_path_factory):
    """Twelve digits as PNG files, dark on light."""
    root = tmp_path_factory.mktemp("digits")
    for number in range(12):
        path = root / str(digits.target[number]) / f"{number:02}.png"
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), 255 - digits.images[number])
    return root


@pytest.fixture
def files_and_labels(folder):
    return load_image_folder(folder, return_X_y=True)


def n_threads():
    return sum(thread.name.startswith("one_ahead") for thread in threading.enumerate())


@pytest.fixture(autouse=True)
def no_thread_left():
    yield
    assert n_threads() == 0


class Recorder:
    """Transformer that counts the batches, and says when it has the second."""

    def __init__(self):
        self.n_batches = 0
        self.has_second = threading.Event()

    def transform(self, X):
        self.n_batches += 1
        if self.n_batches == 2:
            self.has_second.set()
        return X


def test_files_to_images_and_labels(files_and_labels):
    files, labels = files_and_labels
    ink = make_ink_pipeline()
    batches = list(stream_batches(files, labels, transformer=ink, batch_size=5))
    assert [images.shape for images, _ in batches] == [(5, 28, 28), (5, 28, 28), (2, 28, 28)]
    assert np.array_equal(np.concatenate([images for images, _ in batches]), ink.transform(files))
    assert np.array_equal(np.concatenate([part for _, part in batches]), labels)


def test_images_alone_for_prediction(files_and_labels):
    files, _ = files_and_labels
    loader = ImageLoader()
    pictures = [
        p for batch in stream_batches(files, transformer=loader, batch_size=5) for p in batch
    ]
    assert np.array_equal(pictures, loader.transform(files))


def test_partial_fit_learns(digits):
    classifier, random = SGDClassifier(random_state=0), np.random.RandomState(0)
    for _ in range(3):
        for images, labels in stream_batches(
            digits.data[:4000], digits.target[:4000], shuffle=True, random_state=random
        ):
            classifier.partial_fit(images, labels, classes=range(10))
    assert classifier.score(digits.data[4000:], digits.target[4000:]) > 0.7


CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "array": np.array,
    "object array": lambda rows: np.array(rows, dtype=object),
    "series": lambda rows: pd.Series(rows, index=range(len(rows), 0, -1)),
}


@pytest.mark.parametrize("kind", CONTAINERS)
@pytest.mark.parametrize("shuffle", [False, True])
def test_containers_by_position(kind, shuffle):
    rows = [f"{number}.png" for number in range(10)]
    X, y = CONTAINERS[kind](rows), CONTAINERS[kind](list(range(10)))
    batches = list(stream_batches(X, y, batch_size=4, shuffle=shuffle, random_state=0))
    names = [name for batch, _ in batches for name in batch]
    labels = np.concatenate([part for _, part in batches])
    assert names == [rows[label] for label in labels]
    assert sorted(names) == rows
    assert (names != rows) == shuffle
    assert isinstance(batches[0][0], list) == (kind in ("list", "tuple"))


@pytest.mark.parametrize("shuffle", [False, True])
def test_object_that_can_only_be_indexed(shuffle):
    class Squares:
        def __len__(self):
            return 10

        def __getitem__(self, position):
            return int(position) ** 2  # neither of a slice nor of an array

    for batch, roots in stream_batches(
        Squares(), range(10), batch_size=4, shuffle=shuffle, random_state=0
    ):
        assert batch == [root**2 for root in roots]


def test_h5py(digits, tmp_path):
    with h5py.File(tmp_path / "digits.h5", "w") as file:
        X = file.create_dataset("images", data=digits.images[:50])
        for images, numbers in stream_batches(
            X, range(50), batch_size=20, shuffle=True, random_state=0
        ):
            assert np.array_equal(images, digits.images[numbers])


def test_order_is_that_of_random_state():
    def order(random_state):
        batches = list(
            stream_batches(range(100), batch_size=30, shuffle=True, random_state=random_state)
        )
        assert [len(batch) for batch in batches] == [30, 30, 30, 10]
        assert not np.array_equal(batches[0], np.sort(batches[0]))
        return np.concatenate(batches).tolist()

    assert sorted(order(0)) == list(range(100))
    assert order(0) == order(0) != order(1)
    random = np.random.RandomState(0)
    first, second = order(random), order(random)
    assert first == order(0) != second  # another one in each epoch


@pytest.mark.parametrize("shuffle", [False, True])
def test_batches_are_arrays_of_their_own(digits, tmp_path, shuffle):
    path = tmp_path / "images.npy"
    np.save(path, digits.images[:50])
    for X in (np.load(path, mmap_mode="r"), digits.images[:50]):
        for images, numbers in stream_batches(
            X, np.arange(50), batch_size=20, shuffle=shuffle, random_state=0
        ):
            assert type(images) is np.ndarray
            assert not np.shares_memory(images, X)
            assert np.array_equal(images, digits.images[numbers])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an empty file may take its 50 GB")
@pytest.mark.parametrize("shuffle", [False, True])
def test_memmap_is_never_loaded_whole(tmp_path, shuffle):
    path = tmp_path / "images.npy"
    shape = (50_000, 1000, 1000)  # 50 GB, of which the disk holds what was written
    X = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=shape)
    X[:4] = 7
    X = np.load(path, mmap_mode="r")
    tracemalloc.start()
    batches = stream_batches(X, batch_size=4, shuffle=shuffle, random_state=0)
    levels = [int(next(batches).max()) for _ in range(3)]
    batches.close()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30e6  # a batch has 4 MB
    assert levels == ([0, 0, 0] if shuffle else [7, 0, 0])


def test_caller_works_while_the_next_batch_is_prepared():
    class Waiting(Recorder):
        caller_has_first = threading.Event()

        def transform(self, X):
            super().transform(X)
            assert self.n_batches == 1 or self.caller_has_first.wait(10)
            return X

    for _ in stream_batches(range(50), transformer=Waiting(), batch_size=10):
        Waiting.caller_has_first.set()


def test_one_batch_is_prepared_ahead():
    recorder = Recorder()
    batches = stream_batches(range(50), transformer=recorder, batch_size=10)
    assert recorder.n_batches == 0
    next(batches)
    assert recorder.has_second.wait(10)
    batches.close()
    assert recorder.n_batches == 2


def test_breaking_off_leaves_no_thread():
    def fail():
        for _ in stream_batches(range(50), transformer=Recorder(), batch_size=10):
            raise ZeroDivisionError

    for _ in stream_batches(range(50), transformer=Recorder(), batch_size=10):
        break
    assert n_threads() == 0
    with pytest.raises(ZeroDivisionError):
        fail()
    assert n_threads() == 0
    batches = stream_batches(range(50), transformer=Recorder(), batch_size=10)
    next(batches)
    assert n_threads() == 1
    del batches
    assert n_threads() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals can't be sent to a thread there")
def test_interruption_leaves_no_thread():
    class Interrupting(Recorder):
        def transform(self, X):
            super().transform(X)
            if self.n_batches == 2:
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            return X

    # Where tests run in the background of a shell, they ignore the signal.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            list(stream_batches(range(50), transformer=Interrupting(), batch_size=10))
    finally:
        signal.signal(signal.SIGINT, handler)


def test_error_of_the_transformer_says_where_it_arose(files_and_labels, tmp_path):
    files, _ = files_and_labels
    torn = tmp_path / "torn.png"
    torn.write_bytes(b"torn")
    batches = stream_batches([*files[:5], str(torn)], transformer=make_ink_pipeline(), batch_size=3)
    assert len(next(batches)) == 3
    with pytest.raises(ValueError, match=r"torn\.png', cannot be read") as caught:
        next(batches)
    assert "load_source" in {frame.name for frame in traceback.extract_tb(caught.tb)}


@pytest.mark.parametrize("shuffle", [False, True])
def test_labels_of_skipped_pictures_are_dropped(files_and_labels, tmp_path, shuffle):
    torn = tmp_path / "torn.png"
    torn.write_bytes(b"torn")
    files = [str(torn), *files_and_labels[0], str(torn)]
    loader = ImageLoader(on_error="skip")
    for transformer in (loader, make_pipeline(make_pipeline(loader, ImageResizer(28)))):
        batches = stream_batches(
            files, files, transformer=transformer, batch_size=7, shuffle=shuffle, random_state=0
        )
        with pytest.warns(UserWarning, match="Skipped 1 of 7"):
            batches = list(batches)
        names = [name for _, part in batches for name in part]
        assert sorted(names) == sorted(files_and_labels[0])
        pictures = [picture for batch, _ in batches for picture in batch]
        assert np.array_equal(pictures, ImageLoader().transform(names))


def test_fewer_images_than_labels():
    class Every2nd:
        def transform(self, X):
            return X[::2]

    with pytest.raises(ValueError, match=r"returned 5 images of 10 sources; .*skipped_"):
        next(stream_batches(range(20), range(20), transformer=Every2nd(), batch_size=10))


@pytest.mark.parametrize(
    ("X", "y", "options", "error", "message"),
    [
        ([], None, {}, ValueError, "X is empty"),
        ([1, 2], [1], {}, ValueError, "X holds 2 images, but y holds 1 labels"),
        (np.array("a.png"), None, {}, TypeError, "X is of type ndarray; expected .* list"),
        ("a.png", None, {}, TypeError, "X is of type str; expected .* list of file names"),
        ({"a.png": 1}, None, {}, TypeError, "X is of type dict"),
        ({"a.png"}, None, {}, TypeError, "X is of type set"),
        ((n for n in "abc"), None, {}, TypeError, "X is of type generator"),
        ([1], None, {"batch_size": 0}, ValueError, "'batch_size' .* Got 0"),
        ([1], None, {"batch_size": 2.5}, ValueError, "'batch_size' .* Got 2.5"),
        ([1], None, {"shuffle": "yes"}, ValueError, "'shuffle' .* Got 'yes'"),
        ([1], None, {"random_state": "0"}, ValueError, "'random_state' .* Got '0'"),
        ([1], None, {"transformer": SGDClassifier()}, ValueError, "'transformer' .*'transform'"),
    ],
)
def test_bad_input_is_refused_at_once(X, y, options, error, message):
    with pytest.raises(error, match=message):
        stream_batches(X, y, **options)
