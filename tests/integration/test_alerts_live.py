"""From a cause to a page and back: exporter, Prometheus, rules, Alertmanager, webhook."""

import contextlib

import numpy as np
import pytest

import mlexporter
from mlexporter.testing import FakeClock, isolated_exporter

pytestmark = pytest.mark.integration

DAY_SECONDS = 86_400.0
MODEL = {"model": "fares", "version": "3"}
LABELS = {"model_name": "fares", "model_version": "3", "variant": "primary"}


def fares(n_rows, *, unit=1.0, seed=1):
    """Return rows of a taxi: kilometres (or another ``unit``) and the hour of the day."""
    random = np.random.default_rng(seed)
    return {"distance": random.gamma(2.0, 3.0, n_rows) * unit, "hour": random.integers(0, 24, n_rows)}


def test_drift_of_a_feature_pages_and_resolves(pager):
    """Kilometres become metres: the feature that changed is told, and its repair, too."""
    profile = mlexporter.Profile.fit(fares(4000), **MODEL)
    clock = FakeClock()
    with isolated_exporter(clock) as exporter:
        monitor = mlexporter.Monitor(**MODEL, profile=profile)
        exporter.serve(port=pager.port)
        exporter.evaluate()

        since = pager.mark()
        monitor.record_batch(fares(2000, unit=1000.0, seed=2))
        clock.advance(600.0)
        exporter.evaluate()
        fired = pager.wait(
            "MLFeatureDrift", firing=True, since=since, feature="distance", window="1h", **LABELS
        )
        assert fired.labels["severity"] == "warning"
        assert "Feature distance of" in fired.description

        since = pager.mark()
        clock.advance(2 * DAY_SECONDS)
        exporter.evaluate()
        monitor.record_batch(fares(2000, seed=3))
        clock.advance(600.0)
        exporter.evaluate()
        pager.wait("MLFeatureDrift", firing=False, since=since, feature="distance", window="1h", **LABELS)
        assert not [each for each in pager.notifications if each.labels.get("feature") == "hour"]


def test_errors_page_and_resolve(pager):
    """A model that raises burns its error budget; when it is well again, the page ends."""
    with isolated_exporter() as exporter:

        @mlexporter.monitor(model="broken", version="1")
        def predict(distance, *, is_broken):
            if is_broken:
                raise ValueError("a message that must not leave the process")
            return 2.5 * distance

        def call(*, is_broken):
            for _ in range(20):
                with contextlib.suppress(ValueError):
                    predict(1.0, is_broken=is_broken)

        exporter.serve(port=pager.port)
        since = pager.mark()
        fired = pager.wait(
            "MLPredictionErrorBudgetBurnFast", firing=True, since=since, model_name="broken",
            meanwhile=lambda: call(is_broken=True),
        )  # fmt: skip
        assert fired.labels["severity"] == "critical"
        assert fired.labels["component"] == "slo"

        since = pager.mark()
        pager.wait(
            "MLPredictionErrorBudgetBurnFast", firing=False, since=since, model_name="broken",
            meanwhile=lambda: call(is_broken=False),
        )  # fmt: skip


def test_exporter_down_pages_and_resolves(pager):
    """A target that was scraped and no longer answers is told; so is its return."""
    with isolated_exporter() as exporter:
        handle = exporter.serve(port=pager.port)
        # Between two tests nobody serves: a page for that must have ended before the one of this test.
        pager.wait_for_calm("MLExporterDown")
        since = pager.mark()
        handle.close()
        fired = pager.wait("MLExporterDown", firing=True, since=since, job="mlexporter")
        assert fired.labels["severity"] == "critical"
        assert fired.labels["instance"].endswith(f":{pager.port}")

        since = pager.mark()
        exporter.serve(port=pager.port)
        pager.wait("MLExporterDown", firing=False, since=since, job="mlexporter")
