"""The exporter that the functions of the module delegate to, made when first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from mlexporter.app.arguments import MonitorArguments, shows_arguments
from mlexporter.app.exporter import Exporter
from mlexporter.app.not_serving import NotServing
from mlexporter.state.forking import survives_fork

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.resources import Resource

    from mlexporter.app.pushing.handle import PushHandle
    from mlexporter.app.pushing.options import Temporality
    from mlexporter.app.standby import Standby
    from mlexporter.exposition.collector import Collector
    from mlexporter.exposition.server import ServerHandle
    from mlexporter.instrument.generation.told import GenerationArguments

Function = TypeVar("Function", bound=Callable[..., Any])

_LOCK = survives_fork(threading.Lock())
_default: Exporter | None = None


def default_exporter() -> Exporter:
    """Return the exporter of this process; the first call reads ``MLEXPORTER_*``."""
    global _default  # noqa: PLW0603 - one default for a process is the point
    with _LOCK:
        if _default is None:
            _default = Exporter()
        return _default


def use_exporter(exporter: Exporter | None) -> Exporter | None:
    """Make ``exporter`` the default and return the one before; None lets the next use make one."""
    global _default
    with _LOCK:
        before, _default = _default, exporter
        return before


@shows_arguments
def monitor(**arguments: Unpack[MonitorArguments]) -> Callable[[Function], Function]:
    """Decorate a function that predicts; ``MonitorArguments`` says what each argument means.

    Raises:
        ConfigurationError: an argument that can never work.
        ProfileError: a broken profile, only under ``strict``.

    Example:
        >>> @monitor(model="doubler", version="1")
        ... def predict(x: float) -> float:
        ...     return 2 * x
        >>> predict(21.0)
        42.0
    """
    return default_exporter().monitor(**arguments)


def serve(port: int | None = None, *, host: str | None = None) -> ServerHandle | Standby | NotServing:
    """Serve ``/metrics`` and the page from a daemon thread; see ``Exporter.serve``."""
    return default_exporter().serve(port, host=host)


def asgi_app() -> Callable[..., Any]:
    """Return an ASGI application with ``/metrics`` and health, to mount in your own."""
    return default_exporter().asgi_app()


def wsgi_app() -> Callable[..., Any]:
    """Return a WSGI application with ``/metrics`` and health, to mount in your own."""
    return default_exporter().wsgi_app()


def collector() -> Collector:
    """Return a collector to register with a registry of prometheus_client."""
    return default_exporter().collector()


def push(
    exporter: MetricExporter | Callable[[], MetricExporter] | None = None, *,
    interval_seconds: float | None = None, resource: Resource | None = None,
    temporality: Temporality | None = None,
) -> PushHandle:  # fmt: skip
    """Push all series over OTLP from a daemon thread; see ``Exporter.push``."""
    return default_exporter().push(
        exporter, interval_seconds=interval_seconds, resource=resource, temporality=temporality
    )


def exporter_with_models(inner: MetricExporter, *, temporality: Temporality | None = None) -> MetricExporter:
    """Return an exporter that adds all series to those of your own reader; see ``Exporter.exporter_with_models``."""
    return default_exporter().exporter_with_models(inner, temporality=temporality)


def record_generation(
    response: Any = None, /, *, model: str | None = None, version: str | None = None, variant: str | None = None,
    **told: Unpack[GenerationArguments],
) -> None:  # fmt: skip
    """Tell what a generative model did: in a monitored call, or of a monitored model; see ``Exporter.record_generation``."""
    default_exporter().record_generation(response, model=model, version=version, variant=variant, **told)


def record_feedback(
    rating: Any, *, model: str | None = None, version: str | None = None, variant: str | None = None
) -> None:
    """Count what somebody says of an answer; see ``Exporter.record_feedback``."""
    default_exporter().record_feedback(rating, model=model, version=version, variant=variant)


def describe() -> str:
    """Return, in words, what is monitored, what is not, and why."""
    return default_exporter().describe()
