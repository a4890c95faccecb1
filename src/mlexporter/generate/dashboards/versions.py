"""Versions: is the new one as good as the old one?"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards import annotations as marks
from mlexporter.generate.dashboards import variables
from mlexporter.generate.dashboards.colours import ANY_IS_BAD, BAD, NEUTRAL, OK, WATCH, WORSE, Step
from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, RATIO, Fields
from mlexporter.generate.dashboards.layout import Row
from mlexporter.generate.dashboards.model_stats import POINTS
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import stat
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.standing import (
    Scope,
    latency,
    rows_per_minute,
    worst_severity,
)
from mlexporter.generate.dashboards.version_bins import feature_bins, output_bins
from mlexporter.generate.dashboards.version_courses import (
    errors_over_time,
    feature_over_time,
    latency_over_time,
    quality_loss_over_time,
    quality_over_time,
    traffic_share,
)
from mlexporter.generate.dashboards.version_tables import severity_table, side_by_side
from mlexporter.generate.dashboards.words import DRIFT_RULES_NEEDED, RULES_NEEDED, Words
from mlexporter.generate.promql import MODEL, Matcher
from mlexporter.generate.recording import error_ratio_name

REVISION: Final = 4
CANARY_WINDOW: Final = "30m"
"""Over which `MLCanaryWorse` compares errors."""

_GAP: Final[tuple[Step, ...]] = ((None, OK), (0.5, WATCH), (1, BAD), (3, WORSE))
_ERROR_GAP: Final[tuple[Step, ...]] = ((None, OK), (0.005, WATCH), (0.01, BAD), (0.05, WORSE))
_FACTOR: Final[tuple[Step, ...]] = ((None, OK), (1.25, WATCH), (1.5, BAD), (2, WORSE))
_EACH: Final = ("model_version", "variant")


def versions_dashboard(options: DashboardOptions) -> Dashboard:
    """Return the dashboard that sets versions and variants of a model side by side."""
    return Dashboard(
        "versions",
        "Is the new version as good as the old one? Versions and variants of one model, side by side.",
        REVISION,
        [
            variables.datasource(options),
            variables.model_name(options),
            variables.model_version(options),
            variables.variant(options),
            variables.feature(options),
            variables.output(options),
            variables.output_class(options),
            variables.window(options),
        ],
        marks.of_model(options),
        [
            Row("", [*version_tiles(options), side_by_side(options)]),
            Row(
                "Traffic, errors, latency",
                [traffic_share(options), errors_over_time(options), latency_over_time(options)],
            ),
            Row("Drift", [severity_table(options), feature_over_time(options)]),
            Row("Predictions, by version", [output_bins(options)]),
            Row("Feature $feature, by version", [feature_bins(options)]),
            Row(
                "Quality, estimated without labels",
                [quality_over_time(options), quality_loss_over_time(options)],
            ),
        ],
    )


def version_tiles(options: DashboardOptions) -> list[Panel]:
    """Return the tiles: what serves, and how far versions are apart."""
    scope = Scope(options)
    made = [
        _serving(scope), _canary_traffic(scope), _error_gap(scope), _latency_factor(scope), _drift_gap(scope),
        _mismatches(scope),
    ]  # fmt: skip
    return [replace(panel, points=POINTS) for panel in made]


def _serving(scope: Scope) -> Panel:
    return stat(
        Face(
            "Versions serving",
            Words(
                "Versions of the model that take rows now, of those chosen.",
                f"Versions with `{catalogue.PREDICTIONS.name}` rising, over all pods and variants.",
                "More than two for long: `MLUnexpectedModelVersion`, a rollout that stopped halfway.",
                "The table below says which version has which part of the traffic.",
            ),
            4, 4,
        ),
        Query(f"count({rows_per_minute(scope, ('model_version',))} > 0)"),
        Fields(PLAIN_NUMBER, NEUTRAL, absent="No traffic"),
    )  # fmt: skip


def _canary_traffic(scope: Scope) -> Panel:
    primary = Matcher("variant", "=", "primary")
    whole = scope.of(catalogue.PREDICTIONS)
    part = scope.of(catalogue.PREDICTIONS, primary)
    every = f"sum(rate({whole}[$__rate_interval]))"
    return stat(
        Face(
            "Not primary",
            Words(
                "The share of the rows that a canary or a shadow takes.",
                "1 less the rows of the variant `primary` by all rows of the versions and variants chosen.",
                "No level: it is what you set at the router. Other than you set, routing is wrong.",
                "Compare with the shares over time below.",
            ),
            4, 4,
        ),
        Query(f"1 - (sum(rate({part}[$__rate_interval])) or 0 * {every}) / ({every} > 0)"),
        Fields(RATIO, NEUTRAL, absent="No traffic", decimals=1),
    )  # fmt: skip


def _error_gap(scope: Scope) -> Panel:
    share = scope.recorded(error_ratio_name(CANARY_WINDOW))
    return stat(
        Face(
            "Error gap",
            Words(
                "How much larger the share of failed calls is in the worst version and variant than in the best, in "
                "percentage points.",
                f"Recorded shares over {CANARY_WINDOW}, largest less smallest. One version alone has no gap: 0.",
                "`MLCanaryWorse` pages where a canary fails more than twice as often as the primary, and 1 point more.",
                "Take the worse one out of traffic, then look at its exceptions in Serving and resources.",
                needs=RULES_NEEDED,
            ),
            4, 4,
        ),
        Query(f"max({share}) - min({share})"),
        Fields(RATIO, _ERROR_GAP, absent="No calls or no rules", decimals=2),
    )  # fmt: skip


def _latency_factor(scope: Scope) -> Panel:
    p95 = latency(scope, 0.95, _EACH)
    return stat(
        Face(
            "Slowest by fastest",
            Words(
                "How many times slower the slowest version and variant is than the fastest, by p95; 1 is equal.",
                f"p95 of each from the buckets of `{catalogue.PREDICTION_DURATION.name}`, largest by smallest.",
                "No alert compares versions; from 1.5 on callers feel it.",
                "See the latency of each over time below: hardware, batch sizes or the model itself?",
            ),
            4, 4,
        ),
        Query(f"max({p95}) / min({p95})"),
        Fields(PLAIN_NUMBER, _FACTOR, absent="No calls", decimals=2),
    )  # fmt: skip


def _drift_gap(scope: Scope) -> Panel:
    severity = worst_severity(replace(scope, is_recorded=True), MODEL)
    return stat(
        Face(
            "Drift gap",
            Words(
                "How far apart the worst drifts of versions and variants are, in severities.",
                "Largest less smallest of the worst severity of each version and variant, any window and pod.",
                "A large gap: versions see other rows, or were trained on other data. Both high and no gap: the data "
                "changed, not the version.",
                "Find the features that differ in the table of severities below.",
                needs=DRIFT_RULES_NEEDED,
            ),
            4, 4,
        ),
        Query(f"max({severity}) - min({severity})"),
        Fields(PLAIN_NUMBER, _GAP, absent="No rows or no rules", decimals=1),
    )  # fmt: skip


def _mismatches(scope: Scope) -> Panel:
    by, info = ", ".join(MODEL), scope.of(catalogue.PROFILE_INFO)
    prints = f"count by ({by}) (count by ({by}, profile) ({info}))"
    return stat(
        Face(
            "Mixed profiles",
            Words(
                "Versions and variants whose pods are measured against different profiles.",
                f"Fingerprints of bins in `{catalogue.PROFILE_INFO.name}`, more than one for one version and variant.",
                "Any: `MLProfileMismatch` after half an hour. Counts of such pods do not add up.",
                "A rollout that stopped halfway is the usual cause; a new profile deserves a new version.",
                needs="A profile of each version.",
            ),
            4, 4,
        ),
        Query(f"count({prints} > 1) or 0 * count({info})", shape="now"),
        Fields(PLAIN_NUMBER, ANY_IS_BAD, absent="No profile", decimals=0),
        has_background=True,
    )  # fmt: skip
