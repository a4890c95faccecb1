import os
import resource
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from mlexporter import catalogue
from mlexporter.resources.processes import process_values

RESIDENT = catalogue.PROCESS_RESIDENT_MEMORY.name
VIRTUAL = catalogue.PROCESS_VIRTUAL_MEMORY.name
OPEN = catalogue.PROCESS_OPEN_FDS.name
MOST_OPEN = catalogue.PROCESS_MAX_FDS.name
THREADS = catalogue.PROCESS_THREADS.name
STARTED = catalogue.PROCESS_START_TIME.name
WORKER = """
import resource, sys, threading
soft, threads = int(sys.argv[1]), int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
for _ in range(threads):
    threading.Thread(target=sys.stdin.read, daemon=True).start()
opened = [open("/dev/null") for _ in range(threads)]
print("ready", flush=True)
sys.stdin.read()
"""

needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="compares with Linux's /proc")


@pytest.fixture
def start():
    """Return a function that starts a worker with a limit of files, some threads and as many files."""
    started = []

    def begin(soft=100, threads=0):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(soft), str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        started.append(worker)
        assert worker.stdout.readline() == b"ready\n"
        return worker

    yield begin
    for worker in started:
        worker.kill()
        worker.communicate()


def by_hand(pid):
    """Return what /proc says of a process, under the names of the catalogue."""
    folder = Path("/proc") / str(pid)
    virtual, resident = (folder / "statm").read_text().split()[:2]
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    (limit,) = (
        line for line in (folder / "limits").read_text().splitlines() if line.startswith("Max open files")
    )
    return {
        RESIDENT: int(resident) * resource.getpagesize(),
        VIRTUAL: int(virtual) * resource.getpagesize(),
        OPEN: len(list((folder / "fd").iterdir())),
        THREADS: int(status["Threads"]),
        MOST_OPEN: int(limit.split()[3]),
    }


@needs_proc
def test_values_are_sums_over_the_living(start):
    """Each value is what /proc says of one worker plus what it says of the other."""
    pids = [start(soft=100, threads=0).pid, start(soft=64, threads=3).pid]
    one, other = map(by_hand, pids)

    found = process_values(pids)

    assert {name: found[name] for name in one} == {name: one[name] + other[name] for name in one}
    assert found[MOST_OPEN] == 164
    assert found[THREADS] == 5
    assert other[OPEN] == one[OPEN] + 3


def test_the_oldest_start_counts(start):
    """The start of the tree is that of its oldest worker, in whatever order they are given."""
    old, new = start().pid, start().pid
    began = psutil.Process(old).create_time()

    assert process_values([new, old])[STARTED] == process_values([old, new])[STARTED] == began


def test_who_is_gone_is_skipped(start):
    """A worker that was killed, reaped or not, takes nothing away from the values of the others."""
    living, zombie, reaped = start(), start(), start()
    for worker in (zombie, reaped):
        worker.kill()
    reaped.wait()
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)

    found = process_values([zombie.pid, living.pid, reaped.pid])

    assert found[MOST_OPEN] == 100
    assert found == process_values([living.pid])


def test_nobody_left_is_nothing(start):
    """Without a living worker nothing is known: not 0."""
    worker = start()
    worker.kill()
    worker.wait()

    assert process_values([]) == process_values([worker.pid, -1, 2**62]) == {}


def test_a_worker_counts_once(start):
    """A pid that is given twice is one process."""
    pid = start().pid

    assert process_values([pid, pid]) == process_values([pid])


def test_what_one_refuses_is_absent_not_smaller(start, monkeypatch):
    """The files of one worker cannot be counted: no sum of files; everything else is there."""
    open_one, closed = start().pid, start().pid
    real = psutil.Process.num_fds

    def num_fds(process):
        if process.pid == closed:
            raise psutil.AccessDenied(closed)
        return real(process)

    monkeypatch.setattr(psutil.Process, "num_fds", num_fds)

    found = process_values([open_one, closed])

    assert set(found) == {RESIDENT, VIRTUAL, MOST_OPEN, THREADS, STARTED}
    assert OPEN in process_values([open_one])


@pytest.mark.parametrize(
    "error", [psutil.AccessDenied(1), PermissionError("no"), NotImplementedError, AttributeError]
)
def test_a_system_that_refuses_is_silence(monkeypatch, error):
    """Another system, or a sandbox that hides things: whatever is refused is absent."""

    def refuse(*arguments):
        raise error

    for name in ("num_threads", "rlimit"):
        monkeypatch.setattr(psutil.Process, name, refuse)

    assert set(process_values([os.getpid()])) == {RESIDENT, VIRTUAL, OPEN, STARTED}


def test_a_process_that_tells_nothing_at_all_leaves_no_sum(start, monkeypatch):
    """A living worker of which nothing may be known hides the sums, rather than making them too small."""
    hidden, seen = start().pid, start().pid
    real = psutil.Process.status

    def status(process):
        if process.pid == hidden:
            raise psutil.AccessDenied(hidden)
        return real(process)

    monkeypatch.setattr(psutil.Process, "status", status)

    assert process_values([hidden, seen]) == {}


def test_a_process_that_ends_while_it_is_read_is_skipped(start, monkeypatch):
    """Half of what a process told is not added."""
    ending, living = start().pid, start().pid
    real = psutil.Process.num_threads

    def num_threads(process):
        if process.pid == ending:
            raise psutil.NoSuchProcess(ending)
        return real(process)

    monkeypatch.setattr(psutil.Process, "num_threads", num_threads)

    assert process_values([ending, living])[MOST_OPEN] == 100


def test_no_limit_of_files_is_absent(monkeypatch):
    """A sum with something unlimited in it is no number."""
    monkeypatch.setattr(psutil.Process, "rlimit", lambda *_: (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))

    assert MOST_OPEN not in process_values([os.getpid()])
