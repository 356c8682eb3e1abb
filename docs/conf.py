"""Sphinx configuration. Build with ``sphinx-build -W docs docs/_build/html``."""

import os

os.environ["TQDM_DISABLE"] = "1"  # a progress bar in a page is one endless line

import skhcr

project = "skhcr"
author = "The skhcr developers"
copyright = f"2026, {author}"
release = version = skhcr.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "own_pictures_table.md"]  # the table is included by a page
templates_path = ["_templates"]
html_theme = "pydata_sphinx_theme"
html_title = "skhcr"
default_role = "literal"

# README.md links to files of the repository that are no pages here.
suppress_warnings = ["myst.xref_missing"]

autosummary_generate = True
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "within_subsection_order": "FileNameSortKey",
    "ignore_pattern": r"(^|/)_",
    "doc_module": ("skhcr",),
    "backreferences_dir": "api/generated/backreferences",
    "show_memory": False,
}
