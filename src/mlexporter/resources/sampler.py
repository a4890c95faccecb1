"""Asks the system at most once a second: several scrapers, or a page that is reloaded, share an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlexporter import catalogue
from mlexporter.resources.usage import resource_usage

if TYPE_CHECKING:
    from mlexporter.records import ResourceUsage

_INTERVAL_SECONDS: Final = 1.0


class ResourceSampler:
    """Keeps what was read last. Several files of each worker are read for it: a millisecond for three of them.

    Args:
        clock: Seconds that never jump back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: tuple[tuple[int, ...], float, ResourceUsage] | None = None

    def usage(self, pids: Sequence[int], *, cpu_seconds: float) -> ResourceUsage:
        """Return what ``resource_usage`` returns, read less than a second ago from the same processes.

        Args:
            pids: Workers; who comes or goes is seen at once.
            cpu_seconds: Processor time of all workers that ever were; always the newest.
        """
        asked, now, last = tuple(pids), self._clock(), self._last
        if last is None or last[0] != asked or not 0 <= now - last[1] < _INTERVAL_SECONDS:
            # Two threads may both read: the later one stays, and neither waits.
            last = self._last = asked, now, resource_usage(asked)
        return replace(last[2], process={**last[2].process, catalogue.PROCESS_CPU.name: cpu_seconds})
