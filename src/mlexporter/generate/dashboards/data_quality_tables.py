"""Tables of the data quality dashboard: what is wrong with which feature, and what the alerts say of it."""

from __future__ import annotations

from typing import Any, Final

from mlexporter import catalogue
from mlexporter.generate.alerting.data import SKEW_RATIO
from mlexporter.generate.dashboards.bad_values import (
    INVALID,
    KINDS,
    ON_FEATURE,
    hourly_share,
    skewed,
    stuck,
    times_limit,
    worst_times_limit,
)
from mlexporter.generate.dashboards.cells import coloured_column, name_column, number_column, word_column
from mlexporter.generate.dashboards.colours import BAD, SEVERITY, UNKNOWN, Step
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, RATIO, Fields, Override
from mlexporter.generate.dashboards.links import column, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.queries import rows
from mlexporter.generate.dashboards.reading import greatest, of_model, recorded
from mlexporter.generate.dashboards.standing import Scope
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.words import RULES_NEEDED, Words
from mlexporter.generate.promql import FEATURE
from mlexporter.generate.recording import REFERENCE_MISSING_RATIO

_NAMES: Final = (("feature", "Feature"), ("model_version", "Version"), ("variant", "Variant"))
_DROPPED: Final = ("Time", "model_name", "__name__")
_LIMITS: Final[tuple[Step, ...]] = ((None, "transparent"), *SEVERITY[1:])


def tables(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return what the alerts judge, and the shares themselves."""
    return (_judged(options), _shares(options))


def unit_table(options: DashboardOptions) -> Panel:
    """Return the features whose values another unit would explain."""
    by = (*FEATURE, "window")
    return table(
        Face("Values as if in another unit", Words(
            "Features whose values look as if multiplied by a factor, such as 1000 for metres in place of "
            "kilometres, by window.",
            "The factor among the common ones by which the values of the window, divided, fit the training "
            "data again; of several pods the largest. Beside it the drift severity of the window.",
            "Any line here. MLFeatureDrift names the factor in its words.",
            "Ask who sends the rows whether a unit changed, or a source with another unit took over.",
        ), 12, 9),
        [
            rows(greatest(by, of_model(catalogue.FEATURE_UNIT_FACTOR, options)), "factor"),
            rows(
                f"{greatest(by, of_model(catalogue.FEATURE_DRIFT_SEVERITY, options))} and on ({', '.join(by)}) "
                f"{greatest(by, of_model(catalogue.FEATURE_UNIT_FACTOR, options))}",
                "severity",
            ),
        ],
        Fields(PLAIN_NUMBER, absent="No feature looks so", overrides=[
            *_name_columns(options), name_column("Window", 90), number_column("Factor", 90),
            coloured_column("Severity", 100, _LIMITS, decimals=2),
        ]),
        Columns(
            (*_NAMES, ("window", "Window"), ("Value #factor", "Factor"), ("Value #severity", "Severity")),
            sort_by="Severity", dropped=_DROPPED,
        ),
    )  # fmt: skip


def _judged(options: DashboardOptions) -> Panel:
    scope = Scope(options)
    rises = {name.lower().replace(" ", "_"): (name, bound) for name, _, bound, _ in KINDS}
    excluded = f"{greatest(FEATURE, of_model(catalogue.FEATURE_EXCLUDED, options))} == 1"
    return table(
        Face("Features as the alerts judge them", Words(
            "By how many times its limit each share has risen beyond training (1 is the alert), the worst of "
            "them first; the share of the most common value where a feature hangs, and the share of rows that "
            "do not fit what they derive from.",
            "Lower confidence bounds of Cohen's h in the worst window and pod, divided by "
            f"{catalogue.DATA_QUALITY_THRESHOLD.name}; 0 is no sure rise. Excluded features have no values here, as in the "
            "alerts. It needs no rules, and is of the end of the time range.",
            "Orange and red: MLFeatureMissingHigh, MLFeatureInvalidHigh, MLFeatureOutOfRangeHigh, "
            "MLFeatureUnseenCategories, MLFeatureTypeMismatch, MLFeatureStuck or MLFeatureSkew opens a ticket "
            "when it lasts. Yellow is half of the limit.",
            "Click on the name for the page of the feature. Many features at once have one cause: a join, a "
            "source, a caller.",
        ), 24, 10),
        [
            rows(worst_times_limit(scope), "worst"),
            *(rows(times_limit(scope, bound), ref) for ref, (_, bound) in rises.items()),
            rows(stuck(scope), "stuck"),
            rows(skewed(scope), "skew"),
            rows(excluded, "excluded"),
        ],
        Fields(PLAIN_NUMBER, absent="Not enough rows yet", overrides=[
            *_name_columns(options),
            *(coloured_column(name, 105, _LIMITS, decimals=2) for name in ("Worst", *(name for name, _ in rises.values()))),
            coloured_column("Stuck at one value", 150, ((None, BAD),), unit=RATIO, decimals=1),
            coloured_column("Skew", 100, ((None, "transparent"), (SKEW_RATIO, BAD)), unit=RATIO, decimals=1),
            word_column("Alerts", 100, {"1": ("Excluded", UNKNOWN)}),
        ]),
        Columns(
            (
                *_NAMES, ("Value #worst", "Worst"), *((f"Value #{ref}", name) for ref, (name, _) in rises.items()),
                ("Value #stuck", "Stuck at one value"), ("Value #skew", "Skew"), ("Value #excluded", "Alerts"),
            ),
            sort_by="Worst", dropped=_DROPPED,
        ),
    )  # fmt: skip


def _shares(options: DashboardOptions) -> Panel:
    missing, training = hourly_share(catalogue.FEATURE_MISSING), recorded(REFERENCE_MISSING_RATIO)
    others = {
        "range": ("Out of range", hourly_share(catalogue.FEATURE_OUT_OF_RANGE)),
        "unseen": ("Unseen", hourly_share(catalogue.FEATURE_UNSEEN)),
        "invalid": ("Invalid", hourly_share(catalogue.FEATURE_OBSERVATIONS, (INVALID,))),
        "type": ("Other type", hourly_share(catalogue.FEATURE_TYPE_MISMATCH)),
        "top": (
            "Most common value",
            greatest(FEATURE, greatest((*FEATURE, "window"), of_model(catalogue.FEATURE_TOP_VALUE, options))),
        ),
    }
    shares = {"missing": ("Missing", missing), "training": ("In training", training)}
    rise = {"rise": ("More than training", f"{missing} - {ON_FEATURE} {training}")}
    every = shares | rise | others
    return table(
        Face("Shares of the rows of the last hour", Words(
            "How many of the rows of the last hour lack the feature, how many of training did, and the "
            "difference; how many are out of range, of an unseen category, invalid or of another type; and the "
            "share of the most common value.",
            "Rows counted so divided by the rows that were looked at, all pods added up, both recorded at the "
            "same moment. The most common value is of the worst window and pod, a share that is reached at "
            "least.",
            "There is no colour, because a share alone is not judged: the table above does, with chance taken "
            "off. MLFeatureGone pages when more than 99 % lack a feature that training had.",
            "Click on the name for the page of the feature, or to see below which pod gets such rows.",
            RULES_NEEDED,
        ), 24, 10),
        [rows(expression, ref) for ref, (_, expression) in every.items()],
        Fields(RATIO, absent="No recorded rows", overrides=[
            *_name_columns(options),
            *(number_column(name, 140 if " " in name else 95, unit=RATIO, decimals=2) for name, _ in every.values()),
        ]),
        Columns(
            (*_NAMES, *((f"Value #{ref}", name) for ref, (name, _) in every.items())),
            sort_by="More than training", dropped=_DROPPED,
        ),
    )  # fmt: skip


def _name_columns(options: DashboardOptions) -> list[Override]:
    chosen = {"model_version": column("Version"), "variant": column("Variant"), "feature": column("Feature")}
    links: list[dict[str, Any]] = [
        link("Open the feature", "feature", options, "model_name", **chosen),
        link("Its pods, below", "data-quality", options, "model_name", **chosen),
    ]
    return [
        Override("Feature", {"links": links}),
        name_column("Version", 90),
        name_column("Variant", 90),
    ]
