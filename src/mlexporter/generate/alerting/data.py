"""Alerts about the data that reaches a model: gone, missing, out of range, unseen, of another type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    FEATURE,
    FEATURE_WINDOW,
    MODEL,
    OUTPUT,
    Matcher,
    largest,
    rate,
    select,
    total,
)
from mlexporter.generate.recording import EXAMINED_RATE, MISSING_RATE, REFERENCE_MISSING_RATIO, ROW_RATE
from mlexporter.generate.rules import MODEL_PHRASE, Alert, Severity

FEATURE_PHRASE: Final = "Feature {{ $labels.feature }} of " + MODEL_PHRASE
"""How a description names a feature."""


def not_excluded(options: RuleOptions) -> str:
    """Return the condition that keeps features quiet that are shown but must not alert."""
    return _unless_excluded(catalogue.FEATURE_EXCLUDED, FEATURE, options)


def outputs_not_excluded(options: RuleOptions) -> str:
    """Return the condition that keeps outputs quiet that are shown but must not alert."""
    return _unless_excluded(catalogue.OUTPUT_EXCLUDED, OUTPUT, options)


def _unless_excluded(metric: Metric, labels: tuple[str, ...], options: RuleOptions) -> str:
    return f"unless on ({', '.join(labels)})\n{largest(labels, select(metric, options))} == 1"


@dataclass(frozen=True, slots=True)
class _Rise:
    """One alert on a share that rose: the bound to look at, and what to say."""

    name: str
    bound: Metric
    for_seconds: float
    summary: str
    sentence: str
    severity: Severity = "warning"


_RISES: Final = (
    _Rise(
        "MLFeatureMissingHigh", catalogue.FEATURE_MISSING_EXCESS, 900,
        "A feature is missing far more often than in training.",
        "is missing far more often than in training",
    ),
    _Rise(
        "MLFeatureOutOfRangeHigh", catalogue.FEATURE_OUT_OF_RANGE_EXCESS, 900,
        "A feature has many values outside the range of the training data.",
        "has many more values outside the training range than training itself had",
    ),
    _Rise(
        "MLFeatureUnseenCategories", catalogue.FEATURE_UNSEEN_EXCESS, 1800,
        "A feature has many categories that the model never saw.",
        "has many categories that the model never saw in training",
    ),
    _Rise(
        "MLFeatureTypeMismatch", catalogue.FEATURE_TYPE_MISMATCH_EXCESS, 300,
        "A feature arrives with another type than in training.",
        "arrives with another type than in training, such as text where a number was",
    ),
)  # fmt: skip


def data_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about data quality."""
    return (_gone(options), *(_risen(rise, options) for rise in _RISES), _schema_violation(options))


def _risen(rise: _Rise, options: RuleOptions) -> Alert:
    bound = largest(FEATURE_WINDOW, select(rise.bound, options))
    return Alert(
        rise.name, f"{bound} > {options.quality_rise:g}\n{not_excluded(options)}",
        rise.for_seconds, rise.severity, "data", rise.summary,
        f"{FEATURE_PHRASE} {rise.sentence}, over the last {{{{ $labels.window }}}}: the rise is at least "
        f"{{{{ $value | printf \"%.2f\" }}}} (Cohen's h; {options.quality_rise:g} is where this alert begins). "
        "What feeds the feature has probably changed.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _gone(options: RuleOptions) -> Alert:
    return Alert(
        "MLFeatureGone",
        f"{MISSING_RATE}\n  / on ({', '.join(MODEL)}) group_left () ({EXAMINED_RATE} > 0) > 0.99\n"
        f"unless on ({', '.join(FEATURE)})\n{REFERENCE_MISSING_RATIO} >= 0.5\n{not_excluded(options)}",
        300, "critical", "data",
        "A feature that was there in training no longer arrives.",
        f"{FEATURE_PHRASE} is missing in {{{{ $value | humanizePercentage }}}} of the rows of the last five "
        "minutes, and was there in at least half of the training rows. The model answers without it.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _schema_violation(options: RuleOptions) -> Alert:
    # A feature too many harms no prediction: callers send more than a model reads.
    harmful = Matcher("reason", "!=", "extra_feature")
    violations = total((*MODEL, "reason"), rate(catalogue.SCHEMA_VIOLATIONS, options, 300, harmful))
    return Alert(
        "MLSchemaViolation",
        f"{violations}\n  / on ({', '.join(MODEL)}) group_left () ({ROW_RATE} > 0) "
        f"> {options.schema_violation_ratio:g}",
        300, "warning", "data",
        "Rows that reach a model do not look like its training data.",
        f"{{{{ $value | humanizePercentage }}}} of the rows of {MODEL_PHRASE} break its schema: "
        "{{ $labels.reason }}.",
        keep_firing_seconds=300,
    )  # fmt: skip
