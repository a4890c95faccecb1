"""Which feature's drift matters: 30 correlated features, 8 of them drifting, under a boosted model.

The truth is how far predictions move on average when one feature alone is given back the values that it had
before it drifted. Each way to rank sees what an exporter sees: counts in bins, and what the profile knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter import Profile
from mlexporter.catalogue import FEATURE_EXPECTED_EFFECT
from mlexporter.records import ModelKey, Reference, WindowCounts
from mlexporter.state.matrix import MatrixBinner
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.evaluate import evaluate
from mlexporter.statistics.population_stability_index import population_stability_index

Numbers = npt.NDArray[np.float64]

N_FEATURES: Final = 30
N_DRIFTING: Final = 8
N_FACTORS: Final = 5
SHARED: Final = 0.7
"""Weight of the common factors in each feature, of its own noise the rest of a variance of 1."""
TRAINING_ROWS: Final = 10_000
WINDOW_ROWS: Final = 5_000
TRIALS: Final = 72
TOP: Final = 3
KEY: Final = ModelKey("ranking", "1")
NAMES: Final = [f"feature_{place:02d}" for place in range(N_FEATURES)]

WAYS: Final = ("expected effect", "psi x importance", "psi")
"""Ways to rank: what ships, its fallback without the model, and what dashboards sort by."""


@dataclass(frozen=True)
class Ranking:
    """How well one way ranks.

    Attributes:
        first: Share of the trials in which it puts the feature that matters most first.
        among_three: Share in which that feature is among its first three.
        correlation: Mean rank correlation with the truth over the features that drift.
    """

    first: float
    among_three: float
    correlation: float


@dataclass(frozen=True)
class World:
    """One trial: a model, its training rows, a window as it came, and as it would have come."""

    training: Numbers
    drifted: Numbers
    restored: Numbers
    drifting: npt.NDArray[np.intp]
    model: Any


def world(generator: np.random.Generator) -> World:
    """Return a world: factors make features correlated; shifts and scales of random sizes make drift."""
    from sklearn.ensemble import HistGradientBoostingRegressor  # noqa: PLC0415 - a library of this benchmark

    loadings = generator.normal(size=(N_FACTORS, N_FEATURES))
    loadings /= np.linalg.norm(loadings, axis=0)

    def rows(n_rows: int) -> Numbers:
        common = generator.normal(size=(n_rows, N_FACTORS)) @ loadings
        own = generator.normal(size=(n_rows, N_FEATURES))
        return np.asarray(SHARED * common + np.sqrt(1 - SHARED**2) * own)

    training = rows(TRAINING_ROWS)
    target = _target(generator, training) + generator.normal(size=TRAINING_ROWS)
    model = HistGradientBoostingRegressor(max_iter=100, random_state=0).fit(training, target)
    restored = rows(WINDOW_ROWS)
    drifting = generator.choice(N_FEATURES, N_DRIFTING, replace=False)
    drifted = restored.copy()
    for place in drifting.tolist():
        shift = generator.choice([-1, 1]) * generator.uniform(0.2, 1.0)
        drifted[:, place] = drifted[:, place] * generator.uniform(0.8, 1.4) + shift
    return World(training, drifted, restored, drifting, model)


def true_effects(trial: World) -> Numbers:
    """Return the mean absolute change of predictions when each feature alone is restored, shape (n_features,)."""
    before = trial.model.predict(trial.drifted)
    effects = np.zeros(N_FEATURES)
    for place in trial.drifting.tolist():
        rows = trial.drifted.copy()
        rows[:, place] = trial.restored[:, place]
        effects[place] = np.abs(trial.model.predict(rows) - before).mean()
    return effects


def ranks_of(trial: World, generator: np.random.Generator) -> dict[str, Numbers]:
    """Return the score of each feature, by way to rank."""
    importances = _importances(trial, generator)
    asked = _profile(trial, predict=lambda columns: trial.model.predict(_matrix(columns)))
    told = _profile(trial, importances=dict(zip(NAMES, importances.tolist(), strict=True)))
    counts, _ = MatrixBinner([feature.distribution for feature in asked.features]).count(trial.drifted)
    return {
        WAYS[0]: _expected(asked, counts),
        WAYS[1]: _expected(told, counts),
        WAYS[2]: _debiased(asked, counts),
    }


def ranking(seed: int, trials: int = TRIALS) -> dict[str, Ranking]:
    """Return how well each way ranks, over some trials."""
    found: dict[str, list[tuple[bool, bool, float]]] = {way: [] for way in WAYS}
    for number in range(trials):
        generator = np.random.default_rng([seed, number])
        trial = world(generator)
        truth = true_effects(trial)
        for way, scores in ranks_of(trial, generator).items():
            found[way].append(_compared(scores, truth, trial.drifting))
    return {
        way: Ranking(*(float(np.mean(part)) for part in zip(*marks, strict=True)))
        for way, marks in found.items()
    }


def _target(generator: np.random.Generator, rows: Numbers) -> Numbers:
    strengths = generator.exponential(size=N_FEATURES) * generator.choice([-1, 1], N_FEATURES)
    bends = generator.integers(0, 3, N_FEATURES)
    bent = np.where(bends == 0, rows, np.where(bends == 1, np.abs(rows), np.tanh(2 * rows)))
    pairs = generator.choice(N_FEATURES, (5, 2), replace=False)
    products: Numbers = sum((rows[:, one] * rows[:, other] for one, other in pairs), np.zeros(len(rows)))
    return np.asarray(bent @ strengths + products)


def _profile(trial: World, **options: Any) -> Reference:
    return Profile.fit(
        trial.training,
        features=NAMES,
        model=KEY.name,
        version=KEY.version,
        created=0.0,
        joint=False,
        **options,
    ).reference


def _matrix(columns: dict[str, list[object]]) -> Numbers:
    return np.array([columns[name] for name in NAMES], dtype=np.float64).T


def _expected(reference: Reference, counts: npt.NDArray[np.int64]) -> Numbers:
    nothing = np.zeros(N_FEATURES, dtype=np.int64)
    n_side_cells = max(place.stop for place in reference.side_places.values())
    window = WindowCounts(
        name="1h",
        span_seconds=3600.0,
        row_count=WINDOW_ROWS,
        feature_cells=counts,
        out_of_range=nothing,
        type_mismatches=nothing,
        output_cells=np.zeros(0, dtype=np.int64),
        side_cells=np.zeros(n_side_cells, dtype=np.int64),
    )
    report = evaluate(reference, [window], key=KEY, evaluated_timestamp=0.0, required_observations=100)
    return np.asarray(report.windows[0].features.scores[FEATURE_EXPECTED_EFFECT.name])


def _debiased(reference: Reference, counts: npt.NDArray[np.int64]) -> Numbers:
    found = []
    for place, feature in enumerate(reference.features):
        start, n_bins = reference.feature_offsets[place], feature.distribution.n_shape_bins
        comparison = Comparison(
            counts[start : start + n_bins][None], feature.distribution.shape_counts[None], is_ordered=True
        )
        surplus = population_stability_index(comparison) - (n_bins - 1) * comparison.s
        found.append(max(float(surplus[0]), 0.0))
    return np.array(found)


def _importances(trial: World, generator: np.random.Generator) -> Numbers:
    """Return how far predictions move when a feature is shuffled: what is known without labels."""
    rows = trial.training[:2_000]
    before, found = trial.model.predict(rows), []
    for place in range(N_FEATURES):
        shuffled = rows.copy()
        shuffled[:, place] = generator.permutation(shuffled[:, place])
        found.append(float(((trial.model.predict(shuffled) - before) ** 2).mean()))
    return np.array(found)


def _compared(
    scores: Numbers, truth: Numbers, drifting: Sequence[int] | npt.NDArray[np.intp]
) -> tuple[bool, bool, float]:
    from scipy.stats import spearmanr  # noqa: PLC0415 - slow to load

    order = np.argsort(-scores)
    most = int(truth.argmax())
    correlation = spearmanr(scores[drifting], truth[drifting]).statistic
    return bool(order[0] == most), most in order[:TOP].tolist(), float(correlation)


def main() -> None:
    """Print how well each way ranks, for a few seeds."""
    for seed in (1, 2):
        for way, marks in ranking(seed).items():
            print(
                f"seed {seed}  {way:18}  first {marks.first:.2f}  among three {marks.among_three:.2f}  "
                f"rank correlation {marks.correlation:.2f}"
            )


if __name__ == "__main__":
    main()
