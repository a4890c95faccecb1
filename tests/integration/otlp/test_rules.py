"""The shipped rules and their cases, on the oldest Prometheus that is supported and on the newest."""

import subprocess
from pathlib import Path

import pytest

ALERTS = Path(__file__).resolve().parents[3] / "alerts"


def run(*command):
    """Return the exit status of a command and everything it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted(ALERTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_rules_are_valid(promtool, path):
    """PromQL of 3.x takes all that 2.42 takes."""
    status, said = run(promtool, "check", "rules", path)
    assert status == 0, said


@pytest.mark.parametrize("path", sorted((ALERTS / "tests").glob("*.yaml")), ids=lambda path: path.stem)
def test_each_case_fires_or_stays_silent_as_it_says(promtool, path):
    """Ranges that are open on the left and bounds that are written anew change no value."""
    status, said = run(promtool, "test", "rules", path)
    assert status == 0, said
