from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider

from mlexporter.app import tracing
from mlexporter.testing import isolated_exporter

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import sys, time
import mlexporter
assert not any(name.startswith("opentelemetry") for name in sys.modules), "import mlexporter loads it"
exporter = mlexporter.Exporter()

def set_tracer():
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    global spans
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)

def seen():
    return len(spans.get_finished_spans())

@exporter.monitor(model="early", version="1")
def early(row):
    return 0.7

ORDER

print(*found)
exporter.close()
"""

BEFORE_THE_FIRST_CALL = """
set_tracer()
early({"a": 1.0})
found = [seen()]
"""

AFTER_CALLS = """
early({"a": 1.0})
set_tracer()
@exporter.monitor(model="late", version="1")
def late(row):
    return 0.7
late({"a": 1.0})
found = [seen()]
"""

WITHIN_A_SECOND = """
early({"a": 1.0})
set_tracer()
until = time.monotonic() + 20
while not seen() and time.monotonic() < until:
    time.sleep(0.05)
    early({"a": 1.0})
found = [min(seen(), 1)]
"""


A_PROVIDER_THAT_FAILS_AT_FIRST = """
set_tracer()
from opentelemetry import trace
provider = trace.get_tracer_provider()
whole = type(provider).get_tracer
def fail(*args, **named):
    raise LookupError
type(provider).get_tracer = fail
early({"a": 1.0})
found = [seen(), *exporter.view().exporter.internal_errors]
type(provider).get_tracer = whole
until = time.monotonic() + 20
while not seen() and time.monotonic() < until:
    time.sleep(0.05)
    early({"a": 1.0})
found.append(min(seen(), 1))
"""


def run(order, **settings):
    """Return what a process of its own prints: a tracer can be set once only."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("ORDER", order)],
        env={**os.environ, "MLEXPORTER_DIR": "off", **settings},
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.slow
@pytest.mark.parametrize("order", [BEFORE_THE_FIRST_CALL, AFTER_CALLS, WITHIN_A_SECOND])
def test_a_tracer_is_found_whenever_the_application_sets_it(order):
    """Before the first call, between two decorators, or later, and without loading what is not there."""
    assert run(order) == ["1"]


@pytest.mark.slow
def test_a_provider_that_fails_stops_nothing_and_is_asked_again():
    """The call goes on without a span, the error is counted, and the next look may succeed."""
    assert run(A_PROVIDER_THAT_FAILS_AT_FIRST) == ["0", "trace", "1"]


@pytest.mark.slow
def test_a_user_can_do_without_spans():
    """The tracer of the application stays its own."""
    assert run(BEFORE_THE_FIRST_CALL, MLEXPORTER_SPANS="off") == ["0"]


@pytest.mark.slow
def test_the_tutorial_prints_three_spans_of_one_trace(tmp_path):
    """What stands in the documents works as it stands there."""
    text = (ROOT / "docs" / "tutorials" / "traces.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "MLEXPORTER_DIR": "off"}, cwd=tmp_path,
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert re.findall(r'"name": "(.*)"', done.stdout) == ["features fares", "predict fares", "GET /fare"]
    assert len(set(re.findall(r'"trace_id": "(.*)"', done.stdout))) == 1


def test_functions_may_be_decorated_in_many_threads_while_others_get_their_spans(monkeypatch):
    """The look at all functions of a model is safe although they become more meanwhile."""
    provider = TracerProvider(shutdown_on_exit=False)
    monkeypatch.setattr(tracing, "application_provider", lambda: provider)
    interval = sys.getswitchinterval()
    kept, problems = [], []

    def decorate(exporter):
        try:
            for _ in range(60):
                kept.append(exporter.monitor(model="many", version="1")(lambda row: 0.5))  # noqa: PERF401 - each may raise
        except Exception as error:
            problems.append(error)

    with isolated_exporter() as exporter:
        exporter.monitor(model="first", version="1")(lambda row: 0.5)({"a": 1})
        threads = [threading.Thread(target=decorate, args=(exporter,)) for _ in range(4)]
        sys.setswitchinterval(1e-6)
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(interval)
    assert problems == []
