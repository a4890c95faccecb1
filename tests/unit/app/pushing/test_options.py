"""The variables of OpenTelemetry and the arguments of ``push``."""

from __future__ import annotations

import logging

import pytest

from mlexporter.app.pushing.options import GRPC, HTTP, PushOptions, read_options, timeout_of_exporter
from mlexporter.errors import ConfigurationError


def test_without_anything_it_is_as_the_specification_says():
    """Every minute, over HTTP, cumulative."""
    assert read_options({}) == PushOptions(60.0, 30.0, HTTP, is_delta=False, off="")


@pytest.mark.parametrize(
    ("environment", "field", "value"),
    [
        ({"OTEL_METRIC_EXPORT_INTERVAL": "5000"}, "interval_seconds", 5.0),
        ({"OTEL_METRIC_EXPORT_TIMEOUT": " 250 "}, "timeout_seconds", 0.25),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "protocol", GRPC),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": HTTP}, "protocol", HTTP),
        ({"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "protocol", GRPC),
        ({"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "Delta"}, "is_delta", True),
        ({"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "lowmemory"}, "is_delta", False),
        ({"OTEL_SDK_DISABLED": "True"}, "off", "OTEL_SDK_DISABLED is true"),
        ({"OTEL_METRICS_EXPORTER": "none"}, "off", "OTEL_METRICS_EXPORTER=none names no otlp"),
        ({"OTEL_METRICS_EXPORTER": "console, otlp"}, "off", ""),
        ({"OTEL_METRICS_EXPORTER": "otlp_proto_http"}, "off", ""),
        ({"OTEL_METRICS_EXPORTER": "otlp_proto_http", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "protocol", HTTP),
        ({"OTEL_METRICS_EXPORTER": "console,otlp_proto_grpc"}, "protocol", GRPC),
        ({"OTEL_METRICS_EXPORTER": "prometheus"}, "off", "OTEL_METRICS_EXPORTER=prometheus names no otlp"),
    ],
)  # fmt: skip
def test_a_variable_is_heard(environment, field, value):
    """Each of them, and the one of metrics before the one of all signals."""
    assert getattr(read_options(environment), field) == value


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"OTEL_METRIC_EXPORT_INTERVAL": "soon"}, "soon"),
        ({"OTEL_METRIC_EXPORT_INTERVAL": "-1"}, "-1"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, "http/json"),
        ({"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "sometimes"}, "sometimes"),
    ],
)
def test_a_variable_that_says_nothing_known_is_told_and_ignored(environment, word, caplog):
    """As the specification wants it: they are not ours to refuse."""
    with caplog.at_level(logging.WARNING, "mlexporter"):
        assert read_options(environment) == PushOptions()
    assert word in caplog.text
    assert next(iter(environment)) in caplog.text


def test_arguments_win():
    """What stands in the code is meant."""
    environment = {
        "OTEL_METRIC_EXPORT_INTERVAL": "5000", "OTEL_METRICS_EXPORTER": "none",
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
    }  # fmt: skip
    found = read_options(environment, interval_seconds=2, temporality="cumulative", is_exporter_given=True)

    assert found == PushOptions(2.0, 30.0, HTTP, is_delta=False, off="")


@pytest.mark.parametrize("interval", [0, -1.0, float("nan"), float("inf"), 10**400, "5", True])
def test_an_interval_that_cannot_be_is_a_mistake(interval):
    """Field, value and way out."""
    with pytest.raises(ConfigurationError, match=r"interval_seconds=.*OTEL_METRIC_EXPORT_INTERVAL") as raised:
        read_options({}, interval_seconds=interval)
    assert repr(interval) in str(raised.value)


@pytest.mark.parametrize(
    ("environment", "seconds", "told"),
    [
        ({}, None, ""),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2"}, None, ""),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "0"}, 10.0, "OTEL_EXPORTER_OTLP_TIMEOUT='0' is no number of seconds"),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT": "x"}, 10.0, "METRICS_TIMEOUT='x'"),
    ],
)  # fmt: skip
def test_a_timeout_that_cannot_be_is_told_and_ignored(environment, seconds, told, caplog):
    """Exporters take 0, and then fail with each push."""
    assert timeout_of_exporter(environment) == seconds
    assert told in caplog.text
    assert bool(told) == bool(caplog.text)


def test_a_temporality_that_does_not_exist_is_a_mistake():
    """Field, value and way out."""
    with pytest.raises(ConfigurationError, match="temporality='deltas': 'cumulative' or 'delta' is needed"):
        read_options({}, temporality="deltas")
