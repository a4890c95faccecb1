"""What mlexporter counts about itself; every method is safe from any thread and never raises."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from typing import Final

from mlexporter.catalogue import DRAIN_BOUNDS_SECONDS
from mlexporter.records import ExporterCounts, HistogramCounts
from mlexporter.state.forking import survives_fork
from mlexporter.state.histogram import bucket_counts, integer_bounds

_LOGGER = logging.getLogger("mlexporter")
_NANOSECONDS: Final = 1_000_000_000
_LOGGED_KINDS_LIMIT: Final = 200


class ExporterCounter:
    """Counts internal errors, refusals, overflows, drains and evaluations."""

    def __init__(self) -> None:
        # Re-entrant: a finaliser may run in the middle and report an error itself.
        self._lock = survives_fork(threading.RLock())
        self._errors: Counter[str] = Counter()
        self._denied: Counter[tuple[str, str]] = Counter()
        self._overflow = 0
        self._logged: set[tuple[str, str]] = set()
        self._bounds = integer_bounds(DRAIN_BOUNDS_SECONDS, _NANOSECONDS)
        self._drains = bucket_counts([], self._bounds)
        self._drain_nanoseconds = 0
        self._evaluation: tuple[float, float] | None = None

    def on_error(self, stage: str, error: BaseException) -> None:
        """Count an error of ours and log its class and place, once per stage and class.

        The message is not logged: it may quote a value of a user's row.
        """
        kind = (stage, type(error).__name__)
        with self._lock:
            self._errors[stage] += 1
            if kind in self._logged or len(self._logged) >= _LOGGED_KINDS_LIMIT:
                return
            self._logged.add(kind)
        _LOGGER.error(
            "mlexporter: internal error while %s: %s at %s; counted, not raised, logged once",
            stage, kind[1], _place(error),
        )  # fmt: skip

    def on_denied(self, endpoint: str, reason: str) -> None:
        """Count a request or a connection that was turned away."""
        with self._lock:
            self._denied[endpoint, reason] += 1

    def on_overflow(self) -> None:
        """Count an observation that was filed under ``other`` because its label was full."""
        with self._lock:
            self._overflow += 1

    def drained(self, nanoseconds: int) -> None:
        """Count one drain of a chunk and the time that it took."""
        with self._lock:
            self._drains += bucket_counts([nanoseconds], self._bounds)
            self._drain_nanoseconds += nanoseconds

    def evaluated(self, duration_seconds: float, timestamp: float) -> None:
        """Remember the newest evaluation: its duration, and its end in Unix seconds."""
        with self._lock:
            self._evaluation = (duration_seconds, timestamp)

    def counts(self) -> ExporterCounts:
        """Return everything counted up to now."""
        with self._lock:
            duration, timestamp = (None, None) if self._evaluation is None else self._evaluation
            return ExporterCounts(
                internal_errors=dict(self._errors),
                access_denied=dict(self._denied),
                cardinality_overflow=self._overflow,
                observe_duration=HistogramCounts(
                    self._drains.copy(), self._drain_nanoseconds / _NANOSECONDS, DRAIN_BOUNDS_SECONDS
                ),
                evaluation_duration_seconds=duration,
                last_evaluation_timestamp=timestamp,
            )


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    if trace is None:
        return "an unknown place"
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
