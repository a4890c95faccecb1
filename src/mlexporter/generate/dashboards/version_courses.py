"""What Versions draws over time, a line a version and variant."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.colours import VERMILION
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    RATIO,
    SECONDS,
    SYMLOG,
    Fields,
    Override,
    dashed,
)
from mlexporter.generate.dashboards.model_quality import ESTIMATED, SHOWN, is_better_when_higher
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import (
    CHOSEN_FEATURE,
    CHOSEN_WINDOW,
    greatest,
    of_model,
    per_second,
    summed,
)
from mlexporter.generate.dashboards.standing import NONE, Scope, error_share, latency, quality_loss
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import MODEL, Matcher

EACH: Final = ("model_version", "variant")
LEGEND: Final = "{{model_version}} {{variant}}"
_DASHED_THRESHOLD: Final = Override("Threshold", dashed(VERMILION))
_DASHED_REFERENCES: Final = Override(
    "/^Reference/", {"custom.lineStyle": {"fill": "dash", "dash": [2, 6]}, "custom.lineWidth": 2}
)


def traffic_share(options: DashboardOptions) -> Panel:
    """Return the share of rows of each version."""
    rate = per_second(of_model(catalogue.PREDICTIONS, options))
    return time_series(
        Face(
            "Traffic share",
            Words(
                "Which part of the rows each version and variant takes; together 100 %.",
                f"`{catalogue.PREDICTIONS.name}` of each, by that of all versions and variants chosen.",
                "Other than you set at the router. More than two versions for two hours: `MLUnexpectedModelVersion`.",
                "A share that fell to nothing: are its pods up? See Serving and resources.",
            ),
            8, 9,
        ),
        [Query(f"{summed(EACH, rate)} / on () group_left () ({summed(NONE, rate)} > 0)", LEGEND)],
        Fields(RATIO, absent="No traffic", minimum=0, maximum=1),
        calcs=("lastNotNull", "mean"), is_stacked=True,
    )  # fmt: skip


def errors_over_time(options: DashboardOptions) -> Panel:
    """Return the share of calls of each version that raise."""
    scope = Scope(options)
    objective = greatest(NONE, scope.of(catalogue.SLO_OBJECTIVE, Matcher("metric", "=", "errors")))
    return time_series(
        Face(
            "Errors",
            Words(
                "The share of calls that raise, by version and variant, beside the share that the objective allows.",
                f"`{catalogue.PREDICTION_REQUESTS.name}`: failed calls by all calls of each.",
                "`MLCanaryWorse` pages where a canary fails more than twice as often as the primary, and 1 point more, "
                "over 30 minutes. Above the dashed line a budget burns.",
                "Take the worse one out of traffic, then look at its exceptions in Serving and resources.",
            ),
            8, 9,
        ),
        [Query(error_share(scope, EACH), LEGEND), Query(f"1 - {objective}", "Threshold")],
        Fields(RATIO, absent="No calls", minimum=0, overrides=(_DASHED_THRESHOLD,)),
        calcs=("lastNotNull", "mean", "max"),
    )  # fmt: skip


def latency_over_time(options: DashboardOptions) -> Panel:
    """Return the 95th percentile of durations of each version."""
    scope = Scope(options)
    limit = greatest(NONE, scope.of(catalogue.SLO_LATENCY_THRESHOLD))
    return time_series(
        Face(
            "p95 latency",
            Words(
                "The time within which 95 of 100 calls are done, by version and variant, beside the configured limit. "
                "Marks are single calls that were traced.",
                f"From the buckets of `{catalogue.PREDICTION_DURATION.name}` of all pods of each; cancelled calls are left out.",
                "Near the limit: `MLPredictionLatencyBudgetBurnFast` counts the slow calls of each version by itself.",
                "Slower from the start: the model or its hardware. Slower with time: more traffic, or its batches.",
                needs="The limit needs `latency_objective`; marks need exemplars and traced calls.",
            ),
            8, 9,
        ),
        [Query(latency(scope, 0.95, EACH), LEGEND, has_exemplars=True), Query(limit, "Threshold")],
        Fields(SECONDS, absent="No calls", minimum=0, overrides=(_DASHED_THRESHOLD,)),
        calcs=("lastNotNull", "mean", "max"),
    )  # fmt: skip


def feature_over_time(options: DashboardOptions) -> Panel:
    """Return the severity of the chosen feature, by version."""
    severity = greatest(
        EACH, of_model(catalogue.FEATURE_DRIFT_SEVERITY, options, CHOSEN_FEATURE, CHOSEN_WINDOW)
    )
    return time_series(
        Face(
            "Drift of $feature",
            Words(
                "How far the feature chosen above has drifted, by version and variant, in units of its threshold.",
                f"The largest `{catalogue.FEATURE_DRIFT_SEVERITY.name}` of all pods in the window chosen, each version against its own "
                "profile.",
                "Above the dashed line at 1: `MLFeatureDrift` fires after 15 minutes.",
                "All lines rise together: the data changed. One alone: compare its distribution with the others below.",
                needs="Profiles, and rows enough in the window.",
            ),
            14, 11,
        ),
        [Query(severity, LEGEND), Query(f"0 * max({severity}) + 1", "Threshold")],
        Fields(
            PLAIN_NUMBER, absent="Not enough rows yet", minimum=0, decimals=1, custom=SYMLOG,
            overrides=(_DASHED_THRESHOLD,),
        ),
    )  # fmt: skip


def quality_over_time(options: DashboardOptions) -> Panel:
    """Return an estimated quality of each version, with what each was on its held-out rows."""
    scope = Scope(options)
    return time_series(
        Face(
            "Estimated quality",
            Words(
                "How good the predictions of the window are, by version and variant, estimated without labels: area "
                "under the ROC curve, or accuracy, or the error of a number. Dotted: what it was on held-out rows.",
                "From the scores and from how often such scores were right on the held-out rows of each; the worst pod.",
                "`MLEstimatedQualityDegraded` looks at the band of each, see Quality loss.",
                "A version that is worse from its first hour on: compare its reference. Estimates of two versions rest "
                "on the scores of each; labels decide.",
                needs="Profiles that were learned with `held_out=`.",
            ),
            12, 9,
        ),
        [
            Query(_first(scope, is_reference=False), LEGEND),
            Query(_first(scope, is_reference=True), f"Reference {LEGEND}"),
        ],
        Fields(
            PLAIN_NUMBER, absent="No estimate: fit with held_out=", decimals=3, overrides=(_DASHED_REFERENCES,)
        ),
        calcs=("lastNotNull", "min", "max"),
    )  # fmt: skip


def _first(scope: Scope, *, is_reference: bool) -> str:
    """Return the first quality that the model has, by version."""
    return " or on () ".join(f"({_quality(scope, metric, is_reference=is_reference)})" for metric in SHOWN)


def _quality(scope: Scope, metric: Metric, *, is_reference: bool) -> str:
    worst, by = "min" if is_better_when_higher(metric) else "max", ", ".join(EACH)
    if is_reference:
        name = Matcher("metric", "=", metric.name)
        return f"{worst} by ({by}) ({scope.of(catalogue.QUALITY_REFERENCE, name)})"
    return f"{worst} by ({by}) ({scope.of(metric, ESTIMATED, CHOSEN_WINDOW)})"


def quality_loss_over_time(options: DashboardOptions) -> Panel:
    """Return how far each version is below its reference for sure."""
    loss = quality_loss(Scope(options), MODEL, ESTIMATED)
    return time_series(
        Face(
            "Quality loss",
            Words(
                "How far estimated quality is below its reference for sure, in units of what is tolerated; 0 is as good "
                "as held-out rows were.",
                f"The end of the 95 % band that speaks for the version, against `{catalogue.QUALITY_REFERENCE.name}` and "
                f"`{catalogue.QUALITY_TOLERANCE.name}`; the worst of all qualities, windows and pods.",
                "Above the dashed line at 1: `MLEstimatedQualityDegraded` fires after an hour.",
                "Look at the features that drifted for this version, and get labels of some newest rows.",
                needs="Profiles that were learned with `held_out=`.",
            ),
            12, 9,
        ),
        [Query(loss, LEGEND), Query(f"0 * max({loss}) + 1", "Threshold")],
        Fields(
            PLAIN_NUMBER, absent="No estimate: fit with held_out=", minimum=0, decimals=1, custom=SYMLOG,
            overrides=(_DASHED_THRESHOLD,),
        ),
    )  # fmt: skip
