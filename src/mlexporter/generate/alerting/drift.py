"""Alerts about drift: what reaches or leaves a model no longer looks like training."""

from __future__ import annotations

from mlexporter import catalogue
from mlexporter.generate.alerting.data import FEATURE_PHRASE, not_excluded, outputs_not_excluded
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import FEATURE, FEATURE_WINDOW, OUTPUT_WINDOW, largest, select
from mlexporter.generate.rules import MODEL_PHRASE, Alert

_OUTPUT_PHRASE = (
    "Output {{ $labels.output }}{{ if $labels.class }} (class {{ $labels.class }}){{ end }} of "
    + MODEL_PHRASE
)
_SEVERITY = '{{ $value | printf "%.1f" }}'


def drift_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts on the severity of features and outputs; above 1 is drift."""
    # Each pod speaks of its own rows: the worst is what is told, never an average.
    feature = largest(FEATURE_WINDOW, select(catalogue.FEATURE_DRIFT_SEVERITY, options))
    output = largest(OUTPUT_WINDOW, select(catalogue.OUTPUT_DRIFT_SEVERITY, options))
    return (
        Alert(
            "MLFeatureDrift", f"{feature} > 1\n{not_excluded(options)}\n{_not_acknowledged(options)}",
            900, "warning", "drift",
            "A feature has drifted away from the training data, or from an accepted baseline.",
            f"{FEATURE_PHRASE} has moved at least {_SEVERITY} times as far from what it is measured against "
            "(training, or an accepted baseline) as its threshold allows, over the last {{ $labels.window }}. "
            "The page of the exporter shows both side by side.",
            keep_firing_seconds=300,
        ),
        Alert(
            "MLPredictionDrift", f"{output} > 1\n{outputs_not_excluded(options)}", 900, "warning", "drift",
            "The predictions of a model have drifted.",
            f"{_OUTPUT_PHRASE} has moved at least {_SEVERITY} times as far from what it was on the training "
            "rows as its threshold allows, over the last {{ $labels.window }}. Look which features drifted "
            "with it.",
            keep_firing_seconds=300,
        ),
    )  # fmt: skip


def _not_acknowledged(options: RuleOptions) -> str:
    """Return the condition that keeps a drift quiet that a person knows of, until it has ended."""
    known = largest(FEATURE, select(catalogue.DRIFT_ACKNOWLEDGED, options))
    return f"unless on ({', '.join(FEATURE)})\n{known}"
