"""Cells that are exact the moment a call has ended, with many threads and without a lock.

One call of numpy that adds a small array is one step of the interpreter: numpy keeps the GIL below
500 elements, so no thread can come between reading and writing. A computed ``cells[i] += n`` is
several steps and loses counts. An interpreter without a GIL takes a lock instead.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Callable
from typing import Final

import numpy as np

from mlexporter.catalogue import DROP_REASONS, STATUSES
from mlexporter.records import Counts
from mlexporter.state.forking import survives_fork
from mlexporter.state.layout import CellKind, Layout

ERROR_NAMES_LIMIT: Final = 50
"""Classes of exceptions that are told apart; all later ones are ``other``."""

GENERATIONS: Final = 4
"""Profiles whose calls may be on their way at once, each with its own cells."""

SYNCHRONOUS_LAYOUT: Final = Layout(
    (
        ("requests", CellKind.COUNT, len(STATUSES)),
        ("accepted", CellKind.COUNT, 1),
        ("dropped", CellKind.COUNT, len(DROP_REASONS)),
        ("profile_accepted", CellKind.COUNT, GENERATIONS),
        ("profile_dropped", CellKind.COUNT, GENERATIONS),
        ("errors", CellKind.COUNT, ERROR_NAMES_LIMIT + 1),
        ("entered", CellKind.LIVE, 1),
        ("loaded_nanoseconds", CellKind.NEWEST, 1),
    )
)
"""In progress is ``entered`` minus all ``requests``; ``entered`` is brought up to date by readers."""


def has_global_lock() -> bool:
    """Return whether this interpreter runs one thread at a time."""
    is_enabled: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
    return is_enabled()


class SynchronousCells:
    """The array of ``SYNCHRONOUS_LAYOUT`` and the only ways to change it.

    Attributes:
        add: Adds an int64 array of shape (size,); atomic against every other ``add``.
        enter: Counts one call that has begun; atomic.
    """

    def __init__(self, *, locked: bool | None = None) -> None:
        self.cells = SYNCHRONOUS_LAYOUT.zeros()
        self._entered = itertools.count(1)
        self._looks = 0
        self._lock = survives_fork(threading.RLock())
        self.add: Callable[[Counts], object] = self.cells.__iadd__
        self.enter: Callable[[], object] = self._entered.__next__
        if locked is True or (locked is None and not has_global_lock()):
            self.add = self._add_locked
            self.enter = self._enter_locked

    def _add_locked(self, delta: Counts) -> None:
        with self._lock:
            np.add(self.cells, delta, self.cells)

    def _enter_locked(self) -> int:
        with self._lock:
            return next(self._entered)

    def read(self) -> Counts:
        """Return a copy of all cells as they are at one moment."""
        with self._lock:
            # Looking at the counter moves it, so the looks are taken off again.
            entered = next(self._entered) - 1 - self._looks
            self._looks += 1
            self.cells[SYNCHRONOUS_LAYOUT.index("entered")] = entered
            return self.cells.copy()

    def set_newest(self, name: str, value: int) -> None:
        """Raise the NEWEST cell of group ``name`` to ``value`` if that is larger."""
        with self._lock:
            index = SYNCHRONOUS_LAYOUT.index(name)
            self.cells[index] = max(int(self.cells[index]), value)
