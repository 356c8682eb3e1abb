"""Sphinx configuration. Build with ``sphinx-build -W docs docs/_build/html``."""

import os
from pathlib import Path

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
exclude_patterns = ["_build", "own_pictures_table.md", "benchmarks/*"]  # included by pages
templates_path = ["_templates"]
default_role = "literal"
smartquotes = False  # the quotes of "auto" are part of it
myst_heading_anchors = 3

# Every reference has to lead somewhere. Those to other projects stay text: links need inventories
# (intersphinx), which are downloaded, and a build needs no network.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!skhcr\.)[a-z]\w*\..+"),
    # Attributes that are properties, of fitted estimators and of a page: documented by their class.
    (r"py:obj", r"\w+_|text|words|characters|probability|alternatives|in_lexicon"),
]

numpydoc_show_class_members = False  # docs/_templates/autosummary/class.rst shows them
toc_object_entries_show_parents = "hide"

# Not parallel: a network takes both cores of two, and examples side by side take longer.
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "subsection_order": [
        f"../examples/{room}"
        for room in (
            "datasets",
            "preprocessing",
            "networks",
            "classifiers",
            "pretrained",
            "reading",
            "inspection",
        )
    ],
    "within_subsection_order": "FileNameSortKey",
    "ignore_pattern": r"(^|/)_",
    "doc_module": ("skhcr",),
    "backreferences_dir": "api/generated/backreferences",
    "show_memory": False,
    "capture_repr": ("_repr_html_",),  # not where an object lies in memory
    "pypandoc": {"extra_args": [f"--lua-filter={Path(__file__).with_name('notebooks.lua')}"]},
    "show_signature": False,
    "write_computation_times": False,
}

html_theme = "pydata_sphinx_theme"
html_title = "skhcr"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_copy_source = html_show_sourcelink = False
# Pages without pages below them.
html_sidebars = {
    page: []
    for page in (
        "start",
        "how_do_i",
        "benchmarks",
        "what_this_comes_from",
        "contributing",
        "changelog",
    )
}
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 5,  # the rest is under "More"
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
