"""When the faults of a run are on, in the time of the flights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter.demo.faults import Fault

_PART: Final = 8
"""A fault begins after one part in so many of the run, and lasts as long."""


@dataclass(frozen=True, slots=True)
class FaultSchedule:
    """Faults, and the stretch in which all of them are on: Unix seconds, the end not included."""

    faults: tuple[Fault, ...]
    begins: float
    ends: float

    def is_on(self, departed: float) -> bool:
        """Return whether a flight that departs at ``departed`` is sent broken."""
        return bool(self.faults) and self.begins <= departed < self.ends

    @property
    def words(self) -> str:
        """The faults as on the command line."""
        return ", ".join(map(str, self.faults))


def schedule_faults(faults: tuple[Fault, ...], *, begins: float, ends: float) -> FaultSchedule:
    """Return the schedule of a run from ``begins`` to ``ends``: clean, broken for a stretch, clean again."""
    part = (ends - begins) / _PART
    return FaultSchedule(faults, begins + part, begins + 2 * part)
