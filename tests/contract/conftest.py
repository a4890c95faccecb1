import os
import shutil
from pathlib import Path

import pytest

from real_programs import folder_of, missing

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def promtool():
    """The path of promtool; skips where there is none, but fails in CI."""
    search = [os.environ.get("PATH", ""), folder_of("install-prometheus")]
    found = shutil.which("promtool", path=os.pathsep.join(filter(None, search)))
    if found is None:
        missing("promtool is not there; `make set-up` fetches it")
    return found
