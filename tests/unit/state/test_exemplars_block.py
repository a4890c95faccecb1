"""Sampled calls of a model: kept by status and bucket, shown by whoever reads."""

from __future__ import annotations

import errno
import math

import pytest

from mlexporter.catalogue import STATUSES
from mlexporter.records import Exemplar, ModelKey
from mlexporter.state.entries import ABANDONED, ERROR, OK
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.model import ModelState
from mlexporter.state.slots import BlockDescription, BlockKind, PrivateMemory, Slot
from mlexporter.state.slots.exemplar_cells import RECORD_CELLS, SampledCall, write_call
from mlexporter.state.snapshots import cells_of, snapshots, together

KEY = ModelKey("m", "1")
NANOSECONDS = 1_000_000_000


class Clock:
    """Unix seconds that a test moves."""

    def __init__(self, now=1000.0):
        self.now = now

    def __call__(self):
        """Return the time."""
        return self.now


def state_of(slot, clock=None, bounds=(0.1, 1.0)):
    return ModelState(
        KEY, latency_bounds=bounds, buffer_rows=8, buffer_limit_rows=100, wall_clock=clock or Clock(),
        counter=ExporterCounter(), slot=slot, strict=True,
    )  # fmt: skip


def new_slot():
    return Slot(PrivateMemory("private"))


def shown(*slots):
    """Return the exemplars that a reader of all these slots shows, by status."""
    blocks = together([], (cells for slot in slots for cells in cells_of(slot)))
    service = snapshots(blocks, life="a", taken_at=0.0, chosen={KEY: None})[KEY].service
    return {
        status: dict(counts.exemplars) for status, counts in service.durations.items() if counts.exemplars
    }


def kinds(slot):
    return [block.description.kind for block in slot.blocks()]


def test_a_sampled_call_stands_in_the_bucket_of_its_duration():
    """By status, with its own duration, the time of its end and its numbers."""
    slot = new_slot()
    state = state_of(slot)
    state.exemplify(OK, 50_000_000, trace_id=2**127 + 1, span_id=2**63 + 1)
    state.exemplify(ABANDONED, 2 * NANOSECONDS, trace_id=2, span_id=3)

    assert shown(slot) == {
        "ok": {0: Exemplar(2**127 + 1, 2**63 + 1, 0.05, 1000.0)},
        "abandoned": {2: Exemplar(2, 3, 2.0, 1000.0)},
    }


@pytest.mark.parametrize(
    ("nanoseconds", "bucket"),
    [(0, 0), (100_000_000, 0), (100_000_001, 1), (NANOSECONDS, 1), (NANOSECONDS + 1, 2), (2**62, 2)],
)
def test_a_bound_belongs_to_the_bucket_below_it(nanoseconds, bucket):
    """As durations are counted."""
    slot = new_slot()
    state_of(slot).exemplify(ERROR, nanoseconds, trace_id=1, span_id=1)

    assert list(shown(slot)["error"]) == [bucket]


@pytest.mark.parametrize("bound", [0.1234567894, 0.1234567896, 1e-9, 0.3, math.pi])
def test_the_value_that_is_shown_lies_in_its_bucket(bound):
    """Also where a bound is finer than a nanosecond, and a count would be rounded."""
    for nanoseconds in (math.floor(bound * NANOSECONDS), math.ceil(bound * NANOSECONDS)):
        slot = new_slot()
        state_of(slot, bounds=(bound,)).exemplify(OK, nanoseconds, trace_id=1, span_id=1)
        ((bucket, exemplar),) = shown(slot)["ok"].items()
        assert (exemplar.value <= bound) is (bucket == 0)


def test_a_later_call_takes_the_place_of_an_earlier_one():
    """Even if the clock was put back: it is the last one of this process."""
    slot, clock = new_slot(), Clock()
    state = state_of(slot, clock)
    for number, now in ((1, 1000.0), (2, 900.0)):
        clock.now = now
        state.exemplify(OK, 5, trace_id=number, span_id=number)

    assert shown(slot) == {"ok": {0: Exemplar(2, 2, 5e-9, 900.0)}}


def test_without_sampled_calls_there_is_no_block():
    """Nor with a model that has none: only the first opens it."""
    slot = new_slot()
    state = state_of(slot)
    assert BlockKind.EXEMPLARS not in kinds(slot)
    assert shown(slot) == {}

    state.exemplify(OK, 5, trace_id=1, span_id=1)
    state.exemplify(ERROR, 5, trace_id=1, span_id=1)
    assert kinds(slot).count(BlockKind.EXEMPLARS) == 1


def test_a_reader_shows_the_newest_call_of_all_workers():
    """For each bucket the newest, whoever made it."""
    clock, slots = Clock(), [new_slot(), new_slot()]
    states = [state_of(slot, clock) for slot in slots]
    for now, worker, nanoseconds in (
        (10.0, 0, 1),
        (11.0, 1, 1),
        (12.0, 1, NANOSECONDS),
        (13.0, 0, NANOSECONDS),
    ):
        clock.now = now
        states[worker].exemplify(OK, nanoseconds, trace_id=worker + 1, span_id=1)

    for order in (1, -1):
        found = shown(*slots[::order])["ok"]
        assert {bucket: (each.trace_id, each.timestamp) for bucket, each in found.items()} == {
            0: (2, 11.0), 1: (1, 13.0),
        }  # fmt: skip


def test_calls_in_other_buckets_are_left_out():
    """During a rollout of other bounds: those that are shown are the newest."""
    slots = [new_slot(), new_slot()]
    for slot, bounds, now in ((slots[0], (0.1, 1.0), 10.0), (slots[1], (0.2, 1.0), 20.0)):
        state_of(slot, Clock(now), bounds).exemplify(OK, 150_000_000, trace_id=1, span_id=1)

    assert shown(*slots) == {"ok": {0: Exemplar(1, 1, 0.15, 20.0)}}


@pytest.mark.parametrize("order", [1, -1])
def test_blocks_of_other_versions_with_the_same_buckets_are_shown_together(order):
    """One that knows a status more is another block; the newest of each bucket that is known here is shown."""
    slots = [new_slot(), new_slot()]
    state_of(slots[0], Clock(10.0)).exemplify(OK, 5, trace_id=1, span_id=1)
    state_of(slots[1], Clock(5.0))
    n_records = 3 * (len(STATUSES) + 1)
    layout = Layout((("exemplars", CellKind.EXEMPLAR, n_records * RECORD_CELLS),))
    (name,) = (block.description.name for block in slots[0].blocks() if block.description.kind == "exemplars")
    newer = slots[1].open_block(BlockDescription(BlockKind.EXEMPLARS, KEY, name, layout, Layout(())))
    for place, seconds in ((0, 9), (1, 9), (n_records - 1, 9)):
        write_call(newer.cells, place, SampledCall(2, 2, 5, seconds * NANOSECONDS))

    found = shown(*slots[::order])
    assert {bucket: each.trace_id for bucket, each in found.pop("ok").items()} == {0: 1, 1: 2}
    assert found == {}


def test_they_follow_the_state_into_another_slot():
    """What was kept stays where it was; new ones go where calls are counted."""
    slots = [new_slot(), new_slot()]
    state = state_of(slots[0])
    state.exemplify(OK, 5, trace_id=1, span_id=1)
    state.move(slots[1])
    assert shown(slots[1]) == {}
    state.exemplify(OK, 5, trace_id=2, span_id=2)

    assert [shown(slot)["ok"][0].trace_id for slot in slots] == [1, 2]


def test_a_forked_child_leaves_the_cells_of_its_parent_alone():
    """A call that was under way is the parent's, and so is its exemplar."""
    slot = new_slot()
    state = state_of(slot)
    state.exemplify(OK, 5, trace_id=1, span_id=1)
    slot.forget()
    state.exemplify(OK, 5, trace_id=2, span_id=2)

    assert shown(slot)["ok"][0].trace_id == 1


def test_no_room_is_told_each_time_and_nothing_breaks():
    """Of a slot that has no other place; the next call tries again."""

    class Full(PrivateMemory):
        is_full = False

        def allocate(self, description):
            """Refuse while it is full."""
            if self.is_full:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().allocate(description)

    memory = Full("private")
    slot = Slot(memory)
    state = state_of(slot)
    memory.is_full = True
    for _ in range(2):
        with pytest.raises(OSError, match="No space"):
            state.exemplify(OK, 5, trace_id=1, span_id=1)
    assert shown(slot) == {}

    memory.is_full = False
    state.exemplify(OK, 5, trace_id=1, span_id=1)
    assert shown(slot)["ok"][0].trace_id == 1
