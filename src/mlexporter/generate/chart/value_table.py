"""The values as a table in Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from mlexporter.generate.chart.chart_value import Section, Shape, Value, values_below
from mlexporter.generate.chart.values.table import chart_values

_HEAD: Final = "| value | type | default | meaning |\n| --- | --- | --- | --- |\n"


def value_table() -> str:
    """Return one table for what has no section, and one for each section."""
    parts = chart_values()
    alone = [part for part in parts if isinstance(part, Value)]
    tables = [_HEAD + "".join(_row(part.name, part) for part in alone)]
    for part in parts:
        if isinstance(part, Section):
            rows = "".join(_row(path, value) for path, value in values_below(part))
            tables.append(f"### {part.name}\n\n{part.meaning}\n\n{_HEAD}{rows}")
    return "\n".join(tables)


def type_of(shape: Shape) -> str:
    """Return what a value is, in words."""
    if "enum" in shape:
        return " or ".join(f"`{word}`" if word else "nothing" for word in shape["enum"])
    if "anyOf" in shape:
        return " or ".join(type_of(each) for each in shape["anyOf"])
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    return " or ".join(_kinds(kinds, shape))


def _kinds(kinds: list[str], shape: Shape) -> Iterator[str]:
    for kind in kinds:
        if kind == "array":
            items = shape.get("items", {})
            yield "list of " + ("names" if "enum" in items else _many(items.get("type", "value")))
        else:
            yield kind


def _many(kinds: str | list[str]) -> str:
    return " or ".join(f"{kind}s" for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _row(path: str, value: Value) -> str:
    default = json.dumps(value.default, ensure_ascii=False)
    meaning = value.meaning.replace("|", "\\|")
    return f"| `{path}` | {type_of(value.shape)} | `{default}` | {meaning} |\n"
