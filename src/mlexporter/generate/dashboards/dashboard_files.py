"""All dashboards as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mlexporter.generate.dashboards.dashboard import Dashboard
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions

DASHBOARDS: Final[tuple[Callable[[DashboardOptions], Dashboard], ...]] = ()
"""Every dashboard, from the general to the specific."""


def dashboard_files(options: DashboardOptions | None = None) -> dict[str, str]:
    """Return the name of each file, such as ``fleet.json``, to its content.

    Args:
        options: The defaults if None.
    """
    chosen = options or DashboardOptions()
    made = [make(chosen) for make in DASHBOARDS]
    return {f"{dashboard.kind}.json": dashboard.text(chosen) for dashboard in made}
