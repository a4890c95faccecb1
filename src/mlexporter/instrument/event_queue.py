"""``EventQueue``: prediction events on their way out of calls: few at a time, and not too often."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from mlexporter.state.forking import survives_fork

if TYPE_CHECKING:
    from mlexporter.instrument.prediction_event import PredictionEvent

OnOutcome: TypeAlias = Callable[[str], None]
"""Gets what became of an event, one of ``catalogue.EVENT_STATUSES``."""
Admission: TypeAlias = "queue.SimpleQueue[PredictionEvent | None]"

EVENTS_LIMIT: Final = 1_000
"""Events that wait at most."""


class EventQueue:
    """A bounded queue; who puts something in waits for nobody but a few lines of Python.

    Args:
        per_second: Events a second at most; as many may come at once, but one at least.
        on_outcome: Told of each event that is dropped.
        limit: Events that wait at most.
        clock: Seconds.
    """

    def __init__(
        self, per_second: float, on_outcome: OnOutcome, *, limit: int = EVENTS_LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._per_second = per_second
        self._burst = max(1.0, per_second)
        self._on_outcome = on_outcome
        self._limit = limit
        self._clock = clock
        # Re-entrant: a finaliser may run in the middle, and end a monitored generator.
        self._lock = survives_fork(threading.RLock())
        self._open()

    def _open(self) -> None:
        self._waiting: Admission = queue.SimpleQueue()
        self._tokens, self._refilled = self._burst, self._clock()
        self._is_closed = False

    def admit(self) -> Admission | None:
        """Return what lets one event in later; None where it would be dropped, which is counted then."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + max(0.0, now - self._refilled) * self._per_second)
            self._refilled = now
            outcome = self._refusal() or ("dropped_rate" if self._tokens < 1 else "")
            if not outcome:
                self._tokens -= 1
                return self._waiting
        self._on_outcome(outcome)
        return None

    def put(self, admission: Admission, event: PredictionEvent) -> None:
        """Let an event wait; one that was admitted before a fork is the parent's."""
        with self._lock:
            if admission is not self._waiting:
                return
            outcome = self._refusal()
            if not outcome:
                self._waiting.put(event)
                return
        self._on_outcome(outcome)

    def take(self, timeout_seconds: float) -> PredictionEvent | None:
        """Return the event that has waited longest, or None after ``timeout_seconds`` or once it is closed."""
        try:
            return self._waiting.get(timeout=timeout_seconds)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Let nothing in any more; ``take`` returns what waits, and does not wait any longer."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._waiting.put(None)

    def abandon(self) -> None:
        """Drop what still waits, once it is closed."""
        while not self.is_finished:
            if self.take(0.0) is not None:
                self._on_outcome("dropped_end")

    def forget(self) -> None:
        """In a forked child: what waits, and what was admitted, is the parent's."""
        is_closed = self._is_closed
        self._open()
        self._is_closed = is_closed

    @property
    def is_finished(self) -> bool:
        """True once it is closed and nothing waits any more."""
        return self._is_closed and not self._waiting.qsize()

    def _refusal(self) -> str:
        if self._is_closed:
            return "dropped_end"
        return "dropped_queue" if self._waiting.qsize() >= self._limit else ""
