"""What the clock on the wall showed: local hours of Unix times, for whole arrays at once.

The offsets of a time zone change a few times a year. The moments at which they do are looked up once,
and a search among them tells the offset of every row; no row is a ``datetime``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from mlexporter.state.forking import IMPORTING
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    import numpy.typing as npt

END_OF_TIMES: Final = 4_102_444_800.0
"""The year 2100: later seconds are none, but milliseconds or rubbish."""

_HOUR_SECONDS: Final = 3_600
_WEEK_SECONDS: Final = 7 * 24 * _HOUR_SECONDS
_HOURS_OF_A_WEEK: Final = 168
_MONDAY: Final = 3 * 24
"""Hours from Monday 0:00 to the begin of Unix time, a Thursday."""

_told: set[str] = set()
"""Time zones that were said to be unknown here."""


class _Offsets(NamedTuple):
    """Offsets from ``first`` to before ``last``: the n-th holds up to the n-th change, seconds."""

    first: float
    last: float
    changes: npt.NDArray[np.float64]
    offsets: npt.NDArray[np.int64]


class LocalTime:
    """The hours of a week in one time zone.

    >>> LocalTime("UTC").hours_of_week(np.array([0.0])).tolist()  # a Thursday at midnight
    [72]

    Safe with threads: what was looked up is replaced, never changed.

    Args:
        name: IANA name. Where this machine has no data of it, UTC is told, and the log says so once.
    """

    def __init__(self, name: str) -> None:
        self._zone = _zone(name)
        self._known = _Offsets(0.0, 0.0, np.zeros(0), np.zeros(1, dtype=np.int64))

    def hours_of_week(self, seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return the local hour of each moment, 0 for Monday 0:00 to 0:59, to 167.

        Args:
            seconds: Unix times, shape (n,), finite; what lies before 1970 or after 2100 is told as
                the nearest moment between.
        """
        whole = np.floor(np.clip(seconds, 0.0, END_OF_TIMES - 1.0))
        local = whole.astype(np.int64)
        if self._zone is not None and local.size:
            known = self._covering(float(whole.min()), float(whole.max()))
            local += known.offsets[np.searchsorted(known.changes, whole, side="right")]
        hours: npt.NDArray[np.int64] = (local // _HOUR_SECONDS + _MONDAY) % _HOURS_OF_A_WEEK
        return hours

    def hour_of_week(self, seconds: float) -> int:
        """Return the local hour of one moment; see ``hours_of_week``."""
        return int(self.hours_of_week(np.array([seconds]))[0])

    def _covering(self, earliest: float, latest: float) -> _Offsets:
        known = self._known
        if self._zone is None or (known.first <= earliest and latest < known.last):
            return known
        if known.last > known.first:
            earliest, latest = min(earliest, known.first), max(latest, known.last)
        first = max(0.0, earliest // _WEEK_SECONDS * _WEEK_SECONDS - _WEEK_SECONDS)
        last = (latest // _WEEK_SECONDS + 2.0) * _WEEK_SECONDS
        self._known = known = _looked_up(self._zone, first, last)
        return known


def credible(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return times with NaN for each that is none: before 1970, after 2100, not finite."""
    with np.errstate(invalid="ignore"):
        return np.where((seconds >= 0.0) & (seconds < END_OF_TIMES), seconds, math.nan)


def _looked_up(zone: ZoneInfo, first: float, last: float) -> _Offsets:
    """Find every change of the offset; two of them are never less than a week apart."""
    offset_of = _reader(zone)
    changes: list[float] = []
    offsets = [offset_of(int(first))]
    for begin in range(int(first), int(last), _WEEK_SECONDS):
        low, high = begin, begin + _WEEK_SECONDS
        after = offset_of(high)
        if after == offsets[-1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset_of(middle) == offsets[-1] else (low, middle)
        changes.append(float(high))
        offsets.append(after)
    return _Offsets(first, last, np.array(changes), np.array(offsets, dtype=np.int64))


def _reader(zone: ZoneInfo) -> Any:
    from datetime import datetime  # noqa: PLC0415 - who has a time zone has loaded it

    def offset_of(seconds: int) -> int:
        offset = datetime.fromtimestamp(seconds, zone).utcoffset()
        return 0 if offset is None else round(offset.total_seconds())

    return offset_of


def _zone(name: str) -> ZoneInfo | None:
    """Return the time zone; None for UTC, and where it is not known here."""
    if name == "UTC":
        return None
    with IMPORTING:
        import zoneinfo  # noqa: PLC0415 - it reads tables of paths, and hardly a profile needs it

    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        if name not in _told:
            _told.add(name)
            LOG.warning(
                "mlexporter: this machine has no data of the time zone %s, so seasons are told in UTC and "
                "rows are compared with those of other hours; install the package tzdata", name,
            )  # fmt: skip
        return None
