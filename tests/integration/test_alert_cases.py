"""Every case of every alert, with the oldest Prometheus that is supported and with version 3."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "alerts" / "tests").glob("*.yaml"))
SCRIPTS = {"2": "install-prometheus", "3": "install-prometheus-3"}
AT_MOST_SECONDS = 900


@pytest.fixture(scope="module", params=SCRIPTS)
def promtool(request):
    """The promtool of one version; skips where it is not, but fails in CI."""
    script = ROOT / "scripts" / SCRIPTS[request.param]
    asked = subprocess.run([script, "--where"], capture_output=True, text=True, check=False)
    found = shutil.which("promtool", path=asked.stdout.strip()) if asked.returncode == 0 else None
    if found is None:
        reason = f"promtool is not there; scripts/{SCRIPTS[request.param]} fetches it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_case_holds(promtool, path):
    """What shall fire fires, with the words it shall have, and what shall not does not."""
    done = subprocess.run(
        [promtool, "test", "rules", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=AT_MOST_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_rule_files_are_accepted(promtool):
    """Names, durations, expressions and templates."""
    files = [str(path) for path in sorted((ROOT / "alerts").glob("*.yaml")) if path.stem != "alertmanager"]
    done = subprocess.run([promtool, "check", "rules", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
