"""Values that equal those of the row before."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from mlexporter.records import Distribution, FeatureReference, Kind, Reference, TrainingType
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.repeats import Repeats, _repeated_numbers

NUMBER = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0))
TEXT = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("a", "b"), counts=(9, 6, 0, 0, 0, 0))
FEATURES = (
    FeatureReference("size", NUMBER),
    FeatureReference("colour", TEXT),
    FeatureReference("age", NUMBER),
)

values = st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf, -math.inf, 3e38, -3e38])
rows_of_values = st.lists(st.tuples(values, st.integers(0, 5), values), max_size=30)


def make_side():
    return Repeats(Reference("m", "1", FEATURES, (), "0a1b2c3d", "0" * 16, 15, 0.0))


def make_rows(rows, order):
    numbers = np.array([(row[0], row[2]) for row in rows], dtype=np.float32, order=order).reshape(-1, 2)
    cells = {1: np.array([row[1] for row in rows], dtype=np.uint8)}
    return RowBlock(np.array(numbers, order=order), number_places=(0, 2), cells=cells, now=0.0)


def by_hand(rows):
    """Repeats of size, colour and age, and rows that were compared."""
    found = [0, 0, 0, max(0, len(rows) - 1)]
    for before, after in itertools.pairwise(rows):
        for place in (0, 2):
            found[place] += math.isfinite(after[place]) and before[place] == after[place]
        found[1] += before[1] == after[1] < 4  # missing and invalid are the last two cells
    return found


@settings(max_examples=examples(100), deadline=None)
@given(rows=rows_of_values, cut=st.integers(0, 30), order=st.sampled_from("CF"))
def test_repeats_are_those_of_a_loop(rows, cut, order):
    """Rubbish or not, in one block or in two, by rows or by columns in memory."""
    side, cells = make_side(), np.zeros(4, dtype=np.int64)
    for some in (rows[:cut], rows[cut:]):
        side.count(make_rows(some, order), cells)

    assert cells.tolist() == by_hand(rows)


@pytest.mark.parametrize("n_rows", [0, 1, 2, 128, 129, 130, 257, 1000, 40_000])
def test_many_rows_are_added_up_without_an_overflow(n_rows):
    """Columns that always repeat, that never do, and that sometimes do."""
    generator = np.random.default_rng(n_rows)
    numbers = np.column_stack([np.ones(n_rows), np.arange(n_rows), generator.integers(0, 3, n_rows)]).astype(
        np.float32
    )
    expected = (numbers[1:] == numbers[:-1]).sum(axis=0).tolist()

    assert _repeated_numbers(numbers).tolist() == expected
    assert _repeated_numbers(np.asfortranarray(numbers)).tolist() == expected


def test_a_long_block_is_counted_in_steps():
    """Many columns take many steps; of many rows the first thousand are compared."""
    rows = [(float(place // 3), place % 2, 1.0) for place in range(70_000)]
    cells = np.zeros(4, dtype=np.int64)
    steps = sum(1 for _ in make_side().steps(make_rows(rows, "C"), cells))

    assert steps >= 1
    assert cells.tolist() == by_hand(rows[:1_024])


def test_the_last_row_is_a_copy():
    """A side holds one row, not the block that it was in."""
    side = make_side()
    rows = make_rows([(1.0, 0, 2.0), (3.0, 1, 4.0)], "C")
    side.count(rows, np.zeros(4, dtype=np.int64))
    rows.numbers[:] = 9.0
    cells = np.zeros(4, dtype=np.int64)
    side.count(make_rows([(3.0, 1, 9.0)], "C"), cells)

    assert cells.tolist() == [1, 1, 0, 1]
