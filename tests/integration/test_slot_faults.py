"""Real processes count into one directory, and are killed in every way there is."""

from __future__ import annotations

import contextlib
import mmap
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mlexporter.errors import (
    DirectoryBusyError,
)
from mlexporter.state.slots.directory import SlotDirectory

NURSERY = Path(__file__).with_name("slot_nursery.py")
KILLS = 200
WORKERS = 3
FEATURES = 8
FALLING = {"entered"}
"""Live cells: the only ones that may become fewer."""


class Nursery:
    """The program that makes processes, and the journal of what they answered."""

    def __init__(self, path, journal):
        journal.write_bytes(bytes(16 * 1024))
        self._file = journal.open("r+b")
        self.journal = np.frombuffer(mmap.mmap(self._file.fileno(), 0), dtype=np.int64).reshape(-1, 2)
        self._program = subprocess.Popen(
            [sys.executable, str(NURSERY), str(path), str(journal)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._program.stdout.readline() == "ready\n"
        self.children = []

    def ask(self, command):
        """Return the answer to a command."""
        self._program.stdin.write(command + "\n")
        self._program.stdin.flush()
        return self._program.stdout.readline().strip()

    def start(self, command):
        """Return the pid of a new process."""
        child = int(self.ask(command))
        self.children.append(child)
        return child

    def kill(self, child):
        """Kill a process and wait until it is gone."""
        os.kill(child, signal.SIGKILL)
        self.wait(child)

    def wait(self, child):
        """Return the status with which a process ended."""
        self.children.remove(child)
        return int(self.ask(f"wait {child}"))

    def close(self):
        """End everything."""
        for child in list(self.children):
            with contextlib.suppress(ProcessLookupError):
                self.kill(child)
        self._program.stdin.close()
        self._program.wait(10)
        self._program.stdout.close()
        self._file.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "shared"


@pytest.fixture
def directory(path):
    return SlotDirectory(path)


@pytest.fixture
def nursery(directory, tmp_path):
    found = Nursery(directory.path, tmp_path / "journal")
    yield found
    found.close()


def sums(counts):
    """Return every group of the only block as an array; zeros before there is one."""
    for block in counts.blocks.values():
        synchronous, banked = block.description.synchronous, block.description.banked
        found = {group.name: block.synchronous[group.cells] for group in synchronous.groups}
        return found | {group.name: block.banked[group.cells] for group in banked.groups}
    return {}


def assert_not_falling(before, after):
    """No cell but the live ones is below what was read before."""
    for name, cells in before.items():
        assert name in FALLING or np.all(after[name] >= cells), name


def assert_even(found):
    """All features have as many rows as were drained."""
    assert set(found["bins"].reshape(FEATURES, -1).sum(axis=1)) == {found["drained"][0]}


def slots(directory):
    return sorted(each for each in directory.path.iterdir() if each.name.startswith("slot-"))


def accepted(found):
    return int(found["plain"].sum() + found["accepted"].sum())


@contextlib.contextmanager
def within(seconds):
    """Fail when the block takes longer."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


def until(condition, seconds=20.0):
    """Return when the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not within time"
        time.sleep(0.002)


def test_two_hundred_kills_under_load_lose_and_invent_nothing(directory, nursery):
    """After each kill: answered <= counted <= answered + in progress; nothing falls; all adds up at the end."""
    chance = random.Random(4)
    folder = nursery.start("folder")
    workers = [nursery.start("work -1") for _ in range(WORKERS)]
    until(lambda: np.count_nonzero(nursery.journal[:, 1]) == WORKERS)
    before = sums(directory.read())
    for kills in range(1, KILLS + 1):
        for _ in range(chance.randrange(3)):
            answered = int(nursery.journal[:, 1].sum())
            after = sums(directory.read())
            entered = int(nursery.journal[:, 0].sum())
            assert answered <= accepted(after) <= entered
            assert_even(after)
            assert_not_falling(before, after)
            before = after
        nursery.kill(workers.pop(chance.randrange(WORKERS)))
        workers.append(nursery.start("work -1"))
        if kills % 40 == 0:
            nursery.kill(folder)
            folder = nursery.start("folder")
    for worker in workers:
        nursery.kill(worker)
    nursery.kill(folder)
    dead = sums(directory.read())
    directory.fold()
    folded = sums(directory.read())
    assert_not_falling(before, dead)
    assert_not_falling(dead, folded)
    entered, answered = nursery.journal.sum(axis=0).tolist()

    assert answered <= accepted(folded) <= entered <= answered + KILLS + WORKERS
    assert accepted(folded) == folded["drained"][0] + folded["dropped"].sum() + folded["lost"][0]
    assert 0 < folded["lost"][0] <= (KILLS + WORKERS) * 21
    assert_even(folded)
    assert folded["entered"][0] == 0
    assert directory.read().workers == ()
    assert directory.read().set_aside == {}
    assert not [
        each.name for each in directory.path.iterdir() if each.name.startswith(("slot-", ".tmp", "aside"))
    ]


@pytest.mark.parametrize("call", ["open", "rename", "unlink", "pwrite", "pread", "listdir", "close", "fstat"])
def test_a_folder_that_is_killed_at_any_step_changes_no_sum(directory, nursery, call):
    """SIGKILL before the first, second, third ... system call of a kind, until a fold gets through."""
    total = 0
    for turn in range(200):
        if not slots(directory):
            for _ in range(2):
                assert nursery.wait(nursery.start("work 30")) == 0
            total += 60
        status = int(nursery.ask(f"fold {call} {turn}"))
        assert status in (0, signal.SIGKILL)
        for reader in (directory, SlotDirectory(directory.path)):
            found = sums(reader.read())
            assert accepted(found) == found["plain"][0] == total
            assert found["drained"][0] + found["dropped"].sum() == total
            assert_even(found)
        if status == 0:
            break
    directory.fold()
    directory.fold()

    assert status == 0
    assert turn > 0
    assert accepted(sums(directory.read())) == total
    assert not [
        each.name for each in directory.path.iterdir() if each.name.startswith(("slot-", ".tmp", "aside"))
    ]


def test_sixty_four_workers(directory, nursery):
    """All are counted while they run and after they have ended."""
    workers = [nursery.start("work 500") for _ in range(64)]
    for worker in workers:
        assert nursery.wait(worker) == 0
    running = [nursery.start("rest 500") for _ in range(64)]
    until(lambda: nursery.journal[64:128, 1].sum() == 64 * 500)
    assert sorted(running) == list(directory.read().workers)
    assert directory.fold() == 64
    assert_even(sums(directory.read()))
    for worker in running:
        nursery.kill(worker)

    assert directory.fold() == 64
    assert accepted(sums(directory.read())) == 2 * 64 * 500
    assert sums(directory.read())["lost"][0] > 0


def test_a_stopped_holder_blocks_nobody_for_long_and_a_killed_one_not_at_all(directory, nursery):
    """SIGSTOP with the lock in its hand: everybody else says busy; SIGKILL gives the lock back."""
    worker = nursery.start("work -1")
    until(lambda: directory.read().workers)
    holder = nursery.start("hold directory")
    until((directory.path.parent / "held").exists)
    os.kill(holder, signal.SIGSTOP)
    with within(4), pytest.raises(DirectoryBusyError, match="another process"):
        directory.read()
    with within(2):
        second = SlotDirectory(directory.path)
        second.open_memory().close()
        second.write_shared("a", b"b")
    nursery.kill(holder)
    with within(2):
        assert directory.read().workers == (worker,)


def test_a_stopped_worker_lives(directory, nursery):
    """A suspended process is neither dead nor torn: it is folded when it has ended."""
    worker = nursery.start("work -1")
    until(lambda: nursery.journal[0, 1] > 0)
    os.kill(worker, signal.SIGSTOP)
    first = sums(directory.read())
    assert directory.fold() == 0
    assert_even(first)
    os.kill(worker, signal.SIGCONT)
    until(lambda: accepted(sums(directory.read())) > accepted(first))
    nursery.kill(worker)

    assert directory.fold() == 1


def test_a_named_lock_ends_with_its_process(directory, nursery):
    """The evaluator is killed: the next one is elected at once."""
    holder = nursery.start("hold evaluator")
    until((directory.path.parent / "held").exists)
    assert directory.try_lock("evaluator") is None
    nursery.kill(holder)
    held = directory.try_lock("evaluator")

    assert held is not None
    held.release()


def test_slots_that_are_cut_while_they_are_read_kill_no_reader(directory, nursery):
    """A file that shrinks under a reader is truncated, never a signal, and nothing falls."""
    for _ in range(6):
        assert nursery.wait(nursery.start("work 100")) == 0
    before = sums(directory.read())
    for victim, length in zip(slots(directory), (0, 10, 63, 64, 100, 4000), strict=True):
        os.truncate(victim, length)
        assert_not_falling(before, sums(directory.read()))
    assert directory.fold() == 0

    assert accepted(sums(directory.read())) == 600
    assert directory.read().set_aside == {"truncated": 6}
