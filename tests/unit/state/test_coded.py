"""Columns that name each distinct value once."""

from __future__ import annotations

import numpy as np
import pytest

from mlexporter.state.coded import CodedColumn

CODES = np.array([0, 1, -1, 0, 2], dtype=np.int8)
VALUES = ["a", [1], 1.0]


def test_a_coded_column_is_the_list_of_its_values():
    """Length, places from both ends, slices, and the values in order; -1 is missing."""
    column, listed = CodedColumn(CODES, VALUES), ["a", [1], None, "a", 1.0]

    assert (list(column), len(column)) == (listed, 5)
    assert [column[place] for place in range(-5, 5)] == listed * 2
    assert list(column[1:4]) == listed[1:4]
    assert [1] in column
    with pytest.raises(IndexError):
        column[5]


def test_each_distinct_value_is_tallied_once():
    """Those that occur; they may be unhashable."""
    assert CodedColumn(CODES, VALUES).tally() == [(None, 1), ("a", 2), ([1], 1), (1.0, 1)]
    assert CodedColumn(CODES[:2], VALUES).tally() == [("a", 1), ([1], 1)]
    assert CodedColumn(CODES[:0], []).tally() == []


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.int64])
def test_codes_of_any_width(kind):
    """The largest code of a narrow type has a place too."""
    values = list(range(128))
    column = CodedColumn(np.array([127, -1, 127], dtype=kind), values)

    assert column.tally() == [(None, 1), (127, 2)]
