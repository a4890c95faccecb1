"""G4: how often the bound is above 0 where nothing has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from calibration.findings import Finding
from calibration.one_feature import may_fire
from calibration.plan import Plan, generator_of
from calibration.references import normal_reference, training_counts, true_shares
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.effect_lower_bound import effect_lower_bound

ROWS: Final = (100, 200, 500, 1_000, 10_000)
SCALES: Final = ("normal", "lognormal")
_USUAL, _RARE = 1e-2, 1e-5
_FEATURES_OF_A_PIECE: Final = 500
_PART: Final = 20_000


@dataclass(frozen=True)
class Draws:
    """Windows of one size: how many of each of 500 features, each with a profile of its own."""

    n_rows: int
    scale: str
    level: float
    n_draws: int
    number: int
    seed: int


def rejections(asked: Draws) -> int:
    """Return in how many windows the bound is above 0 at the level asked for."""
    generator = generator_of(asked.seed, "size", asked.n_rows, asked.scale, asked.level, asked.number)
    reference = normal_reference(generator, _FEATURES_OF_A_PIECE, scale=asked.scale)
    # An exponential keeps ranks: the edges are brought back, the counts are those of the profile.
    shares = true_shares(reference, scale=asked.scale)
    found = 0
    for training, share in zip(training_counts(reference), shares, strict=True):
        for start in range(0, asked.n_draws, _PART):
            rows = generator.multinomial(asked.n_rows, share, min(_PART, asked.n_draws - start))
            found += significant(training[None], rows, asked.level)
    return found


def significant(training: np.ndarray, rows: np.ndarray, level: float) -> int:
    """Return how many of ``rows``, shape (n, n_bins), have a bound above 0."""
    places = np.flatnonzero(may_fire(training, rows, level))
    if not places.size:
        return 0
    comparison = Comparison(
        rows[places], np.repeat(training, places.size, axis=0), is_ordered=True, false_alarm_probability=level
    )
    return int((effect_lower_bound(comparison) > 0).sum())


def measure(plan: Plan) -> list[Finding]:
    """G4: nominal 1 % and 1e-5, five sizes of windows, two scales."""
    draws = [
        Draws(rows, scale, level, n_draws, number, plan.seed)
        for level, n_draws, pieces in (
            (_USUAL, plan.of(60, 10), 2),
            (_RARE, plan.of(1_000, 100), plan.of(4, 1)),
        )
        for rows in ROWS
        for scale in SCALES
        for number in range(pieces)
    ]
    found = list(zip(draws, plan.map("G4", rejections, draws), strict=True))
    return [_of(level, rows, found) for level in (_USUAL, _RARE) for rows in ROWS]


def _of(level: float, rows: int, found: Sequence[tuple[Draws, int]]) -> Finding:
    chosen = [(one, count) for one, count in found if (one.level, one.n_rows) == (level, rows)]
    total = sum(one.n_draws * _FEATURES_OF_A_PIECE for one, _ in chosen)
    by_scale = {
        scale: sum(count for one, count in chosen if one.scale == scale) / (total / len(SCALES))
        for scale in SCALES
    }
    said = ", ".join(f"{scale} {size:.2g}" for scale, size in by_scale.items())
    worst = max(by_scale.values(), key=lambda size: abs(size - level))
    basis = f"{total:,} windows, {said}"
    if level == _USUAL:
        return Finding("G4", f"size at nominal 1 %, n = {rows:,}", worst, "", 0.005, 0.015, basis=basis)
    # Both scales together: an exponential keeps ranks, and a hundred thousand windows give one alarm.
    pooled = sum(count for _, count in chosen) / total
    return Finding("G4", f"size at nominal 1e-5, n = {rows:,}", pooled / level, "x", None, 5.0, basis=basis)
