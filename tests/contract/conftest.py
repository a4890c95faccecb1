import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def promtool():
    """The path of promtool; skips where there is none, but fails in CI."""
    search = [os.environ.get("PATH", "")]
    asked = subprocess.run(
        [ROOT / "scripts" / "install-prometheus", "--where"], capture_output=True, text=True, check=False
    )
    if asked.returncode == 0:
        search.append(asked.stdout.strip())
    found = shutil.which("promtool", path=os.pathsep.join(search))
    if found is None:
        reason = "promtool is not there; `make set-up` fetches it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
