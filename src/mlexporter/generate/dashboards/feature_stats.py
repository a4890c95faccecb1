"""The numbers on top of the feature dashboard, and what drift does to the predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.bad_values import share_now
from mlexporter.generate.dashboards.colours import (
    NEUTRAL,
    OK,
    PINK,
    SEVERITY,
    UNKNOWN,
    VERMILION,
    WATCH,
    WATCH_TEXT,
)
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_scores import (
    EFFECT,
    NO_SCORE,
    SMALLEST,
    in_window,
    severity_by_window,
    worst_severity,
)
from mlexporter.generate.dashboards.feature_shares import of_feature, rows_shown, training_share
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    RATIO,
    SECONDS,
    SYMLOG,
    Fields,
    Override,
    dashed,
    named,
)
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import stat, time_series
from mlexporter.generate.dashboards.queries import Query
from mlexporter.generate.dashboards.reading import RANGE, WINDOW, greatest, of_model
from mlexporter.generate.dashboards.words import Words

_ALERTS: Final = {"0": ("On", OK), "1": ("Excluded", UNKNOWN), "2": ("Acknowledged", WATCH_TEXT)}


def stats(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return the line on top."""
    return (
        _severity(options), _since(options), _effects(options), _missing(options), _rows(options), _alerts(options),
    )  # fmt: skip


def labelled(label: str, parts: dict[str, str]) -> str:
    """Return one query for several numbers, each with its name in ``label``."""
    return " or ".join(f'label_replace({each}, "{label}", "{name}", "", "")' for name, each in parts.items())


def _severity(options: DashboardOptions) -> Panel:
    return _with_name(stat(
        Face("Worst severity", Words(
            "How far the feature has drifted in its worst window, in multiples of its threshold, with the name "
            "of that window.",
            "Lower confidence bound of the effect divided by the threshold; the largest of all windows and "
            "pods, now.",
            "Above 1 for 15 minutes: MLFeatureDrift opens a ticket. From 0.5 on it is worth a look.",
            "Look at the distribution below, then at what was deployed or changed when it began.",
        ), 4, 4),
        Query(f"topk(1, {severity_by_window(options)})", "{{window}}", shape="now"),
        Fields(PLAIN_NUMBER, SEVERITY, decimals=2, absent=NO_SCORE),
        has_background=True,
    ))  # fmt: skip


def _since(options: DashboardOptions) -> Panel:
    worst = worst_severity(options)
    calm = f"max_over_time(timestamp({worst} <= 1)[{RANGE}:$__interval])"
    since = f"(time() - {calm} and on () {worst} > 1) or on () (0 * ({worst} > 1) + $__range_s) or on () (0 * ({worst} <= 1))"
    return stat(
        Face("Drifted for", Words(
            "Time since the worst severity was last at or below 1.",
            "Looked for in the time range of the dashboard, in steps of some minutes; where it was above 1 all "
            "the time it is the length of the range, and may be longer.",
            "Anything but no drift. MLFeatureDrift waits 15 minutes.",
            "Go to that time and look at the marks: deploys, profiles, other alerts.",
        ), 4, 4),
        Query(since, "Drifted for", shape="now"),
        Fields(
            SECONDS, ((None, OK), (1, WATCH)), decimals=1, absent=NO_SCORE, mappings=[named({"0": ("No drift", OK)})],
        ),
        has_line=False,
    )  # fmt: skip


def _effects(options: DashboardOptions) -> Panel:
    return stat(
        Face("Effect and visible", Words(
            "How far the feature has moved in the chosen window, and the smallest shift that its rows could "
            "have shown; both in standard deviations of the reference.",
            "Noise of sampling is taken off the effect. What is visible is found in four of five cases. Of "
            "several pods the largest.",
            "There is no limit here: the severity judges. An effect of 0 means little where the smallest "
            "visible one is larger than the threshold of the feature.",
            "Choose a longer window where too little is visible.",
        ), 4, 4),
        Query(
            labelled("of", {"effect": in_window(EFFECT, options), "visible from": in_window(SMALLEST, options)}),
            "{{of}}", shape="now",
        ),
        Fields(PLAIN_NUMBER, NEUTRAL, decimals=3, absent=NO_SCORE),
        has_line=False,
    )  # fmt: skip


def _missing(options: DashboardOptions) -> Panel:
    now = share_now(catalogue.FEATURE_MISSING, options, WINDOW)
    return stat(
        Face("Missing", Words(
            "Share of the rows of the chosen window in which the feature is missing (None, NaN, absent), and "
            "that of training.",
            "Missing rows divided by the rows that were looked at: all that were accepted less the dropped "
            "ones, all pods added up.",
            "Much above training: MLFeatureMissingHigh judges the rise, MLFeatureGone pages when nearly all "
            "are missing.",
            "Ask who sends the rows whether a field, a join or a caller changed; below, see which pod gets "
            "such rows.",
        ), 4, 4),
        Query(
            labelled("of", {"now": now, "in training": training_share(options, "missing")}), "{{of}}", shape="now",
        ),
        Fields(RATIO, NEUTRAL, decimals=1, absent="No rows"),
        has_line=False,
    )  # fmt: skip


def _rows(options: DashboardOptions) -> Panel:
    return _with_name(stat(
        Face("Rows compared", Words(
            "Rows with a value in the chosen window, with the version, the variant and the profile that the "
            "distributions on this page are of.",
            "Rise of the counters over the window, all pods added up. Of several versions or profiles the one "
            "with most rows: their bins are other intervals, and are never mixed.",
            "Few rows, or another version than you think. Scores are published from some hundred rows on; the "
            "table below says how many each window needs.",
            "Choose a version on top to look at another one.",
        ), 4, 4),
        Query(rows_shown(options), "{{model_version}} ({{variant}}), profile {{profile}}", shape="now"),
        Fields("locale", NEUTRAL, decimals=0, absent="No rows"),
        has_line=False,
    ))  # fmt: skip


def _alerts(options: DashboardOptions) -> Panel:
    excluded, known = (
        greatest((), of_feature(metric, options))
        for metric in (catalogue.FEATURE_EXCLUDED, catalogue.DRIFT_ACKNOWLEDGED)
    )
    return stat(
        Face("Alerts on drift", Words(
            "Whether drift of this feature opens a ticket: on; excluded by the profile or a person; or "
            "acknowledged, which is quiet until the drift has ended.",
            "What the exporters say; one pod that says excluded or acknowledged is enough.",
            "Excluded or acknowledged is a decision, not a fault. MLFeatureDrift then says nothing, however "
            "large the severity is.",
            "Change it with `mlexporter baseline`: exclude, include or acknowledge; a feature that the profile itself "
            "excludes has to be learned again.",
        ), 4, 4),
        Query(f"({excluded} == 1) or (0 * {known} + 2) or {excluded}", "Alerts", shape="now"),
        Fields(PLAIN_NUMBER, NEUTRAL, absent="No profile", mappings=[named(_ALERTS)]),
        has_line=False,
    )  # fmt: skip


def matter_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return how much the model listens to the feature, what its drift does, and the drift against training."""
    effect = greatest("window", of_feature(catalogue.FEATURE_EXPECTED_EFFECT, options))
    limit = greatest((), of_model(catalogue.EXPECTED_EFFECT_THRESHOLD, options))
    skew = greatest("window", of_feature(catalogue.FEATURE_TRAINING_SKEW, options))
    return (
        stat(
            Face("Importance", Words(
                "How much the model listens to this feature, as it was told when the profile was learned.",
                "What the profile has, in the unit of whoever computed it.",
                "There is no limit. Drift of a feature with little importance can wait.",
                "Compare it with other features on the dashboard of the model.",
                "A profile that was learned with importances.",
            ), 4, 9),
            Query(greatest((), of_feature(catalogue.FEATURE_IMPORTANCE, options)), "Importance", shape="now"),
            Fields(PLAIN_NUMBER, NEUTRAL, decimals=3, absent="Not in the profile"),
            has_line=False,
        ),
        time_series(
            Face("Expected effect on predictions", Words(
                "How far the drift of this feature moves predictions, in their unit, one line a window; dashed "
                "is how far it may.",
                "From the partial dependence that the profile has; without it PSI times importance, which has "
                "no unit.",
                "Above the dashed line while the severity is above 1: MLImportantFeatureDrift pages.",
                "Decide whether the predictions can still be used, then repair the source or train again.",
                "A profile with partial dependence or importances; the dashed line needs expected_effect in "
                "the configuration.",
            ), 10, 9),
            [Query(effect, "{{window}}"), Query(limit, "Allowed")],
            Fields(
                PLAIN_NUMBER, decimals=3, absent="Not in the profile", overrides=[Override("Allowed", dashed(VERMILION))],
            ),
        ),
        time_series(
            Face("Severity against training, beside the baseline", Words(
                "Drift severity against training while the other panels measure against an accepted baseline "
                "of serving, one line a window; dashed pink is the severity against the baseline, in the worst "
                "window.",
                "As the severity above, with the training rows as reference. The distributions above are drawn "
                "against training, too.",
                "No alert looks at it: what was accepted is no news. MLFeatureDrift looks at the dashed line.",
                "High here and low there: serving has differed from training since before the baseline. Train "
                "on newer rows.",
                "A baseline of serving that was accepted.",
            ), 10, 9),
            [Query(skew, "{{window}}"), Query(f"{worst_severity(options)} and on () {skew_any(options)}", "Against the baseline")],
            Fields(
                PLAIN_NUMBER, decimals=2, minimum=0, absent="No baseline is used", custom=SYMLOG,
                overrides=[Override("Against the baseline", dashed(PINK))],
            ),
        ),
    )  # fmt: skip


def skew_any(options: DashboardOptions) -> str:
    """Return something where drift is measured against a baseline, so that there is a severity against training."""
    return greatest((), greatest("window", of_feature(catalogue.FEATURE_TRAINING_SKEW, options)))


def _with_name(panel: Panel) -> Panel:
    return replace(panel, options={**panel.options, "textMode": "value_and_name"})
