"""From what a column held in training to its bins, or to the reason for having none."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from mlexporter.profile.clusters import supported_clusters
from mlexporter.profile.edges import number_edges, with_threshold
from mlexporter.profile.learner import ColumnLearner, Numbers
from mlexporter.profile.vector_learner import VectorLearner
from mlexporter.records import Distribution, Kind, Matrix, TrainingType
from mlexporter.state.embedding_bins import FEWEST_DIMENSIONS, MOST_DIMENSIONS, Clusters
from mlexporter.state.values import ValueClass

LEAST_SUPPORTS: Final = 10
"""Rows that clusters are fitted on, in multiples of those that everything published rests on."""

MAXIMUM_CATEGORIES: Final = 20
MAXIMUM_OTHER_CATEGORIES: Final = 50_000
PURE_SHARE: Final = 0.95
"""Share of the values that have to be of one class; the rest counts as type mismatches."""

PUBLISHED_PROBABILITIES: Final = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_PUBLISHED_DIGITS: Final = 7

_CLASS_NAMES: Final = {
    ValueClass.NUMBER: "numbers",
    ValueClass.TEXT: "texts",
    ValueClass.BOOLEAN: "booleans",
    ValueClass.OTHER: "other objects",
}


class UnusableColumnError(Exception):
    """A column that no bins can be learned from; the message is the reason."""


class MixedColumnError(UnusableColumnError):
    """A column whose values are of several types."""


def distribution_of(
    learned: ColumnLearner,
    *,
    minimum_rows: int,
    edges: tuple[float, ...] | None = None,
    threshold: float | None = None,
    expose_names: bool = True,
) -> Distribution:
    """Return the bins of a column, with everything but the counts.

    Args:
        learned: The column.
        minimum_rows: Training rows behind every edge, value and category.
        edges: Edges that replace the usual ones of a number.
        threshold: A number that begins a bin.
        expose_names: False hides the categories from what is shown.

    Raises:
        MixedColumnError: numbers, texts and booleans stand in one column.
        UnusableColumnError: there are no values, too few, or none that can be binned.
    """
    if learned.vectors is not None:
        return _embedding(learned.vectors, minimum_rows, expose_names)
    kind = _class_of(learned)
    if kind is ValueClass.NUMBER and not learned.is_categorical:
        return _numeric(learned, minimum_rows, edges, threshold)
    if kind is ValueClass.BOOLEAN:
        return _categorical(learned, Kind.BOOLEAN, TrainingType.BOOLEAN, minimum_rows, expose_names)
    training_type = TrainingType.TEXT
    if kind is ValueClass.NUMBER:
        training_type = TrainingType.INTEGER if learned.is_integer else TrainingType.FLOAT
    return _categorical(learned, Kind.CATEGORICAL, training_type, minimum_rows, expose_names)


def _class_of(learned: ColumnLearner) -> ValueClass:
    total = learned.classes.total()
    if total == 0:
        raise UnusableColumnError("no training row has a value")
    first, rows = learned.classes.most_common(1)[0]
    numbers = learned.classes[ValueClass.NUMBER]
    if rows < PURE_SHARE * total and numbers and not learned.is_categorical:
        # Among numbers, booleans are 0 and 1.
        first, rows = ValueClass.NUMBER, numbers + learned.classes[ValueClass.BOOLEAN]
    if rows < PURE_SHARE * total:
        parts = " and ".join(name for kind, name in _CLASS_NAMES.items() if learned.classes[kind])
        raise MixedColumnError(f"it mixes {parts}; convert it to one type or leave it out")
    if first is ValueClass.OTHER:
        kind = learned.example_type or "time"
        raise UnusableColumnError(
            f"values of type {kind} are not monitored; use a number or a text made of it"
        )
    return first


def _numeric(
    learned: ColumnLearner, minimum_rows: int, edges: tuple[float, ...] | None, threshold: float | None
) -> Distribution:
    count, sample = learned.moments.count, learned.sample
    if count < minimum_rows:
        raise UnusableColumnError(
            f"only {count} training rows have a finite value; {minimum_rows} are needed (minimum_bin_rows)"
        )
    chosen = number_edges(sample, minimum_rows) if edges is None else edges
    if threshold is not None:
        chosen = with_threshold(chosen, threshold)
    minimum, maximum = _float32(learned.smallest[minimum_rows - 1]), _float32(learned.largest[-minimum_rows])
    has_range = minimum is not None and maximum is not None and minimum <= maximum
    return Distribution(
        kind=Kind.NUMERIC,
        training_type=TrainingType.INTEGER if learned.is_integer else TrainingType.FLOAT,
        edges=chosen,
        minimum=minimum if has_range else None,
        maximum=maximum if has_range else None,
        mean=_rounded(learned.moments.mean),
        standard_deviation=_rounded(learned.moments.standard_deviation),
        quantiles=_quantiles(sample, minimum_rows),
    )


def _categorical(
    learned: ColumnLearner,
    kind: Kind,
    training_type: TrainingType,
    minimum_rows: int,
    expose_names: bool,  # noqa: FBT001
) -> Distribution:
    common = [(name, rows) for name, rows in learned.names.items() if rows >= minimum_rows]
    if not common:
        raise UnusableColumnError(
            f"no value is shared by {minimum_rows} training rows (minimum_bin_rows): "
            "it looks like identifiers or free text"
        )
    common.sort(key=lambda pair: (-pair[1], pair[0]))
    names = [name for name, _ in common]
    return Distribution(
        kind=kind,
        training_type=training_type,
        categories=tuple(names[:MAXIMUM_CATEGORIES]),
        other_categories=tuple(sorted(names[MAXIMUM_CATEGORIES:][:MAXIMUM_OTHER_CATEGORIES])),
        expose_names=expose_names,
    )


def _embedding(
    learned: VectorLearner,
    minimum_rows: int,
    expose_names: bool,  # noqa: FBT001
) -> Distribution:
    length = learned.n_dimensions
    if not length:
        raise UnusableColumnError("its values are no vectors of numbers")
    if not FEWEST_DIMENSIONS <= length <= MOST_DIMENSIONS:
        raise UnusableColumnError(
            f"its vectors have {length} dimensions; {FEWEST_DIMENSIONS} to {MOST_DIMENSIONS} can be watched"
        )
    if learned.n_usable < PURE_SHARE * learned.n_values:
        raise UnusableColumnError(
            f"only {learned.n_usable} of its {learned.n_values} values are finite vectors of {length} dimensions; "
            "leave the others out"
        )
    sample, least = learned.sample, LEAST_SUPPORTS * minimum_rows
    if len(sample) < least:
        raise UnusableColumnError(
            f"its clusters would rest on {len(sample)} rows; {least} are needed (minimum_bin_rows), and two fifths "
            "of all rows are used"
        )
    centroids = supported_clusters(sample, minimum_rows)
    _, squares = Clusters(centroids).nearest(sample)
    radius = math.sqrt(np.partition(squares, -minimum_rows)[-minimum_rows])
    return Distribution(
        kind=Kind.EMBEDDING,
        training_type=TrainingType.VECTOR,
        categories=tuple(str(place) for place in range(len(centroids))),
        expose_names=expose_names,
        centroids=Matrix.of(centroids),
        radius=_rounded(radius),
    )


def _quantiles(sample: Numbers, minimum_rows: int) -> tuple[tuple[float, float], ...]:
    total = len(sample)
    ordered = np.sort(sample)
    pairs = []
    for probability in PUBLISHED_PROBABILITIES:
        if min(probability, 1 - probability) * total < minimum_rows:
            continue
        value = _float32(ordered[math.ceil(probability * total) - 1])
        if value is not None:
            pairs.append((probability, value))
    return tuple(pairs)


def _rounded(number: float) -> float | None:
    return float(f"{number:.{_PUBLISHED_DIGITS}g}") if math.isfinite(number) else None


def _float32(number: float) -> float | None:
    """Return the number in float32 precision, as training and serving compare it."""
    with np.errstate(over="ignore"):
        small = np.float32(number)
    return float(str(small)) if np.isfinite(small) else None
