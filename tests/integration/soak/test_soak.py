"""Five minutes of load with every fault once: counts exact, no false page, the true drift told, nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from real_programs import missing, program_of

ROOT = Path(__file__).resolve().parents[3]
RUN = ROOT / "benchmarks" / "soak" / "run.py"
LONGEST_SECONDS = 1500
"""A run that gets no processor to speak of ends some time, too."""

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="small disks in memory, locks that /proc tells"),
]


@pytest.fixture
def programs():
    """Prometheus and Alertmanager are there, and small disks can be mounted."""
    program_of("install-prometheus-3", "prometheus")
    program_of("install-alertmanager", "alertmanager")
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
    )
    if tried.returncode:
        missing("a file system in memory may not be mounted here, so that no disk can be full")


def left_behind(folder):
    """Return processes and mounts that know a soak in this folder, and what it has left there."""
    name = str(folder / "mlexporter-soak-").encode()
    processes = [path.parent.name for path in Path("/proc").glob("[0-9]*/cmdline") if name in _read(path)]
    mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if name.decode() in line]
    return processes + mounts + [path.name for path in folder.glob("mlexporter-soak-*")]


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_five_minutes_with_every_fault_once(programs, tmp_path):
    """Every verdict held; each kind of fault was done; the pages that are owed came, and no other."""
    path = tmp_path / "soak.json"
    done = subprocess.run(
        [sys.executable, RUN, "--minutes", "5", "--out", path],
        capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert path.exists(), done.stdout + done.stderr
    found = json.loads(path.read_text())
    missed = [one for one in found["verdicts"] if not one["held"]]

    assert missed == [], done.stdout
    assert done.returncode == 0, done.stdout + done.stderr
    assert len({fault["what"] for fault in found["faults"]}) == 19
    assert found["totals"]["answered"] > 500
    assert any(page["alert"] == "MLFeatureDrift" for page in found["sent"])
    assert left_behind(tmp_path) == []


def test_ctrl_c_ends_it_with_what_was_found(programs, tmp_path):
    """In the warm-up: status 1, the results so far say that they are no whole run, and nothing is left behind."""
    path = tmp_path / "soak.json"
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, RUN, "--minutes", "5", "--out", path],
            stdout=log,
            stderr=log,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        try:
            until = time.monotonic() + 180
            while "load begins" not in (tmp_path / "log").read_text() and time.monotonic() < until:
                time.sleep(0.2)
            time.sleep(5)
            process.send_signal(signal.SIGINT)
            assert process.wait(120) == 1, (tmp_path / "log").read_text()
        finally:
            process.kill()
            process.wait()
    assert json.loads(path.read_text())["was_interrupted"]
    assert left_behind(tmp_path) == []
