"""G1: alerts about features that are well, in a week of looks at a hundred of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from calibration.episodes import PENDING_SECONDS, episodes
from calibration.findings import Finding, figure
from calibration.looks import (
    LONGEST_SECONDS,
    LOOK_SECONDS,
    SHIPPED,
    WEEK_SECONDS,
    WINDOWS,
    severities,
    window_sums,
    windows_of,
)
from calibration.one_feature import fires
from calibration.peers_alarms import alarms_of_peers
from calibration.plan import Plan, generator_of, mean
from calibration.references import ANY_DRIFT, normal_reference, true_shares
from mlexporter.records import Counts

N_FEATURES: Final = 100
ROWS_AN_HOUR: Final = (100, 200, 1_000, 10_000)
_DRAWN_ONE_BY_ONE: Final = 2_000
"""Rows an hour up to which drawing each row is faster than drawing the counts of each step."""


@dataclass(frozen=True)
class Week:
    """A week to be looked at: rows an hour, seconds between looks, which week it is, and of what seed."""

    rows_an_hour: int
    number: int
    seed: int
    step_seconds: float = SHIPPED.evaluation_interval
    n_features: int = N_FEATURES
    seconds: float = WEEK_SECONDS


@dataclass(frozen=True)
class Alerts:
    """Alerts of a week, without and with ``for: 15m``; ``sparse``: were there a look each 5 minutes only."""

    at_once: int
    pending: int
    sparse: int
    sparse_pending: int


def week(asked: Week) -> Alerts:
    """Count the alerts of one week, all of them false, at the threshold 0."""
    generator = generator_of(asked.seed, "week", asked.rows_an_hour, asked.number)
    reference = normal_reference(generator, asked.n_features, threshold=ANY_DRIFT)
    shares = true_shares(reference)
    n_steps = round((LONGEST_SECONDS + asked.seconds) / asked.step_seconds)
    arrivals = generator.poisson(asked.rows_an_hour * asked.step_seconds / 3600.0, n_steps)
    every = round(LOOK_SECONDS / asked.step_seconds)
    found = np.zeros(4, dtype=np.int64)
    for feature, share in zip(reference.features, shares, strict=True):
        sums = window_sums(drawn(generator, arrivals, share), asked.step_seconds)
        rows = sums.reshape(-1, sums.shape[-1])
        firing = fires(feature, rows, n_features=asked.n_features, n_windows=len(WINDOWS)).reshape(
            sums.shape[:2]
        )
        if firing.any():
            found += [
                episodes(seen, step, pending_seconds=pending)
                for seen, step in ((firing, asked.step_seconds), (firing[::every], LOOK_SECONDS))
                for pending in (0.0, PENDING_SECONDS)
            ]
    return Alerts(*found.tolist())


def agree(seed: int, n_features: int = N_FEATURES) -> None:
    """Make sure that ``fires`` says what ``evaluate`` says, on features that have moved by 0 to 0.4 deviations.

    Raises:
        RuntimeError: it does not.
    """
    generator = generator_of(seed, "agreement")
    reference = normal_reference(generator, n_features, threshold=ANY_DRIFT)
    shares = true_shares(reference, np.linspace(0.0, 0.4, 8))
    for rows in ROWS_AN_HOUR:
        for look in range(shares.shape[1]):
            totals = [rows * round(seconds / 3600.0) for seconds in WINDOWS.values()]
            cells = np.stack([generator.multinomial(total, shares[:, look]) for total in totals])
            evaluated = severities(reference, windows_of(reference, cells)) > 1
            found = [
                fires(feature, cells[:, place], n_features=n_features, n_windows=len(WINDOWS))
                for place, feature in enumerate(reference.features)
            ]
            if not np.array_equal(evaluated, np.stack(found, axis=1)):
                raise RuntimeError("evaluate() and the statistics of one feature disagree")


def drawn(generator: np.random.Generator, arrivals: Counts, shares: npt.NDArray[np.float64]) -> Counts:
    """Return counts of each step, shape (n_steps, n_bins): ``arrivals`` rows with the same shares."""
    n_steps, n_bins = len(arrivals), len(shares)
    if arrivals.mean() * n_steps > _DRAWN_ONE_BY_ONE * (WEEK_SECONDS + LONGEST_SECONDS) / 3600.0:
        return generator.multinomial(arrivals, shares)
    bins = np.searchsorted(np.cumsum(shares)[:-1], generator.random(int(arrivals.sum())), side="right")
    steps = np.repeat(np.arange(n_steps), arrivals)
    return np.bincount(steps * n_bins + bins, minlength=n_steps * n_bins).reshape(n_steps, n_bins)


def measure(plan: Plan) -> list[Finding]:
    """G1: independent rows, every number of rows an hour, at the shipped cadence and each 5 minutes."""
    agree(plan.seed)
    seconds = WEEK_SECONDS * plan.of(1.0, 0.1)
    weeks = [
        Week(rows, number, plan.seed, n_features=plan.of(N_FEATURES, 20), seconds=seconds)
        for rows in sorted(ROWS_AN_HOUR, reverse=True)
        for number in range(plan.of(14, 1))
    ]
    found = dict(zip(weeks, plan.map("G1", week, weeks), strict=True))
    peers = alarms_of_peers(plan, "iid", ROWS_AN_HOUR[1:])
    return [
        finding
        for rows in ROWS_AN_HOUR
        for finding in _of(
            rows,
            [alerts for one, alerts in found.items() if one.rows_an_hour == rows],
            (seconds / WEEK_SECONDS, weeks[0].n_features),
            peers.get(rows, {}),
        )
    ]


def _of(
    rows: int, alerts: Sequence[Alerts], amount: tuple[float, int], peers: Mapping[str, str]
) -> list[Finding]:
    weeks, n_features = amount
    where = f"false alerts a week, n = {rows:,}/h"
    sparse = [mean([getattr(one, name) for one in alerts]) / weeks for name in ("sparse", "sparse_pending")]
    basis = (
        f"{len(alerts) * weeks:g} weeks of {n_features} features, threshold 0, a look each "
        f"{SHIPPED.evaluation_interval:g} s; a look each 5 min: "
    )
    return [
        Finding("G1", f"{where}{how}", mean([getattr(one, name) for one in alerts]) / weeks, "", None, limit,
                said, basis + figure(other))
        for how, name, limit, said, other in (
            (", no for", "at_once", 1.0, peers, sparse[0]),
            (", for: 15m", "pending", 0.1, {}, sparse[1]),
        )
    ]  # fmt: skip
