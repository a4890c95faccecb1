"""The compare panel on a dashboard: small multiples of what came beside what training had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mlexporter.generate.dashboards.fields import PLAIN_NUMBER, Fields
from mlexporter.generate.dashboards.panel import Face, Panel
from mlexporter.generate.dashboards.queries import rows

COMPARE_PANEL: Final = "mlexporter-compare-panel"
"""Grafana's id of the panel: that of its ``plugin.json``."""

OPTIONS: Final[Mapping[str, Any]] = {
    "measure": "auto",
    "axis": "auto",
    "order": "severity",
    "variable": "feature",
    "showSearch": True,
    "columns": "auto",
    "facet": "none",
    "roles": {},
}
"""All options of the panel, as they are without a choice."""


def compare_panel(face: Face, asked: Mapping[str, str], absent: str, **chosen: Any) -> Panel:
    """Return the panel.

    Args:
        face: Title, description, size.
        asked: Role to PromQL, as ``compare_queries.comparison`` gives it; the role is the name of the query.
        absent: What stands where there is nothing.
        chosen: Options that differ from ``OPTIONS``.
    """
    return Panel(
        COMPARE_PANEL,
        face,
        [rows(query, role) for role, query in asked.items()],
        Fields(PLAIN_NUMBER, absent=absent),
        {**OPTIONS, **chosen},
    )
