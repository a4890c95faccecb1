"""G5: how often seven changes are found at 1 %, on features with normal and with lognormal rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from calibration.findings import Finding, figure
from calibration.peers import ALIBI_DETECT, EVIDENTLY, NANNYML, Question, ask
from calibration.plan import Plan, generator_of, mean
from calibration.references import TRAINING_ROWS, normal_reference, training_counts
from calibration.rows import SIZES, changed, on_scale, size_of
from mlexporter.state.matrix import MatrixBinner
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.effect_lower_bound import effect_lower_bound

LEVEL: Final = 0.01
ROWS: Final = (1_000, 200)
SCALES: Final = ("normal", "lognormal")
_FEATURES: Final = 100
_ASKED: Final = {1_000: 0.80, 200: 0.58}
_WORST_ASKED: Final = 0.5
_PEERS: Final = (EVIDENTLY, NANNYML, ALIBI_DETECT)


@dataclass(frozen=True)
class Samples:
    """Samples of one change: how many of each of the features, each with a profile of its own."""

    shape: str
    n_rows: int
    scale: str
    n_draws: int
    seed: int
    n_features: int = _FEATURES


def power(asked: Samples) -> float:
    """Return the share of samples whose bound is above 0 at the nominal level, rows counted by what serves."""
    generator = generator_of(asked.seed, "power", asked.shape, asked.n_rows, asked.scale)
    reference = normal_reference(generator, asked.n_features, scale=asked.scale)
    binner = MatrixBinner([feature.distribution for feature in reference.features])
    size = size_of(asked.shape, asked.n_rows, TRAINING_ROWS) if asked.shape else 0.0
    training = training_counts(reference)
    found = 0
    for _ in range(asked.n_draws):
        rows = changed(generator, asked.shape, (asked.n_rows, asked.n_features), size)
        cells, _ = binner.count(on_scale(rows, asked.scale))
        counts = cells.reshape(asked.n_features, -1)[:, : training.shape[1]]
        comparison = Comparison(counts, training, is_ordered=True, false_alarm_probability=LEVEL)
        found += int((effect_lower_bound(comparison) > 0).sum())
    return found / (asked.n_draws * asked.n_features)


def measure(plan: Plan) -> list[Finding]:
    """G5: ours at the nominal level; the peers' statistics at a level that is exactly 1 %, by simulation."""
    samples = [
        Samples(shape, n_rows, scale, plan.of(20, 1), plan.seed)
        for n_rows in ROWS
        for scale in SCALES
        for shape in SIZES
    ]
    told = {"training_rows": TRAINING_ROWS, "features": 20, "clean": 500, "draws": 100}
    questions = [
        Question(peer, "power", {**told, "rows": n_rows, "scale": scale, "seed": plan.seed})
        for n_rows in ROWS
        for scale in SCALES
        for peer in (_PEERS if plan.with_peers else ())
    ]
    found = dict(zip(samples, plan.map("G5", power, samples), strict=True))
    answers = plan.map("peers, G5", ask, questions)
    findings = []
    for n_rows in ROWS:
        for scale in SCALES:
            chosen = {
                one.shape: value for one, value in found.items() if (one.n_rows, one.scale) == (n_rows, scale)
            }
            theirs = [
                (question.peer, answer)
                for question, answer in zip(questions, answers, strict=True)
                if (question.told["rows"], question.told["scale"]) == (n_rows, scale)
            ]
            findings += _of(n_rows, scale, chosen, theirs)
    return findings


def _of(
    n_rows: int, scale: str, found: Mapping[str, float], theirs: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[Finding]:
    peers, worst = {}, {}
    for peer, answer in theirs:
        if "absent" in answer:
            peers[peer] = str(answer["absent"])
            continue
        for name, powers in answer.items():
            peers[f"{peer} {name}"] = figure(mean(list(powers.values())))
            worst[f"{peer} {name}"] = figure(min(powers.values()))
    shapes = ", ".join(f"{shape} {value:.2f}" for shape, value in found.items())
    where = f"power at 1 %, n = {n_rows:,}, {scale}"
    return [
        Finding("G5", f"{where}, average", mean(list(found.values())), "", _ASKED[n_rows], None, peers, shapes),
        Finding("G5", f"{where}, worst", min(found.values()), "", _WORST_ASKED if n_rows == ROWS[0] else None, None, worst),
    ]  # fmt: skip
