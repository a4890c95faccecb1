"""How far features and outputs have drifted: as each pod says, or as ``fleet.yaml`` records it of all pods."""

from __future__ import annotations

from collections.abc import Sequence

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.fleet import OPERATION
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import FEATURE_WINDOW, OUTPUT_WINDOW, largest, recorded_name, select
from mlexporter.generate.recording import COUNT_WINDOWS


def feature_severity(options: RuleOptions) -> str:
    """Return the severity of features, by model, feature and window; above 1 is drift."""
    return _severity(catalogue.FEATURE_DRIFT_SEVERITY, "model_feature", FEATURE_WINDOW, options)


def output_severity(options: RuleOptions) -> str:
    """Return the severity of outputs, by model, output, class and window; above 1 is drift."""
    return _severity(catalogue.OUTPUT_DRIFT_SEVERITY, "model_output", OUTPUT_WINDOW, options)


def _severity(metric: Metric, level: str, labels: Sequence[str], options: RuleOptions) -> str:
    if not options.is_fleet:
        # Each pod speaks of its own rows: the worst is what is told, never an average.
        return largest(labels, select(metric, options))
    of_windows = (
        f'label_replace({recorded_name(level, metric, OPERATION + window)}, "window", "{window}", "", "")'
        for window in COUNT_WINDOWS
    )
    return largest(labels, "\n  or ".join(of_windows))
