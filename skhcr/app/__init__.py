"""A page in the browser: draw, photograph, match, teach. Needs the extra ``app``.

``python -m skhcr.app`` serves it on http://127.0.0.1:8000, to this machine only.

Notes
-----
It is a page of its own, over FastAPI [1]_, whose canvas is Atrament [2]_ (7 kB, shipped with it),
and not one made by Gradio, which brings uploads, a queue and tables along: GRADIO_FINDINGS

Everything it does, it does through what is public in the other rooms.

References
----------
.. [1] https://fastapi.tiangolo.com
.. [2] https://github.com/jakubfiala/atrament
"""

from importlib.util import find_spec as _find_spec

import lazy_loader as _lazy

if _missing := [
    name for name in ("fastapi", "python_multipart", "uvicorn") if not _find_spec(name)
]:
    raise ImportError(f'skhcr.app needs {", ".join(_missing)}: pip install "skhcr[app]"')

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={"_create_app": ["create_app"], "_serve": ["serve"]},
)
