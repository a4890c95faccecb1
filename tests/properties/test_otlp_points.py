"""Whatever a scrape shows, the points of OTLP say the same: every series, every value, and nothing more."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.resources import Resource

from examples import examples
from mlexporter.catalogue import CATALOGUE
from mlexporter.exposition.otlp.differences import Differences
from mlexporter.exposition.otlp.points import Times, metrics, point_count, request_of
from mlexporter.exposition.samples import Block, Family, SeriesLabels, histogram_block, histogram_labels
from mlexporter.records import HistogramCounts
from otlp_points import samples_of_families, samples_of_points

COUNTS = st.integers(0, 2**53)
NUMBERS = COUNTS | st.floats(allow_nan=False) | st.just(math.nan)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
METRICS = {
    kind: [metric for metric in CATALOGUE if metric.kind == kind]
    for kind in ("gauge", "counter", "histogram")
}
TIMES = Times(1, 2)


@st.composite
def families_of(draw, values_of):
    """Return families of different metrics with different series."""
    chosen = draw(st.lists(st.sampled_from(CATALOGUE), max_size=6, unique=True))
    return [Family(metric, tuple(_blocks(draw, metric, values_of[metric.kind]))) for metric in chosen]


def _blocks(draw, metric, values):
    rows = draw(st.lists(st.tuples(*[TEXTS] * len(metric.labels)), max_size=5, unique=True))
    if metric.kind == "histogram":
        bounds = draw(st.lists(st.floats(-1e9, 1e9), max_size=5, unique=True).map(sorted))
        for row in rows:
            n = len(bounds) + 1
            counts = draw(st.lists(st.integers(0, 2**40), min_size=n, max_size=n))
            total = draw(st.floats(-1e12, 1e12))
            labels = histogram_labels(metric, row, tuple(bounds))
            yield histogram_block(labels, HistogramCounts(np.array(counts), total))
        return
    half = len(rows) // 2
    for part in (rows[:half], rows[half:]):
        labels = SeriesLabels(metric.labels, part)
        yield Block(labels, draw(st.lists(values, min_size=len(part), max_size=len(part))))


ANY = families_of({"gauge": NUMBERS, "counter": NUMBERS, "histogram": NUMBERS})
COUNTED = families_of({"gauge": NUMBERS, "counter": COUNTS, "histogram": COUNTS})


@settings(max_examples=examples(60), deadline=None)
@given(ANY)
def test_points_are_samples_and_samples_are_points(families):
    """In both directions, and the encoder of the exporters takes all of them."""
    found = metrics(families, TIMES)
    assert samples_of_points(found) == samples_of_families(families)
    request = encode_metrics(request_of(metrics(families, TIMES), Resource({})))
    encoded = request.resource_metrics[0].scope_metrics[0].metrics
    assert [metric.name for metric in encoded] == [metric.name for metric in found]
    sizes = [len(getattr(metric, metric.WhichOneof("data")).data_points) for metric in encoded]
    assert sum(sizes) == point_count(found)


@settings(max_examples=examples(60), deadline=None)
@given(COUNTED, st.lists(st.booleans(), min_size=1, max_size=6))
def test_deltas_that_are_taken_add_up_to_the_counts(families, outcomes):
    """Whichever pushes fail: all that was taken, added up, is what a scrape shows, once the last one is taken."""
    since, sums = Differences(), {}
    counters = [family for family in families if family.metric.kind == "counter"]
    for is_taken in (*outcomes, True):
        found = metrics(counters, TIMES, since)
        if is_taken:
            since.taken(1)
            for key, value in samples_of_points(found).items():
                sums[key] = sums.get(key, 0) + value
        else:
            since.refused()
        counters = [_risen(family) for family in counters]
    final = samples_of_families([_fallen(family) for family in counters])
    assert sums == final


def _risen(family):
    return Family(family.metric, tuple(Block(b.labels, [v + 3 for v in b.values]) for b in family.blocks))


def _fallen(family):
    return Family(family.metric, tuple(Block(b.labels, [v - 3 for v in b.values]) for b in family.blocks))
