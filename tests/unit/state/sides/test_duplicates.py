"""Rows that repeat another row of their batch."""

from __future__ import annotations

import numpy as np
import pytest

from mlexporter.records.repeated_rows import PIECE_ROWS
from mlexporter.state.sides.duplicates import Duplicates


def counted(reference, rows):
    cells = np.zeros(2, dtype=np.int64)
    Duplicates(reference).count(rows, cells)
    return cells.tolist()


def test_rows_that_came_one_by_one_are_none_of_a_batch(new_reference, new_rows):
    """However alike they are."""
    assert counted(new_reference(), new_rows([(1.0, 2.0)] * 3, [0] * 3)) == [0, 0]


def test_by_hand(new_reference, new_rows):
    """Of five rows two repeat an earlier one; a category or a number that differs makes another row."""
    rows = new_rows(
        [(1.0, 2.0), (1.0, np.nan), (1.0, 2.0), (1.0, np.nan), (1.0, 2.0)], [0, 1, 0, 1, 1], batches=[(0, 5)]
    )

    assert counted(new_reference(), rows) == [2, 5]


@pytest.mark.parametrize("n_rows", [2, 17, PIECE_ROWS, PIECE_ROWS + 1, 3 * PIECE_ROWS + 7])
def test_alike_are_rows_of_a_piece(new_reference, new_rows, n_rows):
    """A loop over pieces of a thousand consecutive rows finds as many."""
    generator = np.random.default_rng(n_rows)
    numbers = generator.integers(0, 30, (n_rows, 2))
    codes = generator.integers(0, 3, n_rows)
    listed = [(*row, code) for row, code in zip(numbers.tolist(), codes.tolist(), strict=True)]
    pieces = [listed[first : first + PIECE_ROWS] for first in range(0, n_rows, PIECE_ROWS)]
    expected = sum(len(piece) - len(set(piece)) for piece in pieces)

    assert counted(new_reference(), new_rows(numbers, codes, batches=[(0, n_rows)])) == [expected, n_rows]


def test_batches_do_not_repeat_each_other(new_reference, new_rows):
    """Two batches and a single row between them, all of one value: each batch has one row that repeats none."""
    rows = new_rows([(1.0, 1.0)] * 8, [0] * 8, batches=[(0, 3), (4, 8)])

    assert counted(new_reference(), rows) == [2 + 3, 7]
