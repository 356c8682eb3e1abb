"""Weights that come with the package, as pipelines that read pictures at once."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={"_load_pretrained": ["load_pretrained"]},
)
