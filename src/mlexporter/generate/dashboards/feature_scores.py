"""Panels of the feature dashboard about its drift: how far, for how long, in which direction, in which window."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import FEATURE_DRIFT, MODEL_LABELS, Metric
from mlexporter.generate.dashboards.cells import coloured_column, name_column, number_column, word_column
from mlexporter.generate.dashboards.colours import BLUE, PLAIN, REFERENCE, SEVERITY, SKY, UNKNOWN, VERMILION
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_shares import of_feature
from mlexporter.generate.dashboards.fields import (
    PLAIN_NUMBER,
    SYMLOG,
    Fields,
    Override,
    by_window,
    colour,
    dashed,
)
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.panel_kinds import time_series
from mlexporter.generate.dashboards.queries import Query, rows
from mlexporter.generate.dashboards.reading import CHOSEN_WINDOW, greatest, of_model
from mlexporter.generate.dashboards.tables import Columns, table
from mlexporter.generate.dashboards.words import Words
from mlexporter.generate.promql import TARGET_LABELS, Matcher

NO_SCORE: Final = "Not enough rows yet"

_SCORES: Final = {metric.statistic: metric for metric in FEATURE_DRIFT}
EFFECT: Final = _SCORES["effect"]
LOWER_BOUND: Final = _SCORES["effect_lower_bound"]
SMALLEST: Final = _SCORES["minimum_detectable_effect"]
LOCATION: Final = _SCORES["location"]
PSI: Final = _SCORES["population_stability_index"]

_WHY: Final = {
    "rows": ("Too few rows", PLAIN),
    "profile": ("No profile to compare with", PLAIN),
    "overflow": ("More rows than can be counted", PLAIN),
    "stale": ("The newest report is too old", PLAIN),
    "error": ("An error of mlexporter", PLAIN),
}


def severity_by_window(options: DashboardOptions) -> str:
    """Return how far the feature, or the embedding, has drifted in each window, of the worst pod; 1 is the alert."""
    return greatest("window", _severity_of_pods(options))


def worst_severity(options: DashboardOptions) -> str:
    """Return the severity of the worst window: what the alert looks at."""
    return greatest((), severity_by_window(options))


def in_window(metric: Metric, options: DashboardOptions, *matchers: Matcher) -> str:
    """Return a score of the feature in the chosen window, of the pod where it is largest."""
    return greatest((), of_feature(metric, options, CHOSEN_WINDOW, *matchers))


def score_panels(options: DashboardOptions) -> tuple[Panel, ...]:
    """Return the severity, the effect and the direction over time."""
    return (_severity(options), _effect(options), _direction(options))


def _severity(options: DashboardOptions) -> Panel:
    line = "Drift begins here"
    return time_series(
        Face("Drift severity in all windows", Words(
            "How far the feature has drifted, in multiples of its threshold, one line a window. Above the "
            "dashed line at 1 it has drifted. The scale doubles from line to line above 1.",
            "Lower confidence bound of the effect divided by the threshold, as each pod computes it; of "
            "several pods and versions the worst. An embedding has a severity of its own kind.",
            "Above 1 for 15 minutes in any window: MLFeatureDrift. It stays quiet for excluded and acknowledged "
            "features.",
            "A short window that rises alone is fresh, a long one alone is slow. See left of here and below what "
            "changed, and at which mark of a deploy it began.",
        ), 8, 10),
        [
            Query(severity_by_window(options), "{{window}}"),
            Query(f"0 * {worst_severity(options)} + 1", line),
        ],
        Fields(
            PLAIN_NUMBER, decimals=2, minimum=0, absent=NO_SCORE, custom=SYMLOG,
            overrides=[*by_window(), Override(line, dashed(VERMILION))],
        ),
    )  # fmt: skip


def _effect(options: DashboardOptions) -> Panel:
    noise = greatest("method", of_feature(catalogue.FEATURE_NOISE_FLOOR, options, CHOSEN_WINDOW))
    lines = {
        "Effect": in_window(EFFECT, options),
        "Lower bound": in_window(LOWER_BOUND, options),
        "Smallest effect visible": in_window(SMALLEST, options),
        "Threshold": greatest((), of_feature(catalogue.FEATURE_DRIFT_THRESHOLD, options)),
        "Usual movement": f"max({noise})",
    }
    return time_series(
        Face("Effect in standard deviations", Words(
            "How far the feature has moved in the chosen window (blue), at least (lower edge of the band), and "
            "what that is compared with: the threshold (dotted), the smallest shift that these rows could show "
            "(dashed grey), and how much it moves while all is well (dashed light blue, where the profile has "
            "learned that).",
            "In standard deviations of the reference, noise of sampling removed; the window ends at each "
            "point, and of several pods the largest is drawn. The bound is that of the clearest sign (centre, "
            "spread or any bin) and can lie above a large effect. The usual movement is one standard deviation "
            "between blocks of the window's length.",
            "The lower edge of the band above the dotted line: the severity is then above 1, and "
            "MLFeatureDrift opens a ticket. The bound already has noise and chance taken off.",
            "Where the dashed grey line is above the dotted one, the window has too few rows to see what "
            "matters: choose a longer window.",
        ), 8, 10),
        [Query(expression, name) for name, expression in lines.items()],
        Fields(PLAIN_NUMBER, decimals=3, minimum=0, absent=NO_SCORE, overrides=[
            Override("Effect", {
                "color": colour(BLUE), "custom.fillBelowTo": "Lower bound", "custom.fillOpacity": 25,
                "custom.lineWidth": 2,
            }),
            Override("Lower bound", {"color": colour(BLUE), "custom.lineWidth": 1}),
            Override("Smallest effect visible", dashed(REFERENCE)),
            Override("Threshold", dashed(VERMILION, dash=(2, 6), width=2)),
            Override("Usual movement", dashed(SKY)),
        ]),
        calcs=("lastNotNull",),
    )  # fmt: skip


def _direction(options: DashboardOptions) -> Panel:
    moved = of_feature(LOCATION, options, CHOSEN_WINDOW)
    noise = in_window(catalogue.FEATURE_NOISE_FLOOR, options, Matcher("method", "=", "location"))
    return time_series(
        Face("Direction of the shift", Words(
            "Where the centre of the feature went in the chosen window: above 0 to larger values, below 0 to "
            "smaller ones. The dashed lines are its usual movement, where the profile has learned that.",
            "Mean normal score of the rows under the reference, in its standard deviations; chance is not "
            "taken off. Of several pods and versions the highest and the lowest.",
            "Far outside of the dashed lines, and on one side. It is no alert of its own: MLFeatureDrift looks "
            "at the severity, which also sees changes of the spread.",
            "A drift without a direction is a change of the spread, or of single values: see the distribution. "
            "Two lines far apart are pods that get different rows.",
        ), 8, 10),
        [
            Query(greatest((), moved), "Highest pod"),
            Query(f"min({moved})", "Lowest pod"),
            Query(f"2 * {noise}", "Usual, above"),
            Query(f"-2 * {noise}", "Usual, below"),
        ],
        Fields(
            PLAIN_NUMBER, decimals=3, absent="Categories have no direction", custom={"axisCenteredZero": True}, overrides=[
                Override("Highest pod", {"color": colour(BLUE), "custom.lineWidth": 2}),
                Override("Lowest pod", {"color": colour(SKY)}),
                Override("/^Usual/", dashed(REFERENCE)),
            ],
        ),
        calcs=("lastNotNull",),
    )  # fmt: skip


def window_table(options: DashboardOptions) -> Panel:
    """Return all scores by window, with the reason where there is none."""
    columns = {
        "effect": EFFECT, "lower": LOWER_BOUND, "smallest": SMALLEST, "psi": PSI,
        "factor": catalogue.FEATURE_UNIT_FACTOR, "seen": catalogue.FEATURE_WINDOW_OBSERVATIONS,
    }  # fmt: skip
    queries = [
        rows(_severity_against(options), "severity"),
        *(rows(greatest("window", of_feature(metric, options)), ref) for ref, metric in columns.items()),
        rows(greatest("window", of_model(catalogue.WINDOW_REQUIRED, options)), "needed"),
        rows(greatest(("window", "reason"), of_feature(catalogue.SCORE_ABSENT, options)), "why"),
    ]
    return table(
        Face("Scores of every window", Words(
            "One line a window at the end of the time range: the severity, the effect and its lower bound, the "
            "smallest effect that would be seen, PSI for those who know it, the factor of another unit if one "
            "explains the values, the rows with a value, the rows that are needed, and why there is no score.",
            "As each pod computes it, of the pod where it is largest. Drift is measured against training, or "
            "against an accepted baseline of serving: the column says which.",
            "A severity above 1: MLFeatureDrift. PSI has no limit of its own; above 0.2 is often called large. "
            "A unit factor is named in the alert, too.",
            "Too few rows: wait, or choose a longer window. A report that is too old or an error is one of the "
            "exporter: see the dashboard about its health.",
        ), 24, 7),
        queries,
        Fields(PLAIN_NUMBER, absent=NO_SCORE, overrides=[
            name_column("Window", 90),
            coloured_column("Severity", 100, ((None, "transparent"), *SEVERITY[1:]), decimals=2),
            *(number_column(name, 120, decimals=3) for name in ("Effect", "Lower bound", "Smallest visible", "PSI")),
            number_column("Unit factor", 110, decimals=3),
            number_column("Rows", 110, decimals=0),
            number_column("Rows needed", 110, decimals=0),
            name_column("Against", 100),
            word_column("Why no score", 220, _WHY | {"": ("–", UNKNOWN)}),
        ]),
        Columns(
            (
                ("window", "Window"), ("Value #severity", "Severity"), ("Value #effect", "Effect"),
                ("Value #lower", "Lower bound"), ("Value #smallest", "Smallest visible"), ("Value #psi", "PSI"),
                ("Value #factor", "Unit factor"), ("Value #seen", "Rows"), ("Value #needed", "Rows needed"),
                ("against", "Against"), ("reason", "Why no score"),
            ),
            sort_by="Severity", dropped=("Time", "Value #why"),
        ),
    )  # fmt: skip


def _severity_against(options: DashboardOptions) -> str:
    """Return the severity by window and by what the pods that say so measure it against."""
    pod = ", ".join((*TARGET_LABELS, *MODEL_LABELS))
    parts = []
    for against in catalogue.REFERENCES:
        measured = of_model(catalogue.DRIFT_REFERENCE, options, Matcher("against", "=", against))
        severity = greatest("window", f"({_severity_of_pods(options)}) and on ({pod}) {measured}")
        parts.append(f'label_replace({severity}, "against", "{against}", "", "")')
    return " or ".join(parts)


def _severity_of_pods(options: DashboardOptions) -> str:
    both = (catalogue.FEATURE_DRIFT_SEVERITY, catalogue.EMBEDDING_DRIFT_SEVERITY)
    return " or ".join(of_feature(metric, options) for metric in both)
