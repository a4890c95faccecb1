"""G3: means that swing by half a deviation each day, with traffic that swings by three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from calibration.episodes import episodes, starts
from calibration.findings import Finding, figure
from calibration.looks import LONGEST_SECONDS, LOOK_SECONDS, WEEK_SECONDS, alarms, window_sums
from calibration.plan import Plan, generator_of
from calibration.references import KEY, names, true_shares
from calibration.rows import Numbers
from mlexporter import Profile
from mlexporter.records import Counts, Reference
from mlexporter.records.sides import SLOTS

ROWS_AN_HOUR: Final = 1_000
_SWING: Final = 0.5
_DAY: Final = 86_400.0
_HOUR: Final = 3600.0
_MONDAY: Final = 4 * _DAY
"""Of 1970; the first one that Unix time knows."""


@dataclass(frozen=True)
class Season:
    """Training weeks, then a week as clean and days with shifts.

    Attributes:
        seed: Of all chance.
        n_features: How many.
        weeks: Of training rows.
        with_seasons: False learns one profile for all hours.
        shifts: Sizes.
        hours: Of day from which each shift is there.
    """

    seed: int
    n_features: int
    weeks: int
    with_seasons: bool
    shifts: tuple[float, ...]
    hours: tuple[int, ...] = (0, 6, 12, 18)
    seconds: float = WEEK_SECONDS


def looked_at(asked: Season) -> dict[str, Any]:
    """Return the false alerts of a clean week, and the minutes until each shift is found."""
    generator = generator_of(asked.seed, "season")
    phases = generator.random(asked.n_features)
    reference = _fitted(generator, asked, phases)
    clean, sides = _served(
        generator, reference, phases, begin=_MONDAY, seconds=LONGEST_SECONDS + asked.seconds
    )
    firing = alarms(reference, clean, sides)
    flat = firing.reshape(len(firing), -1)
    found: dict[str, Any] = {
        "alerts": episodes(flat, LOOK_SECONDS, pending_seconds=0.0),
        "share": float(firing.any(axis=1).mean()),
        "slots": 0 if reference.slots is None else reference.slots.n_slots,
    }
    for size in asked.shifts:
        minutes = []
        for hour in asked.hours:
            begin = _MONDAY + LONGEST_SECONDS + hour * _HOUR
            sums, sides = _served(
                generator,
                reference,
                phases,
                begin=begin - LONGEST_SECONDS,
                seconds=2 * LONGEST_SECONDS,
                shift=size,
                shifted_from=begin,
            )
            minutes.append(_minutes(alarms(reference, sums[1:], sides[1:])))
        found[f"{size:g}"] = np.concatenate(minutes)
    return found


def _minutes(firing: np.ndarray) -> Numbers:
    begun = starts(firing, LOOK_SECONDS, pending_seconds=0.0).any(axis=1)
    first = np.where(begun.any(axis=0), begun.argmax(axis=0) + 1.0, np.inf)
    return np.asarray(first * LOOK_SECONDS / 60.0)


def _rate(times: Numbers) -> Numbers:
    """Return the traffic: three times as much at noon as at midnight, 1 on average."""
    return 1.0 - 0.5 * np.cos(2 * np.pi * times / _DAY)


def _means(times: Numbers, phases: Numbers) -> Numbers:
    return _SWING * np.sin(2 * np.pi * (times[:, None] / _DAY + phases))


def _fitted(generator: np.random.Generator, asked: Season, phases: Numbers) -> Reference:
    steps = _MONDAY + LOOK_SECONDS * np.arange(round(asked.weeks * WEEK_SECONDS / LOOK_SECONDS))
    arrivals = generator.poisson(ROWS_AN_HOUR * LOOK_SECONDS / _HOUR * _rate(steps))
    times = np.repeat(steps, arrivals) + generator.random(int(arrivals.sum())) * LOOK_SECONDS
    rows = generator.standard_normal((len(times), asked.n_features), dtype=np.float32)
    rows += _means(times, phases).astype(np.float32)
    columns: dict[str, Any] = {name: rows[:, place] for place, name in enumerate(names(asked.n_features))}
    return Profile.fit(
        {**columns, "time": np.sort(times)}, model=KEY.name, version=KEY.version, created=0.0, joint=False,
        timestamp="time", seasons=asked.with_seasons,
    ).reference  # fmt: skip


def _served(  # noqa: PLR0913 - what is served, when, and what happens to it
    generator: np.random.Generator,
    reference: Reference,
    phases: Numbers,
    *,
    begin: float,
    seconds: float,
    shift: float = 0.0,
    shifted_from: float = np.inf,
) -> tuple[Counts, Counts]:
    """Return the windows of all looks, and what is counted beside the bins: rows of slots."""
    steps = begin + LOOK_SECONDS * np.arange(round(seconds / LOOK_SECONDS))
    middles = steps + LOOK_SECONDS / 2
    means = _means(middles, phases) + np.where(steps >= shifted_from, shift, 0.0)[:, None]
    arrivals = generator.poisson(ROWS_AN_HOUR * LOOK_SECONDS / _HOUR * _rate(middles))
    counts = np.stack([
        generator.multinomial(arrivals, true_shares(_only(reference, place), means[:, place])[0])
        for place in range(len(phases))
    ], axis=1)  # fmt: skip
    sides = np.zeros((len(steps), max(part.stop for part in reference.side_places.values())), dtype=np.int64)
    slots = reference.slots
    if slots is not None:
        hours = ((steps - _MONDAY) // _HOUR).astype(int) % len(slots.seasons)
        seasons = np.asarray(slots.seasons)[hours]
        places = np.asarray(slots.table)[seasons * slots.n_segments]
        sides[np.arange(len(steps)), reference.side_places[SLOTS].start + places] = arrivals
    return window_sums(counts, LOOK_SECONDS), window_sums(sides, LOOK_SECONDS)


def _only(reference: Reference, place: int) -> Reference:
    return replace(reference, features=(reference.features[place],))


def measure(plan: Plan) -> list[Finding]:
    """G3: with slots; without them, beside it."""
    n_features, weeks, hours = (10, 2, (6,)) if plan.is_quick else (100, 3, (0, 6, 12, 18))
    seconds = WEEK_SECONDS * plan.of(1.0, 0.05)
    asked = [
        Season(plan.seed, n_features, weeks, with_seasons, (0.3, 0.5), hours, seconds)
        for with_seasons in (True, False)
    ]
    slotted, plain = plan.map("G3", looked_at, asked)
    basis = f"{seconds / WEEK_SECONDS:g} weeks of {n_features} features, threshold 0.1, no for, {weeks} training weeks"
    return [
        Finding("G3", "false alerts a week, seasonal +-0.5 sigma, slots", slotted["alerts"], "", None, 0.0,
                {}, f"{basis}, {slotted['slots']} slots"),
        *(_delay(slotted, size, limit, "slots") for size, limit in (("0.3", 120.0), ("0.5", None))),
        Finding("G3", "... the same without slots", plain["alerts"], "", basis=f"{figure(100 * plain['share'])} % of looks fire"),
        _delay(plain, "0.3", None, "no slots"),
    ]  # fmt: skip


def _delay(found: dict[str, Any], size: str, limit: float | None, how: str) -> Finding:
    minutes: Sequence[float] = found[size]
    seen = 100.0 * float(np.isfinite(minutes).mean())
    middle = float(np.median(minutes))
    what, basis = (
        f"delay, seasonal, +{size} sigma, {how}",
        f"median of {len(minutes)}, {figure(seen)} % found in a day",
    )
    if not np.isfinite(middle):
        return Finding("G3", what, absent="more than a day", basis=basis)
    return Finding("G3", what, middle, "min", None, limit, {}, basis)
