"""The scores of the shapes of features or outputs: everything but data quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.catalogue import Metric
from mlexporter.records import Counts, FeatureReference, OutputReference, Scores
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.statistic import statistic_named

Subject = FeatureReference | OutputReference


class ShapeScores(NamedTuple):
    """Results of all windows: arrays of shape (n_windows, n_subjects), reasons alike.

    ``observations`` are rows in shape bins, ``scores`` catalogue names to values with NaN for
    absent, ``absent`` reasons or empty text.
    """

    observations: Counts
    scores: dict[str, Scores]
    absent: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Group:
    """Subjects with equally many bins of one kind; ``members`` are their places."""

    members: list[int]
    subjects: list[Subject]
    current: Counts  # (n_windows, n_members, n_bins)
    reference: Counts  # (n_members, n_bins)


def shape_scores(
    subjects: Sequence[Subject],
    offsets: Sequence[int],
    cells: Counts,
    *,
    metrics: Sequence[Metric],
    required_observations: int,
) -> ShapeScores:
    """Compute ``metrics`` for every subject and window, subjects with equally many bins at once.

    Missing and invalid values do not take part.

    Args:
        subjects: Features or outputs of the profile.
        offsets: Start of each subject's cells, and the number of cells last.
        cells: Counts of the windows, shape (n_windows, n_cells).
        metrics: Catalogue entries with a statistic; ordered ones are NaN for categories.
        required_observations: Rows in shape bins that window and reference both need.
    """
    n_windows, n_subjects = cells.shape[0], len(subjects)
    observations = np.zeros((n_windows, n_subjects), dtype=np.int64)
    scores = {metric.name: np.full((n_windows, n_subjects), np.nan) for metric in metrics}
    absent = np.full((n_windows, n_subjects), "", dtype=object)
    for group in _groups(subjects, offsets, cells):
        rows = group.current.sum(axis=2)
        reference_rows = group.reference.sum(axis=1, dtype=np.float64)
        has_profile = (reference_rows >= required_observations) & ((group.reference > 0).sum(axis=1) >= 2)
        has_rows = rows >= required_observations
        observations[:, group.members] = rows
        absent[:, group.members] = np.where(has_profile, np.where(has_rows, "", "rows"), "profile")
        windows, members = np.nonzero(has_profile & has_rows)
        if windows.size:
            comparison = _comparison(group, windows, members, (n_subjects, n_windows))
            places = np.asarray(group.members)[members]
            for metric in metrics:
                if comparison.is_ordered or not metric.is_ordered:
                    scores[metric.name][windows, places] = statistic_named(metric.statistic)(comparison)
    return ShapeScores(observations, scores, tuple(tuple(reasons) for reasons in absent.tolist()))


def _groups(subjects: Sequence[Subject], offsets: Sequence[int], cells: Counts) -> list[_Group]:
    members: dict[tuple[int, bool], list[int]] = {}
    for place, subject in enumerate(subjects):
        kind = (subject.distribution.n_shape_bins, subject.distribution.is_ordered)
        members.setdefault(kind, []).append(place)
    starts = np.asarray(offsets, dtype=np.int64)
    return [
        _Group(
            members=places,
            subjects=[subjects[place] for place in places],
            current=cells[:, starts[places][:, None] + np.arange(n_bins)],
            reference=np.stack([subjects[place].distribution.shape_counts for place in places]),
        )
        for (n_bins, _), places in members.items()
    ]


def _comparison(
    group: _Group, windows: npt.NDArray[np.intp], members: npt.NDArray[np.intp], looks: tuple[int, int]
) -> Comparison:
    thresholds = np.asarray([subject.threshold for subject in group.subjects], dtype=np.float64)
    distributions = [subject.distribution for subject in group.subjects]
    return Comparison(
        current=group.current[windows, members],
        reference=group.reference[members],
        is_ordered=distributions[0].is_ordered,
        thresholds=thresholds[members],
        distributions=tuple(distributions[member] for member in members),
        n_subjects=looks[0],
        n_windows=looks[1],
    )
