"""mlexporter: watch machine-learning models in production with Prometheus and Grafana.

Add one decorator to the function that predicts, and scrape::

    import mlexporter

    @mlexporter.monitor(model="fares", version="3", profile="fares.profile.json")
    def predict(trip: dict) -> float: ...

    mlexporter.serve()

The names in ``__all__`` are the promise to users; everything else may change. Each name is loaded
when it is first used, so that a program that fits profiles does not load what serves.
"""

import importlib
import typing

from mlexporter._version import __version__
from mlexporter.errors import MLExporterError

if typing.TYPE_CHECKING:
    from mlexporter.app import (
        Exporter,
        Monitor,
        asgi_app,
        collector,
        describe,
        exporter_with_models,
        monitor,
        push,
        record_feedback,
        record_generation,
        serve,
        wsgi_app,
    )
    from mlexporter.profile import Profile

__all__ = [
    "Exporter",
    "MLExporterError",
    "Monitor",
    "Profile",
    "__version__",
    "asgi_app",
    "collector",
    "describe",
    "exporter_with_models",
    "monitor",
    "push",
    "record_feedback",
    "record_generation",
    "serve",
    "wsgi_app",
]

if not typing.TYPE_CHECKING:  # a type checker would take this for a promise of any name at all

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = "profile" if name == "Profile" else "app"
        found = globals()[name] = getattr(importlib.import_module(f"{__name__}.{home}"), name)
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
