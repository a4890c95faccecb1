from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading

import pytest

from mlexporter.app.election import Election
from mlexporter.errors import DirectoryError
from mlexporter.state.slots.directory import SlotDirectory

PATIENCE_SECONDS = 30


class Locks:
    """A directory of one process, whose file system may fail."""

    def __init__(self):
        self.holder, self.error, self.attempts = None, None, 0

    def try_lock(self, name):
        """Hand out the lock once."""
        self.attempts += 1
        if self.error is not None:
            raise self.error
        if self.holder is not None:
            return None
        self.holder = Held(self)
        return self.holder


class Held:
    """The lock."""

    def __init__(self, locks):
        self.locks = locks

    def release(self):
        """Give it back."""
        self.locks.holder = None


def test_one_is_elected_and_asks_no_more():
    """Another one is not; whoever is elected stays so without a look at the directory."""
    locks = Locks()
    first, second = Election(locks), Election(locks)

    assert first.is_evaluator()
    assert not second.is_evaluator()
    assert [first.is_evaluator() for _ in range(100)] == [True] * 100
    assert (first.term, second.term, locks.attempts) == (1, 0, 2)


def test_who_resigns_makes_room():
    """Resigning twice is harmless; who is elected again begins another term."""
    locks = Locks()
    first, second = Election(locks), Election(locks)
    first.is_evaluator()
    first.resign()
    first.resign()

    assert second.is_evaluator()
    first.resign()
    assert not first.is_evaluator()
    second.resign()
    assert first.is_evaluator()
    assert first.term == 2


@pytest.mark.parametrize("error", [OSError("no locks here"), DirectoryError("gone")])
def test_a_directory_that_fails_elects_nobody_and_says_so_once(error, caplog):
    """It is told again when it fails in another way or after it has worked."""
    locks = Locks()
    locks.error = error
    election = Election(locks)

    assert [election.is_evaluator() for _ in range(3)] == [False] * 3
    assert caplog.text.count(str(error)) == 1
    locks.error = None
    assert election.is_evaluator()


def test_many_threads_win_one_election():
    """They share one term and one lock."""
    locks = Locks()
    election = Election(locks)
    found = []
    threads = [threading.Thread(target=lambda: found.append(election.is_evaluator())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (found, locks.attempts, election.term) == ([True] * 8, 1, 1)


def test_a_forked_child_is_no_evaluator(tmp_path):
    """The parent stays one, also when the child has ended; then the child of its own can win."""
    election = Election(SlotDirectory(tmp_path / "shared"))
    assert election.is_evaluator()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"y" if election.is_evaluator() else b"n")
        election.resign()
        os._exit(0)
    os.close(writer)
    assert os.read(reader, 1) == b"n"
    os.close(reader)
    os.waitpid(child, 0)

    assert election.is_evaluator()
    assert not Election(SlotDirectory(tmp_path / "shared")).is_evaluator()


CANDIDATE = """
import os, sys, time
from mlexporter.app.election import Election
from mlexporter.state.slots.directory import SlotDirectory

election = Election(SlotDirectory(sys.argv[1]))
while not election.is_evaluator():
    time.sleep(0.01)
if os.fork():
    os.write(int(sys.argv[2]), b"%12d" % os.getpid())
os.read(0, 1)  # the child lives on, and must not keep the lock alive
"""


@pytest.mark.slow
def test_when_the_evaluator_is_killed_another_process_takes_over(tmp_path):
    """Three processes, killed one after the other by SIGKILL; their children live on."""
    SlotDirectory(tmp_path / "shared")
    winners, told = os.pipe()
    inputs, wait = os.pipe()
    command = [sys.executable, "-c", CANDIDATE, str(tmp_path / "shared"), str(told)]
    processes = [subprocess.Popen(command, stdin=inputs, pass_fds=[told]) for _ in range(3)]
    seen = []
    try:
        for _ in processes:
            assert select.select([winners], [], [], PATIENCE_SECONDS)[0], [each.poll() for each in processes]
            seen.append(int(os.read(winners, 12)))
            assert not select.select([winners], [], [], 0.1)[0], "two evaluators"
            os.kill(seen[-1], signal.SIGKILL)
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for descriptor in (winners, told, inputs, wait):
            os.close(descriptor)
    assert set(seen) == {process.pid for process in processes}
