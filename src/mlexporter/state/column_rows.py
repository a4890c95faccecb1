"""Columns of features, as batches and careful calls bring them, read into blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlexporter.records import Kind
from mlexporter.records.repeated_rows import PIECE_ROWS
from mlexporter.state.binning import Binner, flatten, read_numbers
from mlexporter.state.coded import CodedColumn
from mlexporter.state.column_counts import Cells, Column
from mlexporter.state.matrix import finite
from mlexporter.state.row_block import Beside, RawValues, RowBlock

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, Reference

_BLOCK_ROWS: Final = 16 * PIECE_ROWS
"""Rows of a block at most: what is copied of a batch stays small, however long it is."""
_BLOCK_VALUES: Final = 2**21


class ColumnRows:
    """Reads columns of the features of one profile.

    Args:
        reference: The profile.
        binners: One for each feature.
        number_places: Positions of the numeric features, rising.
    """

    def __init__(self, reference: Reference, binners: Sequence[Binner], number_places: Sequence[int]) -> None:
        kinds = [feature.distribution.kind for feature in reference.features]
        numbers = frozenset(number_places)
        self._binners = binners
        self._number_places = tuple(number_places)
        self._other_places = tuple(place for place in range(len(kinds)) if place not in numbers)
        named = {Kind.CATEGORICAL, Kind.BOOLEAN}
        self._value_places = tuple(place for place in self._other_places if kinds[place] not in named)
        n_pieces = _BLOCK_VALUES // max(1, len(kinds)) // PIECE_ROWS
        self._block_rows = min(max(1, n_pieces) * PIECE_ROWS, _BLOCK_ROWS)

    def blocks(
        self, columns: Sequence[Column | None], n_rows: int, beside: Beside, now: float
    ) -> Iterator[tuple[int, RowBlock, Counts]]:
        """Yield all rows in blocks, each with its first row and its values of other types than in training.

        Args:
            columns: Columns in profile order; None where the rows lack the feature. Values beyond
                ``n_rows`` are left out, those that a column is short of are missing.
            n_rows: Rows to read.
            beside: What else is known of them.
            now: When they arrived, Unix seconds.
        """
        looked_up = {
            place: self._binners[place].cells_of(column)
            for place in self._other_places
            if isinstance(column := columns[place], CodedColumn)
        }
        for start in range(0, n_rows, self._block_rows):
            some = slice(start, min(n_rows, start + self._block_rows))
            length = some.stop - start
            mismatches: Counts = np.zeros(len(columns), dtype=np.int64)
            parts = [() if column is None else column[some] for column in columns]
            numbers, are_finite = self._numbers(parts, length, mismatches)
            cells: dict[int, Cells] = {}
            for place in self._other_places:
                if place in looked_up:
                    found, mismatches[place] = looked_up[place]
                    found = found[some]
                    looked_up[place] = (looked_up[place][0], 0)  # told once
                else:
                    found, mismatches[place] = self._binners[place].cells_of(parts[place])
                cells[place] = self._filled(place, found, length)
            rows = RowBlock(
                numbers,
                number_places=self._number_places,
                cells=cells,
                values={place: _values(parts[place], length) for place in self._value_places},
                scores=None if beside.scores is None else beside.scores[some],
                timestamps=None if beside.timestamps is None else beside.timestamps[some],
                now=now,
                are_finite=are_finite,
                batches=_within(beside.batches, some),
            )
            yield start, rows, mismatches

    def _numbers(
        self, parts: Sequence[Column], length: int, mismatches: Counts
    ) -> tuple[npt.NDArray[np.float32], bool]:
        small = np.empty((len(self._number_places), length), dtype=np.float32)
        read: list[npt.NDArray[Any]] = []
        with np.errstate(over="ignore", under="ignore", invalid="ignore"):
            for column, place in zip(small, self._number_places, strict=True):
                numbers, mismatches[place] = read_numbers(flatten(parts[place]))
                column[: len(numbers)] = numbers
                column[len(numbers) :] = np.nan
                read.append(numbers)
        are_finite = not np.isinf(small).any()
        if not are_finite:
            for column, numbers in zip(small, read, strict=True):
                column[: len(numbers)] = finite(numbers)
        return small.T, are_finite

    def _filled(self, place: int, cells: Cells, length: int) -> Cells:
        lacking = length - len(cells)
        if not lacking:
            return cells
        missing = self._binners[place].distribution.n_shape_bins
        return np.concatenate([cells, np.full(lacking, missing)])


def _values(values: Column, length: int) -> RawValues:
    return values if len(values) == length else [*values, *(None for _ in range(length - len(values)))]


def _within(batches: Sequence[tuple[int, int]], some: slice) -> list[tuple[int, int]]:
    """Return the parts of batches that lie in a block, counted from its begin."""
    return [
        (max(first, some.start) - some.start, min(last, some.stop) - some.start)
        for first, last in batches
        if first < some.stop and last > some.start
    ]
