"""Deltas on their way into the banks of a block: committed at once, or by whoever commits now."""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from mlexporter.records import Counts
from mlexporter.state.forking import survives_fork


class Banks(Protocol):
    """What is committed to."""

    def commit(self, delta: Counts) -> None:
        """Add ``delta`` in one step; never called by two threads at once."""

    def banked(self) -> Counts:
        """Return a copy of the banked cells; never called during a commit."""


class Committer:
    """Commits the deltas of many threads to one block; ``add`` never waits.

    Args:
        block: Nobody else commits to it.
    """

    def __init__(self, block: Banks) -> None:
        self._block = block
        self._lock = survives_fork(threading.Lock())
        self._waiting: deque[Counts] = deque()

    def add(self, delta: Counts) -> None:
        """Commit ``delta``, which is not changed by the caller any more, now or in a moment."""
        if not self._lock.acquire(blocking=False):
            # One delta waits for each thread at most: together they are as small as one.
            try:
                delta = delta + self._waiting.pop()
            except IndexError:
                pass
            self._waiting.append(delta)
            return
        try:
            self._block.commit(delta)
            self._commit_waiting()
        finally:
            self._lock.release()

    def banked(self) -> Counts:
        """Commit what waits, and return a copy of the banked cells."""
        with self._lock:
            self._commit_waiting()
            return self._block.banked()

    def _commit_waiting(self) -> None:
        while self._waiting:
            try:
                delta = self._waiting.popleft()
            except IndexError:
                return  # another thread took it, and adds it to its own
            self._block.commit(delta)
