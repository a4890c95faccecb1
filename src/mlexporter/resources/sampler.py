"""Asks the system at most once a second: several scrapers, or a page that is reloaded, share an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from mlexporter import catalogue
from mlexporter.resources.usage import resource_usage

if TYPE_CHECKING:
    from mlexporter.records import ResourceUsage

_INTERVAL_SECONDS: Final = 1.0


class ResourceSampler:
    """Keeps what was read last. Several files of each worker are read for it: a millisecond for three of them.

    Args:
        clock: Seconds that never jump back.
        pids_of: Returns the pids, here, of the workers that are asked about: of those that can be seen.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        pids_of: Callable[[tuple[Any, ...]], Sequence[int]] = tuple,
    ) -> None:
        self._clock = clock
        self._pids_of = pids_of
        self._last: tuple[tuple[Any, ...], float, ResourceUsage] | None = None

    def usage(self, workers: Sequence[Any], *, cpu_seconds: float) -> ResourceUsage:
        """Return what ``resource_usage`` returns, read less than a second ago from the same processes.

        Args:
            workers: As ``pids_of`` knows them; who comes or goes is seen at once.
            cpu_seconds: Processor time of all workers that ever were; always the newest.
        """
        asked, now, last = tuple(workers), self._clock(), self._last
        if last is None or last[0] != asked or not 0 <= now - last[1] < _INTERVAL_SECONDS:
            # Two threads may both read: the later one stays, and neither waits.
            last = self._last = asked, now, resource_usage(self._pids_of(asked))
        return replace(last[2], process={**last[2].process, catalogue.PROCESS_CPU.name: cpu_seconds})
