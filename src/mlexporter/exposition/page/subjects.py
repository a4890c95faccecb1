"""Joins what a profile and a report say about one feature or output: a Subject, and their order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mlexporter.catalogue import (
    FEATURE_DRIFT,
    FEATURE_EXPECTED_EFFECT,
    FEATURE_INVALID_EXCESS,
    FEATURE_MISSING_EXCESS,
    FEATURE_OUT_OF_RANGE_EXCESS,
    FEATURE_SKEW,
    FEATURE_STUCK_EXCESS,
    FEATURE_TOP_VALUE,
    FEATURE_TRAINING_SKEW,
    FEATURE_TYPE_MISMATCH_EXCESS,
    FEATURE_UNIT_FACTOR,
    FEATURE_UNSEEN_EXCESS,
    OUTPUT_DRIFT,
    Metric,
)
from mlexporter.records import (
    BaselineState,
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
BLIND_ABOVE: Final = 1.75
"""Standard deviations (of ranks, whose location cannot exceed the root of 3) above which nothing can be seen."""
STALE: Final = "stale"
EXCESS: Final = {
    "missing": FEATURE_MISSING_EXCESS.name,
    "outside the training range": FEATURE_OUT_OF_RANGE_EXCESS.name,
    "in unknown categories": FEATURE_UNSEEN_EXCESS.name,
    "of another type": FEATURE_TYPE_MISMATCH_EXCESS.name,
    "not usable as a value": FEATURE_INVALID_EXCESS.name,
}
"""What can rise beyond its share in training, and the name of the score that says so."""

_BESIDE_DRIFT: Final = (
    *EXCESS.values(),
    *(
        metric.name
        for metric in (
            FEATURE_EXPECTED_EFFECT, FEATURE_STUCK_EXCESS, FEATURE_TOP_VALUE, FEATURE_UNIT_FACTOR, FEATURE_SKEW,
            FEATURE_TRAINING_SKEW,
        )
    ),
)  # fmt: skip


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
        scores: Statistic, or catalogue name of what is beside drift, to its finite value.
    """

    window: str
    observations: int
    reason: str
    cells: Counts
    out_of_range: int
    type_mismatches: int
    scores: Mapping[str, float]

    def score_of(self, metric: Metric) -> float | None:
        """Return what is published beside drift, such as the suspected unit; None where it is not."""
        return self.scores.get(metric.name)

    @property
    def severity(self) -> float | None:
        """Severity, above 1 is drift."""
        return self.scores.get("severity")

    @property
    def is_drift(self) -> bool:
        """True where the severity is known and above 1."""
        return self.severity is not None and self.severity > DRIFT_ABOVE

    @property
    def visible(self) -> float | None:
        """The smallest shift that could have been seen, standard deviations; None where that is unknown."""
        return self.scores.get("minimum_detectable_effect")

    @property
    def is_blind(self) -> bool:
        """True where no shift, however large, could have been seen: it moves as much while all is well."""
        return self.visible is not None and self.visible > BLIND_ABOVE


@dataclass(frozen=True, slots=True)
class Subject:
    """A feature or an output with what each window says about it, shortest window first.

    Attributes:
        alert: False where the profile or a person says that its drift is shown only.
        is_excluded: Whether a person said so.
        acknowledged: When a person said that its drift is known, Unix seconds; None where nobody did.
    """

    name: str
    class_name: str
    distribution: Distribution
    threshold: float
    alert: bool
    windows: tuple[WindowScore, ...]
    is_excluded: bool = False
    acknowledged: float | None = None

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
    def expected_effect(self) -> float | None:
        """How far its drift moves predictions at most of all windows, or None where that is unknown."""
        known = [window.scores.get(FEATURE_EXPECTED_EFFECT.name) for window in self.windows]
        return max((value for value in known if value is not None), default=None)

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
    reference: Reference,
    report: Report | None,
    *,
    is_stale: bool = False,
    decided: BaselineState | None = None,
) -> tuple[list[Subject], list[Subject]]:
    """Return the features and the outputs in the order of the profile.

    Args:
        reference: The profile.
        report: Scores of the same bins, or None before the first evaluation.
        is_stale: True for a report too old to be believed: its counts stay, its scores go.
        decided: What people decided about features, or None where that is unknown.
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
        [
            _decided(_subject(each, "", found), decided)
            for each, found in zip(reference.features, features, strict=True)
        ],
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


def _decided(subject: Subject, decided: BaselineState | None) -> Subject:
    if decided is None:
        return subject
    is_excluded = subject.name in decided.excluded
    return replace(
        subject,
        alert=subject.alert and not is_excluded,
        is_excluded=is_excluded,
        acknowledged=decided.acknowledged.get(subject.name),
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
    columns |= {name: _column(subject_scores, name) for name in _BESIDE_DRIFT}
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


def by_importance(found: Sequence[Subject]) -> list[Subject]:
    """Return subjects the worst first; those without a score later, not alerted ones last.

    Of those that drift the one that moves predictions most comes first, where the profile tells; else,
    and among those that do not drift, the one with the highest severity.
    """

    def rank(subject: Subject) -> tuple[bool, bool, bool, float, float]:
        severity = subject.worst_severity
        moved = subject.expected_effect if subject.is_drift else None
        return (
            not subject.alert,
            severity is None,
            not subject.is_drift,
            0.0 if moved is None else -moved,
            0.0 if severity is None else -severity,
        )

    return sorted(found, key=rank)
