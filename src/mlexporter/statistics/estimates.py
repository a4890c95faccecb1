"""Performance without labels: what held-out rows with the scores of a window would have come to.

An estimate holds as long as a score means what it meant for the held-out rows. It is silent where that is
what has changed (concept drift, a feature that the model does not see): never let it be the only alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from mlexporter.catalogue import (
    ACCURACY,
    F1,
    MEAN_ABSOLUTE_ERROR,
    PRECISION,
    RECALL,
    ROC_AUC,
    ROOT_MEAN_SQUARED_ERROR,
    Metric,
)
from mlexporter.records import Estimate, Kind, OutcomeTable, Reference, Scores, WindowCounts
from mlexporter.records.sides import LEAVES
from mlexporter.statistics.expected_errors import expected_errors
from mlexporter.statistics.expected_outcomes import ExpectedOutcomes, Quality

NORMAL_QUANTILE: Final = 1.959963984540054
"""Of both ends of a band of 95 %."""

REQUIRED_CLASS_ROWS: Final = 20
"""Held-out rows of a class without which nothing is told of it alone."""

_UNSEEN_FROM_END: Final = 1


def estimates(
    reference: Reference, window: WindowCounts, *, required_observations: int = 100
) -> tuple[Estimate, ...]:
    """Estimate how well the model does in a window of which no label is known.

    Classes: every row counts as right as held-out rows of its score bin and its decision were. Numbers:
    as wrong as held-out rows in its leaf of a tree were. Several classes are first averaged (``class_name``
    empty), then told one by one; their band is that of classes whose errors go together, so too wide.

    Args:
        reference: The profile; without ``estimation`` nothing is estimated.
        window: Counts of the window.
        required_observations: Rows without which nothing is estimated.

    Returns:
        Estimates with bands that hold the realised value of 95 % of windows while scores mean what they
        meant. What cannot be told, such as the precision where no row is predicted, is not in it.

    Source: bialek2024 (expected confusion of calibrated scores).  Differs: from counts in bins, calibrated
    bin by bin on held-out rows.
    """
    known = reference.estimation
    if known is None:
        return ()
    found = list(_of_classes(reference, window, max(required_observations, 1)))
    if known.leaves is not None:
        found += _of_numbers(reference, window, max(required_observations, 1))
    return tuple(found)


def reference_qualities(reference: Reference) -> dict[str, float]:
    """Return what the qualities of the whole model were on its held-out rows: catalogue name to value."""
    known = reference.estimation
    if known is None:
        return {}
    qualities: dict[str, float] = {}
    if known.tables:
        outcomes = [
            (table, ExpectedOutcomes.of(table, np.asarray(table.rows, dtype=np.float64), prior_rows=0.0))
            for table in known.tables
        ]
        whole = _whole(outcomes)
        qualities = {metric.name: quality.value for metric, quality in whole.items()}
    if known.leaves is not None:
        shares = np.asarray(known.leaves.rows, dtype=np.float64) / sum(known.leaves.rows)
        qualities[MEAN_ABSOLUTE_ERROR.name] = float(shares @ np.asarray(known.leaves.absolute))
        qualities[ROOT_MEAN_SQUARED_ERROR.name] = float(np.sqrt(shares @ np.asarray(known.leaves.square)))
    return qualities


def _of_classes(reference: Reference, window: WindowCounts, required: int) -> Iterator[Estimate]:
    known = reference.estimation
    outcomes: list[tuple[OutcomeTable, ExpectedOutcomes]] = []
    for table in () if known is None else known.tables:
        counts = _shape_counts(reference, window, table.output)
        if counts.sum() < required:
            return
        outcomes.append((table, ExpectedOutcomes.of(table, counts)))
    if not outcomes:
        return
    for metric, quality in _whole(outcomes).items():
        yield _estimate(metric, "", quality)
    if len(outcomes) > 1:
        for table, outcome in outcomes:
            if _is_told_of(table):
                for metric, quality in outcome.qualities().items():
                    yield _estimate(metric, table.class_name, quality)


def _whole(outcomes: Sequence[tuple[OutcomeTable, ExpectedOutcomes]]) -> Mapping[Metric, Quality]:
    """Return the qualities of the whole model: of the positive class of two, or averages over several."""
    if len(outcomes) == 1:
        outcome = outcomes[0][1]
        return {**outcome.accuracy(), **outcome.qualities()}
    whole = _accuracy_of_several([outcome for _, outcome in outcomes])
    told = [outcome.qualities() for table, outcome in outcomes if _is_told_of(table)]
    for metric in (PRECISION, RECALL, F1, ROC_AUC):
        parts = [qualities[metric] for qualities in told if metric in qualities]
        if parts and len(parts) == len(told):
            # Bounds the deviation of a mean whose parts are correlated in whatever way.
            deviation = float(np.mean([np.sqrt(part.variance) for part in parts]))
            whole[metric] = Quality(float(np.mean([part.value for part in parts])), deviation**2)
    return whole


def _accuracy_of_several(outcomes: Sequence[ExpectedOutcomes]) -> dict[Metric, Quality]:
    """Return the share of rows that are right for the class that was predicted for them.

    A row is right for one class at most, so adding up the variances of the classes bounds the variance.
    """
    parts = [outcome.right_share() for outcome in outcomes]
    if any(part is None for part in parts):
        return {}
    told = [part for part in parts if part is not None]
    return {ACCURACY: Quality(sum(part.value for part in told), sum(part.variance for part in told))}


def _is_told_of(table: OutcomeTable) -> bool:
    return bool(table.class_name) and sum(table.positives) >= REQUIRED_CLASS_ROWS


def _of_numbers(reference: Reference, window: WindowCounts, required: int) -> list[Estimate]:
    known = reference.estimation
    counts = window.side_cells[reference.side_places[LEAVES]]
    if known is None or known.leaves is None or counts.sum() < required:
        return []
    rows = max(float(_shape_counts(reference, window, 0).sum()), float(counts.sum()))
    found = expected_errors(known.leaves, counts, rows)
    names = (MEAN_ABSOLUTE_ERROR, ROOT_MEAN_SQUARED_ERROR)
    return [_band(metric, "", quality, np.inf) for metric, quality in zip(names, found, strict=True)]


def _shape_counts(reference: Reference, window: WindowCounts, output: int) -> Scores:
    start = reference.output_offsets[output]
    distribution = reference.outputs[output].distribution
    counts = window.output_cells[start : start + distribution.n_shape_bins].astype(np.float64)
    if distribution.kind is not Kind.NUMERIC:
        counts[-_UNSEEN_FROM_END] = 0.0  # no held-out row says anything of a category that is new
    return counts


def _estimate(metric: Metric, class_name: str, quality: Quality) -> Estimate:
    return _band(metric, class_name, quality, 1.0)


def _band(metric: Metric, class_name: str, quality: Quality, largest: float) -> Estimate:
    reach = NORMAL_QUANTILE * float(np.sqrt(quality.variance))
    value = min(max(quality.value, 0.0), largest)
    return Estimate(metric.name, class_name, value, max(value - reach, 0.0), min(value + reach, largest))
