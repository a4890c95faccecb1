"""The programs of this folder do what other tests ask of them, shown with data made by hand."""

import time

import pytest
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpExporter
from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otlp_programs import series_of, until

pytestmark = pytest.mark.integration

TRACE = 0x0AF7651916CD43DD8448EB211C80319C
SPAN = 0x00F067AA0BA902B7
CUMULATIVE = AggregationTemporality.CUMULATIVE
SERIES = {
    ("test_duration_seconds_bucket", frozenset({("kind", "a"), ("le", 0.5)})): 1.0,
    ("test_duration_seconds_bucket", frozenset({("kind", "a"), ("le", 1.0)})): 3.0,
    ("test_duration_seconds_bucket", frozenset({("kind", "a"), ("le", float("inf"))})): 3.0,
    ("test_duration_seconds_sum", frozenset({("kind", "a")})): 1.75,
    ("test_duration_seconds_count", frozenset({("kind", "a")})): 3.0,
    ("test_calls_total", frozenset({("kind", "a")})): 7.0,
    ("test_ratio", frozenset({("kind", "a")})): 0.25,
}
"""What ``made`` is in Prometheus."""


def made(job):
    """Return a histogram with an exemplar in its second bucket, a counter and a gauge of one process."""
    now = time.time_ns()
    start, kind = now - 60 * 10**9, {"kind": "a"}
    exemplar = Exemplar({}, 0.75, now - 10**6, SPAN, TRACE)
    point = HistogramDataPoint(kind, start, now, 3, 1.75, (1, 2, 0), (0.5, 1.0), None, None, (exemplar,))
    metrics = [
        Metric("test_duration_seconds", "Of a test.", "s", Histogram((point,), CUMULATIVE)),
        Metric(
            "test_calls_total", "", "", Sum((NumberDataPoint(kind, start, now, 7),), CUMULATIVE, is_monotonic=True)
        ),
        Metric("test_ratio", "", "", Gauge((NumberDataPoint(kind, start, now, 0.25),))),
    ]  # fmt: skip
    resource = Resource({"service.name": job, "service.instance.id": "one"})
    scope = ScopeMetrics(InstrumentationScope("test"), metrics, "")
    return MetricsData((ResourceMetrics(resource, (scope,), ""),))


def push(exporter, job):
    """Hand ``made`` to an official exporter; it must succeed."""
    try:
        assert exporter.export(made(job)) is MetricExportResult.SUCCESS
    finally:
        exporter.shutdown()


def exemplar_of(prometheus, job):
    """Return the one exemplar of the histogram of ``job``, when it is there."""
    query = f'test_duration_seconds_bucket{{job="{job}"}}'
    ((labels, (exemplar,)),) = until(lambda: prometheus.exemplars(query), told=f"no exemplar of {job}")
    return float(labels["le"]), exemplar["value"], exemplar["labels"]["trace_id"]


def test_prometheus_takes_otlp(prometheus_3):
    """Series and exemplar are those that were pushed, and ``job`` and ``instance`` are of the resource."""
    push(HttpExporter(prometheus_3.otlp_endpoint), "direct")

    prometheus_3.wait_for('test_ratio{job="direct", instance="one"}')
    assert series_of(prometheus_3, "direct") == SERIES
    assert exemplar_of(prometheus_3, "direct") == (1.0, 0.75, f"{TRACE:032x}")
    assert len(prometheus_3.series('{job="direct"}')) >= len(SERIES)


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_a_collector_is_scraped(prometheus_3, collector, protocol):
    """What came over either protocol is what Prometheus gets, and the senders' job stands."""
    job = f"collected-{protocol}"
    if protocol == "grpc":
        push(GrpcExporter(collector.grpc_endpoint, insecure=True), job)
    else:
        push(HttpExporter(f"{collector.http_endpoint}/v1/metrics"), job)

    with prometheus_3.scraping(f"collector-{protocol}", collector.scrape_target, honor_labels=True):
        prometheus_3.wait_for(f'test_ratio{{job="{job}", instance="one"}}')
        assert series_of(prometheus_3, job) == SERIES
        assert exemplar_of(prometheus_3, job) == (1.0, 0.75, f"{TRACE:032x}")


def test_a_collector_sends_on(prometheus_3, forwarding_collector):
    """In by gRPC and on by OTLP over HTTP: the same series and exemplar."""
    push(GrpcExporter(forwarding_collector.grpc_endpoint, insecure=True), "forwarded")

    prometheus_3.wait_for('test_ratio{job="forwarded"}')
    assert series_of(prometheus_3, "forwarded") == SERIES
    assert exemplar_of(prometheus_3, "forwarded") == (1.0, 0.75, f"{TRACE:032x}")
