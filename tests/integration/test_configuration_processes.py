"""One file, real worker processes and a server beside them: what is written arrives as series, also anew."""

import os
import re
import subprocess
import sys
import time
import urllib.request

import pytest

from mlexporter import catalogue

PATIENCE_SECONDS = 40
WORKER = """
import sys, mlexporter
predict = mlexporter.monitor(model="fares", version="1")(lambda row: 1.0)
predict({"distance": 1.0})
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mlexporter.toml"


def write(path, text):
    """Replace the file in one step."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a program of Python in the directory of all; they are ended."""
    running = []

    def begin(*arguments, **variables):
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("MLEXPORTER_")
        }
        shared = {"MLEXPORTER_DIR": str(tmp_path / "shared"), "MLEXPORTER_EVALUATION_INTERVAL": "0.2"}
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**environment, **shared, **variables},
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in reversed(running):
        process.kill()
        process.communicate(timeout=10)


def serve(start, *arguments, **variables):
    """Start ``mlexporter serve`` and return where it serves."""
    process = start("-m", "mlexporter", "serve", "--port", "0", *arguments, **variables)
    return process.stdout.readline().split()[1]


def scrape(url, *metrics):
    """Return the values of some metrics of fares, or of the exporter: name and last label to value."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        text = answer.read().decode()
    found = {}
    for metric in metrics:
        for labels, value in re.findall(rf"^{metric.name}(?:\{{(.*)\}})? (\S+)$", text, re.MULTILINE):
            found[metric.name, *re.findall(r'(?:metric|reason)="(\w*)"', labels)] = float(value)
    return found


def until(url, expected, *metrics):
    """Scrape until the values are there."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not expected.items() <= (found := scrape(url, *metrics)).items():
        assert time.monotonic() < end, (expected, found)
        time.sleep(0.1)


FIRST = """
[models."*"]
minimum_requests = 20
[models.fares]
error_objective = 0.99
latency_threshold_seconds = 0.3
"""
ERRORS = (catalogue.SLO_OBJECTIVE.name, "errors")
LATENCY = (catalogue.SLO_OBJECTIVE.name, "latency")
THRESHOLD = (catalogue.SLO_LATENCY_THRESHOLD.name,)
MINIMUM = (catalogue.SLO_MINIMUM_REQUESTS.name,)
IS_GOOD = (catalogue.CONFIG_RELOAD_SUCCESS.name,)
INVALID = (catalogue.DEGRADED.name, "config_invalid")
METRICS = (
    catalogue.SLO_OBJECTIVE, catalogue.SLO_LATENCY_THRESHOLD, catalogue.SLO_MINIMUM_REQUESTS,
    catalogue.CONFIG_RELOAD_SUCCESS, catalogue.DEGRADED,
)  # fmt: skip


@pytest.mark.parametrize("has_file", [False, True])
def test_the_file_of_the_workers_is_seen_beside_them(start, path, has_file):
    """With a file of its own or without one, the server shows the first version, the next, and a bad one."""
    write(path, FIRST)
    named = {"MLEXPORTER_CONFIG": str(path)}
    workers = [start("-c", WORKER, **named) for _ in range(2)]
    assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 2
    url = serve(start, **named) if has_file else serve(start)

    first = {ERRORS: 0.99, LATENCY: 0.99, THRESHOLD: 0.3, MINIMUM: 20.0, IS_GOOD: 1.0, INVALID: 0.0}
    until(url, first, *METRICS)
    write(path, FIRST.replace("0.99", "0.95").replace("20", "50"))
    until(url, {ERRORS: 0.95, MINIMUM: 50.0, THRESHOLD: 0.3, IS_GOOD: 1.0}, *METRICS)
    write(path, FIRST.replace("error_objective", "error_objectives"))
    until(url, {ERRORS: 0.95, MINIMUM: 50.0, IS_GOOD: 0.0}, *METRICS)
    assert scrape(url, *METRICS)[INVALID] >= 1
    write(path, FIRST)
    until(url, first, *METRICS)


def test_a_server_beside_workers_without_a_file_takes_its_own(start, path):
    """``--config`` of the command; where there is no file at all the defaults are there."""
    worker = start("-c", WORKER)
    assert worker.stdout.readline() == "ready\n"
    write(path, "[models.fares]\nminimum_requests = 33\n")
    until(serve(start, "--config", path), {MINIMUM: 33.0, ERRORS: 0.999, IS_GOOD: 1.0}, *METRICS)
    url = serve(start)
    until(url, {MINIMUM: 100.0, ERRORS: 0.999}, *METRICS)
    assert IS_GOOD not in scrape(url, *METRICS)
    assert LATENCY not in scrape(url, *METRICS)


@pytest.mark.parametrize("arguments", [("-c", WORKER), ("-m", "mlexporter", "serve", "--port", "0")])
def test_a_wrong_file_ends_the_start(start, path, arguments):
    """Of a worker as of the server; the message says what to do."""
    write(path, "[models.fares]\nminimum_requests = 'many'\n")
    process = start(*arguments, MLEXPORTER_CONFIG=str(path))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert f"{path}: line 2: [models.fares] minimum_requests = 'many': a number" in err.splitlines()[-1]
