import http.server
import json
import threading
import urllib.parse

import pytest
import yaml

from mlexporter.demo.history.past_prometheus import (
    CONFIGURATION_TEXT,
    FLAGS,
    Answered,
    PastPrometheus,
    start_past_prometheus,
)
from mlexporter.demo.history.rule_levels import duration_seconds
from mlexporter.demo.history.steps import PAST_STEP
from mlexporter.errors import EnvironmentDegradedError


@pytest.fixture
def server():
    """A Prometheus that answers what it was asked as labels; ``broken`` is an error."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked = dict(
                urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())
            )
            answer = {"status": "success", "data": {"result": [self.result(asked)]}}
            if asked["query"] == "broken":
                answer = {"status": "error", "error": "no such function"}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def result(self, asked):
            values = {"values": [[1, "2"], [3, "NaN"]]} if "range" in self.path else {"value": [1.5, "2"]}
            return {"metric": {"path": self.path, **asked}, **values}

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield PastPrometheus(None, running.server_port)
        running.shutdown()
        thread.join()


def test_ranges_are_asked_for_at_the_given_times(server):
    """From the first to the last, with the step."""
    (answered,) = server.range("up", range(10, 40, 10))
    assert answered.labels == {
        "path": "/api/v1/query_range", "query": "up", "start": "10", "end": "30", "step": "10",
    }  # fmt: skip
    assert answered.samples == ((1.0, "2"), (3.0, "NaN"))


def test_single_times_are_asked_for(server):
    """One sample a series."""
    (answered,) = server.at("up", 7)
    assert answered == Answered({"path": "/api/v1/query", "query": "up", "time": "7"}, ((1.5, "2"),))


def test_an_error_is_told_with_the_query(server):
    """So that somebody can mend it."""
    with pytest.raises(EnvironmentDegradedError, match="no such function: broken"):
        server.at("broken", 7)


def test_the_flags_reach_over_the_coarsest_step_and_keep_old_blocks():
    """And the configuration scrapes nothing."""
    lookback = next(flag for flag in FLAGS if "lookback" in flag).partition("=")[2]
    assert duration_seconds(lookback) > PAST_STEP
    assert any(flag == "--storage.tsdb.retention.time=100y" for flag in FLAGS)
    assert yaml.safe_load(CONFIGURATION_TEXT) == {"global": {}}


def test_it_is_started_on_a_folder(tmp_path):
    """With its flags; whoever started it can end it."""
    program = tmp_path / "prometheus"
    program.write_text('#!/bin/sh\necho "$@"\nexit 1\n', encoding="utf-8")
    program.chmod(0o755)
    children = []
    running = start_past_prometheus(str(program), tmp_path, children.append, port=9999)
    with pytest.raises(EnvironmentDegradedError, match=r"query\.lookback-delta"):
        running.wait()
    assert children == [running.child]
    assert running.url == "http://127.0.0.1:9999"
