from __future__ import annotations

import logging

import pytest

from mlexporter.state.exporter_counts import ExporterCounter, exporter_counts
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
    assert exporter_counts([slot.blocks()[0].synchronous()]).cardinality_overflow == 1 + takes_along


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
