"""The cells that a call is counted in."""

from __future__ import annotations

from mlexporter.state.entries import Call
from mlexporter.state.ledger import DROPPED


def test_rows_are_accounted_for_in_the_profile_or_in_the_service(counted):
    """One of the two, never both."""
    bare = counted.state.lane
    lane, *_ = counted.open()

    assert bare.ledger is bare.service.cells
    assert lane.ledger is lane.block.cells
    assert lane.service is bare.service


def test_dropped_rows_are_counted_by_reason(counted):
    """In the ledger of the lane; none are none."""
    bare = counted.state.lane
    lane, *_ = counted.open()
    lane.drop("overload", 3)
    lane.drop("internal_error", 0)

    assert [lane.ledger[place] for place in DROPPED.values()] == [3, 0, 0]
    assert [bare.ledger[place] for place in DROPPED.values()] == [0, 0, 0]


def test_a_call_is_counted_where_it_began(counted, new_reference):
    """Whatever profile is opened while it runs."""
    old, *_ = counted.open()
    call = Call(old, 2, rows=((1.5, "blue"),) * 2)
    new, *_ = counted.open(new_reference("00000000"))
    counted.state.leave(call)
    counted.state.drain()

    assert old.block.committer.banked()[old.block.drained] == 2
    assert new.block.committer.banked().sum() == 0
