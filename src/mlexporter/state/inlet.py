"""Where plain rows wait between the end of their call and the next drain."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import repeat
from typing import Final, TypeVar

from mlexporter.state.entries import Call, PlainRow
from mlexporter.state.lane import Lane
from mlexporter.state.pipeline import PIECE_ROWS, Pipeline, Unpack

_PATIENCE_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.0005

Item = TypeVar("Item")


class Inlet:
    """The buffer of one way of reading rows, for one lane.

    Rows are counted many at a time, because most of the cost of a drain does not depend on how many
    they are. No single call has to do all of it: rows are unpacked a few at a time, and a chunk of
    them is counted in steps, one step a turn. A thread borrows a pipeline for a turn; there are as
    many as threads that ever took a turn at once, so that none waits for another.

    Args:
        lane: Where its rows are counted.
        unpack: Reads the rows.
        chunk_rows: Rows that are counted at a time.
        on_calls: Gets rows that turned out not to be plain; they are accounted for there.

    Attributes:
        waiting: Appended to by calls, at any time.
    """

    def __init__(
        self, lane: Lane, unpack: Unpack, *, chunk_rows: int, on_calls: Callable[[list[Call]], None]
    ) -> None:
        self.lane = lane
        self.waiting: list[PlainRow] = []
        self._new_pipeline = partial(Pipeline, lane, unpack, chunk_rows=chunk_rows, on_calls=on_calls)
        self.forget()

    def forget(self) -> None:
        """Let go of everything, in a forked child: the parent counts it."""
        self.waiting.clear()
        self._pipelines: list[Pipeline] = []
        self._free: deque[Pipeline] = deque()

    @property
    def n_rows(self) -> int:
        """Rows that are in here in some state, about."""
        return len(self.waiting) + sum(pipeline.n_rows for pipeline in tuple(self._pipelines))

    def step(self) -> None:
        """Do a little of what is to be done; never waits.

        Raises:
            Exception: what went wrong; the rows are accounted for as dropped.
        """
        pipeline = self._any()
        try:
            pipeline.turn(self.take)
        finally:
            self._free.append(pipeline)

    def finish(self) -> None:
        """Count everything that is in here now; waits a moment for threads that are at it.

        Raises:
            Exception: what went wrong; the rows are accounted for as dropped.
        """
        mine = self._any()
        try:
            for _ in range(len(self.waiting) // PIECE_ROWS + 1):
                mine.take_up(self.take(PIECE_ROWS))
        finally:
            self._free.append(mine)
        until = time.monotonic() + _PATIENCE_SECONDS
        for pipeline in tuple(self._pipelines):
            if self._borrow(pipeline, until):
                try:
                    pipeline.finish()
                finally:
                    self._free.append(pipeline)

    def take(self, n_rows: int) -> list[PlainRow]:
        """Return up to ``n_rows`` rows, the newest first, and let go of them."""
        return taken(map(self.waiting.pop, repeat(-1, min(n_rows, len(self.waiting)))))

    def _any(self) -> Pipeline:
        try:
            return self._free.pop()
        except IndexError:
            pipeline = self._new_pipeline()
            self._pipelines.append(pipeline)
            return pipeline

    def _borrow(self, pipeline: Pipeline, until: float) -> bool:
        """Wait for ``pipeline``; its thread was interrupted in the middle of a turn, perhaps for ever."""
        while True:
            try:
                self._free.remove(pipeline)
            except ValueError:
                if pipeline.is_missed or time.monotonic() > until:
                    pipeline.is_missed = True
                    return False
                time.sleep(_PAUSE_SECONDS)
            else:
                pipeline.is_missed = False
                return True


def taken(popped: Iterator[Item]) -> list[Item]:
    """Return what ``popped``, an iterator without Python code, takes out of a list or a deque.

    It needs no lock: for other threads and for signals all of it is one step of the interpreter.
    """
    found: list[Item] = []
    try:
        found.extend(popped)
    except IndexError:
        return found  # fewer were left than there had been
    return found
