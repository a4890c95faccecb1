from __future__ import annotations

import itertools
import sys
import threading
from collections import deque

import numpy as np
import pytest

from mlexporter.catalogue import STATUSES
from mlexporter.records import (
    Distribution,
    FeatureReference,
    Kind,
    ModelKey,
    OutputReference,
    Reference,
    TrainingType,
)
from mlexporter.state.entries import ABANDONED, ERROR, Call
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.lane import Lane
from mlexporter.state.model import ModelState
from mlexporter.state.names import NameTable, clean_name
from mlexporter.state.synchronous import ERROR_NAMES_LIMIT, SynchronousCells

NUMBER = Distribution(
    Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0), minimum=0.0, maximum=3.0
)
TEXT = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("blue",), counts=(9, 0, 0, 0, 0))


def new_reference():
    features = (FeatureReference("colour", TEXT), FeatureReference("size", NUMBER))
    return Reference(
        "m", "1", features, (OutputReference("prediction", NUMBER),), "0a1b2c3d", "0" * 16, 15, 0.0
    )


def new_state(*, buffer_rows=256, buffer_limit_rows=512, strict=False):
    return ModelState(
        ModelKey("m", "1"), latency_bounds=(0.1, 1.0), buffer_rows=buffer_rows,
        buffer_limit_rows=buffer_limit_rows, wall_clock=lambda: 1234.5, epoch="life",
        counter=ExporterCounter(), strict=strict,
    )  # fmt: skip


def binned(state):
    profile = state.snapshot(0.0).profile
    starts = profile and state.reference.feature_offsets
    return [int(profile.feature_cells[a:b].sum()) for a, b in itertools.pairwise(starts)]


def test_requests_and_rows_are_exact_before_any_drain():
    """What is synchronous is there when the call has returned."""
    state = new_state()
    state.enter()
    state.leave_plain(state.lane, (), 5, ())

    cells = state._synchronous.read()
    assert cells[0] == 1
    assert state._service.cells.sum() == 0


def test_a_snapshot_holds_every_part_of_a_call():
    """Status, duration by bucket and sum, rows, violations, error class."""
    state = new_state()
    state.enter()
    state.enter()
    state.leave(
        Call(
            state.lane,
            300,
            status=ERROR,
            elapsed_nanoseconds=100_000_000,
            error_name="E",
            violations=[0, 7, 0, 0],
        )
    )
    service = state.snapshot(0.0).service

    assert (service.accepted, service.in_progress, service.errors) == (300, 1, {"E": 1})
    assert (service.durations["error"].buckets.tolist(), service.durations["error"].total) == ([1, 0, 0], 0.1)
    assert (service.batch_rows.total, service.batch_rows.buckets[5]) == (300.0, 1)
    assert service.schema_violations["extra_feature"] == 7
    assert service.loaded_timestamp == 1234.5
    assert set(STATUSES) == set(service.requests)


def test_a_full_buffer_drains_inline():
    """A chunk is binned by the call that fills it."""
    state = new_state(buffer_rows=4)
    lane = state.open_profile(new_reference())
    for _ in range(4):
        state.leave_plain(lane, (1.5, "blue"), 1, (0.5,))

    assert len(state._plain) == 0
    assert lane.block.cells[lane.block.layout.index("drained")] == 4


def test_rows_are_dropped_and_counted_only_when_the_drain_is_blocked():
    """The buffer stays within its limit, and accepted = binned + dropped."""
    state = new_state(buffer_rows=4, buffer_limit_rows=10)
    lane = state.open_profile(new_reference())
    with state._draining:
        for _ in range(50):
            state.enter()
            state.leave_plain(lane, (1.5, "blue"), 1, (0.5,))
        for _ in range(600):
            state.enter()
            state.leave(Call(lane, rows=((1.5, "blue"),)))
        waiting = len(state._plain), len(state._calls)
    profile = state.snapshot(0.0).profile

    assert waiting == (10, 512)
    assert (profile.accepted, profile.dropped, binned(state)) == (650, 40 + 88, [522, 522])
    assert state.snapshot(0.0).service.dropped["overload"] == 128


class EmptiedMeanwhile(deque):
    """A buffer that another thread empties between a look at its length and the next step."""

    def __len__(self):
        return 1000


def test_a_buffer_that_another_thread_empties_is_no_error():
    """Whoever comes second finds nothing to take or to drop, and goes on."""
    state = new_state(buffer_rows=4, buffer_limit_rows=10, strict=True)
    lane = state.open_profile(new_reference())
    state._plain = EmptiedMeanwhile([(lane, (1.5, "blue"), 1, (0.5,))])
    state._drop_newest()
    state._plain = EmptiedMeanwhile([(lane, (1.5, "blue"), 1, (0.5,))])
    state.drain()
    state._plain = deque()
    profile = state.snapshot(0.0).profile

    assert (profile.drained, profile.dropped) == (1, 1)


def test_rows_without_a_profile_are_dropped_by_reason_alone():
    """There is no block whose rows they could be."""
    state = new_state(buffer_rows=1, buffer_limit_rows=1)
    with state._draining:
        for _ in range(3):
            state.leave_plain(state.lane, (), 1, ())
    service = state.snapshot(0.0).service

    assert (service.accepted, service.dropped["overload"]) == (3, 2)
    assert service.durations["ok"].buckets.sum() == 1


@pytest.mark.parametrize("strict", [False, True])
def test_an_error_in_a_drain_loses_no_count(strict, monkeypatch):
    """The rows are dropped with the reason ``internal_error``; the next ones are counted again."""
    state = new_state(strict=strict)
    lane = state.open_profile(new_reference())
    state.leave_plain(lane, (1.5, "blue"), 1, (0.5,))
    state.leave(Call(lane, 2, rows=((1.5, "blue"),) * 2))
    with monkeypatch.context() as patch:
        patch.setattr(lane.block, "add_features", lambda *_: 1 / 0)
        if strict:
            with pytest.raises(ZeroDivisionError):
                state.drain()
        else:
            state.drain()
    state.leave_plain(lane, (1.5, "blue"), 1, (0.5,))
    profile = state.snapshot(0.0).profile

    assert (profile.accepted, profile.dropped, profile.drained, binned(state)) == (4, 3, 1, [1, 1])
    assert state._counter.counts().internal_errors == {"drain": 1}


def test_control_c_in_a_drain_passes_and_loses_no_count(monkeypatch):
    """The interrupt belongs to the user; the rows are accounted for all the same."""
    state = new_state()
    lane = state.open_profile(new_reference())
    state.leave_plain(lane, (1.5, "blue"), 1, (0.5,))

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(lane.block, "add_features", interrupt)
        with pytest.raises(KeyboardInterrupt):
            state.drain()
    profile = state.snapshot(0.0).profile

    assert (profile.accepted, profile.dropped) == (1, 1)


def test_a_new_profile_begins_at_zero_in_a_new_epoch():
    """Rows of the old one, also late ones, stay with the old one; the service goes on."""
    state = new_state()
    old = state.open_profile(new_reference())
    state.leave_plain(old, (1.5, "blue"), 1, (0.5,))
    before = state.snapshot(0.0).profile
    new = state.open_profile(new_reference())
    state.leave_plain(old, (1.5, "blue"), 1, (0.5,))
    state.leave_plain(new, (1.5, "blue"), 1, (0.5,))
    snapshot = state.snapshot(0.0)

    assert before.epoch != snapshot.profile.epoch
    assert (snapshot.profile.accepted, snapshot.profile.drained, snapshot.service.accepted) == (1, 1, 3)


def test_profiles_may_be_replaced_more_often_than_there_are_cells_for_them():
    """A reused cell goes on from where it stood."""
    state = new_state()
    for number in range(1, 12):
        lane = state.open_profile(new_reference())
        for _ in range(number):
            state.leave_plain(lane, (1.5, "blue"), 1, (0.5,))

        assert number == state.snapshot(0.0).profile.accepted


def test_opening_the_open_profile_again_changes_nothing():
    """The same reference keeps its block."""
    state = new_state()
    reference = new_reference()

    assert state.open_profile(reference) is state.open_profile(reference)


def test_eight_threads_lose_no_count():
    """Requests, rows, every feature, durations and in progress are exact after 8 x 2,000 calls."""
    state = new_state(buffer_rows=16, buffer_limit_rows=64)
    lane = state.open_profile(new_reference())

    def work():
        for number in range(2000):
            state.enter()
            if number % 10:
                state.leave_plain(lane, (1.5, "blue"), 1, (0.5,))
            else:
                state.leave(Call(lane, 2, rows=((1.5, "red"),) * 2, status=ABANDONED, elapsed_nanoseconds=1))
            if number % 500 == 0:
                state.snapshot(0.0)

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
    snapshot = state.snapshot(0.0)
    profile, service = snapshot.profile, snapshot.service

    assert service.requests == {"ok": 14400, "error": 0, "cancelled": 0, "abandoned": 1600}
    assert (service.accepted, profile.accepted, service.in_progress) == (17600, 17600, 0)
    assert profile.accepted == profile.drained + profile.dropped
    assert [profile.drained] * 2 == binned(state)


@pytest.mark.parametrize("locked", [False, True])
def test_synchronous_cells_are_exact_with_and_without_the_lock(locked):
    """Both ways of adding count every call of 8 threads."""
    cells = SynchronousCells(locked=locked)
    delta = Lane(None).one_row

    def work():
        for _ in range(3000):
            cells.enter()
            cells.add(delta)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = cells.read()

    assert (read[0], cells.read()[-2]) == (24000, 24000)
    assert np.array_equal(cells.read(), cells.read())


def test_the_fifty_first_class_of_errors_is_other():
    """The table is append-only, and what is filed under ``other`` is counted."""
    state = new_state()
    for number in range(ERROR_NAMES_LIMIT + 3):
        state.leave(Call(state.lane, status=ERROR, error_name=f"Error{number}"))
    errors = state.snapshot(0.0).service.errors

    assert (len(errors), errors["other"], errors["Error49"]) == (ERROR_NAMES_LIMIT + 1, 3, 1)
    assert state._counter.counts().cardinality_overflow == 3


def test_no_buffer_keeps_the_name_of_an_error_class():
    """Classes can be made with names of any length; what is kept of one is in the table, cut."""
    state = new_state()
    state.enter()
    state.leave(Call(state.lane, status=ERROR, error_name="E" * 10_000_000))

    assert [call.error_name for call in state._calls] == [None]
    assert state.snapshot(0.0).service.errors == {"E" * 128: 1}


def test_names_are_cut_and_valid():
    """128 bytes of UTF-8, and one place however they are spelled."""
    table = NameTable(2)

    assert table.place("é" * 500) == table.place("é" * 400)
    assert len(clean_name("é" * 500).encode()) == 128
    assert clean_name("\ud800") == "?"
    assert (table.place("other"), table.name(7)) == (2, "other")
