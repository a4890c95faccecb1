"""mlexporter: watch machine-learning models in production with Prometheus and Grafana.

Add one decorator to the function that predicts, and scrape::

    import mlexporter

    @mlexporter.monitor(model="fares", version="3", profile="fares.profile.json")
    def predict(trip: dict) -> float: ...

    mlexporter.serve()

The names in ``__all__`` are the promise to users; everything else may change.
"""

from mlexporter._version import __version__
from mlexporter.app import (
    Exporter,
    Monitor,
    asgi_app,
    collector,
    describe,
    monitor,
    serve,
    wsgi_app,
)
from mlexporter.errors import MLExporterError
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
    "monitor",
    "serve",
    "wsgi_app",
]
