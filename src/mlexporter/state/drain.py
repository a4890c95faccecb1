"""Move what waits in the buffers into the cells: all of a chunk, or all of it as dropped."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mlexporter.records import Counts
from mlexporter.state.entries import Call, PlainRow, Values
from mlexporter.state.lane import Lane
from mlexporter.state.profile_block import ProfileBlock
from mlexporter.state.service_block import ServiceBlock
from mlexporter.state.synchronous import SynchronousCells


@dataclass(slots=True)
class Chunk:
    """Entries taken out of the buffers and not yet accounted for."""

    plain: list[PlainRow] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def take(self, plain: deque[PlainRow], calls: deque[Call], n_rows: int, n_calls: int) -> None:
        """Move up to ``n_rows`` and ``n_calls`` entries from the buffers into this chunk."""
        try:
            for _ in range(min(n_rows, len(plain))):
                self.plain.append(plain.popleft())
            for _ in range(min(n_calls, len(calls))):
                self.calls.append(calls.popleft())
        except IndexError:
            return  # another thread dropped the newest entries meanwhile

    def by_lane(self) -> list[tuple[Lane, Chunk]]:
        """Return the entries of each lane; nearly always there is one."""
        lanes: dict[int, tuple[Lane, Chunk]] = {}
        for row in self.plain:
            lanes.setdefault(id(row[0]), (row[0], Chunk()))[1].plain.append(row)
        for call in self.calls:
            lanes.setdefault(id(call.lane), (call.lane, Chunk()))[1].calls.append(call)
        return list(lanes.values())

    def clear(self) -> None:
        """Forget the entries: they are accounted for."""
        self.plain.clear()
        self.calls.clear()


def drain_chunk(chunk: Chunk, service: ServiceBlock, synchronous: SynchronousCells) -> None:
    """Count every entry of ``chunk`` and empty it, whatever happens.

    Raises:
        BaseException: what went wrong, after the rows of the lane were counted as dropped.
    """
    problem: BaseException | None = None
    parts = chunk.by_lane()
    chunk.clear()
    for lane, part in parts:
        try:
            added = service.delta(part.plain, part.calls)
            binned = None if lane.block is None else block_delta(lane.block, part)
        except BaseException as error:  # noqa: BLE001 - rows must be accounted for, then it is raised
            drop_chunk(part, "internal_error", synchronous)
            problem = error
            continue
        service.cells += added
        if lane.block is not None and binned is not None:
            lane.block.cells += binned
    if problem is not None:
        raise problem


def drop_chunk(chunk: Chunk, reason: str, synchronous: SynchronousCells) -> None:
    """Count every row of ``chunk`` as dropped for ``reason`` and empty it."""
    for row in chunk.plain:
        synchronous.add(row[0].drop_delta(reason, 1))
    for call in chunk.calls:
        synchronous.add(call.lane.drop_delta(reason, call.counted_rows))
    chunk.clear()


def block_delta(block: ProfileBlock, chunk: Chunk) -> Counts:
    """Return what the entries of one lane add to the cells of its block."""
    delta = block.layout.zeros()
    calls = [call for call in chunk.calls if not call.drop_reason]
    rows: list[Values] = [row[1] for row in chunk.plain]
    rows += itertools.chain.from_iterable(call.rows for call in calls if call.rows is not None)
    outputs: list[Values] = [row[3] for row in chunk.plain]
    outputs += itertools.chain.from_iterable(call.outputs for call in calls if call.outputs is not None)
    if rows:
        block.add_features(delta, _feature_columns(block.row_order, rows), len(rows))
    if outputs:
        block.add_outputs(delta, _columns(outputs), len(outputs))
    for call in calls:
        if call.delta is not None:
            delta += call.delta
    n_rows = len(chunk.plain) + sum(call.n_rows for call in calls)
    delta[block.layout.index("drained")] = n_rows
    return delta


def _columns(rows: Iterable[Values]) -> list[Sequence[object]]:
    return list(zip(*rows, strict=True))


def _feature_columns(order: Sequence[int], rows: Iterable[Values]) -> list[Sequence[object]]:
    columns = _columns(rows)
    placed: list[Sequence[object]] = [()] * len(order)
    for place, column in zip(order, columns, strict=True):
        placed[place] = column
    return placed
