"""``exporter_with_models``: our points in what the application's own reader exports."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from opentelemetry.sdk.metrics import Counter, MeterProvider
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource

from mlexporter import catalogue
from mlexporter.errors import ConfigurationError
from mlexporter.exposition.families import collect
from mlexporter.testing import isolated_exporter


@pytest.fixture
def provider():
    """Return a function that makes a provider whose reader exports with an exporter."""
    made = []

    def make(exporter):
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
        provider = MeterProvider([reader], Resource({"service.name": "shop"}), shutdown_on_exit=False)
        made.append(provider)
        return provider

    yield make
    for each in made:
        each.shutdown()


def test_both_go_out_in_one_request(exporter, predict, kept, provider):
    """With one resource, the application's, and one scope of ours."""
    shop = provider(exporter.exporter_with_models(kept))
    shop.get_meter("shop").create_counter("orders").add(3)
    shop.force_flush()
    (resource,) = kept.pushed[-1].resource_metrics
    ours = {family.metric.name for family in collect(exporter.view())}

    assert resource.resource.attributes["service.name"] == "shop"
    assert [scope.scope.name for scope in resource.scope_metrics] == ["shop", "mlexporter"]
    assert {metric.name for metric in resource.scope_metrics[1].metrics} <= ours
    assert kept.value(catalogue.PREDICTIONS) == 1
    assert exporter.view().exporter.push.pushes == {"ok": 1, "error": 0}


def test_the_wrapper_is_the_other_exporter_in_all_else():
    """Readers ask it for its temporality; a second call wraps what it is given."""

    class Inner(MetricExporter):
        def export(self, *_, **__):
            return MetricExportResult.FAILURE

        def force_flush(self, timeout_millis=1):
            return timeout_millis == 5

        def shutdown(self, timeout_millis=1, **_):
            self.ended_in = timeout_millis

    inner = Inner(preferred_temporality={Counter: AggregationTemporality.DELTA})
    with isolated_exporter() as exporter:
        wrapped = exporter.exporter_with_models(inner)
        reader = PeriodicExportingMetricReader(wrapped, export_interval_millis=3_600_000)
        provider = MeterProvider([reader], shutdown_on_exit=False)
        provider.get_meter("shop").create_counter("orders").add(3)
        provider.force_flush()
        assert exporter.view().exporter.push.pushes == {"ok": 0, "error": 1}
        assert wrapped.force_flush(5)
        provider.shutdown()
    assert isinstance(wrapped, MetricExporter)
    assert inner.ended_in > 1
    with pytest.raises(AttributeError, match="nonsense"):
        _ = wrapped.nonsense


def test_an_error_of_ours_leaves_the_application_its_metrics(exporter, predict, kept, provider, monkeypatch):
    """It is counted, and ours are missing."""
    monkeypatch.setattr("mlexporter.exposition.families.collect", lambda *_, **__: 1 / 0)
    shop = provider(exporter.exporter_with_models(kept))
    shop.get_meter("shop").create_counter("orders").add(3)
    shop.force_flush()

    assert set(kept.newest()) == {"orders"}
    assert exporter.view().exporter.internal_errors == {"push": 1}


def test_an_exporter_that_raises_is_counted_and_raises(exporter, predict, kept):
    """As if we were not there; with deltas nothing is lost."""
    wrapped = exporter.exporter_with_models(kept, temporality="delta")
    kept.fails = LookupError("x")
    with pytest.raises(LookupError):
        wrapped.export(MetricsData([]))
    assert exporter.view().exporter.push.pushes == {"ok": 0, "error": 1}
    kept.fails = False
    wrapped.export(MetricsData([]))
    assert kept.value(catalogue.PREDICTIONS) == 1


def test_deltas_are_what_came_since(exporter, predict, kept, provider):
    """As with pushes of our own."""
    shop = provider(exporter.exporter_with_models(kept, temporality="delta"))
    orders = shop.get_meter("shop").create_counter("orders")
    for expected in (1, 0, 1):
        orders.add(1)
        shop.force_flush()
        assert kept.value(catalogue.PREDICTIONS) == expected
        if expected == 0:
            predict({"a": 1.0})


def test_a_temporality_that_does_not_exist_is_a_mistake(exporter, kept):
    """Field, value and way out."""
    with pytest.raises(ConfigurationError, match="temporality='x': 'cumulative' or 'delta'"):
        exporter.exporter_with_models(kept, temporality="x")


def test_what_is_no_exporter_is_a_mistake(exporter):
    """Field, value and way out."""
    with pytest.raises(ConfigurationError, match=r"inner=str: .*your reader has"):
        exporter.exporter_with_models("http://localhost:4318")
    with pytest.raises(ConfigurationError, match=r"inner=MetricExporter: .*your reader has"):
        exporter.exporter_with_models(MetricExporter)


def test_a_disabled_exporter_adds_nothing(kept):
    """The application has its exporter back as it was."""
    with isolated_exporter(disabled=True) as exporter:
        assert exporter.exporter_with_models(kept) is kept


ALONE = """
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, PeriodicExportingMetricReader
import mlexporter

class Kept(MetricExporter):
    def export(self, data, timeout_millis=0, **_):
        for scope in data.resource_metrics[0].scope_metrics:
            print(scope.scope.name, *sorted(metric.name for metric in scope.metrics))
        return MetricExportResult.SUCCESS
    def force_flush(self, timeout_millis=0): return True
    def shutdown(self, timeout_millis=0, **_): pass

mlexporter.monitor(model="m", version="1")(lambda row: 1.0)({"a": 1})
BEFORE
reader = PeriodicExportingMetricReader(mlexporter.exporter_with_models(Kept()), export_interval_millis=3_600_000)
metrics.set_meter_provider(MeterProvider([reader], shutdown_on_exit=False))
metrics.get_meter_provider().force_flush()
"""


@pytest.mark.slow
def test_an_application_that_measures_nothing_pushes_all_the_same():
    """A reader exports nothing without a value; a gauge of ours is one, and does not go out itself."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE.replace("BEFORE", "")], check=True, capture_output=True, text=True,
        timeout=60, env={**os.environ, "MLEXPORTER_DIR": "off"},
    )  # fmt: skip
    (line,) = done.stdout.splitlines()
    scope, *names = line.split()

    assert scope == "mlexporter"
    assert catalogue.PREDICTIONS.name in names
    assert set(names) <= {metric.name for metric in catalogue.CATALOGUE}
