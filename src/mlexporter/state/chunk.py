"""A chunk: rows and calls of one lane, moved into the cells all together, or counted as dropped."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mlexporter.state.binning import read_numbers
from mlexporter.state.entries import Call, PlainRows, Values
from mlexporter.state.matrix import finite
from mlexporter.state.row_block import Beside

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts
    from mlexporter.state.lane import Lane
    from mlexporter.state.profile_block import ProfileBlock


class Chunk:
    """What was taken out of the buffers for one lane and is not yet accounted for.

    Args:
        lane: Where it is counted.
        pieces: Rows that are ready to be binned.
        n_rows: How many they are; 0 once they are accounted for.
    """

    __slots__ = ("calls", "lane", "n_rows", "pieces")

    def __init__(self, lane: Lane, pieces: Sequence[PlainRows] = (), *, n_rows: int = 0) -> None:
        self.lane = lane
        self.pieces = pieces
        self.n_rows = n_rows
        self.calls: list[Call] = []

    def steps(self) -> Iterator[None]:
        """Count everything into the blocks of the lane, a little with each step.

        Raises:
            Exception: what went wrong; nothing was counted.
        """
        lane = self.lane
        plain = None
        if self.pieces:
            plain = PlainRows.joined(self.pieces)
            self.pieces = ()  # else all rows would stand in memory twice until the last step
            yield
        served = lane.service.delta(plain, self.calls, owns_rows=lane.block is None)
        binned = None
        if lane.block is not None:
            binned = lane.block.layout.zeros()
            if plain is not None:
                yield
                yield from lane.block.plain_steps(binned, plain)
            _add_calls(lane.block, binned, self.calls)
        yield
        last, delta = lane.service.committer, served
        if lane.block is not None and binned is not None:
            last.add(served)
            last, delta = lane.block.committer, binned
        # Ctrl-C comes after calls: rows change hands where none has just ended.
        self.n_rows, self.calls = 0, []
        last.put(delta)
        last.commit()

    def count(self) -> None:
        """Take all steps at once."""
        for _ in self.steps():
            pass

    def drop(self, reason: str) -> None:
        """Count every row that is still here as dropped, and forget it."""
        if self.n_rows or self.calls:
            n_rows = self.n_rows + sum(call.counted_rows for call in self.calls)
            self.n_rows, self.calls = 0, []
            self.lane.drop(reason, n_rows)


def chunks_of(calls: Iterable[Call]) -> list[Chunk]:
    """Return the calls of each lane; nearly always there is one."""
    chunks: dict[int, Chunk] = {}
    for call in calls:
        chunks.setdefault(id(call.lane), Chunk(call.lane)).calls.append(call)
    return list(chunks.values())


def _add_calls(block: ProfileBlock, delta: Counts, calls: Sequence[Call]) -> None:
    calls = [call for call in calls if not call.drop_reason]
    with_rows = [call for call in calls if call.rows]
    rows = _chained(call.rows for call in with_rows)
    outputs = _chained(call.outputs for call in calls)
    if rows:
        beside = _beside(with_rows, has_scores=block.has_one_number_output)
        block.add_features(delta, _feature_columns(block.row_order, rows), len(rows), beside)
    if outputs:
        block.add_outputs(delta, _columns(outputs), len(outputs))
    for call in calls:
        if call.delta is not None:
            delta += call.delta
    delta[block.drained] += sum(call.n_rows for call in calls)


def _beside(calls: Sequence[Call], *, has_scores: bool) -> Beside:
    """Return what is known of the rows of ``calls`` beside their features."""
    lengths = [len(call.rows or ()) for call in calls]
    stops = list(itertools.accumulate(lengths))
    batches = [(stop - n, stop) for n, stop in zip(lengths, stops, strict=True) if n > 1]
    timestamps = None
    if any(call.timestamps is not None for call in calls):
        parts = [
            np.full(n, math.nan) if call.timestamps is None else call.timestamps
            for call, n in zip(calls, lengths, strict=True)
        ]
        timestamps = np.concatenate(parts)
    scores = None
    if has_scores and any(call.outputs or call.scores is not None for call in calls):
        scores = np.concatenate([_scores(call, n) for call, n in zip(calls, lengths, strict=True)])
    return Beside(timestamps, scores, batches)


def _scores(call: Call, n_rows: int) -> npt.NDArray[np.float32]:
    if call.scores is not None:
        return call.scores
    if call.outputs is None or len(call.outputs) != n_rows:
        return np.full(n_rows, np.nan, dtype=np.float32)
    return finite(read_numbers([values[0] for values in call.outputs])[0])


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
