"""The clock of windows: it counts suspended time and does not follow the wall clock."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from typing import Final

from mlexporter.state.moment import Moment, boot_id

_BOOT_CLOCK: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)


def _seconds_since_boot() -> float:
    if _BOOT_CLOCK is None:
        return time.monotonic()
    return time.clock_gettime(_BOOT_CLOCK)


class WindowClock:
    """Seconds that never jump: since boot where the system tells, else of the monotonic clock."""

    factor: float = 1.0
    """How many seconds of this clock pass in a real second."""

    def now(self) -> float:
        """Return the time in seconds; only differences mean something."""
        return _seconds_since_boot()

    def moment(self, wall: float) -> Moment:
        """Return the present moment, which other processes can age; ``wall`` in Unix seconds."""
        return Moment(self.now(), wall, self._life(), self.factor)

    def _life(self) -> str:
        """Return what names the time from the zero of this clock to its end."""
        return boot_id()


class ScaledClock(WindowClock):
    """A clock that runs ``factor`` times faster than real time, for the demo.

    Args:
        factor: Seconds of this clock in a real second, above 0.
        source: Real seconds.

    Raises:
        ValueError: the factor is not a finite number above 0.
    """

    def __init__(self, factor: float, source: Callable[[], float] = _seconds_since_boot) -> None:
        if not (math.isfinite(factor) and factor > 0):
            raise ValueError(f"factor={factor!r}: a finite number above 0 is needed")
        self.factor = factor
        self._source = source
        self._start = source()
        self._name = os.urandom(16).hex()

    def now(self) -> float:
        """Return the accelerated time in seconds since this clock was made."""
        return (self._source() - self._start) * self.factor

    def _life(self) -> str:
        return self._name


class StandingClock(WindowClock):
    """A clock that stands still until it is moved: for rows of the past, and for tests.

    Args:
        start: First reading, seconds.
    """

    def __init__(self, start: float = 0.0) -> None:
        super().__init__()
        self._now = start

    def now(self) -> float:
        """Return the reading, seconds."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Raises:
            ValueError: ``seconds`` is negative; the clock of windows never goes back.
        """
        if seconds < 0:
            raise ValueError(f"seconds={seconds}: the clock of windows never goes back")
        self._now += seconds
