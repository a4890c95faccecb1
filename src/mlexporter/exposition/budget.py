"""Chooses the features and outputs whose bins are exposed, within the budget of series."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlexporter.exposition.layout import Indices
from mlexporter.exposition.model_part import ModelPart

_SERIES_PER_BIN: Final = 2  # the observed and the reference one
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


def choose_bins(parts: Sequence[ModelPart], budget: int) -> tuple[list[Selection], int]:
    """Return what to expose of each model, and how many series of bins stay out.

    Outputs come first, then features by falling importance (an unknown one last), then those
    that drift in any window, then by name. Whether something drifts is all that is looked at of
    its severity: a set that follows every small change would make counters come and go.

    Args:
        parts: The models.
        budget: Series of bins of all models together, observed and reference ones.
    """
    if sum(_cost(part) for part in parts) <= budget:
        return [_everything(part) for part in parts], 0
    chosen: list[tuple[list[int], list[int]]] = [([], []) for _ in parts]
    left, left_out = budget, 0
    candidates = [candidate for index, part in enumerate(parts) for candidate in _candidates(index, part)]
    for candidate in sorted(candidates, key=lambda each: each.rank):
        if left_out > 0 or candidate.cost > left:
            left_out += candidate.cost
            continue
        left -= candidate.cost
        chosen[candidate.model][0 if candidate.is_feature else 1].append(candidate.position)
    return [Selection(_ascending(features), _ascending(outputs)) for features, outputs in chosen], left_out


def _cost(part: ModelPart) -> int:
    if part.layout is None:
        return 0
    n_bins = part.layout.features.bin_counts.sum() + part.layout.outputs.bin_counts.sum()
    return _SERIES_PER_BIN * int(n_bins)


def _everything(part: ModelPart) -> Selection:
    if part.layout is None:
        return Selection(_ascending([]), _ascending([]))
    return Selection(
        np.arange(len(part.layout.features.each), dtype=np.int64),
        np.arange(len(part.layout.outputs.each), dtype=np.int64),
    )


def _candidates(index: int, part: ModelPart) -> Iterator[_Candidate]:
    if part.reference is None:
        return
    for position, output in enumerate(part.reference.outputs):
        rank = (False, 0.0, False, f"{output.name}/{output.class_name}")
        yield _Candidate(rank, index, position, _SERIES_PER_BIN * output.distribution.n_cells)
    for position, feature in enumerate(part.reference.features):
        importance = math.inf if feature.importance is None else -feature.importance
        rank = (True, importance, not part.is_drifting[position], feature.name)
        yield _Candidate(rank, index, position, _SERIES_PER_BIN * feature.distribution.n_cells)


def _ascending(positions: list[int]) -> Indices:
    return np.array(sorted(positions), dtype=np.int64)
