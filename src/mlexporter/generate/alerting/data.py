"""Alerts about the data that reaches a model: gone, missing, invalid, unseen, stuck, skewed, repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.alerting.template_queries import pinned, told, windows
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    FEATURE,
    MODEL,
    OUTPUT,
    Matcher,
    above,
    compared,
    largest,
    rate,
    select,
    total,
)
from mlexporter.generate.recording import (
    EXAMINED_HOUR,
    EXAMINED_RATE,
    MISSING_HOUR,
    MISSING_RATE,
    REFERENCE_MISSING_RATIO,
    ROW_RATE,
)
from mlexporter.generate.rules import MODEL_PHRASE, Alert, Severity
from mlexporter.statistics.repeated_values import STUCK_RATIO, STUCK_RISE

FEATURE_PHRASE: Final = "Feature {{ $labels.feature }} of " + MODEL_PHRASE
"""How a description names a feature."""

SKEW_RATIO: Final = 0.01
"""Share of the rows that may not fit, beyond those of training."""

ENOUGH_ROWS: Final = 20
"""Rows that all lack a feature by chance once in a million windows, if it was there in half of training."""

ENOUGH_VIOLATIONS: Final = 5
"""Rows that must break the schema: one in a quiet hour is no share of anything."""

MANY_ROWS: Final = 500
"""Rows of which so many violations are one per cent: then five minutes tell enough, without the hour."""

_LATELY: Final = 300.0
_HOUR: Final = 3600.0


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
    """One alert on a share that rose: the bound to look at, what is counted, and what to say."""

    name: str
    bound: Metric
    counter: Metric | None
    for_seconds: float
    summary: str
    sentence: str
    first: str
    severity: Severity = "warning"


_RISES: Final = (
    _Rise(
        "MLFeatureMissingHigh", catalogue.FEATURE_MISSING_EXCESS, catalogue.FEATURE_MISSING, 900,
        "A feature is missing far more often than in training.",
        "is missing far more often than in training",
        "Ask who sends the rows whether a field, a join or a caller changed.",
    ),
    _Rise(
        "MLFeatureInvalidHigh", catalogue.FEATURE_INVALID_EXCESS, None, 900,
        "A feature has many values that cannot be read.",
        "has far more values than in training that are infinite or cannot be read",
        "Look at the newest rows: a division by zero, or text in a number.",
    ),
    _Rise(
        "MLFeatureOutOfRangeHigh", catalogue.FEATURE_OUT_OF_RANGE_EXCESS, catalogue.FEATURE_OUT_OF_RANGE, 900,
        "A feature has many values outside the range of the training data.",
        "has many more values outside the training range than training itself had",
        "Compare the unit and the source with those of training.",
    ),
    _Rise(
        "MLFeatureUnseenCategories", catalogue.FEATURE_UNSEEN_EXCESS, catalogue.FEATURE_UNSEEN, 1800,
        "A feature has many categories that the model never saw.",
        "has many categories that the model never saw in training",
        "Look at the newest rows: a new spelling is repaired, a new category is trained on.",
    ),
    _Rise(
        "MLFeatureTypeMismatch", catalogue.FEATURE_TYPE_MISMATCH_EXCESS, catalogue.FEATURE_TYPE_MISMATCH, 300,
        "A feature arrives with another type than in training.",
        "arrives with another type than in training, such as text where a number was",
        "Compare the newest rows of the caller with the schema of the training data.",
    ),
)  # fmt: skip


def data_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about data quality."""
    # A bound of a share is absent where a window holds too few rows: no guard of the rules is needed.
    return (
        _gone(options),
        *(_risen(rise, options) for rise in _RISES),
        _stuck(options),
        _skewed(options),
        _duplicates(options),
        _schema_violation(options),
    )


def _risen(rise: _Rise, options: RuleOptions) -> Alert:
    bound = largest(FEATURE, select(rise.bound, options))
    return Alert(
        rise.name, f"{above(bound, catalogue.DATA_QUALITY_THRESHOLD, options)}\n{not_excluded(options)}",
        rise.for_seconds, rise.severity, "data", rise.summary,
        f"{FEATURE_PHRASE} {rise.sentence}.{_now(rise.counter, options)} The rise is at least "
        '{{ $value | printf "%.2f" }} (Cohen\'s h; 0.2 is from nothing to 1 %, or from 10 % to 17 %), beyond '
        f"what chance does. {_rise_windows(rise.bound, FEATURE, options)} {rise.first}",
        keep_firing_seconds=300,
    )  # fmt: skip


def _now(counter: Metric | None, options: RuleOptions) -> str:
    """Return the share of the last five minutes, in words, where something counts it."""
    if counter is None:
        return ""
    counted = total(MODEL, rate(counter, pinned(FEATURE, options), 300))
    share = f"{counted} / on ({', '.join(MODEL)}) ({EXAMINED_RATE} > 0)"
    return told(share, FEATURE, " Of the rows of the last five minutes it is {percent}.")


def _rise_windows(bound: Metric, labels: tuple[str, ...], options: RuleOptions) -> str:
    rises = largest((*MODEL, "window"), select(bound, pinned(labels, options)))
    limit = above(rises, catalogue.DATA_QUALITY_THRESHOLD, pinned(MODEL, options))
    return windows(limit, catalogue.WINDOW_OBSERVATIONS, labels, options)


def _gone(options: RuleOptions) -> Alert:
    enough = f"{ENOUGH_ROWS} / {options.seconds(_LATELY):g}"
    lately = compared(MISSING_RATE, "/", f"({EXAMINED_RATE} >= {enough})")
    # Where five minutes are too short for a slow model, its hour is looked at.
    hourly = compared(
        MISSING_HOUR, "/", f"({EXAMINED_HOUR} >= {ENOUGH_ROWS} unless {EXAMINED_RATE} >= {enough})"
    )
    return Alert(
        "MLFeatureGone",
        f"({lately} > 0.99\n  or\n{hourly} > 0.99)\n"
        f"unless on ({', '.join(FEATURE)})\n{REFERENCE_MISSING_RATIO} >= 0.5\n{not_excluded(options)}",
        300, "critical", "data",
        "A feature that was there in training no longer arrives.",
        f"{FEATURE_PHRASE} is missing in {{{{ $value | humanizePercentage }}}} of the rows of the last five "
        f"minutes (of the last hour where five minutes have fewer than {ENOUGH_ROWS} rows), and was there in at "
        "least half of the training rows. The model answers without it. Look first at what joins or sends this "
        "feature, and at what was deployed last.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _stuck(options: RuleOptions) -> Alert:
    # Sessions and retries repeat many values; only where nearly all rows have one value does a feed hang.
    here = largest((*MODEL, "window"), _stuck_at_one_pod(pinned(FEATURE, options)))
    return Alert(
        "MLFeatureStuck",
        f"{largest(FEATURE, _stuck_at_one_pod(options))}\n{not_excluded(options)}",
        900, "warning", "data",
        "A feature hardly changes any more.",
        f"{FEATURE_PHRASE} has one value in at least {{{{ $value | humanizePercentage }}}} of the rows, and "
        "repeats itself from row to row far more than in training. "
        f"{windows(here, catalogue.WINDOW_OBSERVATIONS, FEATURE, options)} What feeds it probably hangs: look "
        "how old its newest value is at the source.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _stuck_at_one_pod(options: RuleOptions) -> str:
    top_value, repeats = (
        select(metric, options) for metric in (catalogue.FEATURE_TOP_VALUE, catalogue.FEATURE_STUCK_EXCESS)
    )
    return f"{top_value} > {STUCK_RATIO:g} and {repeats} > {STUCK_RISE:g}"


def _skewed(options: RuleOptions) -> Alert:
    def skew(labels: tuple[str, ...], chosen: RuleOptions) -> str:
        return f"{largest(labels, select(catalogue.FEATURE_SKEW, chosen))} > {SKEW_RATIO:g}"

    here = skew((*MODEL, "window"), pinned(FEATURE, options))
    return Alert(
        "MLFeatureSkew", f"{skew(FEATURE, options)}\n{not_excluded(options)}",
        900, "warning", "data",
        "A derived feature does not fit what it is computed from.",
        f"{FEATURE_PHRASE} does not fit what it derives from in at least {{{{ $value | humanizePercentage }}}} of the "
        f"rows, beyond what training had. {windows(here, catalogue.WINDOW_OBSERVATIONS, FEATURE, options)} It is "
        "probably computed another way in serving than in training: compare the two pieces of code.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _duplicates(options: RuleOptions) -> Alert:
    bound = largest(MODEL, select(catalogue.DUPLICATE_ROWS_EXCESS, options))
    return Alert(
        "MLDuplicateRows", above(bound, catalogue.DATA_QUALITY_THRESHOLD, options),
        1800, "warning", "data",
        "Batches repeat rows far more often than training did.",
        f"Batches of {MODEL_PHRASE} repeat rows: the rise is at least "
        '{{ $value | printf "%.2f" }} (Cohen\'s h; 0.2 is from nothing to 1 %, or from 10 % to 17 %). '
        f"{_rise_windows(catalogue.DUPLICATE_ROWS_EXCESS, MODEL, options)} A join that multiplies rows, or a retry, "
        "counts them twice: look at one batch.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _schema_violation(options: RuleOptions) -> Alert:
    lasts = options.seconds(_LATELY)
    every_row = total(MODEL, rate(catalogue.PREDICTIONS, options, _HOUR, function="increase"))
    lately = _violations(options, _LATELY, f"({ROW_RATE} * {lasts:g} > 0)")
    hourly = _violations(options, _HOUR, f"({every_row} > 0 unless {ROW_RATE} >= {MANY_ROWS} / {lasts:g})")
    return Alert(
        "MLSchemaViolation",
        above(f"({lately}\n  or\n{hourly})", catalogue.SCHEMA_VIOLATION_THRESHOLD, options),
        300, "warning", "data",
        "Rows that reach a model do not look like its training data.",
        f"{{{{ $value | humanizePercentage }}}} of the rows of the last five minutes of {MODEL_PHRASE} (of the last "
        f"hour where five minutes have fewer than {MANY_ROWS} rows) break its schema: {{{{ $labels.reason }}}}. "
        "Find the caller that changed last; the runbook has the query for the features.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _violations(options: RuleOptions, seconds: float, rows: str) -> str:
    """Return the share of ``rows`` that broke the schema, where they were enough to say so."""
    # A feature too many harms no prediction: callers send more than a model reads.
    harmful = Matcher("reason", "!=", "extra_feature")
    broken = rate(catalogue.SCHEMA_VIOLATIONS, options, seconds, harmful, function="increase")
    return compared(f"({total((*MODEL, 'reason'), broken)} >= {ENOUGH_VIOLATIONS})", "/", rows)
