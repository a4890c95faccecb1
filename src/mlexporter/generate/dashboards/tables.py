"""Tables: one row a model, a feature, an alert; one instant query a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mlexporter.generate.dashboards.fields import Fields, Override
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
        "table", face, queries, _as_text(_filling(fields, columns), columns),
        {
            "showHeader": True, "cellHeight": "sm",
            "sortBy": [{"displayName": columns.sort_by, "desc": not columns.is_ascending}],
        },
        {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": False},
        [*([("timeSeriesTable", {})] if has_trend else []), ("merge", {}), ("organize", columns.organised())],
    )  # fmt: skip


def _filling(fields: Fields, columns: Columns) -> Fields:
    """Return the fields with the first column as wide as there is room, where every column has a width.

    Else the table ends in the middle of its panel.
    """
    names = [shown for _, shown in columns.names]
    widths = {each.field for each in fields.overrides if "custom.width" in each.properties}
    if not names or not widths.issuperset(names):
        return fields

    def stretched(override: Override) -> Override:
        kept = {name: value for name, value in override.properties.items() if name != "custom.width"}
        return Override(override.field, kept | {"custom.minWidth": override.properties["custom.width"]})

    return replace(
        fields,
        overrides=[stretched(each) if each.field == names[0] else each for each in fields.overrides],
    )


def _as_text(fields: Fields, columns: Columns) -> Fields:
    """Return the fields with labels as text: a version such as 2013.2 is else taken for a number, and rounded."""
    has_unit = {each.field for each in fields.overrides if "unit" in each.properties}
    labels = [
        shown
        for name, shown in columns.names
        if not name.startswith(("Value", "Trend")) and shown not in has_unit
    ]
    return replace(
        fields, overrides=[*fields.overrides, *(Override(name, {"unit": "string"}) for name in labels)]
    )


def never_empty(queries: Sequence[Query], base: str, label: str, words: str) -> list[Query]:
    """Return the queries of a table with a column of sparklines such that none of them is empty.

    Beside sparklines, one column without any value leaves no label that all columns have, and Grafana then shows
    one table a query. Such a column gets NaN, which is shown as nothing, for each series of ``base``; without any
    of these there is one row, whose ``label`` says why in ``words``.
    """
    reason = f'label_replace(vector(NaN), "{label}", "{words}", "", "")'
    return [
        replace(query, expression=f"({query.expression}) or on () NaN * {base} or on () {reason}")
        if query.shape == "table"
        else query
        for query in queries
    ]
