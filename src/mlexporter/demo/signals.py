"""Ctrl-C and SIGTERM, once: the first one ends the demo in order, later ones cannot disturb that."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class InterruptedDemo(BaseException):
    """The user asked the demo to end; ``number`` is the signal. No error, so that nothing catches it by chance."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stop_signals() -> Iterator[None]:
    """Within, the first SIGINT or SIGTERM raises InterruptedDemo in the main thread; more are ignored."""
    is_stopping = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal is_stopping
        del frame
        if not is_stopping:
            is_stopping = True
            raise InterruptedDemo(number)

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
