"""Values that equal those of the row before, as where a sensor or a join hangs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from mlexporter.records import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    from mlexporter.records import Counts, Reference
    from mlexporter.state.column_counts import Cells
    from mlexporter.state.row_block import RowBlock

_FOLDED_ROWS: Final = 128  # at most 255: they are added up in one byte
_STEP_VALUES: Final = 2**16
_STEP_COLUMNS: Final = 8
_MOST_ROWS: Final = 1_024
"""Rows of a long block that are compared; more tell nothing new."""
_SHORT_ROWS: Final = 256
"""Blocks of so few rows are compared with the row before them: it takes as long as hundreds of rows."""


class _Row(NamedTuple):
    numbers: npt.NDArray[np.float32]
    cells: list[int]


class Repeats:
    """Compares each row with the one before it.

    Numbers are compared in float32 precision, everything else by its cell. What is missing or invalid
    repeats nothing. Of rows of several threads any two may be neighbours; the first row of a long block
    has none before it.

    Args:
        reference: The profile.
    """

    def __init__(self, reference: Reference) -> None:
        distributions = [feature.distribution for feature in reference.features]
        numbers = [place for place, each in enumerate(distributions) if each.kind is Kind.NUMERIC]
        self._numbers = np.array(numbers, dtype=np.intp)
        self._others = [place for place in range(len(distributions)) if place not in set(numbers)]
        # Cells from there on hold no value.
        self._n_values = [distributions[place].n_shape_bins for place in self._others]
        self._last: _Row | None = None

    def count(self, rows: RowBlock, cells: Counts) -> None:
        """Add the rows that repeat to the cell of each feature, and those that were compared to the last one."""
        for _ in self.steps(rows, cells):
            pass

    def steps(self, rows: RowBlock, cells: Counts) -> Iterator[None]:
        """Do what ``count`` does, a little with each step."""
        if not rows.n_rows:
            return
        n_seen = min(rows.n_rows, _MOST_ROWS)
        columns = [rows.codes(place)[:n_seen] for place in self._others]
        self._compare_first(rows, columns, cells)
        cells[-1] += n_seen - 1
        n_rows = max(_FOLDED_ROWS, _STEP_VALUES // max(1, len(self._numbers)))
        for start in range(0, n_seen - 1, n_rows):
            numbers = rows.numbers[start : min(n_seen, start + n_rows + 1)]
            cells[self._numbers] += _repeated_numbers(numbers, are_finite=rows.are_finite)
            yield
        for number, (place, column) in enumerate(zip(self._others, columns, strict=True), 1):
            is_repeated = column[1:] == column[:-1]
            is_repeated &= column[1:] < self._n_values[number - 1]
            cells[place] += np.count_nonzero(is_repeated)
            if number % _STEP_COLUMNS == 0:
                yield

    def _compare_first(self, rows: RowBlock, columns: Sequence[Cells], cells: Counts) -> None:
        before, self._last = self._last, None
        if rows.n_rows > _SHORT_ROWS:
            return
        self._last = _Row(rows.numbers[-1].copy(), [int(column[-1]) for column in columns])
        if before is not None:
            cells[self._numbers] += _is_same(rows.numbers[0], before.numbers, are_finite=rows.are_finite)
            for place, column, n_values, cell in zip(
                self._others, columns, self._n_values, before.cells, strict=True
            ):
                cells[place] += cell == column[0] and cell < n_values
            cells[-1] += 1


def _is_same(
    these: npt.NDArray[np.float32], those: npt.NDArray[np.float32], *, are_finite: bool
) -> npt.NDArray[np.bool_]:
    """Return where numbers are equal that are numbers: NaN equals nothing, and infinite ones are invalid."""
    is_same: npt.NDArray[np.bool_] = np.equal(these, those)
    if not are_finite:
        is_same &= ~np.isinf(these)
    return is_same


def _repeated_numbers(numbers: npt.NDArray[np.float32], *, are_finite: bool = False) -> npt.NDArray[np.int64]:
    """Return how many values of each column equal the one above, shape (n_columns,)."""
    n_rows, n_columns = numbers.shape
    if not n_columns or n_rows < 2:
        return np.zeros(n_columns, dtype=np.int64)
    if not numbers.flags.c_contiguous:
        columns = numbers.T
        is_same = _is_same(columns[:, 1:], columns[:, :-1], are_finite=are_finite)
        return np.array([np.count_nonzero(column) for column in is_same], dtype=np.int64)
    flat = numbers.reshape(-1)
    is_same = _is_same(flat[n_columns:], flat[:-n_columns], are_finite=are_finite)
    # Many short rows make few long ones, which are added up as bytes: a tenth of the time.
    found = is_same.view(np.uint8)
    n_folded = (n_rows - 1) // _FOLDED_ROWS
    if n_folded:
        n_found = n_folded * _FOLDED_ROWS * n_columns
        folded = np.add.reduce(found[:n_found].reshape(_FOLDED_ROWS, -1), axis=0, dtype=np.uint8)
        found = np.concatenate((folded, found[n_found:]))
    repeated: npt.NDArray[np.int64] = found.reshape(-1, n_columns).sum(axis=0, dtype=np.int64)
    return repeated
