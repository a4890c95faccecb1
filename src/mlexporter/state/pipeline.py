"""A pipeline: unpacks waiting rows a few at a time and counts many of them at once, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from mlexporter.state.chunk import Chunk
from mlexporter.state.entries import Call, PlainRow, PlainRows
from mlexporter.state.lane import Lane

Unpack: TypeAlias = Callable[[Sequence[PlainRow]], tuple[PlainRows | None, list[Call]]]
"""Turns waiting rows into columns; those that turn out not to be plain become calls."""

PIECE_ROWS: Final = 72
"""Rows that are unpacked at a time: while they are still near in the caches."""


class Pipeline:
    """What one thread at a time works at.

    Args:
        lane: Where rows are counted.
        unpack: Reads the rows.
        chunk_rows: Rows that are counted at a time.
        on_calls: Gets rows that turned out not to be plain; they are accounted for there.

    Attributes:
        is_missed: Nobody has seen it for long: do not wait for it.
    """

    def __init__(
        self, lane: Lane, unpack: Unpack, *, chunk_rows: int, on_calls: Callable[[list[Call]], None]
    ) -> None:
        self.is_missed = False
        self._unpack = unpack
        self._chunk_rows = chunk_rows
        self._on_calls = on_calls
        self._lane = lane
        self._pieces: list[PlainRows] = []
        self._n_unpacked = 0
        self._chunk = Chunk(lane)
        self._is_step_due = False
        self._steps: Iterator[None] | None = None

    @property
    def n_rows(self) -> int:
        """Rows that are in here in some state, about."""
        return self._n_unpacked + self._chunk.n_rows

    def turn(self, take: Callable[[int], Sequence[PlainRow]]) -> None:
        """Do one step of what is under way, or else unpack some of the rows that wait.

        Args:
            take: Returns up to so many rows.

        Raises:
            Exception: what went wrong; the rows are accounted for as dropped.
        """
        if self._steps is not None and self._is_step_due:
            self._is_step_due = False
            self._advance()
        else:
            self._is_step_due = True
            self.take_up(take(PIECE_ROWS))

    def take_up(self, rows: Sequence[PlainRow]) -> None:
        """Unpack ``rows``, and begin to count where enough of them are.

        Raises:
            Exception: what went wrong; the rows are accounted for as dropped.
        """
        n_left = len(rows)
        try:
            plain, calls = self._unpack(rows)
            n_left = 0
            if plain is not None:
                self._n_unpacked += plain.n_rows
                self._pieces.append(plain)
            if calls:
                self._on_calls(calls)
        finally:
            if n_left:
                self._lane.drop("internal_error", n_left)
        if self._n_unpacked >= self._chunk_rows:
            self._begin_chunk()

    def finish(self) -> None:
        """Count everything that is in here.

        Raises:
            Exception: what went wrong; the rows are accounted for as dropped.
        """
        self._begin_chunk()
        self._finish_chunk()

    def _begin_chunk(self) -> None:
        """Begin with the rows that are unpacked, after what is under way."""
        self._finish_chunk()
        if self._pieces:
            chunk = Chunk(self._lane, self._pieces, n_rows=self._n_unpacked)
            steps = chunk.steps()
            # Ctrl-C comes after calls: rows change hands where none has just ended.
            self._chunk, self._steps, self._pieces, self._n_unpacked = chunk, steps, [], 0

    def _finish_chunk(self) -> None:
        while self._steps is not None:
            self._advance()

    def _advance(self) -> None:
        is_under_way = False
        try:
            is_under_way = next(self._steps, self) is not self  # type: ignore[arg-type]  # there are steps
        finally:
            if not is_under_way:
                self._steps = None
                self._chunk.drop("internal_error")  # nothing is left of it unless something went wrong
