"""One daemon thread that drains buffers every second, or when it is woken, and evaluates drift every interval."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Final

TICK_INTERVAL_SECONDS: Final = 1.0
_DRAIN: Final = True
_STOP: Final = False


class Background:
    """Calls ``tick``, ``drain`` and ``evaluate`` in turn, off the request path, until closed.

    Args:
        tick: Called every second.
        drain: Called when a buffer is full, by ``wake``.
        evaluate: Called every ``interval_seconds``.
        interval_seconds: Time between two evaluations, seconds of the real clock.
    """

    def __init__(
        self, tick: Callable[[], None], drain: Callable[[], None], evaluate: Callable[[], None],
        interval_seconds: float,
    ) -> None:  # fmt: skip
        self._tick = tick
        self._drain = drain
        self._evaluate = evaluate
        self._interval = interval_seconds
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._begin()

    def _begin(self) -> None:
        # A queue whose methods are one step each: a call that wakes the thread waits for nothing.
        self._wishes: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread = None

    def start(self, *, again: bool = False) -> None:
        """Start the thread unless it runs; after ``close`` only where ``again`` is asked for."""
        if self._is_closed and again:
            self._is_closed = False
            self._begin()
        if self._thread is None and not self._is_closed:
            self._thread = threading.Thread(
                target=self._run, args=(self._wishes,), name="mlexporter-evaluator", daemon=True
            )
            self._thread.start()

    def resume(self) -> None:
        """Start the thread in a forked child, which has inherited everything but the thread."""
        if self._thread is not None and not self._thread.is_alive() and not self._is_closed:
            self._begin()
            self.start()

    def wake(self) -> bool:
        """Have buffers drained soon, without waiting; False where no thread is there to do it."""
        thread = self._thread
        if thread is None or self._is_closed or not thread.is_alive():
            return False
        if self._wishes.empty():
            self._wishes.put(_DRAIN)
        return True

    def close(self) -> None:
        """Stop the thread and wait for it; safe to call twice and from the thread itself."""
        self._is_closed = True
        self._wishes.put(_STOP)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def _run(self, wishes: queue.SimpleQueue[bool]) -> None:
        now = time.monotonic()
        next_tick, next_evaluation = now + TICK_INTERVAL_SECONDS, now + self._interval
        while not self._is_closed:
            try:
                if wishes.get(timeout=max(0.0, min(next_tick, next_evaluation) - time.monotonic())) is _DRAIN:
                    self._drain()
                continue
            except queue.Empty:
                pass
            now = time.monotonic()
            if now >= next_tick:
                self._tick()
                next_tick = now + TICK_INTERVAL_SECONDS
            if now >= next_evaluation:
                self._evaluate()
                # A slow evaluation skips looks instead of running them back to back.
                next_evaluation = max(next_evaluation + self._interval, now + self._interval / 2)
