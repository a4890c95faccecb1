"""The numbers on top of the data quality dashboard."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.data import SKEW_RATIO
from mlexporter.generate.dashboards.bad_values import KINDS, ON_MODEL, skewed, stuck, times_limit
from mlexporter.generate.dashboards.colours import ANY_IS_BAD, NEUTRAL, SEVERITY
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_stats import labelled
from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, RATIO, Fields
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import stat
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import RATE, greatest, of_model, summed
from mlexporter.generate.dashboards.standing import Scope
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import MODEL, Matcher

HARMFUL: Final = Matcher("reason", "!=", "extra_feature")
"""A feature too many harms no prediction: callers send more than a model reads."""


def stats(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return the line on top."""
    return (_features(options), _schema(options), _duplicates(options), _not_examined(options))


def _features(options: DashboardOptions) -> Panel:
    scope = Scope(options)
    bad = {
        **{name: (f"{times_limit(scope, bound)} > 1", bound) for name, _, bound, _ in KINDS},
        "Stuck": (stuck(scope), catalogue.FEATURE_TOP_VALUE),
        "Skewed": (f"{skewed(scope)} > {SKEW_RATIO:g}", catalogue.FEATURE_SKEW),
    }
    counts = {
        name: f"(count({greatest('feature', found)}) or 0 * max({greatest('window', scope.of(known_by))}))"
        for name, (found, known_by) in bad.items()
    }
    return stat(
        Face("Features above their limit", Words(
            "How many features have too many values that are missing, invalid, out of range, unseen or of "
            "another type, hang at one value (stuck), or do not fit what they derive from (skewed, where the "
            "profile knows such pairs).",
            "Counted as the alerts judge: the sure rise of a share in the worst window and pod against "
            f"{catalogue.DATA_QUALITY_THRESHOLD.name}, without features that people excluded.",
            "Any number above 0. MLFeatureMissingHigh and its sisters wait 5 to 30 minutes before they open a "
            "ticket.",
            "See in the tables below which features these are; a click on a name opens the page of the feature.",
        ), 12, 4),
        Query(labelled("problem", counts), "{{problem}}", shape="now"),
        Fields(PLAIN_NUMBER, ANY_IS_BAD, decimals=0, absent="Not enough rows yet"),
        has_line=False,
    )  # fmt: skip


def _schema(options: DashboardOptions) -> Panel:
    broken = summed(
        (*MODEL, "reason"), f"rate({of_model(catalogue.SCHEMA_VIOLATIONS, options, HARMFUL)}[{RATE}])"
    )
    every = summed(MODEL, f"rate({of_model(catalogue.PREDICTIONS, options)}[{RATE}])")
    worst = greatest((), f"{broken} / {ON_MODEL} group_left () ({every} > 0)")
    limit = greatest((), of_model(catalogue.SCHEMA_VIOLATION_THRESHOLD, options))
    return stat(
        Face("Schema violations", Words(
            "Share of the rows that break the schema of the training data for the most common reason, and the "
            "share that is allowed.",
            "Rate of such rows divided by the rate of all rows, of the worst version; a feature too many does "
            "not count.",
            "Above what is allowed for five minutes, with five such rows at least: MLSchemaViolation.",
            "See the reasons over time below, and find the caller that changed last.",
        ), 4, 4),
        Query(labelled("of", {"now": worst, "allowed": limit}), "{{of}}", shape="now"),
        Fields(RATIO, NEUTRAL, decimals=2, absent="No rows"),
        has_line=False,
    )  # fmt: skip


def _duplicates(options: DashboardOptions) -> Panel:
    rise = greatest(MODEL, greatest((*MODEL, "window"), of_model(catalogue.DUPLICATE_ROWS_EXCESS, options)))
    limit = greatest(MODEL, of_model(catalogue.DATA_QUALITY_THRESHOLD, options))
    return stat(
        Face("Duplicate rows", Words(
            "By how many times its limit the share of rows that repeat another row of their batch has risen "
            "beyond training.",
            "Lower confidence bound of Cohen's h in the worst window and pod, divided by "
            f"{catalogue.DATA_QUALITY_THRESHOLD.name}.",
            "Above 1 for half an hour: MLDuplicateRows.",
            "A join that multiplies rows, or a retry, counts them twice: look at one batch.",
        ), 4, 4),
        Query(greatest((), f"{rise} / {ON_MODEL} {limit}"), "Times the limit"),
        Fields("suffix: x limit", SEVERITY, decimals=2, absent="No batches yet"),
    )  # fmt: skip


def _not_examined(options: DashboardOptions) -> Panel:
    every = summed((), f"rate({of_model(catalogue.PREDICTIONS, options)}[{RATE}])")

    def share(operator: str) -> str:
        dropped = of_model(catalogue.DROPPED_ROWS, options, Matcher("reason", operator, "sampled"))
        return f"((sum(rate({dropped}[{RATE}])) or 0 * {every}) / ({every} > 0))"

    return stat(
        Face("Rows not examined", Words(
            "Share of the accepted rows that were put into no bin: left out on purpose (sampled), or lost "
            "under overload or by an error of mlexporter.",
            "Rate of such rows divided by the rate of all rows, all pods added up. No panel on this page sees "
            "these rows.",
            "Lost above 0: MLExporterRowsDropped. Sampled is what the configuration asks for.",
            "Overload: see how long an evaluation takes on the dashboard about the exporter.",
        ), 4, 4),
        Query(labelled("why", {"lost": share("!="), "sampled": share("=")}), "{{why}}", shape="now"),
        Fields(RATIO, NEUTRAL, decimals=2, absent="No rows"),
        has_line=False,
    )  # fmt: skip
