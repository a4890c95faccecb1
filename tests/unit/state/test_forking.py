"""A fork waits for imports of ours, and an import never for the fork."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

IMPORTS_WHILE_FORKED = """
import logging, os, threading, time
import mlexporter.app
from mlexporter.state.forking import IMPORTING

inside, goes_on = threading.Event(), threading.Event()

def imports():
    with IMPORTING:
        inside.set()
        goes_on.wait(0.2)
        logging.getLogger("mlexporter.late")

thread = threading.Thread(target=imports)
thread.start()
inside.wait()
began = time.monotonic()
child = os.fork()
if not child:
    os._exit(0)
os.waitpid(child, 0)
print(time.monotonic() - began < 15)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_an_import_that_needs_the_lock_of_logging_does_not_wait_for_the_fork():
    """Else the fork would go on after half a minute, in the middle of the import, and the child would hang."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", IMPORTS_WHILE_FORKED],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.stdout, done.stderr) == ("True\n", "")
