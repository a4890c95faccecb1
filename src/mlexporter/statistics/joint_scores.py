"""Drift of the dependence between features, and of embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mlexporter.catalogue import EMBEDDING_DRIFT_SEVERITY, JOINT_DRIFT_SEVERITY
from mlexporter.records import (
    ComponentNoise,
    Counts,
    EmbeddingTransform,
    Reference,
    Scores,
    SubjectScores,
    WindowCounts,
)
from mlexporter.records.sides import JOINTS
from mlexporter.statistics.comparison import FALSE_ALARM_PROBABILITY, Comparison
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.joint_groups import ComponentGroup, JointGroups, joint_groups
from mlexporter.statistics.joint_noise import largest_noise
from mlexporter.statistics.noise_floor import NoiseFloor, window_noise
from mlexporter.statistics.shift_of_means import shift_of_means_lower_bound
from mlexporter.statistics.side_counts import side_counts

_TESTS_OF_AN_EMBEDDING = 4
"""Clusters, what lies far from all of them, mean, residual."""


def joint_scores(
    reference: Reference,
    windows: Sequence[WindowCounts],
    *,
    required_observations: int,
    false_alarm_probability: float = FALSE_ALARM_PROBABILITY,
) -> list[SubjectScores]:
    """Compare every joint in every window with its training rows.

    The severity of a joint is the largest lower bound of its parts, divided by its threshold; false
    alarms are shared out over parts, joints and windows. The parts of the dependence between features
    are its components, each compared like a feature. Those of an embedding are four: how its vectors
    spread over their clusters, how many lie far from all of these, the mean of their principal
    components, and the length of what these leave over.

    A severity above 1 does not say that features still look as they did one by one: where single
    features drift, what is joint with them moves too.

    What broke is seen best: rows that leave the narrow directions of training. Two features out of many
    that had nothing to do with each other and now have are hardly seen, and nothing at all is seen where
    distances and projections keep their shape.

    Args:
        reference: The profile in use.
        windows: Counts of each window, shortest first; possibly none.
        required_observations: Rows in shape bins that window and reference both need.
        false_alarm_probability: Of one look at all joints, between 0 and 1.

    Returns:
        For each window what is known of ``Reference.joints``, in their order: rows that were looked at,
        severities by catalogue name (those of features stand under the one, those of embeddings under the
        other name; NaN is absent) and the reasons for having none: ``rows`` or ``profile``.

    Source: dunn1961.
    """
    cells = side_counts(reference, windows, JOINTS)
    shape = (len(windows), len(reference.joints))
    observations = np.zeros(shape, dtype=np.int64)
    scores = {
        metric.name: np.full(shape, np.nan) for metric in (JOINT_DRIFT_SEVERITY, EMBEDDING_DRIFT_SEVERITY)
    }
    absent = np.full(shape, "", dtype=object)
    look = _Look(reference, windows, false_alarm_probability)
    for place, groups in enumerate(joint_groups(reference)):
        own = cells[:, groups.cells]
        rows, known = _rows(groups, own), _known_rows(groups)
        observations[:, place] = rows
        absent[:, place] = np.where(rows >= required_observations, "", "rows")
        if known < required_observations:
            absent[:, place] = "profile"
        seen = np.flatnonzero(absent[:, place] == "")
        if seen.size:
            metric = EMBEDDING_DRIFT_SEVERITY if groups.joint.name else JOINT_DRIFT_SEVERITY
            scores[metric.name][seen, place] = (
                look.lower_bounds(groups, own[seen], seen) / groups.joint.threshold
            )
    return [
        SubjectScores(
            observations[place],
            {name: values[place] for name, values in scores.items()},
            tuple(absent[place]),
        )
        for place in range(len(windows))
    ]


class _Look:
    """One look at all joints in all windows."""

    def __init__(self, reference: Reference, windows: Sequence[WindowCounts], probability: float) -> None:
        self._reference = reference
        self._windows = windows
        self._probability = probability

    def lower_bounds(self, groups: JointGroups, cells: Counts, seen: Counts) -> Scores:
        """Return the largest bound of the parts of a joint in each window of ``seen``."""
        if isinstance(groups.joint.transform, EmbeddingTransform):
            return self._of_embedding(groups, groups.joint.transform, cells, seen)
        n_parts = len(groups.joint.distributions)
        bounds = [
            effect_lower_bound(self._compared(groups, group, cells, seen, n_parts)).reshape(len(seen), -1)
            for group in groups.groups
        ]
        largest: Scores = np.concatenate(bounds, axis=1).max(axis=1)
        return largest

    def _of_embedding(
        self, groups: JointGroups, transform: EmbeddingTransform, cells: Counts, seen: Counts
    ) -> Scores:
        n_axes = len(transform.scales)
        by_part = [
            (group, self._compared(groups, group, cells, seen, _TESTS_OF_AN_EMBEDDING))
            for group in groups.groups
        ]
        mean = shift_of_means_lower_bound(
            [(group.members, comparison) for group, comparison in by_part], transform.correlations.array
        )
        residual = np.zeros(len(seen))
        for group, comparison in by_part:
            if group.members[-1] == n_axes:
                residual = effect_lower_bound(comparison).reshape(len(seen), -1)[:, -1]
        return np.maximum(np.maximum(mean, residual), self._of_clusters(groups.joint.name, seen))

    def _compared(
        self, groups: JointGroups, group: ComponentGroup, cells: Counts, seen: Counts, n_parts: int
    ) -> Comparison:
        noise = self._noise(groups.joint.noise, seen)
        window_of_row = np.repeat(np.arange(len(seen)), len(group.members))
        return Comparison(
            current=cells[:, group.cells].reshape(-1, group.cells.shape[1]),
            reference=np.tile(group.reference, (len(seen), 1)),
            is_ordered=True,
            noise=None if noise is None else noise.rows(window_of_row, 0),
            n_subjects=n_parts * len(self._reference.joints),
            n_windows=len(self._windows),
            false_alarm_probability=self._probability,
        )

    def _noise(self, learned: Mapping[str, ComponentNoise], seen: Counts) -> NoiseFloor | None:
        """Return the noise of one subject, shape (len(seen), 1).

        Joints are not told apart by slots. Where features are, a long window may hold a part of a day: what
        hours differ by is in the noise of the shortest blocks, and holds for all windows.
        """
        windows = [self._windows[place] for place in seen]
        names = [window.name for window in windows]
        if self._reference.slots is not None and learned:
            learned = dict.fromkeys({*learned, *names}, largest_noise(tuple(learned.values())))
        found = window_noise([learned], names)
        return None if found is None else found.over([window.span_seconds for window in windows])

    def _of_clusters(self, name: str, seen: Counts) -> Scores:
        """Return the bound by all clusters, or by the vectors that are far from all of them."""
        reference = self._reference
        place = reference.feature_names.index(name)
        feature = reference.features[place]
        start = reference.feature_offsets[place]
        clusters = slice(start, start + feature.distribution.n_shape_bins)
        current = np.stack([self._windows[window].feature_cells[clusters] for window in seen])
        training = np.tile(feature.distribution.shape_counts, (len(seen), 1))
        noise = self._noise(feature.noise, seen)
        bounds = [
            effect_lower_bound(
                Comparison(
                    current=counts,
                    reference=known,
                    is_ordered=False,
                    noise=None if noise is None else noise.rows(slice(None), 0),
                    n_subjects=_TESTS_OF_AN_EMBEDDING * len(reference.joints),
                    n_windows=len(self._windows),
                    false_alarm_probability=self._probability,
                )
            )
            for counts, known in ((current, training), (_far(current), _far(training)))
        ]
        return np.maximum(*bounds)


def _far(cells: Counts) -> Counts:
    """Return the rows near some cluster, and those that are far from all: the last bin is ``unseen``."""
    return np.stack([cells[:, :-1].sum(axis=1), cells[:, -1]], axis=1)


def _rows(groups: JointGroups, cells: Counts) -> Counts:
    """Return the rows of each window: those of the component that has the fewest."""
    rows = [cells[:, group.cells].sum(axis=2).min(axis=1) for group in groups.groups]
    fewest: Counts = np.min(rows, axis=0) if rows else np.zeros(len(cells), dtype=np.int64)
    return fewest


def _known_rows(groups: JointGroups) -> float:
    return min((float(group.reference.sum(axis=1).min()) for group in groups.groups), default=-1.0)
