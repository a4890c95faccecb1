"""When the training rows were: rows of each hour of the wall clock, and of each block of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.records.slots import HOURS_OF_A_WEEK
from mlexporter.state.local_time import LocalTime

Times = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

SECONDS_OF_AN_HOUR: Final = 3600
_THURSDAY: Final = 3 * 24
"""The hour of the week in which Unix time began."""


class TimeCounts:
    """Rows by time, in memory that grows with the hours and not with the rows.

    Args:
        zone: IANA name of the time zone in which hours are told.
        lengths: Seconds of the blocks, by name.
        n_cells: Cells of the feature of segments; 1 without one.

    Attributes:
        hours: Rows of each local hour, counted from the first hour of 1970.
        blocks: By name of a length, rows of each block, counted from the beginning of Unix time.
        by_week: Rows of each hour of a week in each cell, int64, shape (168, n_cells).
    """

    def __init__(self, zone: str, lengths: Mapping[str, float], n_cells: int = 1) -> None:
        self._local = LocalTime(zone)
        self._lengths = lengths
        self.hours: Counter[int] = Counter()
        self.blocks: dict[str, Counter[int]] = {name: Counter() for name in lengths}
        self.by_week: Whole = np.zeros((HOURS_OF_A_WEEK, n_cells), dtype=np.int64)

    def update(self, times: Times, cells: npt.NDArray[np.integer[Any]] | None = None) -> None:
        """Add the rows of a batch.

        Args:
            times: Unix seconds, shape (n,); a row without one is counted nowhere.
            cells: The cell of each row, shape (n,); 0 if not given.
        """
        is_known = np.isfinite(times)
        known = times[is_known]
        hours = local_hours(known, self._local)
        self.hours.update(_tally(hours))
        n_cells = self.by_week.shape[1]
        places = hours_of_week(hours) * n_cells + (0 if cells is None else cells[is_known])
        self.by_week += np.bincount(places, minlength=self.by_week.size).reshape(self.by_week.shape)
        for name, length in self._lengths.items():
            self.blocks[name].update(_tally(blocks_of(known, length)))

    @property
    def n_days(self) -> int:
        """Local days with a row."""
        return len({hour // 24 for hour in self.hours})

    def days_of_hours(self) -> Whole:
        """Return on how many days each hour of a week had a row, int64, shape (168,)."""
        hours = np.fromiter(self.hours, dtype=np.int64, count=len(self.hours))
        return np.bincount(hours_of_week(hours), minlength=HOURS_OF_A_WEEK)


def blocks_of(times: Times, length: float) -> Whole:
    """Return in which block of ``length`` seconds since 1970 each time lies; no time may be missing."""
    return np.floor_divide(times, length).astype(np.int64)


def local_hours(times: Times, local: LocalTime) -> Whole:
    """Return the hours of the wall clock since the first one of 1970, shape (n,).

    They are those by which serving tells seasons. The hour that is lived through twice in autumn is
    one; that which is left out in spring is none.

    Args:
        times: Unix seconds from 1970 to 2100, shape (n,).
        local: Tells hours of a week in the time zone of the profile.
    """
    hours = blocks_of(times, SECONDS_OF_AN_HOUR)
    behind = (local.hours_of_week(times) - hours_of_week(hours)) % HOURS_OF_A_WEEK
    return hours + (behind + HOURS_OF_A_WEEK // 2) % HOURS_OF_A_WEEK - HOURS_OF_A_WEEK // 2


def hours_of_week(hours: Whole) -> Whole:
    """Return the hour of the week, 0 for Monday 0:00 to 167, of what ``local_hours`` returned."""
    return (hours + _THURSDAY) % HOURS_OF_A_WEEK


def _tally(numbers: Whole) -> dict[int, int]:
    found, rows = np.unique(numbers, return_counts=True)
    return dict(zip(found.tolist(), rows.tolist(), strict=True))
