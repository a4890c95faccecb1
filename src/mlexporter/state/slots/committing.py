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
        self._waiting.append(delta)
        self._commit_if_free()

    def banked(self) -> Counts:
        """Commit what waits, and return a copy of the banked cells."""
        with self._lock:
            self._commit_waiting()
            cells = self._block.banked()
        self._commit_if_free()
        return cells

    def _commit_if_free(self) -> None:
        # Who holds the lock may have looked for the last time: everyone looks again after a release.
        while self._waiting and self._lock.acquire(blocking=False):
            try:
                self._commit_waiting()
            finally:
                self._lock.release()

    def _commit_waiting(self) -> None:
        """Commit all that waits as one, in the thread that holds the lock."""
        total: Counts | None = None
        while self._waiting:
            delta = self._waiting.popleft()
            total = delta if total is None else total + delta
        if total is not None:
            self._block.commit(total)
