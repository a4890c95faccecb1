"""Which months of 2013 are shown, and where they are put: the last flights end about now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from mlexporter.demo.replay import new_york_midnight
from mlexporter.errors import ConfigurationError

HOUR: Final = 3600
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
MONTH: Final = 30 * DAY
"""What ``mo`` means: months differ, and nothing here depends on them."""

NEW_YORK: Final = 5 * HOUR
"""How far New York's winter is behind UTC. Its clocks are shown as UTC: by day there is traffic in most of the world's
offices, and who opens a dashboard there sees some."""

LEAD: Final = 6 * HOUR
"""How far the past reaches beyond the present: so long do dashboards that look at now go on as if live."""

SHORTEST: Final = DAY
FIRST_FLIGHT: Final = int(new_york_midnight(date(2013, 4, 1)))
LAST_FLIGHT: Final = int(new_york_midnight(date(2014, 1, 1)))
LONGEST: Final = LAST_FLIGHT - FIRST_FLIGHT
ALIGNMENT: Final = 2 * HOUR
"""All stretches begin and end at multiples of it, which are multiples of the steps between scrapes, too."""

_PART: Final = re.compile(r"(\d{1,4})(mo|w|d|h)")
_UNITS: Final = {"mo": MONTH, "w": WEEK, "d": DAY, "h": HOUR}


@dataclass(frozen=True, slots=True)
class Era:
    """What is shown, in Unix seconds of today's calendar.

    Attributes:
        begins: First scrape.
        now: The present, a full hour.
        ends: Last scrape, ``LEAD`` after the present or a little earlier.
        shift: What is added to a time of 2013: whole weeks less ``NEW_YORK``.
    """

    begins: int
    now: int
    ends: int
    shift: int

    @property
    def length(self) -> int:
        """Seconds from the beginning to the present."""
        return self.now - self.begins


def parse_history(text: str) -> int:
    """Return the seconds of a text such as ``9mo``, ``8d``, ``36h`` or ``1mo2w``.

    Raises:
        ConfigurationError: it is no such text, shorter than a day, or longer than there are flights.
    """
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ConfigurationError(
            f"--history {text!r}: a number and one of mo (30 days), w, d and h are needed, such as 9mo, 8d or 36h"
        )
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    if not SHORTEST <= seconds <= LONGEST:
        raise ConfigurationError(f"--history {text}: from 24h to 9mo are possible, April to December 2013")
    return seconds


def era_of(seconds: int, now: float) -> Era:
    """Return the era of so many seconds that ends at ``now`` (Unix seconds).

    Whole weeks seldom fit: up to a week of the flights at the end of December is left out, and an era of all
    nine months is that much shorter.
    """
    present = int(now) // HOUR * HOUR
    ends = (present + LEAD) // ALIGNMENT * ALIGNMENT
    shift = -(-(ends - LAST_FLIGHT + NEW_YORK) // WEEK) * WEEK - NEW_YORK
    begins = max(present - seconds, FIRST_FLIGHT + shift)
    return Era(-(-begins // ALIGNMENT) * ALIGNMENT, present, ends, shift)
