"""Prediction events over the wire: SDK, official exporter, a receiver that answers well, slowly or not at all."""

import re
import subprocess
import time
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider

import mlexporter
from mlexporter.instrument.spans import application_provider
from mlexporter.testing import isolated_exporter
from otlp_programs import until
from otlp_receivers import LOGS_PATH, attributes_of, slow, status, value_of

ROW = {"distance": 1200.0, "carrier": "UA", "email": "john@example.org", "stops": 2, "is_late": True}


@pytest.fixture
def application(otlp_http_receiver, monkeypatch):
    """An application with a tracer and a logger provider of its own, which no other test sees."""
    tracers = TracerProvider(shutdown_on_exit=False)
    monkeypatch.setattr("mlexporter.app.tracing.application_provider", lambda: tracers)
    assert application_provider() is not tracers
    logs = LoggerProvider(shutdown_on_exit=False)
    yield otlp_http_receiver, tracers, logs
    logs.shutdown()


def receiving(logs, receiver, processor):
    logs.add_log_record_processor(processor(OTLPLogExporter(endpoint=receiver.logs_endpoint, timeout=5)))
    return logs


@pytest.mark.parametrize("processor", [SimpleLogRecordProcessor, BatchLogRecordProcessor])
def test_an_event_arrives_with_its_trace(application, processor):
    """Name, severity, trace, attributes and body as the Collector gets them; what is kept back is not on the wire."""
    receiver, tracers, logs = application
    receiving(logs, receiver, processor)
    with isolated_exporter(events_ratio=1.0) as exporter:
        exporter._eventing._find_provider = lambda: logs

        @mlexporter.monitor(model="late", version="3", redact=["email"], id="stops")
        def predict(row):
            return {"score": 0.25, "label": "late"}

        with tracers.get_tracer("shop").start_as_current_span("GET /flight") as span:
            predict(ROW)
            trace_id = span.get_span_context().trace_id
        exporter._eventing.end()
        logs.force_flush()
    receiver.wait_for(1)
    (record,) = receiver.log_records()

    assert (record.event_name, record.severity_text) == ("mlexporter.prediction", "INFO")
    assert int.from_bytes(record.trace_id) == trace_id
    assert len(record.span_id) == 8
    assert int.from_bytes(record.span_id) != span.get_span_context().span_id
    assert record.flags & 1
    assert attributes_of(record)["ml.model.name"] == "late"
    assert attributes_of(record)["ml.prediction.id"] == 2
    assert value_of(record.body) == {
        "features": {"distance": 1200.0, "carrier": "UA", "email": "redacted", "is_late": True},
        "prediction": {"score": 0.25, "label": "late"},
    }
    assert b"john" not in receiver.logs[0].SerializeToString()


def test_an_event_outside_of_traces_has_no_trace(application):
    """And rubbish in a row breaks no record."""
    receiver, _, logs = application
    receiving(logs, receiver, SimpleLogRecordProcessor)
    with isolated_exporter(events_ratio=1.0, spans="off") as exporter:
        exporter._eventing._find_provider = lambda: logs
        row = {
            "text": "\ud800\x00",
            "huge": 10**400,
            "long": "x" * 10**6,
            "nan": float("nan"),
            "inf": float("inf"),
            "\udfff": 1,
        }
        mlexporter.Monitor(model="late", version="3").record(row, -(2**64))
        exporter._eventing.end()
    receiver.wait_for(1)
    (record,) = receiver.log_records()

    assert (int.from_bytes(record.trace_id), int.from_bytes(record.span_id)) == (0, 0)
    body = value_of(record.body)
    assert body["prediction"] == -(2.0**64)
    assert body["features"]["text"] == "?\x00"
    assert body["features"]["?"] == 1
    assert len(body["features"]["long"].encode()) == 128
    assert "nan" not in body["features"]


@pytest.mark.parametrize("behaviour", [slow(3.0), status(503)])
def test_a_receiver_in_trouble_stalls_no_call(application, behaviour):
    """Calls, counts and scrapes go on; the end waits a second at most, and every event is accounted for."""
    receiver, _, logs = application
    receiver.behaviour = behaviour
    receiving(logs, receiver, SimpleLogRecordProcessor)
    with isolated_exporter(events_ratio=1.0, events_per_second=10_000, strict=False) as exporter:
        exporter._eventing._find_provider = lambda: logs

        @mlexporter.monitor(model="late", version="3")
        def predict(row):
            return 0.5

        predict(ROW)
        receiver.wait_for(1)
        started = time.monotonic()
        for _ in range(2000):
            predict(ROW)
        exporter.evaluate()
        counted = exporter.view().models[0].snapshot.service.accepted
        took = time.monotonic() - started
        started = time.monotonic()
        exporter._eventing.end()
        ended = time.monotonic() - started
        events = exporter.view().exporter.events

    assert counted == 2001
    assert took < 2.0
    assert ended < 2.0
    assert events["dropped_queue"] >= 900
    assert 2000 <= sum(events.values()) <= 2001  # one may still be on its way


def test_a_real_collector_prints_an_event(application, collector):
    """Name, trace and body, as it read them."""
    _, tracers, logs = application
    logs.add_log_record_processor(
        SimpleLogRecordProcessor(OTLPLogExporter(endpoint=collector.http_endpoint + LOGS_PATH))
    )
    with isolated_exporter(events_ratio=1.0, events_redact="email") as exporter:
        exporter._eventing._find_provider = lambda: logs
        monitor = mlexporter.Monitor(model="collected", version="3")
        with tracers.get_tracer("shop").start_as_current_span("GET /flight") as span:
            monitor.record(ROW, 0.25)
        exporter._eventing.end()
    until(lambda: "Str(collected)" in collector.said())
    said = collector.said()

    assert "EventName: mlexporter.prediction" in said
    assert f"Trace ID: {span.get_span_context().trace_id:032x}" in said
    assert re.search(r"Body: Map\(.*\"email\":\"redacted\".*\"prediction\":0.25", said)
    assert "john@example.org" not in said


@pytest.mark.usefixtures("collector")
def test_the_collector_of_the_tutorial_is_one(tmp_path):
    """A real one reads its configuration."""
    root = Path(__file__).resolve().parents[3]
    text = (root / "docs" / "tutorials" / "prediction-events.md").read_text(encoding="utf-8")
    (configuration,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "collector.yml"
    path.write_text(configuration, encoding="utf-8")
    where = [root / "scripts" / "install-collector", "--where"]
    folder = subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip()
    program = [f"{folder}/otelcol", "validate", f"--config={path}"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)

    assert (done.returncode, "deprecated" in done.stderr) == (0, False), done.stderr
