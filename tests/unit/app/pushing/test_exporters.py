"""Exporters that applications bring: what they must be, and how they are told that they are not."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.metrics.export import MetricExporter

from mlexporter.app.pushing.exporters import load_early
from mlexporter.errors import PushError


def makes_nothing():
    return None


def makes_a_class():
    return MetricExporter


def raises():
    raise SystemExit("secret")


@pytest.mark.parametrize(
    ("maker", "words"),
    [
        (makes_nothing, "exporter=makes_nothing: it has returned NoneType, which is no exporter; a MetricExporter"),
        (makes_a_class, "exporter=makes_a_class: it has returned ABCMeta, which is no exporter"),
        (raises, "exporter=raises: it has raised SystemExit, and made no exporter; it must be a MetricExporter"),
        (MetricExporter, "exporter=MetricExporter: it has raised TypeError"),
    ],
)  # fmt: skip
def test_what_makes_no_exporter_is_told(exporter, predict, maker, words):
    """Field, value, way out; it is no error of ours."""
    with exporter.push(maker, interval_seconds=3600) as handle:
        assert not handle.flush(20)
        assert handle.problem.startswith(words)
    assert exporter.view().exporter.internal_errors == {}


def test_only_grpc_is_loaded_early(monkeypatch):
    """What HTTP needs can be loaded whenever it is needed."""
    from mlexporter.app.pushing import exporters

    loaded = []
    monkeypatch.setattr(exporters, "_imported", lambda *names: loaded.append(names))
    load_early("http/protobuf")
    load_early(None)
    assert loaded == []
    load_early("grpc")
    assert len(loaded) == 1


def test_a_package_that_goes_meanwhile_is_missing(monkeypatch):
    """The command that installs it is told."""
    import sys

    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.grpc.metric_exporter", None)
    with pytest.raises(PushError, match="pip install --upgrade opentelemetry-exporter-otlp-proto-grpc"):
        load_early("grpc")
