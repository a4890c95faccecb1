"""How a model stands, as PromQL: what Fleet shows of every model, Model of one, and Versions of each version.

Whatever is compared with a threshold is compared as the alert does it, so that a panel and an alert never
disagree: subjects that people excluded do not count, the worst window and the worst pod do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.reading import (
    at_end,
    greatest,
    of_every_model,
    of_model,
    per_second,
    recorded,
    summed,
)
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import FEATURE, MODEL, OUTPUT, Matcher, select_name
from mlexporter.generate.recording import WORST_SEVERITY

NONE: Final[tuple[str, ...]] = ()
BY_MODEL: Final = ", ".join(MODEL)
COMPLETED: Final = Matcher("status", "!~", "cancelled|abandoned")
"""Calls whose duration counts: a caller who went away says nothing about how fast the answer would have been."""

ANY_WINDOW: Final = Matcher("window", "=~", ".+")
"""Said aloud where a dashboard lets its reader choose a window, and this takes the worst of all, as the alert does."""

ROWS_PER_MINUTE: Final = "rowspm"
LOCAL_NUMBER: Final = "locale"
"""A number with separators of thousands."""

LONGEST_BAR: Final = 5.0
"""Severity at which a bar or a sparkline is full."""

RISES: Final = (
    ("missing", catalogue.FEATURE_MISSING_EXCESS),
    ("invalid", catalogue.FEATURE_INVALID_EXCESS),
    ("out of range", catalogue.FEATURE_OUT_OF_RANGE_EXCESS),
    ("unseen", catalogue.FEATURE_UNSEEN_EXCESS),
    ("other type", catalogue.FEATURE_TYPE_MISMATCH_EXCESS),
)
"""What can be wrong with the values of a feature, and the bound that its alert looks at."""

HIGHER_IS_BETTER: Final = (
    catalogue.ACCURACY, catalogue.PRECISION, catalogue.RECALL, catalogue.F1, catalogue.ROC_AUC,
)  # fmt: skip
LOWER_IS_BETTER: Final = (catalogue.MEAN_ABSOLUTE_ERROR, catalogue.ROOT_MEAN_SQUARED_ERROR)

_METRIC: Final = (*MODEL, "metric")
_BUCKETS: Final = catalogue.PREDICTION_DURATION._replace(
    name=f"{catalogue.PREDICTION_DURATION.name}_bucket", labels=(*catalogue.PREDICTION_DURATION.labels, "le")
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which models a dashboard is about.

    Attributes:
        options: Options of the dashboards.
        is_every_model: True for all of them; else those that the reader has chosen.
        is_at_end: True for what was at the end of the time range, at whatever point of a line.
        is_recorded: True reads the severity of features as rules record it: for lines of every feature of every pod.
    """

    options: DashboardOptions
    is_every_model: bool = False
    is_at_end: bool = False
    is_recorded: bool = False

    def of(self, metric: Metric, *matchers: Matcher) -> str:
        """Return the selector of a metric of these models, in all windows if no matcher chooses one."""
        read = of_every_model if self.is_every_model else of_model
        is_of_any = "window" in metric.labels and all(each.label != "window" for each in matchers)
        windows = (ANY_WINDOW,) if is_of_any and not self.is_every_model else ()
        selector = read(metric, self.options, *matchers, *windows)
        return at_end(selector) if self.is_at_end else selector

    def recorded(self, name: str, *matchers: Matcher) -> str:
        """Return the selector of a recorded series of these models."""
        if not self.is_every_model:
            return recorded(name, *matchers)
        one = (Matcher("model_name", "=", "$model_name"),) if self.options.model else ()
        return select_name(name, RuleOptions(), *one, *matchers)


def or_zero(expression: str, labels: tuple[str, ...], known_by: str) -> str:
    """Return ``expression``, or 0 where it has nothing although ``known_by`` says that it could have."""
    return f"{expression} or 0 * {greatest(labels, known_by)}"


def feature_severity(scope: Scope, *labels: str) -> str:
    """Return the severity of features that may alert, by feature and further ``labels``; above 1 is drift."""
    by = (*FEATURE, *labels)
    excluded = unless_excluded(scope, FEATURE, catalogue.FEATURE_EXCLUDED)
    return f"(({any_feature_severity(scope, by)}) {excluded})"


def any_feature_severity(scope: Scope, by: tuple[str, ...]) -> str:
    """Return the severity of features and of embeddings, excluded ones included."""
    if scope.is_recorded:
        return greatest(by, scope.recorded(WORST_SEVERITY, ANY_WINDOW))
    severities = (catalogue.FEATURE_DRIFT_SEVERITY, catalogue.EMBEDDING_DRIFT_SEVERITY)
    return " or ".join(greatest(by, scope.of(metric)) for metric in severities)


def output_severity(scope: Scope) -> str:
    """Return the severity of outputs that may alert, by output and class; above 1 is drift."""
    severity = greatest(OUTPUT, scope.of(catalogue.OUTPUT_DRIFT_SEVERITY))
    return f"({severity} {unless_excluded(scope, OUTPUT, catalogue.OUTPUT_EXCLUDED)})"


def worst_severity(scope: Scope, labels: tuple[str, ...]) -> str:
    """Return the largest severity of any feature, output, or of what features share, in any window."""
    joint = greatest(MODEL, scope.of(catalogue.JOINT_DRIFT_SEVERITY))
    worst = greatest(labels, f"{feature_severity(scope)} or {output_severity(scope)} or {joint}")
    # Without the rules there would be no features in it, and outputs alone could say that all is well.
    known = greatest(NONE, scope.recorded(WORST_SEVERITY, ANY_WINDOW))
    return f"({worst} and on () {known})" if scope.is_recorded else worst


def drifted_features(scope: Scope, labels: tuple[str, ...]) -> str:
    """Return how many features have drifted beyond their threshold in some window."""
    severity = feature_severity(scope)
    drifted = summed(labels, f"count by ({BY_MODEL}) ({severity} > 1)")
    return or_zero(drifted, labels, scope.of(catalogue.FEATURE_DRIFT_SEVERITY))


def data_severity(scope: Scope, metric: Metric) -> str:
    """Return how far a share of bad values has risen, by feature, divided by its threshold: 1 is the alert."""
    return f"{greatest(FEATURE, scope.of(metric))} / on ({BY_MODEL}) group_left () {_data_limit(scope)}"


def data_problems(scope: Scope, labels: tuple[str, ...]) -> str:
    """Return how many features have more bad values than their threshold allows, of whatever kind."""
    # A feature that is bad in two ways is there once: `or` takes no labels that are there already.
    bad = " or ".join(
        f"{greatest(FEATURE, scope.of(metric))} > on ({BY_MODEL}) group_left () {_data_limit(scope)}"
        for _, metric in RISES
    )
    counted = f"({bad}) {unless_excluded(scope, FEATURE, catalogue.FEATURE_EXCLUDED)}"
    return or_zero(
        summed(labels, f"count by ({BY_MODEL}) ({counted})"),
        labels,
        scope.of(catalogue.FEATURE_MISSING_EXCESS),
    )


def _data_limit(scope: Scope) -> str:
    return greatest(MODEL, scope.of(catalogue.DATA_QUALITY_THRESHOLD))


def rows_per_minute(scope: Scope, labels: tuple[str, ...]) -> str:
    """Return the rows accepted in a minute, all pods together."""
    return f"60 * {summed(labels, per_second(scope.of(catalogue.PREDICTIONS)))}"


def error_share(scope: Scope, labels: tuple[str, ...]) -> str:
    """Return the share of calls that raised, at the moment; absent without calls."""
    requests = catalogue.PREDICTION_REQUESTS
    errors = summed(labels, per_second(scope.of(requests, Matcher("status", "=", "error"))))
    return f"{errors} / ({summed(labels, per_second(scope.of(requests)))} > 0)"


def budget(scope: Scope, metric: str) -> str:
    """Return the share of calls that may be bad, by model; ``metric`` is ``errors`` or ``latency``."""
    objective = greatest(MODEL, scope.of(catalogue.SLO_OBJECTIVE, Matcher("metric", "=", metric)))
    return f"(1 - {objective})"


def burn_rate(scope: Scope, recorded_ratio: str, metric: str) -> str:
    """Return how many times faster than it lasts a budget burns, by model, from a recorded share of bad calls."""
    return f"{scope.recorded(recorded_ratio)} / on ({BY_MODEL}) {budget(scope, metric)}"


def latency(scope: Scope, quantile: float, labels: tuple[str, ...]) -> str:
    """Return a quantile of the durations of calls that returned or raised, in seconds."""
    buckets = summed((*labels, "le"), per_second(scope.of(_BUCKETS, COMPLETED)))
    return f"histogram_quantile({quantile:g}, {buckets})"


def quality_loss(scope: Scope, labels: tuple[str, ...], *matchers: Matcher) -> str:
    """Return how far qualities are below their references, for sure, divided by what is tolerated: 1 is the alert.

    The end of the 95 % band that speaks for the model is compared, as the alert does, of the worst pod and
    window; 0 where that end is no worse than the reference.
    """
    reference = greatest(_METRIC, scope.of(catalogue.QUALITY_REFERENCE))
    tolerance = greatest(_METRIC, scope.of(catalogue.QUALITY_TOLERANCE))
    by = ", ".join(_METRIC)
    high = f"min by ({by}) ({scope.of(catalogue.QUALITY_UPPER, named(HIGHER_IS_BETTER), *matchers)})"
    low = greatest(_METRIC, scope.of(catalogue.QUALITY_LOWER, named(LOWER_IS_BETTER), *matchers))
    lost = f"(({reference} - on ({by}) {high}) or ({low} - on ({by}) {reference}))"
    return f"clamp_min({greatest(labels, f'{lost} / on ({by}) {tolerance}')}, 0)"


def named(metrics: tuple[Metric, ...]) -> Matcher:
    """Return the condition that ``metric`` names one of these."""
    return Matcher("metric", "=~", "|".join(metric.name for metric in metrics))


def profile_age(scope: Scope, labels: tuple[str, ...]) -> str:
    """Return the seconds since the profile was learned; -1 where there is none."""
    created = greatest(labels, scope.of(catalogue.PROFILE_CREATED))
    loaded = greatest(labels, scope.of(catalogue.PROFILE_LOADED))
    return f"(time() - {created}) or ({loaded} - 1 < 0)"


def unless_excluded(scope: Scope, labels: tuple[str, ...], metric: Metric, *matchers: Matcher) -> str:
    """Return the condition that leaves out what people excluded from alerts, as ``metric`` says."""
    return f"unless on ({', '.join(labels)}) {greatest(labels, scope.of(metric, *matchers))} == 1"
