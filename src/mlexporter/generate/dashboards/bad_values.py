"""Shares of values that are not as they should be, as PromQL: of one feature at the moment, of all by the hour.

Both sides of a share are of the same rows and the same time: those that were looked at, which are all that were
accepted less the dropped ones.
"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_shares import of_feature
from mlexporter.generate.dashboards.reading import at_end, greatest, of_model, recorded, summed
from mlexporter.generate.dashboards.standing import Scope, unless_excluded
from mlexporter.generate.promql import FEATURE, MODEL, Matcher, recorded_name
from mlexporter.generate.recording import EXAMINED_HOUR, REFERENCE_MISSING_RATIO
from mlexporter.statistics.repeated_values import STUCK_RATIO, STUCK_RISE

INVALID: Final = Matcher("bin", "=", "invalid")

KINDS: Final = (
    ("Missing", catalogue.FEATURE_MISSING, catalogue.FEATURE_MISSING_EXCESS, ()),
    ("Invalid", catalogue.FEATURE_OBSERVATIONS, catalogue.FEATURE_INVALID_EXCESS, (INVALID,)),
    ("Out of range", catalogue.FEATURE_OUT_OF_RANGE, catalogue.FEATURE_OUT_OF_RANGE_EXCESS, ()),
    ("Unseen", catalogue.FEATURE_UNSEEN, catalogue.FEATURE_UNSEEN_EXCESS, ()),
    ("Other type", catalogue.FEATURE_TYPE_MISMATCH, catalogue.FEATURE_TYPE_MISMATCH_EXCESS, ()),
)
"""What can be wrong with a value: its name, what counts it, the bound that its alert looks at, the bin if it has one."""

ON_MODEL: Final = f"on ({', '.join(MODEL)})"
ON_FEATURE: Final = f"on ({', '.join(FEATURE)})"


def examined(
    options: DashboardOptions, window: str, labels: tuple[str, ...] = (), *, function: str = "rate"
) -> str:
    """Return the rows that were looked at feature by feature in ``window``, above 0, by ``labels``."""
    every, dropped = (
        summed(labels, f"{function}({of_model(metric, options)}[{window}])")
        for metric in (catalogue.PREDICTIONS, catalogue.DROPPED_ROWS)
    )
    return f"({every} - ({dropped} or 0 * {every}) > 0)"


def share_now(
    metric: Metric,
    options: DashboardOptions,
    window: str,
    matchers: tuple[Matcher, ...] = (),
    labels: tuple[str, ...] = (),
) -> str:
    """Return the share of the rows of ``window`` that a counter of the chosen feature counts, by ``labels``."""
    counted = f"rate({of_feature(metric, options, *matchers)}[{window}])"
    # The outer aggregation keeps the bins of several profiles apart from their sum: a word is the same in all.
    by = (*labels, "profile") if "profile" in metric.labels else labels
    kept = summed(labels, summed(by, counted)) if by != labels else summed(labels, counted)
    return f"{kept} / {examined(options, window, labels)}"


def hourly_share(metric: Metric, matchers: tuple[Matcher, ...] = ()) -> str:
    """Return the share of the rows of the last hour that a counter counts, by model and feature, as recorded.

    Both sides are recorded by one group of rules, at the same moment.
    """
    counted = recorded(_recorded_name(metric, "increase1h"), *matchers)
    if "bin" in metric.labels:
        counted = summed(FEATURE, summed((*FEATURE, "profile"), counted))
    return f"({counted} / {ON_MODEL} group_left () ({recorded(EXAMINED_HOUR)} > 0))"


def most_of_a_day(
    metric: Metric, number: int, matchers: tuple[Matcher, ...] = (), *, is_beyond_training: bool = False
) -> str:
    """Return the ``number`` features that a counter counted most in the day before the end of the time range.

    Of a day, because the last hour may have had no rows, and the same at each point, because the choice at each point
    would draw more lines than it says.
    """
    counted = at_end(recorded(_recorded_name(metric, "increase24h"), *matchers))
    if "bin" in metric.labels:
        counted = summed(FEATURE, summed((*FEATURE, "profile"), counted))
    if is_beyond_training:
        training = at_end(recorded(REFERENCE_MISSING_RATIO))
        day = f"sum_over_time({recorded(EXAMINED_HOUR)}[1d:1h] @ end())"
        counted = f"{counted} - {ON_FEATURE} {training} * {ON_MODEL} group_left () {day}"
    return f"topk({number}, {counted})"


def _recorded_name(metric: Metric, operation: str) -> str:
    return recorded_name(
        "model_feature_bin" if "bin" in metric.labels else "model_feature", metric, operation
    )


def times_limit(scope: Scope, bound: Metric, *matchers: Matcher) -> str:
    """Return by how many times its limit a share has risen for sure, by model and feature: above 1 is the alert.

    Of the worst window and pod, and without features that people excluded from alerts.
    """
    limit = greatest(MODEL, scope.of(catalogue.DATA_QUALITY_THRESHOLD))
    rise = greatest(FEATURE, greatest((*FEATURE, "window"), scope.of(bound, *matchers)))
    return f"({rise} / {ON_MODEL} group_left () {limit} {_unless_excluded(scope, *matchers)})"


def worst_times_limit(scope: Scope) -> str:
    """Return the largest of ``times_limit`` over all kinds, by model and feature."""
    parts = [
        f'label_replace({times_limit(scope, bound)}, "problem", "{name}", "", "")'
        for name, _, bound, _ in KINDS
    ]
    return greatest(FEATURE, " or ".join(parts))


def stuck(scope: Scope) -> str:
    """Return the share of the most common value where the alert says that a feature is stuck, by model and feature."""
    hangs = f"{scope.of(catalogue.FEATURE_TOP_VALUE)} > {STUCK_RATIO:g} and {scope.of(catalogue.FEATURE_STUCK_EXCESS)} > {STUCK_RISE:g}"
    return f"({greatest(FEATURE, greatest((*FEATURE, 'window'), hangs))} {_unless_excluded(scope)})"


def skewed(scope: Scope) -> str:
    """Return the share of rows that do not fit what they derive from, beyond training, by model and feature."""
    worst = greatest(FEATURE, greatest((*FEATURE, "window"), scope.of(catalogue.FEATURE_SKEW)))
    return f"({worst} {_unless_excluded(scope)})"


def _unless_excluded(scope: Scope, *matchers: Matcher) -> str:
    return unless_excluded(scope, FEATURE, catalogue.FEATURE_EXCLUDED, *matchers)
