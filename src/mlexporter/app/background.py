"""One daemon thread that drains buffers every second and evaluates drift every interval."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DRAIN_INTERVAL_SECONDS = 1.0


class Background:
    """Calls ``drain`` and ``evaluate`` in turn, off the request path, until closed.

    Args:
        drain: Called at least every second.
        evaluate: Called every ``interval_seconds``.
        interval_seconds: Time between two evaluations, seconds of the real clock.
    """

    def __init__(
        self, drain: Callable[[], None], evaluate: Callable[[], None], interval_seconds: float
    ) -> None:
        self._drain = drain
        self._evaluate = evaluate
        self._interval = interval_seconds
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, *, again: bool = False) -> None:
        """Start the thread unless it runs; after ``close`` only where ``again`` is asked for."""
        if self._stop.is_set() and again:
            self._stop, self._thread = threading.Event(), None
        if self._thread is None and not self._stop.is_set():
            self._thread = threading.Thread(
                target=self._run, args=(self._stop,), name="mlexporter-evaluator", daemon=True
            )
            self._thread.start()

    def resume(self) -> None:
        """Start the thread in a forked child, which has inherited everything but the thread."""
        if self._thread is not None and not self._thread.is_alive() and not self._stop.is_set():
            # The event is new too: its lock may have been held when the process was forked.
            self._stop, self._thread = threading.Event(), None
            self.start()

    def close(self) -> None:
        """Stop the thread and wait for it; safe to call twice and from the thread itself."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def _run(self, stop: threading.Event) -> None:
        due = time.monotonic() + self._interval
        while not stop.wait(min(DRAIN_INTERVAL_SECONDS, max(0.0, due - time.monotonic()))):
            self._drain()
            now = time.monotonic()
            if now >= due:
                self._evaluate()
                # A slow evaluation skips looks instead of running them back to back.
                due = max(due + self._interval, now + self._interval / 2)
