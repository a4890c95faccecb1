"""What a person reads about a history: what it will be, what is in it, and how to look at it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mlexporter.demo.history.era import DAY, LEAD
from mlexporter.demo.history.fired import Episode
from mlexporter.demo.history.folder import DASHBOARDS
from mlexporter.demo.history.happenings import MadeFault
from mlexporter.demo.history.options import HistoryOptions
from mlexporter.demo.history.past_prometheus import FLAGS, STORAGE
from mlexporter.demo.history.steps import PAST_STEP, RECENT_STEP
from mlexporter.demo.history.written import History
from mlexporter.generate.options import duration_text

MONTHS_INTERVAL: Final = duration_text(PAST_STEP / 2)
"""``timeInterval`` of a data source for months: Grafana's shortest rate looks at four of them, two steps."""

DAY_INTERVAL: Final = duration_text(RECENT_STEP / 2)
"""Likewise for the last day."""

_SHOWN_ALERTS: Final = 8
_ALWAYS: Final = "MLWatchdog"


def introduction(options: HistoryOptions) -> list[str]:
    """Return what is said before the work."""
    return [
        f"A demo with a past: {options.seconds / DAY:g} days of flights of 2013, put where the last ones end now.",
        "Two pods serve them on clocks moved by hand; promtool makes blocks, and Prometheus computes what its rules",
        "would have. Ctrl-C ends it, and nothing half is left.",
    ]


def summary(history: History, folder: Path) -> list[str]:
    """Return what is in a history."""
    era = history.era
    steps = ", ".join(f"{duration_text(each.step)} from {_time(each.begins)}" for each in history.stretches)
    lines = [
        "IN IT",
        f"  time     {_time(era.begins)} to {_time(era.now)} UTC, {era.length / DAY:.1f} days, and {LEAD // 3600} h beyond;",
        f"           the flights of 2013, {era.shift / (7 * DAY):.0f} weeks later, New York's clocks as UTC",
        f"  steps    {steps}",
        f"  calls    {history.n_calls:,} of late_arrival in two pods",
        f"  series   {history.n_series:,}, {history.n_samples:,} samples, {history.n_bytes / 1e6:.0f} MB",
    ]
    for release in history.releases:
        tried = "" if release.tried is None else f"canary from {_time(release.tried)}"
        serves = "" if release.serves is None else f"serves from {_time(release.serves)}"
        lines.append(f"  version  {release.version}: {', '.join(each for each in (tried, serves) if each)}")
    lines += [f"  made     {_span(fault)}  {fault.name}" for fault in history.faults]
    if not history.faults:
        lines.append("  made     nothing: all that moves is in the data")
    lines += _alerts(history.episodes)
    lines.append(f"  folder   {folder}, written in {history.seconds:.0f} s")
    return lines


def way_to_look(folder: Path, url: str) -> list[str]:
    """Return how to look at a history: at ``url``, or by a Prometheus of one's own where that is empty."""
    start = f"prometheus --config.file={folder}/prometheus.yml --storage.tsdb.path={folder / STORAGE} {' '.join(FLAGS)}"
    where = [f"  Prometheus  {url}"] if url else [f"  start       {start}"]
    return [
        "LOOK",
        *where,
        f"  Grafana     a Prometheus data source with URL {url or 'http://127.0.0.1:9090'} and scrape interval {DAY_INTERVAL}",
        f"              for the last day, or {MONTHS_INTERVAL} for months (two data sources of one URL do both);",
        f"              then import {folder / DASHBOARDS}/*.json, on which the made faults are marked",
    ]


def _alerts(episodes: tuple[Episode, ...]) -> list[str]:
    counted = Counter(each.alert for each in episodes if each.alert != _ALWAYS)
    if not counted:
        return ["  alerts   none fired"]
    most = ", ".join(f"{name} {count}x" for name, count in counted.most_common(_SHOWN_ALERTS))
    more = len(counted) - _SHOWN_ALERTS
    return [
        f"  alerts   {sum(counted.values())} fired: {most}{f' and {more} more kinds' if more > 0 else ''}"
    ]


def _span(fault: MadeFault) -> str:
    return f"{_time(fault.begins)} to {_time(fault.ends)}"


def _time(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M}"
