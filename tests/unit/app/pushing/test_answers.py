"""What a receiver says, as far as it can be heard."""

from __future__ import annotations

import logging
import threading

import pytest
import requests
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse

from mlexporter.app.pushing.answers import Answers, clean_words

LOGGER = logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter")


def answer(status, *, reason="", content=b"", content_type="application/x-protobuf"):
    """Return an answer over HTTP."""
    response = requests.Response()
    response.status_code, response.reason, response._content = status, reason, content
    response.headers["Content-Type"] = content_type
    return response


@pytest.mark.parametrize(
    ("response", "problem", "misdirected"),
    [
        (answer(200), "", False),
        (answer(200, content=b"ok", content_type="text/plain"), "", False),
        (answer(503, reason="Service Unavailable"), "it answered 503 Service Unavailable", False),
        (answer(301, reason="Moved"), "it answered 301 Moved: another address is meant", True),
        (
            answer(200, content=b"<html>", content_type="text/html; charset=utf-8"),
            "it answered 200 with a web page: it is no receiver",
            True,
        ),
    ],
)
def test_an_answer_over_http_is_put_in_words(response, problem, misdirected):
    """A redirection and a web page look like success to the exporter, and are none."""
    answers = Answers()
    answers.hear(response)

    assert (answers.problem, bool(answers.misdirected)) == (problem, misdirected)


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
