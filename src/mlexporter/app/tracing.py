"""``Tracing``: spans of monitored calls, from the moment at which the application has a tracer."""

from __future__ import annotations

from typing import Final

from mlexporter.app.engine import Engine
from mlexporter.instrument.spans import application_provider

_OFF: Final = "off"


class Tracing:
    """Lets monitored functions have spans.

    Args:
        engine: Whose functions they are.
        spans: The setting of this name.
    """

    def __init__(self, engine: Engine, spans: str) -> None:
        self._engine = engine
        self._is_off = spans == _OFF

    def look(self) -> None:
        """Let functions have spans if the application has a tracer by now; never raises.

        Before the first call nothing happens: the application may not be set up yet. Cheap enough for
        every second.
        """
        if self._is_off or self._engine.prepare is not None:
            return
        provider = application_provider()
        if provider is None:
            return
        # Without the lock of the models: a tracer is somebody else's.
        for monitor in [each for model in self._engine.models.all() for each in model.living]:
            try:
                monitor.trace(provider)
            except Exception as error:  # noqa: BLE001 - the functions go on without spans
                self._engine.counter.on_error("trace", error)
