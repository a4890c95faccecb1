"""``MergingExporter``: adds the points of the models to what the application's own reader exports."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricExportResult,
    MetricsData,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.sdk.resources import Resource

from mlexporter._version import __version__
from mlexporter.exposition.otlp.points import SCOPE

if TYPE_CHECKING:
    from mlexporter.app.pushing.delivery import Points, PointSource
    from mlexporter.app.pushing.office import Office
    from mlexporter.state.exporter_counts import ExporterCounter

_TRIGGER: Final = "mlexporter.up"
_PROVIDER: Final = "OTEL_PYTHON_METER_PROVIDER"


class MergingExporter(MetricExporter):
    """An exporter that is another one in all but what it exports.

    Readers ask an exporter for more than its interface promises, such as its temporality: all of that is
    the other one's.

    Args:
        inner: The exporter of the application.
        source: Of our points.
        office: Whether they are added here: one process of a directory does.
        counter: Counts errors of our own, pushes and points.
    """

    def __init__(
        self, inner: MetricExporter, source: PointSource, office: Office, counter: ExporterCounter
    ) -> None:
        # Without that of the base class, whose attributes would hide those of the other exporter.
        self._inner = inner
        self._source = source
        self._office = office
        self._counter = counter
        _keep_readers_going()

    def __getattr__(self, name: str) -> Any:
        if name == "_inner":  # not there yet: it is being copied
            raise AttributeError(name)
        return getattr(self._inner, name)

    def export(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **options: Any
    ) -> MetricExportResult:
        """Export what the application measured, and our points where it is our turn."""
        points = self._points()
        merged = _merged(metrics_data, points)
        is_taken = False
        try:
            result = self._inner.export(merged, timeout_millis=timeout_millis, **options)
            is_taken = result is MetricExportResult.SUCCESS
            return result
        finally:  # also where it raises: the reader is told as if we were not there
            if points is not None:
                self._settle(points, is_taken=is_taken)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Export what the other exporter holds back."""
        return self._inner.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: float = 30_000, **options: Any) -> None:
        """End the other exporter, and let another process add its points."""
        self._office.resign()
        self._inner.shutdown(timeout_millis=timeout_millis, **options)

    def forget(self) -> None:
        """In a forked child: the parent's turn is not ours."""
        self._source.forget()

    def resign(self) -> None:
        """Let another process add its points."""
        self._office.resign()

    def _settle(self, points: Points, *, is_taken: bool) -> None:
        try:
            self._source.settle(points, is_taken=is_taken)
            counted = {"ok" if is_taken else "error": points.n_points}
            self._counter.pushed(counted, unix_nanoseconds=points.now, is_taken=is_taken)
        except Exception as error:  # noqa: BLE001 - what the application measured has gone out
            self._counter.on_error("push", error)

    def _points(self) -> Points | None:
        try:
            return self._source.points() if self._office.is_held() else None
        except Exception as error:  # noqa: BLE001 - what the application measured goes out without ours
            self._counter.on_error("push", error)
            return None


def _merged(metrics_data: MetricsData, points: Points | None) -> MetricsData:
    """Return what an application measured with our points in it, without what we measured to be called at all.

    There is one resource, as readers have it, and one scope of ours: of equal ones encoders keep the last.
    """
    first, *others = metrics_data.resource_metrics or [ResourceMetrics(Resource.create(), [], "")]
    scopes = [scope for scope in first.scope_metrics if scope.scope.name != SCOPE.name]
    if points is not None:
        scopes.append(ScopeMetrics(SCOPE, points.metrics, ""))
    return replace(metrics_data, resource_metrics=[replace(first, scope_metrics=scopes), *others])


@functools.cache
def _keep_readers_going() -> None:
    """Let the global provider have one value at least: readers export nothing while there is none."""
    if os.environ.get(_PROVIDER):  # whoever asks first would set that provider
        return
    metrics.get_meter(SCOPE.name, __version__).create_observable_gauge(_TRIGGER, callbacks=[_one])


def _one(_: CallbackOptions) -> Iterable[Observation]:
    return [Observation(1)]
