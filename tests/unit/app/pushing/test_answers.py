"""What a receiver says, as far as it can be heard."""

from __future__ import annotations

import http.client
import logging
import threading

import pytest
import requests
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from mlexporter.app.pushing.answers import Answers, clean_words

NO_HTTP = requests.ConnectionError()
NO_HTTP.__context__ = http.client.BadStatusLine("x")
LOGGER = logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter")


WAY_OUT = "set OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT with the whole address"


def answer(status, *, reason="", content=b"", content_type="application/x-protobuf", url=None):
    """Return an answer over HTTP."""
    response = requests.Response()
    response.status_code, response.reason, response._content = status, reason, content
    response.url = url
    response.headers["Content-Type"] = content_type
    return response


@pytest.mark.parametrize(
    ("response", "problem", "misdirected"),
    [
        (answer(200), "", False),
        (answer(200, content=b"ok", content_type="text/plain"), "", False),
        (answer(503, reason="Service Unavailable"), "it answered 503 Service Unavailable", False),
        (
            answer(
                400, reason="Bad", content=b"no deltas\nhere" * 40, content_type="text/plain; charset=utf-8"
            ),
            "it answered 400 Bad: " + ("no deltas here" * 40)[:199] + "…",
            False,
        ),
        (
            answer(500, content=Status(code=13, message="full").SerializeToString()),
            "it answered 500: full",
            False,
        ),
        (answer(500, content=b"\xff"), "it answered 500", False),
        (answer(500, content=b"<html>", content_type="text/html"), "it answered 500", False),
        (answer(404, url="http://u:key@host:1/x?key=1"), f"http://host:1/x answered 404; {WAY_OUT}", False),
        (answer(301, reason="Moved"), f"it answered 301 Moved: another address is meant; {WAY_OUT}", True),
        (
            answer(200, content=b"<html>", content_type="text/html; charset=utf-8"),
            f"it answered 200 with a web page: it is no receiver; {WAY_OUT}",
            True,
        ),
    ],
)
def test_an_answer_over_http_is_put_in_words(response, problem, misdirected):
    """A redirection and a web page look like success to the exporter, and are none."""
    answers = Answers()
    answers.hear(response)

    assert (answers.problem, bool(answers.misdirected)) == (problem, misdirected)


@pytest.mark.parametrize(
    ("url", "error", "words"),
    [
        ("http://u:key@host:1/v1?key=1", requests.ConnectTimeout(), ("no answer from host:1 (ConnectTimeout)",)),
        ("localhost:4318/v1", requests.exceptions.InvalidSchema(), ("'localhost:4318/v1' is no address", WAY_OUT)),
        ("http://host:4317/v1", NO_HTTP, ("host:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc")),
    ],
)  # fmt: skip
def test_why_there_was_no_answer_is_put_in_words(url, error, words):
    """Value and way out, without keys."""
    answers = Answers()
    answers.miss(url, error)

    assert [word for word in words if word not in answers.problem] == [], answers.problem
    assert "key" not in answers.problem
    assert ("grpc" in answers.problem) == (error is NO_HTTP)


def test_a_proxy_is_named_by_its_variable(monkeypatch):
    """What refuses may be the proxy, and not the receiver."""
    monkeypatch.setenv("http_proxy", "http://user:secret@proxy:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    answers = Answers()
    answers.miss("http://collector:4318/v1", requests.ConnectionError())

    assert "http_proxy sends it through a proxy; NO_PROXY names hosts" in answers.problem
    assert "secret" not in answers.problem


def test_partial_success_is_heard():
    """How many points were refused, and why."""
    partial = ExportMetricsServiceResponse()
    partial.partial_success.rejected_data_points = 7
    partial.partial_success.error_message = "too old\n\x00twice"
    answers = Answers()
    answers.hear(answer(200, content=partial.SerializeToString()))

    assert (answers.rejected, answers.message, answers.problem) == (7, "too old twice", "")


def test_what_the_exporter_logs_in_this_thread_is_heard_and_not_written(caplog):
    """Other threads of the application log as before, with the same exporter."""
    answers = Answers()
    with answers.listening():
        LOGGER.warning(
            "Transient error StatusCode.UNAVAILABLE encountered while exporting metrics to x, retrying in 1.02s. Details: gone"
        )
        LOGGER.error("Failed to export metrics to x")
        other = threading.Thread(target=LOGGER.warning, args=("of another",))
        other.start()
        other.join()
    LOGGER.error("afterwards")

    assert answers.problem == "StatusCode.UNAVAILABLE Details: gone"
    assert [record.getMessage() for record in caplog.records] == ["of another", "afterwards"]
    with answers.listening():
        assert answers.problem == "StatusCode.UNAVAILABLE Details: gone"
    answers.forget()
    with answers.listening():
        assert answers.problem == ""


def test_the_last_word_counts_where_nothing_was_tried_again():
    """A refusal is not transient."""
    answers = Answers()
    with answers.listening():
        LOGGER.error("Failed to export metrics to x, error code: INVALID_ARGUMENT")
    assert answers.problem == "Failed to export metrics to x, error code: INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("POST http://user:secret@host/v1?api_key=secret failed", "POST http://host/v1 failed"),
        ("url: /v1/metrics?token=secret (Caused", "url: /v1/metrics (Caused"),
        ("two\nlines\x1b", "two lines "),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_words_of_strangers_are_cleaned(said, clean):
    """One line, not too long, without keys."""
    assert clean_words(said) == clean
