"""The Python of the pages, and of README.md, runs as it stands there; so do commands of skhcr.

One test a page: its blocks build on one another. A block that can't run here is left out by a
comment before it, ``% skip: next "why"``.
"""

import re
import shlex
import shutil
from pathlib import Path
from unittest import SkipTest

import pytest
from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser, SkipParser

DOCS = Path(__file__).parent
GENERATED = ("_build", "api", "auto_examples")
PAGES = [
    page
    for page in (DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md")))
    if page.relative_to(DOCS.parent).parts[1:2] not in [(name,) for name in GENERATED]
    and "```python" in page.read_text(encoding="utf-8")
]


def run_commands(example):
    """Run what a block of the shell has of skhcr; the rest installs and measures."""
    from skhcr.cli import main

    for line in example.parsed.splitlines():
        if line.startswith("skhcr "):
            assert main(shlex.split(line)[1:]) == 0, line


BLOCKS = Sybil([PythonCodeBlockParser(), CodeBlockParser("bash", run_commands), SkipParser()])


@pytest.fixture
def folder(page_files, tmp_path, monkeypatch):
    """Copy the files of the pages, and make the copy the working directory."""
    folder = shutil.copytree(page_files, tmp_path / "work")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SKHCR_DATA_HOME", str(folder / "data_home"))
    return folder


@pytest.fixture
def brief_training(monkeypatch):
    """Cut every fit to one epoch: how well a network reads is measured elsewhere."""
    from skhcr.classifiers._network_trainer import NetworkTrainer

    fit = NetworkTrainer.fit

    def fit_once(self, *arrays, epochs, **options):
        return fit(self, *arrays, epochs=1, **options)

    monkeypatch.setattr(NetworkTrainer, "fit", fit_once)


def test_readme_links_to_files_that_exist():
    readme = DOCS.parent / "README.md"
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", readme.read_text(encoding="utf-8"))
    files = [link for link in links if "://" not in link]
    assert len(files) > 5
    assert not [file for file in files if not (readme.parent / file).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS.parent)))
@pytest.mark.usefixtures("folder", "brief_training")
# After one epoch, some labels are never predicted.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
# The format of many people's models, which a page is about.
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_code_of_page_runs(page):
    """Run the blocks of a page, in order."""
    import matplotlib.pyplot as plt

    for example in BLOCKS.parse(page).examples():
        try:
            example.evaluate()
        except SkipTest as reason:
            print(f"line {example.line} left out: {reason}")
    plt.close("all")
