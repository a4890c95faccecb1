"""What the compare panel asks: counts of every feature or output by bin, now and in training, and how far apart they are.

Raw counters of 200 features of 18 bins on 5 pods are 100 million samples a day. Where the recording rules are loaded
their series are read, and the variable ``counts`` is a word that no fingerprint of bins is: the counters are then asked
for series that do not exist, which costs nothing. Without the rules it is ``.*``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import FEATURE_DRIFT, OUTPUT_DRIFT, Metric
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.feature_shares import SHOWN
from mlexporter.generate.dashboards.reading import (
    CHOSEN_MODEL,
    CHOSEN_WINDOW,
    WINDOW,
    greatest,
    increase,
    summed,
)
from mlexporter.generate.dashboards.variables import COUNTS, recorded_counts
from mlexporter.generate.promql import Matcher, select

VERSION: Final = ("model_version", "variant")
"""What one model has several of, beside profiles."""

_IF_COUNTED: Final = Matcher("profile", "=~", f"${COUNTS}")


@dataclass(frozen=True, slots=True)
class Subjects:
    """What is compared: all features, or all outputs and classes.

    Attributes:
        labels: What tells them apart.
        observations: Rows by bin.
        reference: Rows of training by bin, with the words for a bin.
        expected: Rows by bin as seasons let expect; None where there is no such thing.
        scores: Severity, effect and its sisters, in the order of the catalogue.
        severities: Severities of their kinds: a feature can be an embedding.
        threshold: Smallest effect that matters.
        rows: Rows in a window.
        absent: Why there is no score.
        excluded: 1 where drift is shown and does not alert.
        importance: How much the model listens; None where there is no such thing.
        is_recorded: Whether rules record the counts; outputs are few, and their counters are read.
    """

    labels: tuple[str, ...]
    observations: Metric
    reference: Metric
    expected: Metric | None
    scores: tuple[Metric, ...]
    severities: tuple[Metric, ...]
    threshold: Metric
    rows: Metric
    absent: Metric
    excluded: Metric
    importance: Metric | None
    is_recorded: bool


FEATURES: Final = Subjects(
    ("feature",),
    catalogue.FEATURE_OBSERVATIONS,
    catalogue.FEATURE_REFERENCE,
    catalogue.FEATURE_EXPECTED,
    FEATURE_DRIFT,
    (catalogue.FEATURE_DRIFT_SEVERITY, catalogue.EMBEDDING_DRIFT_SEVERITY),
    catalogue.FEATURE_DRIFT_THRESHOLD,
    catalogue.FEATURE_WINDOW_OBSERVATIONS,
    catalogue.SCORE_ABSENT,
    catalogue.FEATURE_EXCLUDED,
    catalogue.FEATURE_IMPORTANCE,
    is_recorded=True,
)
OUTPUTS: Final = Subjects(
    ("output", "class"),
    catalogue.OUTPUT_OBSERVATIONS,
    catalogue.OUTPUT_REFERENCE,
    None,
    OUTPUT_DRIFT,
    (catalogue.OUTPUT_DRIFT_SEVERITY,),
    catalogue.OUTPUT_DRIFT_THRESHOLD,
    catalogue.OUTPUT_WINDOW_OBSERVATIONS,
    catalogue.OUTPUT_SCORE_ABSENT,
    catalogue.OUTPUT_EXCLUDED,
    None,
    is_recorded=False,
)


def comparison(
    subjects: Subjects, options: DashboardOptions, chosen: tuple[Matcher, ...] = CHOSEN_MODEL
) -> dict[str, str]:
    """Return what is asked, by the role of the answer in the panel.

    Args:
        subjects: Features or outputs.
        options: Options of the dashboards.
        chosen: Which model, versions, variants, and perhaps which subject.
    """
    each = (*VERSION, *subjects.labels)

    def of(metric: Metric, *matchers: Matcher) -> str:
        return select(metric, options.rules, *(m for m in chosen if m.label in metric.labels), *matchers)

    def in_window(metric: Metric) -> str:
        return greatest(each, of(metric, CHOSEN_WINDOW))

    scores = {metric.statistic: metric for metric in subjects.scores}
    bins = (*SHOWN, *subjects.labels, "bin")
    roles = {
        "reference": greatest((*bins, "range"), of(subjects.reference)),
        "expected": subjects.expected and _counted(subjects.expected, bins, options, chosen),
        "current": (
            _counted(subjects.observations, bins, options, chosen)
            if subjects.is_recorded
            else summed(bins, increase(of(subjects.observations), WINDOW))
        ),
        "severity": " or ".join(in_window(metric) for metric in subjects.severities),
        "effect": in_window(scores["effect"]),
        "threshold": greatest(each, of(subjects.threshold)),
        "psi": in_window(scores["population_stability_index"]),
        "absent": f"{greatest((*each, 'reason'), of(subjects.absent, CHOSEN_WINDOW))} == 1",
        "rows": in_window(subjects.rows),
        "required": greatest(VERSION, of(catalogue.WINDOW_REQUIRED, CHOSEN_WINDOW)),
        "importance": subjects.importance and greatest(each, of(subjects.importance)),
        "excluded": greatest(each, of(subjects.excluded)),
    }
    return {role: query for role, query in roles.items() if query}


def _counted(
    metric: Metric, bins: tuple[str, ...], options: DashboardOptions, chosen: tuple[Matcher, ...]
) -> str:
    """Return rows by bin in the chosen window: recorded ones, or those of the counters where nothing is recorded."""
    raw = increase(select(metric, options.rules, *chosen, _IF_COUNTED), WINDOW)
    return f"{summed(bins, recorded_counts(metric, *chosen))} or {summed(bins, raw)}"
