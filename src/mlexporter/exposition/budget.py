"""Chooses the features and outputs whose bins are exposed, within the budget of series."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlexporter.exposition.layout import Indices
from mlexporter.exposition.model_part import ModelPart
from mlexporter.records import Counts, Distribution, Kind, Reference
from mlexporter.statistics.bin_accuracies import bin_accuracies

_SERIES_PER_CELL: Final = 2  # the observed and the reference one
_WEIGHTS_PER_BIN: Final = 2  # of the location and of the spread
_Rank = tuple[bool, float, bool, str]


@dataclass(frozen=True)
class Selection:
    """Positions of the chosen subjects of one model, ascending, int64."""

    features: Indices
    outputs: Indices


@dataclass(frozen=True)
class _Candidate:
    rank: _Rank
    model: int
    position: int
    cost: int

    @property
    def is_feature(self) -> bool:
        return self.rank[0]


def choose_bins(
    parts: Sequence[ModelPart], budget: int, *, is_fleet: bool = False
) -> tuple[list[Selection], int]:
    """Return what to expose of each model, and how many series of bins stay out.

    Outputs come first, then features by falling importance (an unknown one last), then those
    that drift in any window, then by name. Whether something drifts is all that is looked at of
    its severity: a set that follows every small change would make counters come and go.

    Args:
        parts: The models.
        budget: Series of bins of all models together: observed and reference ones, expected ones where the
            profile knows slots, and those that only a fleet needs.
        is_fleet: Whether the latter are exposed.
    """
    if sum(int(costs.sum()) for part in parts for costs in _costs(part, is_fleet)) <= budget:
        return [_everything(part) for part in parts], 0
    chosen: list[tuple[list[int], list[int]]] = [([], []) for _ in parts]
    left, left_out = budget, 0
    candidates = [
        candidate for index, part in enumerate(parts) for candidate in _candidates(index, part, is_fleet)
    ]
    for candidate in sorted(candidates, key=lambda each: each.rank):
        if left_out > 0 or candidate.cost > left:
            left_out += candidate.cost
            continue
        left -= candidate.cost
        chosen[candidate.model][0 if candidate.is_feature else 1].append(candidate.position)
    return [Selection(_ascending(features), _ascending(outputs)) for features, outputs in chosen], left_out


def _costs(part: ModelPart, is_fleet: bool) -> tuple[Counts, Counts]:  # noqa: FBT001 - of two kinds of exposition
    """Return how many series the bins of each feature and of each output make; counted once for a profile."""
    if part.layout is None or part.reference is None:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    found = part.layout.series_of_bins.get(is_fleet)
    if found is None:
        found = part.layout.series_of_bins[is_fleet] = (
            np.array(list(_of_features(part.reference, is_fleet=is_fleet)), dtype=np.int64),
            np.array(list(_of_outputs(part.reference, is_fleet=is_fleet)), dtype=np.int64),
        )
    return found


def _of_features(reference: Reference, *, is_fleet: bool) -> Iterator[int]:
    per_cell = _SERIES_PER_CELL + (reference.slots is not None)
    for feature in reference.features:
        distribution = feature.distribution
        bounds = distribution.n_shape_bins if distribution.kind is Kind.NUMERIC else 0
        yield per_cell * distribution.n_cells + is_fleet * (_weights(distribution) + bounds)


def _of_outputs(reference: Reference, *, is_fleet: bool) -> Iterator[int]:
    has_accuracy = bin_accuracies(reference) if is_fleet else {}
    for place, output in enumerate(reference.outputs):
        distribution = output.distribution
        accuracies = distribution.n_shape_bins if place in has_accuracy else 0
        yield _SERIES_PER_CELL * distribution.n_cells + is_fleet * (_weights(distribution) + accuracies)


def _weights(distribution: Distribution) -> int:
    has_weights = distribution.is_ordered and bool(distribution.shape_counts.sum())
    return _WEIGHTS_PER_BIN * distribution.n_shape_bins if has_weights else 0


def _everything(part: ModelPart) -> Selection:
    if part.layout is None:
        return Selection(_ascending([]), _ascending([]))
    return Selection(
        np.arange(len(part.layout.features.each), dtype=np.int64),
        np.arange(len(part.layout.outputs.each), dtype=np.int64),
    )


def _candidates(index: int, part: ModelPart, is_fleet: bool) -> Iterator[_Candidate]:  # noqa: FBT001 - as above
    if part.reference is None:
        return
    of_features, of_outputs = (costs.tolist() for costs in _costs(part, is_fleet))
    for position, output in enumerate(part.reference.outputs):
        rank = (False, 0.0, False, f"{output.name}/{output.class_name}")
        yield _Candidate(rank, index, position, of_outputs[position])
    for position, feature in enumerate(part.reference.features):
        importance = math.inf if feature.importance is None else -feature.importance
        rank = (True, importance, not part.is_drifting[position], feature.name)
        yield _Candidate(rank, index, position, of_features[position])


def _ascending(positions: list[int]) -> Indices:
    return np.array(sorted(positions), dtype=np.int64)
