"""Hours of the day as a ring, merged with their neighbours until each part has enough rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

HOURS_OF_A_DAY: Final = 24
EVERY_DAY, WORKDAYS, WEEKENDS = "", "Mon–Fri", "Sat–Sun"

IsEnough = Callable[[Sequence[int]], bool]
"""Says whether members of a ring, by their numbers, are enough together."""


class Hours(NamedTuple):
    """Hours of some days that are one season.

    Attributes:
        days: ``EVERY_DAY``, ``WORKDAYS`` or ``WEEKENDS``.
        hours: Hours of the day in the order in which they follow each other; 0 may follow 23.
    """

    days: str
    hours: tuple[int, ...]

    @property
    def name(self) -> str:
        """What it is called, such as ``Mon–Fri 08`` or ``20–23``; empty for all hours of all days."""
        if len(self.hours) == HOURS_OF_A_DAY:
            return self.days
        first, last = self.hours[0], self.hours[-1]
        return f"{self.days} {first:02d}{'' if first == last else f'–{last:02d}'}".strip()

    @property
    def of_the_week(self) -> list[int]:
        """The hours of the week that it covers, Monday 0:00 is 0."""
        first, last = {EVERY_DAY: (0, 7), WORKDAYS: (0, 5), WEEKENDS: (5, 7)}[self.days]
        return [HOURS_OF_A_DAY * day + hour for day in range(first, last) for hour in self.hours]

    def days_with_rows(self, days: npt.NDArray[np.int64]) -> int:
        """Return on how many days the hour that had rows most often had them, of days by hour of the week."""
        hours = np.array(self.of_the_week).reshape(-1, len(self.hours))
        return int(days[hours].sum(axis=0).max())


def merged_ring(
    n_members: int, rows: Sequence[int], is_enough: IsEnough, least_parts: int
) -> list[list[int]]:
    """Return the members of a ring in parts of neighbours, each of which is enough.

    The part with the fewest rows that is not enough is merged with the smaller of its neighbours,
    again and again.

    Args:
        n_members: How many there are, 1 or more.
        rows: Rows of each.
        is_enough: Says whether a part is.
        least_parts: With fewer parts there are none.

    Returns:
        Parts with their members in the order of the ring; an empty list where that is impossible.
    """
    parts = [[member] for member in range(n_members)]
    sizes = list(rows)
    while True:
        lacking = [place for place, part in enumerate(parts) if not is_enough(part)]
        if not lacking:
            return parts if len(parts) >= least_parts else []
        if len(parts) == 1:
            return []
        place = min(lacking, key=lambda each: (sizes[each], each))
        before, after = (place - 1) % len(parts), (place + 1) % len(parts)
        first, second = (place, after) if sizes[after] < sizes[before] else (before, place)
        parts[first] = parts[first] + parts[second]
        sizes[first] += sizes[second]
        del parts[second], sizes[second]
