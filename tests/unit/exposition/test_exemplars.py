"""A bucket shows one of its calls: in OpenMetrics, and to prometheus_client."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from mlexporter import catalogue
from mlexporter.exposition.collector import Collector
from mlexporter.exposition.families import collect
from mlexporter.exposition.samples import Block, Family, SeriesLabels, histogram_block, histogram_labels
from mlexporter.exposition.text import lines_of, render_openmetrics, render_text
from mlexporter.records import Exemplar, HistogramCounts

METRIC = catalogue.PREDICTION_DURATION
BOUNDS = (0.1, 1.0)
ROW = ("fares", "3", "primary", "ok")
TRACE = 0x0123456789ABCDEF_FEDCBA9876543210
EXEMPLAR = Exemplar(TRACE, 0xA, 0.0123, 1_700_000_000.1234)
LARGEST = Exemplar(2**128 - 1, 2**64 - 1, 1234.5, 1_700_000_000.0)


def family(exemplars):
    counts = HistogramCounts(np.array([5, 2, 1]), 3.5, BOUNDS, exemplars)
    return Family(METRIC, (histogram_block(histogram_labels(METRIC, ROW, BOUNDS), counts),))


def test_openmetrics_names_a_call_behind_its_bucket():
    """Trace and span in hexadecimal, its own duration, the time in milliseconds; other lines are as ever."""
    lines = render_openmetrics([family({0: EXEMPLAR, 2: LARGEST})]).decode().splitlines()
    plain = render_openmetrics([family({})]).decode().splitlines()

    assert [line.partition(" # ")[0] for line in lines] == plain
    assert [line.partition(" # ")[2] for line in lines if " # " in line] == [
        '{trace_id="0123456789abcdeffedcba9876543210",span_id="000000000000000a"} 0.0123 1700000000.123',
        f'{{trace_id="{"f" * 32}",span_id="{"f" * 16}"}} 1234.5 1700000000.000',
    ]
    named = [line for line in lines if " # " in line]
    assert ['le="0.1"' in named[0], 'le="+Inf"' in named[1]] == [True, True]


def test_the_text_format_has_none():
    """It has no place for them."""
    assert render_text([family({0: EXEMPLAR})]) == render_text([family({})])


def test_prometheus_client_reads_them():
    """As belonging to their buckets, within the 128 characters that OpenMetrics allows."""
    (found,) = parse_openmetrics(render_openmetrics([family({0: EXEMPLAR, 1: LARGEST})]).decode())
    exemplars = {each.labels["le"]: each.exemplar for each in found.samples if each.exemplar is not None}

    assert {le: each.labels for le, each in exemplars.items()} == {
        "0.1": {"trace_id": f"{TRACE:032x}", "span_id": "000000000000000a"},
        "1.0": {"trace_id": "f" * 32, "span_id": "f" * 16},
    }
    assert (exemplars["0.1"].value, float(exemplars["0.1"].timestamp)) == (0.0123, 1_700_000_000.123)
    assert all(sum(map(len, [*each.labels, *each.labels.values()])) <= 128 for each in exemplars.values())


def test_a_bucket_that_has_counted_nothing_has_none():
    """Its call is not counted yet, or in the next bucket."""
    counts = HistogramCounts(np.array([5, 0, 1]), 3.5, BOUNDS, {1: EXEMPLAR, 2: LARGEST})

    assert histogram_block(histogram_labels(METRIC, ROW, BOUNDS), counts).exemplars == {2: LARGEST}


def test_only_buckets_have_exemplars():
    """Neither the count nor the sum, nor a gauge."""
    with pytest.raises(ValueError, match="only buckets"):
        Block(histogram_labels(METRIC, ROW, BOUNDS), [1] * 5, exemplars={3: EXEMPLAR})
    with pytest.raises(ValueError, match="only buckets"):
        Block(SeriesLabels(("stage",), [("a",)]), [1], exemplars={0: EXEMPLAR})


def test_absent_values_have_no_line_and_no_exemplar():
    """Whatever stands behind them."""
    labels = histogram_labels(METRIC, ROW, BOUNDS)
    for absent in range(3):
        values = [float("nan") if place == absent else 1 for place in range(5)]
        exemplars = {0: EXEMPLAR, 1: LARGEST, 2: EXEMPLAR}
        text = render_openmetrics([Family(METRIC, (Block(labels, values, exemplars=exemplars),))]).decode()
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        assert len(lines) == 4
        assert sum(" # " in line for line in lines) == 2
    nothing = Block(labels, [math.nan] * 5, exemplars={0: EXEMPLAR})
    assert render_openmetrics([Family(METRIC, (nothing,))]).endswith(b"\n# EOF\n")
    assert b"\n\n" not in render_openmetrics([Family(METRIC, (nothing,))])


def test_blocks_without_exemplars_are_written_as_before(view, now, monkeypatch):
    """The way that joins prepared strings, and no other."""
    monkeypatch.setattr("mlexporter.exposition.text._lines_with_exemplars", None)
    blocks = [block for each in collect(view, now=now) for block in each.blocks]

    assert blocks
    assert all(not block.exemplars for block in blocks)
    assert render_openmetrics(collect(view, now=now)).count(b" # ") == 0
    assert lines_of(blocks[0], "m")


@pytest.fixture
def with_exemplar(view, with_model):
    """The view, and one call among the durations of its model."""
    durations = view.models[0].snapshot.service.durations
    place = int(np.flatnonzero(durations["ok"].buckets)[0])
    named = dataclasses.replace(durations["ok"], exemplars={place: EXEMPLAR})
    return with_model("snapshot.service.durations", {**durations, "ok": named})


def test_a_view_shows_them_with_its_durations(with_exemplar, now):
    """One line of the whole page has one."""
    text = render_openmetrics(collect(with_exemplar, now=now)).decode()
    (line,) = [line for line in text.splitlines() if " # " in line]

    assert line.startswith(f"{METRIC.name}_bucket{{")
    assert 'status="ok"' in line


def test_the_collector_hands_them_to_prometheus_client(with_exemplar):
    """Which writes in OpenMetrics what we write, and nothing of it in text."""
    registry = CollectorRegistry()
    registry.register(Collector(lambda: with_exemplar))
    families = parse_openmetrics(generate_openmetrics(registry).decode())
    (found,) = [each for one in families for each in one.samples if each.exemplar is not None]

    assert found.name == f"{METRIC.name}_bucket"
    assert found.exemplar.labels == {"trace_id": f"{TRACE:032x}", "span_id": "000000000000000a"}
    assert (found.exemplar.value, round(float(found.exemplar.timestamp), 3)) == (0.0123, 1_700_000_000.123)
    assert b"trace_id" not in generate_latest(registry)
