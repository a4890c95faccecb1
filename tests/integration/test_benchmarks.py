"""All contests of `make bench` run, with little work and without peers, and count what they were given."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).resolve().parents[2] / "benchmarks" / "run.py"


def test_every_figure_of_ours_is_measured(tmp_path):
    """What is not measured waits for a peer that was not asked for."""
    path = tmp_path / "results.json"
    done = subprocess.run(
        [sys.executable, RUN, "--quick", "--only", "ours", "--json", path],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

    figures = json.loads(path.read_text(encoding="utf-8"))["figures"]
    assert {one["not_measured"] for one in figures if "not_measured" in one} == {"not asked for"}
    assert sum("measured" in one for one in figures) >= 18


def test_what_does_not_install_is_named_and_leaves_nothing(tmp_path, monkeypatch):
    """There is no index for pip here; its last words are the reason."""
    monkeypatch.setenv("MLEXPORTER_CACHE", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.syspath_prepend(RUN.parent)
    import environments

    with pytest.raises(environments.DoesNotInstallError, match="not-there"):
        environments.Environment("peer", ("not-there==1.0",)).python()
    assert list((tmp_path / "peers").iterdir()) == []
