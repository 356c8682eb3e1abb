"""Where labelled pictures come from: bundled samples, readers of files, fetchers.

Every loader returns a :class:`~sklearn.utils.Bunch`, or ``(X, y)`` with ``return_X_y=True``, as
scikit-learn's own loaders do; :func:`stream_batches` goes through what is too large for memory.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "_fetch_emnist": ["fetch_emnist"],
        "_fetch_mnist": ["fetch_mnist"],
        "_load_characters": ["load_characters"],
        "_load_digits": ["load_digits"],
        "_load_idx": ["load_idx"],
        "_load_image_csv": ["load_image_csv"],
        "_load_image_folder": ["load_image_folder"],
        "_load_mat": ["load_mat"],
        "_load_pixel_csv": ["load_pixel_csv"],
        "_make_words": ["make_words"],
        "_stream_batches": ["stream_batches"],
    },
)
