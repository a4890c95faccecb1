"""Alerts about what a model answers: other answers, other shares of positives, always the same, less sure.

What is counted by bin is added over pods before anything is divided, so that two pods are one model.
"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.alerting.data import outputs_not_excluded
from mlexporter.generate.alerting.share_rise import sure_change
from mlexporter.generate.alerting.template_queries import listed, pinned, told, windows
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import MODEL, OUTPUT, Matcher, above, compared, largest, rate, select, total
from mlexporter.generate.rules import MODEL_PHRASE, Alert
from mlexporter.generate.severities import output_severity

CONSTANT_RATIO: Final = 0.98
"""Share of the predictions in one bin from which they hardly differ any more."""

VARIED_RATIO: Final = 0.7
"""Share of the training predictions in one bin above which that is nothing new."""

CONFIDENCE_FALL: Final = 0.05
"""Fall of the mean confidence that matters."""

_BIN: Final = (*OUTPUT, "bin", "profile")
_OUTPUT_PROFILE: Final = (*OUTPUT, "profile")
_HOUR_SECONDS: Final = 3600.0
_QUARTER_SECONDS: Final = 900.0
_SHAPE: Final = Matcher("bin", "!~", "missing|invalid")
# A decision has two bins: of names one says yes, of numbers the upper one does.
_POSITIVE: Final = Matcher("range", "=~", "1|true|True|yes|positive|> .+")
_NUMBERED: Final = Matcher("bin", "=~", "[0-9]+")
_OUTPUT_PHRASE: Final = (
    "Output {{ $labels.output }}{{ if $labels.class }} (class {{ $labels.class }}){{ end }} of "
    + MODEL_PHRASE
)


def prediction_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about the answers of a model."""
    return (_drift(options), _positives(options), _constant(options), _confidence(options))


def _drift(options: RuleOptions) -> Alert:
    here = f"{output_severity(pinned(OUTPUT, options))} > 1"
    return Alert(
        "MLPredictionDrift",
        f"{largest(OUTPUT, output_severity(options))} > 1\n{outputs_not_excluded(options)}",
        900, "warning", "drift",
        "The predictions of a model have drifted.",
        f'{_OUTPUT_PHRASE} has moved at least {{{{ $value | printf "%.1f" }}}} times as far from what it was on '
        "the training rows as its threshold allows: a lower bound, chance is taken off. "
        f"{windows(here, catalogue.OUTPUT_WINDOW_OBSERVATIONS, OUTPUT, options)} Look which features drifted with "
        "it; if none did, suspect the model itself.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _positives(options: RuleOptions) -> Alert:
    share, reference = _positive_share(options), _positive_reference(options)
    rows, training = _observed(options, _SHAPE), _training(options, _SHAPE)
    moved = sure_change(share, reference, rows, training)
    enough = compared(f"({rows})", ">=", _required(options))
    here = pinned(OUTPUT, options)
    then = told(
        _positive_reference(here), OUTPUT, " On the training rows it was {percent}."
    )  # fmt: skip
    behind = told(_observed(here, _SHAPE), OUTPUT, " {count} predictions stand behind this.")
    return Alert(
        "MLPositiveRateShift",
        f"{largest(OUTPUT, _both(share, f'({above(moved, catalogue.DATA_QUALITY_THRESHOLD, options)})', enough))}\n"
        f"{outputs_not_excluded(options)}",
        900, "warning", "drift",
        "A model says yes to another share of its cases than in training.",
        f"{_OUTPUT_PHRASE} is positive in {{{{ $value | humanizePercentage }}}} of the predictions of the last hour, "
        f"over all pods.{then}{behind} Chance alone does not do that. Look which features drifted with it, and "
        "whether the decision threshold or the version changed.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _positive_share(options: RuleOptions) -> str:
    """Return the share of positive predictions of outputs that are a decision between two."""
    counted = total(_BIN, rate(catalogue.OUTPUT_OBSERVATIONS, options, _HOUR_SECONDS, function="increase"))
    positive = select(catalogue.OUTPUT_REFERENCE, options, _POSITIVE)
    positives = total(_OUTPUT_PROFILE, f"{counted} and on ({', '.join(_BIN)}) {largest(_BIN, positive)}")
    n_bins = f"count by ({', '.join(_OUTPUT_PROFILE)}) ({_reference(options, _NUMBERED)})"
    rows = _observed(options, _SHAPE)
    return f"({positives} / ({rows} > 0) and ({n_bins} == 2))"


def _positive_reference(options: RuleOptions) -> str:
    positives = total(_OUTPUT_PROFILE, _reference(options, _POSITIVE))
    return f"({positives} / {_training(options, _SHAPE)})"


def _constant(options: RuleOptions) -> Alert:
    counted = total(_BIN, rate(catalogue.OUTPUT_OBSERVATIONS, options, _QUARTER_SECONDS, function="increase"))
    rows = total(_OUTPUT_PROFILE, counted)
    share = f"{largest(_OUTPUT_PROFILE, counted)} / ({compared(rows, '>=', _required(options))})"
    training = _reference(options)
    varied = f"{largest(_OUTPUT_PROFILE, training)} / {total(_OUTPUT_PROFILE, training)} < {VARIED_RATIO:g}"
    return Alert(
        "MLPredictionConstant",
        f"{largest(OUTPUT, _both(f'({share} > {CONSTANT_RATIO:g})', f'({varied})'))}\n"
        f"{outputs_not_excluded(options)}",
        900, "critical", "drift",
        "A model gives nearly everybody the same answer.",
        f"{{{{ $value | humanizePercentage }}}} of the predictions of the last 15 minutes lie in one bin: "
        f"{_OUTPUT_PHRASE}, over all pods. {_largest_bin(options)}On the training rows no bin held "
        f"{100 * VARIED_RATIO:.0f} % of them. Look first whether a feature is gone or stuck, and whether the model file "
        "that was loaded is the right one; callers are answered as if they were all alike.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _largest_bin(options: RuleOptions) -> str:
    """Return a sentence that names the bin that most predictions are in."""
    here = pinned(OUTPUT, options)
    each = ("bin", "profile")
    counted = total(each, rate(catalogue.OUTPUT_OBSERVATIONS, here, _QUARTER_SECONDS, function="increase"))
    ranges = largest((*each, "range"), select(catalogue.OUTPUT_REFERENCE, here))
    named = f"0 * {ranges} + on ({', '.join(each)}) group_left () topk(1, {counted})"
    return f"It holds: {listed(named, OUTPUT, '{{ $one.Labels.range }}')}. "


def _confidence(options: RuleOptions) -> Alert:
    labels = (*MODEL, "output")
    upper = f"min by ({', '.join(labels)}) ({select(catalogue.CONFIDENCE_UPPER, options)})"
    reference = largest(labels, select(catalogue.CONFIDENCE_REFERENCE, options))
    then = told(
        largest((), select(catalogue.CONFIDENCE_REFERENCE, pinned(labels, options))), labels,
        " On the training rows it was {number}.",
    )  # fmt: skip
    return Alert(
        "MLConfidenceLow", f"{upper}\n  < ({reference} - {CONFIDENCE_FALL:g})",
        3600, "warning", "quality",
        "A model is less sure of its predictions than in training.",
        f"The mean score of the class that output {{{{ $labels.output }}}} of {MODEL_PHRASE} predicts is at most "
        f'{{{{ $value | printf "%.3f" }}}} (upper bound) in a window.{then} It sees cases that it does not know: '
        "look which features drifted, and at the quality of these predictions as soon as labels come.",
        keep_firing_seconds=300, needs="confidence",
    )  # fmt: skip


def _observed(options: RuleOptions, *matchers: Matcher) -> str:
    counted = rate(
        catalogue.OUTPUT_OBSERVATIONS, options, _HOUR_SECONDS, *matchers, function="increase"
    )  # fmt: skip
    return total(_OUTPUT_PROFILE, counted)


def _reference(options: RuleOptions, *matchers: Matcher) -> str:
    # Every pod tells the same training rows: they are no more for being told twice.
    return largest(_BIN, select(catalogue.OUTPUT_REFERENCE, options, *matchers))


def _training(options: RuleOptions, *matchers: Matcher) -> str:
    return total(_OUTPUT_PROFILE, _reference(options, *matchers))


def _required(options: RuleOptions) -> str:
    """Return the rows below which a window tells nothing, as the exporter is set."""
    return largest(MODEL, select(catalogue.WINDOW_REQUIRED, options))


def _both(*conditions: str) -> str:
    return "\n  and ".join(conditions)
