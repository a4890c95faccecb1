"""G2: rows that come five times each, and a mean that wobbles: noise that is learned from a good week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from calibration.episodes import PENDING_SECONDS, episodes
from calibration.findings import Finding, figure
from calibration.looks import (
    LONGEST_SECONDS,
    LOOK_SECONDS,
    SHIPPED,
    WEEK_SECONDS,
    WINDOWS,
    alarms,
    window_of,
    window_sums,
)
from calibration.peers_alarms import alarms_of_peers
from calibration.plan import Plan, generator_of, mean
from calibration.references import normal_reference, true_shares
from calibration.rows import REPEATS
from mlexporter.records import ComponentNoise, Counts, Reference
from mlexporter.statistics.learned_noise import learn_noise

ROWS_AN_HOUR: Final = (200, 1_000, 10_000)
N_FEATURES: Final = 100
_WOBBLE: Final = 0.05
_RELAXATION_SECONDS: Final = 4 * 3600.0
"""How long the wandering part of a wobble remembers."""


@dataclass(frozen=True)
class Week:
    """A week to be looked at each five minutes, at the default threshold, after one to learn from."""

    world: str
    rows_an_hour: int
    number: int
    seed: int
    n_features: int = N_FEATURES
    seconds: float = WEEK_SECONDS
    learns: bool = True


def alerts(asked: Week) -> tuple[int, int, float]:
    """Return the alerts of a week without and with ``for``, and the share of looks at features that fire."""
    generator = generator_of(asked.seed, asked.world, asked.rows_an_hour, asked.number)
    reference = normal_reference(generator, asked.n_features)
    steps = counts_of(generator, reference, asked.world, asked.rows_an_hour, WEEK_SECONDS + asked.seconds)
    n_learned = round(WEEK_SECONDS / LOOK_SECONDS)
    if asked.learns:
        reference = with_noise(reference, steps[:n_learned])
    served = steps[n_learned - round(LONGEST_SECONDS / LOOK_SECONDS) :]
    firing = alarms(reference, window_sums(served, LOOK_SECONDS))
    flat = firing.reshape(len(firing), -1)
    found = (episodes(flat, LOOK_SECONDS, pending_seconds=pending) for pending in (0.0, PENDING_SECONDS))
    return next(found), next(found), float(firing.any(axis=1).mean())


def counts_of(
    generator: np.random.Generator, reference: Reference, world: str, rows_an_hour: int, seconds: float
) -> Counts:
    """Return counts of steps of five minutes, shape (n_steps, n_features, n_bins).

    Args:
        generator: Of chance.
        reference: Normal features.
        world: ``repeats``: every row comes five times. ``wobble``: the mean wanders with a deviation of 0.05
            sigma and a memory of four hours, and swings by as much each day.
        rows_an_hour: On average.
        seconds: How long.
    """
    n_steps = round(seconds / LOOK_SECONDS)
    repeats = REPEATS if world == "repeats" else 1
    arrivals = generator.poisson(rows_an_hour * LOOK_SECONDS / 3600.0 / repeats, n_steps)
    n_features = len(reference.features)
    means = _wobble(generator, n_steps, n_features) if world == "wobble" else np.zeros((n_features, 1))
    found = [
        repeats
        * generator.multinomial(arrivals, true_shares(replace(reference, features=(feature,)), mean_of)[0])
        for feature, mean_of in zip(reference.features, means, strict=True)
    ]
    return np.stack(found, axis=1)


def _wobble(generator: np.random.Generator, n_steps: int, n_features: int) -> np.ndarray:
    kept = np.exp(-LOOK_SECONDS / _RELAXATION_SECONDS)
    pushes = generator.standard_normal((n_steps, n_features)) * _WOBBLE * np.sqrt(1 - kept**2)
    wandering = np.empty((n_steps, n_features))
    state = generator.standard_normal(n_features) * _WOBBLE
    for step in range(n_steps):
        state = kept * state + pushes[step]
        wandering[step] = state
    days = np.arange(n_steps)[:, None] * LOOK_SECONDS / 86_400.0 + generator.random(n_features)
    return (wandering + _WOBBLE * np.sin(2 * np.pi * days)).T


def with_noise(reference: Reference, steps: Counts) -> Reference:
    """Return ``reference`` with the noise that blocks of each window's length show, where they are enough."""
    learned: list[dict[str, ComponentNoise]] = [{} for _ in reference.features]
    for name, seconds in WINDOWS.items():
        length = round(seconds / LOOK_SECONDS)
        blocks = steps[: len(steps) // length * length].reshape(-1, length, *steps.shape[1:]).sum(axis=1)
        noise = learn_noise(
            reference, (window_of(reference, name, block) for block in blocks),
            required_observations=SHIPPED.required_observations, are_in_reference=False,
        )  # fmt: skip
        for place, found in noise.features.items():
            learned[place][name] = found
    features = [replace(one, noise=noise) for one, noise in zip(reference.features, learned, strict=True)]
    return replace(reference, features=tuple(features))


def measure(plan: Plan) -> list[Finding]:
    """G2: repeated rows with learned noise; without it, and the wobble, beside it."""
    seconds = WEEK_SECONDS * plan.of(1.0, 0.02)
    kinds = (("repeats", True, plan.of(3, 1)), ("repeats", False, 1), ("wobble", True, 1))
    weeks = [
        Week(world, rows, number, plan.seed, plan.of(N_FEATURES, 20), seconds, learns)
        for world, learns, n_weeks in kinds
        for rows in ROWS_AN_HOUR
        for number in range(n_weeks)
    ]
    found = dict(zip(weeks, plan.map("G2", alerts, weeks), strict=True))
    peers = alarms_of_peers(plan, "repeats", ROWS_AN_HOUR)
    return [
        _of(world, rows, [
            said for one, said in found.items() if (one.world, one.learns, one.rows_an_hour) == (world, learns, rows)
        ], seconds / WEEK_SECONDS, peers.get(rows, {}) if learns and world == "repeats" else {}, learns=learns)
        for world, learns, _ in kinds
        for rows in ROWS_AN_HOUR
    ]  # fmt: skip


def _of(
    world: str, rows: int, found: Sequence[tuple[int, int, float]], weeks: float, peers: Mapping[str, str],
    *, learns: bool,
) -> Finding:  # fmt: skip
    at_once, pending, share = (mean([one[place] for one in found]) for place in range(3))
    what = {"repeats": "rows x5", "wobble": "wobbling mean"}[world]
    how = "learned noise" if learns else "no learned noise"
    return Finding(
        "G2", f"false alerts a week, {what}, n = {rows:,}/h, {how}", at_once / weeks, "", None,
        10.0 if learns and world == "repeats" else None, peers,
        f"{len(found) * weeks:g} weeks, threshold 0.1, no for, a look each 5 min; "
        f"with for: 15m {figure(pending / weeks)}; {figure(100 * share)} % of looks at features fire",
    )  # fmt: skip
