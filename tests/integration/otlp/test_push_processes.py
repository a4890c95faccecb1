"""Pushes of many processes: each row once, whoever forks, is spawned, is killed or takes over."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from lock_files import holder
from mlexporter import catalogue
from mlexporter.demo.programs import free_port
from otlp_receivers import attributes_of, slow

BIN = Path(sys.executable).parent
INSTANCE = "service.instance.id"
PATIENCE_SECONDS = 30.0

FAMILY = """
import multiprocessing, os, sys, time
import mlexporter

@mlexporter.monitor(model="fares", version="3")
def predict(row):
    return 0.5

def work(n_rows):
    for _ in range(n_rows):
        predict({"a": 1.0})

handle = mlexporter.push(interval_seconds=0.2)

if __name__ == "__main__":
    way = sys.argv[1]
    work(100)
    assert handle.flush(20), handle
    if way == "os.fork":
        children = []
        for _ in range(3):
            child = os.fork()
            if not child:
                work(10)
                time.sleep(0.7)
                sys.exit()
            children.append(child)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        assert codes == [0, 0, 0], codes
    else:
        context = multiprocessing.get_context(way)
        children = [context.Process(target=work, args=(10,)) for _ in range(3)]
        for child in children:
            child.start()
        for child in children:
            child.join(20)
        assert [child.exitcode for child in children] == [0, 0, 0]
    assert handle.flush(20), handle
"""

APPLICATION = """
import json, os
import mlexporter

@mlexporter.monitor(model="fares", version="3")
def predict(row):
    return 0.5

def wsgi(environ, start):
    predict({"a": 1.0})
    body = json.dumps(os.getpid()).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]

async def asgi(scope, receive, send):
    if scope["type"] == "http":
        predict({"a": 1.0})
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

if os.environ.get("PUSH_IN_CODE"):
    mlexporter.push(interval_seconds=0.2)
"""


def environment(receiver, tmp_path, **more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLEXPORTER_", "OTEL_"))}
    return {
        **kept, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "PYTHONPATH": str(tmp_path),
        "MLEXPORTER_EVALUATION_INTERVAL": "0.5", **more,
    }  # fmt: skip


def rows(receiver):
    """Return, request by request, the instance, its start and the rows that it tells of."""
    found = []
    for request in tuple(receiver.metrics):
        (resource,) = request.resource_metrics
        for metric in resource.scope_metrics[0].metrics:
            if metric.name == catalogue.PREDICTIONS.name:
                (point,) = metric.sum.data_points
                name = attributes_of(resource.resource)[INSTANCE]
                found.append((name, point.start_time_unix_nano, point.as_int))
    return found


def newest(receiver):
    """Return the rows of each instance, as it told of them last."""
    return {name: value for name, _, value in rows(receiver)}


def until(found, told):
    end = time.monotonic() + PATIENCE_SECONDS
    while not (answer := found()):
        if time.monotonic() > end:
            pytest.fail(f"not within {PATIENCE_SECONDS} s: {told()}")
        time.sleep(0.05)
    return answer


@pytest.fixture(params=["http/protobuf", "grpc"])
def receiver(request):
    """A receiver over either protocol, and the name of that."""
    name = "otlp_grpc_receiver" if request.param == "grpc" else "otlp_http_receiver"
    return request.getfixturevalue(name), request.param


@pytest.mark.parametrize("place", ["off", "shared"])
@pytest.mark.parametrize("way", ["os.fork", "fork", "spawn"])
def test_every_row_is_told_once(receiver, tmp_path, way, place):
    """130 of them: in one instance where they share a directory, in one for each process where they do not."""
    found, protocol = receiver
    (tmp_path / "family.py").write_text(FAMILY)
    directory = "off" if place == "off" else str(tmp_path / "shared")
    done = subprocess.run(
        [sys.executable, "family.py", way], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=90,
        env=environment(found, tmp_path, MLEXPORTER_DIR=directory, OTEL_EXPORTER_OTLP_PROTOCOL=protocol),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = newest(found)
    assert sum(told.values()) == 130, (told, done.stderr)
    assert len(told) == (1 if place == "shared" else 4)
    assert max(told.values()) == (130 if place == "shared" else 100)
    assert "Traceback" not in done.stderr


def test_a_worker_that_is_killed_is_followed_by_another(otlp_http_receiver, tmp_path):
    """Within seconds, as the same instance; no counter falls, and no row is told twice."""
    (tmp_path / "application.py").write_text(APPLICATION)
    port, directory = free_port(), tmp_path / "shared"
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(
        [str(BIN / "gunicorn"), "-w", "3", "-b", f"127.0.0.1:{port}", "--no-control-socket", "application:wsgi"],
        cwd=tmp_path, stdout=log, stderr=log,
        env=environment(
            otlp_http_receiver, tmp_path, MLEXPORTER_DIR=str(directory), MLEXPORTER_PUSH="on",
            OTEL_METRIC_EXPORT_INTERVAL="200",
        ),
    )  # fmt: skip
    try:
        calls = [0]

        def ask():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                calls[0] += 1
                return json.loads(answer.read())

        def pushing():
            return holder(directory / "lock-push")

        def catches_up():
            return set(newest(otlp_http_receiver).values()) == {calls[0]}

        until(lambda: _quiet(ask), lambda: "no answer")
        killed = set()
        for _ in range(3):
            until(lambda: ask() and pushing(), lambda: "nobody pushes")
            until(catches_up, lambda: (newest(otlp_http_receiver), calls))
            victim = pushing()
            assert victim not in killed
            killed.add(victim)
            os.kill(victim, signal.SIGKILL)
            until(
                lambda gone=victim: _quiet(ask) and pushing() not in {None, gone}, lambda: "nobody takes over"
            )
        for _ in range(20):
            ask()
        server.terminate()
        server.wait(PATIENCE_SECONDS)
    finally:
        server.kill()
        server.wait()
        log.close()
    told = rows(otlp_http_receiver)
    assert {name for name, _, _ in told} == {told[0][0]}
    assert len({start for _, start, _ in told}) == 1
    values = [value for _, _, value in told]
    assert values == sorted(values)
    assert values[-1] == calls[0], (tmp_path / "log").read_text()


@pytest.mark.parametrize("place", ["off", "found"])
def test_a_push_that_begins_in_the_master_goes_on_in_the_workers(otlp_http_receiver, tmp_path, place):
    """With gunicorn --preload the master pushes for all; where there is no directory each worker pushes its own."""
    (tmp_path / "application.py").write_text(APPLICATION)
    port = free_port()
    more = {"MLEXPORTER_DIR": "off"} if place == "off" else {}
    log = (tmp_path / "log").open("wb")
    server = subprocess.Popen(
        [str(BIN / "gunicorn"), "--preload", "-w", "3", "-b", f"127.0.0.1:{port}", "--no-control-socket", "application:wsgi"],
        cwd=tmp_path, stdout=log, stderr=log,
        env=environment(otlp_http_receiver, tmp_path, PUSH_IN_CODE="1", **more),
    )  # fmt: skip
    calls, pids = 0, set()

    def ask():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            pids.add(json.loads(answer.read()))
        return True

    try:
        until(lambda: _quiet(ask), (tmp_path / "log").read_text)
        calls = 1
        for _ in range(60):
            calls += ask()
        until(
            lambda: sum(newest(otlp_http_receiver).values()) == calls,
            lambda: (newest(otlp_http_receiver), calls),
        )
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)
        log.close()
    told = {name: value for name, value in newest(otlp_http_receiver).items() if value}
    assert sum(told.values()) == calls
    assert len(told) == (len(pids) if place == "off" else 1)
    text = (tmp_path / "log").read_text()
    assert "corrupt" not in text
    assert "Traceback" not in text


def _quiet(function):
    try:
        return function()
    except OSError:
        return None


def test_the_first_steps_of_the_tutorial_work_as_they_stand(otlp_http_receiver, tmp_path):
    """The setting alone, in a script that is over before the first look."""
    text = (Path(__file__).parents[3] / "docs" / "tutorials" / "opentelemetry.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    subprocess.run(
        [sys.executable, "-c", first], check=True, timeout=60,
        env=environment(otlp_http_receiver, tmp_path, MLEXPORTER_PUSH="on", OTEL_SERVICE_NAME="fares"),
    )  # fmt: skip
    assert list(newest(otlp_http_receiver).values()) == [100]
    assert otlp_http_receiver.newest_resource()["service.name"] == "fares"

    subprocess.run(
        [sys.executable, "-c", second + first], check=True, timeout=60,
        env=environment(otlp_http_receiver, tmp_path, OTEL_SERVICE_NAME="wrapped"),
    )  # fmt: skip
    assert otlp_http_receiver.newest_resource()["service.name"] == "wrapped"
    assert len(newest(otlp_http_receiver)) == 2


SHORT = """
import mlexporter
BEGIN
mlexporter.monitor(model="fares", version="3")(lambda row: 0.5)({"a": 1.0})
"""


@pytest.mark.parametrize("begin", ["", "mlexporter.push()"])
def test_a_process_that_ends_at_once_pushes_or_says_why_not(receiver, tmp_path, begin):
    """By the code over either protocol; by the setting alone gRPC comes too late, and says the way out."""
    found, protocol = receiver
    done = subprocess.run(
        [sys.executable, "-c", SHORT.replace("BEGIN", begin)], check=True, timeout=60, capture_output=True, text=True,
        env=environment(
            found, tmp_path, MLEXPORTER_PUSH="off" if begin else "on", OTEL_EXPORTER_OTLP_PROTOCOL=protocol
        ),
    )  # fmt: skip
    if begin or protocol != "grpc":
        assert list(newest(found).values()) == [1], done.stderr
    else:
        assert "call mlexporter.push() at its beginning" in done.stderr


@pytest.mark.parametrize("begin", ["", "mlexporter.push()"])
def test_a_process_that_ends_at_once_waits_no_longer_than_promised(otlp_http_receiver, tmp_path, begin):
    """Three seconds, whatever the variables say that a push may take; and the log tells."""
    otlp_http_receiver.behaviour = slow(25.0)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", SHORT.replace("BEGIN", begin)], check=True, timeout=60, capture_output=True, text=True,
        env=environment(
            otlp_http_receiver, tmp_path, MLEXPORTER_PUSH="off" if begin else "on",
            OTEL_EXPORTER_OTLP_TIMEOUT="30", MLEXPORTER_DIR="off",
        ),
    )  # fmt: skip
    assert time.monotonic() - started < 10
    assert "is given up" in done.stderr


@pytest.mark.parametrize("in_code", ["", "1"], ids=["by setting", "in code"])
def test_a_uvicorn_that_is_told_to_end_pushes_what_is_left(otlp_http_receiver, tmp_path, in_code):
    """It ends by a signal that nobody handles, so that Python's own end is never reached."""
    (tmp_path / "application.py").write_text(
        APPLICATION.replace("interval_seconds=0.2", "interval_seconds=300")
    )
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(BIN / "uvicorn"), "--port", str(port), "application:asgi"], cwd=tmp_path, stdout=log, stderr=log,
            env=environment(
                otlp_http_receiver, tmp_path, PUSH_IN_CODE=in_code, MLEXPORTER_PUSH="off" if in_code else "on",
                MLEXPORTER_DIR="off", OTEL_METRIC_EXPORT_INTERVAL="300000",
            ),
        )  # fmt: skip

    def ask():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            return answer.read()

    try:
        until(lambda: _quiet(ask), (tmp_path / "log").read_text)
        for _ in range(6):
            ask()
        server.terminate()
        assert server.wait(PATIENCE_SECONDS) == -signal.SIGTERM
    finally:
        server.kill()
        server.wait()
    assert list(newest(otlp_http_receiver).values()) == [7], (tmp_path / "log").read_text()
