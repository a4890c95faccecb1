"""The catalogue for the plugin: each metric by the name of its constant, and the words that labels can have."""

from __future__ import annotations

import hashlib
from typing import Final

from mlexporter import catalogue
from mlexporter._version import __version__
from mlexporter.catalogue import CATALOGUE, Metric
from mlexporter.generate.annotations import REQUEST_RATE
from mlexporter.generate.latency import COMPLETED_RATE
from mlexporter.generate.plugin.typescript import Value, constant, module
from mlexporter.generate.recording import (
    EXAMINED_HOUR,
    EXAMINED_RATE,
    MISSING_RATE,
    REFERENCE_MISSING_RATIO,
    ROW_RATE,
    WORST_SEVERITY,
)

NOT_EXPOSED: Final = "planned"
"""The condition of metrics that no exporter has yet."""

_SCORES: Final = {"FEATURE_DRIFT": catalogue.FEATURE_DRIFT, "OUTPUT_DRIFT": catalogue.OUTPUT_DRIFT}
_RECORDED: Final = {
    "REQUEST_RATE": REQUEST_RATE, "ROW_RATE": ROW_RATE, "EXAMINED_RATE": EXAMINED_RATE,
    "EXAMINED_HOUR": EXAMINED_HOUR, "MISSING_RATE": MISSING_RATE, "WORST_SEVERITY": WORST_SEVERITY,
    "REFERENCE_MISSING_RATIO": REFERENCE_MISSING_RATIO, "COMPLETED_RATE": COMPLETED_RATE,
}  # fmt: skip
_WORDS: Final = (
    "VARIANTS", "STATUSES", "DROP_REASONS", "LOST_REASONS", "SCHEMA_REASONS", "DEGRADED_REASONS", "ABSENT_REASONS",
    "REFERENCES", "QUALITY_SOURCES", "DRIFT_STATISTICS",
)  # fmt: skip


def catalogue_module() -> str:
    """Return the file with the catalogue."""
    return module(
        "src/mlexporter/catalogue.py",
        "Names of metrics, by the constants of the Python catalogue: no other file of the plugin writes one.",
        constant("version", __version__, "The version of mlexporter that these names are of."),
        constant(
            "catalogueVersion", catalogue_version(), "Another one where any name, kind or label is another."
        ),
        constant(
            "catalogue",
            {name: _described(metric) for name, metric in named_metrics().items()},
            "Each metric that an exporter can expose.",
        ),
        constant("recordedSeries", _RECORDED, "Series of the recording rules, by what they hold."),
        constant(
            "labelValues",
            {name: list(getattr(catalogue, name)) for name in _WORDS},
            "Every value that a label can have, where they are known.",
        ),
    )


def named_metrics() -> dict[str, Metric]:
    """Return the exposed metrics by the name of their constant; scores, of which there is a tuple, by their ending."""
    names = {metric.name: name for name, metric in vars(catalogue).items() if isinstance(metric, Metric)}
    for prefix, scores in _SCORES.items():
        beginning = scores[0].name.removesuffix("severity")
        names |= {metric.name: f"{prefix}_{metric.name.removeprefix(beginning).upper()}" for metric in scores}
    return {names[metric.name]: metric for metric in CATALOGUE if metric.condition != NOT_EXPOSED}


def catalogue_version() -> str:
    """Return twelve digits of a digest of what a query can hang on."""
    shapes = [(metric.name, metric.kind, metric.labels, metric.unit) for metric in CATALOGUE]
    return hashlib.sha256(repr(shapes).encode()).hexdigest()[:12]


def _described(metric: Metric) -> dict[str, Value]:
    return {
        "name": metric.name, "kind": metric.kind, "unit": metric.unit, "labels": list(metric.labels), "help": metric.help,
    }  # fmt: skip
