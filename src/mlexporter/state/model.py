"""``ModelState``: the counters of one model, fed by calls and read by snapshots."""

from __future__ import annotations

import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat, starmap
from typing import TYPE_CHECKING, Final

from mlexporter.records import ModelKey
from mlexporter.state.chunk import Chunk, chunks_of
from mlexporter.state.entries import ERROR, Call
from mlexporter.state.errors_block import ErrorBlocks
from mlexporter.state.exemplars_block import ExemplarsBlock
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.forking import survives_fork
from mlexporter.state.generation_block import GenerationBlocks
from mlexporter.state.inlet import Inlet, taken
from mlexporter.state.lane import Lane
from mlexporter.state.ledger import ACCEPTED, DROPPED, PLAIN, add
from mlexporter.state.pipeline import Unpack
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.service_block import IN_PROGRESS, LOADED, NANOSECONDS, REQUESTS, ServiceBlock
from mlexporter.state.slots import PrivateMemory, Slot
from mlexporter.state.slots.exemplar_cells import SampledCall
from mlexporter.state.snapshots import cells_of, snapshots

if TYPE_CHECKING:
    from mlexporter.records import Reference, Snapshot

_CALLS_PER_CHUNK: Final = 32
_RELIEVE_EVERY: Final = 48  # fewer make turns smaller and a row dearer: see docs/decisions/0010
_PATIENCE_SECONDS: Final = 1.0
_PAUSE_SECONDS: Final = 0.0005


class ModelState:
    """The counters of one model in this process.

    Requests, rows and errors are exact when a call has ended; durations, features and outputs
    follow when the buffers are drained: by any reader, by the background thread, or a little at a time
    by calls. For every feature of an open profile, always:
    accepted = binned + dropped + lost + waiting in a buffer.

    Args:
        key: The model.
        latency_bounds: Bucket bounds of durations, seconds, ascending.
        buffer_rows: Rows of an inlet that are drained at a time.
        buffer_limit_rows: Rows of an inlet that may wait; more are dropped and counted.
        wall_clock: Unix seconds, for display.
        counter: Where errors, overflows and the time of drains are counted.
        slot: Where blocks are opened; memory of this process alone if not given.
        strict: Raise what goes wrong in a drain, after it was counted.
    """

    def __init__(  # noqa: PLR0913 - one keyword for each thing that is injected
        self, key: ModelKey, *, latency_bounds: Sequence[float], buffer_rows: int, buffer_limit_rows: int,
        wall_clock: Callable[[], float], counter: ExporterCounter, slot: Slot | None = None,
        strict: bool = False,
    ) -> None:  # fmt: skip
        self.key = key
        self.buffer_rows = buffer_rows
        self._buffer_limit_rows = max(2 * buffer_rows, buffer_limit_rows)
        self._latency_bounds = tuple(latency_bounds)
        self._wall_clock = wall_clock
        self._counter = counter
        self._strict = strict
        self._at_work: set[object] = set()
        self.relieve_every = max(1, min(_RELIEVE_EVERY, buffer_rows))
        """Calls after which one of them calls ``relieve``."""
        self._opening = survives_fork(threading.RLock())
        self.opened_at = 0
        """What ``enter`` returned last before the cells of now were opened."""
        self._entered = itertools.count(1)
        self.enter: Callable[[], int] = self._entered.__next__
        """Counts a call as in progress and returns how many there were."""
        self.generations = GenerationBlocks(key, counter)
        """Counts calls of a generative model, and what people say of its answers."""
        self._open(Slot(PrivateMemory("private")) if slot is None else slot, None)

    def _open(self, slot: Slot, reference: Reference | None) -> None:
        self._slot = slot
        self._calls: deque[Call] = deque()
        self._inlets: list[Inlet] = []
        self._service = ServiceBlock(slot, self.key, self._latency_bounds)
        self._errors = ErrorBlocks(slot, self.key)
        self._exemplars = ExemplarsBlock(slot, self.key, self._latency_bounds)
        self.generations.move(slot)
        self._opened = [self._service.cells]
        self._entered_before = self._left_before = 0
        loaded = round(self._wall_clock() * NANOSECONDS)
        add(self._service.cells, ((LOADED, max(0, loaded - self._service.cells[LOADED])),))
        self._lane = Lane(self._service)
        if reference is not None:
            self.open_profile(reference)
        self._left_before = self._left()
        self._entered_before = self.opened_at = next(self._entered)

    def move(self, slot: Slot) -> None:
        """Count into ``slot`` from now on: before the first call, or in a forked child.

        Nothing that was counted until now is taken along, and lanes and inlets are new.

        Raises:
            OSError: there is no room for it.
        """
        with self._opening:
            self._open(slot, self.reference)

    @property
    def lane(self) -> Lane:
        """Where calls that begin now are counted."""
        return self._lane

    @property
    def reference(self) -> Reference | None:
        """The profile that is open, or None."""
        block = self._lane.block
        return None if block is None else block.reference

    @property
    def service_lane(self) -> Lane:
        """A lane without a profile."""
        return Lane(self._service) if self._lane.block is not None else self._lane

    def open_profile(self, reference: Reference) -> Lane:
        """Count into the bins of ``reference`` from now on.

        Returns:
            The lane into it. Calls that are under way keep theirs.

        Raises:
            OSError: there is no room for it.
        """
        with self._opening:
            block = self._lane.block
            if block is not None and block.reference is reference:
                return self._lane
            now = round(self._wall_clock() * NANOSECONDS)
            opened = ProfileBlock(
                self._slot, self.key, reference, opened_nanoseconds=now, wall_clock=self._wall_clock,
                on_side_error=self._on_side_error,
            )  # fmt: skip
            if not any(cells is opened.cells for cells in self._opened):
                self._opened.append(opened.cells)
            self._lane = Lane(self._service, opened)
            return self._lane

    def close_profile(self) -> None:
        """Count into the service block alone from now on; calls that are under way keep their lane."""
        with self._opening:
            if self._lane.block is not None:
                self._lane = Lane(self._service)

    def new_inlet(self, lane: Lane, unpack: Unpack) -> Inlet:
        """Return a new buffer for plain rows of ``lane``, drained with all others."""
        inlet = Inlet(lane, unpack, chunk_rows=self.buffer_rows, on_calls=self._calls.extend)
        with self._opening:
            self._inlets = [*(each for each in self._inlets if each.n_rows or each.lane is self._lane), inlet]
        return inlet

    def leave(self, call: Call) -> None:
        """Count any call that has ended; exact in requests, rows and errors on return."""
        n_rows = call.n_rows
        add(call.lane.service.cells, ((REQUESTS[call.status], 1),))
        rows = [(ACCEPTED, n_rows)]
        if call.drop_reason:
            rows.append((DROPPED[call.drop_reason], n_rows))
        add(call.lane.ledger, rows)
        if call.status == ERROR and call.error_name is not None:
            if self._errors.count(call.error_name):
                self._counter.on_overflow()
            call.error_name = None  # a buffer keeps no text of a user, however long
        self._calls.append(call)
        if call.delta is not None or len(self._calls) >= _CALLS_PER_CHUNK:
            self._drain_calls(_CALLS_PER_CHUNK)

    def exemplify(self, status: int, nanoseconds: int, *, trace_id: int, span_id: int) -> None:
        """Keep a sampled call that ends now as the example of its status and bucket of durations.

        Args:
            status: Position in ``catalogue.STATUSES``.
            nanoseconds: How long it took, 0 or more.
            trace_id: Of its trace, 128 bits.
            span_id: Of its span, 64 bits.

        Raises:
            OSError: there is no room for it.
            struct.error: a number is out of its range.
        """
        now = round(self._wall_clock() * NANOSECONDS)
        self._exemplars.keep(status, SampledCall(trace_id, span_id, nanoseconds, now))

    def relieve(self) -> None:
        """See to a little of what waits, in the thread of a call: it waits for nobody."""
        for inlet in self._inlets:
            n_waiting = len(inlet.waiting)
            if n_waiting < self.relieve_every:
                continue
            if n_waiting > self._buffer_limit_rows:
                inlet.lane.drop("overload", len(inlet.take(n_waiting - self._buffer_limit_rows)))
            try:
                inlet.step()
            except Exception as error:
                self._counter.on_error("drain", error)
                if self._strict:
                    raise
        if len(self._calls) >= _CALLS_PER_CHUNK:
            self._drain_calls(_CALLS_PER_CHUNK)

    def drain(self) -> None:
        """Count all that waits in the buffers now; safe from any thread, blocks no call."""
        for inlet in self._inlets:
            if inlet.n_rows:
                self._counted(inlet.finish)
        for _ in range(len(self._calls) // _CALLS_PER_CHUNK + 1):
            self._drain_calls(_CALLS_PER_CHUNK)
        self._wait_for_others()
        self.publish_in_progress()

    def _wait_for_others(self) -> None:
        """Wait a moment for threads that have taken something and not yet counted it."""
        others, until = set(self._at_work), time.monotonic() + _PATIENCE_SECONDS
        while others & self._at_work and time.monotonic() < until:
            time.sleep(_PAUSE_SECONDS)

    def publish_in_progress(self) -> None:
        """Write the number of calls in progress where every reader sees it."""
        with self._opening:
            # Looking at the count moves it, so the look is taken off again.
            entered = next(self._entered) - self._entered_before - 1
            self._entered_before += 1
            left = self._left() - self._left_before
            self._service.cells[IN_PROGRESS] = max(0, entered - left)

    def snapshot(self, taken_at: float) -> Snapshot:
        """Drain, then return all counts of this process; ``taken_at`` in seconds of the window clock."""
        self.drain()
        found = snapshots(
            cells_of(self._slot), life=self._slot.life, taken_at=taken_at, chosen={self.key: self.reference}
        )
        return found[self.key]

    def forget(self) -> None:
        """In a forked child: let go of all that waits here, for the parent counts it."""
        self._at_work.clear()
        self._calls.clear()
        for inlet in self._inlets:
            inlet.forget()

    def _left(self) -> int:
        service = self._service.cells
        return sum(service[place] for place in REQUESTS) + sum(cells[PLAIN] for cells in self._opened)

    def _drain_calls(self, n_calls: int) -> None:
        popped = starmap(self._calls.popleft, repeat((), min(n_calls, len(self._calls))))
        for chunk in chunks_of(taken(popped)):
            self._counted(partial(_count_or_drop, chunk))

    def _on_side_error(self, error: Exception) -> None:
        """Count what went wrong beside the bins: the rows are binned, unless it is raised."""
        if self._strict:
            raise error
        self._counter.on_error("drain", error)

    def _counted(self, drain: Callable[[], object]) -> None:
        me = object()
        self._at_work.add(me)
        started = time.perf_counter_ns()
        try:
            drain()
            self._counter.drained(time.perf_counter_ns() - started)
        except Exception as error:
            self._counter.on_error("drain", error)
            if self._strict:
                raise
        finally:
            self._at_work.discard(me)


def _count_or_drop(chunk: Chunk) -> None:
    try:
        chunk.count()
    finally:
        # Not empty only where something went wrong, or Ctrl-C came in between.
        chunk.drop("internal_error")
