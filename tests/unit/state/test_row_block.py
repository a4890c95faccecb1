"""Rows that are counted together, and some of them."""

from __future__ import annotations

import numpy as np
import pytest

from mlexporter.state.row_block import RowBlock


def block(n_rows=10, **options):
    return RowBlock(
        np.arange(2 * n_rows, dtype=np.float32).reshape(n_rows, 2),
        number_places=[0, 3],
        cells={1: np.arange(n_rows, dtype=np.uint8)},
        values={2: [[place] for place in range(n_rows)], 4: np.eye(n_rows)},
        now=7.0,
        **options,
    )


def test_rows_without_a_time_are_of_now():
    """A time that is not known is the arrival."""
    rows = block(2, timestamps=np.array([np.nan, 5.0]))

    assert rows.timestamps.tolist() == [7.0, 5.0]
    assert block(2).timestamps is None


def test_sampled_rows_are_evenly_spaced():
    """By hand: 4 of 10 rows are 0, 2, 5 and 7, in every column."""
    rows = block(scores=np.arange(10, dtype=np.float32), timestamps=np.arange(10.0), batches=[(0, 10)])
    some = rows.sampled(4)

    assert some.n_rows == 4
    assert some.numbers[:, 0].tolist() == [0.0, 4.0, 10.0, 14.0]
    assert some.codes(1).tolist() == [0, 2, 5, 7]
    assert some.values(2) == [[0], [2], [5], [7]]
    assert some.values(4).argmax(axis=1).tolist() == [0, 2, 5, 7]
    assert some.scores.tolist() == some.timestamps.tolist() == [0, 2, 5, 7]
    assert some.batches == ()
    assert some.sampled(2).codes(1).tolist() == [0, 5]
    assert some.sampled(2).values(2) == [[0], [5]]


def test_few_rows_are_all_sampled():
    """There is nothing to be left out."""
    rows = block(3)

    assert rows.sampled(3) is rows
    assert block(0).sampled(5).n_rows == 0


def test_held_rows_are_copies_without_values():
    """What waits for an answer holds nothing of a user, and no memory that may change."""
    rows = block(3)
    places, held = rows.held(2)
    rows.numbers[:] = -1

    assert places.tolist() == [0, 1]
    assert held.numbers.tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert held.values(2) is None
    assert held.with_scores(np.ones(2, dtype=np.float32)).scores.tolist() == [1.0, 1.0]
    assert not np.shares_memory(held.codes(1), rows.codes(1))


def test_a_number_has_no_cells():
    """Only what is no number has them."""
    with pytest.raises(KeyError):
        block().codes(0)
    assert block().values(0) is None
