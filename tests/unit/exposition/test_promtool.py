import shutil
import subprocess
from pathlib import Path

import pytest

from mlexporter.exposition.families import collect
from mlexporter.exposition.text import render_text
from real_programs import missing


@pytest.fixture
def promtool():
    """Return the path of promtool, from PATH or our cache; missing is a failure in CI only."""
    found = shutil.which("promtool")
    if found is None:
        cached = sorted(Path.home().glob(".cache/mlexporter/**/promtool"))
        found = str(cached[0]) if cached else None
    if found is None:
        missing("promtool is not on PATH nor in ~/.cache/mlexporter")
    return found


def test_promtool_has_nothing_to_say(promtool, view, now):
    """Prometheus' own linter accepts every name, type and help."""
    text = render_text(collect(view, now=now))
    done = subprocess.run(
        [promtool, "check", "metrics"], input=text, capture_output=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
