"""Move what waits into the cells: all of a chunk, or all of it as dropped."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mlexporter.records import Counts
from mlexporter.state.entries import Call, PlainRow, PlainRows, Values
from mlexporter.state.inlet import Inlet
from mlexporter.state.lane import Lane
from mlexporter.state.profile_block import ProfileBlock


@dataclass(slots=True)
class Chunk:
    """What was taken out of the buffers for one lane and is not yet accounted for."""

    lane: Lane
    rows: list[PlainRow] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def count(self, inlet: Inlet | None = None) -> None:
        """Count everything into the blocks of the lane, and forget it; ``inlet`` reads plain rows.

        Raises:
            Exception: what went wrong; nothing was counted.
        """
        plain, calls = (None, []) if inlet is None else inlet.unpack(self.rows)
        calls = calls + self.calls
        if plain is None and not calls:
            return
        lane = self.lane
        served = lane.service.delta(plain, calls, owns_rows=lane.block is None)
        binned = None if lane.block is None else block_delta(lane.block, plain, calls)
        self.rows, self.calls = [], []
        lane.service.committer.add(served)
        if lane.block is not None and binned is not None:
            lane.block.committer.add(binned)

    def drop(self, reason: str) -> None:
        """Count every row that is still here as dropped, and forget it."""
        n_rows = len(self.rows) + sum(call.counted_rows for call in self.calls)
        self.rows, self.calls = [], []
        self.lane.drop(reason, n_rows)


def chunks_of(calls: Iterable[Call]) -> list[Chunk]:
    """Return the calls of each lane; nearly always there is one."""
    chunks: dict[int, Chunk] = {}
    for call in calls:
        chunks.setdefault(id(call.lane), Chunk(call.lane)).calls.append(call)
    return list(chunks.values())


def block_delta(block: ProfileBlock, plain: PlainRows | None, calls: Sequence[Call]) -> Counts:
    """Return what rows and calls of one lane add to the banked cells of its block."""
    delta = block.layout.zeros()
    n_rows = 0 if plain is None else plain.n_rows
    if plain is not None:
        block.add_plain(delta, plain)
    calls = [call for call in calls if not call.drop_reason]
    rows = _chained(call.rows for call in calls)
    outputs = _chained(call.outputs for call in calls)
    if rows:
        block.add_features(delta, _feature_columns(block.row_order, rows), len(rows))
    if outputs:
        block.add_outputs(delta, _columns(outputs), len(outputs))
    for call in calls:
        if call.delta is not None:
            delta += call.delta
        n_rows += call.n_rows
    delta[block.layout.index("drained")] = n_rows
    return delta


def _chained(parts: Iterable[tuple[Values, ...] | None]) -> list[Values]:
    return list(itertools.chain.from_iterable(part for part in parts if part is not None))


def _columns(rows: Iterable[Values]) -> list[Sequence[object]]:
    return list(zip(*rows, strict=True))


def _feature_columns(order: Sequence[int], rows: Iterable[Values]) -> list[Sequence[object]]:
    columns = _columns(rows)
    placed: list[Sequence[object]] = [()] * len(order)
    for place, column in zip(order, columns, strict=True):
        placed[place] = column
    return placed
