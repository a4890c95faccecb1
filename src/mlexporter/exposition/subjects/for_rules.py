"""What recording rules need to compute drift from counts: expected counts, and weights for a fleet."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.exposition.budget import Selection
from mlexporter.exposition.layout import Indices, SubjectLayout
from mlexporter.exposition.model_part import ModelPart
from mlexporter.exposition.samples import Block, SeriesLabels, block_of, series_of
from mlexporter.records import Distribution, Kind, Reference, Scores, View
from mlexporter.statistics.bin_accuracies import bin_accuracies
from mlexporter.statistics.critical_value import critical_values
from mlexporter.statistics.rank_weights import location_weights, spread_weights

WEIGHTS: Final[dict[str, Callable[[Scores], Scores]]] = {
    "location": location_weights, "spread": spread_weights
}  # fmt: skip
"""The values of the label ``weight``, and what computes them from the shares of the reference."""

_FLEET: Final = "fleet"
_Sample = tuple[tuple[str, ...], float]


def fleet_blocks(part: ModelPart, selection: Selection, view: View) -> Iterator[tuple[Metric, Block]]:
    """Yield weights, bounds and critical values, where the settings ask for what a fleet needs."""
    if not view.is_fleet or part.reference is None or part.layout is None:
        return
    features, outputs, reference = part.layout.features, part.layout.outputs, part.reference
    blocks = features.kept(_FLEET, selection.features, lambda: _of_features(features, selection, reference))
    yield from zip((catalogue.FEATURE_BIN_WEIGHT, catalogue.FEATURE_BIN_UPPER_BOUND), blocks, strict=True)
    blocks = outputs.kept(_FLEET, selection.outputs, lambda: _of_outputs(outputs, selection, reference))
    yield from zip((catalogue.OUTPUT_BIN_WEIGHT, catalogue.OUTPUT_BIN_ACCURACY), blocks, strict=True)
    found = critical_values(n_subjects=max(len(reference.features), 1), n_windows=len(view.windows))
    rows = tuple((*part.labels, method, window) for window in view.windows for method in found)
    labels = series_of(catalogue.DRIFT_CRITICAL_VALUE, rows)
    yield catalogue.DRIFT_CRITICAL_VALUE, block_of(labels, [*found.values()] * len(view.windows))


def _of_features(layout: SubjectLayout, selection: Selection, reference: Reference) -> tuple[Block, ...]:
    weights: list[_Sample] = []
    bounds: list[_Sample] = []
    distributions = [feature.distribution for feature in reference.features]
    for _, distribution, rows in _chosen(layout, selection.features, distributions):
        weights += _weights(rows, distribution)
        if distribution.kind is Kind.NUMERIC:
            bounds += zip(rows, (*distribution.edges, math.inf), strict=True)
    return _block(catalogue.FEATURE_BIN_WEIGHT, weights), _block(catalogue.FEATURE_BIN_UPPER_BOUND, bounds)


def _of_outputs(layout: SubjectLayout, selection: Selection, reference: Reference) -> tuple[Block, ...]:
    weights: list[_Sample] = []
    accuracies: list[_Sample] = []
    distributions = [output.distribution for output in reference.outputs]
    known = bin_accuracies(reference)
    for place, distribution, rows in _chosen(layout, selection.outputs, distributions):
        weights += _weights(rows, distribution)
        if place in known:
            accuracies += zip(rows, known[place].tolist(), strict=True)
    return _block(catalogue.OUTPUT_BIN_WEIGHT, weights), _block(catalogue.OUTPUT_BIN_ACCURACY, accuracies)


def _chosen(
    layout: SubjectLayout, selection: Indices, distributions: Sequence[Distribution]
) -> Iterator[tuple[int, Distribution, Sequence[tuple[str, ...]]]]:
    """Yield place, bins and the labels of the shape bins of each chosen subject."""
    observed, _, _ = layout.bins(selection)
    start = 0
    for place in selection.tolist():
        distribution = distributions[place]
        yield place, distribution, observed.rows[start : start + distribution.n_shape_bins]
        start += distribution.n_cells


def _weights(rows: Sequence[tuple[str, ...]], distribution: Distribution) -> Iterator[_Sample]:
    counts = distribution.shape_counts.astype(np.float64)[None]
    if not distribution.is_ordered or not counts.sum():
        return
    for name, weigh in WEIGHTS.items():
        found = weigh(counts / counts.sum())[0].tolist()
        for (*before, profile), weight in zip(rows, found, strict=True):
            yield (*before, name, profile), weight


def _block(metric: Metric, samples: Sequence[_Sample]) -> Block:
    labels = SeriesLabels(metric.labels, [row for row, _ in samples])
    return block_of(labels, [value for _, value in samples], is_constant=True)
