"""Exporters that remember what they were given, and an exporter of ours whose pushes they get."""

from __future__ import annotations

import threading

import pytest
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult

import mlexporter
from mlexporter.testing import isolated_exporter


class Kept(MetricExporter):
    """Remembers what it is to export, and answers as it is told.

    Attributes:
        pushed: Every request.
        fails: What it does: False takes it, True fails, an exception is raised.
        hold: Waits for it before it answers.
    """

    def __init__(self):
        super().__init__()
        self.pushed, self.fails, self.is_shut_down = [], False, False
        self.came = threading.Semaphore(0)
        self.hold = threading.Event()
        self.hold.set()

    def export(self, metrics_data, timeout_millis=10_000, **_):
        """Remember it."""
        self.pushed.append(metrics_data)
        self.came.release()
        self.hold.wait(20)
        if isinstance(self.fails, BaseException):
            raise self.fails
        return MetricExportResult.FAILURE if self.fails else MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis=10_000):
        """Hold nothing back."""
        return True

    def shutdown(self, timeout_millis=30_000, **_):
        """Let go of who waits."""
        self.is_shut_down = True
        self.hold.set()

    def newest(self):
        """Return the metrics of the newest request by name."""
        return {
            metric.name: metric
            for scope in self.pushed[-1].resource_metrics[0].scope_metrics
            for metric in scope.metrics
        }

    def value(self, metric):
        """Return the sum of the points of a metric in the newest request."""
        return sum(point.value for point in self.newest()[metric.name].data.data_points)


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def exporter():
    with isolated_exporter(strict=False) as made:
        yield made


@pytest.fixture
def predict(exporter):
    @mlexporter.monitor(model="fares", version="3")
    def predict(row):
        return 0.5

    predict({"a": 1.0})
    return predict
