"""Receivers of OTLP inside the test's process, which answer well, slowly, badly or not at all.

Any test may use them by the fixtures ``otlp_http_receiver`` and ``otlp_grpc_receiver``, or import this
file (``tests/shared`` is on the path of pytest). They listen on the loopback interface, on a free port.
"""

from __future__ import annotations

import concurrent.futures
import gzip
import http.client
import socket
import sys
import threading
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

HOST = "127.0.0.1"
METRICS_PATH = "/v1/metrics"
LOGS_PATH = "/v1/logs"
TRACES_PATH = "/v1/traces"
_GRPC_CODES = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.UNIMPLEMENTED,
    413: grpc.StatusCode.RESOURCE_EXHAUSTED,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    500: grpc.StatusCode.INTERNAL,
    502: grpc.StatusCode.UNAVAILABLE,
    503: grpc.StatusCode.UNAVAILABLE,
    504: grpc.StatusCode.UNAVAILABLE,
}
"""What a server of gRPC says where one of HTTP answers with a status."""
_KINDS = {
    METRICS_PATH: metrics_service_pb2.ExportMetricsServiceRequest,
    LOGS_PATH: logs_service_pb2.ExportLogsServiceRequest,
    TRACES_PATH: trace_service_pb2.ExportTraceServiceRequest,
}
"""What is sent to which path of HTTP."""


@dataclass(frozen=True)
class Behaviour:
    """How a receiver answers; ``receiver.behaviour = status(503)`` holds from the next request on.

    Attributes:
        status: Of HTTP; over gRPC the code that means the same.
        seconds: How long it thinks before it answers; the end of the receiver cuts that short.
        retry_after: Seconds for the header ``Retry-After``, or None for no header.
        rejected: Points or records that it says it did not take, in an answer that is a success.
        message: Why, in the words of the receiver.
        hangs_up: It closes the connection in place of an answer; over gRPC it says UNAVAILABLE,
            which is what a client sees then.
    """

    status: int = 200
    seconds: float = 0.0
    retry_after: int | None = None
    rejected: int = 0
    message: str = ""
    hangs_up: bool = False


OK = Behaviour()
HANGS_UP = Behaviour(hangs_up=True)


def slow(seconds, behaviour=OK):
    """Return ``behaviour``, only later by ``seconds``."""
    return replace(behaviour, seconds=seconds)


def status(code, *, retry_after=None, message=""):
    """Return a failure: a status of HTTP."""
    return Behaviour(code, retry_after=retry_after, message=message)


def partial_success(rejected, message="too many series"):
    """Return a success with ``rejected`` points that were not taken; 0 and a message is a warning."""
    return Behaviour(rejected=rejected, message=message)


class _Receiver:
    """What came, and how to answer; the threads of a server write, a test reads."""

    def __init__(self):
        self.behaviour = OK
        self.metrics = []
        """Every ExportMetricsServiceRequest that came, also those that were refused, oldest first."""
        self.logs = []
        """Likewise each ExportLogsServiceRequest."""
        self.traces = []
        """Likewise each ExportTraceServiceRequest; over HTTP alone."""
        self.headers = []
        """For each request of either kind its headers or metadata, with names in lower case."""
        self.n_open = 0
        """Requests that came and are not answered at this moment."""
        self._changed = threading.Condition()
        self._closing = threading.Event()

    def wait_for(self, n_requests, *, seconds=10.0):
        """Return when at least so many requests of either kind came; fail after ``seconds``."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.headers) >= n_requests, seconds)
            assert came, f"{len(self.headers)} of {n_requests} requests after {seconds:g} s"

    def newest_metrics(self):
        """Return the newest protobuf ``Metric`` of each name that came."""
        return {
            metric.name: metric
            for request in tuple(self.metrics)
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def newest_resource(self):
        """Return the attributes of the resource that came last, of metrics or of logs if there are none."""
        newest = self.metrics[-1].resource_metrics if self.metrics else self.logs[-1].resource_logs
        return attributes_of(newest[-1].resource)

    def log_records(self):
        """Return all protobuf ``LogRecord`` that came, oldest first."""
        return [
            record
            for request in tuple(self.logs)
            for resource in request.resource_logs
            for scope in resource.scope_logs
            for record in scope.log_records
        ]

    def spans(self):
        """Return all protobuf ``Span`` that came, oldest first."""
        return [
            span
            for request in tuple(self.traces)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def _take(self, request, headers):
        """Keep a request; return the behaviour that answers it, after the time that this one takes."""
        kept = {
            logs_service_pb2.ExportLogsServiceRequest: self.logs,
            metrics_service_pb2.ExportMetricsServiceRequest: self.metrics,
            trace_service_pb2.ExportTraceServiceRequest: self.traces,
        }[type(request)]
        with self._changed:
            behaviour = self.behaviour
            kept.append(request)
            self.headers.append({name.lower(): value for name, value in headers})
            self.n_open += 1
            self._changed.notify_all()
        self._closing.wait(behaviour.seconds)
        with self._changed:
            self.n_open -= 1
        return behaviour

    def __enter__(self):
        return self


class HttpReceiver(_Receiver):
    """OTLP over HTTP with protobuf, plain or as gzip: metrics, logs and traces."""

    def __init__(self):
        super().__init__()
        self.sizes = []
        """Bytes of each body as it came over the wire."""
        self._server = _Server((HOST, 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="otlp-receiver")
        self._thread.start()

    @property
    def port(self):
        """The port that it listens on."""
        return self._server.server_port

    @property
    def endpoint(self):
        """The value for OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://{HOST}:{self.port}"

    @property
    def metrics_endpoint(self):
        """Where an exporter of metrics sends to."""
        return self.endpoint + METRICS_PATH

    @property
    def logs_endpoint(self):
        """Where an exporter of logs sends to."""
        return self.endpoint + LOGS_PATH

    @property
    def traces_endpoint(self):
        """Where an exporter of spans sends to."""
        return self.endpoint + TRACES_PATH

    @property
    def n_connections(self):
        """How many connections are open at this moment."""
        return len(self._server.connections)

    def _answer(self, path, headers, body):
        """Return status, headers and body of the answer to a POST; None hangs up."""
        kind = _KINDS.get(path)
        if kind is None:
            return http.client.NOT_FOUND, {}, b""
        plain = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        request = kind.FromString(plain)
        self.sizes.append(len(body))
        behaviour = self._take(request, headers.items())
        if behaviour.hangs_up:
            return None
        extra = {} if behaviour.retry_after is None else {"Retry-After": str(behaviour.retry_after)}
        if behaviour.status != http.client.OK:
            return behaviour.status, extra, behaviour.message.encode()
        answer = _response(request, behaviour).SerializeToString()
        return behaviour.status, extra | {"Content-Type": "application/x-protobuf"}, answer

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Close the port and every connection; return when no thread of it runs. May be called again."""
        self._closing.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
        if self._server.failures:
            raise self._server.failures.pop()


class GrpcReceiver(_Receiver):
    """OTLP over gRPC, without TLS: metrics and logs."""

    def __init__(self):
        super().__init__()
        self._server = grpc.server(concurrent.futures.ThreadPoolExecutor(4, "otlp-receiver"))
        metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(_Metrics(self), self._server)
        logs_service_pb2_grpc.add_LogsServiceServicer_to_server(_Logs(self), self._server)
        self.port = self._server.add_insecure_port(f"{HOST}:0")
        self._server.start()

    @property
    def endpoint(self):
        """The value for OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://{HOST}:{self.port}"

    def _export(self, request, context):
        """Answer one call of gRPC."""
        behaviour = self._take(request, context.invocation_metadata())
        if behaviour.hangs_up:
            context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")
        if behaviour.status != http.client.OK:
            context.abort(_GRPC_CODES[behaviour.status], behaviour.message)
        return _response(request, behaviour)

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Close the port and every connection; return when that is done. May be called again."""
        self._closing.set()
        self._server.stop(grace=0.2).wait()


def attributes_of(message):
    """Return the attributes of a protobuf resource, scope, point or record as plain Python values."""
    return {each.key: value_of(each.value) for each in message.attributes}


def value_of(value):
    """Return a protobuf ``AnyValue`` as a plain Python value; None where it holds nothing."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(each) for each in value.array_value.values]
    if kind == "kvlist_value":
        return {each.key: value_of(each.value) for each in value.kvlist_value.values}
    return None if kind is None else getattr(value, kind)


def _response(request, behaviour):
    """Return the answer of success to ``request``, with what was not taken."""
    if isinstance(request, logs_service_pb2.ExportLogsServiceRequest):
        answer = logs_service_pb2.ExportLogsServiceResponse()
        answer.partial_success.rejected_log_records = behaviour.rejected
    elif isinstance(request, trace_service_pb2.ExportTraceServiceRequest):
        answer = trace_service_pb2.ExportTraceServiceResponse()
        answer.partial_success.rejected_spans = behaviour.rejected
    else:
        answer = metrics_service_pb2.ExportMetricsServiceResponse()
        answer.partial_success.rejected_data_points = behaviour.rejected
    answer.partial_success.error_message = behaviour.message
    if not (behaviour.rejected or behaviour.message):
        answer.ClearField("partial_success")
    return answer


class _Metrics(metrics_service_pb2_grpc.MetricsServiceServicer):
    def __init__(self, receiver):
        self.Export = receiver._export


class _Logs(logs_service_pb2_grpc.LogsServiceServicer):
    def __init__(self, receiver):
        self.Export = receiver._export


class _Server(ThreadingHTTPServer):
    """A server that knows its connections, so that it can close them, and keeps what went wrong in it."""

    daemon_threads = False  # close() waits for them

    def __init__(self, address, handler):
        self.connections = set()
        self.failures = []
        super().__init__(address, handler)

    def process_request(self, request, client_address):
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self):
        """End each connection; their threads see the end of the input."""
        for connection in tuple(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was first

    def handle_error(self, request, client_address):
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.failures.append(error)


def _handler(receiver):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = receiver._answer(self.path, self.headers, body)
            if answer is None:
                self.close_connection = True
                return
            code, headers, text = answer
            self.send_response(code)
            for name, value in (headers | {"Content-Length": str(len(text))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format, *arguments):  # noqa: A002 - the name of the base class
            """Say nothing: the test looks at what came."""

    return Handler
