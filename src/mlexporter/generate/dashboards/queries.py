"""What a panel asks Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Final, Literal

DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
"""The data source that the reader has chosen."""

Shape = Literal["lines", "now", "table", "heatmap"]


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a panel.

    Attributes:
        expression: PromQL.
        legend: How a series is called, such as ``{{feature}}``.
        ref: Name of the query, by which columns of tables are called ``Value #ref``; a letter if empty.
        shape: ``lines`` over the time range; ``now``, its end, a series each; ``table``, its end, a row each;
            ``heatmap``.
        has_exemplars: Whether exemplars are drawn; at most one query of a panel.
    """

    expression: str
    legend: str = ""
    ref: str = ""
    shape: Shape = "lines"
    has_exemplars: bool = False

    def as_json(self, place: int) -> dict[str, Any]:
        """Return the target, the ``place``-th of its panel."""
        is_instant = self.shape in ("now", "table")
        return {
            "datasource": DATASOURCE,
            "editorMode": "code",
            "exemplar": self.has_exemplars,
            "expr": self.expression,
            "format": {"table": "table", "heatmap": "heatmap"}.get(self.shape, "time_series"),
            "instant": is_instant,
            "legendFormat": self.legend or "__auto",
            "range": not is_instant,
            "refId": self.ref or ascii_uppercase[place],
        }


def rows(expression: str, ref: str) -> Query:
    """Return the query of one column of a table: a row for each series, at the end of the time range."""
    return Query(expression, ref=ref, shape="table")
