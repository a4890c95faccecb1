"""The training rows counted in blocks of time, as if each were a window of serving."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from mlexporter.profile.sections.training_rows import TrainingRows
from mlexporter.profile.slot_reader import SlotReader
from mlexporter.profile.subject_cells import SubjectReader
from mlexporter.profile.subjects import slices_of
from mlexporter.profile.time_counts import blocks_of
from mlexporter.records import Reference, WindowCounts
from mlexporter.records.sides import SLOTS
from mlexporter.state.columns import Column

MAXIMUM_BLOCKS: Final = 1_000
"""Blocks of one length: noise from more of them is no better known."""
LEAST_BLOCKS: Final = 48
_LARGEST_MEMORY: Final = 32_000_000
"""Cells of all blocks that are counted at once."""

Whole = npt.NDArray[np.int64]
Places: TypeAlias = "tuple[npt.NDArray[np.bool_], Whole]"
"""Which rows lie in a chosen block, and the place of the block of each."""


class Beside(Protocol):
    """Counts something else of the rows of blocks."""

    def add(self, batch: Mapping[str, Column], places: Sequence[Places]) -> None:
        """Count a batch; ``places`` has an entry for each length."""


@dataclass(frozen=True)
class Blocks:
    """Blocks of one length, in rising order.

    Attributes:
        name: The window whose length they have.
        length: Seconds.
        numbers: Which ones: the n-th begins n lengths after the beginning of Unix time, shape (n_blocks,).
        cells: Rows in the cells of all features, then of all outputs, shape (n_blocks, n_cells).
        slots: Rows of each slot of the reference, shape (n_blocks, n_slots).
    """

    name: str
    length: float
    numbers: Whole
    cells: npt.NDArray[np.int32]
    slots: npt.NDArray[np.int32]

    def windows(self, reference: Reference) -> Iterator[WindowCounts]:
        """Yield each block as the counts of a window that served its rows."""
        n_features = len(reference.features)
        n_cells = reference.feature_offsets[-1]
        places = reference.side_places
        n_sides = max((place.stop for place in places.values()), default=0)
        for cells, slots in zip(self.cells, self.slots, strict=True):
            sides = np.zeros(n_sides, dtype=np.int64)
            sides[places[SLOTS]] = slots
            yield WindowCounts(
                name=self.name,
                span_seconds=self.length,
                row_count=max(int(cells[place].sum()) for place in slices_of(reference)),
                feature_cells=cells[:n_cells].astype(np.int64),
                out_of_range=np.zeros(n_features, dtype=np.int64),
                type_mismatches=np.zeros(n_features, dtype=np.int64),
                output_cells=cells[n_cells:].astype(np.int64),
                side_cells=sides,
            )


def chosen_blocks(
    rows_of_blocks: Mapping[int, int], required_rows: int, *, n_cells: int, n_lengths: int
) -> Whole:
    """Return the numbers of the blocks with ``required_rows``, rising; evenly spaced ones where there are many.

    The first and the last block of all are left out: rows began and ended somewhere within them, so
    that they are noisier than a whole one.

    Args:
        rows_of_blocks: Rows of each block, by its number.
        required_rows: Rows of a block, at least.
        n_cells: Cells of a block.
        n_lengths: Lengths of which blocks are counted at once.
    """
    numbers = np.array(
        [number for number in sorted(rows_of_blocks)[1:-1] if rows_of_blocks[number] >= required_rows],
        dtype=np.int64,
    )
    limit = min(MAXIMUM_BLOCKS, max(LEAST_BLOCKS, _LARGEST_MEMORY // max(1, n_cells * n_lengths)))
    if len(numbers) <= limit:
        return numbers
    return numbers[np.linspace(0, len(numbers) - 1, limit).round().astype(np.int64)]


def empty_blocks(
    reference: Reference, lengths: Mapping[str, float], chosen: Mapping[str, Whole]
) -> list[Blocks]:
    """Return blocks in which nothing is counted yet.

    Args:
        reference: The bins and slots.
        lengths: Seconds of the blocks, by name.
        chosen: Numbers of the blocks of each length, rising; lengths without any are left out.
    """
    n_cells = reference.feature_offsets[-1] + reference.output_offsets[-1]
    n_slots = 0 if reference.slots is None else reference.slots.n_slots
    return [
        Blocks(
            name, lengths[name], numbers, *(np.zeros((len(numbers), n), np.int32) for n in (n_cells, n_slots))
        )
        for name, numbers in chosen.items()
        if len(numbers)
    ]


def count_blocks(
    reference: Reference, rows: TrainingRows, found: Sequence[Blocks], beside: Sequence[Beside] = ()
) -> None:
    """Count the rows of blocks of all lengths in one pass.

    Args:
        reference: The bins and slots.
        rows: The rows of the fit.
        found: The blocks; rows are added to their cells.
        beside: What else is counted of the same rows.
    """
    if not found:
        return
    reader, slots = SubjectReader(reference, rows), reference.slots
    reader_of_slots, n_slots = None, 0
    if slots is not None:
        n_slots = slots.n_slots
        reader_of_slots = SlotReader(
            reference, slots.seasons, segment=slots.segment, segments=slots.segments, table=slots.table
        )
    for batch in rows.batches([*reader.names, str(rows.options.get("timestamp"))]):
        times = rows.times(batch)
        places = [_places(times, blocks) for blocks in found]
        for each in reader.next(batch, np.isfinite(times)):
            for blocks, (in_block, block_of_rows) in zip(found, places, strict=True):
                counted = in_block & each.is_counted
                _add(blocks.cells, each.place, block_of_rows[counted], each.cells[counted])
        if reader_of_slots is not None:
            of_rows = reader_of_slots.of(batch, times)
            for blocks, (in_block, block_of_rows) in zip(found, places, strict=True):
                _add(blocks.slots, slice(0, n_slots), block_of_rows[in_block], of_rows[in_block])
        for counter in beside:
            counter.add(batch, places)


def _places(times: npt.NDArray[np.float64], blocks: Blocks) -> Places:
    """Return which rows lie in a chosen block, and the place of the block of each; any place for others."""
    known = np.isfinite(times)
    numbers = blocks_of(np.where(known, times, 0.0), blocks.length)
    places = np.minimum(np.searchsorted(blocks.numbers, numbers), len(blocks.numbers) - 1)
    return known & (blocks.numbers[places] == numbers), places.astype(np.int64)


def _add(found: npt.NDArray[np.int32], place: slice, blocks: Whole, cells: npt.NDArray[np.integer]) -> None:
    """Add rows to the cells at ``place`` of their blocks; rows of a batch lie in few of all blocks."""
    if not len(blocks):
        return
    first, last = int(blocks.min()), int(blocks.max()) + 1
    n_cells = place.stop - place.start
    counted = np.bincount((blocks - first) * n_cells + cells, minlength=(last - first) * n_cells)
    found[first:last, place] += counted.reshape(-1, n_cells).astype(np.int32)
