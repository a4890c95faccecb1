"""G10: features that look as they did one by one, while what they have to do with each other has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from calibration.findings import Finding, figure
from calibration.joint_worlds import (
    BROKEN,
    FEATURES,
    FOURS,
    MARGINS,
    PAIRS,
    all_means,
    one_correlation,
    stable,
)
from calibration.looks import window_of
from calibration.peers import NANNYML, Question, ask
from calibration.plan import Plan, generator_of
from calibration.references import KEY, TRAINING_ROWS, names
from mlexporter import Profile
from mlexporter.catalogue import JOINT_DRIFT_SEVERITY
from mlexporter.records import Reference
from mlexporter.records.joint import ScoreTransform
from mlexporter.records.sides import JOINTS
from mlexporter.state.sides.joints import ScoreCounter
from mlexporter.statistics.joint_scores import joint_scores

ROWS: Final = 1_000
LEVEL: Final = 0.01
_STABLE, _MEANS = "no change", "all means + 0.08"
_HARDER: Final = "one correlation -.4, groups of four"
"""Each feature hangs on three others a little less: what PCA hardly sees."""


@dataclass(frozen=True)
class Samples:
    """Windows of one margin, some of each world, against some profiles."""

    margin: str
    n_profiles: int
    n_windows: int
    seed: int
    number: int = 0
    is_harder: bool = False


def found_in(asked: Samples) -> dict[str, float]:
    """Return the share of the windows of each world whose bound is above 0 at 1 %."""
    generator = generator_of(asked.seed, "joint", asked.margin, asked.number, asked.is_harder)
    margin, family = MARGINS[asked.margin], FOURS if asked.is_harder else PAIRS
    worlds = {_STABLE: lambda rows, _: rows, **BROKEN, _MEANS: all_means}
    if asked.is_harder:
        worlds = {_HARDER: lambda rows, chance: one_correlation(rows, chance, FOURS)}
    counts = dict.fromkeys(worlds, 0)
    for _ in range(asked.n_profiles):
        reference = Profile.fit(
            margin(stable(TRAINING_ROWS, generator, family)), features=names(FEATURES), model=KEY.name,
            version=KEY.version, created=0.0,
        ).reference  # fmt: skip
        for name, world in worlds.items():
            for _ in range(asked.n_windows):
                rows = margin(world(stable(ROWS, generator, family), generator))
                counts[name] += _is_found(reference, rows)
    return {name: count / (asked.n_profiles * asked.n_windows) for name, count in counts.items()}


def _is_found(reference: Reference, rows: np.ndarray) -> bool:
    joint = reference.joints[0]
    if not isinstance(joint.transform, ScoreTransform):
        raise TypeError(f"no dependence was learned: {joint.reason}")
    places = reference.side_places
    cells = np.zeros(max(place.stop for place in places.values()), dtype=np.int64)
    ScoreCounter(joint.transform, joint).add(rows.astype(np.float32), cells[places[JOINTS]])
    nothing = np.zeros((FEATURES, reference.features[0].distribution.n_shape_bins), dtype=np.int64)
    scores = joint_scores(
        reference, [window_of(reference, "1h", nothing, cells)], required_observations=100,
        false_alarm_probability=LEVEL,
    )  # fmt: skip
    return bool(scores[0].scores[JOINT_DRIFT_SEVERITY.name][0] > 0)


def measure(plan: Plan) -> list[Finding]:
    """G10: 20 features, 1,000 rows, three margins."""
    pieces = [
        Samples(margin, plan.of(5, 2), plan.of(20, 5), plan.seed, number)
        for margin in MARGINS
        for number in range(plan.of(2, 1))
    ]
    pieces.append(replace(pieces[0], is_harder=True))
    found: dict[str, list[Mapping[str, float]]] = {margin: [] for margin in MARGINS}
    harder: dict[str, list[Mapping[str, float]]] = {}
    for piece, powers in zip(pieces, plan.map("G10", found_in, pieces), strict=True):
        if not piece.is_harder:
            found[piece.margin].append(powers)
        else:
            harder = {piece.margin: [powers]}
    answer: dict[str, Any] = {}
    if plan.with_peers:
        told = {"seed": plan.seed, "rows": ROWS, "training_rows": TRAINING_ROWS, "windows": 20}
        answer = ask(Question(NANNYML, "dependence", told))
    n_windows = sum(piece.n_profiles * piece.n_windows for piece in pieces[:-1])
    return [
        *(_of(name, found, answer, n_windows) for name in (_STABLE, *BROKEN, _MEANS)),
        _of(_HARDER, harder, answer, pieces[-1].n_profiles * pieces[-1].n_windows),
    ]


def _of(
    name: str, found: Mapping[str, list[Mapping[str, float]]], answer: Mapping[str, Any], n_windows: int
) -> Finding:
    by_margin = {margin: float(np.mean([one[name] for one in powers])) for margin, powers in found.items()}
    if "absent" in answer:
        peers = {NANNYML: str(answer["absent"])}
    else:
        peers = {f"{NANNYML} {method}": figure(said[name]) for method, said in answer.items() if name in said}
    basis = (
        ", ".join(f"{margin} {power:.2f}" for margin, power in by_margin.items()) + f"; {n_windows} windows"
    )
    if name == _STABLE:
        # Whether chance alone is above the limit is asked of all windows together.
        whole = float(np.mean(list(by_margin.values())))
        return Finding("G10", f"joint drift at 1 %: {name}", whole, "", None, 0.02, peers, basis)
    lowest = 0.95 if name in BROKEN else None
    return Finding(
        "G10", f"joint drift at 1 %: {name}", min(by_margin.values()), "", lowest, None, peers, basis
    )
