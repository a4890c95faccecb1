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
    from mlexporter.app.standby import Standby
    from mlexporter.exposition.collector import Collector
    from mlexporter.exposition.server import ServerHandle

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


def describe() -> str:
    """Return, in words, what is monitored, what is not, and why."""
    return default_exporter().describe()
