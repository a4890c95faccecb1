"""Which alert goes to whom, how soon, and how often again.

One notification tells of one model and topic: thirty features that drift are one message, a data outage
is another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mlexporter.generate.notifications.inhibitions import OURS, WATCHDOG
from mlexporter.generate.notifications.notification_options import NotificationOptions
from mlexporter.generate.notifications.receivers import (
    COPY,
    DATA_SCIENCE,
    DEAD_MAN,
    DIGEST,
    PAGER,
    PLATFORM,
    has_receiver,
)
from mlexporter.generate.promql import Matcher

WORKING_HOURS: Final = "working-hours"
"""Name of the time interval outside of which tickets are held back."""

_DAYS_OF_WEEK: Final = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MODEL_SIDE: Final = Matcher("component", "=~", "data|drift|quality|reference")
_CRITICAL: Final = Matcher("severity", "=", "critical")
_SECOND, _MINUTE, _HOUR = 1.0, 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class _Route:
    """One branch: what it takes, who gets it, and its times in seconds."""

    why: str
    receiver: str
    matchers: tuple[Matcher, ...]
    wait: float
    interval: float
    repeat: float
    group_by: tuple[str, ...] = ()
    goes_on: bool = False
    is_muted_off_hours: bool = False

    def entry(self, options: NotificationOptions) -> dict[str, Any]:
        entry: dict[str, Any] = {"receiver": self.receiver}
        if self.matchers:
            entry["matchers"] = [str(matcher) for matcher in self.matchers]
        if self.group_by:
            entry["group_by"] = [*self.group_by, *options.equal_labels]
        entry["group_wait"] = options.duration(self.wait) if self.wait else "0s"
        entry["group_interval"] = options.duration(self.interval)
        entry["repeat_interval"] = options.duration(self.repeat)
        if self.goes_on:
            entry["continue"] = True
        if self.is_muted_off_hours:
            entry["active_time_intervals"] = [WORKING_HOURS]
        return entry


_ROUTES: Final = (
    _Route(
        "The watchdog always fires: a dead-man receiver tells when it no longer hears of it.",
        DEAD_MAN, (Matcher("alertname", "=", WATCHDOG),), 0, _MINUTE, 30 * _SECOND, ("alertname",),
    ),
    _Route(
        "A copy of everything.",
        COPY, (), 30 * _SECOND, 5 * _MINUTE, 24 * _HOUR, goes_on=True,
    ),
    _Route(
        "Critical wakes somebody, and goes on to the chats.",
        PAGER, (_CRITICAL,), 10 * _SECOND, _MINUTE, 4 * _HOUR, goes_on=True,
    ),
    _Route(
        "", DATA_SCIENCE, (_CRITICAL, _MODEL_SIDE), 10 * _SECOND, 5 * _MINUTE, 24 * _HOUR,
    ),
    _Route(
        "", PLATFORM, (_CRITICAL,), 10 * _SECOND, 5 * _MINUTE, 24 * _HOUR,
    ),
    _Route(
        "Read when there is time: one mail for all models.",
        DIGEST, (Matcher("severity", "=", "info"),), _HOUR, 24 * _HOUR, 120 * _HOUR, ("severity",),
    ),
    _Route(
        "Causes are tickets for who knows data and model, and wait for the morning.",
        DATA_SCIENCE, (_MODEL_SIDE,), 5 * _MINUTE, 30 * _MINUTE, 24 * _HOUR, is_muted_off_hours=True,
    ),
    _Route(
        "All other warnings are about serving.",
        PLATFORM, (), 30 * _SECOND, 15 * _MINUTE, 24 * _HOUR,
    ),
)  # fmt: skip


def root_route(options: NotificationOptions) -> dict[str, Any]:
    """Return the root without its branches: where alerts that are not ours go."""
    return {
        "receiver": PLATFORM,
        "group_by": ["alertname", "model_name"],
        "group_wait": options.duration(30),
        "group_interval": options.duration(5 * _MINUTE),
        "repeat_interval": options.duration(24 * _HOUR),
    }


def own_route(options: NotificationOptions) -> dict[str, Any]:
    """Return the branch that takes all of our alerts, without its own branches."""
    return {"matchers": [str(OURS)], "group_by": ["model_name", "component", *options.equal_labels]}


def routes(options: NotificationOptions) -> list[tuple[str, dict[str, Any]]]:
    """Return the branches of ``own_route``, each with what a reader is told of it."""
    return [(route.why, route.entry(options)) for route in _ROUTES if has_receiver(route.receiver, options)]


def time_intervals(options: NotificationOptions) -> list[dict[str, Any]]:
    """Return the working hours."""
    begin, end = options.working_hours
    hours = {
        "weekdays": _weeks(options.working_days),
        "times": [{"start_time": begin, "end_time": end}],
        "location": options.time_zone,
    }
    return [{"name": WORKING_HOURS, "time_intervals": [hours]}]


def _weeks(days: str) -> list[str]:
    """Return ranges of days that Alertmanager takes: its week begins on Sunday, and no range goes beyond it."""
    first, _, last = days.partition(":")
    if not last or _DAYS_OF_WEEK.index(first) <= _DAYS_OF_WEEK.index(last):
        return [days]
    return [f"{first}:saturday", f"sunday:{last}"]
