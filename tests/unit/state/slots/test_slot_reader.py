"""A copy of a slot is never torn, whatever its process does between two reads."""

from __future__ import annotations

import os

import numpy as np
import pytest

from mlexporter.state.slots import slot_reader
from mlexporter.state.slots.slot_reader import TRIES, SlotReader


@pytest.fixture
def worker(make):
    worker = make.worker()
    worker.count(10, 4)
    return worker


@pytest.fixture
def read(directory, worker, monkeypatch):
    """Read the worker's slot while ``meanwhile(n)`` happens after the n-th system call that reads."""

    def read(meanwhile=lambda turn: None, reader=None):
        original, turns = os.pread, []

        def pread(descriptor, length, offset):
            content = original(descriptor, length, offset)
            turns.append(1)
            meanwhile(len(turns))
            return content

        descriptor = directory._folder.open(worker.memory.name)
        monkeypatch.setattr(slot_reader.os, "pread", pread)
        try:
            copy = (reader or SlotReader()).read(descriptor)
        finally:
            monkeypatch.setattr(slot_reader.os, "pread", original)
            os.close(descriptor)
        ((block, vector),) = copy.items
        place = block.rules.n_synchronous
        return copy, vector[:place], vector[place:]

    return read


def test_a_quiet_slot_takes_two_reads(read):
    """The whole file, then the synchronous cells."""
    turns = []
    copy, synchronous, banked = read(turns.append)

    assert (synchronous[0], banked.tolist()) == (10, [4, 0, 0, 40, 4])
    assert (copy.process.pid, copy.is_exact, turns) == (os.getpid(), True, [1, 2])


@pytest.mark.parametrize("commits", [1, 2, 3])
@pytest.mark.parametrize("when", [1, 2, 3])
def test_commits_in_between_tear_nothing(read, worker, commits, when):
    """Banked cells are of one commit, and never ahead of the synchronous ones."""

    def meanwhile(turn):
        if turn == when:
            for _ in range(commits):
                worker.count(3, 2)

    copy, synchronous, banked = read(meanwhile)

    assert copy.is_exact
    assert banked[0] == banked[4] == banked[3] / 10
    assert banked[4] <= synchronous[0]
    if when == 1:
        assert (synchronous[0], banked[4]) == (10 + 3 * commits, 4 + 2 * commits)


def test_a_bank_that_is_being_written_is_not_taken(read, worker):
    """Half a commit changes the idle bank only, also when it began after the first read."""

    def meanwhile(turn):
        if turn == 1:
            worker.count(1, 1)
            worker.block._banks[1 - (worker.block._sequence[0] & 1)][:2] = 99

    _, synchronous, banked = read(meanwhile)

    assert (synchronous[0], banked.tolist()) == (11, [5, 0, 0, 50, 5])


def test_a_slot_that_never_rests_gives_older_banks(read, worker):
    """After many tries: new synchronous cells with the banks of the last good copy, which is said."""
    reader = SlotReader()
    read(reader=reader)
    turns = []

    def restless(turn):
        turns.append(turn)
        worker.count(1, 1)

    copy, synchronous, banked = read(restless, reader)

    assert not copy.is_exact
    assert len(turns) == 2 * TRIES + 1
    assert synchronous[0] > 10
    assert banked.tolist() == [4, 0, 0, 40, 4]
    copy, _, banked = read(restless)
    assert (copy.is_exact, banked.any()) == (False, np.False_)


def test_nothing_is_folded_while_the_living_are_not_known_exactly(directory, worker, make, monkeypatch):
    """What the base needs is the published sums less those of the living: they must be of this moment."""
    dead = make.worker()
    dead.count(5, 5)
    make.total()
    dead.kill()
    original = os.pread

    def restless(descriptor, length, offset):
        content = original(descriptor, length, offset)
        worker.count(1, 1)
        return content

    monkeypatch.setattr(slot_reader.os, "pread", restless)
    assert directory.fold() == 0
    monkeypatch.undo()
    assert directory.fold() == 1

    rows = int(worker.block.cells[0])
    assert make.total().plain == rows + 5


def test_garbage_in_the_sequence_is_damage(read, worker):
    """A negative number of commits."""
    worker.block._sequence[0] = -1
    with pytest.raises(slot_reader.DamagedError, match="garbled"):
        read()
