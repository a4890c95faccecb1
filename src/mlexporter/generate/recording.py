"""Recorded series: rates and ratios by model, and counts by feature that are whole over all pods.

Names say the nominal window also where ``RuleOptions.time_factor`` makes it shorter. The user's selector
is in what is recorded and not in what reads it: sums no longer have the labels that it asks for.
"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.annotations import REQUEST_RATE
from mlexporter.generate.changes import CHANGES_INTERVAL_SECONDS, change_recordings
from mlexporter.generate.latency import latency_recordings
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    FEATURE,
    FEATURE_WINDOW,
    MODEL,
    Matcher,
    largest,
    rate,
    recorded_name,
    select,
    total,
)
from mlexporter.generate.rules import Group, Recording
from mlexporter.settings import Settings, parse_duration

BURN_WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
"""Windows over which burn rates of the budgets for errors and slow calls look; the shortest is first."""

COUNT_WINDOWS: Final = Settings().windows
"""Windows over which counts by feature are recorded; the longer ones are sums of steps."""

QUALITY_COUNTERS: Final = (
    catalogue.FEATURE_MISSING,
    catalogue.FEATURE_OUT_OF_RANGE,
    catalogue.FEATURE_UNSEEN,
    catalogue.FEATURE_TYPE_MISMATCH,
)
"""Counters of rows that are not as they should be, by feature."""

BIN_COUNTERS: Final = (catalogue.FEATURE_OBSERVATIONS, catalogue.FEATURE_EXPECTED)
"""Counters of rows by feature and bin: those that came, and what seasons and segments let expect of them."""

_FEATURE_BIN: Final = (*FEATURE, "bin", "profile")
_IS_ERROR: Final = Matcher("status", "=", "error")
_FEATURE_INTERVAL_SECONDS: Final = 60.0
_STEP: Final = "5m"


def error_ratio_name(window: str) -> str:
    """Return the recorded series with the share of calls that raised, over a nominal window."""
    return recorded_name("model", catalogue.PREDICTION_REQUESTS, f"error_ratio_rate{window}")


ROW_RATE: Final = recorded_name("model", catalogue.PREDICTIONS, "rate5m")
EXAMINED_RATE: Final = recorded_name("model", catalogue.PREDICTIONS, "examined_rate5m")
EXAMINED_HOUR: Final = recorded_name("model", catalogue.PREDICTIONS, "examined_increase1h")
MISSING_RATE: Final = recorded_name("model_feature", catalogue.FEATURE_MISSING, "rate5m")
MISSING_HOUR: Final = recorded_name("model_feature", catalogue.FEATURE_MISSING, "increase1h")
WORST_SEVERITY: Final = recorded_name("model_feature_window", catalogue.FEATURE_DRIFT_SEVERITY, "max")
"""Severity of features and embeddings, of the worst pod: over a day and many pods raw samples are too many to draw."""

REFERENCE_MISSING_RATIO: Final = recorded_name("model_feature", catalogue.FEATURE_REFERENCE, "missing_ratio")


def recording_groups(options: RuleOptions) -> tuple[Group, ...]:
    """Return the recording rules: of the service, of features, of bins."""
    return (
        Group("mlexporter-service", _service(options)),
        Group("mlexporter-latency", latency_recordings(BURN_WINDOWS, options)),
        Group("mlexporter-features", _features(options)),
        Group("mlexporter-drift", (_severity(options),), _FEATURE_INTERVAL_SECONDS),
        Group("mlexporter-changes", change_recordings(options), CHANGES_INTERVAL_SECONDS),
        Group("mlexporter-feature-counts", _feature_counts(options), _FEATURE_INTERVAL_SECONDS),
    )


def _service(options: RuleOptions) -> tuple[Recording, ...]:
    requests, five_minutes = catalogue.PREDICTION_REQUESTS, parse_duration("5m")
    return (
        Recording(REQUEST_RATE, total(MODEL, rate(requests, options, five_minutes))),
        Recording(ROW_RATE, total(MODEL, rate(catalogue.PREDICTIONS, options, five_minutes))),
        *(Recording(error_ratio_name(window), _error_ratio(options, window)) for window in BURN_WINDOWS),
    )


def _examined(options: RuleOptions, seconds: float, function: str) -> str:
    """Return the rows that were looked at feature by feature: sampled and dropped ones are in no bin."""
    every_row, dropped = (
        total(MODEL, rate(metric, options, seconds, function=function))
        for metric in (catalogue.PREDICTIONS, catalogue.DROPPED_ROWS)
    )
    return f"{every_row}\n  - ({dropped}\n     or 0 * {every_row})"


def _error_ratio(options: RuleOptions, window: str) -> str:
    requests, seconds = catalogue.PREDICTION_REQUESTS, parse_duration(window)
    errors = total(MODEL, rate(requests, options, seconds, _IS_ERROR))
    every_call = total(MODEL, rate(requests, options, seconds))
    # Without calls there is no ratio: 0 / 0 would be NaN, which looks like a value.
    return f"{errors}\n  / ({every_call} > 0)"


def _features(options: RuleOptions) -> tuple[Recording, ...]:
    missing = select(catalogue.FEATURE_REFERENCE, options, Matcher("bin", "=", "missing"))
    every_bin = select(catalogue.FEATURE_REFERENCE, options)
    return (
        # Beside the counts that are compared with it: an alert on 99 % must not see traffic that grew by a
        # hundredth between the moments of two groups.
        Recording(EXAMINED_RATE, _examined(options, parse_duration("5m"), "rate")),
        Recording(
            MISSING_RATE, total(FEATURE, rate(catalogue.FEATURE_MISSING, options, parse_duration("5m")))
        ),
        Recording(
            REFERENCE_MISSING_RATIO,
            f"{total(FEATURE, largest(_FEATURE_BIN, missing))}\n"
            f"  / {total(FEATURE, largest(_FEATURE_BIN, every_bin))}",
        ),
    )


def _severity(options: RuleOptions) -> Recording:
    severities = (catalogue.FEATURE_DRIFT_SEVERITY, catalogue.EMBEDDING_DRIFT_SEVERITY)
    worst = [largest(FEATURE_WINDOW, select(metric, options)) for metric in severities]
    return Recording(WORST_SEVERITY, "\n  or ".join(worst))


def _feature_counts(options: RuleOptions) -> tuple[Recording, ...]:
    return (
        # Beside the counts that are compared with it: they are of the same moment.
        Recording(EXAMINED_HOUR, _examined(options, parse_duration("1h"), "increase")),
        *(
            recording
            for metric in BIN_COUNTERS
            for recording in counts_of("model_feature_bin", metric, _FEATURE_BIN, options)
        ),
        *(
            recording
            for metric in QUALITY_COUNTERS
            for recording in counts_of("model_feature", metric, FEATURE, options)
        ),
    )


def counts_of(
    level: str, metric: Metric, labels: tuple[str, ...], options: RuleOptions
) -> tuple[Recording, ...]:
    """Return the increases of a counter by ``labels`` over each of ``COUNT_WINDOWS``, whole over all pods."""

    def counted(window: str) -> Recording:
        increase = rate(metric, options, parse_duration(window), function="increase")
        return Recording(recorded_name(level, metric, f"increase{window}"), total(labels, increase))

    steps = recorded_name(level, metric, f"increase{_STEP}")
    step = options.range(parse_duration(_STEP))
    # A day of raw samples of every bin of every pod is past the query limit of a default Prometheus,
    # so that the long windows add up recorded steps.
    sums = (
        Recording(
            recorded_name(level, metric, f"increase{window}"),
            f"sum_over_time({steps}[{options.range(parse_duration(window))}:{step}])",
        )
        for window in COUNT_WINDOWS[1:]
    )
    return (counted(_STEP), counted(COUNT_WINDOWS[0]), *sums)
