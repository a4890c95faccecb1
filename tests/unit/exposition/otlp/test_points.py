"""Families as points of the SDK: kinds, names, units, numbers, and what has none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics.export import AggregationTemporality, Gauge, Histogram, Sum
from opentelemetry.sdk.resources import Resource

from mlexporter import catalogue
from mlexporter._version import __version__
from mlexporter.catalogue import CATALOGUE, Metric
from mlexporter.exposition.families import collect
from mlexporter.exposition.otlp.points import Times, metrics, point_count, request_of, unit_of
from mlexporter.exposition.samples import Block, Family, SeriesLabels, histogram_block, histogram_labels
from mlexporter.records import Exemplar, HistogramCounts
from otlp_points import samples_of_families, samples_of_points

TIMES = Times(start=1_000, now=9_000)


@pytest.fixture
def families(view):
    return collect(view, now=1_700_000_010.0)


def test_the_points_are_the_samples_of_a_scrape(families):
    """Every series and every value, in both directions."""
    assert samples_of_points(metrics(families, TIMES)) == samples_of_families(families)


def test_every_number_is_encoded_as_it_is(families):
    """The encoder of the exporters takes all of it; integers stay integers."""
    request = encode_metrics(request_of(metrics(families, TIMES), Resource({"service.name": "x"})))
    (resource,) = request.resource_metrics
    (scope,) = resource.scope_metrics
    found = {metric.name: metric for metric in scope.metrics}
    point = found[catalogue.PREDICTIONS.name].sum.data_points[0]

    assert (scope.scope.name, scope.scope.version) == ("mlexporter", __version__)
    assert (point.as_int, point.WhichOneof("value")) == (402, "as_int")
    assert (point.start_time_unix_nano, point.time_unix_nano) == TIMES
    assert found[catalogue.PREDICTION_DURATION.name].histogram.data_points[0].HasField("sum")
    assert not found[catalogue.PREDICTION_DURATION.name].histogram.data_points[0].HasField("min")
    assert {metric.name for metric in scope.metrics} == {family.metric.name for family in families}


def test_kinds_are_those_of_the_catalogue(families):
    """Counters are monotonic sums, histograms have explicit bounds, and both are cumulative."""
    found = {metric.name: metric.data for metric in metrics(families, TIMES)}
    kinds = {"counter": Sum, "gauge": Gauge, "histogram": Histogram}
    for family in families:
        data = found[family.metric.name]
        assert isinstance(data, kinds[family.metric.kind])
        if family.metric.kind != "gauge":
            assert data.aggregation_temporality is AggregationTemporality.CUMULATIVE
        if family.metric.kind == "counter":
            assert data.is_monotonic


def test_an_absent_value_has_no_point():
    """Neither 0 nor NaN; a family of absent values is no metric."""
    labels = SeriesLabels(("stage",), [("a",), ("b",)])
    one = Family(catalogue.INTERNAL_ERRORS, (Block(labels, [math.nan, 2]),))
    none = Family(catalogue.DEGRADED, (Block(labels, [math.nan, math.nan]),))
    (found,) = metrics([one, none], TIMES)

    assert [(point.attributes, point.value) for point in found.data.data_points] == [({"stage": "b"}, 2)]


def test_attributes_are_prepared_once(families):
    """The second push hands the encoder the very same dictionaries."""
    first, second = (
        [id(point.attributes) for metric in metrics(families, TIMES) for point in metric.data.data_points]
        for _ in range(2)
    )
    assert first == second
    assert len(first) == point_count(metrics(families, TIMES))


def test_buckets_are_counted_one_by_one():
    """A scrape adds them up, a point does not; it has one bucket more than bounds."""
    labels = histogram_labels(catalogue.OBSERVE_DURATION, (), (0.5, 1.0))
    counts = HistogramCounts(np.array([5, 0, 2]), 3.5)
    family = Family(catalogue.OBSERVE_DURATION, (histogram_block(labels, counts),))
    (point,) = metrics([family], TIMES)[0].data.data_points

    assert (point.bucket_counts, point.explicit_bounds) == ([5, 0, 2], (0.5, 1.0))
    assert (point.count, point.sum, point.min, point.max) == (7, 3.5, None, None)
    assert point.attributes == {}


def test_exemplars_travel_with_their_bucket():
    """Trace and span as numbers, the time in nanoseconds."""
    labels = histogram_labels(catalogue.OBSERVE_DURATION, (), (0.5,))
    counts = HistogramCounts(np.array([1, 1]), 3.5, exemplars={1: Exemplar(17, 5, 3.0, 1_700_000_000.25)})
    family = Family(catalogue.OBSERVE_DURATION, (histogram_block(labels, counts),))
    (point,) = metrics([family], TIMES)[0].data.data_points
    (found,) = point.exemplars

    assert (found.trace_id, found.span_id, found.value) == (17, 5, 3.0)
    assert found.time_unix_nano == pytest.approx(1_700_000_000_250_000_000, abs=1_000)
    encode_metrics(request_of(metrics([family], TIMES), Resource({})))


def test_dotted_names_have_dotted_attributes():
    """Only metrics of the conventions have them; the labels of models stay as they are."""
    dotted = Metric(
        "gen_ai_client_operation_duration_seconds", "histogram", "Time.",
        ("model_name", "gen_ai_operation_name", "error_type"), unit="seconds",
        otlp_name="gen_ai.client.operation.duration",
    )  # fmt: skip
    labels = histogram_labels(dotted, ("m", "chat", "ValueError"), (0.5,))
    family = Family(dotted, (histogram_block(labels, HistogramCounts(np.array([1, 1]), 3.5)),))
    (found,) = metrics([family], TIMES)

    assert (found.name, found.unit) == ("gen_ai.client.operation.duration", "s")
    assert found.data.data_points[0].attributes == {
        "model_name": "m", "gen_ai.operation.name": "chat", "error.type": "ValueError",
    }  # fmt: skip
    plain = Family(
        catalogue.PREDICTION_ERRORS,
        (Block(SeriesLabels(catalogue.PREDICTION_ERRORS.labels, [("m", "1", "primary", "KeyError")]), [1]),),
    )
    assert "error_type" in metrics([plain], TIMES)[0].data.data_points[0].attributes


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: metric.name)
def test_units_add_nothing_to_a_name(metric):
    """What a unit stands for ends the name already, or stands in braces."""
    words = {"s": "seconds", "By": "bytes", "1": "ratio", "W": "watts"}
    unit = unit_of(metric)
    if metric.otlp_name or not unit or unit.startswith("{"):
        return
    assert metric.name.removesuffix("_total").endswith(f"_{words[unit]}")
    assert unit != "1" or metric.kind == "gauge"


def test_tokens_have_the_unit_of_the_conventions():
    """A backend that knows them looks for it."""
    assert unit_of(catalogue.GENERATION_TOKENS) == "{token}"
