"""What Model says about how good the answers are without labels, and about what changed."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.cells import coloured_column, name_column, number_column
from mlexporter.generate.dashboards.colours import AMBER, REFERENCE, SEVERITY, VERMILION
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    SECONDS,
    Fields,
    Override,
    colour,
    dashed,
)
from mlexporter.generate.dashboards.links import link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import CHOSEN_WINDOW, greatest
from mlexporter.generate.dashboards.standing import (
    HIGHER_IS_BETTER,
    LOCAL_NUMBER,
    LOWER_IS_BETTER,
    Scope,
    named,
    quality_loss,
    rows_per_minute,
)
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import MODEL, Matcher

ESTIMATED: Final = Matcher("source", "=", "estimated")
SHOWN: Final = (
    catalogue.ROC_AUC, catalogue.ACCURACY, catalogue.ROOT_MEAN_SQUARED_ERROR, catalogue.MEAN_ABSOLUTE_ERROR,
)  # fmt: skip
"""Which quality is drawn: the first that the model has."""

_BY: Final = ("metric",)
_INFO: Final = ("profile_id", "dataset", "run_id", "commit", "framework")


def is_better_when_higher(metric: Metric) -> bool:
    """Return whether a larger value of a quality is a better one."""
    return metric in HIGHER_IS_BETTER


def quality_over_time(options: DashboardOptions) -> Panel:
    """Return an estimated quality with its band, its reference and where its alert is."""
    scope = Scope(options)
    return time_series(
        Face(
            "Estimated quality",
            Words(
                "How good the predictions of the window are, estimated without labels: area under the ROC curve, or "
                "accuracy, or the error of a number. The shaded band holds it with 95 %.",
                "From the scores and from how often such scores were right on the held-out rows; the worst pod and "
                "version chosen.",
                "When the whole band is beyond the line of the alert: `MLEstimatedQualityDegraded`. Drift that changes "
                "what is true of the same rows (concept drift) can not be seen without labels.",
                "Look which features drifted, and get labels of some newest rows to be sure.",
                needs="A profile that was learned with `held_out=`.",
            ),
            14, 9,
        ),
        [
            Query(_first(scope, "value"), "Estimate of {{metric}}"),
            Query(_first(scope, "lower"), "Lower end"),
            Query(_first(scope, "upper"), "Upper end"),
            Query(_first(scope, "reference"), "Reference"),
            Query(_first(scope, "alert"), "Alert"),
        ],
        Fields(
            PLAIN_NUMBER, absent="No estimate: fit with held_out=", decimals=3,
            overrides=(
                Override("/^Estimate of/", {"color": colour(AMBER), "custom.lineWidth": 2}),
                Override(
                    "Upper end",
                    {"color": colour(AMBER), "custom.fillBelowTo": "Lower end", "custom.fillOpacity": 20,
                     "custom.lineWidth": 0},
                ),
                Override("Lower end", {"color": colour(AMBER), "custom.lineWidth": 0}),
                Override("Reference", dashed(REFERENCE, dash=(2, 6), width=2)),
                Override("Alert", dashed(VERMILION)),
            ),
        ),
        calcs=("lastNotNull", "min", "max"),
    )  # fmt: skip


def _first(scope: Scope, what: str) -> str:
    """Return the value, an end of the band, the reference or the level of the alert of the first quality there is."""
    return " or on () ".join(f"({_told(scope, metric, what)})" for metric in SHOWN)


def _told(scope: Scope, metric: Metric, what: str) -> str:
    name = Matcher("metric", "=", metric.name)
    worst = "min" if is_better_when_higher(metric) else "max"
    if what == "value":
        value = f"{worst}({scope.of(metric, ESTIMATED, CHOSEN_WINDOW)})"
        return f'label_replace({value}, "metric", "{metric.name}", "", "")'
    if what in ("lower", "upper"):
        end = catalogue.QUALITY_LOWER if what == "lower" else catalogue.QUALITY_UPPER
        return f"{worst} by (metric) ({scope.of(end, ESTIMATED, CHOSEN_WINDOW, name)})"
    reference = f"{worst} by (metric) ({scope.of(catalogue.QUALITY_REFERENCE, name)})"
    if what == "reference":
        return reference
    sign = "-" if is_better_when_higher(metric) else "+"
    return f"{reference} {sign} {greatest(_BY, scope.of(catalogue.QUALITY_TOLERANCE, name))}"


def quality_table(options: DashboardOptions) -> Panel:
    """Return every quality that is estimated, beside its reference."""
    scope = Scope(options)
    values = " or ".join(
        f"label_replace({'min' if is_better_when_higher(metric) else 'max'}"
        f'({scope.of(metric, ESTIMATED, CHOSEN_WINDOW)}), "metric", "{metric.name}", "", "")'
        for metric in (*HIGHER_IS_BETTER, *LOWER_IS_BETTER)
    )
    return table(
        Face(
            "Qualities, worst first",
            Words(
                "Each estimated quality of the window, the ends of its 95 % band, and what it was on held-out rows.",
                "The worst pod and version chosen. Loss is how far the end that speaks for the model is below the "
                f"reference, divided by `{catalogue.QUALITY_TOLERANCE.name}`.",
                "Loss from 1 on: `MLEstimatedQualityDegraded`.",
                "Precision and recall that move against each other point to the decision threshold; all that fall at "
                "once, to harder cases.",
                needs="A profile that was learned with `held_out=`.",
            ),
            10, 9,
        ),
        [
            rows(quality_loss(scope, _BY, ESTIMATED, CHOSEN_WINDOW), "loss"),
            rows(values, "now"),
            rows(_of_worst_pod(scope, catalogue.QUALITY_LOWER), "lower"),
            rows(_of_worst_pod(scope, catalogue.QUALITY_UPPER), "upper"),
            rows(greatest(_BY, scope.of(catalogue.QUALITY_REFERENCE)), "reference"),
        ],
        Fields(
            PLAIN_NUMBER, absent="–",
            overrides=(
                name_column("Quality", 145),
                coloured_column("Loss", 80, SEVERITY, decimals=1),
                *(number_column(name, 72, decimals=3) for name in ("Now", "Lower", "Upper")),
                number_column("Reference", 92, decimals=3),
            ),
        ),
        Columns(
            [
                ("metric", "Quality"), ("Value #loss", "Loss"), ("Value #now", "Now"), ("Value #lower", "Lower"),
                ("Value #upper", "Upper"), ("Value #reference", "Reference"),
            ],
            sort_by="Loss",
        ),
    )  # fmt: skip


def _of_worst_pod(scope: Scope, end: Metric) -> str:
    """Return an end of the band of each quality, of the pod whose loss is told: not the best end of any."""
    high, low = (
        scope.of(end, ESTIMATED, CHOSEN_WINDOW, named(metrics))
        for metrics in (HIGHER_IS_BETTER, LOWER_IS_BETTER)
    )
    return f"min by (metric) ({high}) or {greatest(_BY, low)}"


def changes_table(options: DashboardOptions) -> Panel:
    """Return what serves now, what it was trained on, and since when."""
    scope = Scope(options)
    profile = (*MODEL, "profile", "profile_version")
    names = [
        ("model_version", "Version"), ("variant", "Variant"), ("Value #pods", "Exporters"), ("Value #rows", "Rows/min"),
        ("Value #loaded", "Newest start"), ("Value #learned", "Profile learned"), ("profile_version", "Profile of"),
        ("profile", "Bins"), ("profile_id", "Profile id"), ("against", "Drift against"),
        ("Value #accepted", "Baseline accepted"), ("dataset", "Dataset"), ("commit", "Commit"), ("run_id", "Run"),
        ("framework", "Framework"),
    ]  # fmt: skip
    return table(
        Face(
            "What changed",
            Words(
                "Which versions and variants serve, with which profile, dataset and commit, and how long ago each began.",
                f"`{catalogue.MODEL_INFO.name}`, `{catalogue.PROFILE_INFO.name}` and the times that exporters tell; Exporters counts those that tell of "
                "it. Profile of is the version that the profile was learned for; Bins is the fingerprint of its bins.",
                "One version with two profiles (`MLProfileMismatch`), a profile of another version, or one that is too "
                "old (`MLProfileStale`). More than two versions: `MLUnexpectedModelVersion`.",
                "A fault that began with a row here: open Versions, and compare before you go back.",
            ),
            24, 6,
        ),
        [
            rows(f"count by ({', '.join((*MODEL, *_INFO))}) ({scope.of(catalogue.MODEL_INFO)})", "pods"),
            rows(rows_per_minute(scope, MODEL), "rows"),
            rows(_ago(scope, catalogue.MODEL_LOADED), "loaded"),
            rows(_ago(scope, catalogue.PROFILE_CREATED), "learned"),
            rows(greatest(profile, scope.of(catalogue.PROFILE_INFO)), "profile"),
            rows(greatest((*MODEL, "against"), scope.of(catalogue.DRIFT_REFERENCE)), "against"),
            rows(_ago(scope, catalogue.BASELINE_ACCEPTED), "accepted"),
        ],
        Fields(PLAIN_NUMBER, absent="–", overrides=_change_columns(options)),
        Columns(
            names, sort_by="Newest start", is_ascending=True,
            dropped=("Time", "model_name", "Value #profile", "Value #against"),
        ),
    )  # fmt: skip


def _change_columns(options: DashboardOptions) -> tuple[Override, ...]:
    opened = link("Compare versions", "versions", options, "model_name")
    return (
        name_column("Version", 100, link=opened),
        name_column("Variant", 90),
        number_column("Exporters", 85, decimals=0),
        number_column("Rows/min", 85, unit=LOCAL_NUMBER, decimals=1),
        number_column("Newest start", 130, unit=SECONDS, decimals=1),
        number_column("Profile learned", 120, unit=SECONDS, decimals=1),
        name_column("Profile of", 90),
        name_column("Bins", 90),
        name_column("Profile id", 150),
        name_column("Drift against", 110),
        number_column("Baseline accepted", 140, unit=SECONDS, decimals=1),
    )


def _ago(scope: Scope, metric: Metric) -> str:
    """Return how long ago the newest of what pods tell was, in seconds."""
    return f"time() - {greatest(MODEL, scope.of(metric))}"
