"""Alerts about how good the answers are: estimated and measured, by slice, by group, and their labels."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.alerting.template_queries import pinned, told
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import (
    MODEL,
    Matcher,
    above,
    compared,
    largest,
    rate,
    select,
    threshold,
    total,
)
from mlexporter.generate.rules import MODEL_PHRASE, Alert

FAIR_RATIO: Final = 0.8
"""The four-fifths rule: below it the selection of a group is taken to be adverse."""

FEWEST_LABELS_RATIO: Final = 0.5
"""Share of the predictions that have got a label below which measured quality is that of a minority."""

CALIBRATION_RISE: Final = 0.05
"""Distance of scores from what came true, beyond that of the held-out rows, that matters."""

_HIGHER_IS_BETTER: Final = (
    catalogue.ACCURACY, catalogue.PRECISION, catalogue.RECALL, catalogue.F1, catalogue.ROC_AUC,
)  # fmt: skip
_LOWER_IS_BETTER: Final = (
    catalogue.MEAN_ABSOLUTE_ERROR, catalogue.ROOT_MEAN_SQUARED_ERROR, catalogue.LOG_LOSS, catalogue.BRIER_SCORE,
)  # fmt: skip
_DAY_SECONDS: Final = 86_400.0
_METRIC: Final = (*MODEL, "metric")
_SLICE: Final = (*MODEL, "slice", "metric")
_GROUP: Final = (*MODEL, "attribute", "group")
_ACTUAL, _ESTIMATED = catalogue.QUALITY_SOURCES
_BOUNDS: Final = (catalogue.QUALITY_LOWER, catalogue.QUALITY_UPPER)
_SLICE_BOUNDS: Final = (catalogue.SLICE_QUALITY_LOWER, catalogue.SLICE_QUALITY_UPPER)


def quality_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about quality; each needs something that a model does not have by itself."""
    # Bands are absent where a window holds too few rows: no guard of the rules is needed.
    return (
        _measured(options),
        _estimated(options),
        _slice(options),
        _unfair(options),
        _calibration(options),
        _labels_delayed(options),
        _label_coverage(options),
    )


def _measured(options: RuleOptions) -> Alert:
    return Alert(
        "MLQualityDegraded", _beyond_reference(_ACTUAL, options), 1800, "critical", "quality",
        "A model is worse than it was, as its labels tell.",
        f"{{{{ $labels.metric }}}} of {MODEL_PHRASE}, measured with labels, is "
        f'{{{{ $value | printf "%.3g" }}}} at best.{_expected(options)} That is the end of the 95 % band that '
        "speaks for the model, so chance does not explain it. Look which slice or feature changed, and think of "
        "going back to the version before.",
        keep_firing_seconds=300, needs="labels",
    )  # fmt: skip


def _estimated(options: RuleOptions) -> Alert:
    return Alert(
        "MLEstimatedQualityDegraded", _beyond_reference(_ESTIMATED, options), 3600, "warning", "quality",
        "A model is probably worse than it was, as its scores tell.",
        f"{{{{ $labels.metric }}}} of {MODEL_PHRASE}, estimated without labels, is "
        f'{{{{ $value | printf "%.3g" }}}} at best.{_expected(options)} That is the end of the 95 % band that '
        "speaks for the model. Harder cases come than before: look which features drifted, and get labels of "
        "some newest rows to be sure.",
        keep_firing_seconds=300, needs="estimated",
    )  # fmt: skip


def _beyond_reference(source: str, options: RuleOptions) -> str:
    """Return the better end of the band of each quality that is worse than the reference and its tolerance.

    Each pod speaks of its own rows: the worst is what is told.
    """
    reference = largest(_METRIC, select(catalogue.QUALITY_REFERENCE, options))
    tolerance = threshold(catalogue.QUALITY_TOLERANCE, options, on=_METRIC)
    best_case = _bounds(_BOUNDS, _METRIC, source, options)
    return (
        f"{compared(best_case[0], '<', f'({reference} - {tolerance})', on=_METRIC)}\n"
        f"or\n{compared(best_case[1], '>', f'({reference} + {tolerance})', on=_METRIC)}"
    )


def _bounds(
    metrics: tuple[Metric, Metric], labels: tuple[str, ...], source: str, options: RuleOptions
) -> tuple[str, str]:
    """Return the worst pod's upper bound of what should be high, and lower bound of what should be low."""
    lower, upper = metrics
    by = ", ".join(labels)
    of_source = Matcher("source", "=", source)
    return (
        f"min by ({by}) ({select(upper, options, of_source, _named(_HIGHER_IS_BETTER))})",
        f"max by ({by}) ({select(lower, options, of_source, _named(_LOWER_IS_BETTER))})",
    )


def _named(metrics: tuple[Metric, ...]) -> Matcher:
    return Matcher("metric", "=~", "|".join(metric.name for metric in metrics))


def _expected(options: RuleOptions) -> str:
    here = pinned(_METRIC, options)
    reference = told(
        largest(MODEL, select(catalogue.QUALITY_REFERENCE, here)), _METRIC,
        " On the held-out rows of the profile it was {number}",
    )  # fmt: skip
    tolerance = told(
        threshold(catalogue.QUALITY_TOLERANCE, here), _METRIC, ", and {number} worse is tolerated."
    )
    return reference + tolerance


def _slice(options: RuleOptions) -> Alert:
    tolerance = threshold(catalogue.QUALITY_TOLERANCE, options, on=_METRIC)
    by, of_source = ", ".join(_METRIC), Matcher("source", "=", _ACTUAL)
    # The end of the band of the whole that lies towards the slice: that of the worst pod.
    whole_low = f"min by ({by}) ({select(catalogue.QUALITY_LOWER, options, of_source)})"
    whole_high = f"max by ({by}) ({select(catalogue.QUALITY_UPPER, options, of_source)})"
    slice_high, slice_low = _bounds(_SLICE_BOUNDS, _SLICE, _ACTUAL, options)
    return Alert(
        "MLSliceWorse",
        f"{compared(slice_high, '<', f'({whole_low} - {tolerance})', on=_METRIC)}\n"
        f"or\n{compared(slice_low, '>', f'({whole_high} + {tolerance})', on=_METRIC)}",
        3600, "warning", "quality",
        "A model is far worse for some of its cases than for all of them.",
        f"{{{{ $labels.metric }}}} of {MODEL_PHRASE} in the slice {{{{ $labels.slice }}}} is "
        '{{ $value | printf "%.3g" }} at best (the end of its 95 % band that speaks for it), and further from the '
        "whole model's band than the tolerance. Look how many rows the slice has, and what its rows have in common.",
        keep_firing_seconds=300, needs="slices",
    )  # fmt: skip


def _unfair(options: RuleOptions) -> Alert:
    upper = f"min by ({', '.join(_GROUP)}) ({select(catalogue.FAIRNESS_IMPACT_UPPER, options)})"
    return Alert(
        "MLFairnessGap", f"{upper} < {FAIR_RATIO:g}",
        3600, "warning", "quality",
        "A group gets positive predictions far less often than another.",
        f"By {{{{ $labels.attribute }}}} of {MODEL_PHRASE}, group {{{{ $labels.group }}}} gets positive predictions "
        'at most {{ $value | printf "%.2f" }} times as often as the group that it is compared with (an upper '
        f"bound: chance does not explain it; below {FAIR_RATIO:g} is taken to be adverse). Tell who answers for the "
        "model, and look whether a feature of this group changed.",
        keep_firing_seconds=300, needs="fairness",
    )  # fmt: skip


def _calibration(options: RuleOptions) -> Alert:
    name = Matcher("metric", "=", catalogue.CALIBRATION_ERROR.name)
    source = Matcher("source", "=", _ACTUAL)
    error = largest(MODEL, select(catalogue.QUALITY_LOWER, options, name, source))
    reference = largest(MODEL, select(catalogue.QUALITY_REFERENCE, options, name))
    return Alert(
        "MLCalibrationOff", f"{error}\n  > ({reference} + {CALIBRATION_RISE:g})",
        21_600, "warning", "quality",
        "The scores of a model no longer mean the probabilities that they name.",
        f"Scores of {MODEL_PHRASE} are at least {{{{ $value | humanizePercentage }}}} away from the shares that came "
        "true (the lower bound, noise taken off). What multiplies scores or compares them with a threshold decides "
        "wrongly; the order of cases may still be right. Look at predicted and observed shares by bin.",
        keep_firing_seconds=300, needs="labels",
    )  # fmt: skip


def _labels_delayed(options: RuleOptions) -> Alert:
    # Labels of one model may come to any pod: the newest of all counts.
    age = f"(time() - {largest(MODEL, select(catalogue.LABEL_NEWEST, options))})"
    return Alert(
        "MLLabelsDelayed", above(age, catalogue.LABEL_EXPECTED_DELAY, options, factor=2),
        3600, "warning", "quality",
        "Labels of a model no longer arrive in time.",
        f"The newest prediction of {MODEL_PHRASE} that has a label is {{{{ $value | humanizeDuration }}}} old, more "
        "than twice the configured label_delay. Until labels come, measured quality tells of the past. Look at the "
        "job that delivers them.",
        needs="labels",
    )  # fmt: skip


def _label_coverage(options: RuleOptions) -> Alert:
    coverage = f"max by ({', '.join(MODEL)}) ({select(catalogue.LABEL_COVERAGE, options)})"
    lost = rate(catalogue.LABELS_UNMATCHED, pinned(MODEL, options), _DAY_SECONDS, function="increase")
    return Alert(
        "MLLabelCoverageLow", f"{coverage} < {FEWEST_LABELS_RATIO:g}",
        21_600, "warning", "quality",
        "Few predictions of a model get a label.",
        f"At most {{{{ $value | humanizePercentage }}}} of the predictions of {MODEL_PHRASE} that are old enough to "
        "have a label have one, in every window. Measured quality is that of a minority, which is seldom a fair "
        f"sample.{told(total(MODEL, lost), MODEL, ' {count} labels of the last day belong to no known prediction.')} Look "
        "whether ids of predictions and of labels still agree.",
        needs="labels",
    )  # fmt: skip
