"""``Faces``: how other people's servers, registries and receivers get what an exporter shows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.resources import Resource

    from mlexporter.app.background import Background
    from mlexporter.app.pipelines import Pipelines
    from mlexporter.app.pushing.handle import PushHandle
    from mlexporter.app.pushing.options import Temporality
    from mlexporter.exposition.collector import Collector
    from mlexporter.records import View
    from mlexporter.settings import Settings
    from mlexporter.state.exporter_counts import ExporterCounter


class Faces(ABC):
    """A part of ``Exporter``, told apart by what it is about."""

    _background: Background
    _counter: ExporterCounter
    _pipelines: Pipelines
    settings: Settings

    @abstractmethod
    def view(self, *, include_process: bool = True) -> View:
        """Return all that a reader may see, counted up to this moment by all workers."""

    def asgi_app(self) -> Callable[..., Any]:
        """Return an ASGI application: ``/metrics``, ``/-/healthy``, ``/-/ready``.

        The web configuration does not hold there: who mounts it guards it.
        """
        from mlexporter.exposition.asgi import metrics_app  # noqa: PLC0415 - loads the renderer

        self._say_who_guards()
        self._background.start(again=True)
        return metrics_app(self.view, on_denied=self._counter.on_denied, on_error=self._counter.on_error)

    def wsgi_app(self) -> Callable[..., Any]:
        """Return a WSGI application: ``/metrics``, ``/-/healthy``, ``/-/ready``.

        The web configuration does not hold there: who mounts it guards it.
        """
        from mlexporter.exposition.wsgi import metrics_app  # noqa: PLC0415 - loads the renderer

        self._say_who_guards()
        self._background.start(again=True)
        return metrics_app(self.view, on_denied=self._counter.on_denied, on_error=self._counter.on_error)

    def _say_who_guards(self) -> None:
        if self.settings.web_config:
            LOG.warning(
                "mlexporter: what is mounted in another application is not guarded by %s; let that application do it",
                self.settings.web_config,
            )

    def collector(self) -> Collector:
        """Return a collector for a registry of prometheus_client; it leaves out ``process_*``."""
        from mlexporter.exposition.collector import Collector  # noqa: PLC0415 - loads prometheus_client

        self._background.start(again=True)
        return Collector(self.view, on_error=self._counter.on_error)

    def push(
        self, exporter: MetricExporter | Callable[[], MetricExporter] | None = None, *,
        interval_seconds: float | None = None, resource: Resource | None = None,
        temporality: Temporality | None = None,
    ) -> PushHandle:  # fmt: skip
        """Push all that a scrape would show over OTLP, from a daemon thread, until the handle is closed.

        Of the processes of a directory one pushes; the others stand by.

        Args:
            exporter: An exporter of OpenTelemetry, or a function that makes one, for each process its own;
                that of the variables ``OTEL_EXPORTER_OTLP_*`` if not given.
            interval_seconds: Between two pushes; ``OTEL_METRIC_EXPORT_INTERVAL`` or 60 if not given.
            resource: Who we are; that of the application's own provider, or of ``OTEL_*``, if not given.
            temporality: ``cumulative`` or ``delta``; what the variables prefer if not given.

        Returns:
            A handle with ``.flush(timeout_seconds)`` and ``.close()``; ``.reason`` says why nothing is pushed.

        Raises:
            ConfigurationError: an argument that can never work.
            PushError: a package is not installed, only under ``strict``.
        """
        self._background.start(again=True)
        return self._pipelines.push(
            exporter, interval_seconds=interval_seconds, resource=resource, temporality=temporality
        )

    def exporter_with_models(
        self, inner: MetricExporter, *, temporality: Temporality | None = None
    ) -> MetricExporter:
        """Return an exporter that adds what a scrape would show to what a reader of yours exports.

        Args:
            inner: The exporter that is to send both.
            temporality: As for ``push``.

        Raises:
            ConfigurationError: an argument that can never work.
            PushError: the SDK of OpenTelemetry is not installed.
        """
        self._background.start(again=True)
        return self._pipelines.merge(inner, temporality)
