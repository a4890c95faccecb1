"""Whose worker a process is; every way of starting workers, and everything that only looks like it."""

import os
import sys

import pytest

from mlexporter.app.workers.master import find_master, multiprocessing_parent

SPAWNED = (
    "python3",
    "-c",
    "from multiprocessing.spawn import spawn_main; spawn_main(7)",
    "--multiprocessing-fork",
)
FORK_SERVER = ("python3", "-c", "from multiprocessing.forkserver import main; main(5, 6, ['__main__'])")


@pytest.fixture
def server(kernel):
    """A Python program, process 100, started from a shell."""
    kernel.started(100, 20)
    return kernel


def master_of(kernel, pid, told=None):
    """Return (master, is worker)."""
    found = find_master(kernel.processes, pid, told)
    return found.pid, found.is_worker


@pytest.mark.parametrize("parent", [20, 1], ids=["shell", "init"])
def test_a_started_program_is_its_own_master(kernel, parent):
    """Started by a shell or by init: alone."""
    kernel.started(100, parent)

    assert master_of(kernel, 100) == (100, False)


def test_a_program_started_by_a_python_supervisor_is_alone(server):
    """Supervisord is a Python program of the same interpreter that starts strangers."""
    server.started(101, 100, command=("python3", "other.py"))
    server.started(102, 100, command=("python3", "other.py"))

    assert master_of(server, 101) == (101, False)
    assert master_of(server, 102) == (102, False)


def test_forked_workers_belong_to_their_parent(server):
    """Gunicorn and os.fork: the master counts as itself, its workers as its own."""
    server.forked(101, 100)
    server.forked(102, 100)

    assert master_of(server, 100) == (100, False)
    assert master_of(server, 101) == (100, True)
    assert master_of(server, 102) == (100, True)


def test_a_process_title_hides_nothing(server):
    """Setproctitle renames workers; the program and the stack stay."""
    server.forked(101, 100, command=("gunicorn: worker [app]",))

    assert master_of(server, 101) == (100, True)


def test_master_in_a_container_may_be_process_1(kernel):
    """Process 1 that forked us is our master; there is no init."""
    kernel.end(1)
    kernel.started(1, 0)
    kernel.forked(7, 1)

    assert master_of(kernel, 7) == (1, True)


@pytest.mark.parametrize("program", ["/usr/lib/systemd/systemd", "/usr/bin/python3"])
def test_whoever_adopts_an_orphan_is_not_its_master(kernel, program):
    """A daemon, forked twice, is handed to process 1, even where that runs Python too."""
    kernel.end(1)
    kernel.started(1, 0, program=program, command=("python3", "supervisord"))
    kernel.started(100, 20)
    kernel.forked(101, 100)
    kernel.forked(102, 101)
    kernel.end(101)
    kernel.end(100)
    (kernel.root / "102/stat").write_text((kernel.root / "102/stat").read_text().replace(" S 101 ", " S 1 "))

    assert master_of(kernel, 102) == (102, False)


def test_multiprocessing_tells_the_parent(server):
    """Where it tells, it is believed: behind a fork server the parent is another process."""
    server.started(150, 100, command=FORK_SERVER)
    server.forked(151, 150)

    assert master_of(server, 151, told=100) == (100, True)


def test_multiprocessing_is_seen_before_it_tells(server):
    """While a spawned child imports the main module, it does not know its parent yet."""
    server.started(101, 100, command=SPAWNED)
    server.started(150, 100, command=FORK_SERVER)
    server.forked(151, 150)

    assert master_of(server, 101) == (100, True)
    assert master_of(server, 151) == (100, True)


def test_an_orphan_of_multiprocessing_stands_alone(server):
    """Its parent has died, and a later process with that number is a stranger."""
    server.started(1001, 1, command=SPAWNED, start=1001)
    server.started(1500, 20, start=1500)

    assert master_of(server, 1001, told=999) == (1001, False)
    assert master_of(server, 1001, told=1500) == (1001, False)


def test_generations_lead_to_one_master(server):
    """A spawned child of a forked worker, and a fork of that, are workers of the same server."""
    server.forked(101, 100)
    server.started(102, 101, command=SPAWNED)
    server.forked(103, 102)

    assert {master_of(server, pid) for pid in (101, 102, 103)} == {(100, True)}
    assert master_of(server, 102, told=101) == (100, True)
    assert master_of(server, 103, told=101) == (100, True)


def test_a_master_of_another_user_hides_its_program(kernel):
    """Gunicorn run by root gives up its rights in workers, which may then read its command line only."""
    kernel.add(100, 20, command=("python3", "gunicorn", "app"))
    kernel.add(
        101, 100, command=("python3", "gunicorn", "app"), program="/usr/bin/python3", stack=8, flags=0x40
    )
    kernel.add(110, 20, command=("sh", "-c", "x"))
    kernel.add(111, 110, command=("python3", "x"), program="/usr/bin/python3", stack=9, flags=0x40)

    assert master_of(kernel, 101) == (100, True)
    assert master_of(kernel, 111) == (111, False)


def test_a_kernel_without_flags_leaves_the_command_line(kernel):
    """GVisor tells no flags: a parent of the same command line has forked us."""
    kernel.started(100, 20, flags=0)
    kernel.started(101, 100, flags=0)
    kernel.started(102, 100, flags=0, command=("python3", "other.py"))

    assert master_of(kernel, 101) == (100, True)
    assert master_of(kernel, 102) == (102, False)


def test_without_the_kernel_files_workers_still_know_that_they_are(tmp_path, kernel):
    """On macOS a child of multiprocessing, or a fork after the import, knows that it is not alone."""
    assert find_master(kernel.processes, 999, 100).is_worker
    assert find_master(kernel.processes, 999, None).is_worker
    assert not find_master(kernel.processes, os.getpid(), None).is_worker
    assert find_master(kernel.processes, 999, 100).pid == 0


def test_a_ring_of_parents_ends(kernel):
    """Files that contradict each other do not hang anybody."""
    kernel.add(100, 101, program="/p", command=("p",), stack=1, flags=0x40)
    kernel.add(101, 100, program="/p", command=("p",), stack=1, flags=0x40)

    assert find_master(kernel.processes, 100, None).pid in {100, 101}


def test_this_process_was_not_made_by_multiprocessing(monkeypatch):
    """Nothing is imported to find that out."""
    monkeypatch.delitem(sys.modules, "multiprocessing.process", raising=False)

    assert multiprocessing_parent() is None
    assert "multiprocessing.process" not in sys.modules
