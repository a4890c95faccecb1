"""The first line of Model: is it OK?"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.annotations import REQUEST_RATE
from mlexporter.generate.dashboards.colours import (
    ANY_IS_BAD,
    BAD,
    NEUTRAL,
    OK,
    SEVERITY,
    WATCH,
    WORSE,
    Step,
)
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    RATIO,
    SECONDS,
    Fields,
    Override,
    thresholds,
)
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import stat
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.standing import (
    BY_MODEL,
    NONE,
    ROWS_PER_MINUTE,
    Scope,
    budget,
    data_problems,
    drifted_features,
    error_share,
    latency,
    quality_loss,
    rows_per_minute,
    worst_severity,
)
from mlexporter.generate.dashboards.words import RULES_NEEDED, Words
from mlexporter.generate.recording import error_ratio_name

POINTS: Final = 100
"""Points of the lines behind the numbers: more can not be seen, and each costs."""

BUDGET_LEFT: Final[tuple[Step, ...]] = ((None, WORSE), (0, BAD), (0.25, WATCH), (0.5, OK))
OF_LIMIT: Final[tuple[Step, ...]] = ((None, OK), (0.8, WATCH), (1, BAD), (2, WORSE))


def stats(options: DashboardOptions) -> list[Panel]:
    """Return the tiles: traffic, errors, latency, drift, data, quality."""
    scope = Scope(options)
    made = [
        _traffic(scope), _errors(scope), _latency(scope), _worst(scope), _drifted(scope), _data(scope), _quality(scope),
    ]  # fmt: skip
    return [replace(panel, points=POINTS) for panel in made]


def budget_left(scope: Scope) -> str:
    """Return the part of the error budget that is left over the time range, of the version that has least; -1 at least."""
    calls = scope.recorded(REQUEST_RATE)
    # Added up in the steps over which both are recorded: months of raw counters of every pod are too much.
    failed = f"sum_over_time(({scope.recorded(error_ratio_name('5m'))} * {calls})[$__range:5m])"
    every = f"(sum_over_time({calls}[$__range:5m]) > 0)"
    return f"clamp_min(min(1 - {failed} / {every} / on ({BY_MODEL}) {budget(scope, 'errors')}), -1)"


def _traffic(scope: Scope) -> Panel:
    return stat(
        Face(
            "Rows/min",
            Words(
                "Rows accepted for prediction in a minute.",
                f"`{catalogue.PREDICTIONS.name}`, added over the versions, variants and pods chosen.",
                "Nothing where there was traffic (`MLModelNoPredictions`), less than the part of last week that is "
                "configured (`MLPredictionVolumeDrop`), or more (`MLPredictionVolumeSpike`).",
                "Look at Serving and resources, and at what stands before the model.",
            ),
            3, 4,
        ),
        Query(rows_per_minute(scope, NONE)),
        Fields(ROWS_PER_MINUTE, absent="No traffic"),
    )  # fmt: skip


def _errors(scope: Scope) -> Panel:
    share = Query(error_share(scope, NONE), "now")
    left = Query(budget_left(scope), "budget left", shape="now")
    made = stat(
        Face(
            "Errors",
            Words(
                "The share of calls that raise now, and how much of the error budget is left over the time range.",
                f"`{catalogue.PREDICTION_REQUESTS.name}`: failed calls by all calls. The budget is 1 less the objective "
                f"`{catalogue.SLO_OBJECTIVE.name}`; of several versions the one that has least left; -100 % "
                "is twice the budget, or more.",
                "No budget left. `MLPredictionErrorBudgetBurnFast` pages long before, when it burns 14.4 times too fast.",
                "See the burn rates below, and the classes of exceptions in Serving and resources.",
                needs=f"For the budget: {RULES_NEEDED}",
            ),
            4, 4,
        ),
        share,
        Fields(
            RATIO, NEUTRAL, absent="No calls", decimals=2,
            overrides=(Override("budget left", {"thresholds": thresholds(BUDGET_LEFT), "decimals": 0}),),
        ),
    )  # fmt: skip
    return replace(made, queries=(share, left))


def _latency(scope: Scope) -> Panel:
    value = latency(scope, 0.95, NONE)
    p95 = Query(value, "p95")
    of_limit = Query(f"{value} / max({scope.of(catalogue.SLO_LATENCY_THRESHOLD)})", "of the limit")
    made = stat(
        Face(
            "p95 latency",
            Words(
                "The time within which 95 of 100 calls are done, and its part of the limit where one is configured.",
                f"From the buckets of `{catalogue.PREDICTION_DURATION.name}` over all pods, cancelled calls left out; the "
                f"limit is `{catalogue.SLO_LATENCY_THRESHOLD.name}`.",
                "Near or above the limit. The alerts count slow calls: `MLPredictionLatencyBudgetBurnFast` pages.",
                "See Latency below; its marks lead to traces of single calls.",
            ),
            4, 4,
        ),
        p95,
        Fields(
            SECONDS, NEUTRAL, absent="No calls",
            overrides=(
                Override("of the limit", {"unit": RATIO, "decimals": 0, "thresholds": thresholds(OF_LIMIT)}),
            ),
        ),
    )  # fmt: skip
    return replace(made, queries=(p95, of_limit))


def _worst(scope: Scope) -> Panel:
    return stat(
        Face(
            "Worst drift",
            Words(
                "The largest severity of any feature, output, or of the dependence between features.",
                "Lower confidence bound of the effect divided by its threshold; the largest of all windows, pods and "
                "versions chosen. Excluded features do not count.",
                "From 1 on: `MLFeatureDrift`, `MLPredictionDrift` or `MLJointDrift`.",
                "The matrix below says which, and since when.",
                needs="A profile, and rows enough in a window.",
            ),
            3, 4,
        ),
        Query(worst_severity(scope, NONE)),
        Fields(PLAIN_NUMBER, SEVERITY, absent="Not enough rows yet", decimals=1),
    )  # fmt: skip


def _drifted(scope: Scope) -> Panel:
    return stat(
        Face(
            "Drifted",
            Words(
                "Features that have drifted, counted for the version that has most.",
                "Severity above 1 in any window and pod; excluded features do not count.",
                "Any. `MLDatasetDrift` pages where 3 or more are a share above "
                f"`{catalogue.DRIFTED_FEATURES_THRESHOLD.name}`.",
                "Few: open them. Many at once: look at what feeds all of them, or who calls.",
                needs="A profile, and rows enough in a window.",
            ),
            3, 4,
        ),
        Query(f"max({drifted_features(scope, ('model_version', 'variant'))})", shape="now"),
        Fields(PLAIN_NUMBER, ANY_IS_BAD, absent="Not enough rows yet", decimals=0),
        has_background=True,
    )  # fmt: skip


def _data(scope: Scope) -> Panel:
    return stat(
        Face(
            "Bad data",
            Words(
                "Features with more missing, invalid, out-of-range, unseen or mistyped values than allowed, counted for "
                "the version that has most.",
                f"Lower bound of the rise beyond training (Cohen's h) above `{catalogue.DATA_QUALITY_THRESHOLD.name}`.",
                "Any: `MLFeatureMissingHigh` and its sisters.",
                "The table of data quality below says which.",
                needs="A profile, and rows enough in a window.",
            ),
            3, 4,
        ),
        Query(f"max({data_problems(scope, ('model_version', 'variant'))})", shape="now"),
        Fields(PLAIN_NUMBER, ANY_IS_BAD, absent="Not enough rows yet", decimals=0),
        has_background=True,
    )  # fmt: skip


def _quality(scope: Scope) -> Panel:
    return stat(
        Face(
            "Quality loss",
            Words(
                "How far quality is below its reference for sure, in units of what is tolerated; 0 is as good as held "
                "out rows were.",
                f"The end of the 95 % band that speaks for the model, against `{catalogue.QUALITY_REFERENCE.name}` and "
                f"`{catalogue.QUALITY_TOLERANCE.name}`; the worst of all qualities, windows, pods and versions chosen.",
                "From 1 on: `MLEstimatedQualityDegraded`, or with labels `MLQualityDegraded`.",
                "See the row of quality below: which quality, since when. Then get labels of some newest rows.",
                needs="A profile that was learned with `held_out=`.",
            ),
            4, 4,
        ),
        Query(quality_loss(scope, NONE)),
        Fields(PLAIN_NUMBER, SEVERITY, absent="No estimate or tolerance", decimals=1),
    )  # fmt: skip
