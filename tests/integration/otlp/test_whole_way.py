"""A team of OpenTelemetry, from request to trace: what ``service.py`` does, seen where it looks."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mlexporter
from mlexporter import catalogue
from mlexporter.demo.programs import HOST, free_port
from otlp_programs import series_of, until

SERVICE = Path(__file__).parent / "service.py"
TRACE_ID, CALLER_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
JOB, SCRAPED_JOB = "whole-way", "whole-way-scraped"
GENERATED = (
    catalogue.GENERATION_TOKENS,
    catalogue.GENERATION_DURATION,
    catalogue.TIME_TO_FIRST_TOKEN,
    catalogue.TIME_PER_OUTPUT_TOKEN,
)


class Service:
    """The running service."""

    def __init__(self, port, metrics_port):
        self.port, self.metrics_port = port, metrics_port

    def ask(self, method, path, *, body=None, headers=None):
        """Return the text of an answer that must be one of success."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
        with contextlib.closing(connection):
            sent = {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, json.dumps(body) if body else None, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        assert answer.status == http.client.OK, text
        return text

    def answers(self):
        """Return whether it takes requests."""
        with contextlib.suppress(OSError):
            return bool(self.ask("GET", "/openapi.json"))
        return False


@pytest.fixture(scope="module")
def traces():
    """Where spans go."""
    from otlp_receivers import HttpReceiver

    with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def service(prometheus_3, traces, tmp_path_factory):
    """The service, which pushes to Prometheus 3 and is scraped by it."""
    folder = tmp_path_factory.mktemp("whole-way")
    generator = np.random.default_rng(5)
    distance = generator.gamma(2.0, 3.0, 2000)
    training = {"distance": distance, "fare": 2.5 + distance}
    profile = mlexporter.Profile.fit(training, model="fares", version="3", prediction="fare")
    profile.save(folder / "fares.profile.json")
    running = Service(free_port(), free_port())
    environment = {
        **os.environ,
        "PROFILE": str(folder / "fares.profile.json"), "PORT": str(running.port),
        "METRICS_PORT": str(running.metrics_port), "MLEXPORTER_DIR": str(folder / "shared"),
        "OTEL_SERVICE_NAME": JOB, "OTEL_METRIC_EXPORT_INTERVAL": "300",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": prometheus_3.otlp_endpoint,
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": traces.traces_endpoint,
    }  # fmt: skip
    with (folder / "service.log").open("w", encoding="utf-8") as log:
        child = subprocess.Popen([sys.executable, SERVICE], env=environment, stdout=log, stderr=log)
    try:
        until(running.answers, told="the service did not start")
        with prometheus_3.scraping(SCRAPED_JOB, f"{HOST}:{running.metrics_port}"):
            yield running
    finally:
        child.terminate()
        child.wait(10)
        said = (folder / "service.log").read_text(encoding="utf-8")
        assert "Traceback" not in said, said


def test_a_slow_call_leads_to_its_trace(service, prometheus_3, traces):
    """From the bucket of the slow, by its exemplar, to the span in the trace of the caller; pushed and scraped."""
    parent = f"00-{TRACE_ID}-{CALLER_ID}-01"
    for distance in (1.0, 2.0, 3.0):
        service.ask("POST", "/fare", body={"distance": distance})
    service.ask("POST", "/fare", body={"distance": 500.0}, headers={"traceparent": parent})

    name = f"{catalogue.PREDICTION_DURATION.name}_bucket"
    for job in (JOB, SCRAPED_JOB):

        def slow(job=job):
            return [
                exemplar
                for labels, found in prometheus_3.exemplars(f'{name}{{job="{job}",model_name="fares"}}')
                if float(labels["le"]) == 0.1
                for exemplar in found
            ]

        (exemplar, *_) = until(slow, told=f"no exemplar by {job}")
        assert exemplar["labels"]["trace_id"] == TRACE_ID
        assert 0.05 < exemplar["value"] <= 0.1
        of_it = [span for span in until(traces.spans) if span.span_id.hex() == exemplar["labels"]["span_id"]]
        assert [span.trace_id.hex() for span in of_it] == [TRACE_ID]
        assert of_it[0].name == "predict fares"


def test_a_streamed_chat_has_its_four_metrics_by_push_as_by_scrape(service, prometheus_3):
    """Tokens both ways, the whole answer, its first token and each one after it."""
    for _ in range(3):
        assert service.ask("GET", "/ask?question=twice") == "Youaskedtwice"

    for job in (JOB, SCRAPED_JOB):
        for metric in GENERATED:
            selector = f'{metric.name}_count{{job="{job}",gen_ai_request_model="small"}}'
            expected = 6 if metric is catalogue.GENERATION_TOKENS else 3
            until(
                lambda selector=selector, expected=expected: prometheus_3.query(
                    f"sum({selector}) == {expected}"
                ),
                told=f"{selector} is not {expected}",
            )
        tokens = f'{catalogue.GENERATION_TOKENS.name}_sum{{job="{job}"}}'
        assert {
            labels["gen_ai_token_type"]: value for labels, value in prometheus_3.query(tokens)
        } == {"input": 27.0, "output": 12.0}  # fmt: skip


def test_push_and_scrape_show_the_same_series(service, prometheus_3):
    """The same names and labels, so that every rule works on both; ``test_equality.py`` compares the values."""

    def difference():
        pushed, scraped = (set(series_of(prometheus_3, job)) for job in (JOB, SCRAPED_JOB))
        return pushed ^ scraped if pushed and scraped else {"nothing came"}

    until(lambda: not difference(), told="push and scrape differ")
