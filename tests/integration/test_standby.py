"""Real workers on one port: one listens, and when it is killed another one takes over."""

import signal
import socket
import subprocess
import sys
import time

import pytest

from mlexporter.demo.programs import free_port

TAKEN_OVER_SECONDS = 2.0
PATIENCE_SECONDS = 30
WORKER = """
import sys, time
from pathlib import Path
from mlexporter.app.standby import Standby
from mlexporter.errors import PortInUseError
from mlexporter.exposition.server import _listen
from mlexporter.state.slots.directory import SlotDirectory

class Handle:
    is_closed = False
    def __init__(self):
        self.socket = _listen("127.0.0.1", int(sys.argv[2]))
        self.url = "somewhere"

standby = Standby(SlotDirectory(Path(sys.argv[1])), Handle, host="127.0.0.1", port=int(sys.argv[2]))
told = ""
while True:
    state = "serving" if standby.is_serving else standby.problem or "standing by"
    if state != told:
        told = state
        print(state, flush=True)
    time.sleep(1)
    standby.retry()
"""

pytestmark = pytest.mark.integration


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a worker."""
    port, workers = free_port(), []

    def started():
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path / "shared"), str(port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        workers.append(worker)
        return worker

    started.port = port
    yield started
    for worker in workers:
        worker.kill()
        worker.communicate(timeout=PATIENCE_SECONDS)


def listens(port):
    """Return whether anybody does."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_the_port_outlives_whoever_is_killed(start):
    """Three workers, the listening one killed twice: two seconds later the port is served again."""
    first = start()
    assert first.stdout.readline() == "serving\n"
    others = [start(), start()]
    assert [other.stdout.readline() for other in others] == ["standing by\n"] * 2

    serving = first
    for n_left in (2, 1):
        killed_at = time.monotonic()
        serving.send_signal(signal.SIGKILL)
        serving.wait(PATIENCE_SECONDS)  # its port is closed by then, or is another's already
        while not listens(start.port) and time.monotonic() < killed_at + PATIENCE_SECONDS:
            time.sleep(0.02)
        assert time.monotonic() - killed_at < TAKEN_OVER_SECONDS
        if n_left == 2:
            serving = holder(others)


def holder(workers):
    """Return the worker that says that it serves, which its next line does."""
    import select

    ready = select.select([worker.stdout for worker in workers], [], [], PATIENCE_SECONDS)[0]
    assert len(ready) == 1
    assert ready[0].readline() == "serving\n"
    return next(worker for worker in workers if worker.stdout is ready[0])


def test_a_stranger_is_told_until_it_goes(start):
    """The port is no worker's: the reason is there, and then it is not."""
    with socket.create_server(("127.0.0.1", start.port)):
        worker = start()
        assert "taken" in worker.stdout.readline()
    assert worker.stdout.readline() == "serving\n"
