"""A real Prometheus 3 and a real OpenTelemetry Collector, once for all tests of a session."""

import contextlib

import pytest

from otlp_programs import Collector, Prometheus3
from real_programs import program_of

collect_ignore = ["service.py"]
"""A program that is started, not imported."""


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
    program = program_of("install-prometheus-3", "prometheus")
    with _running(Prometheus3(program, tmp_path_factory.mktemp("prometheus-3"))) as prometheus:
        yield prometheus


@pytest.fixture(scope="session")
def collector(tmp_path_factory):
    """A Collector that takes OTLP and is scraped."""
    program = program_of("install-collector", "otelcol")
    with _running(Collector(program, tmp_path_factory.mktemp("collector"))) as running:
        yield running


@pytest.fixture(scope="session")
def forwarding_collector(prometheus_3, tmp_path_factory):
    """A Collector that also sends all metrics on to ``prometheus_3``, over OTLP."""
    program = program_of("install-collector", "otelcol")
    folder = tmp_path_factory.mktemp("forwarding-collector")
    with _running(Collector(program, folder, forward_to=prometheus_3.otlp_endpoint)) as running:
        yield running


@pytest.fixture(scope="session", params=["install-prometheus", "install-prometheus-3"], ids=["2", "3"])
def promtool(request):
    """The path of promtool, once of Debian's Prometheus and once of the newest."""
    return program_of(request.param, "promtool")
