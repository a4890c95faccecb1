"""The end of a run in words: what drifted when, which alert told of it after how long, and where to look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlexporter.demo.drift_log import DriftLog, Episode
from mlexporter.demo.features import FEATURES
from mlexporter.demo.replay import Moment, Progress, new_york_text
from mlexporter.demo.story import KNOWN_CAUSES, Cause, Story, Told


@dataclass(frozen=True, slots=True)
class Ending:
    """What there is to say about a run.

    Attributes:
        story: Notifications and faults.
        drift: Episodes of drift.
        progress: What was sent.
        moment: When the run ended.
        begins: Time of the first flights served, Unix seconds.
        has_alerts: False where no Prometheus and Alertmanager were there to notify anybody.
    """

    story: Story
    drift: DriftLog
    progress: Progress
    moment: Moment
    begins: float
    has_alerts: bool


def summary(ending: Ending) -> list[str]:
    """Return the lines of the summary."""
    progress, moment = ending.progress, ending.moment
    rate = progress.row_count / max(moment.seconds, 1e-3)
    lines = [
        "SUMMARY",
        f"  served  {progress.row_count:,} of {progress.total_count:,} flights, {new_york_text(ending.begins)} to {moment.text}",
        f"          in {moment.seconds:.0f} s, {rate:.0f} a second, at worst {progress.worst_behind_seconds:.2f} s late",
        *_made(ending),
        *_real(ending),
        *_shown_only(ending.drift),
    ]
    if not ending.has_alerts:
        lines.append(
            "  no notifications: Prometheus and Alertmanager were not there; the page shows the same drift"
        )
    return lines


def _made(ending: Ending) -> list[str]:
    story = ending.story
    if not story.schedule.faults:
        return ["  made    nothing: no fault was asked for"]
    if story.fault_began is None:
        return [f"  made    {story.schedule.words} was to come and the run ended before it"]
    until = story.fault_ended.text if story.fault_ended else "the end of the run"
    lines = [f"  made    {story.schedule.words}, {story.fault_began.text} to {until}"]
    for fault in story.schedule.faults:
        lines += [
            f"          severity of {fault.feature} above 1 after "
            f"{episode.began.seconds - story.fault_began.seconds:.1f} s, at most {episode.peak:.1f}"
            for episode in _first(ending, fault.feature, Cause.MADE)
        ]
    return lines + _notified(ending, Cause.MADE)


def _real(ending: Ending) -> list[str]:
    subjects = dict.fromkeys(episode.subject for episode in ending.drift.episodes if episode.is_alerting)
    lines = [_moved(episode) for subject in subjects for episode in _first(ending, subject, Cause.REAL)]
    lines = lines or ["  real    nothing moved beyond its threshold in the days served"]
    return lines + _notified(ending, Cause.REAL) + _notified(ending, Cause.UNCLEAR)


def _moved(episode: Episode) -> str:
    known = KNOWN_CAUSES.get(episode.subject)
    return (
        f"  real    {episode.subject}: above 1 from {episode.began.text} on ({episode.began.seconds:.1f} s into the "
        f"replay), at most {episode.peak:.1f}. Nobody touched it" + (f": {known}" if known else "")
    )


def _first(ending: Ending, subject: str, cause: Cause) -> list[Episode]:
    episodes = ending.drift.of(subject)
    return [episode for episode in episodes if ending.story.cause(subject, episode.began) is cause][:1]


def _notified(ending: Ending, cause: Cause) -> list[str]:
    """Return one line for the first firing and the last resolved notification of each alert."""
    told = [entry for entry in ending.story.told if entry.cause is cause]
    return [f"          {_about(ending, entry)}" for entry in _telling(told)]


def _about(ending: Ending, entry: Told) -> str:
    return " ".join(ending.story.words(entry).split())


def _telling(told: list[Told]) -> Iterable[Told]:
    by_alert: dict[tuple[str, str], list[Told]] = {}
    for entry in told:
        by_alert.setdefault((entry.notification.alert, entry.subject), []).append(entry)
    for entries in by_alert.values():
        yield entries[0]
        if len(entries) > 1 and not entries[-1].notification.is_firing:
            yield entries[-1]


def _shown_only(drift: DriftLog) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for feature in FEATURES:
        if feature.shown_only and drift.of(feature.name):
            reasons.setdefault(feature.shown_only, []).append(feature.name)
    return [
        f"  shown   {', '.join(names)}: above 1 too, and not alerted on. {reason[0].upper()}{reason[1:]}"
        for reason, names in reasons.items()
    ]
