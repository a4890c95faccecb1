"""G7: one value of 1e4 among 2,000 rows that moved by 0.8 deviations."""

from __future__ import annotations

from typing import Final

import numpy as np

from calibration.findings import Finding, figure
from calibration.looks import SHIPPED, window_of
from calibration.peers import EVIDENTLY, NANNYML, Question, ask
from calibration.plan import Plan, generator_of
from calibration.references import KEY, TRAINING_ROWS, normal_reference
from calibration.rows import Numbers
from mlexporter.catalogue import FEATURE_DRIFT
from mlexporter.records import Reference
from mlexporter.state.matrix import MatrixBinner
from mlexporter.statistics.evaluate import evaluate

_OUTLIER: Final = 1e4
_RELATIVE: Final = (
    "population_stability_index", "jensen_shannon_distance", "hellinger_distance", "total_variation",
    "kolmogorov_smirnov_statistic", "wasserstein_distance", "effect",
)  # fmt: skip
_ABSOLUTE: Final = ("location", "spread")


def changes(seed: int) -> dict[str, float]:
    """Return by how much each measure changes: relative, but for the signed ones."""
    generator = generator_of(seed, "outlier")
    reference = normal_reference(generator, 1)
    rows = generator.standard_normal(2_000) + 0.8
    before, after = (measured(reference, one) for one in (rows, np.append(rows, _OUTLIER)))
    relative = {name: abs(after[name] / before[name] - 1.0) for name in _RELATIVE}
    return relative | {name: abs(after[name] - before[name]) for name in _ABSOLUTE}


def measured(reference: Reference, rows: Numbers) -> dict[str, float]:
    """Return every measure of one feature, by the name of its statistic; rows are counted by what serves."""
    distribution = reference.features[0].distribution
    cells, _ = MatrixBinner([distribution]).count(rows[:, None])
    window = window_of(reference, "1h", cells[None, : distribution.n_shape_bins])
    report = evaluate(
        reference, [window], key=KEY, evaluated_timestamp=0.0,
        required_observations=SHIPPED.required_observations, measures="all",
    )  # fmt: skip
    scores = report.windows[0].features.scores
    return {
        metric.statistic: float(scores[metric.name][0]) for metric in FEATURE_DRIFT if metric.name in scores
    }


def measure(plan: Plan) -> list[Finding]:
    """G7: the largest change of any measure, over three seeds."""
    found = [changes(seed) for seed in range(plan.seed, plan.seed + 3)]
    relative = {name: max(one[name] for one in found) for name in _RELATIVE}
    absolute = {name: max(one[name] for one in found) for name in _ABSOLUTE}
    peers = {}
    for peer, what in ((EVIDENTLY, "PSI"), (NANNYML, "JS")) if plan.with_peers else ():
        answer = ask(Question(peer, "outlier", {"seed": plan.seed, "training_rows": TRAINING_ROWS}))
        said = answer.get("absent") or f"{figure(answer['before'])} -> {figure(answer['after'])}"
        peers[f"{peer} {what}"] = str(said)
    worst = max(relative, key=lambda name: relative[name])
    return [
        Finding("G7", "one outlier, largest relative change of a measure", 100.0 * relative[worst], "%", None, 1.0,
                peers, f"{worst}; 2,000 rows at +0.8 sigma, three draws"),
        Finding("G7", "one outlier, change of location and spread", max(absolute.values()), "", None, 0.01),
    ]  # fmt: skip
