"""Where plain rows wait between the end of their call and the next drain."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from mlexporter.state.chunk import Chunk
from mlexporter.state.entries import Call, PlainRow, PlainRows
from mlexporter.state.forking import survives_fork
from mlexporter.state.lane import Lane

Unpack: TypeAlias = Callable[[Sequence[PlainRow]], tuple[PlainRows | None, list[Call]]]
"""Turns waiting rows into columns; those that turn out not to be plain become calls."""

PIECE_ROWS: Final = 96
"""Rows that are unpacked at a time: while they are still near in the caches."""
_PATIENCE_SECONDS: Final = 1.0


class Inlet:
    """The buffer of one way of reading rows, for one lane.

    Rows are counted many at a time, because most of the cost of a drain does not depend on how many
    they are. No single call has to do all of it: rows are unpacked a few at a time, and a chunk of
    them is counted in steps, one step a turn.

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
        self._unpack = unpack
        self._chunk_rows = chunk_rows
        self._on_calls = on_calls
        self._working = survives_fork(threading.RLock())
        self.forget()

    def forget(self) -> None:
        """Let go of everything, in a forked child: the parent counts it."""
        self.waiting.clear()
        self._pieces: list[PlainRows] = []
        self._n_unpacked = 0
        self._chunk = Chunk(self.lane)
        self._steps: Iterator[None] | None = None

    @property
    def n_rows(self) -> int:
        """Rows that are in here in some state, about."""
        return len(self.waiting) + self._n_unpacked + self._chunk.n_rows

    def step(self) -> bool:
        """Do a little of what is to be done; False where another thread is at it, and nothing was done.

        Raises:
            Exception: what went wrong; the rows are accounted for as dropped.
        """
        if not self._working.acquire(blocking=False):
            return False
        try:
            if self._steps is not None and len(self.waiting) < PIECE_ROWS:
                self._advance()
            else:
                self._unpack_some(PIECE_ROWS)
                if self._n_unpacked >= self._chunk_rows:
                    self._count_chunk()
        finally:
            self._working.release()
        return True

    def finish(self) -> None:
        """Count everything that is in here now; waits a moment for a thread that is at it.

        Raises:
            Exception: what went wrong; the rows are accounted for as dropped.
        """
        if not self._working.acquire(timeout=_PATIENCE_SECONDS):
            return
        try:
            for _ in range(len(self.waiting) // PIECE_ROWS + 1):
                self._unpack_some(PIECE_ROWS)
                if self._n_unpacked >= self._chunk_rows:
                    self._count_chunk()
            self._count_chunk()
            while self._steps is not None:
                self._advance()
        finally:
            self._working.release()

    def take(self, n_rows: int) -> list[PlainRow]:
        """Return up to ``n_rows`` rows, the newest first, and let go of them.

        It needs no lock: taking one is one step for other threads, and the order changes no count.
        """
        taken: list[PlainRow] = []
        try:
            for _ in range(min(n_rows, len(self.waiting))):
                taken.append(self.waiting.pop())
        except IndexError:
            pass  # another thread takes rows at the same time
        return taken

    def count_now(self, n_rows: int) -> None:
        """Count some rows from one end to the other, whatever other threads are at.

        Raises:
            Exception: what went wrong; the rows are accounted for as dropped.
        """
        rows = self.take(n_rows)
        chunk = Chunk(self.lane, n_rows=len(rows))
        try:
            plain, calls = self._unpack(rows)
            chunk.n_rows -= sum(call.counted_rows for call in calls)
            self._on_calls(calls)
            if plain is not None:
                chunk.plain = plain
                chunk.count()
        finally:
            chunk.drop("internal_error")

    def _unpack_some(self, n_rows: int) -> None:
        rows = self.take(n_rows)
        chunk = Chunk(self.lane, n_rows=len(rows))  # only to account for them if this fails
        try:
            plain, calls = self._unpack(rows)
            if plain is not None:
                self._n_unpacked += plain.n_rows
                self._pieces.append(plain)
            self._on_calls(calls)
            chunk.n_rows = 0
        finally:
            chunk.drop("internal_error")

    def _count_chunk(self) -> None:
        """Begin with the rows that are unpacked, after what is under way."""
        while self._steps is not None:
            self._advance()
        if self._pieces:
            chunk = Chunk(self.lane, PlainRows.joined(self._pieces), n_rows=self._n_unpacked)
            self._pieces, self._n_unpacked = [], 0
            self._chunk, self._steps = chunk, chunk.steps()

    def _advance(self) -> None:
        is_under_way = False
        try:
            is_under_way = next(self._steps, self) is not self  # type: ignore[arg-type]
        finally:
            if not is_under_way:
                self._steps = None
                self._chunk.drop("internal_error")  # nothing is left of it unless something went wrong
