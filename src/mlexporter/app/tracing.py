"""Spans of monitored calls, from the moment at which the application has a tracer."""

from __future__ import annotations

from typing import Final

from mlexporter.app.models import Models
from mlexporter.instrument.spans import application_provider

SPANS_AUTO: Final = "auto"


def trace_calls(models: Models, spans: str) -> None:
    """Let calls have spans if the application has a tracer by now; cheap enough for every second.

    Args:
        models: All whose functions are called.
        spans: The setting of this name.
    """
    provider = application_provider() if spans == SPANS_AUTO else None
    if provider is None:
        return
    with models.changing:
        for model in models.all():
            for monitor in list(model.living):
                monitor.trace(provider)
