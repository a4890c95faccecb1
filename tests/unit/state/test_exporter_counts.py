from __future__ import annotations

import logging

from mlexporter.state.exporter_counts import ExporterCounter


def test_everything_is_counted_by_its_labels():
    """Errors by stage, refusals by endpoint and reason, drains, the newest evaluation."""
    counter = ExporterCounter()
    assert counter.counts().last_evaluation_timestamp is None
    counter.on_error("drain", ValueError())
    counter.on_denied("metrics", "host")
    counter.on_overflow()
    counter.drained(60_000)
    counter.evaluated(0.5, 99.0)
    counts = counter.counts()

    assert (
        counts.internal_errors, counts.access_denied, counts.cardinality_overflow,
    ) == ({"drain": 1}, {("metrics", "host"): 1}, 1)  # fmt: skip
    assert (counts.observe_duration.buckets[1], counts.observe_duration.total) == (1, 0.00006)
    assert (counts.evaluation_duration_seconds, counts.last_evaluation_timestamp) == (0.5, 99.0)


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
