"""Ten thousand files that chance has changed, see fuzz.py."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="memory can be limited on Linux only"
)
def test_changed_files_load_or_are_refused():
    command = [sys.executable, "-m", "tests.persistence.fuzz", "10000"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "change_files: {'loaded':" in done.stdout
