"""``Eventing``: which models of an exporter have events; where none has, nothing of it is loaded."""

from __future__ import annotations

import atexit
import weakref
from typing import TYPE_CHECKING

from mlexporter.app.event_sender import EventSender, FindProvider, application_logger_provider
from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlexporter.app.arguments import Target
    from mlexporter.app.engine import Engine
    from mlexporter.instrument.current_trace import CurrentTrace
    from mlexporter.instrument.event_queue import EventQueue
    from mlexporter.instrument.events import Events
    from mlexporter.settings import Settings


class Eventing:
    """Makes and sends the prediction events of one exporter.

    Args:
        engine: What the exporter counts with.
        settings: ``events_ratio``, ``events_redact``, ``events_per_second`` and ``strict``.
        find_provider: Returns the logger provider of the application, if it has one by now.
    """

    def __init__(
        self, engine: Engine, settings: Settings, *, find_provider: FindProvider = application_logger_provider
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._find_provider = find_provider
        self._made: tuple[EventQueue, CurrentTrace, EventSender] | None = None
        self._at_exit = _ending(weakref.ref(self))

    @property
    def degraded(self) -> Mapping[str, str]:
        """Why no event is sent, by reason."""
        return {} if self._made is None else self._made[2].degraded

    def of(self, where: Target) -> Events | None:
        """Return what makes the events of a decorator; None where it has none."""
        choice = where.events
        ratio = self._settings.events_ratio if choice.ratio is None else choice.ratio
        if not ratio:
            return None
        with IMPORTING:
            from mlexporter.instrument.event_choice import Redaction  # noqa: PLC0415 - most models have no events
            from mlexporter.instrument.events import Events  # noqa: PLC0415 - likewise

            queue, trace, _ = self._parts()
        return Events(
            where.key, where.selection, ratio=ratio,
            redaction=Redaction((*self._settings.events_redact, *choice.redact)), queue=queue, trace=trace,
            on_error=self._engine.counter.on_error, strict=self._settings.strict,
        )  # fmt: skip

    def look(self) -> None:
        """Find what the application has set up by now; never raises.

        Before the first call nothing happens: the application may not be set up yet. Cheap enough for
        every second.
        """
        if self._made is None or self._engine.prepare is not None:
            return
        _, trace, sender = self._made
        try:
            trace.look()
            sender.look()
        except Exception as error:  # noqa: BLE001 - calls go on without events
            self._engine.counter.on_error("events", error)

    def forget(self) -> None:
        """In a forked child: what waits is the parent's."""
        if self._made is not None:
            self._made[2].forget()

    def end(self) -> None:
        """Send what waits, within a second; no event is made after that."""
        if self._made is not None:
            self._made[2].end()

    def _parts(self) -> tuple[EventQueue, CurrentTrace, EventSender]:
        if self._made is None:
            from mlexporter.instrument.current_trace import CurrentTrace  # noqa: PLC0415 - as above
            from mlexporter.instrument.event_queue import EventQueue  # noqa: PLC0415 - as above

            counter = self._engine.counter
            queue = EventQueue(self._settings.events_per_second, counter.on_event)
            sender = EventSender(
                queue, counter, find_provider=self._find_provider, on_provider=self._end_before_provider
            )
            self._made = queue, CurrentTrace(), sender
        return self._made

    def _end_before_provider(self) -> None:
        """See to it that what waits is sent before the provider ends, which has asked for its end before us."""
        atexit.unregister(self._at_exit)  # where there was another one
        atexit.register(self._at_exit)

    def _end_of_process(self) -> None:
        self._engine.drain()  # first: servers kill workers that take their time to end
        self.end()


def _ending(known: weakref.ref[Eventing]) -> Callable[[], None]:
    """Return what ends an exporter's events with the process, where it is still there."""

    def end() -> None:
        eventing = known()
        if eventing is not None:
            eventing._end_of_process()  # noqa: SLF001 - of the same module

    return end
