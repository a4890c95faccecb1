"""Where plain rows wait between the end of their call and the next drain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

from mlexporter.state.entries import Call, PlainRow, PlainRows
from mlexporter.state.forking import survives_fork
from mlexporter.state.lane import Lane

Unpack: TypeAlias = Callable[[Sequence[PlainRow]], tuple[PlainRows | None, list[Call]]]
"""Turns waiting rows into columns; those that turn out not to be plain become calls."""


class Inlet:
    """The buffer of one way of reading rows, for one lane.

    Args:
        lane: Where its rows are counted.
        unpack: Reads the rows when they are drained.

    Attributes:
        waiting: Appended to by calls, at any time; taken from by ``take`` alone.
    """

    __slots__ = ("_taking", "lane", "unpack", "waiting")

    def __init__(self, lane: Lane, unpack: Unpack) -> None:
        self.lane = lane
        self.unpack = unpack
        self.waiting: list[PlainRow] = []
        self._taking = survives_fork(threading.Lock())

    def take(self, n_rows: int) -> list[PlainRow]:
        """Return up to ``n_rows`` rows, the oldest first, and let go of them.

        Empty where another thread takes rows at this moment: nobody waits for it.
        """
        if not self._taking.acquire(blocking=False):
            return []
        try:
            taken = self.waiting[:n_rows]
            del self.waiting[: len(taken)]
        finally:
            self._taking.release()
        return taken
