"""Every generated file of the chart."""

from __future__ import annotations

import json

from mlexporter.generate.chart.chart_notifications import NOTIFICATIONS_FILE, notification_parts
from mlexporter.generate.chart.chart_rules import chart_rule_files
from mlexporter.generate.chart.facts import FACTS_FILE, chart_facts
from mlexporter.generate.chart.readme import chart_readme
from mlexporter.generate.chart.values_file import values_file
from mlexporter.generate.chart.values_schema import values_schema
from mlexporter.generate.dashboards.dashboard_files import dashboard_files


def chart_files() -> dict[str, str]:
    """Return path below ``helm/mlexporter`` and content."""
    return {
        "README.md": chart_readme(),
        "values.yaml": values_file(),
        "values.schema.json": values_schema(),
        **{f"files/alerts/{name}": content for name, content in chart_rule_files().items()},
        f"files/{FACTS_FILE}": chart_facts(),
        f"files/{NOTIFICATIONS_FILE}": notification_parts(),
        **{f"files/dashboards/{name}": _minified(content) for name, content in dashboard_files().items()},
    }


def _minified(content: str) -> str:
    # A release is kept in a Secret of 1 MiB at most, and an object that kubectl applies in an annotation of 256 KiB.
    return json.dumps(json.loads(content), separators=(",", ":"), ensure_ascii=False, sort_keys=True) + "\n"
