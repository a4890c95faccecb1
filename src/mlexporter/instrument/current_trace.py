"""``CurrentTrace``: the trace that a call is part of, where the application has OpenTelemetry."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, NamedTuple


class SpanIds(NamedTuple):
    """Where in a trace something happened; 0 is nowhere.

    Attributes:
        trace_id: 128 bits.
        span_id: 64 bits.
        flags: As in ``trace.TraceFlags``.
    """

    trace_id: int
    span_id: int
    flags: int


_SUPPRESSED: Final = "suppress_instrumentation"
"""Under which older instrumentations say that nothing is to be told of what runs."""

NOWHERE: Final = SpanIds(0, 0, 0)


class CurrentTrace:
    """Reads the current span without loading anything.

    Attributes:
        current: Returns the current context; None until the application has loaded OpenTelemetry.
        key: Under which a context holds its span.
    """

    __slots__ = ("_suppressed", "current", "key")

    def __init__(self) -> None:
        self.current: Callable[[], Any] | None = None
        self.key: str = ""
        self._suppressed: tuple[str, ...] = ()

    def look(self) -> None:
        """See whether the application has loaded OpenTelemetry by now; never raises."""
        if self.current is not None:
            return
        trace, context = (sys.modules.get(f"opentelemetry.{name}") for name in ("trace", "context"))
        try:
            (self.key,) = trace.set_span_in_context(trace.INVALID_SPAN, context.Context())  # type: ignore[union-attr]  # None has none: see below
            newer = getattr(context, "_SUPPRESS_INSTRUMENTATION_KEY", _SUPPRESSED)
            self._suppressed = (_SUPPRESSED, newer)
            self.current = context.get_current  # type: ignore[union-attr]  # likewise
        except Exception:  # noqa: BLE001 - not loaded, or being loaded: the next look may find it
            return

    def is_suppressed(self) -> bool:
        """Return whether the application wants nothing to be told of what runs now; never raises."""
        if self.current is None:
            return False
        try:
            found = self.current()
            return any(found.get(key) for key in self._suppressed)
        except Exception:  # noqa: BLE001 - whatever somebody has put there wants nothing
            return False

    def ids(self) -> SpanIds:
        """Return the numbers of the current span, ``NOWHERE`` where there is none; never raises."""
        if self.current is None:
            return NOWHERE
        try:
            span = self.current().get(self.key)
            if span is None:
                return NOWHERE
            found = span.get_span_context()
            if not found.is_valid:
                return NOWHERE
            return SpanIds(int(found.trace_id), int(found.span_id), int(found.trace_flags) & 0xFF)
        except Exception:  # noqa: BLE001 - whatever somebody has put there is no span
            return NOWHERE
