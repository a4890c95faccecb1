"""Places on the grid: from left to right, and below where a line is full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mlexporter.errors import ConfigurationError
from mlexporter.generate.dashboards.panel import COLUMNS, Panel


@dataclass(frozen=True, slots=True)
class Row:
    """Panels below one heading.

    Attributes:
        title: The heading; empty for the panels on top.
        panels: What stands below it; each line is 24 columns wide, and of one height.
        is_collapsed: Whether a click has to open it.
    """

    title: str
    panels: Sequence[Panel]
    is_collapsed: bool = False


def placed(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return the panels of all rows with ids and places.

    Raises:
        ConfigurationError: a line is not filled, or its panels differ in height, or a row is empty.
    """
    numbers = iter(range(1, 1000))
    result: list[dict[str, Any]] = []
    y = 0
    for row in rows:
        if not row.panels:
            raise ConfigurationError(f"row {row.title!r} is empty")
        inside = result
        if row.title:
            heading = _heading(row, next(numbers), y)
            result.append(heading)
            inside = heading["panels"] if row.is_collapsed else result
            y += 1
        below = y
        for line in _lines(row):
            x = 0
            for panel in line:
                inside.append(panel.as_json(next(numbers), x, below))
                x += panel.face.width
            below += line[0].face.height
        # A closed row takes no room but its own line.
        y = y if row.title and row.is_collapsed else below
    return result


def _heading(row: Row, number: int, y: int) -> dict[str, Any]:
    return {
        "id": number, "type": "row", "title": row.title, "collapsed": row.is_collapsed, "panels": [],
        "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1},
    }  # fmt: skip


def _lines(row: Row) -> Iterator[list[Panel]]:
    line: list[Panel] = []
    for panel in row.panels:
        line.append(panel)
        width = sum(each.face.width for each in line)
        if width > COLUMNS or panel.face.height != line[0].face.height:
            raise ConfigurationError(
                f"panel {panel.face.title!r} does not fit into its line of row {row.title!r}"
            )
        if width == COLUMNS:
            yield line
            line = []
    if line:
        raise ConfigurationError(f"row {row.title!r}: its last line is not filled")
