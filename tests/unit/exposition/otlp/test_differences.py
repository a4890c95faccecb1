"""Deltas: nothing is lost by a push that fails, nothing is doubled by one that is taken."""

from __future__ import annotations

import math

import numpy as np
import pytest
from opentelemetry.sdk.metrics.export import AggregationTemporality

from mlexporter import catalogue
from mlexporter.exposition.otlp.differences import Differences
from mlexporter.exposition.otlp.points import Times, metrics
from mlexporter.exposition.samples import Block, Family, SeriesLabels, histogram_block, histogram_labels
from mlexporter.records import HistogramCounts

LABELS = SeriesLabels(("stage",), [("a",), ("b",)])
BUCKETS = histogram_labels(catalogue.OBSERVE_DURATION, (), (0.5,))


def pushed(since, values, buckets, total):
    """Return the values of a counter and of a histogram, as they are pushed."""
    families = [
        Family(catalogue.INTERNAL_ERRORS, (Block(LABELS, values),)),
        Family(catalogue.OBSERVE_DURATION, (histogram_block(BUCKETS, HistogramCounts(np.array(buckets), total)),)),
        Family(catalogue.WORKERS, (Block(SeriesLabels((), [()]), [3]),)),
    ]  # fmt: skip
    counter, histogram, gauge = metrics(families, Times(0, 1), since)
    assert counter.data.aggregation_temporality is AggregationTemporality.DELTA
    assert gauge.data.data_points[0].value == 3
    (point,) = histogram.data.data_points
    return [each.value for each in counter.data.data_points], point.bucket_counts, point.count, point.sum


def test_a_push_that_is_taken_is_not_pushed_again():
    """The next one has what came since."""
    since = Differences()
    assert pushed(since, [3, 4], [1, 2], 5.0) == ([3, 4], [1, 2], 3, 5.0)
    since.taken(7)
    assert pushed(since, [5, 4], [1, 4], 9.0) == ([2, 0], [0, 2], 2, 4.0)
    assert since.taken_at == 7


def test_a_push_that_fails_loses_nothing():
    """Two that fail, and the third has all of it."""
    since = Differences()
    pushed(since, [1, 1], [1, 0], 0.25)
    since.taken(1)
    for values in ([2, 1], [3, 1]):
        pushed(since, values, [5, 0], 1.25)
        since.refused()
    assert pushed(since, [4, 1], [6, 0], 1.5) == ([3, 0], [5, 0], 5, 1.25)


def test_counters_that_begin_anew_are_new_as_a_whole():
    """A directory was removed: what is below what was taken is no difference."""
    since = Differences()
    pushed(since, [9, 9], [5, 5], 8.0)
    since.taken(1)
    assert pushed(since, [2, 10], [1, 6], 1.0) == ([2, 1], [1, 6], 7, 1.0)


def test_a_series_that_was_absent_goes_on_where_it_was():
    """What is not there for a while is not pushed twice."""
    since = Differences()
    pushed(since, [5, 5], [0, 0], 0.0)
    since.taken(1)
    assert pushed(since, [math.nan, 6], [0, 0], 0.0)[0] == [1]
    since.taken(2)
    assert pushed(since, [7, 6], [0, 0], 0.0)[0] == [2, 0]


def test_who_takes_over_goes_on():
    """What was taken is handed on, for counters of the same life."""
    since = Differences()
    pushed(since, [3, 4], [1, 2], 5.0)
    since.taken(7)
    data = since.to_bytes("life")
    after = Differences.from_bytes(data, "life")

    assert pushed(after, [4, 4], [1, 3], 6.0) == ([1, 0], [0, 1], 1, 1.0)
    assert after.taken_at == 7
    assert pushed(Differences.from_bytes(data, "another"), [4, 4], [1, 3], 6.0) == ([4, 4], [1, 3], 4, 6.0)


@pytest.mark.parametrize("data", [None, b"", b"garbage", Differences().to_bytes("x")[:-3]])
def test_what_cannot_be_read_is_nothing(data):
    """It begins at the beginning."""
    assert Differences.from_bytes(data, "x").taken_at == 0
