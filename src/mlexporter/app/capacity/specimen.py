"""A model of any shape with all that it can be asked for: its profile, its counts, its report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.parts import Parts
from mlexporter.profile.edges import HYBRID_PROBABILITIES
from mlexporter.profile.joint_learning import JOINT_THRESHOLD, MOST_INPUTS
from mlexporter.profile.score_learning import PROJECTIONS
from mlexporter.profile.verdict import MAXIMUM_CATEGORIES
from mlexporter.records import (
    ComponentNoise,
    Counts,
    Distribution,
    FeatureReference,
    JointReference,
    Kind,
    ModelKey,
    OutputReference,
    ProfileCounts,
    Reference,
    Report,
    TrainingType,
    WindowCounts,
)
from mlexporter.records.sides import DUPLICATES, JOINTS, LEAVES, MAGNITUDES, REPEATS, SKEWS, SLOTS
from mlexporter.settings import parse_duration
from mlexporter.statistics.evaluate import evaluate

KEY: Final = ModelKey("model_with_a_name", "2026-01-01")
"""Names are as long as names are."""

MOMENT: Final = 1_760_000_000.25
"""Unix time of everything that is said of it."""

_TRAINING_ROWS: Final = 100_000
_LEAST_ROWS: Final = 1_000
_SERVED_SECONDS: Final = 30 * 86_400.0
"""How long it has served: counters are as long as that makes them."""
_COMPONENT_BINS: Final = len(HYBRID_PROBABILITIES) + 1
_NOISE: Final = ComponentNoise(24, 1.234567890123456e-4, 1.234567890123456e-4, 1.234567890123456e-4)
_REQUIRED_ROWS: Final = 100
_DISTANCES: Final = 1
"""Components that are no input and no projection: the distance from the middle."""


@dataclass(frozen=True)
class Specimen:
    """A model that has served for long.

    Attributes:
        training: Its profile.
        used: What drift is measured against: the profile, or a baseline.
        counts: What was counted.
        report: The newest report.
    """

    training: Reference
    used: Reference
    counts: ProfileCounts
    report: Report


def components_of(n_numbers: int) -> int:
    """Return how many components the dependence between so many numbers has, as a profile learns it."""
    if n_numbers < 2:
        return 0
    return min(n_numbers, MOST_INPUTS) + PROJECTIONS + _DISTANCES


def made_reference(parts: Parts, bins: int) -> Reference:
    """Return a profile as it is learned by default, of so many parts.

    Args:
        parts: Of each kind.
        bins: Shape bins of each number.
    """
    number = _number(bins)
    category = Distribution(
        Kind.CATEGORICAL,
        TrainingType.TEXT,
        categories=tuple(f"category_name_{place:02d}" for place in range(MAXIMUM_CATEGORIES)),
        counts=_shared_out(MAXIMUM_CATEGORIES + 2),
    )
    joint = JointReference(
        "",
        tuple(f"feature_{place:08d}" for place in range(parts.numbers)),
        (_number(_COMPONENT_BINS),) * parts.components,
        threshold=JOINT_THRESHOLD,
    )
    return Reference(
        model_name=KEY.name,
        model_version=KEY.version,
        features=tuple(
            FeatureReference(
                f"feature_{place:08d}",
                number if place < parts.numbers else category,
                collision=1e-5,
                once_seen=None if place < parts.numbers else 0,
            )
            for place in range(parts.numbers + parts.categories)
        ),
        outputs=tuple(OutputReference(f"output_{place:09d}", number) for place in range(parts.outputs)),
        fingerprint="0a1b2c3d",
        profile_id="0123456789abcdef",
        row_count=_TRAINING_ROWS,
        created_timestamp=MOMENT,
        joints=(joint,) if parts.components else (),
        duplicate_rows=100,
    )


def specimen_of(reference: Reference, load: Load) -> Specimen:
    """Return a model with this profile after traffic that gave every score."""
    used = (
        _with_noise(reference, load.windows) if load.baseline and not _knows_noise(reference) else reference
    )
    windows = tuple(_window(reference, name, _rows(load, parse_duration(name))) for name in load.windows)
    report = evaluate(
        used,
        windows,
        key=KEY,
        evaluated_timestamp=MOMENT,
        required_observations=_REQUIRED_ROWS,
        measures=load.measures,
        training=None if used is reference else reference,
    )
    longest = _window(reference, "30d", _rows(load, _SERVED_SECONDS))
    counts = ProfileCounts(
        fingerprint=reference.fingerprint,
        epoch="0123456789abcdef",
        accepted=longest.row_count,
        drained=longest.row_count,
        dropped=0,
        feature_cells=longest.feature_cells,
        out_of_range=longest.out_of_range,
        type_mismatches=longest.type_mismatches,
        output_cells=longest.output_cells,
        side_cells=longest.side_cells,
    )
    return Specimen(reference, used, counts, report)


def _rows(load: Load, seconds: float) -> int:
    """Return rows of so many seconds; as many at least as every score needs."""
    return max(_LEAST_ROWS, int(load.rows_per_second * seconds))


def _number(bins: int) -> Distribution:
    return Distribution(
        Kind.NUMERIC,
        TrainingType.FLOAT,
        edges=tuple(np.linspace(-2.987654, 2.987654, bins - 1).astype(np.float32).tolist()),
        counts=_shared_out(bins),
        minimum=-3.123456,
        maximum=3.123456,
        out_of_range=40,
        mean=0.123456789012345,
        standard_deviation=1.023456789012345,
        quantiles=tuple((probability, -1.234567) for probability in HYBRID_PROBABILITIES),
    )


def _shared_out(n_shape_bins: int) -> tuple[int, ...]:
    rows = _TRAINING_ROWS - 110
    each = rows // n_shape_bins
    return (*(each for _ in range(n_shape_bins - 1)), rows - each * (n_shape_bins - 1), 100, 10)


def _knows_noise(reference: Reference) -> bool:
    return any(feature.noise for feature in reference.features)


def _with_noise(reference: Reference, windows: tuple[str, ...]) -> Reference:
    noise = dict.fromkeys(windows, _NOISE)
    nothing_ordered = dict.fromkeys(windows, _NOISE._replace(location=None, spread=None))
    return replace(
        reference,
        features=tuple(
            replace(each, noise=noise if each.distribution.is_ordered else nothing_ordered)
            for each in reference.features
        ),
        outputs=tuple(
            replace(each, noise=noise if each.distribution.is_ordered else nothing_ordered)
            for each in reference.outputs
        ),
    )


def _window(reference: Reference, name: str, n_rows: int) -> WindowCounts:
    """Return counts of rows that look nearly like those of training, each number as many digits as it has."""
    random = np.random.default_rng(len(name) + n_rows)

    def cells(distributions: list[Distribution]) -> Counts:
        found = [_drawn(random, np.array(each.counts, dtype=np.float64), n_rows) for each in distributions]
        return np.concatenate([np.zeros(0, dtype=np.int64), *found])

    features = [feature.distribution for feature in reference.features]
    return WindowCounts(
        name=name,
        span_seconds=parse_duration(name),
        row_count=n_rows,
        feature_cells=cells(features),
        out_of_range=np.full(len(features), n_rows // 1000, dtype=np.int64),
        type_mismatches=np.full(len(features), n_rows // 10_000, dtype=np.int64),
        output_cells=cells([output.distribution for output in reference.outputs]),
        side_cells=_sides(reference, n_rows, random),
    )


def _drawn(random: np.random.Generator, weights: np.ndarray, n_rows: int) -> Counts:
    weights = weights * random.uniform(0.9, 1.1, len(weights))
    share = weights / weights.sum() if weights.sum() else np.full(len(weights), 1 / max(len(weights), 1))
    return (share * n_rows).astype(np.int64)


def _sides(reference: Reference, n_rows: int, random: np.random.Generator) -> Counts:
    places = reference.side_places
    sides = np.zeros(max((place.stop for place in places.values()), default=0), dtype=np.int64)
    sampled = n_rows // 4
    if reference.slots is not None:
        sides[places[SLOTS]] = _drawn(random, np.array(reference.slots.rows, dtype=np.float64), n_rows)
    repeats = sides[places[REPEATS]]
    repeats[:] = random.integers(0, max(n_rows // 100, 1), repeats.size)
    repeats[-1:] = n_rows
    duplicates = sides[places[DUPLICATES]]
    duplicates[:] = (n_rows // 1000, n_rows)[: duplicates.size]
    magnitudes = sides[places[MAGNITUDES]]
    # Values of one feature lie within a few octaves: most cells stay empty.
    magnitudes[::4] = random.integers(0, max(sampled // 8, 1), magnitudes[::4].size)
    sides[places[SKEWS]] = [0, sampled] * len(reference.pairs)
    start = places[JOINTS].start
    for joint in reference.joints:
        for distribution in joint.distributions:
            known = np.array(distribution.counts, dtype=np.float64)
            sides[start : start + known.size] = _drawn(random, known, sampled)
            start += known.size
    leaves = sides[places[LEAVES]]
    leaves[:] = sampled // max(leaves.size, 1)
    return sides
