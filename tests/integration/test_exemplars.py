"""Two workers and a real Prometheus: a call of the one is an exemplar that the other shows."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse

import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from mlexporter import catalogue
from mlexporter.demo.programs import HOST, Child, answers, free_port, get_json
from mlexporter.demo.prometheus import prometheus_configuration
from mlexporter.state.slots import BlockKind
from mlexporter.state.slots.directory import SlotDirectory
from mlexporter.state.slots.exemplar_cells import read_calls

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="locks of Unix"),
]

WORKER = """
import json, sys, time
import mlexporter
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
seen = []

@mlexporter.monitor(model="m", version="1")
def predict(row):
    context = trace.get_current_span().get_span_context()
    seen.append([f"{context.trace_id:032x}", f"{context.span_id:016x}"])
    time.sleep(row["seconds"])
    if row["fails"]:
        raise ValueError("a message that must not leave the process")

for line in sys.stdin:
    command = json.loads(line)
    if "port" in command:
        mlexporter.serve(port=command["port"])
    else:
        try:
            predict(command)
        except ValueError:
            pass
    print(json.dumps(seen), flush=True)
"""
WRITER = """
import sys
from pathlib import Path
from mlexporter.records import ModelKey
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState
from mlexporter.state.slots import Slot
from mlexporter.state.slots.directory import SlotDirectory

number = 1
slot = Slot(SlotDirectory(Path(sys.argv[1])).open_memory())
state = ModelState(ModelKey("m", "1"), latency_bounds=(0.1,), buffer_rows=8, buffer_limit_rows=100,
                   wall_clock=lambda: number, counter=ExporterCounter(), slot=slot)
while True:
    state.exemplify(0, number, trace_id=number * 3**80 % 2**128, span_id=number * 7**22 % 2**64)
    if number == 1:
        print("begun", flush=True)
    number = number % 10_000_000 + 1
"""


class Worker:
    """A process of its own with one model and a tracer."""

    def __init__(self, path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "MLEXPORTER_DIR": str(path)},
        )  # fmt: skip

    def tell(self, **command):
        """Let it do something, and return trace and span of each call until now."""
        self.process.stdin.write(f"{json.dumps(command)}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        """End it in order, if it has not ended."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.fixture
def start(tmp_path):
    """Return a function that starts workers of one directory; they are ended."""
    with contextlib.ExitStack() as stack:

        def begin():
            worker = Worker(tmp_path / "shared")
            stack.callback(worker.end)
            return worker

        yield begin


def exemplars(port):
    """Return what a page shows of calls: {(status, le): (trace, span, value)}, and calls by status."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    with contextlib.closing(connection):
        connection.request(
            "GET", "/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
        )
        text = connection.getresponse().read().decode()
    samples = [sample for family in parse_openmetrics(text) for sample in family.samples]
    shown = {
        (each.labels["status"], each.labels["le"]): (
            each.exemplar.labels["trace_id"], each.exemplar.labels["span_id"], each.exemplar.value
        )
        for each in samples
        if each.exemplar is not None
    }  # fmt: skip
    calls = {
        each.labels["status"]: each.value
        for each in samples
        if each.name == catalogue.PREDICTION_REQUESTS.name and each.value
    }
    return shown, calls


def test_the_calls_of_one_worker_are_shown_by_the_other_and_end_with_it(start):
    """By status and bucket; what a killed worker has counted stays, its exemplars do not."""
    one, other = start(), start()
    port = free_port()
    other.tell(port=port)
    # Far from a bound: the call ends a little after its span, and the first of a process more than a little.
    one.tell(seconds=0.03, fails=False)
    one.tell(seconds=0.11, fails=False)
    quick, slow, failed = one.tell(seconds=0.03, fails=True)

    until = time.monotonic() + 20
    while len(shown := exemplars(port)[0]) < 3:  # the other worker drains its buckets within a second
        assert time.monotonic() < until, shown
        time.sleep(0.05)
    slowest = max(shown, key=lambda place: shown[place][2])
    assert {place[0] for place in shown} == {"ok", "error"}
    assert {trace_and_span[:2] for trace_and_span in shown.values()} == {
        tuple(quick),
        tuple(slow),
        tuple(failed),
    }
    assert shown[slowest][:2] == tuple(slow)
    assert slowest[0] == "ok"
    assert 0.11 <= shown[slowest][2] <= float(slowest[1])

    one.process.kill()
    one.process.wait(20)
    until = time.monotonic() + 20
    while exemplars(port) != ({}, {"ok": 2, "error": 1}):
        assert time.monotonic() < until, exemplars(port)
        time.sleep(0.05)


def test_prometheus_finds_the_trace_of_a_slow_call(start, programs, tmp_path):
    """It scrapes OpenMetrics by itself, and keeps exemplars where it is told to."""
    one, other = start(), start()
    port = free_port()
    other.tell(port=port)
    ((trace_id, span_id),) = one.tell(seconds=0.06, fails=False)
    path = tmp_path / "prometheus.yml"
    path.write_text(yaml.safe_dump(prometheus_configuration(f"{HOST}:{port}", (), None)), encoding="utf-8")
    server = free_port()
    child = Child(
        "Prometheus",
        (
            programs[0], f"--config.file={path}", f"--storage.tsdb.path={tmp_path / 'prometheus'}",
            f"--web.listen-address={HOST}:{server}", "--enable-feature=exemplar-storage",
        ),
        tmp_path / "prometheus.log",
    )  # fmt: skip
    now = time.time()
    query = urllib.parse.urlencode(
        {"query": f"{catalogue.PREDICTION_DURATION.name}_bucket", "start": now - 60, "end": now + 60}
    )
    found = []

    def has_exemplar():
        answer = get_json(server, f"/api/v1/query_exemplars?{query}")
        found[:] = [] if answer is None else answer["data"]
        return bool(found)

    try:
        child.wait_until(lambda: answers(server, "/-/ready"), seconds=15.0)
        child.wait_until(has_exemplar, seconds=30.0)
    finally:
        child.stop()

    (series,) = found
    (exemplar,) = series["exemplars"]
    assert exemplar["labels"] == {"trace_id": trace_id, "span_id": span_id}
    assert 0.06 <= float(exemplar["value"]) <= float(series["seriesLabels"]["le"])
    assert series["seriesLabels"]["status"] == "ok"
    assert abs(exemplar["timestamp"] - now) < 30


def test_no_reader_sees_half_a_call_whoever_writes_or_dies(tmp_path):
    """A process writes one record as fast as it can, is looked at meanwhile, and is killed."""
    path = tmp_path / "shared"
    directory = SlotDirectory(path)
    seen = set()
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout.readline() == "begun\n"
            wanted, patience = len(seen) + 40, time.monotonic() + 60.0
            for place in itertools.count():
                seen |= numbers(directory)
                if place >= 300 and (len(seen) >= wanted or time.monotonic() > patience):
                    break
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(20)
            process.stdout.close()
        assert directory.fold() == 1
        assert numbers(directory) == set()

    assert len(seen) > 100


def numbers(directory):
    """Return what calls say of themselves, after a check that each is of one piece."""
    found = set()
    for block in directory.read().blocks.values():
        if block.description.kind is BlockKind.EXEMPLARS:
            for call in read_calls(block.synchronous).values():
                number = call.nanoseconds
                assert call.trace_id == number * 3**80 % 2**128
                assert (call.span_id, call.unix_nanoseconds) == (number * 7**22 % 2**64, number * 10**9)
                found.add(number)
    return found
