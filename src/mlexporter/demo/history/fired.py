"""Which alerts would have fired, as the series that Prometheus writes of them, and as episodes for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlexporter.demo.history.blocks import BlockMaker
from mlexporter.demo.history.past_prometheus import Answered
from mlexporter.demo.history.recorded import (
    Prometheus,
    evaluation_times,
    options_of,
    sample_lines,
    series_start,
)
from mlexporter.demo.history.rule_levels import Rule, alerting_rules
from mlexporter.demo.history.samples import END
from mlexporter.demo.history.steps import Stretch

ALERTS: Final = "ALERTS"
"""The series that Prometheus writes of alerts that fire or are pending."""

FOR_STATE: Final = "ALERTS_FOR_STATE"
"""The series that says since when, Unix seconds: when the expression began to hold."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which one alert fired, Unix seconds; ``ends`` is when it was last seen to."""

    alert: str
    labels: Mapping[str, str]
    begins: float
    ends: float


def fire(
    stretches: Sequence[Stretch],
    prometheus: Prometheus,
    maker: BlockMaker,
    folder: Path,
    tell: Callable[[int, int], None],
) -> list[Episode]:
    """Write the series of all alerts that fired as blocks, and return when they did; arguments as of ``record``."""
    total, done = sum(len(alerting_rules(options_of(each))) for each in stretches), 0
    episodes: list[Episode] = []
    with prometheus() as server:
        for number, stretch in enumerate(stretches):
            times = evaluation_times(stretch)
            by_chunk = [(chunk, evaluation_times(chunk)) for chunk in stretch.chunks()]
            fired: list[Answered] = []
            since: list[Answered] = []
            for rule in alerting_rules(options_of(stretch)):
                found = [
                    each
                    for answered in server.range(rule.expression, times)
                    for each in _fired(rule, answered, times.step)
                ]
                fired += found
                since += (_since(each, times.step, rule.hold_seconds) for each in found)
                done += 1
                tell(done, total)
            episodes += [each for answered in fired for each in episodes_of(answered, times.step)]
            for place, (chunk, own) in enumerate(by_chunk):
                path = folder / f"fired-{number}-{place:04d}.om"
                lines = [_within(ALERTS, each, own) for each in fired]
                lines += (_within(FOR_STATE, each, own) for each in since)
                path.write_bytes(b"".join(lines) + END)
                maker.add(path, chunk.block)
    maker.finish()
    return _joined(episodes, max(stretch.step for stretch in stretches))


def held(moments: Sequence[float], step: int, *, hold_seconds: float, keep_seconds: float) -> Iterator[float]:
    """Yield the evaluations at which an alert fires.

    Args:
        moments: Evaluations at which its expression held, in order.
        step: Seconds between two evaluations.
        hold_seconds: Its ``for``.
        keep_seconds: Its ``keep_firing_for``.
    """
    since = last = None
    for moment in moments:
        if last is None or moment - last > step:
            if last is not None and since is not None and last - since >= hold_seconds:
                yield from _kept(last, moment, step, keep_seconds)
            since = moment
        last = moment
        if since is not None and moment - since >= hold_seconds:
            yield moment
    if last is not None and since is not None and last - since >= hold_seconds:
        yield from _kept(last, None, step, keep_seconds)


def episodes_of(fired: Answered, step: int) -> Iterator[Episode]:
    """Yield the episodes of one series of ``ALERTS``."""
    begins: float | None = None
    moments = [moment for moment, _ in fired.samples]
    for place, moment in enumerate(moments):
        begins = moment if begins is None else begins
        if place + 1 == len(moments) or moments[place + 1] - moment > step:
            yield Episode(fired.labels["alertname"], fired.labels, begins, moment)
            begins = None


def _kept(last: float, until: float | None, step: int, keep_seconds: float) -> Iterator[float]:
    moment = last + step
    while moment - last <= keep_seconds and (until is None or moment < until):
        yield moment
        moment += step


def _fired(rule: Rule, answered: Answered, step: int) -> list[Answered]:
    moments = [moment for moment, _ in answered.samples]
    found = list(held(moments, step, hold_seconds=rule.hold_seconds, keep_seconds=rule.keep_seconds))
    if not found:
        return []
    own = {name: value for name, value in answered.labels.items() if name != "__name__"}
    labels = {**own, **rule.labels, "alertname": rule.name, "alertstate": "firing"}
    return [Answered(labels, tuple((moment, "1") for moment in found))]


def _since(fired: Answered, step: int, hold_seconds: float) -> Answered:
    """Return the series of since when, for one of ``ALERTS``: at each of its samples, when that episode began to hold."""
    labels = {name: value for name, value in fired.labels.items() if name != "alertstate"}
    begun = [
        (moment, f"{episode.begins - hold_seconds:.0f}")
        for episode in episodes_of(fired, step)
        for moment, _ in fired.samples
        if episode.begins <= moment <= episode.ends
    ]
    return Answered(labels, tuple(begun))


def _within(name: str, answered: Answered, times: range) -> bytes:
    own = tuple(sample for sample in answered.samples if times.start <= sample[0] < times.stop)
    return sample_lines(series_start(name, answered.labels), Answered(answered.labels, own))


def _joined(episodes: Sequence[Episode], step: int) -> list[Episode]:
    """Return episodes in order; one that goes on where the next stretch begins is one."""
    joined: dict[tuple[tuple[str, str], ...], list[Episode]] = {}
    for each in sorted(episodes, key=lambda episode: episode.begins):
        own = joined.setdefault(tuple(sorted(each.labels.items())), [])
        if own and each.begins - own[-1].ends <= step:
            own[-1] = Episode(each.alert, each.labels, own[-1].begins, each.ends)
        else:
            own.append(each)
    return sorted(
        (each for own in joined.values() for each in own), key=lambda each: (each.begins, each.alert)
    )
