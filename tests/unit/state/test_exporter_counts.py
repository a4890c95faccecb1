from __future__ import annotations

import logging

import numpy as np
import pytest

from mlexporter.state.exporter_counts import ExporterCounter, exporter_counts
from mlexporter.state.layout import CellKind, Layout
from mlexporter.state.slots import PrivateMemory, Slot


def test_everything_is_counted_by_its_labels():
    """Errors by stage, refusals by endpoint and reason, drains, processor time."""
    counter = ExporterCounter()
    counter.on_error("drain", ValueError())
    counter.on_denied("page", "host")
    counter.on_overflow()
    counter.drained(60_000)
    counter.used_processor(2_000_000_000)
    counter.used_processor(1_000_000_000)  # read by another thread, a little earlier
    counts = counter.counts()

    assert (
        counts.internal_errors, counts.access_denied, counts.cardinality_overflow,
    ) == ({"drain": 1}, {("page", "host"): 1}, 1)  # fmt: skip
    assert counts.observe_duration.buckets.tolist()[:3] == [0, 1, 0]
    assert counts.observe_duration.total == 0.00006
    assert counts.processor_seconds == 2.0


@pytest.mark.parametrize("takes_along", [False, True])
def test_what_was_counted_before_a_move_is_taken_along_or_not(takes_along):
    """A directory that is found later gets it all; a forked child begins at nothing."""
    counter, slot = ExporterCounter(), Slot(PrivateMemory("other"))
    counter.on_overflow()
    counter.move(slot, takes_along=takes_along)
    counter.on_overflow()
    counter.move(slot, takes_along=takes_along)

    assert counter.counts().cardinality_overflow == 1 + takes_along
    block = slot.blocks()[0]
    cells = [(block.description.synchronous, block.synchronous())]
    assert exporter_counts(cells).cardinality_overflow == 1 + takes_along


def test_an_error_is_logged_once_a_kind_and_without_its_message(caplog):
    """A message may quote a person's data; the class and the place do not."""
    counter = ExporterCounter()
    with caplog.at_level(logging.ERROR, "mlexporter"):
        for _ in range(3):
            try:
                int("Ada, born 1815")
            except ValueError as error:
                counter.on_error("capture", error)
        counter.on_error("capture", TypeError())

    assert len(caplog.records) == 2
    assert "ValueError" in caplog.text
    assert "test_exporter_counts.py" in caplog.text
    assert "Ada" not in caplog.text


def test_pushes_are_counted_by_how_they_end_and_the_newest_time_wins():
    """Points that a receiver refused are counted beside those that it took."""
    counter = ExporterCounter()
    counter.pushed({"ok": 7, "rejected": 3}, unix_nanoseconds=5_000_000_000, is_taken=True)
    counter.pushed({"error": 10}, unix_nanoseconds=6_000_000_000, is_taken=False)
    counter.push_fails(is_failing=True)
    counter.push_fails(is_failing=True)
    found = counter.counts().push

    assert found.pushes == {"ok": 1, "error": 1}
    assert found.points == {"ok": 7, "error": 10, "rejected": 3}
    assert (found.last_timestamp, found.failing) == (5.0, 1)


def test_workers_of_another_version_count_what_both_know():
    """A directory that outlives an upgrade has blocks that know fewer stages, and other things."""
    older = Layout(
        (("internal_errors", CellKind.COUNT, 2), ("else", CellKind.COUNT, 1), ("overflow", CellKind.COUNT, 1))
    )
    counter = ExporterCounter()
    counter.on_overflow()
    block = counter._block
    cells = [(older, np.array([0, 4, 9, 5])), (block.description.synchronous, block.synchronous())]
    found = exporter_counts(cells)

    assert (found.internal_errors, found.cardinality_overflow) == ({"record": 4}, 6)
