"""What Model says about drift: when which feature drifted, which are worst now, and by how much."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from mlexporter import catalogue
from mlexporter.catalogue import FEATURE_DRIFT, Metric
from mlexporter.generate.dashboards.cells import (
    gauge_column,
    name_column,
    number_column,
    sparkline_column,
    word_column,
)
from mlexporter.generate.dashboards.colours import SEVERITY, STATES, UNKNOWN
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, SECONDS, Fields, Override
from mlexporter.generate.dashboards.links import column, label, link
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import states
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import CHOSEN_WINDOW, greatest, of_model, unless_any
from mlexporter.generate.dashboards.standing import LOCAL_NUMBER, LONGEST_BAR, Scope, any_feature_severity
from mlexporter.generate.dashboards.tables import Columns, never_empty, table
from mlexporter.generate.dashboards.words import DRIFT_RULES_NEEDED, Words
from mlexporter.generate.promql import Matcher
from mlexporter.generate.recording import WORST_SEVERITY

MOST_ROWS: Final = 25
"""Features in the matrix: more can not be read, and the table below has all of them."""

BANDS: Final = (4.0, 2.0, 1.0, 0.5)
"""Severities at the end of the time range by which features are ordered: rows come in the order of the queries."""

VERSION: Final = ("model_name", "model_version", "variant")
"""Variables that links keep."""

ABSENT_WORDS: Final = {
    "rows": ("too few rows", UNKNOWN), "profile": ("no profile", UNKNOWN), "overflow": ("too many rows", UNKNOWN),
    "stale": ("report is old", UNKNOWN), "error": ("our error, see log", UNKNOWN),
}  # fmt: skip
"""Why there is no score, in words."""

_BY_FEATURE: Final = ("feature",)
_SCORES: Final = {metric.statistic: metric for metric in FEATURE_DRIFT}


def matrix(options: DashboardOptions) -> Panel:
    """Return one row a feature whose colour is its severity, the worst now on top."""
    now = _severity(Scope(options, is_at_end=True), is_excluded=False)
    kept = f"topk({MOST_ROWS}, {now})"
    course = severity_course(options, is_excluded=False)
    shown = [f"({course}) and on (feature) ({kept} >= {BANDS[0]:g})"]
    shown += [f"({course}) and on (feature) ({kept} >= {low:g} < {high:g})" for high, low in pairwise(BANDS)]
    shown += [
        f"(({course}) and on (feature) ({kept} < {BANDS[-1]:g})) or ({course} unless on (feature) {now})"
    ]
    nothing = unless_any(
        Scope(options).recorded(WORST_SEVERITY), "feature", "no profile, few rows, or no rules"
    )
    shown[0] += f" or {nothing}"
    opened = link("Open the feature", "feature", options, *VERSION, "window", feature=label("feature"))
    made = states(
        Face(
            "Drift by feature, worst now on top",
            Words(
                f"The {MOST_ROWS} features that drift most now, and since when. A colour is the severity: below 0.5 "
                "calm, from 0.5 watched, from 1 drifted, from 2 strongly.",
                f"The largest `{catalogue.FEATURE_DRIFT_SEVERITY.name}` of all windows, pods and versions chosen: the lower "
                "confidence bound of the effect divided by the feature's threshold. Excluded features stand at the "
                "bottom. Gaps are times without a score; where the time range passes two weeks a point stands for "
                "more than an hour.",
                "Orange and red: `MLFeatureDrift` fires above 1 after 15 minutes, `MLImportantFeatureDrift` where "
                "predictions move too far.",
                "Click a bar and open the feature. Features that turn at one moment have one cause; a blue line marks "
                "what was deployed then.",
                needs=DRIFT_RULES_NEEDED,
            ),
            24, 13, (opened,),
        ),
        [
            *(Query(query, "{{feature}}") for query in shown),
            Query(severity_course(options, is_excluded=True), "{{feature}} (excluded)"),
        ],
        Fields(PLAIN_NUMBER, STATES, decimals=1, custom={"axisWidth": 250}),
    )  # fmt: skip
    return replace(made, interval="5m")


def features_table(options: DashboardOptions) -> Panel:
    """Return all features with what is known of their drift."""
    opened = link(
        "Open the feature", "feature", options, *VERSION, feature=column("Feature"), window=column("Window")
    )
    made = table(
        Face(
            "Features, worst first",
            Words(
                "Every feature: how far it has drifted, in which window most, and what that does to predictions. "
                "Effect, Visible from and Threshold are in standard deviations of the reference.",
                "Severity is the largest of all windows, pods and versions chosen; the other columns are of the window "
                "chosen above. Visible from: the smallest shift that so many rows show with 80 % power. Moves "
                "predictions: how far the drift moves them, in their unit, by partial dependence.",
                "Severity from 1 on (`MLFeatureDrift`). Where Visible from is larger than Threshold the rows are too "
                "few to see a drift that matters: take a longer window.",
                "Click the feature. Excluded and acknowledged features do not alert; an acknowledged one does again "
                "after it has been well.",
                needs="A profile. Moves predictions needs `predict=` or importances at the fit.",
            ),
            24, 10,
        ),
        never_empty(
            feature_columns(options),
            greatest(_BY_FEATURE, of_model(catalogue.FEATURE_DRIFT_THRESHOLD, options)), "feature", "No profile",
        ),
        Fields(PLAIN_NUMBER, absent="–", overrides=_columns(opened)),
        Columns(
            [
                ("feature", "Feature"), ("Value #severity", "Severity"), ("Trend #trend", "Over time"),
                ("window", "Window"), ("Value #effect", "Effect"), ("Value #visible", "Visible from"),
                ("Value #threshold", "Threshold"), ("Value #moves", "Moves predictions"), ("Value #psi", "PSI"),
                ("Value #rows", "Rows"), ("Value #excluded", "Excluded"), ("Value #known", "Acknowledged"),
                ("reason", "No score:"),
            ],
            sort_by="Severity", dropped=("Time", "Value #absent"),
        ),
    )  # fmt: skip
    return replace(made, interval="5m", points=100)


def feature_columns(options: DashboardOptions) -> list[Query]:
    """Return what is asked of every feature of the chosen model; ``trend`` is a line each."""
    scope = Scope(options)
    absent = of_model(catalogue.SCORE_ABSENT, options, CHOSEN_WINDOW, Matcher("feature", "!=", ""))
    by_window = _severity(scope, "window", is_excluded=False)
    return [
        rows(f"topk by (feature) (1, {by_window})", "severity"),
        Query(_severity(scope, is_excluded=False), ref="trend"),
        *(rows(_of_window(metric, options), ref) for ref, metric in _WINDOW_COLUMNS),
        rows(greatest(_BY_FEATURE, of_model(catalogue.FEATURE_DRIFT_THRESHOLD, options)), "threshold"),
        rows(_severity(scope, is_excluded=True), "excluded"),
        rows(f"time() - {greatest(_BY_FEATURE, of_model(catalogue.DRIFT_ACKNOWLEDGED, options))}", "known"),
        rows(f"topk by (feature) (1, {greatest(('feature', 'reason'), absent)} == 1)", "absent"),
    ]


def severity_course(options: DashboardOptions, *, is_excluded: bool) -> str:
    """Return the recorded severity by feature, for lines over time: of those that may alert, or of the excluded."""
    return _severity(Scope(options, is_recorded=True), is_excluded=is_excluded)


_WINDOW_COLUMNS: Final[tuple[tuple[str, Metric], ...]] = (
    ("effect", _SCORES["effect"]),
    ("visible", _SCORES["minimum_detectable_effect"]),
    ("moves", catalogue.FEATURE_EXPECTED_EFFECT),
    ("psi", _SCORES["population_stability_index"]),
    ("rows", catalogue.FEATURE_WINDOW_OBSERVATIONS),
)


def _columns(opened: dict[str, Any]) -> tuple[Override, ...]:
    return (
        name_column("Feature", 150, link=opened),
        gauge_column("Severity", 140, SEVERITY, LONGEST_BAR, decimals=1),
        sparkline_column("Over time", 120, maximum=LONGEST_BAR),
        name_column("Window", 75),
        number_column("Effect", 75, decimals=2),
        number_column("Visible from", 100, decimals=2),
        number_column("Threshold", 90, decimals=2),
        number_column("Moves predictions", 140, decimals=3),
        number_column("PSI", 70, decimals=3),
        number_column("Rows", 75, unit=LOCAL_NUMBER),
        number_column("Excluded", 85, decimals=1),
        number_column("Acknowledged", 110, unit=SECONDS, decimals=0),
        word_column("No score:", 110, ABSENT_WORDS),
    )


def _of_window(metric: Metric, options: DashboardOptions) -> str:
    return greatest(_BY_FEATURE, of_model(metric, options, CHOSEN_WINDOW))


def _severity(scope: Scope, *labels: str, is_excluded: bool) -> str:
    """Return the severity of features that may alert, or of those that people excluded, over all versions chosen."""
    without = greatest(_BY_FEATURE, scope.of(catalogue.FEATURE_EXCLUDED))
    set_operator = "and" if is_excluded else "unless"
    every = any_feature_severity(scope, (*_BY_FEATURE, *labels))
    return f"({every}) {set_operator} on (feature) ({without} == 1)"
