"""Panels of the data quality dashboard over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.alerting.data import SKEW_RATIO
from mlexporter.generate.dashboards.bad_values import INVALID, hourly_share, most_of_a_day
from mlexporter.generate.dashboards.colours import REFERENCE, VERMILION
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.data_quality_stats import HARMFUL
from mlexporter.generate.dashboards.fields import RATIO, Fields, Override, dashed
from mlexporter.generate.dashboards.links import label, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import RATE, greatest, of_model, summed
from mlexporter.generate.dashboards.words import RULES_NEEDED, Words
from mlexporter.generate.promql import FEATURE, Matcher

_MOST: Final = 8
_LOW: Final = {"axisSoftMax": 0.05}
"""Else a share of nothing has an axis up to 10,000 %."""

_ONE: Final = "{{feature}} ({{model_version}}, {{variant}})"
_HOURLY: Final = (
    "Rows of the hour before each point divided by the rows that were looked at, all pods added up"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One way in which values are wrong: its title, what counts it, its alert, and what to say."""

    title: str
    counter: Metric
    width: int
    alert: str
    what: str
    do: str
    bins: tuple[Matcher, ...] = ()


_KINDS: Final = (
    _Kind(
        "Out of range", catalogue.FEATURE_OUT_OF_RANGE, 12, "MLFeatureOutOfRangeHigh",
        "the value is outside the range that training had",
        "Compare the unit and the source with those of training.",
    ),
    _Kind(
        "Unseen categories", catalogue.FEATURE_UNSEEN, 8, "MLFeatureUnseenCategories",
        "the category is one that training did not have",
        "A new spelling is repaired, a new category is trained on.",
    ),
    _Kind(
        "Invalid values", catalogue.FEATURE_OBSERVATIONS, 8, "MLFeatureInvalidHigh",
        "the value is infinite or cannot be read",
        "Look at the newest rows: a division by zero, or text in a number.", (INVALID,),
    ),
    _Kind(
        "Values of another type", catalogue.FEATURE_TYPE_MISMATCH, 8, "MLFeatureTypeMismatch",
        "the value has another type than in training, such as text where a number was",
        "Compare the newest rows of the caller with the schema of the training data.",
    ),
)  # fmt: skip


def share_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return the shares of bad values over time, of the features where they are largest."""
    return (_missing(options), *(_share(kind, options) for kind in _KINDS))


def row_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return what is wrong with rows as a whole."""
    return (_schema(options), _duplicates(options), _dropped(options))


def skew_panel(options: DashboardOptions) -> Panel:
    """Return how many rows do not fit what they derive from."""
    skew = greatest(FEATURE, greatest((*FEATURE, "window"), of_model(catalogue.FEATURE_SKEW, options)))
    limit = "Limit of the alert"
    return time_series(
        Face("Derived features that do not fit", Words(
            "Share of the rows, at least, in which a derived feature does not fit what it is computed from, "
            "beyond training.",
            "Of the worst window and pod, for the pairs of features that the profile knows.",
            "Above 1 %: MLFeatureSkew.",
            "It is probably computed another way in serving than in training: compare the two pieces of code.",
            "A profile that knows which features derive from which.",
        ), 12, 9, data_links=_to_feature(options)),
        [Query(skew, _ONE), Query(f"0 * max({skew}) + {SKEW_RATIO:g}", limit)],
        Fields(
            RATIO, minimum=0, absent="The profile knows no derived features", overrides=[Override(limit, dashed(VERMILION))],
        ),
    )  # fmt: skip


def _to_feature(options: DashboardOptions) -> tuple[dict[str, object], ...]:
    chosen = {name: label(name) for name in ("model_version", "variant", "feature")}
    return (link("Open the feature", "feature", options, "model_name", **chosen),)


def _missing(options: DashboardOptions) -> Panel:
    share = hourly_share(catalogue.FEATURE_MISSING)
    most = most_of_a_day(catalogue.FEATURE_MISSING, _MOST, is_beyond_training=True)
    return time_series(
        Face("Missing values", Words(
            f"Share of the rows that lack the feature, of the {_MOST} features that were missing most beyond "
            "training in the day before the end of the time range.",
            f"{_HOURLY}. The table above has the share of training.",
            "A line that rises. MLFeatureMissingHigh judges the sure rise against training; MLFeatureGone "
            "pages from 99 % on.",
            "Lines that rise together have one cause: a join or a caller. Click on one for the page of the "
            "feature.",
            RULES_NEEDED,
        ), 12, 9, data_links=_to_feature(options)),
        [Query(f"{share} and {most}", _ONE)],
        _fields(),
    )  # fmt: skip


def _share(kind: _Kind, options: DashboardOptions) -> Panel:
    share, most = hourly_share(kind.counter, kind.bins), most_of_a_day(kind.counter, _MOST, kind.bins)
    return time_series(
        Face(kind.title, Words(
            f"Share of the rows in which {kind.what}, of the {_MOST} features that had most in the day before "
            "the end of the time range.",
            f"{_HOURLY}.",
            f"A line that rises: {kind.alert} judges the sure rise against training in the table above.",
            f"{kind.do} Click on a line for the page of the feature.",
            RULES_NEEDED,
        ), kind.width, 9, data_links=_to_feature(options)),
        [Query(f"{share} and {most}", _ONE)],
        _fields(),
    )  # fmt: skip


def _fields() -> Fields:
    return Fields(RATIO, minimum=0, absent="No recorded rows", custom=_LOW)


def _schema(options: DashboardOptions) -> Panel:
    every = summed((), f"rate({of_model(catalogue.PREDICTIONS, options)}[{RATE}])")
    broken = summed("reason", f"rate({of_model(catalogue.SCHEMA_VIOLATIONS, options)}[{RATE}])")
    limit = "Allowed for each reason"
    return time_series(
        Face("Rows that break the schema", Words(
            "Share of the rows that do not look like the training data, by reason: a feature is missing, one "
            "is too many, the row or its prediction cannot be read. Dashed is what is allowed.",
            "Rate of such rows divided by the rate of all rows, all pods and chosen versions added up; a row "
            f"can have several reasons. A feature too many ({HARMFUL.value}) harms nothing, and no alert counts "
            "it.",
            "Above the dashed line for five minutes, with five such rows at least: MLSchemaViolation.",
            "Find the caller that changed last; the runbook has the query for the features.",
        ), 8, 9),
        [
            Query(f"{broken} / on () group_left () ({every} > 0)", "{{reason}}"),
            Query(greatest((), of_model(catalogue.SCHEMA_VIOLATION_THRESHOLD, options)), limit),
        ],
        Fields(
            RATIO, minimum=0, absent="No rows", custom=_LOW, overrides=[Override(limit, dashed(VERMILION))],
        ),
    )  # fmt: skip


def _duplicates(options: DashboardOptions) -> Panel:
    by = ("model_version", "variant")
    every, repeated = (
        summed(by, f"rate({of_model(metric, options)}[{RATE}])")
        for metric in (catalogue.PREDICTIONS, catalogue.DUPLICATE_ROWS)
    )
    return time_series(
        Face("Rows that repeat another one of their batch", Words(
            "Share of the rows, at least, that are the same as another row of the same batch.",
            "Rate of such rows divided by the rate of all rows. Of large batches a part is looked at, and "
            "single rows repeat nothing, so that the true share of batches may be higher.",
            "Far above its own past. MLDuplicateRows judges the sure rise beyond training, which stands on top.",
            "A join that multiplies rows, or a retry, counts them twice: look at one batch.",
        ), 8, 9),
        [Query(f"{repeated} / ({every} > 0)", "{{model_version}} ({{variant}})")],
        Fields(RATIO, minimum=0, absent="No batches yet", custom=_LOW),
    )  # fmt: skip


def _dropped(options: DashboardOptions) -> Panel:
    every = summed((), f"rate({of_model(catalogue.PREDICTIONS, options)}[{RATE}])")
    dropped = summed("reason", f"rate({of_model(catalogue.DROPPED_ROWS, options)}[{RATE}])")
    return time_series(
        Face("Rows that were not examined", Words(
            "Share of the accepted rows that were put into no bin, by reason: sampled on purpose, refused "
            "under overload, or lost by an error of mlexporter.",
            "Rate of such rows divided by the rate of all rows, all pods added up.",
            "Overload or internal_error above 0: MLExporterRowsDropped. Drift and quality are then of a part "
            "of the rows.",
            "See the dashboard about the exporter: how long evaluations take, and which errors it had.",
        ), 8, 9),
        [Query(f"{dropped} / on () group_left () ({every} > 0)", "{{reason}}")],
        Fields(
            RATIO, minimum=0, absent="No rows", custom=_LOW, overrides=[Override("sampled", dashed(REFERENCE))],
        ),
    )  # fmt: skip
