"""The receivers behave as they are told: the official exporters are what sees it."""

import contextlib
import http.client
import threading

import pytest
from google.protobuf.message import DecodeError
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpExporter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics.export import (
    Gauge,
    Metric,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from otlp_receivers import (
    HANGS_UP,
    HOST,
    OK,
    HttpReceiver,
    attributes_of,
    partial_success,
    slow,
    status,
    value_of,
)

DATA = MetricsData(
    (
        ResourceMetrics(
            Resource({"service.name": "test"}),
            (
                ScopeMetrics(
                    InstrumentationScope("test"),
                    (Metric("test_ratio", "", "", Gauge((NumberDataPoint({"kind": "a"}, 0, 1, 0.25),))),),
                    "",
                ),
            ),
            "",
        ),
    )
)


@pytest.fixture(params=["http", "gzip", "grpc"])
def pair(request):
    """Return a receiver, and a function that sends to it and says whether that was a success."""
    if request.param == "grpc":
        receiver = request.getfixturevalue("otlp_grpc_receiver")
        exporter = GrpcExporter(receiver.endpoint, insecure=True, timeout=1)
    else:
        receiver = request.getfixturevalue("otlp_http_receiver")
        compression = Compression.Gzip if request.param == "gzip" else Compression.NoCompression
        exporter = HttpExporter(receiver.metrics_endpoint, timeout=1, compression=compression)
    yield receiver, lambda: exporter.export(DATA) is MetricExportResult.SUCCESS
    exporter.shutdown()


def test_what_comes_is_kept(pair):
    """Plain, as gzip and over gRPC: the metric, its attributes, the resource and the headers."""
    receiver, send = pair
    assert send()
    receiver.wait_for(1)
    (point,) = receiver.newest_metrics()["test_ratio"].gauge.data_points
    assert (point.as_double, attributes_of(point)) == (0.25, {"kind": "a"})
    assert receiver.newest_resource()["service.name"] == "test"
    assert "OTel" in receiver.headers[0]["user-agent"]


@pytest.mark.parametrize(
    "behaviour",
    [status(400), status(413, message="too much"), status(503), HANGS_UP, slow(30)],
    ids=["400", "413", "503", "hangs up", "slow"],
)
def test_a_failure_is_one_to_the_sender(pair, behaviour):
    """And what is sent when the receiver is well again arrives."""
    receiver, send = pair
    receiver.behaviour = behaviour
    assert not send()
    assert receiver.metrics
    receiver.behaviour = OK
    assert send()


@pytest.mark.parametrize(
    "behaviour", [slow(0.2), partial_success(3), partial_success(0, "names in capitals")]
)
def test_what_is_late_or_taken_in_part_is_a_success(pair, behaviour):
    """A partial success is one to the official exporters."""
    receiver, send = pair
    receiver.behaviour = behaviour
    assert send()


def test_an_answer_can_be_read(otlp_http_receiver):
    """Status, ``Retry-After`` and the count of what was not taken are on the wire; other paths are not there."""
    with contextlib.closing(
        http.client.HTTPConnection(HOST, otlp_http_receiver.port, timeout=5)
    ) as connection:

        def post(path):
            connection.request("POST", path, b"")
            answer = connection.getresponse()
            return answer.status, answer.getheader("Retry-After"), answer.read()

        otlp_http_receiver.behaviour = status(429, retry_after=7, message="later")
        assert post("/v1/logs") == (429, "7", b"later")
        otlp_http_receiver.behaviour = partial_success(3)
        code, _, body = post("/v1/metrics")
        told = ExportMetricsServiceResponse.FromString(body).partial_success
        assert (code, told.rejected_data_points, told.error_message) == (200, 3, "too many series")
        assert post("/v1/elsewhere")[0] == 404
        assert otlp_http_receiver.n_connections == 1
    assert (len(otlp_http_receiver.logs), len(otlp_http_receiver.metrics)) == (1, 1)


def test_slow_answers_end_with_the_receiver():
    """Closing waits for nobody: not for its own slowness, and not for a client that stays connected."""
    receiver = HttpReceiver()
    receiver.behaviour = slow(600)
    exporter = HttpExporter(receiver.metrics_endpoint, timeout=60)
    sender = threading.Thread(target=exporter.export, args=(DATA,))
    sender.start()
    receiver.wait_for(1)
    assert receiver.n_open == 1
    receiver.close()
    receiver.close()
    assert (receiver.n_open, receiver.n_connections) == (0, 0)
    exporter.shutdown()
    sender.join()


def test_a_broken_body_fails_the_test():
    """Two processes that write into one socket do not go unnoticed."""
    receiver = HttpReceiver()
    with contextlib.closing(http.client.HTTPConnection(HOST, receiver.port, timeout=5)) as connection:
        connection.request("POST", "/v1/metrics", b"not protobuf")
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
    with pytest.raises(DecodeError):
        receiver.close()


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_logs_come_too(request, protocol):
    """Over either protocol, beside metrics."""
    receiver = request.getfixturevalue(f"otlp_{protocol}_receiver")
    if protocol == "grpc":
        exporter = GrpcLogExporter(receiver.endpoint, insecure=True)
    else:
        exporter = HttpLogExporter(receiver.logs_endpoint)
    provider = LoggerProvider(Resource({"service.name": "test"}), shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    provider.get_logger("test").emit(event_name="test.event", body="said", attributes={"rows": [1, 2]})
    provider.shutdown()

    (record,) = receiver.log_records()
    assert (record.event_name, value_of(record.body)) == ("test.event", "said")
    assert attributes_of(record) == {"rows": [1, 2]}
    assert receiver.newest_resource()["service.name"] == "test"
