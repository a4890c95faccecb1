"""Every value of the chart, in the order of ``values.yaml``."""

from __future__ import annotations

from typing import Final

from mlexporter.generate.chart.chart_value import Section, Shape, Value
from mlexporter.generate.chart.values.alerting import ALERTING
from mlexporter.generate.chart.values.monitoring import MONITORING
from mlexporter.generate.chart.values.naming import NAMING, PLACING
from mlexporter.generate.chart.values.workload import (
    ATTACH,
    COUNTS,
    EXPORTER,
    MODEL,
    PROFILES,
    SETTING_NAMES,
    WINDOWS,
    configuration,
)
from mlexporter.generate.configuration_schema import configuration_schema, models_schema, setting_schemas

_WORDS: Final = {"on": True, "off": False}
"""Words that YAML takes for something else unless they are in quotes."""


def on_or_off() -> tuple[str, ...]:
    """Return the settings that are words of which YAML makes true and false."""
    schemas = setting_schemas()
    return tuple(name for name in SETTING_NAMES if set(_WORDS) & set(schemas[name].get("enum", ())))


def chart_values() -> tuple[Value | Section, ...]:
    """Return all sections and values."""
    settings = setting_schemas()
    alerts = configuration_schema()["properties"]["alerts"]
    return (
        *NAMING,
        MODEL,
        ATTACH,
        EXPORTER,
        COUNTS,
        WINDOWS,
        PROFILES,
        *configuration(models_schema(), alerts, {name: _with_yaml(settings[name]) for name in SETTING_NAMES}),
        *MONITORING,
        *ALERTING,
        *PLACING,
    )


def _with_yaml(shape: Shape) -> Shape:
    """Return the shape of a setting that is also met by what YAML makes of its words without quotes."""
    if "enum" not in shape:
        return shape
    return {**shape, "enum": [*shape["enum"], *(_WORDS[word] for word in shape["enum"] if word in _WORDS)]}
