"""A real Prometheus 3 and a real OpenTelemetry Collector, once for all tests of a session."""

import contextlib
import os
import subprocess
from pathlib import Path

import pytest

from otlp_programs import Collector, Prometheus3

collect_ignore = ["service.py"]
"""A program that is started, not imported."""
SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


def _program(script, name):
    """Return the path of a program that ``script`` makes; skips where it is not, but fails in CI."""
    asked = subprocess.run([SCRIPTS / script, "--where"], capture_output=True, text=True, check=False)
    if asked.returncode == 0:
        return Path(asked.stdout.strip()) / name
    reason = f"{name} is not there; scripts/{script} builds it, if there is Go"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextlib.contextmanager
def _running(program):
    try:
        program.wait()
        yield program
    finally:
        program.stop()


@pytest.fixture(scope="session")
def prometheus_3(tmp_path_factory):
    """A Prometheus 3 that takes OTLP; a test gives its series a job of its own."""
    program = _program("install-prometheus-3", "prometheus")
    with _running(Prometheus3(program, tmp_path_factory.mktemp("prometheus-3"))) as prometheus:
        yield prometheus


@pytest.fixture(scope="session")
def collector(tmp_path_factory):
    """A Collector that takes OTLP and is scraped."""
    program = _program("install-collector", "otelcol")
    with _running(Collector(program, tmp_path_factory.mktemp("collector"))) as running:
        yield running


@pytest.fixture(scope="session")
def forwarding_collector(prometheus_3, tmp_path_factory):
    """A Collector that also sends all metrics on to ``prometheus_3``, over OTLP."""
    program = _program("install-collector", "otelcol")
    folder = tmp_path_factory.mktemp("forwarding-collector")
    with _running(Collector(program, folder, forward_to=prometheus_3.otlp_endpoint)) as running:
        yield running


@pytest.fixture(scope="session", params=["install-prometheus", "install-prometheus-3"], ids=["2", "3"])
def promtool(request):
    """The path of promtool, once of Debian's Prometheus and once of the newest."""
    return _program(request.param, "promtool")
