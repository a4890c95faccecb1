"""Rows that repeat are looked for among a thousand at a time, however batches cut them."""

import numpy as np
import pytest

from mlexporter.profile.sections.repeated_rows import RepeatedRows
from mlexporter.records.repeated_rows import PIECE_ROWS


def _expected(rows):
    pieces = (rows[first : first + PIECE_ROWS] for first in range(0, len(rows), PIECE_ROWS))
    return sum(len(piece) - len(set(map(tuple, piece.tolist()))) for piece in pieces)


@pytest.mark.parametrize("batch", [1, 7, 999, 1_000, 1_001, 10_000])
def test_batches_do_not_matter(batch):
    """The same count as with sets of tuples, piece by piece."""
    rows = np.random.default_rng(3).integers(0, 50, (3_500, 2))
    repeated = RepeatedRows()
    for first in range(0, len(rows), batch):
        part = rows[first : first + batch]
        repeated.add(len(part), iter(part.T))
    assert repeated.count() == _expected(rows) > 500


def test_distinct_rows_do_not_repeat():
    """The order of columns, and of values in them, tells rows apart."""
    repeated = RepeatedRows()
    repeated.add(4, iter(np.array([[0, 1], [1, 0], [1, 1], [0, 0]]).T))
    assert repeated.count() == 0
    assert RepeatedRows().count() == 0
