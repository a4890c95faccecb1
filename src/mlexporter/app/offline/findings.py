"""What an evaluation found that somebody may want to fail on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.alerting.data import SKEW_RATIO
from mlexporter.records import (
    FeatureReference,
    Kind,
    Objectives,
    OutputReference,
    Reference,
    SubjectScores,
    WindowReport,
)
from mlexporter.statistics.repeated_values import STUCK_RATIO, STUCK_RISE
from mlexporter.statistics.unit_factor import unit_words

DRIFT: Final = "drift"
QUALITY: Final = "quality"
NO_VERDICT: Final = "no-verdict"
KINDS: Final = (DRIFT, QUALITY, NO_VERDICT)
"""What can be found: drift, bad values, too little to say anything."""

DRIFT_ABOVE: Final = 1.0
QUALITY_ABOVE: Final = Objectives().quality_rise
"""Rise of a share (lower bound of Cohen's h) from which it counts, as the alerts have it."""

_RISES: Final = (
    (catalogue.FEATURE_MISSING_EXCESS, "is missing more often", QUALITY_ABOVE),
    (catalogue.FEATURE_INVALID_EXCESS, "is invalid more often", QUALITY_ABOVE),
    (catalogue.FEATURE_OUT_OF_RANGE_EXCESS, "is outside the training range more often", QUALITY_ABOVE),
    (catalogue.FEATURE_UNSEEN_EXCESS, "has more unknown categories", QUALITY_ABOVE),
    (catalogue.FEATURE_TYPE_MISMATCH_EXCESS, "has another type more often", QUALITY_ABOVE),
    (catalogue.FEATURE_STUCK_EXCESS, "has one value and repeats it far more often", STUCK_RISE),
)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: One of ``KINDS``.
        subject: The feature, output or joint; empty for the model as a whole.
        value: Severity of a drift, lower bound of a rise or of a share; 0 where nothing could be told.
        sentence: What it is, for people.
    """

    kind: str
    subject: str
    value: float
    sentence: str


def findings(reference: Reference, window: WindowReport) -> tuple[Finding, ...]:
    """Return what is wrong with what alerts, drift before bad values, the worst first.

    The dependence between features moves with every feature that drifts or is missing, and then comes
    after them, and says so.
    """
    units = _units(reference, window.features)
    drifts = [
        *_drifts(reference.features, window.features, catalogue.FEATURE_DRIFT_SEVERITY, "feature"),
        *_drifts(reference.outputs, window.outputs, catalogue.OUTPUT_DRIFT_SEVERITY, "output"),
        *_joint_drifts(reference, window.joints, is_embedding=True),
    ]
    rises = [*_rises(reference, window.features), *_skews(reference, window.features), *_duplicates(window)]
    numbers = {f.name for f in reference.features if f.distribution.kind is Kind.NUMERIC}
    moved = {finding.subject for finding in (*drifts, *rises)} & numbers
    because = f"; it moves with {min(moved)}, too" if moved else ""
    dependence = [
        replace(each, sentence=each.sentence + because)
        for each in _joint_drifts(reference, window.joints, is_embedding=False)
    ]
    found = [
        replace(finding, sentence=finding.sentence + units.get(finding.subject, ""))
        for finding in (*sorted(drifts, key=_by_value), *dependence, *sorted(rises, key=_by_value))
    ]
    found += _silent_outputs(reference, window)
    if not _has_scores(reference, window):
        sentence = f"no feature or output that alerts has a score: {window.counts.row_count:,} rows"
        found.append(Finding(NO_VERDICT, "", 0.0, sentence))
    return tuple(found)


def _units(reference: Reference, scores: SubjectScores) -> dict[str, str]:
    """Return what is suspected of the unit of a feature, for features of which something is."""
    factors = scores.scores.get(catalogue.FEATURE_UNIT_FACTOR.name)
    if factors is None:
        return {}
    known = zip(reference.feature_names, factors.tolist(), strict=True)
    return {name: f"; values look {unit_words(factor)}" for name, factor in known if np.isfinite(factor)}


def _by_value(finding: Finding) -> float:
    return -finding.value


def _drifts(
    subjects: Sequence[FeatureReference | OutputReference], scores: SubjectScores, metric: Metric, what: str
) -> Iterator[Finding]:
    severities = scores.scores.get(metric.name, np.full(len(subjects), np.nan))
    for subject, severity in zip(subjects, severities.tolist(), strict=True):
        if subject.alert and severity > DRIFT_ABOVE:
            sentence = f"{what} {subject.name} has drifted: severity {severity:.2f}"
            yield Finding(DRIFT, subject.name, severity, sentence)


def _joint_drifts(reference: Reference, scores: SubjectScores, *, is_embedding: bool) -> Iterator[Finding]:
    for place, joint in enumerate(reference.joints):
        if bool(joint.name) is not is_embedding:
            continue
        metric = catalogue.EMBEDDING_DRIFT_SEVERITY if joint.name else catalogue.JOINT_DRIFT_SEVERITY
        values = scores.scores.get(metric.name)
        if values is not None and joint.alert and values[place] > DRIFT_ABOVE:
            what = f"embedding {joint.name}" if joint.name else "the dependence between features"
            severity = float(values[place])
            yield Finding(DRIFT, joint.name, severity, f"{what} has drifted: severity {severity:.2f}")


def _rises(reference: Reference, scores: SubjectScores) -> Iterator[Finding]:
    for metric, words, above in _RISES:
        values = scores.scores.get(metric.name, np.full(len(reference.features), np.nan))
        if metric is catalogue.FEATURE_STUCK_EXCESS:
            values = np.where(_has_one_value(reference, scores), values, np.nan)
        for feature, value in zip(reference.features, values.tolist(), strict=True):
            if feature.alert and value > above:
                sentence = f"feature {feature.name} {words} than in training: by at least {value:.2f}"
                yield Finding(QUALITY, feature.name, value, sentence)


def _has_one_value(reference: Reference, scores: SubjectScores) -> npt.NDArray[np.bool_]:
    """Return which features hang: sessions and retries repeat many values, and only a hung feed nearly all."""
    ratios = scores.scores.get(catalogue.FEATURE_TOP_VALUE.name, np.full(len(reference.features), np.nan))
    return ratios > STUCK_RATIO


def _skews(reference: Reference, scores: SubjectScores) -> Iterator[Finding]:
    values = scores.scores.get(catalogue.FEATURE_SKEW.name, np.full(len(reference.features), np.nan))
    for feature, value in zip(reference.features, values.tolist(), strict=True):
        if feature.alert and value > SKEW_RATIO:
            sentence = (
                f"feature {feature.name} does not fit what it derives from in at least {value:.1%} of the rows, "
                "beyond those of training"
            )
            yield Finding(QUALITY, feature.name, value, sentence)


def _duplicates(window: WindowReport) -> Iterator[Finding]:
    value = window.model.get(catalogue.DUPLICATE_ROWS_EXCESS.name, 0.0)
    if value > QUALITY_ABOVE:
        sentence = f"rows repeat other rows near them more often than in training: by at least {value:.2f}"
        yield Finding(QUALITY, "", value, sentence)


def _silent_outputs(reference: Reference, window: WindowReport) -> Iterator[Finding]:
    """Yield outputs without any value: their column is not named, or holds none; features are missing then."""
    n_rows = window.counts.row_count
    for output, values in zip(reference.outputs, window.outputs.observations.tolist(), strict=True):
        if output.alert and n_rows and not values:
            title = f"{output.name} ({output.class_name})" if output.class_name else output.name
            sentence = f"output {title} has a value in none of {n_rows:,} rows"
            yield Finding(NO_VERDICT, output.name, 0.0, sentence)


def _has_scores(reference: Reference, window: WindowReport) -> bool:
    for subjects, scores, metric in (
        (reference.features, window.features, catalogue.FEATURE_DRIFT_SEVERITY),
        (reference.outputs, window.outputs, catalogue.OUTPUT_DRIFT_SEVERITY),
    ):
        values = scores.scores.get(metric.name)
        alerted = np.array([subject.alert for subject in subjects], dtype=np.bool_)
        if values is not None and np.isfinite(values[alerted]).any():
            return True
    return False
