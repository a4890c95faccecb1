"""Directories that go, fill up or cannot be written: the answer never knows, the log and a series do."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from mlexporter import catalogue
from mlexporter.app.place import Place
from mlexporter.records import ModelKey
from mlexporter.settings import Settings
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="file systems are mounted for it"),
]


@pytest.fixture
def mount(tmp_path):
    """Return a function that mounts something over a new directory; skips where nobody may."""
    mounted = []

    def over(name, *arguments):
        point = tmp_path / name
        point.mkdir(mode=0o700, exist_ok=True)
        done = subprocess.run(["mount", *map(str, arguments), str(point)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("mounting is not allowed here")
        if point not in mounted:
            mounted.append(point)
        return point

    yield over
    for point in reversed(mounted):
        subprocess.run(["umount", "--lazy", str(point)], check=True)


def test_a_directory_that_is_removed_is_made_again(tools, gunicorn, tmp_path):
    """All calls are answered, the log tells, counts begin anew, and together."""
    shared = tmp_path / "shared"
    server = gunicorn("-w", "2", MLEXPORTER_DIR=str(shared))
    server.pids(2, "/predict")
    tools.ask(server, "/predict", 50)
    server.settled()
    tools.remove(shared)
    tools.ask(server, "/predict", 30)
    tools.until(lambda: server.said().count("was removed or replaced while it was in use") == 2)
    tools.until(lambda: server.pids(2, "/predict") and server.scrape().value(catalogue.WORKERS) == 2)
    before = server.scrape().counted()[0]
    tools.ask(server, "/predict", 40)
    scrape = server.settled()

    assert shared.is_dir()
    assert scrape.counted()[:2] == (before + 40, before + 40)
    assert scrape.degraded() == set()
    assert scrape.total(catalogue.INTERNAL_ERRORS) == 0
    assert "Traceback" not in server.said()


def test_a_directory_that_cannot_be_made_again_leaves_each_worker_alone(tools, gunicorn, tmp_path):
    """Something else stands where it was: each worker counts its own rows, and says so."""
    place = tmp_path / "place"
    place.mkdir()
    server = gunicorn("-w", "2", MLEXPORTER_DIR=str(place / "shared"))
    server.pids(2, "/predict")
    tools.remove(place)
    place.write_text("no directory")
    tools.ask(server, "/predict", 30)
    alone = tools.until(lambda: (scrape := server.scrape()).value(catalogue.SINGLE_WORKER) == 1 and scrape)

    assert alone.degraded() == {"directory_unusable"}
    tools.until(lambda: server.said().count("these counts are those of one worker") == 2)
    counted = [tools.ask(server, "/predict", 20) and server.scrape().counted()[0] for _ in range(5)]
    assert 0 < min(counted) <= max(counted) <= 100
    assert "Traceback" not in server.said()


def test_a_directory_that_is_read_only_leaves_each_worker_alone(tools, gunicorn, tmp_path, mount):
    """A volume that is mounted read-only: answers come, counts are one worker's, and that is said."""
    (tmp_path / "volume").mkdir(mode=0o700)
    point = mount("view", "--bind", tmp_path / "volume")
    mount("view", "-o", "remount,bind,ro", "--target")
    server = gunicorn("-w", "2", MLEXPORTER_DIR=str(point))
    server.pids(2, "/predict")
    scrape = server.scrape()

    assert scrape.value(catalogue.SINGLE_WORKER) == 1
    assert scrape.degraded() == {"directory_unusable"}
    assert scrape.counted()[0] >= 1
    assert "is not writable" in server.said()
    assert list((tmp_path / "volume").iterdir()) == []


def test_a_worker_that_is_told_to_share_nothing_says_that_it_is_one(tools, gunicorn):
    """``MLEXPORTER_DIR=off`` with several workers: a series tells that these are the counts of one."""
    server = gunicorn("-w", "2", MLEXPORTER_DIR="off")
    server.pids(2, "/predict")

    assert server.scrape().value(catalogue.SINGLE_WORKER) == 1


def test_no_room_for_a_further_block_is_a_full_directory(tmp_path, monkeypatch):
    """A slot that cannot grow says the same as one that cannot be made, so that room is looked for."""

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    place = Place(Settings(dir=str(tmp_path / "shared")))
    slot = place.open_slot()
    monkeypatch.setattr("mlexporter.state.slots.file_memory.FileMemory.allocate", full)
    ModelState(
        ModelKey("m", "1"), latency_bounds=(1.0,), buffer_rows=16, buffer_limit_rows=64, wall_clock=time.time,
        counter=ExporterCounter(), slot=slot,
    )  # fmt: skip

    assert set(place.degraded) == {"directory_full"}
    assert place.roomy_slot(slot) is None
    monkeypatch.undo()
    assert place.roomy_slot(slot) is not None


def fill(path):
    """Write until nothing more fits."""
    with (path / "ballast").open("wb", buffering=0) as file:
        for length in (4096, 1):
            try:
                while True:
                    file.write(bytes(length))
            except OSError:
                pass


def test_a_full_directory_is_told_and_counts_come_in_once_there_is_room(tools, gunicorn, mount):
    """A worker that finds no room counts for itself; what it counted is added as soon as there is some."""
    shared = mount("small", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs")
    server = gunicorn("-w", "2", MLEXPORTER_DIR=str(shared))
    tools.ask(server, "/predict", 40)
    server.settled()
    fill(shared)
    victim = min(server.pids(2))
    os.kill(victim, signal.SIGKILL)
    n_rows = 40
    tools.until(lambda: server.pids(2) - {victim} and victim not in server.pids(2))
    for _ in range(5):
        tools.ask(server, "/predict", 10)
        n_rows += 10
    tools.until(lambda: "directory_full" in server.scrape().degraded())
    assert server.scrape().counted()[0] <= n_rows
    (shared / "ballast").unlink()
    tools.until(lambda: "there is room again" in server.said())

    def complete():
        scrape = server.settled()
        return (
            scrape.counted()[:2] == (n_rows, n_rows) and "directory_full" not in scrape.degraded() and scrape
        )

    scrape = tools.until(complete, told=lambda: f"{server.scrape().counted()}, {n_rows}; {server.said()}")
    assert scrape.value(catalogue.WORKERS) == 2
    assert "Traceback" not in server.said()
