"""``values.schema.json``: what Helm checks before it renders anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from mlexporter.generate.chart.chart_value import Section, Shape, Value
from mlexporter.generate.chart.values.table import chart_values
from mlexporter.generate.json_text import json_text

_OF_PARENTS: Final[dict[str, Shape]] = {
    "global": {
        "type": "object",
        "description": "Values of a parent chart for all of its charts; not read here.",
    },
    "enabled": {
        "type": "boolean",
        "description": "Read by the condition of a parent chart's dependency only.",
    },
}
"""Keys that stand among the values of a chart that is the dependency of another one."""


def values_schema() -> str:
    """Return the schema of draft 7; sections are closed, what is Kubernetes' own is open.

    Null takes away lists, tables and what is empty by default; nothing else can do without a value.
    """
    schema = _closed(chart_values())
    schema["properties"] |= _OF_PARENTS
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "Values of the chart mlexporter"}
    return json_text({**head, **schema})


def _closed(parts: Iterable[Value | Section]) -> dict[str, Any]:
    listed = tuple(parts)
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {part.name: _schema(part) for part in listed},
        "required": sorted(part.name for part in listed if _has_to_be(part)),
    }


def _has_to_be(part: Value | Section) -> bool:
    """Return whether null, with which Helm takes a default away, leaves nothing that could be rendered."""
    if isinstance(part, Section):
        return True
    takes_null = {"type": "null"} in part.shape.get("anyOf", ())
    return isinstance(part.default, bool | int | float | str) and part.default != "" and not takes_null


def _schema(part: Value | Section) -> dict[str, Any]:
    told = {"description": part.meaning}
    if isinstance(part, Section):
        return {**_closed(part.parts), **told}
    return {**part.shape, **told}
