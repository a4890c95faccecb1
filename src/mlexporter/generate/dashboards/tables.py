"""Tables: one row a model, a feature, an alert; one instant query a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlexporter.generate.dashboards.fields import Fields
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.queries import Query


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a table has.

    Attributes:
        names: Label, ``Value #ref`` or ``Trend #ref`` to the name of the column, in order.
        sort_by: Name of the column that is sorted by.
        dropped: Labels that are not shown.
        is_ascending: Whether the least is on top.
    """

    names: Sequence[tuple[str, str]]
    sort_by: str
    dropped: Sequence[str] = ("Time",)
    is_ascending: bool = False

    def organised(self) -> dict[str, dict[str, object]]:
        """Return the options of the transformation that orders, names and drops columns."""
        names = list(self.names)
        for place, (name, shown) in enumerate(self.names):
            if name.startswith("Trend #"):
                names.insert(place + 1, ("Trend", shown))  # so older versions of Grafana call it
        return {
            "excludeByName": dict.fromkeys(self.dropped, True),
            "indexByName": {name: place for place, (name, _) in enumerate(names)},
            "renameByName": dict(names),
        }


def table(face: Face, queries: Sequence[Query], fields: Fields, columns: Columns) -> Panel:
    """Return a table whose rows are merged on the labels that all queries share.

    Args:
        face: Title, description, size.
        queries: ``queries.rows`` for each column of numbers, all with the same labels; one query over time makes a
            column of sparklines, called ``Trend #ref``. One that fails empties the table.
        fields: How values look; overrides go by the names of ``columns``.
        columns: Order and names.
    """
    has_trend = any(query.shape == "lines" for query in queries)
    return Panel(
        "table", face, queries, fields,
        {
            "showHeader": True, "cellHeight": "sm",
            "sortBy": [{"displayName": columns.sort_by, "desc": not columns.is_ascending}],
        },
        {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": False},
        [*([("timeSeriesTable", {})] if has_trend else []), ("merge", {}), ("organize", columns.organised())],
    )  # fmt: skip
