"""The shipped rules on Prometheus 3; the quick tests have them on Debian's."""

import subprocess
from pathlib import Path

import pytest

ALERTS = Path(__file__).resolve().parents[3] / "alerts"


@pytest.mark.parametrize("path", sorted(ALERTS.glob("*.yaml")), ids=lambda path: path.name)
def test_rules_are_valid(promtool_3, path):
    """PromQL of 3.x takes all that 2.42 takes."""
    said = subprocess.run([promtool_3, "check", "rules", path], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("path", sorted((ALERTS / "tests").glob("*.yaml")), ids=lambda path: path.name)
def test_rules_answer_as_on_2(promtool_3, path):
    """Ranges that are open on the left and bounds that are written anew change no value."""
    said = subprocess.run([promtool_3, "test", "rules", path], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
