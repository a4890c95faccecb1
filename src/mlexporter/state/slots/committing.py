"""Deltas on their way into the banks of a block: committed at once, or by whoever commits now."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
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
    """Commits the deltas of many threads to one block, each exactly once, Ctrl-C or not.

    Args:
        block: Nobody else commits to it.

    Attributes:
        put: Takes over a delta, which is not changed any more: one step of the interpreter.
    """

    def __init__(self, block: Banks) -> None:
        self._block = block
        self._lock = survives_fork(threading.Lock())
        self._waiting: deque[Counts] = deque()
        self.put: Callable[[Counts], None] = self._waiting.append

    def add(self, delta: Counts) -> None:
        """Commit ``delta``, which is not changed by the caller any more, now or in a moment."""
        self.put(delta)
        self.commit()

    def commit(self) -> None:
        """Commit what was put, unless another thread is at it, or this one in a finaliser."""
        # Everyone looks again after a release: who held the lock may have looked for the last time.
        # Not acquire(blocking=False): Ctrl-C between it and the next step would hold the lock for ever.
        while self._waiting and not self._lock.locked():
            with self._lock:
                self._commit_waiting()

    def banked(self) -> Counts:
        """Commit what waits, and return a copy of the banked cells."""
        with self._lock:
            self._commit_waiting()
            cells = self._block.banked()
        self.commit()
        return cells

    def _commit_waiting(self) -> None:
        while self._waiting:
            self._block.commit(self._waiting[0])
            self._waiting.popleft()  # nothing can come between the last step of a commit and this one
