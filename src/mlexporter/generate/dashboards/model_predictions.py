"""What Model says about its answers and about the data as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.drift import FEWEST_FEATURES
from mlexporter.generate.dashboards.cells import coloured_column, name_column
from mlexporter.generate.dashboards.colours import BLUE, REFERENCE, SEVERITY, VERMILION
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    RATIO,
    SYMLOG,
    Fields,
    Override,
    colour,
    dashed,
)
from mlexporter.generate.dashboards.links import column, link
from mlexporter.generate.dashboards.model_drift import VERSION
from mlexporter.generate.dashboards.panel import Face, Panel, Transformation
from mlexporter.generate.dashboards.panel_kinds import bars, time_series
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import (
    CHOSEN_OUTPUT,
    WINDOW,
    greatest,
    increase,
    of_model,
    summed,
)
from mlexporter.generate.dashboards.standing import (
    RISES,
    Scope,
    data_severity,
    feature_severity,
)
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.words import DRIFT_RULES_NEEDED, Words
from mlexporter.generate.promql import FEATURE, MODEL, Matcher

SHAPE: Final = Matcher("bin", "!~", "missing|invalid")
BESIDE_REFERENCE: Final[tuple[Transformation, ...]] = (
    ("merge", {}),
    ("sortBy", {"fields": {}, "sort": [{"field": "bin", "desc": False}]}),
    (
        "organize",
        {
            "excludeByName": {"Time": True, "bin": True},
            "indexByName": {"range": 0, "Value #reference": 1, "Value #now": 2},
            "renameByName": {"Value #reference": "Reference", "Value #now": "Now"},
        },
    ),
)
SHARE_FIELDS: Final = (
    Override("range", {"unit": "string"}),
    Override("Reference", {"color": colour(REFERENCE)}),
    Override("Now", {"color": colour(BLUE)}),
)

_GROUP: Final = ("profile", "class")
_ON_GROUP: Final = "on (profile, class)"


def distribution(options: DashboardOptions) -> Panel:
    """Return the shares of predictions beside those of training."""
    reference, now = output_shares(options)
    return bars(
        Face(
            "Predictions: now and reference",
            Words(
                "Which predictions the model makes now (blue), beside those on its training rows (grey).",
                "Share of each bin among the valid predictions of the window, added over pods; where versions have "
                "bins of their own, those of the profile with most predictions, and of a class likewise.",
                "No level by itself: Output drift is the test. `MLPredictionConstant` pages when nearly all are in one "
                "bin, `MLPositiveRateShift` when a decision turns out otherwise.",
                "Look which features drifted at that time; if none did, suspect the model file. Versions shows each "
                "version by itself.",
                needs="A profile with predictions, and bins within the series budget.",
            ),
            10, 10,
        ),
        [rows(reference, "reference"), rows(now, "now")],
        Fields(RATIO, absent="No predictions in this window", decimals=1, minimum=0, overrides=SHARE_FIELDS),
        x="range", transformations=BESIDE_REFERENCE,
    )  # fmt: skip


def output_shares(options: DashboardOptions) -> tuple[str, str]:
    """Return the shares of predictions by bin: of training (also by ``range``), and of the chosen window.

    Of one profile and one class, those with most predictions: bins of two profiles are not the same.
    """
    chosen = (*CHOSEN_OUTPUT, SHAPE)
    seen = increase(of_model(catalogue.OUTPUT_OBSERVATIONS, options, *chosen), WINDOW)
    most = f"(topk(1, {summed(_GROUP, seen)}) > 0)"
    now = f"{summed(('bin', *_GROUP), seen)} / {_ON_GROUP} group_left () {most}"
    training = of_model(catalogue.OUTPUT_REFERENCE, options, *chosen)
    rows_of_training = summed(_GROUP, greatest(("bin", *_GROUP), training))
    share = (
        f"{greatest(('bin', 'range', *_GROUP), training)} / {_ON_GROUP} group_left () {rows_of_training} "
        f"and {_ON_GROUP} {most}"
    )
    return greatest(("bin", "range"), share), greatest(("bin",), now)


def output_course(options: DashboardOptions, *matchers: Matcher) -> str:
    """Return the severity of outputs, by output, class and window."""
    return greatest(
        ("output", "class", "window"), of_model(catalogue.OUTPUT_DRIFT_SEVERITY, options, *matchers)
    )


def output_drift(options: DashboardOptions) -> Panel:
    """Return the severity of outputs over time."""
    severity = output_course(options, *CHOSEN_OUTPUT)
    return time_series(
        Face(
            "Output drift",
            Words(
                "How far predictions have moved from those on the training rows, by window, in units of the threshold.",
                f"The largest `{catalogue.OUTPUT_DRIFT_SEVERITY.name}` of all pods and versions chosen.",
                "Above the dashed line at 1: `MLPredictionDrift` fires after 15 minutes, unless the output is excluded.",
                "Compare the moment with the drift of features above: what moved the answers?",
                needs="A profile with predictions, and rows enough in a window.",
            ),
            7, 10,
        ),
        [Query(severity, "{{output}} {{class}} {{window}}"), Query(f"0 * max({severity}) + 1", "Threshold")],
        Fields(
            PLAIN_NUMBER, absent="Not enough rows yet", minimum=0, custom=SYMLOG,
            overrides=(Override("Threshold", dashed(VERMILION)),),
        ),
    )  # fmt: skip


def joint_drift(options: DashboardOptions) -> Panel:
    """Return the severity of the dependence between features over time."""
    severity = greatest("window", of_model(catalogue.JOINT_DRIFT_SEVERITY, options))
    return time_series(
        Face(
            "Dependence between features",
            Words(
                "Whether features still belong together as they did in training, by window, in units of the threshold.",
                f"The largest `{catalogue.JOINT_DRIFT_SEVERITY.name}` of all pods and versions chosen: drift of combinations that no "
                "single feature shows.",
                "Above the dashed line at 1: `MLJointDrift`, where no single feature drifted.",
                "Look for rows whose features come from different moments or customers: a wrong join key.",
                needs="A profile with `joint` on and three numeric features or more.",
            ),
            7, 10,
        ),
        [Query(severity, "{{window}}"), Query(f"0 * max({severity}) + 1", "Threshold")],
        Fields(
            PLAIN_NUMBER, absent="Not watched, or not enough rows", minimum=0, custom=SYMLOG,
            overrides=(Override("Threshold", dashed(VERMILION)),),
        ),
    )  # fmt: skip


def drifted_share(options: DashboardOptions) -> Panel:
    """Return the share of drifted features over time, with the share that pages."""
    scope = Scope(options, is_recorded=True)
    by = (*MODEL, "window")
    severity = feature_severity(scope, "window")
    known = greatest(FEATURE, scope.of(catalogue.DRIFT_ACKNOWLEDGED))
    # 1 for a feature that drifted and that nobody acknowledged, 0 for all others that have a score.
    drifted = f"({severity} > bool 1) unless on ({', '.join(FEATURE)}) {known} or 0 * {severity}"
    share = f"avg by ({', '.join(by)}) ({drifted})"
    made = time_series(
        Face(
            "Share of drifted features",
            Words(
                "How much of the data has drifted, by window: the share of the features that may alert.",
                "Features with a severity above 1 that nobody acknowledged, by those with a score; the worst version and "
                "variant chosen.",
                f"Above the dashed line: `MLDatasetDrift` pages where that are {FEWEST_FEATURES} features or more, for "
                "half an hour.",
                "So many at once have one cause: look at what feeds all of them, or who calls, before single features.",
                needs=DRIFT_RULES_NEEDED,
            ),
            12, 9,
        ),
        [
            Query(greatest("window", share), "{{window}}"),
            Query(greatest((), scope.of(catalogue.DRIFTED_FEATURES_THRESHOLD)), "Threshold"),
        ],
        Fields(
            RATIO, absent="Not enough rows yet, or no rules", minimum=0, maximum=1,
            overrides=(Override("Threshold", dashed(VERMILION)),),
        ),
    )  # fmt: skip
    return replace(made, points=200)


def data_table(options: DashboardOptions) -> Panel:
    """Return the features by how bad their values are."""
    scope = Scope(options)
    by = ("feature",)
    rises = [greatest(by, data_severity(scope, metric)) for _, metric in RISES]
    kinds = " or ".join(
        f'label_replace({rise}, "problem", "{name}", "", "")'
        for rise, (name, _) in zip(rises, RISES, strict=True)
    )
    excluded = greatest(by, scope.of(catalogue.FEATURE_EXCLUDED))
    opened = link("Open data quality", "data-quality", options, *VERSION, feature=column("Feature"))
    names = [(f"Value #rise{place}", name.capitalize()) for place, (name, _) in enumerate(RISES)]
    return table(
        Face(
            "Data quality now",
            Words(
                "How far shares of bad values have risen beyond training, by feature and kind, in units of the threshold.",
                f"The lower confidence bound of each rise (Cohen's h) divided by `{catalogue.DATA_QUALITY_THRESHOLD.name}`; the "
                "largest of all windows, pods and versions chosen. 0 is what chance explains. Worst leaves excluded "
                "features out.",
                "From 1 on: `MLFeatureMissingHigh`, `MLFeatureInvalidHigh`, `MLFeatureOutOfRangeHigh`, "
                "`MLFeatureUnseenCategories`, `MLFeatureTypeMismatch`.",
                "Click the feature: Data quality shows the shares themselves, and since when.",
                needs="A profile, and rows enough in a window.",
            ),
            12, 9,
        ),
        [
            rows(f"{greatest(by, kinds)} unless on (feature) ({excluded} == 1)", "worst"),
            *(rows(rise, f"rise{place}") for place, rise in enumerate(rises)),
        ],
        Fields(
            PLAIN_NUMBER, absent="–",
            overrides=(
                name_column("Feature", 120, link=opened),
                coloured_column("Worst", 90, SEVERITY, decimals=1),
                *(coloured_column(name, 66 + 3 * len(name), SEVERITY, decimals=1) for _, name in names),
            ),
        ),
        Columns([("feature", "Feature"), ("Value #worst", "Worst"), *names], sort_by="Worst"),
    )  # fmt: skip
