from __future__ import annotations

import sys
import threading

import pytest

from mlexporter.catalogue import STATUSES
from mlexporter.state.entries import ABANDONED, ERROR, Call
from mlexporter.state.errors_block import ERROR_NAMES_LIMIT
from mlexporter.state.ledger import ACCEPTED, PLAIN
from mlexporter.state.names import clean_name
from mlexporter.state.service_block import REQUESTS
from mlexporter.state.slots import PrivateMemory, Slot

ROW = ((1.5, "blue"),)


def test_requests_and_rows_are_exact_before_any_drain(counted):
    """What is synchronous is there when the call has ended; the rest waits."""
    lane, inlet, hook = counted.open()
    counted.plain(inlet)
    counted.state.enter()
    counted.state.leave(Call(lane, 3, rows=ROW * 3))

    assert (lane.ledger[PLAIN], lane.ledger[ACCEPTED]) == (1, 3)
    assert lane.service.cells[REQUESTS[0]] == 1
    assert lane.block.block.banked().sum() == hook.calls == 0


def test_a_snapshot_holds_every_part_of_a_call(counted):
    """Status, duration by bucket and sum, rows, violations, error class."""
    counted.state.enter()
    counted.state.enter()
    counted.state.leave(
        Call(
            counted.state.lane, 300, status=ERROR, elapsed_nanoseconds=100_000_000,
            error_name="E", violations=[0, 7, 0, 0],
        )
    )  # fmt: skip
    service = counted.service

    assert (service.accepted, service.in_progress, service.errors) == (300, 1, {"E": 1})
    assert (service.durations["error"].buckets.tolist(), service.durations["error"].total) == ([1, 0, 0], 0.1)
    assert (service.batch_rows.total, service.batch_rows.buckets[5]) == (300.0, 1)
    assert service.schema_violations["extra_feature"] == 7
    assert service.loaded_timestamp == 1234.5
    assert set(STATUSES) == set(service.requests)


def test_calls_bring_in_what_waits_without_a_reader(new_counted):
    """Some of them do a little, and so all but the newest rows are in their bins."""
    counted = new_counted(buffer_rows=16, buffer_limit_rows=10_000)
    lane, inlet, _ = counted.open()
    counted.plain(inlet, 1000)
    for _ in range(64):
        counted.state.leave(Call(lane, rows=ROW))
    drained = int(lane.block.committer.banked()[lane.block.drained])

    assert drained > 1064 - 300
    assert counted.balance() == (1064, 1064, 0)


def test_rows_beyond_the_limit_are_dropped_and_counted(new_counted):
    """Where nobody brought rows in for long, as many are left as the limit says."""
    counted = new_counted(buffer_rows=4, buffer_limit_rows=100)
    lane, inlet, _ = counted.open()
    row = {"colour": "blue", "size": 1.5}
    for _ in range(250):
        counted.state.enter()
        lane.ledger[PLAIN] += 1
        inlet.waiting.append((row, 5, 0.5))
    counted.state.relieve()

    assert len(inlet.waiting) <= 100
    assert counted.service.dropped["overload"] == 150
    assert counted.balance() == (250, 100, 150)


def test_rows_that_a_call_leaves_out_are_dropped_by_their_reason(counted):
    """They are accepted, in no bin, and the duration of the call counts."""
    lane, _, _ = counted.open()
    counted.state.leave(Call(lane, 5, drop_reason="sampled", elapsed_nanoseconds=1))

    assert counted.balance() == (5, 0, 5)
    assert counted.service.dropped["sampled"] == 5
    assert counted.service.durations["ok"].buckets.sum() == 1


@pytest.mark.parametrize("strict", [False, True])
def test_an_error_in_a_drain_loses_no_count(new_counted, strict, monkeypatch):
    """The rows are dropped with the reason ``internal_error``; the next ones are counted again."""
    counted = new_counted(strict=strict)
    lane, inlet, _ = counted.open()
    counted.plain(inlet, 2)
    counted.state.leave(Call(lane, 2, rows=ROW * 2))
    with monkeypatch.context() as patch:
        patch.setattr(lane.block, "plain_steps", lambda *_: 1 / 0)
        patch.setattr(lane.block, "add_features", lambda *_: 1 / 0)
        for _ in range(2):
            if strict:
                with pytest.raises(ZeroDivisionError):
                    counted.state.drain()
            else:
                counted.state.drain()
    counted.plain(inlet)

    assert counted.balance() == (5, 1, 4)
    assert counted.counter.counts().internal_errors == {"drain": 2}


@pytest.mark.parametrize("kind", ["rows", "calls"])
def test_control_c_in_a_drain_passes_and_loses_no_count(counted, monkeypatch, kind):
    """The interrupt belongs to the user; the rows are accounted for all the same."""
    lane, inlet, _ = counted.open()
    if kind == "rows":
        counted.plain(inlet, 2)
    else:
        counted.state.leave(Call(lane, 2, rows=ROW * 2))

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lane.block, "plain_steps", interrupt)
        patch.setattr(lane.block, "add_features", interrupt)
        with pytest.raises(KeyboardInterrupt):
            counted.state.drain()

    assert counted.balance() == (2, 0, 2)


def test_other_bins_begin_at_zero(counted, new_reference):
    """Rows of the old ones, also late ones, stay with the old ones; the service goes on."""
    old_lane, old, _ = counted.open()
    counted.plain(old)
    new_lane, new, _ = counted.open(new_reference("00000000"))
    counted.plain(old)
    counted.plain(new)

    assert counted.balance() == (1, 1, 0)
    assert counted.service.accepted == 3
    assert old_lane.block.committer.banked()[old_lane.block.drained] == 2
    assert new_lane.service is old_lane.service


def test_profiles_with_the_same_bins_share_their_cells(counted, new_reference):
    """Another threshold opens no cells of its own, however often it changes."""
    for number in range(1, 12):
        _, inlet, _ = counted.open(new_reference())
        counted.plain(inlet)

        assert counted.balance() == (number, number, 0)


def test_opening_the_open_profile_again_changes_nothing(counted, new_reference):
    """The same reference keeps its lane; closing it leaves the service alone."""
    reference = new_reference()
    lane = counted.state.open_profile(reference)

    assert counted.state.open_profile(reference) is lane
    assert counted.state.service_lane.block is None
    counted.state.close_profile()
    assert (counted.state.reference, counted.state.lane.block) == (None, None)
    assert counted.profile is None


def test_after_a_move_everything_begins_at_nothing_elsewhere(counted):
    """The other slot has the same blocks, and calls that had begun before are not in progress there."""
    lane, inlet, _ = counted.open()
    counted.plain(inlet, 3)
    counted.state.enter()
    slot = Slot(PrivateMemory("other"))
    counted.state.move(slot)

    assert counted.balance() == (0, 0, 0)
    assert (counted.service.in_progress, counted.service.loaded_timestamp) == (0, 1234.5)
    assert lane.ledger[PLAIN] == 3
    assert [block.description.kind for block in slot.blocks()][:2] == ["service", "profile"]
    assert counted.state.lane is not lane


def test_what_is_forgotten_is_left_to_the_parent(counted):
    """A forked child counts what it is asked itself, and nothing that waited when it was forked."""
    lane, inlet, hook = counted.open()
    counted.plain(inlet, 3)
    counted.state.leave(Call(lane, 2, rows=ROW * 2))
    counted.state.forget()
    counted.state.drain()

    assert hook.calls == 0
    assert lane.block.committer.banked().sum() == lane.service.committer.banked().sum() == 0


def test_calls_in_progress_are_those_that_were_entered_and_not_left(counted):
    """However often somebody looks."""
    seen = []
    for _ in range(3):
        counted.state.enter()
        seen.append(counted.service.in_progress)
    counted.state.leave(Call(counted.state.lane))
    seen += [counted.service.in_progress, counted.service.in_progress]

    assert seen == [1, 2, 3, 2, 2]


def test_eight_threads_lose_no_count(new_counted):
    """Requests, rows, every feature, durations and in progress are exact after 8 x 2,000 calls."""
    counted = new_counted(buffer_rows=16, buffer_limit_rows=64)
    lane, inlet, _ = counted.open()
    odd = {"colour": "blue", "size": "text"}

    def work():
        for number in range(2000):
            if number % 10:
                counted.plain(inlet, row=None if number % 7 else odd)
            else:
                counted.state.enter()
                counted.state.leave(Call(lane, 2, rows=ROW * 2, status=ABANDONED, elapsed_nanoseconds=1))
            if number % 500 == 0:
                counted.state.snapshot(0.0)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    accepted, drained, dropped = counted.balance()
    service = counted.service

    assert service.requests == {"ok": 14400, "error": 0, "cancelled": 0, "abandoned": 1600}
    assert (service.accepted, accepted, service.in_progress) == (17600, 17600, 0)
    assert service.dropped == {"overload": dropped, "sampled": 0, "internal_error": 0}
    assert int(service.durations["ok"].buckets.sum()) + dropped == 14400
    assert counted.counter.counts().internal_errors == {}
    assert drained > 1600


def test_the_fifty_first_class_of_errors_is_other(counted):
    """The table is append-only, and what is filed under ``other`` is counted."""
    for number in range(ERROR_NAMES_LIMIT + 3):
        counted.state.leave(Call(counted.state.lane, status=ERROR, error_name=f"Error{number}"))
    errors = counted.service.errors

    assert (len(errors), errors["other"], errors["Error49"]) == (ERROR_NAMES_LIMIT + 1, 3, 1)
    assert counted.counter.counts().cardinality_overflow == 3


def test_no_buffer_keeps_the_name_of_an_error_class(counted):
    """Classes can be made with names of any length; what is kept of one is in the table, cut."""
    call = Call(counted.state.lane, status=ERROR, error_name="E" * 10_000_000)
    counted.state.leave(call)

    assert call.error_name is None
    assert counted.service.errors == {"E" * 128: 1}


def test_names_are_cut_and_valid():
    """128 bytes of UTF-8, whatever they were."""
    assert len(clean_name("é" * 500).encode()) == 128
    assert clean_name("\ud800") == "?"
