"""Write the files that every later version has to open: python -m tests.persistence.make_files.

Run once for each format of files; those of older formats stay as they are.
"""

import tempfile
from pathlib import Path

from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

import skhcr
from skhcr.classifiers import CNNClassifier
from skhcr.datasets import load_digits, make_words
from skhcr.persistence._model_file import FORMAT
from skhcr.preprocessing import ImageFlattener, ImageResizer
from skhcr.reading import TextReader
from skhcr.runtime import OnnxClassifier, export_onnx

DATA = Path(__file__).parent / "data"


def main():
    """Write a file of each kind, with what it says of pictures on its card."""
    X, y = load_digits(return_X_y=True)
    X = X.reshape(-1, 28, 28)
    small = {"network_options": {"filters": (4, 4, 4, 8)}, "epochs": 12, "random_state": 0}
    trainable = make_pipeline(ImageResizer((14, 14)), CNNClassifier(**small))
    trainable.fit(X[:500], y[:500])
    with tempfile.TemporaryDirectory() as folder:
        export_onnx(trainable, Path(folder) / "model.onnx")
        content = (Path(folder) / "model.onnx").read_bytes()
    frozen = make_pipeline(*trainable[:-1], OnnxClassifier(content))
    pixels = make_pipeline(ImageResizer((14, 14)), ImageFlattener(), PCA(9, random_state=0))
    words = make_words(texts=["MARTIN", "PETER"], wear=0, height=32, random_state=0)
    reader = TextReader(lexicon=["MARTIN", "PETER"]).fit(words.images, words.target)
    for name, fitted, answers in (
        ("trainable", trainable, trainable.predict_proba(X[100:105])),
        ("frozen", frozen, frozen.predict_proba(X[100:105])),
        ("reader", reader, reader.predict(words.images)),
        ("pixels", pixels.fit(X[:500]), pixels.fit_transform(X[:500])[100:105]),
    ):
        card = {"title": name, "expected": answers.tolist()}
        skhcr.save(fitted, DATA / f"format-{FORMAT}-{name}.skhcr", card=card)


if __name__ == "__main__":
    main()
