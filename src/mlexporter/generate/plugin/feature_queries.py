"""What the page about one feature asks."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_bins import course_panels
from mlexporter.generate.dashboards.feature_scores import (
    LOCATION,
    PSI,
    in_window,
    score_panels,
    severity_by_window,
    window_table,
    worst_severity,
)
from mlexporter.generate.dashboards.feature_shares import of_feature, rows_shown
from mlexporter.generate.dashboards.feature_stats import matter_panels, stats
from mlexporter.generate.dashboards.feature_values import value_panels
from mlexporter.generate.dashboards.reading import CHOSEN_FEATURE, CHOSEN_MODEL, greatest
from mlexporter.generate.plugin.asked import by_ref, in_order, titled
from mlexporter.generate.plugin.compare_queries import FEATURES, comparison
from mlexporter.generate.plugin.model_queries import mark_queries
from mlexporter.generate.plugin.typescript import Value

_KINDS: Final = ("missing", "invalid", "outOfRange", "unseen", "otherType")


def feature_queries(options: DashboardOptions) -> dict[str, Value]:
    """Return what is asked of the chosen feature; lines over time if their names do not say otherwise."""
    numbers, scores = stats(options), score_panels(options)
    shares, rises, by_pod = value_panels(options)
    importance, moves, skew = matter_panels(options)
    course, lift = course_panels(options)
    return {
        "severity": severity_by_window(options),
        "worst": worst_severity(options),
        **in_order(
            titled(scores, "Effect in standard deviations"),
            "effect", "effectLowerBound", "minimumDetectableEffect", "threshold", "usualMovement",
        ),
        "psi": in_window(PSI, options),
        "location": in_window(LOCATION, options),
        "rows": rows_shown(options),
        **in_order(titled(numbers, "Drifted for"), "driftedFor"),
        **in_order(titled(numbers, "Alerts on drift"), "alerts"),
        "excluded": greatest((), of_feature(catalogue.FEATURE_EXCLUDED, options)),
        "windows": by_ref(window_table(options).queries),
        **in_order(shares, *_KINDS, "missingReference", "invalidReference"),
        "rises": in_order(rises, *_KINDS, "limit"),
        "missingByPod": in_order(by_pod, "share")["share"],
        **in_order(importance, "importance"),
        **in_order(moves, "expectedEffect", "expectedEffectLimit"),
        **in_order(skew, "trainingSkew", "severityBesideSkew"),
        **in_order(course, "shares"),
        **in_order(lift, "lift"),
        "marks": mark_queries(options, str(CHOSEN_FEATURE)),
    }  # fmt: skip


def compare_feature_queries(options: DashboardOptions) -> dict[str, str]:
    """Return what the compare panel asks where it draws the chosen feature alone."""
    return comparison(FEATURES, options, (*CHOSEN_MODEL, CHOSEN_FEATURE))
