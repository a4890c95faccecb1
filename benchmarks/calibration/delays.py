"""G6: how many minutes until a change is alerted on, at 1,000 rows an hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from calibration.episodes import PENDING_SECONDS, starts
from calibration.findings import Finding, figure
from calibration.looks import LONGEST_SECONDS, LOOK_SECONDS, WINDOWS, severities, windows_of
from calibration.peers import ALIBI_DETECT, Question, ask
from calibration.plan import Plan, generator_of
from calibration.references import ANY_DRIFT, TRAINING_ROWS, normal_reference, training_counts, true_shares
from calibration.rows import Numbers, changed
from mlexporter.state.matrix import MatrixBinner

ROWS_AN_HOUR: Final = 1_000
_LOOKS: Final = 288
_SLACK_MINUTES: Final = LOOK_SECONDS / 60.0
_FEATURES: Final = 100
_DAY_MINUTES: Final = 1_440.0


@dataclass(frozen=True)
class Case:
    """A change, the threshold of the rule, whether with ``for: 15m``, and the median minutes asked.

    Delays near the limit of what a window can see are spread widely: their median needs more runs.
    """

    what: str
    shape: str
    size: float
    threshold: float
    pending_seconds: float
    minutes: float
    n_runs: int = 1


CASES: Final = (
    Case("+0.3 sigma", "mean", 0.3, 0.1, PENDING_SECONDS, 75),
    Case("+0.5 sigma", "mean", 0.5, 0.1, PENDING_SECONDS, 50),
    Case("scale x 1.5", "scale", 0.5, 0.1, PENDING_SECONDS, 40),
    Case("10 % contamination", "tail", 0.1, 0.1, PENDING_SECONDS, 50),
    Case("+0.3 sigma", "mean", 0.3, ANY_DRIFT, 0.0, 45),
    Case("scale x 1.5", "scale", 0.5, ANY_DRIFT, 0.0, 25),
    Case("10 % contamination", "tail", 0.1, ANY_DRIFT, 0.0, 35),
    Case("+0.1 sigma", "mean", 0.1, ANY_DRIFT, 0.0, 300, n_runs=8),
)


@dataclass(frozen=True)
class Run:
    """One case, of one seed, with as many features as repeats, all of which change at once."""

    case: Case
    seed: int
    n_features: int = _FEATURES
    number: int = 0


def delays(asked: Run, n_looks: int = _LOOKS) -> Numbers:
    """Return the minutes until each feature alerts, shape (n_features,); infinite after the last look."""
    case = asked.case
    generator = generator_of(asked.seed, "delay", case, asked.number)
    reference = normal_reference(generator, asked.n_features, threshold=case.threshold)
    binner = MatrixBinner([feature.distribution for feature in reference.features])
    n_before, n_bins = round(LONGEST_SECONDS / LOOK_SECONDS), training_counts(reference).shape[1]
    steps = np.zeros((n_before + n_looks, asked.n_features, n_bins), dtype=np.int64)
    a_step = ROWS_AN_HOUR * LOOK_SECONDS / 3600.0
    arrivals = generator.poisson(a_step, n_before)
    for place, shares in enumerate(true_shares(reference)):
        steps[:n_before, place] = generator.multinomial(arrivals, shares)
    lengths = [round(seconds / LOOK_SECONDS) for seconds in WINDOWS.values()]
    firing = np.zeros((n_looks, len(lengths), asked.n_features), dtype=np.bool_)
    for look in range(n_looks):
        now = n_before + look
        rows = changed(generator, case.shape, (generator.poisson(a_step), asked.n_features), case.size)
        steps[now] = binner.count(rows)[0].reshape(asked.n_features, -1)[:, :n_bins]
        cells = np.stack([steps[now + 1 - length : now + 1].sum(axis=0) for length in lengths])
        firing[look] = severities(reference, windows_of(reference, cells)) > 1
    begun = starts(firing, LOOK_SECONDS, pending_seconds=case.pending_seconds).any(axis=1)
    first = np.where(begun.any(axis=0), begun.argmax(axis=0) + 1.0, np.inf)
    return np.asarray(first * LOOK_SECONDS / 60.0)


def measure(plan: Plan) -> list[Finding]:
    """G6: medians of 100 features or more, with one look of slack."""
    runs = [
        Run(case, plan.seed, plan.of(_FEATURES, 30), number)
        for case in CASES
        for number in range(plan.of(case.n_runs, 1))
    ]
    minutes: dict[Case, list[Numbers]] = {case: [] for case in CASES}
    for run, found in zip(runs, plan.map("G6", delays, runs), strict=True):
        minutes[run.case].append(found)
    return [
        _of(case, np.concatenate(minutes[case]), said) for case, said in zip(CASES, _peers(plan), strict=True)
    ]


def _of(case: Case, minutes: Numbers, peers: Mapping[str, str]) -> Finding:
    rule = "threshold 0, no for" if case.threshold == ANY_DRIFT else "default rule, for: 15m"
    seen = 100.0 * float(np.isfinite(minutes).mean())
    return Finding(
        "G6", f"delay, {case.what}, {rule}", min(float(np.median(minutes)), _DAY_MINUTES), "min", None, case.minutes + _SLACK_MINUTES,
        peers, f"median of {len(minutes)} features, {figure(seen)} % of them found in a day",
    )  # fmt: skip


def _peers(plan: Plan) -> Sequence[Mapping[str, str]]:
    if not plan.with_peers:
        return [{} for _ in CASES]
    told: dict[str, Any] = {
        "training_rows": TRAINING_ROWS, "features": 40, "rows_an_hour": ROWS_AN_HOUR, "seed": plan.seed,
        "looks": plan.of(96, 12), "seconds": plan.of(15, 3),
        "changes": {f"{case.what}": (case.shape, case.size) for case in CASES},
    }  # fmt: skip
    answer = ask(Question(ALIBI_DETECT, "delays", told))
    if "absent" in answer:
        return [{ALIBI_DETECT: str(answer["absent"])} for _ in CASES]
    return [{f"{ALIBI_DETECT} p < 1e-6, no for": _median(answer[case.what])} for case in CASES]


def _median(minutes: Sequence[float]) -> str:
    known = np.array([value if value > 0 else np.inf for value in minutes])
    middle = float(np.median(known))
    share = 100.0 * float(np.isfinite(known).mean())
    return f"{figure(middle)} min" if np.isfinite(middle) else f"{figure(share)} % found"
