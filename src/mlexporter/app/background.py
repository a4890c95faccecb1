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

    def start(self) -> None:
        """Start the thread unless it runs already."""
        if self._thread is None and not self._stop.is_set():
            self._thread = threading.Thread(target=self._run, name="mlexporter-evaluator", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop the thread and wait for it; safe to call twice and from the thread itself."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        due = time.monotonic() + self._interval
        while not self._stop.wait(min(DRAIN_INTERVAL_SECONDS, max(0.0, due - time.monotonic()))):
            self._drain()
            now = time.monotonic()
            if now >= due:
                self._evaluate()
                # A slow evaluation skips looks instead of running them back to back.
                due = max(due + self._interval, now + self._interval / 2)
