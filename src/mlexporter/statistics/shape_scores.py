"""Scores of the shape of every feature, or output, in every window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.catalogue import Metric
from mlexporter.records import Counts, Scores
from mlexporter.statistics.combined_p_value import combined_p_value
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.expected_counts import effective_reference
from mlexporter.statistics.noise_floor import NoiseFloor
from mlexporter.statistics.statistic import statistic_named
from mlexporter.statistics.subject_groups import Places, SubjectGroup

MOST_ROWS: Final = 2**63 - 1
"""Rows that a window can tell of; from there on its scores are absent for ``overflow``."""


class ShapeScores(NamedTuple):
    """Results of all windows: arrays of shape (n_windows, n_subjects), reasons alike.

    ``observations`` are rows in shape bins, ``scores`` catalogue names to values with NaN for
    absent, ``absent`` reasons or empty text, ``p_values`` of the three tests together (NaN likewise).
    """

    observations: Counts
    scores: dict[str, Scores]
    absent: tuple[tuple[str, ...], ...]
    p_values: Scores


class Looks(NamedTuple):
    """The windows that are looked at.

    Attributes:
        cells: Counts of the windows, shape (n_windows, n_cells).
        slot_rows: Rows of each slot in each window, shape (n_windows, n_slots); None without slots.
        noise: Learned noise, shape (n_windows, n_subjects); None where none was learned.
    """

    cells: Counts
    slot_rows: Scores | None = None
    noise: NoiseFloor | None = None


def shape_scores(
    groups: Sequence[SubjectGroup],
    looks: Looks,
    *,
    metrics: Sequence[Metric],
    required_observations: int,
    others: Mapping[str, Callable[[Comparison, Places], Scores]] = MappingProxyType({}),
) -> ShapeScores:
    """Compute ``metrics`` for every subject and window, subjects with equally many bins at once.

    Missing and invalid values do not take part. Where slots are told apart a window is compared with
    the mix of its slots, and the rows of the reference are the effective rows of that mix.

    Args:
        groups: All features, or all outputs, of the profile.
        looks: What was counted in each window.
        metrics: Catalogue entries with a statistic; ordered ones are NaN for categories.
        required_observations: Rows in shape bins that window and reference both need.
        others: By name, what else is computed from comparisons and the subjects that their rows are of.
    """
    n_windows, n_subjects = looks.cells.shape[0], sum(len(group.members) for group in groups)
    observations = np.zeros((n_windows, n_subjects), dtype=np.int64)
    names = (*(metric.name for metric in metrics), *others)
    scores = {name: np.full((n_windows, n_subjects), np.nan) for name in names}
    p_values = np.full((n_windows, n_subjects), np.nan)
    absent = np.full((n_windows, n_subjects), "", dtype=object)
    for group in groups:
        current = looks.cells[:, group.cells]
        reference = effective_reference(group, looks.slot_rows)
        observations[:, group.members], reasons = _reasons(current, reference, required_observations)
        absent[:, group.members] = reasons
        windows, members = np.nonzero(reasons == "")
        if windows.size:
            comparison = _comparison(group, looks, reference, (windows, members), n_subjects)
            places = group.members[members]
            p_values[windows, places] = combined_p_value(comparison)
            for name, compute in others.items():
                scores[name][windows, places] = compute(comparison, places)
            for metric in metrics:
                if comparison.is_ordered or not metric.is_ordered:
                    scores[metric.name][windows, places] = statistic_named(metric.statistic)(comparison)
    return ShapeScores(observations, scores, tuple(tuple(reasons) for reasons in absent.tolist()), p_values)


def _reasons(current: Counts, reference: Scores, required: int) -> tuple[Counts, npt.NDArray[np.object_]]:
    """Return the rows of each window and member, and why it has no scores (or empty text)."""
    is_beyond = (current.sum(axis=2, dtype=np.float64) >= MOST_ROWS) | (current < 0).any(axis=2)
    rows = np.where(is_beyond, MOST_ROWS, current.sum(axis=2))
    # Effective rows of a single slot are its rows, but for rounding.
    reference_rows = reference.sum(axis=2) * (1 + 1e-9)
    has_profile = (reference_rows >= required) & ((reference > 0).sum(axis=2) >= 2)
    reasons = np.where(rows >= required, "", "rows").astype(object)
    reasons[np.broadcast_to(~has_profile, reasons.shape)] = "profile"
    reasons[is_beyond] = "overflow"
    return rows, reasons


def _comparison(
    group: SubjectGroup, looks: Looks, reference: Scores, compared: tuple[Places, Places], n_subjects: int
) -> Comparison:
    windows, members = compared
    return Comparison(
        current=looks.cells[windows[:, None], group.cells[members]],
        reference=reference[windows if len(reference) > 1 else 0, members],
        is_ordered=group.is_ordered,
        thresholds=group.thresholds[members],
        uses_psi=group.uses_psi[members],
        noise=None if looks.noise is None else looks.noise.rows(windows, group.members[members]),
        positions=group.positions[members],
        n_subjects=n_subjects,
        n_windows=len(looks.cells),
    )
