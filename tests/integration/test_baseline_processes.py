"""A baseline of real processes: one is killed, one takes over, a person accepts, a reboot."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration

_PROGRAM = """
import json, sys
import numpy as np
from mlexporter import Profile
from mlexporter.testing import FakeClock, isolated_exporter

start, options = float(sys.argv[1]), json.loads(sys.argv[2])
random = np.random.default_rng(int(start) + 5)
training = {"distance": np.random.default_rng(1).gamma(2.0, 300.0, 5000)}
clock = FakeClock(start)
with isolated_exporter(clock, windows=("1h", "6h"), **options) as exporter:
    @exporter.monitor(model="fares/night", version="3", profile=Profile.fit(training, model="fares/night", version="3"))
    def predict(rows):
        return [0.5] * len(rows["distance"])

    for line in sys.stdin:
        if line == "hour\\n":
            predict({"distance": np.repeat(random.gamma(2.0, 300.0, 40), 5)})
            clock.advance(3600.0)
        exporter.evaluate()
        state = exporter.view(include_process=False).models[0].baseline
        used = None if state is None else state.reference
        print(json.dumps({
            "against": state and state.against, "who": state and state.who, "why": state and state.why,
            "blocks": state and state.watched_blocks, "clean": state and state.clean_blocks,
            "excluded": state and sorted(state.excluded), "rows": used and used.row_count,
            "text": exporter.describe(),
        }), flush=True)
"""


class Process:
    """One that serves, driven line by line: its clock is moved by hand."""

    def __init__(self, start, **options):
        self.running = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(start), json.dumps(options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=environment(),
        )  # fmt: skip

    def tell(self, line):
        """Serve an hour (``hour``) or not, evaluate, and return what is shown."""
        self.running.stdin.write(line + "\n")
        self.running.stdin.flush()
        return json.loads(self.running.stdout.readline())

    def hours(self, count):
        """Serve so many hours."""
        for _ in range(count):
            shown = self.tell("hour")
        return shown

    def end(self):
        """End in order."""
        self.running.communicate(timeout=60)
        return self.running.returncode


@pytest.fixture
def processes():
    """Return a function that starts processes; none outlives the test."""
    started = []

    def start(*arguments, **options):
        started.append(Process(*arguments, **options))
        return started[-1]

    yield start
    for process in started:
        process.running.kill()
        process.running.communicate(timeout=30)


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")}


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "mlexporter", "baseline", *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=60, env=environment(),
    )  # fmt: skip


def test_a_baseline_outlives_kills_takeovers_and_reboots(processes, tmp_path):
    """Nothing of the week is lost, every process sees who accepted, and the disk keeps it."""
    folder, disk = tmp_path / "shared", tmp_path / "disk"
    options = {"dir": str(folder), "snapshot_dir": str(disk)}
    first = processes(0, **options)
    first.tell("evaluate")
    first.hours(20)
    early = command("accept", "fares/night", "--dir", folder, "--why", "too early")
    first.running.kill()
    first.running.wait(30)

    second = processes(20 * 3600, **options)
    after = second.hours(6)
    reader = processes(26 * 3600, **options)
    accepted = command("accept", "fares/night", "--dir", folder, "--who", "anna", "--why", "new airport")
    excluded = command("exclude", "fares/night", "distance", "--dir", folder, "--why", "known")
    evaluated = second.tell("evaluate")
    seen = reader.tell("evaluate")  # it is not elected: it only reads

    assert early.returncode == 1
    assert "20 of 20 are clean" in early.stderr
    assert (accepted.returncode, excluded.returncode, excluded.stderr) == (0, 0, "")
    assert (after["against"], after["blocks"], after["clean"]) == ("training", 26, 26)
    for shown in (evaluated, seen):
        assert (shown["against"], shown["who"], shown["why"]) == ("baseline", "anna", "new airport")
        assert shown["rows"] == 26 * 200
        assert shown["excluded"] == ["distance"]
        assert "accepted by anna: new airport" in shown["text"]

    reader.end()
    assert second.end() == 0
    shutil.rmtree(folder)
    third = processes(0, dir="off", snapshot_dir=str(disk))
    again = third.tell("evaluate")
    reset = command("reset", "fares/night", "--snapshot-dir", disk, "--why", "no")
    for _ in range(50):  # the disk is looked at beside the evaluation
        back = third.tell("evaluate")
        if back["against"] == "training":
            break

    assert (again["against"], again["who"], again["excluded"]) == ("baseline", "anna", ["distance"])
    assert reset.returncode == 0, reset.stderr
    assert back["against"] == "training"
    log = command("show", "fares/night", "--snapshot-dir", disk, "--log").stdout
    assert [line.split()[3] for line in log.splitlines()[-3:]] == ["accept", "exclude", "reset"]
