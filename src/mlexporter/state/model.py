"""``ModelState``: the counters of one model, fed by calls and read by snapshots."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from mlexporter.records import ModelKey, Reference, Snapshot
from mlexporter.state.drain import Chunk, drain_chunk, drop_chunk
from mlexporter.state.entries import ERROR, Call, PlainRow, Values
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.forking import drain_lock, survives_fork
from mlexporter.state.lane import Lane
from mlexporter.state.names import NameTable
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.service_block import NANOSECONDS, ServiceBlock
from mlexporter.state.synchronous import ERROR_NAMES_LIMIT, GENERATIONS, SynchronousCells

_CALLS_PER_CHUNK: Final = 32
_CALLS_LIMIT: Final = 512


class ModelState:
    """The counters of one model in this process.

    Requests, rows and errors are exact when ``leave`` returns; durations, features and outputs
    follow when the buffers are drained: by any reader, by the background thread, or inline where
    a buffer is full. For every feature of an open profile, always:
    accepted = binned + dropped + waiting in a buffer.

    Args:
        key: The model.
        latency_bounds: Bucket bounds of durations, seconds, ascending.
        buffer_rows: Rows that wait before a call drains them inline.
        buffer_limit_rows: Rows that may wait while another thread drains; more are dropped.
        wall_clock: Unix seconds, read once, for display.
        epoch: Names this life of the counters.
        counter: Where errors, overflows and the time of drains are counted.
        strict: Raise what goes wrong in a drain, after it was counted.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each thing that is injected
        self, key: ModelKey, *, latency_bounds: Sequence[float], buffer_rows: int, buffer_limit_rows: int,
        wall_clock: Callable[[], float], epoch: str, counter: ExporterCounter, strict: bool = False,
    ) -> None:  # fmt: skip
        self.key = key
        self._buffer_rows = buffer_rows
        self._buffer_limit_rows = max(buffer_rows, buffer_limit_rows)
        self._epoch = epoch
        self._counter = counter
        self._strict = strict
        self._synchronous = SynchronousCells()
        self._synchronous.set_newest("loaded_nanoseconds", round(wall_clock() * NANOSECONDS))
        self._service = ServiceBlock(latency_bounds)
        self._error_names = NameTable(ERROR_NAMES_LIMIT)
        self._plain: deque[PlainRow] = deque()
        self._calls: deque[Call] = deque()
        self._draining = drain_lock()
        self._opening = survives_fork(threading.RLock())
        self._generation = 0
        self._lane = Lane(None)
        self.enter = self._synchronous.enter
        """Counts a call as in progress; every ``enter`` needs one ``leave`` or ``leave_plain``."""

    @property
    def lane(self) -> Lane:
        """Where calls that begin now are counted."""
        return self._lane

    @property
    def reference(self) -> Reference | None:
        """The profile that is open, or None."""
        block = self._lane.block
        return None if block is None else block.reference

    def open_profile(self, reference: Reference) -> Lane:
        """Open a new block, in a new epoch, unless this very profile is open already.

        Returns:
            The lane into it. Calls that are under way keep theirs.
        """
        with self._opening:
            block = self._lane.block
            if block is not None and block.reference is reference:
                return self._lane
            self._generation += 1
            self._lane = Lane(
                ProfileBlock(
                    reference,
                    epoch=f"{self._epoch}-{self._generation}",
                    generation=self._generation % GENERATIONS,
                    synchronous=self._synchronous.read(),
                )
            )
            return self._lane

    def close_profile(self) -> None:
        """Count into the service block alone from now on; calls that are under way keep their lane."""
        with self._opening:
            if self._lane.block is not None:
                self._lane = Lane(None)

    def leave_plain(self, lane: Lane, values: Values, elapsed_nanoseconds: int, outputs: Values) -> None:
        """Count a call of one well-formed row that succeeded; this is the hot path."""
        self._synchronous.add(lane.one_row)
        plain = self._plain
        plain.append((lane, values, elapsed_nanoseconds, outputs))
        if len(plain) >= self._buffer_rows:
            self._relieve()

    def leave(self, call: Call) -> None:
        """Count any call that has ended; exact in requests, rows and errors on return."""
        place = None
        if call.status == ERROR and call.error_name is not None:
            place = self._error_names.place(call.error_name)
            call.error_name = None  # a buffer keeps no text of a user, however long
            if place == ERROR_NAMES_LIMIT:
                self._counter.on_overflow()
        self._synchronous.add(
            call.lane.call_delta(call.status, call.n_rows, drop_reason=call.drop_reason, error_place=place)
        )
        self._calls.append(call)
        if call.delta is not None or len(self._calls) >= _CALLS_PER_CHUNK:
            self._relieve()

    def drain(self) -> None:
        """Count what waits in the buffers now; safe from any thread, blocks no call."""
        chunks = max(len(self._plain) // self._buffer_rows, len(self._calls) // _CALLS_PER_CHUNK) + 1
        for _ in range(chunks):
            with self._draining:
                self._drain_one()

    def snapshot(self, taken_at: float) -> Snapshot:
        """Drain, then return all counts; ``taken_at`` in seconds of the window clock."""
        self.drain()
        block = self._lane.block
        with self._draining:
            service_cells = self._service.cells.copy()
            block_cells = None if block is None else block.cells.copy()
        # Accepted is read last: it may run ahead of what is binned, never behind.
        synchronous = self._synchronous.read()
        return Snapshot(
            key=self.key,
            taken_at=taken_at,
            service=self._service.counts(service_cells, synchronous, self._error_names),
            profile=None if block is None or block_cells is None else block.counts(block_cells, synchronous),
        )

    def _relieve(self) -> None:
        if self._draining.acquire(blocking=False):
            try:
                self._drain_one()
            finally:
                self._draining.release()
        else:
            self._drop_newest()

    def _drop_newest(self) -> None:
        dropped = Chunk()
        try:
            while len(self._plain) > self._buffer_limit_rows:
                dropped.plain.append(self._plain.pop())
            while len(self._calls) > _CALLS_LIMIT:
                dropped.calls.append(self._calls.pop())
        except IndexError:
            pass  # the drain that was under way has emptied the buffer
        drop_chunk(dropped, "overload", self._synchronous)

    def _drain_one(self) -> None:
        chunk = Chunk()
        started = time.perf_counter_ns()
        try:
            chunk.take(self._plain, self._calls, self._buffer_rows, _CALLS_PER_CHUNK)
            if chunk.plain or chunk.calls:
                drain_chunk(chunk, self._service, self._synchronous)
                self._counter.drained(time.perf_counter_ns() - started)
        except Exception as error:
            self._counter.on_error("drain", error)
            if self._strict:
                raise
        finally:
            # Not empty only where Ctrl-C came in between.
            drop_chunk(chunk, "internal_error", self._synchronous)
