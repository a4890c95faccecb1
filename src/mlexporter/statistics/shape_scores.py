"""The scores of the shapes of features or outputs: everything but data quality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mlexporter.catalogue import Metric
from mlexporter.records import Counts, Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.statistic import statistic_named
from mlexporter.statistics.subject_groups import Places, SubjectGroup


class ShapeScores(NamedTuple):
    """Results of all windows: arrays of shape (n_windows, n_subjects), reasons alike.

    ``observations`` are rows in shape bins, ``scores`` catalogue names to values with NaN for
    absent, ``absent`` reasons or empty text.
    """

    observations: Counts
    scores: dict[str, Scores]
    absent: tuple[tuple[str, ...], ...]


def shape_scores(
    groups: Sequence[SubjectGroup],
    cells: Counts,
    *,
    metrics: Sequence[Metric],
    required_observations: int,
) -> ShapeScores:
    """Compute ``metrics`` for every subject and window, subjects with equally many bins at once.

    Missing and invalid values do not take part.

    Args:
        groups: All features, or all outputs, of the profile.
        cells: Counts of the windows, shape (n_windows, n_cells).
        metrics: Catalogue entries with a statistic; ordered ones are NaN for categories.
        required_observations: Rows in shape bins that window and reference both need.
    """
    n_windows, n_subjects = cells.shape[0], sum(len(group.members) for group in groups)
    observations = np.zeros((n_windows, n_subjects), dtype=np.int64)
    scores = {metric.name: np.full((n_windows, n_subjects), np.nan) for metric in metrics}
    absent = np.full((n_windows, n_subjects), "", dtype=object)
    for group in groups:
        current = cells[:, group.cells]
        rows = current.sum(axis=2)
        reference_rows = group.reference.sum(axis=1, dtype=np.float64)
        has_profile = (reference_rows >= required_observations) & ((group.reference > 0).sum(axis=1) >= 2)
        has_rows = rows >= required_observations
        observations[:, group.members] = rows
        absent[:, group.members] = np.where(has_profile, np.where(has_rows, "", "rows"), "profile")
        windows, members = np.nonzero(has_profile & has_rows)
        if windows.size:
            comparison = _comparison(group, current, windows, members, (n_subjects, n_windows))
            places = group.members[members]
            for metric in metrics:
                if comparison.is_ordered or not metric.is_ordered:
                    scores[metric.name][windows, places] = statistic_named(metric.statistic)(comparison)
    return ShapeScores(observations, scores, tuple(tuple(reasons) for reasons in absent.tolist()))


def _comparison(
    group: SubjectGroup, current: Counts, windows: Places, members: Places, looks: tuple[int, int]
) -> Comparison:
    return Comparison(
        current=current[windows, members],
        reference=group.reference[members],
        is_ordered=group.is_ordered,
        thresholds=group.thresholds[members],
        positions=group.positions[members],
        n_subjects=looks[0],
        n_windows=looks[1],
    )
