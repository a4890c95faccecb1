"""Links from one dashboard to the next, which keep the time range and what was chosen."""

from __future__ import annotations

from typing import Any

from mlexporter.generate.dashboards.dashboard_options import DashboardOptions

_TIME = "${__url_time_range}"


def link(title: str, kind: str, options: DashboardOptions, *kept: str, **filled: str) -> dict[str, Any]:
    """Return a link of a value or a cell to another dashboard.

    Args:
        title: What a reader sees.
        kind: The dashboard, one of ``dashboard_options.KINDS``.
        options: Options of both.
        kept: Variables that the other one takes over; the data source is always kept.
        filled: Variables of the other one to what fills them, such as ``label("feature")``.
    """
    parts = ["${datasource:queryparam}", *(f"${{{name}:queryparam}}" for name in kept)]
    parts += [f"var-{name}={value}" for name, value in filled.items()]
    return {
        "title": title,
        "url": f"/d/{options.uid(kind)}?{'&'.join([*parts, _TIME])}",
        "targetBlank": False,
    }


def label(name: str) -> str:
    """Return what a link writes for a label of the series that was clicked."""
    return f"${{__field.labels.{name}:percentencode}}"


def column(name: str) -> str:
    """Return what a link writes for the cell of the same row in the column called ``name``, after renaming."""
    return f'${{__data.fields["{name}"]:percentencode}}'


def dropdown(options: DashboardOptions) -> dict[str, Any]:
    """Return the list of all our dashboards, which keeps time and variables."""
    return {
        "type": "dashboards", "title": "ML dashboards", "tags": [options.tags[-1]], "asDropdown": True,
        "icon": "external link", "includeVars": True, "keepTime": True, "targetBlank": False, "tooltip": "", "url": "",
    }  # fmt: skip
