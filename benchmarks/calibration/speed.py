"""G14: how long an evaluation takes."""

from __future__ import annotations

import statistics
import time
from typing import Final

import numpy as np

from calibration.findings import Finding, figure
from calibration.looks import WINDOWS, severities, windows_of
from calibration.peers import EVIDENTLY, Question, ask
from calibration.plan import Plan, generator_of
from calibration.references import TRAINING_ROWS, normal_reference, true_shares

_FEATURES: Final = 500
_ROWS_AN_HOUR: Final = 1_000


def milliseconds(seed: int, repetitions: int, n_features: int = _FEATURES) -> float:
    """Return the median processor time of ``evaluate`` with the shipped measures, three windows, mild drift."""
    generator = generator_of(seed, "speed")
    reference = normal_reference(generator, n_features)
    shares = true_shares(reference, 0.2)
    totals = [_ROWS_AN_HOUR * round(seconds / 3600.0) for seconds in WINDOWS.values()]
    cells = np.stack([generator.multinomial(total, shares) for total in totals])
    windows = windows_of(reference, cells)
    severities(reference, windows)
    times = []
    for _ in range(repetitions):
        started = time.process_time()
        severities(reference, windows)
        times.append(time.process_time() - started)
    return 1e3 * statistics.median(times)


def measure(plan: Plan) -> list[Finding]:
    """G14: 500 features in three windows, and evidently's report for each feature beside it."""
    ours = milliseconds(plan.seed, plan.of(31, 7))
    peers = {}
    if plan.with_peers:
        told = {
            "seed": plan.seed,
            "training_rows": TRAINING_ROWS,
            "features": plan.of(100, 10),
            "rows_an_hour": 1_000,
        }
        answer = ask(Question(EVIDENTLY, "seconds", told))
        own = ours / (_FEATURES * len(WINDOWS))
        said = answer.get("absent") or (
            f"{figure(1e3 * answer['seconds'])} ms a feature and window, "
            f"{figure(round(1e3 * answer['seconds'] / own))} times ours"
        )
        peers = {EVIDENTLY: str(said)}
    basis = "median processor time, 18 bins, shipped measures"
    return [Finding("G14", "500 features x 3 windows evaluated", ours, "ms", None, 100.0, peers, basis)]
