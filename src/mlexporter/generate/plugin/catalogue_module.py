"""The catalogue for the plugin: what each metric is called, by the name of its constant."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter._version import __version__
from mlexporter.catalogue import CATALOGUE, Metric
from mlexporter.generate.plugin.typescript import Value, constant, module

NOT_EXPOSED: Final = "planned"
"""The condition of metrics that no exporter has yet."""

_SCORES: Final = {"FEATURE_DRIFT": catalogue.FEATURE_DRIFT, "OUTPUT_DRIFT": catalogue.OUTPUT_DRIFT}


def catalogue_module() -> str:
    """Return the file with the catalogue.

    Grafana loads it at its start, of whatever page: it holds no more than the plugin reads.
    """
    return module(
        "src/mlexporter/catalogue.py",
        "Names of metrics, by the constants of the Python catalogue: no other file of the plugin writes one.",
        constant("version", __version__, "The version of mlexporter that these names are of."),
        constant(
            "catalogue",
            {name: _described(metric) for name, metric in named_metrics().items()},
            "Each metric that an exporter can expose, and whether its labels say of which model it is.",
        ),
    )


def named_metrics() -> dict[str, Metric]:
    """Return the exposed metrics by the name of their constant; scores, of which there is a tuple, by their ending."""
    names = {metric.name: name for name, metric in vars(catalogue).items() if isinstance(metric, Metric)}
    for prefix, scores in _SCORES.items():
        beginning = scores[0].name.removesuffix("severity")
        names |= {metric.name: f"{prefix}_{metric.name.removeprefix(beginning).upper()}" for metric in scores}
    return {names[metric.name]: metric for metric in CATALOGUE if metric.condition != NOT_EXPOSED}


def _described(metric: Metric) -> dict[str, Value]:
    return {"name": metric.name, "isOfModel": "model_name" in metric.labels}
