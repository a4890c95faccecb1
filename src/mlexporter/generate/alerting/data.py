"""Alerts about the data that reaches a model: gone, missing, invalid, unseen, stuck, skewed, repeated."""

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

STUCK_RATIO: Final = 0.9
"""Share of the rows with one value from which a feature is stuck."""

STUCK_RISE: Final = 0.8
"""Rise of the values that equal the row before (Cohen's h) that it takes besides."""

SKEW_RATIO: Final = 0.01
"""Share of the rows that may not fit, beyond those of training."""


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
        "MLFeatureInvalidHigh", catalogue.FEATURE_INVALID_EXCESS, 900,
        "A feature has many values that cannot be read.",
        "has far more values than in training that are infinite or cannot be read",
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
    return (
        _gone(options),
        *(_risen(rise, options) for rise in _RISES),
        _stuck(options),
        _skewed(options),
        _duplicates(options),
        _schema_violation(options),
    )


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


def _stuck(options: RuleOptions) -> Alert:
    # Sessions and retries repeat many values; only where nearly all rows have one value does a feed hang.
    top_value, repeats = (
        select(metric, options) for metric in (catalogue.FEATURE_TOP_VALUE, catalogue.FEATURE_STUCK_EXCESS)
    )
    of_one_pod = f"{top_value} > {STUCK_RATIO:g} and {repeats} > {STUCK_RISE:g}"
    return Alert(
        "MLFeatureStuck",
        f"{largest(FEATURE_WINDOW, of_one_pod)}\n{not_excluded(options)}",
        900, "warning", "data",
        "A feature hardly changes any more.",
        f"{FEATURE_PHRASE} has one value in at least {{{{ $value | humanizePercentage }}}} of the rows of the last "
        "{{ $labels.window }}, and repeats itself from row to row far more than in training. What feeds it "
        "probably hangs.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _skewed(options: RuleOptions) -> Alert:
    skew = largest(FEATURE_WINDOW, select(catalogue.FEATURE_SKEW, options))
    return Alert(
        "MLFeatureSkew", f"{skew} > {SKEW_RATIO:g}\n{not_excluded(options)}",
        900, "warning", "data",
        "A derived feature does not fit what it is computed from.",
        f"{FEATURE_PHRASE} does not fit what it derives from in at least {{{{ $value | humanizePercentage }}}} of the "
        "rows of the last {{ $labels.window }}, beyond what training had. It is probably computed another way in "
        "serving than in training.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _duplicates(options: RuleOptions) -> Alert:
    bound = largest((*MODEL, "window"), select(catalogue.DUPLICATE_ROWS_EXCESS, options))
    return Alert(
        "MLDuplicateRows", f"{bound} > {options.quality_rise:g}",
        1800, "warning", "data",
        "Batches repeat rows far more often than training did.",
        f"Batches of {MODEL_PHRASE} repeat rows, over the last {{{{ $labels.window }}}}: the rise is at least "
        f"{{{{ $value | printf \"%.2f\" }}}} (Cohen's h; {options.quality_rise:g} is where this alert begins). "
        "A join that multiplies rows, or a retry, counts them twice.",
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
