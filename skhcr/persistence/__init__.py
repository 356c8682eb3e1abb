"""Model files that are safe to open: fitted estimators as JSON and arrays, without pickle.

:func:`skhcr.save` and :func:`skhcr.load` stand in ``skhcr`` too.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={"_model_file": ["InvalidModelFile", "describe", "load", "save"]},
)
