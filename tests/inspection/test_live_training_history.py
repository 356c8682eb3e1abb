import copy
import gc
import pickle

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from sklearn.base import clone

from skhcr.classifiers import CNNClassifier
from skhcr.inspection import LiveTrainingHistory, TrainingHistoryDisplay


def cheap(**parameters):
    return CNNClassifier(
        network_options={"filters": (4, 4, 4, 4), "dropout": 0.0},
        epochs=3,
        batch_size=32,
        random_state=0,
        **parameters,
    )


@pytest.fixture
def few(digits):
    return digits[0][:60], digits[1][:60]


@pytest.fixture
def shown(monkeypatch):
    """Let each drawing leave its history."""
    shown = []
    original = TrainingHistoryDisplay.from_histories

    def keep(histories, **options):
        shown.append(copy.deepcopy(histories))
        return original(histories, **options)

    monkeypatch.setattr(TrainingHistoryDisplay, "from_histories", keep)
    return shown


def test_every_epoch_is_drawn(few, shown):
    live = LiveTrainingHistory(min_seconds=0)
    classifier = cheap(callbacks=[live], early_stopping=True, validation_fraction=0.4).fit(*few)
    assert [len(history["loss"]) for history in shown] == [1, 2, 3]
    display = classifier.callbacks_[0].display_
    assert isinstance(display, TrainingHistoryDisplay)
    assert display.histories == {"": classifier.history_}
    assert sorted(display.lines_[""]) == sorted(classifier.history_)
    assert plt.fignum_exists(display.figure_.number)
    assert not hasattr(live, "display_")


def test_same_picture_as_after_the_fit(few, pixels_of):
    classifier = cheap(callbacks=[LiveTrainingHistory()]).fit(*few)
    live = classifier.callbacks_[0].display_
    figure = plt.figure(figsize=live.figure_.get_size_inches(), layout="constrained")
    after = TrainingHistoryDisplay.from_histories(classifier.history_, ax=figure.add_subplot())
    assert np.array_equal(pixels_of(live), pixels_of(after))


def test_short_epochs_are_drawn_together(few, shown):
    cheap(callbacks=[LiveTrainingHistory(min_seconds=1000)]).fit(*few)
    assert [len(history["loss"]) for history in shown] == [1, 3]


def test_each_fit_has_its_picture(few):
    classifier = cheap(callbacks=[LiveTrainingHistory()]).fit(*few)
    first = classifier.callbacks_[0].display_
    second = classifier.fit(*few).callbacks_[0].display_
    assert first.figure_ is not second.figure_
    assert len(second.histories[""]["loss"]) == 3


def test_partial_fit_goes_on(few):
    classifier = cheap(callbacks=[LiveTrainingHistory()])
    figures = set()
    for n_epochs in (1, 2, 3):
        classifier.partial_fit(*few, classes=range(10))
        display = classifier.callbacks_[0].display_
        figures.add(display.figure_)
        assert len(display.histories[""]["loss"]) == n_epochs
        assert display.histories == {"": classifier.history_}
    assert len(figures) == 1

    loaded = pickle.loads(pickle.dumps(classifier)).partial_fit(*few)
    display = loaded.callbacks_[0].display_
    assert display.lines_[""]["loss"].get_xdata().tolist() == [4]


def test_a_model_of_keras():
    import keras

    X, y = np.random.default_rng(0).normal(size=(2, 20, 1))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    live = LiveTrainingHistory(min_seconds=0)
    model.fit(
        X, y, epochs=4, validation_data=(X, y), validation_freq=2, callbacks=[live], verbose=0
    )
    lines = live.display_.lines_[""]
    assert lines["loss"].get_xdata().tolist() == [1, 2, 3, 4]
    assert lines["val_loss"].get_xdata().tolist() == [2, 4]

    first = live.display_
    model.fit(X, y, initial_epoch=4, epochs=5, callbacks=[live], verbose=0)
    assert live.display_.figure_ is first.figure_
    assert live.display_.lines_[""]["loss"].get_xdata().tolist() == [1, 2, 3, 4, 5]
    model.fit(X, y, epochs=1, callbacks=[live], verbose=0)
    assert live.display_.figure_ is not first.figure_

    copied = copy.deepcopy(live)  # of a used one: without the model and the figure
    assert copied.min_seconds == 0
    assert copied.model is None
    assert not hasattr(copied, "display_")


def test_nothing_is_kept_of_models_that_are_gone(few):
    from skhcr.inspection import _live_training_history

    classifier = cheap(callbacks=[LiveTrainingHistory()]).fit(*few)
    gc.collect()
    n_before = len(_live_training_history._SHOWN)
    assert n_before > 0
    del classifier
    gc.collect()
    assert len(_live_training_history._SHOWN) < n_before


def test_clone_and_pickle_before_the_fit():
    classifier = cheap(callbacks=[LiveTrainingHistory(min_seconds=7)])
    for copied in (clone(classifier), pickle.loads(pickle.dumps(classifier))):
        assert copied.callbacks[0] is not classifier.callbacks[0]
        assert copied.callbacks[0].min_seconds == 7


def test_a_window_is_refreshed_until_it_is_closed(monkeypatch):
    """The canvas of a back end that has windows, without the windows."""
    calls = []
    monkeypatch.setattr(FigureCanvasAgg, "required_interactive_framework", "some")
    monkeypatch.setattr(FigureCanvasAgg, "draw_idle", lambda canvas: calls.append("draw_idle"))
    monkeypatch.setattr(FigureCanvasAgg, "flush_events", lambda canvas: calls.append("flush"))
    monkeypatch.setattr(FigureManagerBase, "show", lambda manager: calls.append("show"))
    live = LiveTrainingHistory(min_seconds=0)
    live.set_model(Model())
    live.on_train_begin()
    for epoch in range(3):
        if epoch == 2:
            plt.close(live.display_.figure_)
        live.on_epoch_end(epoch, {"loss": 1.0})
    live.on_train_end()
    assert calls == ["show", "draw_idle", "flush", "draw_idle", "flush"]
    assert len(live.display_.histories[""]["loss"]) == 3


class Model:
    """Whatever trains."""


NOTEBOOK = """
from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_digits
from skhcr.inspection import LiveTrainingHistory
X, y = load_digits(return_X_y=True)
classifier = CNNClassifier(
    network_options={"filters": (4, 4, 4, 4)}, epochs=3, random_state=0,
    callbacks=[LiveTrainingHistory(min_seconds=0)],
)
classifier.fit(X[:60], y[:60]);
import matplotlib.pyplot as plt
assert plt.get_fignums() == []
"""
CONTINUED = """
for _ in range(2):
    classifier.partial_fit(X[:60], y[:60])
"""


def test_in_a_notebook(monkeypatch):
    from base64 import b64decode

    import nbclient
    import nbformat

    monkeypatch.delenv("MPLBACKEND", raising=False)

    class Client(nbclient.NotebookClient):
        seen = []

        def process_message(self, msg, cell, cell_index):
            if "display" in msg["msg_type"]:
                self.seen.append((cell_index, msg["msg_type"]))
            return super().process_message(msg, cell, cell_index)

    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code) for code in (NOTEBOOK, CONTINUED)]
    )
    Client(notebook, timeout=300, kernel_name="python3").execute()
    displayed, updated = "display_data", "update_display_data"
    assert [kind for cell, kind in Client.seen if cell == 0] == [displayed, updated, updated]
    assert [kind for cell, kind in Client.seen if cell == 1] == [displayed, updated]
    for cell in notebook.cells:
        (output,) = [one for one in cell.outputs if one.output_type != "stream"]
        assert b64decode(output.data["image/png"]).startswith(b"\x89PNG")
