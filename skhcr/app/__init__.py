"""A page in the browser: draw, photograph, match, teach. Needs the extra ``app``.

``python -m skhcr.app`` serves it on http://127.0.0.1:8000, to this machine only.

Notes
-----
It is a page of its own over FastAPI [1]_, whose sheet is Atrament [2]_, version 5.1.0 (7 kB,
shipped with it). Gradio 6.31 [3]_, which brings uploads, a queue and tables along, was tried first:

- Its sketch pad lets nobody draw before a tool is chosen; no parameter changes that. A layer as
  initial value does, but the toolbars stay, and an answer comes 0.8 s after a stroke.
- A canvas of one's own in its HTML component draws at once, and answers in 17 ms. The overlay, the
  camera and the samples would be JavaScript in such components, too, so that what remains of the
  page is little.
- For that little it installs 50 packages, makes 40 requests for the first page, keeps uploads in a
  cache, and looks up two hosts unless it is told not to.

Everything the page does, it does through what is public in the other rooms.

References
----------
.. [1] https://fastapi.tiangolo.com
.. [2] https://github.com/jakubfiala/atrament
.. [3] https://www.gradio.app
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
