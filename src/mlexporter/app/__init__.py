"""WIRE: settings, counting, evaluation and serving; the only folder that sees both sides.

It reads the environment and the clock and hands values to everybody else. It computes nothing
and renders nothing itself.
"""

from mlexporter.app.default import (
    asgi_app,
    collector,
    default_exporter,
    describe,
    exporter_with_models,
    monitor,
    push,
    record_feedback,
    record_generation,
    serve,
    use_exporter,
    wsgi_app,
)
from mlexporter.app.explicit import Monitor
from mlexporter.app.exporter import Exporter

__all__ = [
    "Exporter",
    "Monitor",
    "asgi_app",
    "collector",
    "default_exporter",
    "describe",
    "exporter_with_models",
    "monitor",
    "push",
    "record_feedback",
    "record_generation",
    "serve",
    "use_exporter",
    "wsgi_app",
]
