"""G11: which feature's drift matters."""

from __future__ import annotations

from typing import Final

import numpy as np

from calibration.findings import Finding, figure
from calibration.plan import Plan
from calibration.ranking_world import TRIALS, WAYS, Ranking, ranking

_FIRST, _CORRELATION = 0.9, 0.85
_TRIALS_OF_A_PIECE: Final = 3


def measure(plan: Plan) -> list[Finding]:
    """G11: by what ships, by its fallback, and by PSI."""
    # A seed of its own for each piece: trials of one seed are numbered from 0.
    seeds = [1_000 * plan.seed + number for number in range(plan.of(TRIALS // _TRIALS_OF_A_PIECE, 1))]
    n_trials = plan.of(_TRIALS_OF_A_PIECE, 1)
    pieces = plan.map("G11", _piece, [(seed, n_trials) for seed in seeds])
    means = {way: np.mean([piece[way] for piece in pieces], axis=0) for way in WAYS}
    others = WAYS[1:]
    basis = f"{len(seeds) * n_trials} trials, 8 of 30 features drift"
    own = means[WAYS[0]]
    return [
        Finding("G11", "ranking, the one that matters most is first", float(own[0]), "", _FIRST, None,
                {way: figure(float(means[way][0])) for way in others}, basis),
        Finding("G11", "ranking, rank correlation with the truth", float(own[2]), "", _CORRELATION, None,
                {way: figure(float(means[way][2])) for way in others}, basis),
    ]  # fmt: skip


def _piece(asked: tuple[int, int]) -> dict[str, tuple[float, float, float]]:
    def marks(found: Ranking) -> tuple[float, float, float]:
        return found.first, found.among_three, found.correlation

    return {way: marks(found) for way, found in ranking(*asked).items()}
