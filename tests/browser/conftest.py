import shutil
import subprocess

import pytest

from real_programs import missing

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--enable-logging=stderr", "--v=0", "--virtual-time-budget=2000",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium():
    """The path of Chromium; missing skips on a laptop and fails in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or missing("chromium is missing: scripts/install-chromium")


@pytest.fixture
def browse(chromium, tmp_path):
    """Run Chromium on a URL; returns what it printed and what it complained about."""

    def run(url, *flags):
        done = subprocess.run(
            [chromium, *_FLAGS, f"--user-data-dir={tmp_path / 'profile'}", *flags, url],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return done.stdout, done.stderr

    return run
