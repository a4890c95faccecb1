"""Joins what a profile and a report say about one feature or output: a Subject, and their order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mlexporter.catalogue import (
    FEATURE_DRIFT,
    FEATURE_MISSING_EXCESS,
    FEATURE_OUT_OF_RANGE_EXCESS,
    FEATURE_TYPE_MISMATCH_EXCESS,
    FEATURE_UNSEEN_EXCESS,
    OUTPUT_DRIFT,
    Metric,
)
from mlexporter.records import (
    Counts,
    Distribution,
    FeatureReference,
    OutputReference,
    Reference,
    Report,
    SubjectScores,
    WindowCounts,
)

DRIFT_ABOVE: Final = 1.0
STALE: Final = "stale"
EXCESS: Final = {
    "missing": FEATURE_MISSING_EXCESS.name,
    "outside the training range": FEATURE_OUT_OF_RANGE_EXCESS.name,
    "in unknown categories": FEATURE_UNSEEN_EXCESS.name,
    "of another type": FEATURE_TYPE_MISMATCH_EXCESS.name,
}
"""What can rise beyond its share in training, and the name of the score that says so."""


def _name_of(statistic: str, metrics: Sequence[Metric]) -> str:
    return next(metric.name for metric in metrics if metric.statistic == statistic)


_SHOWN: Final = (
    "severity", "effect", "location", "spread", "minimum_detectable_effect", "population_stability_index",
)  # fmt: skip
_FEATURE_NAMES: Final = {statistic: _name_of(statistic, FEATURE_DRIFT) for statistic in _SHOWN}
_OUTPUT_NAMES: Final = {statistic: _name_of(statistic, OUTPUT_DRIFT) for statistic in _SHOWN}


@dataclass(frozen=True, slots=True)
class WindowScore:
    """What one window says about a subject; a score that is not published is None.

    Attributes:
        window: Name of the window.
        observations: Rows with a usable value.
        reason: Why there are no scores, of ``catalogue.ABSENT_REASONS``, or empty.
        cells: Counts in the cells of the distribution, int64, shape (n_cells,).
        out_of_range: Rows outside the training range; 0 for outputs.
        type_mismatches: Rows of another type; 0 for outputs.
        scores: Statistic, or name of a score of an excess, to its finite value.
    """

    window: str
    observations: int
    reason: str
    cells: Counts
    out_of_range: int
    type_mismatches: int
    scores: Mapping[str, float]

    @property
    def severity(self) -> float | None:
        """Severity, above 1 is drift."""
        return self.scores.get("severity")

    @property
    def is_drift(self) -> bool:
        """True where the severity is known and above 1."""
        return self.severity is not None and self.severity > DRIFT_ABOVE


@dataclass(frozen=True, slots=True)
class Subject:
    """A feature or an output with what each window says about it, shortest window first."""

    name: str
    class_name: str
    distribution: Distribution
    threshold: float
    alert: bool
    windows: tuple[WindowScore, ...]

    @property
    def worst(self) -> WindowScore | None:
        """The window with the highest severity, or None where no window has one."""
        known = [window for window in self.windows if window.severity is not None]
        return max(known, key=lambda window: window.scores["severity"], default=None)

    @property
    def worst_severity(self) -> float | None:
        """The highest severity, or None."""
        worst = self.worst
        return None if worst is None else worst.severity

    @property
    def is_drift(self) -> bool:
        """True where any window has a severity above 1."""
        worst = self.worst
        return worst is not None and worst.is_drift

    @property
    def shown(self) -> WindowScore | None:
        """The window to draw: the worst one of a drift, else the longest with scores or rows."""
        if self.is_drift:
            return self.worst
        scored = [window for window in self.windows if window.severity is not None]
        filled = [window for window in self.windows if window.cells.any()]
        candidates = scored or filled or self.windows
        return candidates[-1] if candidates else None


def subjects(
    reference: Reference, report: Report | None, *, is_stale: bool = False
) -> tuple[list[Subject], list[Subject]]:
    """Return the features and the outputs in the order of the profile.

    Args:
        reference: The profile.
        report: Scores of the same bins, or None before the first evaluation.
        is_stale: True for a report too old to be believed: its counts stay, its scores go.
    """
    windows = report.windows if report is not None else ()
    features: list[list[WindowScore]] = [[] for _ in reference.features]
    outputs: list[list[WindowScore]] = [[] for _ in reference.outputs]
    for window in windows:
        offsets = reference.feature_offsets
        parts = _window_scores(window.counts, window.features, offsets, _FEATURE_NAMES, is_output=False)
        for scores, part in zip(features, parts, strict=True):
            scores.append(_without_scores(part) if is_stale else part)
        offsets = reference.output_offsets
        parts = _window_scores(window.counts, window.outputs, offsets, _OUTPUT_NAMES, is_output=True)
        for scores, part in zip(outputs, parts, strict=True):
            scores.append(_without_scores(part) if is_stale else part)
    return (
        [_subject(each, "", found) for each, found in zip(reference.features, features, strict=True)],
        [_subject(each, each.class_name, found) for each, found in zip(reference.outputs, outputs, strict=True)],
    )  # fmt: skip


def _subject(
    reference: FeatureReference | OutputReference, class_name: str, windows: list[WindowScore]
) -> Subject:
    return Subject(
        reference.name,
        class_name,
        reference.distribution,
        reference.threshold,
        reference.alert,
        tuple(windows),
    )


def _window_scores(
    counts: WindowCounts,
    subject_scores: SubjectScores,
    offsets: tuple[int, ...],
    names: Mapping[str, str],
    *,
    is_output: bool,
) -> list[WindowScore]:
    cells = counts.output_cells if is_output else counts.feature_cells
    n_subjects = len(offsets) - 1
    no_counts = [0] * n_subjects
    outside = no_counts if is_output else counts.out_of_range.tolist()
    mismatches = no_counts if is_output else counts.type_mismatches.tolist()
    columns = {statistic: _column(subject_scores, name) for statistic, name in names.items()}
    columns |= {name: _column(subject_scores, name) for name in EXCESS.values()}
    present = {key: column for key, column in columns.items() if column}
    observations = subject_scores.observations.tolist()
    return [
        WindowScore(
            counts.name, observations[i], subject_scores.absent[i], cells[offsets[i] : offsets[i + 1]],
            outside[i], mismatches[i],
            {key: column[i] for key, column in present.items() if math.isfinite(column[i])},
        )
        for i in range(n_subjects)
    ]  # fmt: skip


def _column(scores: SubjectScores, name: str) -> list[float]:
    values = scores.scores.get(name)
    return [] if values is None else values.tolist()


def _without_scores(part: WindowScore) -> WindowScore:
    return WindowScore(
        part.window, part.observations, STALE, part.cells, part.out_of_range, part.type_mismatches, {}
    )


def by_severity(found: Sequence[Subject]) -> list[Subject]:
    """Return subjects by falling worst severity; those without one later, not alerted ones last."""

    def rank(subject: Subject) -> tuple[bool, bool, float]:
        severity = subject.worst_severity
        return (not subject.alert, severity is None, 0.0 if severity is None else -severity)

    return sorted(found, key=rank)
