"""The sender: it calls the model with one flight after the other, when each would depart in faster time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from mlexporter.demo.features import FEATURE_NAMES
from mlexporter.demo.schedule import FaultSchedule

if TYPE_CHECKING:
    from mlexporter.demo.flights import Flights

Predict = Callable[[Mapping[str, object]], object]

BEHIND_SECONDS: Final = 0.5
"""Real seconds after which a late sender is called behind."""

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SUMMER_OFFSET: Final = timedelta(hours=-4)
_WINTER_OFFSET: Final = timedelta(hours=-5)
_SUMMER_TIME_ENDS: Final = datetime(2013, 11, 3, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Departure:
    """One flight to send: its features, and when it left (Unix seconds)."""

    row: dict[str, object]
    departed: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of the replay: real seconds since it began, and the time of the flights (Unix seconds)."""

    seconds: float
    departed: float

    @property
    def text(self) -> str:
        """The time of the flights, as New York's clocks showed it."""
        return new_york_text(self.departed)


@dataclass(frozen=True, slots=True)
class Span:
    """The time of the flights that is played: from ``begins`` to ``ends`` (Unix seconds), ``factor`` times faster."""

    begins: float
    ends: float
    factor: float

    def real_seconds(self, departed: float) -> float:
        """Return after how many real seconds of the replay it is ``departed`` (Unix seconds)."""
        return (departed - self.begins) / self.factor

    def moment(self, seconds: float) -> Moment:
        """Return the moment after ``seconds`` real seconds; the time of the flights stops at ``ends``."""
        return Moment(seconds, min(self.begins + seconds * self.factor, self.ends))


def new_york_midnight(day: date) -> float:
    """Return the Unix seconds at which ``day``, April to December 2013, began in New York."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (begin - _offset(begin)).timestamp()


def new_york_text(departed: float) -> str:
    """Return Unix seconds, April to December 2013, as New York's clocks showed them: ``Sat 08 Jun 05:30``."""
    moment = datetime.fromtimestamp(departed, UTC)
    local = moment + _offset(moment)
    return f"{_DAYS[local.weekday()]} {local.day:02d} {_MONTHS[local.month - 1]} {local:%H:%M}"


def _offset(moment: datetime) -> timedelta:
    return _SUMMER_OFFSET if moment < _SUMMER_TIME_ENDS else _WINTER_OFFSET


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sender is; delays in real seconds: that of the last flight, and the worst so far."""

    row_count: int
    total_count: int
    behind_seconds: float
    worst_behind_seconds: float
    is_faulty: bool


class Replay:
    """Sends departures from its own thread; it never leaves one out, and tells how late it was.

    Args:
        departures: In the order of their departure.
        predict: The monitored function.
        span: The time of the flights that is played, and how fast.
        schedule: When which faults are on.
        on_fault: Called with True before the first broken row and with False before the next healthy one.
    """

    def __init__(
        self,
        departures: Sequence[Departure],
        predict: Predict,
        span: Span,
        *,
        schedule: FaultSchedule,
        on_fault: Callable[[bool], None],
    ) -> None:
        self._departures = departures
        self._predict = predict
        self._span = span
        self._schedule = schedule
        self._on_fault = on_fault
        self._started = 0.0
        self._row_count = 0
        self._behind = 0.0
        self._worst_behind = 0.0
        self._is_faulty = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send_all, name="demo-replay", daemon=True)
        self.error: BaseException | None = None

    def start(self) -> None:
        """Start sending."""
        self._started = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Stop sending and wait for the thread; safe to call twice."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def wait(self, seconds: float) -> bool:
        """Wait at most ``seconds`` for the end of the replay; return whether it has ended."""
        self._thread.join(timeout=seconds)
        return not self._thread.is_alive()

    def moment(self) -> Moment:
        """Return what time it is."""
        return self._span.moment(time.monotonic() - self._started)

    def progress(self) -> Progress:
        """Return how far the sender is."""
        return Progress(
            self._row_count, len(self._departures), self._behind, self._worst_behind, self._is_faulty
        )

    def _send_all(self) -> None:
        healthy: Mapping[str, object] = {}
        try:
            for departure in self._departures:
                due = self._started + self._span.real_seconds(departure.departed)
                if self._stop.wait(max(0.0, due - time.monotonic())):
                    return
                self._behind = time.monotonic() - due
                self._worst_behind = max(self._worst_behind, self._behind)
                healthy = self._send(departure, healthy)
                self._row_count += 1
            # The last hours of the last day may be without flights and still belong to it.
            end = self._started + self._span.real_seconds(self._span.ends)
            self._stop.wait(max(0.0, end - time.monotonic()))
        except Exception as error:  # noqa: BLE001 - told by the main thread, which waits for this one
            self.error = error

    def _send(self, departure: Departure, healthy: Mapping[str, object]) -> Mapping[str, object]:
        is_faulty = self._schedule.is_on(departure.departed)
        if is_faulty != self._is_faulty:
            self._is_faulty = is_faulty
            self._on_fault(is_faulty)
        if not is_faulty:
            self._predict(departure.row)
            return departure.row
        broken = departure.row
        for fault in self._schedule.faults:
            broken = fault.applied(broken, healthy)
        self._predict(broken)
        return healthy


def departures_between(flights: Flights, span: Span) -> list[Departure]:
    """Return the flights that departed within ``span``, in order."""
    table = flights.table
    served = table[(table["departed"] >= span.begins) & (table["departed"] < span.ends)]
    features = served[list(FEATURE_NAMES)].astype(object)
    rows = features.where(features.notna(), None).to_dict("records")
    return [
        Departure({str(name): value for name, value in row.items()}, departed)
        for row, departed in zip(rows, served["departed"].tolist(), strict=True)
    ]
