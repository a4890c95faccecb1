"""Deltas of many threads reach the banks once each."""

from __future__ import annotations

import contextlib
import itertools
import sys
import threading

import numpy as np

from mlexporter.state.slots import PrivateMemory, Slot
from mlexporter.state.slots.committing import Committer


class Banks:
    """One cell, and what happens in the middle of a commit."""

    def __init__(self) -> None:
        self.cells = np.zeros(1, dtype=np.int64)
        self.within = lambda: None

    def commit(self, delta):
        """Read, wait a little, write: two at once would lose a delta."""
        before = self.cells
        self.within()
        self.cells = before + delta

    def banked(self):
        """Return the cell."""
        return self.cells.copy()


def one():
    return np.ones(1, dtype=np.int64)


def test_threads_lose_no_delta_and_wait_for_none():
    """Whoever finds another at work leaves the delta to it."""
    banks = Banks()
    committer = Committer(banks)
    entered, goes_on = threading.Event(), threading.Event()

    def wait():
        entered.set()
        goes_on.wait(10)

    banks.within = wait
    slow = threading.Thread(target=committer.add, args=(one(),))
    slow.start()
    entered.wait(10)
    for _ in range(3):
        committer.add(one())
    assert banks.cells[0] == 0
    banks.within = lambda: None
    goes_on.set()
    slow.join()

    assert banks.cells[0] == 4
    assert committer.banked()[0] == 4


def test_a_finaliser_in_the_middle_of_a_commit_adds_what_comes_after():
    """Its thread holds the lock already, and a commit in a commit would lose a delta."""
    banks = Banks()
    committer = Committer(banks)
    later = [one(), one()]
    banks.within = lambda: later and committer.add(later.pop())
    committer.add(one())

    assert banks.cells[0] == 3


def test_eight_threads():
    """8 x 500 deltas."""
    committer = Committer(Banks())
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [
            threading.Thread(target=lambda: [committer.add(one()) for _ in range(500)]) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert committer.banked()[0] == 4000


def test_control_c_anywhere_neither_loses_nor_doubles_a_delta_that_was_put(interrupted_at, make):
    """Nor does it keep anybody from committing afterwards."""
    for point in itertools.count():
        committer = Slot(PrivateMemory("m")).open_block(make.describe()).committer
        delta = np.ones(make.BANKED.size, dtype=np.int64)
        committer.put(delta)
        with contextlib.suppress(KeyboardInterrupt), interrupted_at(point) as struck:
            committer.commit()
        committer.add(delta)

        assert committer.banked().tolist() == [2] * make.BANKED.size, struck
        if not struck:
            break
    assert point > 3
