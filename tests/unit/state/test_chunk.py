"""Rows and calls of one lane, counted all together or dropped."""

from __future__ import annotations

import pytest

from mlexporter.state.chunk import Chunk, chunks_of
from mlexporter.state.entries import Call
from mlexporter.state.ledger import ACCEPTED, DROPPED

ROW = ((1.5, "blue"),)


@pytest.fixture
def chunk(counted):
    """A chunk of three accepted rows in two calls."""
    lane, *_ = counted.open()
    lane.ledger[ACCEPTED] += 3
    chunk = Chunk(lane)
    chunk.calls = [
        Call(lane, rows=ROW, outputs=((0.5,),), elapsed_nanoseconds=1),
        Call(lane, 2, rows=ROW * 2),
    ]
    return chunk


def test_a_chunk_is_counted_with_its_last_step(chunk, counted):
    """Before, nothing of it is in the cells; afterwards nothing is left of it."""
    steps = chunk.steps()
    while chunk.calls:
        assert chunk.lane.block.committer.banked().sum() == 0
        assert chunk.lane.service.committer.banked().sum() == 0
        next(steps, None)
    for _ in steps:
        pass
    chunk.drop("internal_error")

    assert counted.balance() == (3, 3, 0)
    assert counted.profile.output_cells.sum() == 1
    assert counted.service.durations["ok"].buckets.sum() == 1


def test_a_chunk_that_is_not_counted_is_dropped_once(chunk, counted):
    """However often it is asked for."""
    chunk.drop("internal_error")
    chunk.drop("overload")

    assert counted.balance() == (3, 0, 3)
    assert chunk.lane.ledger[DROPPED["internal_error"]] == 3


@pytest.mark.parametrize("step", range(3))
def test_steps_that_end_early_leave_the_rows_to_be_dropped(chunk, counted, step):
    """Rows are accounted for in one way, wherever it stops."""
    steps = chunk.steps()
    for _ in range(step):
        next(steps, None)
    steps.close()
    chunk.drop("internal_error")

    accepted, drained, dropped = counted.balance()
    assert (accepted, drained + dropped) == (3, 3)


def test_what_cannot_be_binned_is_counted_nowhere(chunk, counted):
    """One bad call is an error of ours, and neither block has a part of the others."""
    chunk.calls.append(Call(chunk.lane, rows=((1.5,),)))
    chunk.lane.ledger[ACCEPTED] += 1
    with pytest.raises(ValueError, match="zip"):
        chunk.count()
    chunk.drop("internal_error")

    assert counted.balance() == (4, 0, 4)
    assert counted.service.durations["ok"].buckets.sum() == 0


def test_without_a_profile_the_service_accounts_for_rows(counted):
    """Rows that the call has dropped itself are not counted again."""
    lane = counted.state.lane
    lane.ledger[ACCEPTED] += 5
    lane.drop("sampled", 2)
    chunk = Chunk(lane)
    chunk.calls = [Call(lane, 3), Call(lane, 2, drop_reason="sampled")]
    chunk.count()

    assert lane.service.committer.banked()[lane.service.layout.index("drained")] == 3
    assert counted.service.batch_rows.total == 5


def test_calls_are_counted_lane_by_lane(counted, new_reference):
    """In the order in which they came."""
    old, *_ = counted.open()
    new, *_ = counted.open(new_reference("00000000"))
    calls = [Call(lane) for lane in (old, new, old)]

    assert [(chunk.lane, chunk.calls) for chunk in chunks_of(calls)] == [
        (old, [calls[0], calls[2]]),
        (new, [calls[1]]),
    ]
    assert chunks_of([]) == []
