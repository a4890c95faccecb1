"""Real workers in a directory that is full, has no inodes left or may not be written: every page says so."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request

import pytest

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="file systems are mounted for it"),
]

WORKER = """
import json, sys
from mlexporter.app import Exporter
from mlexporter.settings import read_settings

exporter = Exporter(read_settings({}, dir=sys.argv[1], evaluation_interval=float(sys.argv[2])))
predict = exporter.monitor(model="m", version="1")(lambda row: 1)
for line in sys.stdin:
    for _ in range(int(line)):
        predict({"x": 1.0})
    view = exporter.view()
    rows = [model.snapshot.service.accepted for model in view.models]
    print(json.dumps([sum(rows), view.degraded, view.workers, view.is_single_worker, dict(view.resources.process)]),
          flush=True)
"""
UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root, for whom the rights of a directory count as for anybody."""


class Worker:
    """A process of its own with one model."""

    def __init__(self, path, *wrapper, interval=0.5):
        self.process = subprocess.Popen(
            [*wrapper, sys.executable, "-c", WORKER, str(path), str(interval)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def count(self, n_calls):
        """Call the model so often, and return rows, degraded, workers, whether alone, and what processes use."""
        self.process.stdin.write(f"{n_calls}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def until(self, condition, seconds=20.0):
        """Return the first page for which the condition holds."""
        end = time.monotonic() + seconds
        while not condition(page := self.count(0)):
            assert time.monotonic() < end, page
            time.sleep(0.05)
        return page

    def end(self):
        """End it in order, and return its log."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(20)
        with self.process.stdout, self.process.stderr:
            return self.process.stderr.read()


@pytest.fixture
def start():
    """Return a function that starts workers; they are ended."""
    workers = []

    def begin(*args, **options):
        workers.append(Worker(*args, **options))
        return workers[-1]

    yield begin
    for worker in workers:
        worker.process.kill()
        worker.process.wait(20)
        for file in (worker.process.stdin, worker.process.stdout, worker.process.stderr):
            with contextlib.suppress(OSError):
                file.close()


@pytest.fixture
def small(tmp_path):
    """Return a function that mounts a small tmpfs; skips where nobody may."""
    mounted = []

    def over(options):
        point = tmp_path / "small"
        point.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"mode=0700,{options}", "tmpfs", str(point)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("mounting is not allowed here")
        mounted.append(point)
        return point

    yield over
    for point in mounted:
        subprocess.run(["umount", "--lazy", str(point)], check=True)


def fill(path):
    """Write until not one byte more fits."""
    with (path / "ballast").open("wb", buffering=0) as file:
        for length in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(length))


def use_up(path):
    """Make files until not one more can be made."""
    (path / "ballast").mkdir()
    with contextlib.suppress(OSError):
        for number in range(10_000):
            (path / "ballast" / str(number)).touch()


def test_a_full_directory_is_told_on_every_page(small, start):
    """Also by who has a place in it; with room again all is exact, and nobody says anything."""
    path = small("size=1m")
    inside, outside = start(path, interval=60), start(path, interval=60)
    inside.count(10)
    outside.until(lambda page: page[0] == 10)
    fill(path)
    own = outside.count(5)
    page = inside.count(0)

    assert own[0] == 15
    assert page[0] == 10
    assert set(own[1]) == set(page[1]) == {"directory_full"}
    assert str(outside.process.pid) in page[1]["directory_full"]
    assert page[2] == 2
    assert not page[3]
    (path / "ballast").unlink()
    outside.until(lambda page: (page[0], page[1], page[2]) == (15, {}, 2))
    inside.until(lambda page: (page[0], page[1], page[2]) == (15, {}, 2))
    assert not [each.name for each in path.iterdir() if each.name.startswith("outside-")]
    said = outside.end()
    assert said.count("No space left") == said.count("there is room again") == 1
    assert "ends with it" not in said


def test_a_reader_starts_beside_an_outsider_and_says_so(small, start):
    """It is a worker's trouble, no reason for ``mlexporter serve`` to end."""
    path = small("size=1m")
    inside, outside = start(path), start(path)
    inside.count(10)
    fill(path)
    outside.count(5)
    command = [sys.executable, "-m", "mlexporter", "serve", "--dir", str(path), "--port", "0"]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        line = reader.stdout.readline()
        url = line.split()[1]
        with urllib.request.urlopen(url, timeout=20) as answer:
            page = answer.read().decode()
    finally:
        reader.terminate()
        reader.wait(20)
        reader.stdout.close()

    assert line.startswith("serving ")
    assert 'mlexporter_degraded{reason="directory_full"} 1' in page
    assert "mlexporter_workers 2" in page
    assert 'ml_predictions_total{model_name="m",model_version="1",variant="primary"} 10' in page


def test_an_outsider_that_is_killed_is_told_in_the_log(small, start):
    """What it counted is lost: the worker that evaluates says so, and the page is as it was."""
    path = small("size=1m")
    inside, outside = start(path), start(path)
    inside.count(10)
    fill(path)
    outside.count(5)
    inside.until(lambda page: page[2] == 2)
    outside.process.kill()
    outside.process.wait(20)
    inside.until(lambda page: page[2] == 1)
    (path / "ballast").unlink()
    inside.until(lambda page: not [each for each in path.iterdir() if each.name.startswith("outside-")])

    assert f"process {outside.process.pid} has ended, which counted outside" in inside.end()


def test_a_directory_without_inodes_is_told_on_every_page(small, start):
    """Not even an empty file can be made: who has a place says that it cannot write, the other that it is alone."""
    path = small("size=4m,nr_inodes=40")
    inside, outside = start(path, interval=60), start(path, interval=60)
    inside.count(10)
    use_up(path)
    own = outside.count(5)
    page = inside.count(1)

    assert set(own[1]) == set(page[1]) == {"directory_full"}
    assert (own[0], page[0]) in {(5, 11), (15, 11), (16, 11)}
    subprocess.run(["rm", "-r", str(path / "ballast")], check=True)
    inside.until(lambda page: (page[0], page[1]) == (16, {}))
    outside.until(lambda page: (page[0], page[1]) == (16, {}))


def test_a_directory_that_may_not_be_written_is_told_on_every_page(small, start):
    """Its rights are taken away: pages of those inside and of the newcomer are degraded; then all are exact."""
    path = small("size=4m")
    wrapper = () if os.geteuid() else UNPRIVILEGED
    inside, outside = (start(path, *wrapper, interval=60) for _ in range(2))
    inside.count(10)
    path.chmod(0o500)
    own, page = outside.count(5), inside.count(1)

    assert (own[0], page[0]) == (5, 11)
    assert set(own[1]) == set(page[1]) == {"directory_unusable"}
    path.chmod(0o700)
    inside.until(lambda page: (page[0], page[1]) == (16, {}))
    outside.until(lambda page: (page[0], page[1]) == (16, {}))


def test_a_reader_in_another_namespace_of_numbers_tells_nothing_of_processes(tmp_path, start):
    """Its numbers are those of others; processor time, which each worker counts itself, stays."""
    command = ["unshare", "--pid", "--fork", "--mount-proc", "true"]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("namespaces cannot be made here")
    path = tmp_path / "shared"
    worker, reader = start(path, *command[:-1]), start(path)  # it is a small number there, of the kernel here
    here = worker.count(10)[4]
    there = reader.until(lambda page: page[0] == 10)[4]
    worker.end()

    assert here["process_resident_memory_bytes"] > 0
    assert set(there) == {"process_cpu_seconds_total"}
