from __future__ import annotations

import pytest

from mlexporter.state.histogram import bucket_counts, integer_bounds
from mlexporter.state.layout import CellKind, Layout

GROUPS = (("calls", CellKind.COUNT, 2), ("none", CellKind.LIVE, 0), ("nanoseconds", CellKind.AMOUNT, 1))


def test_groups_follow_each_other_at_fixed_offsets():
    """Slices and single cells, in the order of declaration."""
    layout = Layout(GROUPS)

    assert (3, slice(0, 2), slice(2, 3)) == (layout.size, layout["calls"], layout["nanoseconds"])
    assert (layout.index("calls", 1), layout.index("nanoseconds")) == (1, 2)
    assert [group.kind for group in layout.groups] == ["count", "live", "amount"]
    assert layout.zeros().tolist() == [0, 0, 0]


def test_equal_groups_make_equal_layouts():
    """Order and kinds are part of it."""
    assert Layout(GROUPS) == Layout(GROUPS)
    assert hash(Layout(GROUPS)) == hash(Layout(GROUPS))
    assert Layout(GROUPS) != Layout(GROUPS[::-1])


def test_a_cell_outside_its_group_is_refused():
    """A wrong position must not touch the neighbour."""
    with pytest.raises(IndexError):
        Layout(GROUPS).index("calls", 2)
    with pytest.raises(ValueError, match="unique"):
        Layout((*GROUPS, GROUPS[0]))


def test_a_value_at_a_bound_belongs_to_it():
    """At or below the bound, the rest in the open bucket."""
    bounds = integer_bounds((0.001, 0.0025), 1_000_000_000)

    assert bucket_counts([0, 1_000_000, 1_000_001, 2_500_000, 2_500_001], bounds).tolist() == [2, 2, 1]
    assert bucket_counts([], bounds).tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="ascend"):
        integer_bounds((1.0, 1.0), 1)
