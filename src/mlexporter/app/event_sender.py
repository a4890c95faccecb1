"""``EventSender``: hands prediction events to the application's logger provider, from a thread of its own."""

from __future__ import annotations

import inspect
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mlexporter.instrument.spans import INSTRUMENTATION_NAME
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from opentelemetry._logs import Logger, LoggerProvider

    from mlexporter.instrument.event_queue import EventQueue
    from mlexporter.instrument.prediction_event import PredictionEvent
    from mlexporter.state.exporter_counts import ExporterCounter

FindProvider: TypeAlias = "Callable[[], LoggerProvider | None]"

THREAD_NAME: Final = "mlexporter-events"
WITHOUT_PROVIDER: Final = "events_without_provider"
PATIENCE_SECONDS: Final = 5.0
"""How long events wait for a provider before they are dropped: the application may still be setting it up."""
END_SECONDS: Final = 1.0
"""How long the end of a process waits for what is still to be sent."""
_LOOK_SECONDS: Final = 0.1
_TAKE_SECONDS: Final = 1.0
OLDEST_API: Final = "1.35"
"""Release of opentelemetry-api whose records have names of events."""
_TOO_OLD: Final = (
    "prediction events are asked for, and the OpenTelemetry of the application has no names of events: they "
    f"are dropped and counted; install opentelemetry-sdk {OLDEST_API} or newer, or set MLEXPORTER_EVENTS_RATIO=0"
)
_WHY: Final = (
    "prediction events are asked for, and the application has no logger provider of OpenTelemetry: they are "
    "dropped and counted; set one by opentelemetry._logs.set_logger_provider(), or MLEXPORTER_EVENTS_RATIO=0"
)


class EventSender:
    """Sends what waits in a queue; what the provider does with it, and how slowly, no call sees.

    Args:
        queue: Where events wait.
        counter: Counts what becomes of them, and errors.
        find_provider: Returns the logger provider of the application, if it has one by now.
        on_provider: Called when one is found, in any thread.
        patience_seconds: How long events wait for a provider.

    Attributes:
        degraded: Why nothing is sent, by reason.
    """

    def __init__(
        self, queue: EventQueue, counter: ExporterCounter, *, find_provider: FindProvider,
        on_provider: Callable[[], None], patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:  # fmt: skip
        self._queue = queue
        self._counter = counter
        self._find_provider = find_provider
        self._on_provider = on_provider
        self._patience = patience_seconds
        self._begin()

    def _begin(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._provider: LoggerProvider | None = None
        self._made: tuple[LoggerProvider, Logger] | None = None
        self._lacks_since: float | None = None
        self.degraded: dict[str, str] = {}

    def look(self) -> None:
        """Start the thread where there is none, and see whether there is a provider by now, or another one.

        Raises:
            RuntimeError: the process ends, and no thread can be started any more.
        """
        self._follow(self._find_provider())
        if not self._stop.is_set() and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(
                target=self._work, args=(self._stop,), name=THREAD_NAME, daemon=True
            )
            self._thread.start()

    def end(self, timeout_seconds: float = END_SECONDS) -> None:
        """Send what waits, for so long at most, and let nothing in any more; the rest is dropped and counted."""
        self._queue.close()
        self._stop.set()
        thread = self._thread
        if thread is not None and thread.is_alive() and thread is not threading.current_thread():
            thread.join(timeout_seconds)
        self._queue.abandon()

    def forget(self) -> None:
        """In a forked child: the thread and what waits are the parent's."""
        has_ended = self._stop.is_set()
        self._queue.forget()
        self._begin()
        if has_ended:
            self._stop.set()

    def _work(self, stop: threading.Event) -> None:
        while stop is self._stop and not self._queue.is_finished:
            event = self._queue.take(_TAKE_SECONDS)
            if event is not None:
                self._counter.on_event(self._send(event, stop))

    def _send(self, event: PredictionEvent, stop: threading.Event) -> str:
        try:
            logger = self._logger_in_time(stop)
            if logger is None:
                return "dropped_provider"
            logger.emit(_record_of(event))
        except BaseException as error:  # noqa: BLE001 - whoever wrote a processor may even exit: the thread goes on
            self._counter.on_error("events", error)
            return "dropped_error"
        return "emitted"

    def _logger_in_time(self, stop: threading.Event) -> Logger | None:
        """Return the logger; without a provider wait a while for it, once."""
        while (provider := self._present()) is None:
            now = time.monotonic()
            if self._lacks_since is None:
                self._lacks_since = now
            if now - self._lacks_since >= self._patience or stop.wait(_LOOK_SECONDS):
                self._miss(_WHY)
                return None
        if self._made is None or self._made[0] is not provider:
            if not _has_event_names():
                self._miss(_TOO_OLD)
                return None
            self._made = provider, provider.get_logger(INSTRUMENTATION_NAME)
        return self._made[1]

    def _present(self) -> LoggerProvider | None:
        provider = self._provider
        if provider is None:
            provider = self._find_provider()
            self._follow(provider)
        return provider

    def _follow(self, provider: LoggerProvider | None) -> None:
        """Send to ``provider`` from now on, the one that the application has."""
        if provider is self._provider:
            return
        self._provider = provider
        if provider is not None:
            self._on_provider()
            if self.degraded:
                self.degraded = {}
                LOG.warning("mlexporter: the application has a logger provider now: events are sent")

    def _miss(self, why: str) -> None:
        if not self.degraded:
            self.degraded = {WITHOUT_PROVIDER: why}
            LOG.warning("mlexporter: %s", why)


def application_logger_provider() -> LoggerProvider | None:
    """Return the logger provider that the application has set, if it has one; never raises.

    Where ``OTEL_PYTHON_LOGGER_PROVIDER`` names one, whoever asks first sets it: do not ask before the
    application has done what it does at its start.
    """
    logs = sys.modules.get("opentelemetry._logs")
    try:
        provider: LoggerProvider = logs.get_logger_provider()  # type: ignore[union-attr]  # None has none: see below
        names = {kind.__name__ for kind in type(provider).__mro__}
    except Exception:  # noqa: BLE001 - not loaded, being loaded, or set up wrongly: that is for the application to see
        return None
    return None if names & {"ProxyLoggerProvider", "NoOpLoggerProvider"} else provider


def _has_event_names() -> bool:
    """Return whether records of this OpenTelemetry can say which event they are."""
    from opentelemetry._logs import LogRecord  # noqa: PLC0415 - the application has loaded it: it has a provider

    return "event_name" in inspect.signature(LogRecord).parameters


def _record_of(event: PredictionEvent) -> Any:
    """Return the record of OpenTelemetry for an event."""
    # The application has loaded all of it: it has a provider.
    from opentelemetry._logs import LogRecord, SeverityNumber  # noqa: PLC0415 - see above
    from opentelemetry.context import Context  # noqa: PLC0415 - likewise
    from opentelemetry.trace import (  # noqa: PLC0415 - likewise
        INVALID_SPAN,
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    from mlexporter.instrument.prediction_event import EVENT_NAME  # noqa: PLC0415 - whoever made the event has

    ids = event.ids
    span = INVALID_SPAN
    if ids.trace_id:
        flags = TraceFlags(ids.flags)
        span = NonRecordingSpan(SpanContext(ids.trace_id, ids.span_id, is_remote=False, trace_flags=flags))
    severity = SeverityNumber.ERROR if event.is_error else SeverityNumber.INFO
    return LogRecord(
        timestamp=event.timestamp, observed_timestamp=event.observed, event_name=EVENT_NAME,
        context=set_span_in_context(span, Context()), severity_number=severity, severity_text=severity.name,
        body=event.body or None, attributes=event.attributes,
    )  # fmt: skip
