"""What other programs ask of ``mlexporter serve`` by signals: to end, or to reload."""

from __future__ import annotations

import signal
import time
from queue import Empty, SimpleQueue
from types import FrameType, TracebackType
from typing import Any, Final, NamedTuple, Self

RELOAD_PAUSE_SECONDS: Final = 1.0
"""Between two readings, however many signals come; the last one is always followed by a reading."""

LONGEST_WAIT_SECONDS: Final = 1.0
"""One wait at most: a signal that comes just before it begins does not end it, and its handler runs after it."""

_ENDING: Final = (signal.SIGINT, signal.SIGTERM)
_RELOADING: Final = tuple(filter(None, [getattr(signal, "SIGHUP", None)]))  # Windows has none


class Asked(NamedTuple):
    """What was asked for; nothing where only time has passed."""

    end: bool = False
    reload: bool = False


class Signals:
    """Takes signals of this process while it is entered, and gives them back to who had them.

    A handler only puts a number into a queue that may be put into at any moment: it takes no lock that the
    interrupted thread may hold.
    """

    def __init__(self) -> None:
        self._came: SimpleQueue[int] = SimpleQueue()
        self._before: dict[int, Any] = {}
        self._is_due = False
        self._earliest = 0.0

    def __enter__(self) -> Self:
        for number in (*_ENDING, *_RELOADING):
            self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def wait(self, seconds: float) -> Asked:
        """Return what is asked for, at once where something is, else after ``seconds``."""
        until = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            if self._is_due and now >= self._earliest:
                self._is_due, self._earliest = False, now + RELOAD_PAUSE_SECONDS
                return Asked(reload=True)
            rest = min(until, self._earliest) - now if self._is_due else until - now
            try:
                number = self._came.get(timeout=max(min(rest, LONGEST_WAIT_SECONDS), 0.0))
            except Empty:
                if time.monotonic() >= until:
                    return Asked()
                continue
            if number in _ENDING:
                return Asked(end=True)
            self._is_due = True

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self._came.put(number)
