"""Who caused what: notifications and episodes of drift, told apart into made and real."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mlexporter.demo.receiver import Notification
from mlexporter.demo.replay import Moment
from mlexporter.demo.schedule import FaultSchedule

SUMMER_TIMETABLE: Final = (
    "in summer the airlines plan the same routes shorter, because the west wind is weaker: to Los Angeles "
    "382 minutes in January, 360 in July"
)
KNOWN_CAUSES: Final = {"scheduled_minutes": SUMMER_TIMETABLE}
"""What we know about features that really move; docs/tutorials/demo.md has the figures."""


class Cause(StrEnum):
    """Where a notification comes from."""

    MADE = "made"
    REAL = "real"
    UNCLEAR = "unclear"
    END = "end"


@dataclass(frozen=True, slots=True)
class Told:
    """A notification with when it came and why; ``after_seconds`` since its cause began or ended."""

    notification: Notification
    moment: Moment
    cause: Cause
    after_seconds: float

    @property
    def subject(self) -> str:
        """The feature, else the output, else the empty text."""
        labels = self.notification.labels
        return labels.get("feature", labels.get("output", ""))


class Story:
    """Keeps what happened, from several threads; ``ended`` is set when no more flights come.

    Args:
        schedule: The made faults.
        factor: Seconds of the flights in a real second.
        memory_seconds: Length of the longest window, in seconds of the flights: a fault is seen that
            long after its end.
    """

    def __init__(self, schedule: FaultSchedule, *, factor: float, memory_seconds: float) -> None:
        self.schedule = schedule
        self.told: list[Told] = []
        self.fault_began: Moment | None = None
        self.fault_ended: Moment | None = None
        self.ended: Moment | None = None
        self._factor = factor
        self._memory = memory_seconds / factor
        self._lock = threading.Lock()

    def fault(self, moment: Moment, *, is_on: bool) -> None:
        """Note that the faults went on or off."""
        with self._lock:
            if is_on:
                self.fault_began = moment
            else:
                self.fault_ended = moment

    def tell(self, notification: Notification, moment: Moment) -> Told:
        """Note a notification and return it with its cause."""
        with self._lock:
            cause = self._fired_by(notification)
            if cause is None:
                cause = self.cause(notification.labels.get("feature", ""), moment)
            told = Told(notification, moment, cause, self._after(notification, moment, cause))
            self.told.append(told)
            return told

    def cause(self, feature: str, moment: Moment) -> Cause:
        """Return why something about ``feature`` (or the model, if empty) begins at ``moment``."""
        if self.ended is not None and moment.seconds > self.ended.seconds:
            return Cause.END
        began, ended = self.fault_began, self.fault_ended
        if began is None or moment.seconds < began.seconds:
            return Cause.REAL
        if ended is not None and moment.seconds > ended.seconds + self._memory:
            return Cause.REAL
        if feature in {fault.feature for fault in self.schedule.faults}:
            return Cause.MADE
        return Cause.REAL if feature else Cause.UNCLEAR

    def words(self, told: Told) -> str:
        """Return one line about a notification, for people."""
        notification = told.notification
        window = notification.labels.get("window", "")
        parts = [notification.alert, told.subject, f"window {window}" if window else ""]
        head = " · ".join(part for part in parts if part)
        return f"{'FIRING  ' if notification.is_firing else 'RESOLVED'}  {head} · {self._reason(told)}"

    def _reason(self, told: Told) -> str:
        after = f"{told.after_seconds:.1f} s ({flight_time(told.after_seconds * self._factor)})"
        if told.cause is Cause.MADE:
            is_over = not told.notification.is_firing and self.fault_ended is not None
            return f"MADE: {after} after {self.schedule.words} {'ended' if is_over else 'began'}"
        if told.cause is Cause.END:
            return "because the replay is over and no more flights come"
        where = f"{after} into the replay, {told.moment.text}"
        if told.cause is Cause.REAL:
            return f"REAL, in the data: {where}"
        return f"real or a consequence of {self.schedule.words}: {where}"

    def _fired_by(self, notification: Notification) -> Cause | None:
        if notification.is_firing:
            return None
        for told in reversed(self.told):
            if told.notification.is_firing and told.notification.labels == notification.labels:
                return told.cause
        return None

    def _after(self, notification: Notification, moment: Moment, cause: Cause) -> float:
        if cause is not Cause.MADE or self.fault_began is None:
            return moment.seconds
        if not notification.is_firing and self.fault_ended is not None:
            return moment.seconds - self.fault_ended.seconds
        return moment.seconds - self.fault_began.seconds


def flight_time(seconds: float) -> str:
    """Return seconds of the flights in words, such as ``4 h 54 min`` or ``3 d 2 h``."""
    minutes = round(max(seconds, 0) / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h of flights"
    return f"{hours} h {minutes} min of flights" if hours else f"{minutes} min of flights"
