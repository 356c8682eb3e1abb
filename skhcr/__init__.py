"""Handwritten character recognition, the scikit-learn way.

Each room is a subpackage, imported when it is first used: ``skhcr.datasets``,
``skhcr.preprocessing``, ``skhcr.networks``, ``skhcr.classifiers``, ``skhcr.runtime``,
``skhcr.pretrained``, whose :func:`load_pretrained` stands here too, ``skhcr.reading``,
``skhcr.metrics``, ``skhcr.inspection``, ``skhcr.persistence``, whose :func:`save` and
:func:`load` stand here too, and ``skhcr.app``, which needs the extra ``app`` and is imported by its
full name only.
"""

import lazy_loader as _lazy

__version__ = "0.1.0.dev0"

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submodules=[
        "classifiers",
        "datasets",
        "inspection",
        "metrics",
        "networks",
        "persistence",
        "preprocessing",
        "pretrained",
        "reading",
        "runtime",
    ],
    submod_attrs={"persistence": ["load", "save"], "pretrained": ["load_pretrained"]},
)
__all__ += ["__version__"]
