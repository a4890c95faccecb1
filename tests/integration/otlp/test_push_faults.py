"""Pushes by the official exporters to receivers that answer well, badly, late or not at all."""

import gc
import logging
import time

import pytest

import mlexporter
from mlexporter import catalogue
from mlexporter.errors import PushError
from mlexporter.testing import isolated_exporter
from otlp_receivers import HANGS_UP, OK, HttpReceiver, attributes_of, partial_success, slow, status

PROTOCOLS = ("http/protobuf", "grpc")


@pytest.fixture(params=PROTOCOLS)
def receiver(request, monkeypatch):
    """A receiver to which the variables lead, over either protocol."""
    name = "otlp_grpc_receiver" if request.param == "grpc" else "otlp_http_receiver"
    found = request.getfixturevalue(name)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", request.param)
    # The SDK writes equal lines once a minute, whichever test they are of.
    monkeypatch.setattr(logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter"), "filters", [])
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    return found


@pytest.fixture
def http(otlp_http_receiver, monkeypatch):
    """A receiver over HTTP to which the variables lead."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp_http_receiver.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    return otlp_http_receiver


@pytest.fixture
def exporter():
    with isolated_exporter(strict=False) as made:
        yield made


@pytest.fixture
def predict(exporter):
    @mlexporter.monitor(model="fares", version="3")
    def predict(row):
        return 0.5

    predict({"a": 1.0})
    return predict


def predictions(receiver):
    """Return the rows that the newest request tells of."""
    (point,) = receiver.newest_metrics()[catalogue.PREDICTIONS.name].sum.data_points
    return point.as_int


def test_all_arrives_with_what_the_variables_say(receiver, exporter, predict, monkeypatch):
    """Headers, resource, one scope, cumulative from one start."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "fares")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test")
    with exporter.push(interval_seconds=3600) as handle:
        assert handle.flush(20)
        predict({"a": 1.0})
        assert handle.flush(20)
    first, second, *_ = receiver.metrics
    (resource,) = second.resource_metrics
    (scope,) = resource.scope_metrics
    starts = {
        metric.sum.data_points[0].start_time_unix_nano
        for request in (first, second)
        for metric in request.resource_metrics[0].scope_metrics[0].metrics
        if metric.HasField("sum")
    }

    assert receiver.headers[-1]["x-tenant"] == "blue"
    assert attributes_of(resource.resource)["service.name"] == "fares"
    assert attributes_of(resource.resource)["deployment.environment"] == "test"
    assert scope.scope.name == "mlexporter"
    assert predictions(receiver) == 2
    assert len(starts) == 1
    assert "gzip" not in receiver.headers[-1].get("content-encoding", "")


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (status(400, message="no"), ("400", "INVALID_ARGUMENT")),
        (status(404), ("404", "UNIMPLEMENTED")),
        (status(500), ("500", "INTERNAL")),
        (status(503), ("503", "UNAVAILABLE")),
        (status(429, retry_after=30), ("429", "RESOURCE_EXHAUSTED")),
        (slow(5.0), ("TimeoutError", "DEADLINE_EXCEEDED")),
        (HANGS_UP, ("RemoteDisconnected", "UNAVAILABLE")),
    ],
    ids=["400", "404", "500", "503", "429", "slow", "hangs up"],
)
def test_a_receiver_that_fails_is_told_once_and_catches_up(
    receiver, exporter, predict, caplog, *, behaviour, words
):
    """In words, as long as it lasts; nothing is queued, and the next push has all counts."""
    with caplog.at_level(logging.WARNING), exporter.push(interval_seconds=3600) as handle:
        receiver.behaviour = behaviour
        for _ in range(2):
            assert not handle.flush(30)
            predict({"a": 1.0})
        problem = exporter.view().degraded[PushError.reason]
        receiver.behaviour = OK
        assert handle.flush(30)
        assert exporter.view().degraded == {}
        counts = exporter.view().exporter.push
    lines = [
        record.getMessage()
        for record in caplog.records
        if "mlexporter" in record.name or "otlp" in record.name
    ]

    assert any(word in problem for word in words), problem
    assert predictions(receiver) == 3
    assert (counts.pushes["error"], counts.pushes["ok"], counts.failing) == (2, 1, 0)
    assert counts.points["error"] > 0
    assert len(lines) == 2, lines
    assert "2 in between were not delivered" in lines[1]


def test_points_that_are_refused_are_counted_over_http(http, exporter, predict, caplog):
    """The push is taken, and the log says once why some points are not."""
    http.behaviour = partial_success(4, "too many series")
    with exporter.push(interval_seconds=3600) as handle:
        assert handle.flush(20)
        assert handle.flush(20)
        counts = exporter.view().exporter.push
    assert counts.pushes == {"ok": 2, "error": 0}
    assert counts.points["rejected"] == 8
    assert caplog.text.count("rejected 4 data points: too many series") == 1


def test_a_wrong_endpoint_is_told(http, exporter, predict, monkeypatch):
    """A path that is none, and a redirection, which exporters take for success."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", http.endpoint + "/nowhere?key=secret")
    with exporter.push(interval_seconds=3600) as handle:
        assert not handle.flush(20)
        assert handle.problem == (
            f"{http.endpoint}/nowhere answered 404 Not Found; set OTEL_EXPORTER_OTLP_ENDPOINT, or "
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT with the whole address"
        )
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")
    http.behaviour = status(307)
    with exporter.push(interval_seconds=3600) as handle:
        assert not handle.flush(20)
        assert "another address is meant" in handle.problem
        assert exporter.view().exporter.push.pushes["ok"] == 0


def test_an_address_and_a_timeout_that_cannot_be_are_told(http, exporter, predict, monkeypatch, caplog):
    """The variable, its value, the way out."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0")
    with exporter.push(interval_seconds=3600) as handle:
        assert handle.flush(20)
    assert "OTEL_EXPORTER_OTLP_TIMEOUT='0' is no number of seconds above 0; 10 is used" in caplog.text
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318")
    with exporter.push(interval_seconds=3600) as handle:
        assert not handle.flush(20)
        assert handle.problem.startswith(
            "'localhost:4318/v1/metrics' is no address (InvalidSchema): one such as http://localhost:4318"
        )


def test_http_to_a_port_of_grpc_is_told(otlp_grpc_receiver, exporter, predict, monkeypatch):
    """What answers there speaks no HTTP."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", otlp_grpc_receiver.endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with exporter.push(interval_seconds=3600) as handle:
        assert not handle.flush(20)
        assert "a port of gRPC needs OTEL_EXPORTER_OTLP_PROTOCOL=grpc" in handle.problem


def test_what_a_receiver_says_about_a_failure_is_told(http, exporter, predict):
    """In its own words."""
    http.behaviour = status(400, message="deltas are not taken")
    with exporter.push(interval_seconds=3600) as handle:
        assert not handle.flush(20)
        assert handle.problem.endswith("answered 400 Bad Request: deltas are not taken")


def test_a_long_outage_takes_no_memory_and_catches_up(exporter, predict, monkeypatch, caplog):
    """As many pushes as in half an hour; nothing waits, and the first that is taken has everything."""
    with HttpReceiver() as gone:
        endpoint, port = gone.endpoint, gone.port
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.2")
    sizes = []
    with exporter.push(interval_seconds=3600) as handle:
        for _ in range(3):
            for _ in range(10):
                predict({"a": 1.0})
                assert not handle.flush(20)
            gc.collect()
            sizes.append(len(gc.get_objects()))
        started = time.monotonic()
    assert time.monotonic() - started < 3
    assert sizes[2] - sizes[1] < 100, sizes
    assert str(port) in caplog.text
    counts = exporter.view().exporter.push
    assert counts.pushes["error"] >= 30
    assert caplog.text.count("pushes over OTLP fail") == 1


def test_deltas_survive_an_outage(http, exporter, predict):
    """What was not taken is in the next one."""
    with exporter.push(interval_seconds=3600, temporality="delta") as handle:
        assert handle.flush(20)
        http.behaviour = status(400)
        predict({"a": 1.0})
        assert not handle.flush(20)
        http.behaviour = OK
        predict({"a": 1.0})
        assert handle.flush(20)
        assert predictions(http) == 2
        (point,) = http.newest_metrics()[catalogue.PREDICTIONS.name].sum.data_points
        assert point.start_time_unix_nano < point.time_unix_nano


def test_nothing_is_left_of_many_pushes(http, exporter, predict):
    """Connections are closed."""
    for _ in range(3):
        with exporter.push(interval_seconds=3600) as handle:
            assert handle.flush(20)
    until = time.monotonic() + 10
    while http.n_connections and time.monotonic() < until:
        time.sleep(0.02)
    assert http.n_connections == 0
