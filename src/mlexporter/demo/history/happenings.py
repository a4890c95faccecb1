"""What is made in an era, and said to be: faults, and restarts of pods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.demo.faults import Fault
from mlexporter.demo.history.era import DAY, HOUR, Era

Times = npt.NDArray[np.float64]

ERRORS: Final = "calls=errors"
SLOW: Final = "calls=slow"
UNSEEN: Final = "carrier=unseen"
FAULT_SERIES: Final = "demo_fault_active"
"""The series that marks made faults: 1 while one is on, 0 before and after. It is the demo's, not mlexporter's."""

_LONG: Final = 3 * DAY
_PAST: Final = (
    # Part of the era, fault, hours.
    (0.12, "plane_year=missing", 14),
    (0.25, ERRORS, 3),
    (0.38, UNSEEN, 48),
    (0.50, SLOW, 6),
    (0.75, "distance=unit", 26),
    (0.88, "seats=stuck", 20),
)
"""Faults of the past, in eras that are long enough; they are away from releases and from the last day."""

_QUIET: Final = 36 * HOUR
"""The end of an era, which faults of the past leave alone."""

_LAST_BEGINS: Final = range(21, 8, -1)
_LAST_ENDS: Final = 5
_LAST_SHARE: Final = 0.4
"""Part of the calls of the last day that the chosen faults have at least, if they can: nights are quiet."""

_ERROR_HOURS: Final = range(23, 21, -1)
_SLOW_HOURS: Final = range(4, 1, -1)
_RESTART_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class MadeFault:
    """One fault, from ``begins`` to ``ends`` (Unix seconds, the end not included); ``name`` is ``what=how``."""

    name: str
    begins: int
    ends: int

    def is_on(self, moment: float) -> bool:
        """Return whether it is there at a time."""
        return self.begins <= moment < self.ends


def faults_of(era: Era, chosen: Sequence[Fault], busy: Times) -> tuple[MadeFault, ...]:
    """Return the faults of an era in order: some in the past, three kinds in the last day.

    Args:
        era: Where they are put.
        chosen: Faults of features that are on in the last day, together. Without one nothing is made at all.
        busy: Times of all calls in order, shape (n_calls,): errors and slowness go where there are some.
    """
    if not chosen:
        return ()
    made = []
    if era.length >= _LONG:
        for part, name, hours in _PAST:
            begins = era.begins + int((era.length - _QUIET) * part) // HOUR * HOUR
            made.append(MadeFault(name, begins, begins + min(hours * HOUR, era.length // 24 // HOUR * HOUR)))
    errors = _busiest(era, _ERROR_HOURS, busy)
    made.append(MadeFault(ERRORS, errors, errors + HOUR))
    begins, ends = _last(era, busy)
    made += [MadeFault(str(fault), begins, ends) for fault in chosen]
    slow = _busiest(era, _SLOW_HOURS, busy)
    made.append(MadeFault(SLOW, slow, slow + HOUR))
    return tuple(made)


def restarts_of(era: Era, pod: int) -> tuple[int, ...]:
    """Return when a pod begins anew for no reason: every month or so, and once today for the second."""
    offset = (3 + 11 * pod) * DAY + 7 * HOUR
    regular = range(era.begins + offset, era.now - 2 * DAY, _RESTART_DAYS * DAY)
    return (*regular, *((era.now - 9 * HOUR,) if pod else ()))


def fault_lines(faults: Sequence[MadeFault], model: str, moment: int) -> bytes:
    """Return the samples of ``FAULT_SERIES`` at one time, one for each name."""
    names = sorted({fault.name for fault in faults})
    lines = (
        f'{FAULT_SERIES}{{fault="{name}",model_name="{model}"}} '
        f"{int(any(fault.is_on(moment) for fault in faults if fault.name == name))} {moment}\n"
        for name in names
    )
    return "".join(lines).encode()


def _last(era: Era, busy: Times) -> tuple[int, int]:
    """Return when the chosen faults are on: as short as they can be, and so that a window of a day shows them."""
    ends = era.now - _LAST_ENDS * HOUR
    enough = _LAST_SHARE * _calls(busy, era.now - DAY, era.now)
    begins = [era.now - hours * HOUR for hours in _LAST_BEGINS]
    return max((each for each in begins if _calls(busy, each, ends) >= enough), default=begins[0]), ends


def _calls(busy: Times, begins: int, ends: int) -> int:
    first, last = np.searchsorted(busy, (begins, ends))
    return int(last - first)


def _busiest(era: Era, hours_ago: range, busy: Times) -> int:
    """Return the beginning of the hour, of those so many hours ago, with the most calls; the latest of equals."""
    begins = (era.now - hours * HOUR for hours in hours_ago)
    return max(begins, key=lambda each: (_calls(busy, each, each + HOUR), each))
