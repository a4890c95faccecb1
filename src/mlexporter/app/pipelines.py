"""``Pipelines``: what an exporter pushes over OTLP; who pushes nothing loads nothing of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.resources import Resource

    from mlexporter.app.engine import Engine
    from mlexporter.app.pushing.handle import PushHandle
    from mlexporter.app.pushing.options import Temporality
    from mlexporter.app.pushing.pushes import Pushes
    from mlexporter.records import View
    from mlexporter.settings import Settings

_ON: Final = "on"


class Pipelines:
    """Stands for ``Pushes`` until something is pushed.

    Args:
        engine: What the exporter counts with.
        settings: ``push``, ``strict`` and ``disabled``.
        view: Returns all that a scrape would show.
    """

    def __init__(self, engine: Engine, settings: Settings, view: Callable[[], View]) -> None:
        self._engine = engine
        self._settings = settings
        self._view = view
        self._began = time.time_ns()
        self._made: Pushes | None = None
        self._is_wanted = settings.push == _ON and not settings.disabled

    @property
    def degraded(self) -> Mapping[str, str]:
        """What is wrong with pushes, by reason."""
        return {} if self._made is None else self._made.degraded

    def push(
        self, exporter: Any, *, interval_seconds: float | None, resource: Resource | None,
        temporality: Temporality | None,
    ) -> PushHandle:  # fmt: skip
        """Begin to push; ``Exporter.push`` says what the arguments mean."""
        handle = self._pushes().push(
            exporter, interval_seconds=interval_seconds, resource=resource, temporality=temporality
        )
        self._is_wanted = False  # the code does itself what the setting asks for
        return handle

    def merge(self, inner: MetricExporter, temporality: Temporality | None) -> MetricExporter:
        """Return an exporter that adds our points; ``Exporter.exporter_with_models`` says more."""
        return self._pushes().merge(inner, temporality)

    def look(self) -> None:
        """Begin what the setting asks for, once a call is counted: until then the application may be setting up."""
        if self._is_wanted and self._engine.prepare is None:
            self._is_wanted = False
            self._pushes().push_by_setting()
        self.resume()

    def resume(self) -> None:
        """Start threads that a fork has left behind."""
        if self._made is not None:
            self._made.resume()

    def forget(self) -> None:
        """In a forked child: what is under way is the parent's."""
        self._began = time.time_ns()
        if self._made is not None:
            self._made.forget()

    def end(self) -> None:
        """Push what is left, at the end of the process, also of one that was over before the first look."""
        if self._is_wanted and self._engine.prepare is None:
            self._is_wanted = False
            self._pushes().push_by_setting(at_once=True)
        if self._made is not None:
            self._made.end()

    def close(self) -> None:
        """End all of them."""
        if self._made is not None:
            self._made.close()

    def _pushes(self) -> Pushes:
        if self._made is None:
            with IMPORTING:
                from mlexporter.app.pushing.pushes import Pushes  # noqa: PLC0415 - see above

                if self._made is None:
                    self._made = Pushes(self._engine, self._settings, self._view, lambda: self._began)
        return self._made
