"""What a person can choose about a run of the demo, parsed and checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mlexporter.demo.faults import Fault
from mlexporter.errors import ConfigurationError

DEFAULT_SPEED: Final = 3600.0
DEFAULT_START: Final = date(2013, 6, 12)
"""The day on which the second step of the airlines' summer timetable came into force."""
DEFAULT_DAYS: Final = 8
DEFAULT_FAULT: Final = "distance=unit"
DEFAULT_PORT: Final = 9469
DEFAULT_SEED: Final = 2013

_FIRST_DAY: Final = date(2013, 4, 1)
_LAST_DAY: Final = date(2013, 12, 31)
_SLOWEST, _FASTEST = 60.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Options:
    """One run of the demo.

    Attributes:
        speed: How many times faster than real the flights go, 60 to 86,400.
        start: First day served, April to December 2013.
        days: Days served, at least 1, not beyond the year.
        faults: What is broken for a stretch; empty for none.
        port: Port of the exporter; None takes the usual one, or any where that is taken.
        keep: Leaves everything up after the end until Ctrl-C.
        seed: Seed of the random thirds and of the training.
        program_path: Folders with programs, separated as in PATH.
    """

    speed: float = DEFAULT_SPEED
    start: date = DEFAULT_START
    days: int = DEFAULT_DAYS
    faults: tuple[Fault, ...] = ()
    port: int | None = None
    keep: bool = False
    seed: int = DEFAULT_SEED
    program_path: str = ""

    def __post_init__(self) -> None:
        if not _SLOWEST <= self.speed <= _FASTEST:
            raise ConfigurationError(
                f"--speed {self.speed:g}: from {_SLOWEST:g} to {_FASTEST:g} times faster than real is possible"
            )
        if not _FIRST_DAY <= self.start <= _LAST_DAY:
            raise ConfigurationError(
                f"--from {self.start}: from {_FIRST_DAY} to {_LAST_DAY} there are days to serve"
            )
        if self.days < 1 or self.end > _LAST_DAY + timedelta(days=1):
            possible = (_LAST_DAY - self.start).days + 1
            raise ConfigurationError(
                f"--days {self.days}: from {self.start} on, 1 to {possible} are possible"
            )

    @property
    def end(self) -> date:
        """The day after the last one served."""
        return self.start + timedelta(days=self.days)
