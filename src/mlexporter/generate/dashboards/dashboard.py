"""A dashboard as classic JSON, schema version 39: Grafana 10.4 to 13.x take it as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.layout import Row, placed
from mlexporter.generate.dashboards.links import dropdown
from mlexporter.generate.json_text import json_text

SCHEMA_VERSION: Final = 39
_SHARED_CROSSHAIR: Final = 1


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard.

    Attributes:
        kind: One of ``dashboard_options.KINDS``.
        description: The question that it answers.
        revision: Rises with every change: an app that ships it takes only higher ones.
        variables: What a reader can choose, as ``variables.py`` makes them, the data source first.
        annotations: Marks, as ``annotations.py`` makes them.
        rows: The panels.
    """

    kind: str
    description: str
    revision: int
    variables: Sequence[dict[str, Any]]
    annotations: Sequence[dict[str, Any]]
    rows: Sequence[Row]

    def text(self, options: DashboardOptions) -> str:
        """Return the file: sorted keys, the same bytes on every run."""
        return json_text(self.as_json(options))

    def as_json(self, options: DashboardOptions) -> dict[str, Any]:
        """Return what Grafana reads."""
        return {
            "annotations": {"list": list(self.annotations)},
            "description": self.description,
            "editable": True,
            "fiscalYearStartMonth": 0,
            "graphTooltip": _SHARED_CROSSHAIR,
            "links": [dropdown(options)],
            "panels": placed(self.rows),
            "refresh": "1m",
            "revision": self.revision,
            "schemaVersion": SCHEMA_VERSION,
            "tags": list(options.tags),
            "templating": {"list": list(self.variables)},
            "time": {"from": options.time_from, "to": "now"},
            "timepicker": {},
            "timezone": "browser",
            "title": options.title(self.kind),
            "uid": options.uid(self.kind),
            "version": self.revision,
        }
