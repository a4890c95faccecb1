import contextlib
import http.server
import os
import sys
import threading

import pytest

from mlexporter.demo.programs import Child, answers, find_program, free_port, get_json
from mlexporter.errors import EnvironmentDegradedError

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (
    sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
)  # fmt: skip


def program(folder, name, *, status=0):
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_first_name_that_starts_here_is_found(tmp_path):
    """A program for another machine, or a broken one, is passed over."""
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    broken.mkdir()
    whole.mkdir()
    program(broken, "alertmanager", status=1)
    expected = program(whole, "prometheus-alertmanager")
    names = ("alertmanager", "prometheus-alertmanager")
    assert find_program(names, os.pathsep.join([str(broken), str(whole)])) == expected
    assert find_program(names, str(broken)) is None


def test_a_child_ends_when_it_is_stopped(tmp_path):
    """And stopping it again does no harm."""
    child = Child("sleeper", SLEEP, tmp_path / "log")
    assert child.is_running
    child.stop()
    child.stop()
    assert not child.is_running


def test_a_child_that_ignores_the_request_is_killed(tmp_path, monkeypatch):
    """Nothing is left behind, whatever a program thinks of signals."""
    monkeypatch.setattr("mlexporter.demo.programs._STOP_SECONDS", 0.1)
    child = Child("stubborn", STUBBORN, tmp_path / "log")
    child.wait_until(lambda: "up" in (tmp_path / "log").read_text(encoding="utf-8"), seconds=30)
    child.stop()
    assert not child.is_running


def test_a_child_that_ends_at_once_is_quoted(tmp_path):
    """The reason stands in what the program said last."""
    child = Child("prometheus", (sys.executable, "-c", "raise SystemExit('bad rule file')"), tmp_path / "log")
    with pytest.raises(EnvironmentDegradedError, match="prometheus ended at once: bad rule file"):
        child.wait_until(lambda: False, seconds=30)


def test_waiting_for_a_child_has_an_end(tmp_path):
    """A program that never gets ready does not hold up the demo."""
    child = Child("sleeper", SLEEP, tmp_path / "log")
    try:
        with pytest.raises(EnvironmentDegradedError, match=r"sleeper was not ready in 0 s: it said nothing"):
            child.wait_until(lambda: False, seconds=0)
    finally:
        child.stop()


@pytest.fixture
def server():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            is_known = self.path == "/known"
            self.send_response(200 if is_known else 404)
            self.end_headers()
            self.wfile.write(b'{"a": [1]}')

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running.server_port
        running.shutdown()
        thread.join()


def test_an_answer_of_200_counts_and_nothing_else(server, monkeypatch):
    """A proxy in the environment has no say on the loopback interface."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert answers(server, "/known")
    assert not answers(server, "/other")
    assert not answers(free_port(), "/known")
    assert get_json(server, "/known") == {"a": [1]}
    assert get_json(server, "/other") is None


def test_a_free_port_can_be_bound():
    """At least at that moment."""
    import socket

    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", free_port()))


def test_a_free_port_is_given_once_and_to_no_client():
    """It is used some seconds later: neither another caller nor a connection of anybody may have it by then."""
    given = [free_port() for _ in range(200)]
    assert len(set(given)) == 200
    assert all(20_000 <= port < 32_000 for port in given)


def test_without_a_free_port_it_is_told(monkeypatch):
    """Rather than tried for ever."""
    monkeypatch.setattr("mlexporter.demo.programs._given_ports", set(range(20_000, 32_000)))
    with pytest.raises(EnvironmentDegradedError, match="no port between 20000 and 32000"):
        free_port()
